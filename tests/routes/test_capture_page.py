"""The shell of the page for work without signal: open to strangers, whole, and without data."""

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from field_app.guard import Guard
from field_app.routes import assets, capture_page

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def stranger() -> Iterator[TestClient]:
    """Somebody without a cookie, before our guard."""
    app = Starlette(routes=[*assets.ROUTES, *capture_page.ROUTES], middleware=[Middleware(Guard)])
    with TestClient(app) as client:
        yield client


def test_a_stranger_gets_the_shell_which_holds_no_script_and_no_data(stranger: TestClient) -> None:
    answer = stranger.get("/capture/")
    assert answer.status_code == 200
    assert '<html lang="zh-CN">' in answer.text
    assert 'rel="manifest"' in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_without_its_slash_the_page_is_sent_to_where_the_worker_looks_after_it(
    stranger: TestClient,
) -> None:
    answer = stranger.get("/capture", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/capture/")


def test_nothing_else_below_the_page_is_open(stranger: TestClient) -> None:
    for path in ("/capture/x", "/capture/..%2fapi/v1/me", "/captures", "/capture/sw.js/x"):
        answer = stranger.get(path, headers={"Accept": "application/json"})
        assert answer.status_code in (401, 404), path


def test_everything_that_the_shell_and_the_worker_name_is_there(stranger: TestClient) -> None:
    page = stranger.get("/capture/").text
    named = {*re.findall(r'(?:src|href)="(/[^"]+)"', page), *capture_page.files()}
    assert {n for n in named if "/capture/look.css" in n}
    for address in named:
        assert stranger.get(address).status_code == 200, address


def test_the_worker_keeps_all_modules_and_no_other_pages_scripts(stranger: TestClient) -> None:
    kept = {re.sub(r"^/assets/~[0-9a-f]+/", "", address) for address in capture_page.files()}
    assert {
        "capture/page.js",
        "capture/look.css",
        "js/store.js",
        "vendor/leaflet/leaflet.js",
    } <= kept
    assert not any(
        name.startswith(("app/", "widgets/")) or name == "capture/sw.js" for name in kept
    )


def test_what_the_first_screen_needs_is_named_in_the_head_and_nothing_else() -> None:
    """A slow line then waits once, and not for what only later screens need."""
    preloaded = re.findall(r'rel="modulepreload" href="([^"]+)"', capture_page.html())
    assert assets.url("capture/screens/start.js") in preloaded
    assert assets.url("capture/screens/shoot.js") not in preloaded
    assert assets.url("js/store.js") in preloaded
    assert len(set(preloaded)) == len(preloaded)


@pytest.mark.parametrize("address", ["/capture/sw.js", "/capture/sw.js?module"])
def test_the_worker_is_told_what_to_keep_and_is_asked_for_again_each_time(
    stranger: TestClient, address: str
) -> None:
    answer = stranger.get(address)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert f'self.SHELL = {{"digest": "{assets.version()}-' in answer.text
    assert ("import { deliverOnce }" in answer.text) == address.endswith("?module")
    again = stranger.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_its_icon_on_the_home_screen_opens_the_page_that_works_without_signal(
    stranger: TestClient,
) -> None:
    manifest = stranger.get("/capture/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["id"] == "/capture/"
    for icon in manifest["icons"]:
        assert stranger.get(icon["src"]).status_code == 200
