"""The worker of `/capture/`: opens the page with no line, keeps no answer of the server, and
delivers when the page has been closed."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import rows
from tests.browser.conftest import County, Phone, Visit
from tests.browser.field import CORE, captures_of, photos_of, rows_on, shoot

pytestmark = pytest.mark.browser


def opened(phone: Phone) -> Page:
    """The page, with its worker in charge."""
    page = phone.open("/capture/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def test_the_page_opens_with_no_line_and_what_the_server_answered_is_not_kept(
    phone: Phone, visit: Visit
) -> None:
    page = opened(phone)
    assert page.evaluate("async () => (await fetch('/api/v1/me')).ok") is True
    kept = page.evaluate(
        """async () => {
            const [name] = await caches.keys();
            const all = await (await caches.open(name)).keys();
            return all.map((request) => new URL(request.url).pathname);
        }"""
    )
    assert "/capture/" in kept
    assert not [path for path in kept if path.startswith("/api/") or "/evidence/" in path]
    phone.context.set_offline(True)
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("正在打开…")).to_have_count(0)
    page.evaluate(CORE)  # every module is there
    assert page.evaluate("async () => typeof (await core).takeShot") == "function"
    assert (
        page.evaluate("async () => fetch('/api/v1/me').then(() => 'answered', () => 'none')")
        == "none"
    )
    phone.context.set_offline(False)
    assert phone.errors == []


def test_a_page_that_was_loaded_past_the_worker_is_taken_by_it_and_goes_on_without_a_line(
    phone: Phone, visit: Visit
) -> None:
    page = opened(phone)
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    session = phone.context.new_cdp_session(page)
    with page.expect_navigation():  # as with a page that opens while the worker takes the others
        session.send("Page.reload", {"ignoreCache": True})
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-screens", "here")
    phone.context.set_offline(True)
    page.evaluate(f"location.hash = '#/task/{visit.task_id}/form'")
    expect(page.locator("#field-land_class")).to_be_visible()


def test_what_waits_is_delivered_when_no_page_is_open_any_more(
    phone: Phone, county: County, visit: Visit
) -> None:
    page = opened(phone)
    page.evaluate(CORE)
    to: dict[str, Any] = {
        "task": visit.task_id, "visit": f"11111111-1111-4111-8111-{visit.id:012d}", "parcel": "N1",
        "lon": rows.HERE.lon, "lat": rows.HERE.lat,
    }  # fmt: skip
    phone.context.set_offline(True)
    taken = [shoot(page, to, n)["uuid"] for n in range(2)]
    page.wait_for_timeout(1000)
    (worker,) = phone.context.service_workers
    page.goto("about:blank")
    phone.context.set_offline(False)
    worker.evaluate("() => self.deliverOnce()")
    assert len(captures_of(county, taken)) == len(photos_of(county, visit)) == 2
    page.goto("/healthz")
    page.evaluate(CORE)
    assert [row["state"] for row in rows_on(page)] == ["delivered", "delivered"]


def test_a_screen_that_a_bad_line_brings_at_the_third_try_opens(phone: Phone, visit: Visit) -> None:
    broken = [True]
    asked: list[str] = []

    def drops(route: Route) -> None:
        asked.append(route.request.url)
        if broken[0] or len(asked) <= 2:
            route.abort()
        else:
            route.fallback()

    phone.context.add_init_script("delete Navigator.prototype.serviceWorker")
    page = phone.open("/capture/")
    phone.context.route("**/capture/screens/form.js*", drops)
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    asked.clear()
    broken[0] = False
    page.evaluate(f"location.hash = '#/task/{visit.task_id}/form'")
    expect(page.locator("#field-land_class")).to_be_visible()
    assert len(asked) == 3


def test_a_page_that_cannot_load_a_screen_which_the_worker_holds_is_loaded_anew_by_itself(
    phone: Phone, visit: Visit
) -> None:
    shell = "await caches.open((await caches.keys()).find((n) => n.startsWith('capture-shell')))"
    spoil = f"""async () => {{
        const shell = {shell}, spare = await caches.open("spare");
        const form = (await shell.keys()).find((r) => r.url.endsWith("/screens/form.js"));
        await spare.put(form, await shell.match(form));
        await shell.put(form, new Response("", {{ status: 503 }}));
    }}"""
    mend = f"""(async () => {{
        const shell = {shell}, spare = await caches.open("spare");
        for (const form of await spare.keys()) await shell.put(form, await spare.match(form));
    }})()"""
    page = opened(phone)
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    page.evaluate(spoil)
    session = phone.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})  # the worker's alone counts
    phone.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    phone.context.add_init_script(mend)  # it is there for the next page
    page.evaluate(f"location.hash = '#/task/{visit.task_id}/form'")
    expect(page.locator("#field-land_class")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('loaded anew')") is not None
