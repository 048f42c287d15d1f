"""The whole life of one entry, by four people on phones and at a desk, in a real browser: found and
confirmed, begun, proved, sent back, handed over, carried, proved anew, closed by a second person,
and opened again after a second look."""

import hashlib
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from field_app.inspections.photos import store
from field_app.roles import Who
from models.geo import moved
from models.tables import Entry, Event, HandOver, Inspection, Person, Photo
from models.vocabulary import EntryState, Role, Verdict
from tests import build, rows
from tests.browser.conftest import PASSWORD, County, Phone
from tests.browser.talking import rest

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 900}
S = EntryState


@dataclass(frozen=True)
class Found:
    """A visit that waits for its confirmation."""

    visit: int
    number: str


@pytest.fixture
def found(county: County) -> Found:
    """What `heying` handed in two hours ago: a real picture from where the phones stand. A unit and
    an office are there, too."""
    with county.inside():
        rows.units_of_the_plan()
        now = clock.now()
        for name, display, role, unit in (
            ("liuzhen", "柳镇长", Role.UNIT, "留山镇人民政府"),
            ("qianban", "钱主任", Role.OFFICE, ""),
        ):
            new = NewPerson(name, display, role, PASSWORD, unit=unit, must_change_password=False)
            accounts.add_person(new, by=None, now=now)
        with db.reading() as session:
            person = session.exec(select(Person).where(Person.name == "heying")).one()
        heying = Who(person.id or 0, "heying", "何映", Role.INSPECTOR, person.team_id)
        parcel = rows.a_parcel_row(number="LIFE1")
        before = now - timedelta(hours=2)
        visit = rows.an_inspection(heying, rows.a_task(parcel), submitted_at=before)
        data = build.a_photo(rows.a_square(), seed=7001, scene="forest", taken_at=before)
        store().put(data)
        at = moved(rows.HERE, east_m=6.0)
        photo = rows.a_photo_row(
            visit, Verdict.PASSED, sha256_hex=hashlib.sha256(data).hexdigest(),
            lon=at.lon, lat=at.lat, heading_deg=None, taken_at=before, received_at=before,
        )  # fmt: skip
        rows.a_finding(visit, [photo], created_at=before)
    return Found(visit, "LIFE1")


@pytest.fixture
def shot(tmp_path: Path) -> Callable[[int], Path]:
    """A photo file as new as if just shot, another picture for each seed."""

    def make(seed: int) -> Path:
        path = tmp_path / f"IMG_{seed}.jpg"
        path.write_bytes(build.a_photo(gps="absent", taken_at=datetime.now(clock.CHINA), seed=seed))
        return path

    return make


def shoot(page: Page, file: Path) -> None:
    """The camera's button, which a phone would answer with a picture."""
    with page.expect_file_chooser() as opened:
        page.get_by_label("拍照", exact=True).click()
    now = time.time()
    os.utime(file, (now, now))
    opened.value.set_files([file])
    expect(page.locator("section.taker").get_by_text("已送达")).to_be_visible()


def press(page: Page, name: str, told: str) -> None:
    """A button of the page, and the sentence that says it was done."""
    rest(page)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text(told, exact=True).first).to_be_visible()
    rest(page)


def fill(page: Page, label: str, text: str) -> None:
    rest(page)
    box = page.get_by_label(re.compile(f"^{re.escape(label)}"))
    box.fill(text)
    box.press("Tab")
    rest(page)


def fill_day(page: Page, label: str, day: date) -> None:
    """A day is typed part by part: year, month, day."""
    rest(page)
    parts = page.get_by_role("group", name=label).get_by_role("spinbutton")
    parts.first.click()
    page.keyboard.type(f"{day:%Y%m%d}", delay=40)
    page.keyboard.press("Tab")
    rest(page)


def other(page: Page, entry: int, step: str) -> None:
    """Opens one of the things that may be done besides."""
    rest(page)
    choices = page.locator(f".st-key-other_step_{entry}")
    if not choices.is_visible():
        page.get_by_text("其他办理").click()
    choices.get_by_text(step, exact=True).click()
    rest(page)


def test_an_entry_lives_from_the_finding_to_its_close_out_and_is_opened_again(
    county: County,
    found: Found,
    phone_for: Callable[..., Phone],
    shot: Callable[[int], Path],
) -> None:
    def the() -> Entry:
        with county.inside(), db.reading() as session:
            return session.exec(select(Entry).where(Entry.inspection_id == found.visit)).one()

    supervisor, unit, office = (phone_for(n) for n in ("duanwei", "liuzhen", "qianban"))
    supervisor.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    # 督导 confirms what 核查员 found; it stands in its ledger.
    page = supervisor.open(f"/review?visit={found.visit}")
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
