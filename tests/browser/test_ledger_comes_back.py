"""A ledger downloaded by a unit and by the office, filled in, and brought back in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from models.tables import Entry
from models.vocabulary import EntryState, Role
from tests import rows
from tests.browser.conftest import PASSWORD, County, Phone
from tests.browser.resting import rest
from tests.ledger.reading_back.books import Book

pytestmark = pytest.mark.browser
ONE, TWO = "411321-2-2026-7001", "411321-2-2026-7002"
DESK = {"width": 1280, "height": 800}


@pytest.fixture
def ledger(county: County) -> None:
    with county.inside():
        rows.units_of_the_plan()
        for name, role, unit in (
            ("huitian", Role.UNIT, "留山镇人民政府"),
            ("zongban", Role.OFFICE, ""),
        ):
            new = NewPerson(name, name, role, PASSWORD, unit=unit, must_change_password=False)
            accounts.add_person(new, by=None, now=clock.now())
        for number in (ONE, TWO):
            rows.an_entry(["留山镇人民政府"], number=number, state=EntryState.RECTIFYING)


def downloaded(page: Page) -> Book:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("导出 Excel")).click()
    return Book(Path(waiting.value.path()).read_bytes())


def bring(page: Page, book: Book, file: Path) -> None:
    """Uploads the file and waits for what it would change."""
    file.write_bytes(book.saved())
    page.get_by_text("导入修改过的 Excel", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text(file.name)).to_be_visible()
    rest(page)
    page.get_by_role("button", name="看改了什么").click()
    expect(page.get_by_role("button", name="放弃")).to_be_visible()
    rest(page)


def test_a_unit_and_the_office_fill_in_the_same_entry_and_neither_writes_over_the_other(
    county: County, ledger: None, phone_for: Callable[..., Phone], tmp_path: Path
) -> None:
    unit, desk = phone_for("huitian"), phone_for("zongban")
    desk.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    ours, theirs = downloaded(unit.open("/ledger")), downloaded(desk.open("/ledger"))

    ours.put(ONE, "整改进展", "已清除三亩，正在平整")
    ours.put(TWO, "是否销号", "是")
    page = unit.page
    bring(page, ours, tmp_path / "留山镇.xlsx")
    expect(page.get_by_text("由系统管理，不能在表格里改").first).to_be_visible()
    page.reload()  # what was uploaded is still there
    page.get_by_role("button", name="应用 1 处改动").click()
    expect(page.get_by_text("已应用：1 条，1 处。")).to_be_visible()

    theirs.put(ONE, "整改措施", "先清林木，再恢复耕种")
    theirs.put(ONE, "涉及面积", "约三亩")
    page = desk.page
    bring(page, theirs, tmp_path / "县办.xlsx")
    expect(page.get_by_text("“约三亩”不是数字")).to_be_visible()
    page.get_by_label("修改的理由").fill("县办会商")
    page.get_by_label("修改的理由").press("Tab")
    rest(page)
    page.get_by_role("button", name="应用 1 处改动").click()
    expect(page.get_by_text("已应用：1 条，1 处。")).to_be_visible()
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("县办.xlsx")).to_be_hidden()

    with county.inside(), db.reading() as session:
        one, two = session.exec(
            select(Entry).where(Entry.number.in_([ONE, TWO])).order_by(Entry.number)  # type: ignore[attr-defined]
        ).all()
    assert (one.progress, one.measure) == ("已清除三亩，正在平整", "先清林木，再恢复耕种")
    assert two.state == EntryState.RECTIFYING
    assert unit.errors == desk.errors == []
