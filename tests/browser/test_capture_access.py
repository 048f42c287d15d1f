"""Every screen of the page for work without signal, for those who see badly, hear the page read,
or use no finger: axe-core finds nothing serious, and the keyboard reaches and does everything."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from models.geo import moved
from tests import rows
from tests.browser.capturing import (
    a_kept_phone,
    go,
    look,
    only_ours,
    shoot,
    sign_in,
    take_along,
    watched,
)
from tests.browser.conftest import County

pytestmark = pytest.mark.browser
NEAR = re.compile("距我|您在这块地里")


@pytest.fixture(scope="module")
def task(county: County) -> int:
    with county.inside():
        return rows.a_task(rows.a_parcel_row(moved(rows.HERE, east_m=900)))


@pytest.fixture(scope="module")
def phone(
    browser: Browser, county: County, task: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("reader")
    with a_kept_phone(browser, county, folder) as context:
        refused = only_ours(context, county.url)
        page = context.new_page()
        errors = watched(page)
        page.goto("/capture/")
        sign_in(page, "heying")
        take_along(page)
        context.set_offline(True)  # what waits and what is missing is on the screens, too
        shoot(page, task, moved(rows.HERE, east_m=900), ("全景", "近景"))
        yield page
        assert refused == []
        assert errors == []


@pytest.mark.parametrize(
    ("where", "heading"),
    [
        ("#/", "出发前检查"),
        ("#/find", "找地块"),
        ("#/task/{task}", "4113210"),
        ("#/task/{task}/shoot", "拍照"),
        ("#/task/{task}/form", "现场情况"),
        ("#/task/{task}/submit", "提交核查"),
        ("#/outbox", "本机照片"),
        ("#/day", "今日收工"),
        ("#/nowhere", "没有这一页"),
        ("#/task/999999", "没有这个任务"),
    ],
)
def test_no_screen_shuts_anybody_out(where: str, heading: str, phone: Page, task: int) -> None:
    go(phone, where.format(task=task))
    expect(phone.get_by_role("heading", level=1)).to_contain_text(heading)
    phone.wait_for_timeout(400)
    look(phone)


def test_the_map_shuts_nobody_out_and_the_list_says_the_same(phone: Page, task: int) -> None:
    go(phone, f"#/find?map={task}")
    expect(phone.locator(".leaflet-container")).to_be_visible()
    expect(phone.locator(".map-card")).to_contain_text(NEAR)
    look(phone)
    phone.get_by_text("列表", exact=True).click()
    expect(phone.locator(".tasks")).to_contain_text(NEAR)


def test_a_new_screen_is_told_by_its_heading_and_the_title_of_the_page(
    phone: Page, task: int
) -> None:
    go(phone, "#/day")
    go(phone, f"#/task/{task}")
    expect(phone.locator("h1")).to_be_focused()
    expect(phone).to_have_title(re.compile("^地块 "))


def test_from_the_list_to_a_handed_in_answer_without_a_finger(phone: Page, task: int) -> None:
    """Tab, arrows, space and Enter: choose a parcel, press the shutter, fill a field, see what is
    missing."""
    go(phone, "#/find")
    link = phone.locator(".tasks .number").first
    expect(link).to_be_visible()
    link.focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("link", name="拍照", exact=True)).to_be_visible()
    go(phone, f"#/task/{task}/shoot")
    shutter = phone.get_by_role("button", name="按下快门")
    expect(shutter).to_have_attribute("aria-disabled", "false")
    phone.locator(".kinds input:checked").focus()
    phone.keyboard.press("ArrowRight")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Tab")
    expect(shutter).to_be_focused()
    phone.keyboard.press("Enter")
    expect(phone.locator(".kept")).to_contain_text("已存本机")
    go(phone, f"#/task/{task}/form")
    phone.locator("#field-has_problem input").first.focus()
    phone.keyboard.press("Space")
    expect(phone.locator("#field-facts textarea")).to_be_visible()
    expect(phone.locator("#field-has_problem input").first).to_be_focused()
    opens = phone.locator("#field-land_class .opens")
    opens.focus()
    phone.keyboard.press("Enter")
    search = phone.get_by_role("dialog").get_by_role("searchbox")
    search.fill("旱地")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    expect(opens).to_contain_text("旱地")
    expect(opens).to_be_focused()
    go(phone, f"#/task/{task}/submit")
    phone.get_by_role("button", name="提交", exact=True).focus()
    phone.keyboard.press("Enter")
    expect(phone.locator(".lacks a").first).to_be_focused()
    phone.keyboard.press("Enter")
    phone.wait_for_url(re.compile(r"/(form\?to=|shoot)"))
