"""The whole life of one entry, by four people on phones and at a desk, in a real browser: found and
confirmed, begun, proved, sent back, handed over, carried, proved anew, closed by a second person,
and opened again after a second look."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from field_app import clock, db
from models.tables import Entry, Event, HandOver, Inspection, Person, Photo
from models.vocabulary import EntryState
from tests.browser.conftest import County, Phone
from tests.browser.living import (
    DESK,
    a_found_problem,
    camera,
    fill,
    fill_day,
    other,
    press,
    settle,
    shoot,
)

pytestmark = pytest.mark.browser
S = EntryState


def test_an_entry_lives_from_the_finding_to_its_close_out_and_is_opened_again(
    county: County,
    phone_for: Callable[..., Phone],
    tmp_path: Path,
) -> None:
    settle(county)
    found, shot = a_found_problem(county, "LIFE1", 2, seed=7001), camera(tmp_path)

    def the() -> Entry:
        with county.inside(), db.reading() as session:
            return session.exec(select(Entry).where(Entry.inspection_id == found)).one()

    supervisor, unit, office = (phone_for(n) for n in ("duanwei", "liuzhen", "qianban"))
    supervisor.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    # 督导 confirms what 核查员 found; it stands in its ledger.
    page = supervisor.open(f"/review?visit={found}")
    page.get_by_role("button", name="确认并登记台账").click()
    expect(page.get_by_text(re.compile("已登记 411321-2-"))).to_be_visible()
    entry = the()
    assert entry.id is not None
    path = f"/ledger?entry={entry.id}"

    # 责任单位 finds it at home, begins, reports, shoots one photo and applies.
    page = unit.open("/")
    card = page.locator(f".st-key-todo_{entry.id}")
    expect(card).to_contain_text(entry.number)
    card.get_by_role("link", name="开始整改").click()
    expect(page.get_by_role("heading", name=entry.number)).to_be_visible()
    press(page, "开始整改", "已开始整改")
    fill(page, "整改做到哪一步了", "杨树已清除，正在平整。")
    press(page, "填报进展", "已填报进展")
    press(page, "上传整改后照片", "可以拍照了")
    expect(page.locator("section.taker").get_by_text("定位 ±8 m")).to_be_visible()
    shoot(page, shot(7101))
    expect(page.get_by_text("可用于销号")).to_have_count(1)
    expect(page.get_by_text("同一站位").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    other(page, entry.id, "申请销号")
    fill(page, "完成情况", "已恢复耕种")
    press(page, "申请销号", "已申请销号")
    assert the().state == S.TO_CLOSE

    # 督导 sees that one photo is not enough, and sends it back.
    page = supervisor.open(path)
    expect(page.get_by_text("要求 2 张可用的整改后照片，现有 1 张", exact=True)).to_be_visible()
    assert page.get_by_role("button", name="同意销号").count() == 0
    slider = page.get_by_role("slider", name=re.compile("整改前"))
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("53")
    expect(page.locator("figure.compare .line")).to_have_attribute("style", "left: 53%;")
    for side in ("before", "after"):
        picture = page.locator(f"figure.compare img.{side}")
        page.wait_for_function("e => e.naturalWidth > 100", arg=picture.element_handle())
    fill(page, "哪里还不行", "请再补拍一张近景")
    press(page, "退回整改", "已退回整改")

    # 县办 says its nature, hands the clue over, and carries it.
    page = office.open(path)
    expect(page.get_by_text("退回的理由：请再补拍一张近景")).to_be_visible()
    other(page, entry.id, "认定性质")
    page.get_by_label("问题性质").click()
    page.get_by_role("option", name="涉嫌违纪").click()
    fill(page, "认定的理由", "验收把关不严")
    press(page, "认定性质", "已认定性质")
    other(page, entry.id, "移送")
    page.get_by_label("接收机关").click()
    page.get_by_role("option", name="县纪委监委").click()
    fill(page, "移送文号", "召整治移〔2026〕1号")
    fill(page, "移送事由", "补充耕地验收把关不严的线索")
    press(page, "移送", "已记下移送")
    other(page, entry.id, "挂账")
    later = clock.local(clock.now()).date() + timedelta(days=200)
    fill_day(page, "挂账期限", later)
    fill(page, "批准人或批准文号", "县专项整治办第 4 次会议")
    fill(page, "挂账原因", "须待秋收后平整")
    press(page, "挂账", "已挂账")
    expect(page.get_by_text(f"挂账至 {later}")).to_be_visible()

    # 责任单位 reads why, goes on, proves it and applies again.
    page = unit.open("/")
    card = page.locator(f".st-key-todo_{entry.id}")
    expect(card).to_contain_text("请再补拍一张近景")
    card.get_by_role("link").click()
    press(page, "继续整改", "已转为整改中")
    expect(page.locator("section.taker").get_by_text("定位 ±8 m")).to_be_visible()
    shoot(page, shot(7102))
    expect(page.get_by_text("可用于销号")).to_have_count(2)
    fill(page, "完成情况", "已补拍近景")
    press(page, "申请销号", "已申请销号")

    # 督导 closes it.
    page = supervisor.open(path)
    expect(page.get_by_text("可用于销号")).to_have_count(2)
    press(page, "同意销号", "已销号")
    closed = the()
    assert (closed.state, closed.carried_until) == (S.CLOSED, later)
    expect(page.get_by_text(f"已于 {closed.closed_on} 销号")).to_be_visible()

    # A second look finds trees again; 县办 opens it anew.
    page = office.open(path)
    other(page, entry.id, "重新打开")
    fill_day(page, "新的整改期限", later)
    fill(page, "为什么重新打开", "回头看发现又栽了树")
    press(page, "重新打开", "已重新打开")
    page = unit.open(path)
    expect(page.get_by_text("要求 2 张可用的整改后照片，现有 0 张")).to_be_visible()
    expect(page.get_by_text("回头看").first).to_be_visible()

    with county.inside(), db.reading() as session:
        told = session.exec(
            select(Event.action, Person.name)
            .join(Person, col(Person.id) == Event.person_id)
            .where(Event.about == "entry", Event.about_id == entry.id)
            .order_by(col(Event.id))
        ).all()
        handed = session.exec(select(HandOver).where(HandOver.entry_id == entry.id)).one()
        proofs = session.exec(
            select(Photo.grade, Photo.verdict)
            .join(Inspection, col(Inspection.id) == Photo.inspection_id)
            .where(Photo.kind == "整改后", Inspection.parcel_id == entry.parcel_id)
        ).all()
    assert [tuple(each) for each in told] == [
        ("登记入账", "duanwei"),
        ("开始整改", "liuzhen"),
        ("填报进展", "liuzhen"),
        ("申请销号", "liuzhen"),
        ("退回整改", "duanwei"),
        ("认定性质", "qianban"),
        ("移送", "qianban"),
        ("挂账", "qianban"),
        ("继续整改", "liuzhen"),
        ("申请销号", "liuzhen"),
        ("同意销号", "duanwei"),
        ("重新打开", "qianban"),
    ]
    assert (handed.organ, handed.nature) == ("县纪委监委", "涉嫌违纪")
    assert [tuple(each) for each in proofs] == [("B", "核验通过")] * 2
    assert the().state == S.RECTIFYING
    for phone in (supervisor, unit, office):
        assert phone.refused == []
        assert phone.errors == []
