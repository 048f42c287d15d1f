"""The first visit of /capture/ on a slow line: what travels, and when it can be used.

A real server, a real Chromium that looks like a phone, no cache, the line held by the browser to
1.6 Mbit/s with 150 ms of latency and the processor to a quarter of its speed. "Usable" is the moment
at which the heading of the first screen and its first button or link stand on the page, counted from
the start of the navigation. The floor is the page's own HTML, style and scripts at that rate, fetched
one after the other without waiting: their bytes over the line, and one round trip. The second visit is
without a line at all, from what the worker has kept.

Run: PYTHONPATH=. .venv/bin/python bench/bench_capture_page.py
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from field_app.settings import ROOT

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
BYTES_PER_S = 1_600_000 / 8
LATENCY_MS = 150
SLOWER_CPU = 4
RUNS = 5
BUDGET_S, BUDGET_BYTES = 3.0, 300_000
_USABLE = """() => {
  const h = document.querySelector('main h1')?.textContent;
  return h === '出发前检查' && document.querySelector('main .button, main button') ? performance.now() : 0;
}"""


class Line:
    """What travels to a page and to its worker."""

    def __init__(self, context: BrowserContext, page: Page, *, slow: bool) -> None:
        self.bytes = self.requests = 0
        self.session = context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.loadingFinished", self._came)
        if slow:
            self.session.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": LATENCY_MS,
                    "downloadThroughput": BYTES_PER_S,
                    "uploadThroughput": BYTES_PER_S,
                },
            )
            self.session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.requests += 1


def phone(browser: Browser, url: str) -> BrowserContext:
    return browser.new_context(
        base_url=url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
    )


def first_visit(browser: Browser, url: str) -> tuple[float, int, int]:
    """Seconds until usable, and the bytes and requests until the page is at rest."""
    context = phone(browser, url)
    page = context.new_page()
    line = Line(context, page, slow=True)
    page.goto("/capture/", wait_until="commit")
    usable = page.wait_for_function(_USABLE, polling=20).json_value()
    page.wait_for_load_state("networkidle")
    context.close()
    return usable / 1000, line.bytes, line.requests


def kept_by_the_worker(url: str) -> int:
    """The bytes of all that the worker keeps, as they travel packed: what a first visit brings in
    the background where the browser shares nothing between page and worker."""
    from urllib.request import Request

    from field_app.routes import capture_page

    total = 0
    for address in ("/capture/", *capture_page.files()):
        with urlopen(Request(url + address, headers={"Accept-Encoding": "gzip"})) as answer:
            total += len(answer.read())
    return total


def second_visit(browser: Browser, url: str) -> float:
    """Seconds until usable without any line, the processor slowed down as before."""
    context = phone(browser, url)
    page = context.new_page()
    page.goto("/capture/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_timeout(1500)
    context.set_offline(True)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
    page.goto("/capture/", wait_until="commit")
    usable = page.wait_for_function(_USABLE, polling=20).json_value()
    context.close()
    return usable / 1000


def wait_for(url: str) -> None:
    for _ in range(600):
        try:
            urlopen(url, timeout=1).close()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def main() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        env = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": ""}
        server = subprocess.Popen(
            [sys.executable, "-m", "field_app", "serve", "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(url + "/readyz")
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM if CHROMIUM.exists() else None,
                args=["--no-sandbox", "--disable-dev-shm-usage"],
            )
            runs = [first_visit(browser, url) for _ in range(RUNS)]
            later = [second_visit(browser, url) for _ in range(3)]
            kept = kept_by_the_worker(url)
            browser.close()
        finally:
            server.terminate()
            server.wait(20)
    seconds, sent = [r[0] for r in runs], max(r[1] for r in runs)
    floor = sent / BYTES_PER_S + LATENCY_MS / 1000
    print(f"first visit, usable: {min(seconds):.2f} s (median {median(seconds):.2f}, {RUNS} runs)")
    print(f"  to the page: {sent / 1000:.0f} kB in {max(r[2] for r in runs)} requests")
    print(f"  {min(seconds) / floor:.2f} × the floor of these bytes ({floor:.2f} s)")
    print(f"all that the worker keeps, packed: {kept / 1000:.0f} kB")
    print(f"second visit without a line, usable: {min(later):.2f} s")
    good = median(seconds) < BUDGET_S and max(sent, kept) < BUDGET_BYTES
    print(
        f"budget {BUDGET_S:.0f} s and {BUDGET_BYTES / 1000:.0f} kB: {'kept' if good else 'BROKEN'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
