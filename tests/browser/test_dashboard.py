"""看板 in a real browser: charts are drawn, all of it is Chinese, taps lead to the ledger, a paper comes
down as a file."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from docx import Document
from playwright.sync_api import expect

from models.vocabulary import EntryState
from tests import rows
from tests.browser.conftest import County, Phone
from tests.browser.test_chinese_everywhere import english_of, settled

pytestmark = pytest.mark.browser


@pytest.fixture
def ledger(county: County) -> None:
    with county.inside():
        rows.units_of_the_plan()
        long_ago = date.today() - timedelta(days=60)  # noqa: DTZ011 — the server's own day
        rows.an_entry(["留山镇人民政府"], state=EntryState.CLOSED)
        rows.an_entry(["留山镇人民政府", "财政局"], due_on=long_ago)
        rows.an_entry(["皇后乡人民政府"], township_code=rows.HUANGHOU, category=3)


def test_a_supervisor_finds_the_figures_and_what_is_behind_them(
    phone_for: Callable[..., Phone], ledger: None
) -> None:
    phone = phone_for("duanwei")
    page = settled(phone.open("/ledger"))
    menu = page.locator(".st-key-bottom_nav")
    cut = menu.evaluate(
        "e => [...e.querySelectorAll('p')].filter(p => p.scrollWidth > p.clientWidth).length"
    )
    assert cut == 0
    narrowest = menu.evaluate(
        "e => Math.min(...[...e.querySelectorAll('a')].map(a => a.getBoundingClientRect().width))"
    )
    assert narrowest >= 44
    menu.get_by_text("看板", exact=True).tap()
    expect(page.get_by_role("heading", name="看板")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(4)
    settled(page)
    page.get_by_text("统计口径：每个数怎么算").tap()
    expect(page.get_by_text("没有属实问题的乡镇不排名")).to_be_visible()
    assert english_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    with page.expect_download() as coming:
        page.get_by_role("button", name="周报").tap()
    file = coming.value
    assert file.suggested_filename.startswith("南召县耕地占补平衡专项整治工作周报_")
    said = "\n".join(p.text for p in Document(str(file.path())).paragraphs)
    assert "全县台账共登记问题" in said

    page.get_by_role("link", name="皇后乡", exact=True).tap()
    page.wait_for_url("**/ledger*")
    expect(page.get_by_text("乡镇：皇后乡")).to_be_visible()

    page = settled(phone.open("/dashboard"))
    bar = page.get_by_test_id("stVegaLiteChart").nth(2).locator(".mark-rect.role-mark path").first
    bar.scroll_into_view_if_needed()
    settled(page)
    box = bar.bounding_box()
    assert box
    assert box["height"] > 12  # a finger's
    bar.tap()
    page.wait_for_url("**/ledger*")
    expect(page.get_by_text("乡镇：", exact=False).first).to_be_visible()
    assert (phone.refused, phone.errors) == ([], [])
