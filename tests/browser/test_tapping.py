"""A tap on a parcel's sign comes to Python; panning and the map's own arrival do not."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from field_app.settings import ROOT
from tests.browser.conftest import PHONE, free_port, wait_for

pytestmark = pytest.mark.browser
_SERVE = """
import sys, uvicorn, streamlit as st
from field_app.routes import assets
app = st.App(sys.argv[1], routes=assets.ROUTES)
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning")
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    port, log = free_port(), tmp_path / "server.log"
    page = Path(__file__).with_name("tapping_page.py")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(page), str(port)],
            cwd=ROOT, env=env, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_a_tap_tells_which_parcel_and_nothing_else_reruns(address: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    frame = page.frame_locator("iframe[title*=st_folium]")
    signs = frame.locator(".fm-mark")
    expect(signs).to_have_count(2)
    page.wait_for_timeout(1500)
    expect(page.get_by_text("点了 None，第 1 次运行")).to_be_visible()
    frame.locator(".leaflet-control-zoom-in").tap()
    page.wait_for_timeout(1200)
    expect(page.get_by_text("点了 None，第 1 次运行")).to_be_visible()
    frame.locator(".leaflet-control-zoom-out").tap()
    signs.nth(1).tap()
    expect(page.get_by_text("点了 N4113-02，第 2 次运行")).to_be_visible()
    signs.nth(0).tap()
    expect(page.get_by_text("点了 N4113-01，第 3 次运行")).to_be_visible()
    context.close()
