"""What was typed into the chat and not sent comes back after a reload; what was sent does not."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Phone, Visit

pytestmark = pytest.mark.browser


def box(page: Page) -> Locator:
    return page.get_by_test_id("stChatInputTextArea")


@pytest.fixture
def page(phone: Phone, visit: Visit) -> Page:
    phone.page.goto(f"/chat?visit={visit.id}", wait_until="domcontentloaded")
    expect(box(phone.page)).to_be_enabled()
    return phone.page


def test_what_was_not_sent_comes_back(page: Page) -> None:
    box(page).fill("南边一半是杨树")
    page.reload(wait_until="domcontentloaded")
    expect(box(page)).to_have_value("南边一半是杨树")


@pytest.mark.parametrize("how", ["button", "enter"])
def test_what_was_sent_does_not(page: Page, how: str) -> None:
    box(page).fill("还差什么")
    if how == "enter":
        box(page).press("Enter")
    else:
        page.get_by_test_id("stChatInputSubmitButton").click()
    expect(page.get_by_text("还差什么", exact=True).last).to_be_visible()
    expect(box(page)).to_have_value("")
    page.wait_for_timeout(600)
    page.reload(wait_until="domcontentloaded")
    expect(page.get_by_text("还差什么", exact=True).last).to_be_visible()
    expect(box(page)).to_be_enabled()
    page.wait_for_timeout(500)
    expect(box(page)).to_have_value("")
