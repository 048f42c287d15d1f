"""Another page begins at its top, however far down the last one was scrolled."""

import pytest
from playwright.sync_api import Page, expect

from tests import rows
from tests.browser.conftest import County, Phone

pytestmark = pytest.mark.browser


def scrolled(page: Page) -> int:
    return int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop"))


def test_a_parcel_opened_from_far_down_the_list_shows_its_head(
    phone: Phone, county: County
) -> None:
    with county.inside():
        for n in range(8):
            rows.a_task(rows.a_parcel_row(number=f"FAR{n}", village="远村"))
    page = phone.open("/tasks")
    page.get_by_placeholder("地块编号、村名或项目名").fill("远村")
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 8 个任务")).to_be_visible()
    expect(page.get_by_role("link", name="看地块")).to_have_count(8)
    last = page.get_by_role("link", name="看地块").nth(7)
    last.scroll_into_view_if_needed()
    assert scrolled(page) > 300
    last.click()
    expect(page.get_by_role("heading", name="FAR")).to_be_visible()
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop < 5")
    expect(page.get_by_role("heading", name="FAR")).to_be_in_viewport()
