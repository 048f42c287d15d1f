"""The photo buttons in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Phone, Visit

pytestmark = pytest.mark.browser


def test_look(phone: Phone, visit: Visit, tmp_path: Path) -> None:
    page = phone.open(visit.path)
    expect(page.get_by_text("拍照")).to_be_visible()
    page.wait_for_timeout(1500)
    page.screenshot(path="/tmp/shot1.png", full_page=True)
    print(phone.refused, phone.errors)
