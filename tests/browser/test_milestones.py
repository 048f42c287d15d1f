"""节点 in a real browser: the office sets a campaign up from the plan, a unit sends its report with a
file from the phone, the office reads the file and takes it; nobody meets English on the way."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from models.tables import Submission
from models.vocabulary import Role, Sent
from tests import rows
from tests.browser.conftest import PASSWORD, County, Phone
from tests.browser.resting import rest
from tests.browser.test_chinese_everywhere import english_of

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.7 signed and stamped"


@pytest.fixture
def people(county: County) -> None:
    """A township and the office, and an entry that is late."""
    with county.inside():
        rows.units_of_the_plan()
        now = clock.now()
        for name, display, role, unit in (
            ("jiedian1", "柳镇长", Role.UNIT, "留山镇人民政府"),
            ("jiedian2", "钱主任", Role.OFFICE, ""),
        ):
            new = NewPerson(name, display, role, PASSWORD, unit=unit, must_change_password=False)
            accounts.add_person(new, by=None, now=now)
        today = clock.local(now).date()
        rows.an_entry(["留山镇人民政府"], number="LATE1", due_on=today - timedelta(days=20))


def test_a_report_goes_from_the_phone_of_a_township_to_the_office(
    phone_for: Callable[..., Phone], county: County, people: None
) -> None:
    office = phone_for("jiedian2")
    page = office.open("/milestones")
    rest(page)
    page.get_by_label("名称", exact=True).fill("浏览器专项整治")
    page.get_by_label("名称", exact=True).press("Tab")
    rest(page)
    page.get_by_role("button", name="新建整治行动", exact=True).last.click()
    weekly = page.locator("[class*=st-key-milestone_]").filter(has_text="周报告").first
    expect(weekly).to_be_visible()
    rest(page)
    english = english_of(page)

    unit = phone_for("jiedian1")
    page = unit.open("/todo")
    expect(page.get_by_text(re.compile("已逾期 [1-9]")).first).to_be_visible()
    page.get_by_role("link", name="节点报送").click()
    report = page.locator("[class*=st-key-owed_]").filter(has_text="周报告").first
    expect(report).to_be_visible()
    rest(page)
    form = report.locator("details").first
    if form.get_attribute("open") is None:  # only the most urgent one is open at first
        form.locator("summary").click()
    calendar = page.get_by_test_id("stDateInputCalendar")
    report.get_by_label("行文日期，年").tap()
    expect(calendar).to_be_visible()
    page.keyboard.type(f"{clock.local(clock.now()).date() - timedelta(days=1):%Y%m%d}")
    expect(calendar).to_have_count(0)  # it would lie over what comes below
    report.get_by_label("说明").fill("本周摸排 12 个地块")
    report.locator("input[type=file]").set_input_files(
        {"name": "<周报>.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(report.get_by_text(re.compile("周报"), exact=False).last).to_be_visible()
    rest(page)
    english += [s for s in english_of(page) if "pdf" not in s.lower()]
    report.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_text("已经报送的 1 期")).to_be_visible()
    with county.inside(), db.reading() as session:
        sent = session.exec(select(Submission)).one()
    assert (sent.note, sent.file_type, sent.state) == ("本周摸排 12 个地块", "pdf", Sent.SENT)
    assert sent.document_on == clock.local(clock.now()).date() - timedelta(days=1)

    page = office.open("/milestones")
    rest(page)
    weekly = page.locator("[class*=st-key-milestone_]").filter(has_text="周报告").first
    weekly.get_by_text("谁报了，谁没报").click()
    with page.expect_download() as saved:
        weekly.get_by_role("link", name=re.compile("附件")).click()
    assert Path(saved.value.path()).read_bytes() == PDF
    assert saved.value.suggested_filename == f"报送{sent.id}.pdf"
    english += english_of(page)
    weekly.get_by_role("button", name="接收", exact=True).click()
    expect(weekly.get_by_text("待接收 1")).to_have_count(0)
    rest(page)
    page = office.open("/owing")
    card = page.locator("[class*=st-key-unit_]").filter(has_text="留山镇人民政府")
    expect(card).to_be_visible()
    english += english_of(page)
    card.get_by_role("link", name="看逾期的条目").click()
    expect(page.get_by_text("期限：已逾期；责任单位：留山镇人民政府")).to_be_visible()
    expect(page.get_by_text("LATE1").first).to_be_visible()
    assert [s for s in english if "LATE1" not in s] == []
