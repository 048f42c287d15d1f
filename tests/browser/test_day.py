"""今日收工: which shots belong to the day, whatever the phone's clock says, and what the server waits for
that the phone has no more."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Phone, Visit
from tests.browser.field import CORE, bare, deliver, rows_on, shoot, wait_for, wait_until_held
from tests.browser.test_captures import to

pytestmark = pytest.mark.browser
__all__ = ["to"]

# A clock that a person may set: `localStorage.ahead` is by how many ms it is ahead of the real one.
SET_CLOCK = """{
  const Real = Date, ahead = () => Number(localStorage.getItem("ahead") ?? 0);
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() + ahead()])); }
    static now() { return Real.now() + ahead(); }
  };
}"""
DAY_MS = 86_400_000
SET_ROW = """async ([uuid, facts]) => {
  const { alter } = await import("/assets/js/shelf.js");
  await alter(uuid, (row) => ({ ...row, ...facts, receipt: { ...row.receipt, ...(facts.receipt ?? {}) } }));
}"""
GONE = """async (uuid) => {
  const { transaction } = await import("/assets/js/store.js");
  await transaction(["captures", "bytes", "records", "thumbs"], "readwrite", (s) => {
    for (const store of Object.values(s)) store.delete(uuid);
  });
}"""


def close_day(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("async () => (await core).closeDay('heying')")
    return found


@pytest.mark.parametrize("ahead_ms", [DAY_MS, -DAY_MS])
def test_a_phone_whose_clock_is_a_day_off_closes_the_shots_of_this_day(
    phone: Phone, visit: Visit, to: dict[str, Any], ahead_ms: int
) -> None:
    phone.page.add_init_script(SET_CLOCK)
    page = bare(phone)
    page.evaluate("ahead => localStorage.setItem('ahead', ahead)", str(ahead_ms))
    page.evaluate("async () => (await core).readyToSign('heying')")
    mine = [shoot(page, to, n)["uuid"] for n in range(3)]
    deliver(page)
    wait_until_held(page, 3)
    # The second was taken and delivered two days ago, by a clock that was as wrong.
    long_ago = page.evaluate("() => Date.now()") - 2 * DAY_MS
    arrived = page.evaluate("ms => new Date(ms).toISOString()", long_ago - ahead_ms)
    page.evaluate(SET_ROW, [mine[1], {"made_at": long_ago, "receipt": {"received_at": arrived}}])
    assert close_day(page)["taken"] == 2
    page.evaluate("() => localStorage.setItem('ahead', '0')")  # somebody sets it right at noon
    closed = close_day(page)
    assert (closed["ok"], closed["taken"], closed["held"]) == (True, 2, 2)
    assert page.evaluate("async () => (await core).closeDay('heying', 0)")["taken"] == 3


def test_a_photo_whose_record_came_without_it_is_named_at_the_close_of_the_day(
    phone: Phone, visit: Visit, to: dict[str, Any]
) -> None:
    page = phone.open("/capture/")
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    page.evaluate(CORE)
    phone.context.route("**/api/v1/photos/**", lambda route: route.abort())
    lost, kept = shoot(page, to, 1)["uuid"], shoot(page, to, 2)["uuid"]
    deliver(page)
    named = (
        "async () => (await (await core).closeDay('heying')).missing"
        ".filter(({ why }) => why.startsWith('这张照片的记录到了，照片没到')).length === 2"
    )
    wait_for(page, named)
    page.evaluate(GONE, lost)  # as a page does that dies with the picture in its memory
    phone.context.unroute("**/api/v1/photos/**")
    deliver(page)
    wait_for(page, "async () => (await (await core).tallies('heying')).held === 1")
    assert [row["uuid"] for row in rows_on(page)] == [kept]
    page.evaluate("() => { location.hash = '#/day'; }")
    page.get_by_role("button", name="和服务器核对").click()
    expect(page.get_by_text("这张照片的记录到了，照片没到")).to_be_visible()
    expect(page.get_by_text("本机拍的一张不少")).to_be_visible()
    closed = close_day(page)
    assert (closed["ok"], closed["taken"], closed["missing"]) == (False, 1, [])
    assert [photo["uuid"] for photo in closed["astray"]] == [lost]
