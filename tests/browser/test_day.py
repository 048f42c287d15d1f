"""今日收工: which shots belong to the day, whatever the phone's clock says, and what the server waits for
that the phone has no more."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from field_app import accounts, clock
from field_app.captures import late
from field_app.db import reading
from models.tables import Person
from tests.browser.conftest import County, Phone, Visit
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
    phone: Phone, county: County, visit: Visit, to: dict[str, Any]
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
    with county.inside():
        with reading() as session:
            person = session.exec(select(Person).where(Person.name == "duanwei")).one()
            duanwei = accounts.who_is(session, person.id or 0)
        later = clock.now() + timedelta(days=2)
        (row,) = [r for r in late.listing(duanwei, now=later) if r.uuid == lost]
        late.confirm_lost(row.id, why="页面关掉时没有存下", who=duanwei, now=later)
    page.get_by_role("button", name="再核对一次").click()
    expect(page.get_by_text("可以收工了")).to_be_visible()


def test_what_was_checked_a_month_ago_leaves_the_phone_and_its_count_stays(
    phone: Phone, visit: Visit, to: dict[str, Any]
) -> None:
    page = phone.open("/capture/")
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    page.evaluate(CORE)
    page.evaluate("async () => (await core).readyToSign('heying')")
    old, unchecked, fresh, held, refused = (shoot(page, to, n)["uuid"] for n in range(5))
    deliver(page)
    wait_until_held(page, 5)
    assert close_day(page)["ok"]
    long_ago = {"received_at": "2026-03-02T15:59:59+00:00"}
    page.evaluate(SET_ROW, [old, {"receipt": long_ago}])
    then = {"made_at": 1_772_000_000_000, "receipt": {**long_ago, "checked_at": None}}
    page.evaluate(SET_ROW, [unchecked, then])
    page.evaluate(SET_ROW, [held, {"receipt": {**long_ago, "state": "held"}}])
    page.evaluate(SET_ROW, [refused, {"state": "refused", "receipt": long_ago}])
    page.evaluate("() => { location.hash = '#/day'; }")
    page.get_by_role("button", name="和服务器核对").click()
    page.get_by_text("三十天以前核对过的").click()
    expect(page.get_by_text("2026-03-02　照片 1 张")).to_be_visible()
    assert [row["uuid"] for row in rows_on(page)] == [unchecked, fresh, held, refused]
    left = """async (uuid) => {
      const { transaction } = await import("/assets/js/store.js");
      const counts = await transaction(["captures", "bytes", "records", "thumbs"], "readonly", (s) => {
        const asked = Object.values(s).map((store) => store.count(uuid));
        return () => asked.map((one) => one.result);
      });
      return counts;
    }"""
    assert page.evaluate(left, old) == [0, 0, 0, 0]
    assert page.evaluate(left, fresh) == [1, 0, 0, 1]
