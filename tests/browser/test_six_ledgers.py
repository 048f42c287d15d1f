"""One entry of each ledger through its life, each by another way, by the people whose work it is, in a
real browser; and what comes out of it as files, opened and read back."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from field_app import clock, db
from field_app.packages import checking, keys
from models.geo import moved
from models.tables import Entry, Event
from models.vocabulary import EntryState
from tests import rows
from tests.browser.capturing import at
from tests.browser.conftest import County, Phone
from tests.browser.living import (
    DESK,
    OFFICE,
    SUPERVISOR,
    UNIT_NAME,
    a_found_problem,
    camera,
    choose,
    fill,
    fill_day,
    other,
    press,
    settle,
    shoot,
)
from tests.browser.resting import rest, tap

pytestmark = pytest.mark.browser


@dataclass
class Life:
    """An entry on its way, and the three who work on it."""

    county: County
    unit: Page
    office: Page
    supervisor: Page
    shot: Callable[[int], Path]
    number: int = 0

    def entry(self) -> Entry:
        with self.county.inside(), db.reading() as session:
            return session.get_one(Entry, self.number)

    def of(self, page: Page) -> Page:
        """The entry's page, as this person sees it now."""
        page.goto(f"/ledger?entry={self.number}", wait_until="domcontentloaded")
        expect(page.get_by_role("heading", name=self.entry().number)).to_be_visible()
        rest(page)
        return page

    def told(self) -> list[str]:
        """What was done to it, in order."""
        with self.county.inside(), db.reading() as session:
            query = select(Event.action).where(Event.about == "entry")
            query = query.where(Event.about_id == self.number).order_by(col(Event.id))
            return list(session.exec(query))

    # --- the ways that several of them go ---------------------------------------------------------

    def confirmed(self, category: int, seed: int) -> None:
        """An inspector found it, and the supervisor confirms it."""
        middle = moved(rows.HERE, east_m=600.0 * category, north_m=-1500.0)
        visit = a_found_problem(self.county, f"SIX{category}", category, seed=seed, middle=middle)
        self.unit.context.set_geolocation(at(middle, 8.0))
        self.supervisor.goto(f"/review?visit={visit}", wait_until="domcontentloaded")
        self.supervisor.get_by_role("button", name="确认并登记台账").click()
        said = self.supervisor.get_by_text(re.compile(rf"已登记 411321-{category}-"))
        expect(said.first).to_be_visible()
        with self.county.inside(), db.reading() as session:
            entry = session.exec(select(Entry).where(Entry.inspection_id == visit)).one()
        self.number = entry.id or 0

    def registered(self, ledger: str, kind: str, description: str) -> None:
        """A clue that came to the office by another way."""
        page = self.office
        page.goto("/ledger", wait_until="domcontentloaded")
        rest(page)
        tap(
            page,
            page.get_by_text("登记问题线索"),
            page.get_by_label(re.compile("^问题大类（台账）")),
        )
        choose(page, "问题大类（台账）", re.compile(f"^{ledger}"))
        choose(page, "问题子类", re.compile(f"^{kind}"))
        choose(page, "问题来源", "审计")
        choose(page, "责任单位（第一个牵头）", UNIT_NAME)
        # The list closes as another field is taken up; Escape would clear what was chosen if a rerun
        # has closed it before.
        fill(page, "问题描述", description)
        press(page, "登记线索", "已登记，等待核实")
        with self.county.inside(), db.reading() as session:
            entry = session.exec(select(Entry).where(Entry.description == description)).one()
        self.number = entry.id or 0

    def planned(self, columns: dict[str, str]) -> None:
        """The office says what is to be done by when, and fills in what is the ledger's own."""
        page = self.of(self.office)
        tap(page, page.get_by_text("修改条目"), page.get_by_label("整改措施"))
        page.get_by_label("整改措施").fill("追缴资金，专款用于补充耕地")
        parts = page.get_by_role("group", name="整改期限").get_by_role("spinbutton")
        parts.first.click()
        page.keyboard.type(f"{in_days(60):%Y%m%d}", delay=40)
        for label, value in columns.items():
            page.get_by_label(re.compile(f"^{re.escape(label)}")).fill(value)
        page.get_by_label("修改理由（必填）").fill("补全措施和期限")
        press(page, "保存修改", "已保存")

    def verified(self) -> None:
        page = self.of(self.supervisor)
        fill(page, "核实情况", "查阅财务凭证，情况属实")
        press(page, "核实属实，进入整改", "已核实属实")

    def begun(self) -> None:
        page = self.of(self.unit)
        press(page, "开始整改", "已开始整改")
        fill(page, "整改做到哪一步了", "已经开始，预计五天内完成。")
        press(page, "填报进展", "已填报进展")

    def proved(self, seeds: tuple[int, ...]) -> None:
        """The unit shoots what was put right, from where the inspector stood."""
        page = self.of(self.unit)
        press(page, "上传整改后照片", "可以拍照了")
        expect(page.locator("section.taker").get_by_text("定位 ±8 m")).to_be_visible()
        for n, seed in enumerate(seeds, 1):
            shoot(page, self.shot(seed))
            expect(page.get_by_text("可用于销号")).to_have_count(n)

    def applied(self) -> None:
        page = self.of(self.unit)
        fill(page, "完成情况", "已按要求完成")
        press(page, "申请销号", "已申请销号")

    def closed(self, why: str = "") -> None:
        page = self.of(self.supervisor)
        if why:
            fill(page, "销号依据", why)
        press(page, "同意销号", "已销号")
        assert self.entry().state == EntryState.CLOSED

    def in_excel(self) -> dict[str, Any]:
        """Its row in the workbook that the office downloads, by the names in the head."""
        page = self.office
        page.goto("/ledger", wait_until="domcontentloaded")
        rest(page)
        with page.expect_download() as download:
            page.get_by_role("button", name=re.compile("^导出 Excel")).click()
        book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
        number = self.entry().number
        (sheet,) = [s for s in book if s.sheet_state == "visible" and has(s, number)]
        rows = list(sheet.iter_rows(values_only=True))
        (mine,) = [row for row in rows if number in row]
        (head,) = [row for row in rows if "问题编号" in row]
        named = zip(head, mine, strict=True)
        return {re.split("[（(]", str(name))[0]: value for name, value in named if name}


@pytest.fixture
def life(
    county: County,
    phone_for: Callable[..., Phone],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Life:
    unit = f"unit{zlib.crc32(request.node.name.encode())}"
    settle(county, unit)
    phones = [phone_for(name) for name in (unit, OFFICE, SUPERVISOR)]
    phones[2].page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return Life(county, *(phone.page for phone in phones), shot=camera(tmp_path))


def fetched(page: Page, link: str) -> bytes:
    """What stands behind a link, as this person gets it."""
    address = page.get_by_role("link", name=link).first.get_attribute("href")
    assert address is not None
    answer = page.context.request.get(address)
    assert answer.ok, answer.status
    return answer.body()


def said_by(pdf: bytes) -> str:
    """The text, without spaces, of a PDF whose first page shows something."""
    document = pypdfium2.PdfDocument(pdf)
    assert document[0].render(scale=1).to_pil().convert("L").getextrema()[0] < 128
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    return "".join(text.split())  # lines break where they must, and digits stand apart


def in_days(days: int) -> date:
    return clock.local(clock.now()).date() + timedelta(days=days)


def test_occupied_and_not_made_good_is_carried_proved_and_closed(life: Life) -> None:
    life.confirmed(1, seed=7301)
    page = life.of(life.office)
    other(page, life.number, "挂账")
    fill_day(page, "挂账期限", in_days(120))
    fill(page, "批准人或批准文号", "县专项整治办第 4 次会议")
    fill(page, "挂账原因", "须待补办用地手续")
    press(page, "挂账", "已挂账")
    page = life.of(life.office)
    other(page, life.number, "解除挂账")
    fill_day(page, "新的整改期限", in_days(30))
    fill(page, "解除的理由", "手续已补办")
    press(page, "解除挂账", "已解除挂账")
    life.begun()
    life.proved((7302, 7303))
    life.applied()
    life.closed()
    row = life.in_excel()
    assert (row["是否销号"], str(row["整改期限"])[:10]) == ("是", str(in_days(30)))
    assert life.told() == [
        "登记入账", "挂账", "解除挂账", "开始整改", "填报进展", "申请销号", "同意销号",
    ]  # fmt: skip


def test_poor_quality_that_arose_meanwhile_is_closed_and_holds_at_the_second_look(
    life: Life,
) -> None:
    life.confirmed(3, seed=7311)
    page = life.of(life.office)
    other(page, life.number, "认定边整治边发生")
    fill(page, "认定的理由", "2023 年 8 月以后新栽")
    press(page, "认定为边整治边发生", "已认定")
    life.begun()
    life.proved((7312, 7313))
    life.applied()
    life.closed()
    page = life.of(life.office)
    other(page, life.number, "回头看通过")
    fill(page, "回头看的情况", "现场种着小麦，与销号时一致")
    press(page, "回头看通过", "已记下")
    row = life.in_excel()
    assert (row["是否边整治边发生"], row["是否销号"]) == ("是", "是")
    assert "通过" in row["回头看结果"]


def test_a_failing_of_the_county_itself_is_closed_on_papers_and_not_on_photos(life: Life) -> None:
    life.registered("4", "4-1", "县域自行平衡率连续两年低于要求")
    life.verified()
    life.planned({"自行平衡率": "64"})
    life.begun()
    life.applied()
    page = life.of(life.supervisor)
    expect(page.get_by_text("这类问题不要求现场照片")).to_be_visible()
    press(page, "同意销号", "同意销号")
    assert life.entry().state == EntryState.TO_CLOSE  # not without a written reason
    life.closed("已报送 2026 年度补充耕地计划和落实凭证")
    row = life.in_excel()
    assert (row["是否销号"], row["问题来源"]) == ("是", "审计")


def test_a_broker_of_quotas_is_handed_over_and_the_organ_answers(life: Life) -> None:
    life.registered("5", "5-1", "某公司充当指标掮客")
    life.verified()
    life.planned({"出让方": "某县", "受让方": "某市"})
    page = life.of(life.office)
    other(page, life.number, "认定性质")
    choose(page, "问题性质", "涉嫌犯罪")
    fill(page, "认定的理由", "涉嫌行贿")
    press(page, "认定性质", "已认定性质")
    other(page, life.number, "移送")
    choose(page, "接收机关", "县公安局")
    fill(page, "移送文号", "召整治移〔2026〕5号")
    fill(page, "移送事由", "指标交易中涉嫌行贿的线索")
    press(page, "移送", "已记下移送")
    page = life.of(life.office)
    other(page, life.number, "移送反馈")
    fill(page, "反馈情况", "已受理")
    press(page, "记下反馈", "已记下反馈")
    life.begun()
    life.applied()
    life.closed("县公安局已立案，指标协议已解除")
    page = life.of(life.office)
    seal = page.get_by_role("button", name="封存证据包")
    tap(page, page.get_by_text("证据包", exact=True), seal.filter(visible=True))
    seal.click()
    expect(page.get_by_role("link", name="下载")).to_be_visible()  # the page asks until it is there
    rest(page)
    package = fetched(page, "下载")
    with life.county.inside():
        key = keys.office_key().public
    assert checking.check(io.BytesIO(package), [key]).verdict == checking.Verdict.WHOLE
    damaged = bytearray(package)
    damaged[len(package) // 2] ^= 1
    assert checking.check(io.BytesIO(damaged), [key]).verdict == checking.Verdict.ALTERED
    with zipfile.ZipFile(io.BytesIO(package)) as members:
        (dossier,) = [members.read(n) for n in members.namelist() if n.endswith(".pdf")]
    number = life.entry().number
    assert number in said_by(dossier)
    assert "指标交易中涉嫌行贿的线索" in said_by(dossier)
    assert "召整治移〔2026〕5号" in said_by(fetched(page, "移送单和回执（PDF）"))
    row = life.in_excel()
    assert (row["是否移送"], row["问题性质"]) == ("是", "涉嫌犯罪")
    assert "县公安局" in row["移送机关及文号"]


def test_misused_funds_that_were_not_proved_at_first_come_back_and_are_opened_again(
    life: Life,
) -> None:
    life.registered("6", "6-5", "耕地开垦费挪作他用")
    page = life.of(life.supervisor)
    other(page, life.number, "核实不属实")
    fill(page, "不属实的理由", "凭证齐全，未见挪用")
    press(page, "核实不属实，退回", "已退回")
    page = life.of(life.office)
    fill_or_open(page, life.number, "重新核实", "有什么新情况", "审计补充了付款回单")
    press(page, "重新核实", "已转回核实")
    life.verified()
    life.planned({"挤占挪用金额": "35"})
    life.begun()
    life.applied()
    life.closed("已追缴入库，附缴款书")
    page = life.of(life.office)
    other(page, life.number, "重新打开")
    fill_day(page, "新的整改期限", in_days(90))
    fill(page, "为什么重新打开", "回头看发现只追缴了一半")
    press(page, "重新打开", "已重新打开")
    row = life.in_excel()
    assert (row["是否销号"], str(row["整改期限"])[:10]) == ("否", str(in_days(90)))
    assert life.told()[-2:] == ["同意销号", "重新打开"]


def fill_or_open(page: Page, entry: int, step: str, label: str, text: str) -> None:
    """Fills in a step's field, which stands in view or behind 其他办理."""
    rest(page)
    if page.get_by_label(re.compile(f"^{label}")).count() == 0:
        other(page, entry, step)
    fill(page, label, text)


def has(sheet: Any, number: str) -> bool:
    return any(number in row for row in sheet.iter_rows(values_only=True))
