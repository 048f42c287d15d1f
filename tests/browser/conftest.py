"""A real server with a small county, and a real Chromium that looks like a phone.

The server runs for the whole session; each test gets a visit of its own, so that none sees
another's photos.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Geolocation,
    Page,
    Playwright,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from field_app.roles import Who
from field_app.settings import ROOT
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.browser.resting import LISTENING
from tests.databases import environment

# The shell is the same engine without windows; not every Debian has it.
_SHELL, _WHOLE = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
CHROMIUM = Path(os.environ.get("CHROMIUM") or (_SHELL if _SHELL.exists() else _WHOLE))
# Two browsers, their servers and a database on two cores: patience costs nothing when all is well.
PATIENCE_MS = 40_000
expect.set_options(timeout=PATIENCE_MS)
PASSWORD = "麦田里的守望者123"
PHONE: ViewportSize = {"width": 390, "height": 844}
STANDING: Geolocation = {
    "latitude": rows.HERE.lat,
    "longitude": rows.HERE.lon,
    "accuracy": 8.0,
}


Served = subprocess.Popen[bytes]


@dataclass(frozen=True)
class County:
    """The running server, and what a test needs to make more of in its database."""

    url: str
    data_dir: Path
    log: Path

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This process reads and writes the server's database."""
        with environment(DATA_DIR=str(self.data_dir), DATABASE_URL=""):
            yield


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


def wait_for(url: str, server: Served, log: Path) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            break
        try:
            urlopen(url, timeout=1).close()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


def start_server(
    port: int, log: Path, data_dir: Path, database: str = "", root: Path = ROOT
) -> Served:
    """A server process of that data, of the program that stands in `root`. The tests run at any hour, so no photo of theirs is asked
    whether the sun was up: that is a threshold like another."""
    env = {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database,
        "PYTHONUNBUFFERED": "1",
        "THRESHOLDS__SUN__NIGHT_DEG": "-91",
    }
    command = [sys.executable, "-m", "field_app", "serve", "--port", str(port)]
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=root, env=env, stdout=out, stderr=out)


@contextmanager
def a_server(port: int, log: Path, data_dir: Path, database: str = "") -> Iterator[None]:
    """A server that answers, until the block ends."""
    server = start_server(port, log, data_dir, database)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", server, log)
        yield
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """The server, with an inspector `heying` and a supervisor `duanwei`."""
    folder = tmp_path_factory.mktemp("county")
    data_dir, log = folder / "data", folder / "server.log"
    port = free_port()
    here = County(f"http://127.0.0.1:{port}", data_dir, log)
    with here.inside():
        db.migrate()
        _people()
    with a_server(port, log, data_dir):
        yield here


def _people() -> None:
    now = clock.now()
    rows.a_team()
    for name, display, role in (
        ("heying", "何映", Role.INSPECTOR),
        ("duanwei", "段薇", Role.SUPERVISOR),
    ):
        new = NewPerson(name, display, role, PASSWORD, must_change_password=False)
        if role == Role.INSPECTOR:
            new = NewPerson(name, display, role, PASSWORD, team="二组", must_change_password=False)
        accounts.add_person(new, by=None, now=now)


@dataclass(frozen=True)
class Visit:
    """An open visit of the inspector, and its parcel."""

    id: int
    task_id: int
    parcel_id: int
    path: str


@pytest.fixture
def visit(county: County) -> Visit:
    """A fresh open visit of `heying`, whose photos of the other tests are compared with its own."""
    return a_visit(county, "heying")


def a_visit(county: County, name: str, team: str = "二组") -> Visit:
    """A fresh open visit of an inspector."""
    with county.inside():
        token = accounts.sign_in(name, PASSWORD, address="::1", browser="test", now=clock.now())
        who: Who | None = accounts.who_by_token(token, now=clock.now())
        assert who is not None
        parcel_id = rows.a_parcel_row()
        task_id = rows.a_task(parcel_id, team=team)
        visit_id = rows.an_inspection(who, task_id, state=InspectionState.DRAFT)
    return Visit(visit_id, task_id, parcel_id, f"/inspect?task={task_id}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def a_browser(playwright: Playwright, *, camera: Literal["", "=deny"] = "") -> Browser:
    """A Chromium whose owner lets pages use the camera, which draws a moving picture, or not."""
    chromium = playwright.chromium.launch(
        executable_path=CHROMIUM if CHROMIUM.exists() else None,
        args=[
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--use-fake-device-for-media-stream",
            f"--use-fake-ui-for-media-stream{camera}",  # without windows nobody can be asked
            # No other host is there. Routes would do it too, but each request would come to
            # Python and back, and nothing would be cached.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ],
    )
    chromium.on("context", lambda context: context.add_init_script(LISTENING))
    return chromium


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = a_browser(playwright)
    yield chromium
    chromium.close()


# What the page shows when a test of it fails: most of these failures do not come twice.
_LOOKS = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  const state = document.querySelector('[data-test-script-state]')?.dataset.testScriptState;
  const looks = {state, focus: document.activeElement?.outerHTML.slice(0, 200),
    scrolled: main && [main.scrollTop, main.clientHeight, main.scrollHeight]};
  return JSON.stringify(looks) + '\\n' + document.body.innerText.slice(0, 3000);
}"""
_TOLD = 3  # pages; a test of two tabs and a desk has no more


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    browser = getattr(item, "funcargs", {}).get("browser")
    if report.failed and report.when == "call" and isinstance(browser, Browser):
        for page in [page for context in browser.contexts for page in context.pages][-_TOLD:]:
            try:
                # `evaluate` knows no timeout, and the page may hang.
                looks = page.wait_for_function(_LOOKS, timeout=3000).json_value()
            except PlaywrightError as error:
                looks = f"cannot be asked: {error}"
            report.sections.append((f"page {page.url}", looks))
    return report


@dataclass
class Phone:
    """A signed-in browser of phone size; `refused` holds what it asked of other hosts, `errors`
    what its scripts threw and what the security policy stopped."""

    page: Page
    context: BrowserContext
    refused: list[str]
    errors: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(path, wait_until="domcontentloaded")
        return self.page


def asked_of_others(context: BrowserContext, url: str) -> list[str]:
    """What the pages of a context ask of hosts other than `url`, from now on."""
    others: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            others.append(request.url)

    context.on("request", note)
    return others


def _forbidden(said: ConsoleMessage) -> bool:
    """Whether the browser tells of something that our own policy forbids."""
    return said.type == "error" and "Content Security Policy" in said.text


def a_phone(browser: Browser, county: County, name: str, *, position: bool = True) -> Phone:
    """A phone on which `name` has signed in; with `position` it knows where it is."""
    context = browser.new_context(
        base_url=county.url,
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE_MS)
    if position:
        context.grant_permissions(["geolocation"])
        context.set_geolocation(STANDING)
    refused = asked_of_others(context, county.url)
    answer = context.request.post("/login", form={"name": name, "password": PASSWORD})
    assert answer.ok, answer.status
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if _forbidden(said) else None)
    return Phone(page, context, refused, errors)


@pytest.fixture
def phone_for(county: County, browser: Browser) -> Iterator[Callable[..., Phone]]:
    """Makes phones: `phone_for("heying", position=True)`."""
    made: list[Phone] = []

    def make(name: str, *, position: bool = True) -> Phone:
        made.append(a_phone(browser, county, name, position=position))
        return made[-1]

    yield make
    for phone in made:
        phone.context.close()


@pytest.fixture
def phone(phone_for: Callable[..., Phone]) -> Phone:
    """The inspector's phone, standing on the parcel, with permission for its position."""
    return phone_for("heying")
