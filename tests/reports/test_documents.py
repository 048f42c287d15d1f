"""The papers, opened again: what stands in them, how the page is set, and who may have them."""

import io
import re
import time
import zipfile
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from docx import Document
from docx.document import Document as Opened
from docx.enum.shape import WD_INLINE_SHAPE
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from field_app import db, demonstration
from field_app.milestones import campaigns, sending
from field_app.milestones.campaigns import Frame, Wish
from field_app.milestones.sending import Given
from field_app.problems import Problem
from field_app.reports import contents, documents, figures, overview, periods
from field_app.reports.documents import Report, report
from field_app.reports.periods import Kind
from field_app.roles import Who
from models.vocabulary import EntryState, Ower, Rhythm, Role
from tests import rows

TODAY = date(2026, 4, 15)
S = EntryState


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


@pytest.fixture
def ledger(office: Who) -> Who:
    """Eight entries: closed, late, carried, handed over, of no team, of no township."""
    rows.an_entry(["留山镇人民政府"], state=S.CLOSED, area_mu=3.25, closed_on=TODAY)
    rows.an_entry(
        ["留山镇人民政府", "财政局"],
        number="411321-2-2026-0002",
        due_on=date(2026, 4, 1),
        area_mu=2.5,
    )
    rows.an_entry(["留山镇人民政府"], due_on=date(2026, 3, 2), number="411321-2-2026-0003")
    rows.an_entry(
        ["皇后乡人民政府"], township_code=rows.HUANGHOU, carried="等待林木采伐期",
        carried_until=date(2026, 9, 1), due_on=date(2026, 9, 1), state=S.RECTIFYING,
    )  # fmt: skip
    rows.an_entry(
        ["财政局"],
        category=6,
        township_code=None,
        handed_to="县纪委监委（〔2026〕3号）",
        due_on=None,
    )
    rows.an_entry([], category=6, township_code=None, state=S.TO_VERIFY, verified_at=None)
    rows.an_entry(["自然资源局"], state=S.TO_CLOSE)
    rows.an_entry(["自然资源局"], state=S.RETURNED, description="<b>&\x0b 地块", village="<村>")
    return office


def made(who: Who, kind: Kind, now: datetime, unit: str = "", last: date = TODAY) -> Report:
    return report(who, kind, last, unit=unit, now=now)


def opened(paper: Report) -> Opened:
    return Document(io.BytesIO(paper.data))


def words_of(document: Opened) -> str:
    return "\n".join(p.text for p in document.paragraphs)


def table_named(document: Opened, name: str) -> list[list[str]]:
    """The texts of the table under this caption."""
    body = document.element.body
    for table in document.tables:
        caption = body[body.index(table._tbl) - 1]
        if "".join(caption.itertext()).endswith(name):
            return [[cell.text for cell in row.cells] for row in table.rows]
    raise AssertionError(f"no table {name}")


def test_a_weekly_report_says_how_things_stand_and_what_was_done(
    ledger: Who, noon: datetime
) -> None:
    paper = made(ledger, Kind.WEEKLY, noon)
    assert paper.name == "南召县耕地占补平衡专项整治工作周报_2026-04-15.docx"
    said = words_of(opened(paper))
    assert said.startswith("南召县耕地占补平衡专项整治工作周报\n（2026年4月9日至15日）")
    assert "截至2026年4月15日12时00分，全县台账共登记问题8条，涉及面积5.75亩（有6条未填面积" in said
    assert "其中属实问题7条，待核实1条。" in said
    assert "已销号1条，面积3.25亩，销号率14.3%" in said
    assert "逾期2条，面积2.50亩，占未销号问题的33.3%；未定期限1条。" in said
    assert "本周（2026年4月9日至15日）新发现8条。" in said
    assert "与上周相比，新发现增加8条，整改完成持平，销号持平。" in said
    assert "皇后乡未分片，有1条问题，已计入合计。" in said
    assert "有2条问题未定乡镇，不参加排名，已计入合计。" in said


def test_headings_are_numbered_in_chinese(ledger: Who, noon: datetime) -> None:
    document = opened(made(ledger, Kind.MONTHLY, noon))
    heads = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert [h.partition("、")[0] for h in heads] == list("一二三四五六七八")
    assert heads[5] == "六、挂账和移送情况"


def test_the_tables_hold_the_figures_of_the_dashboard(ledger: Who, noon: datetime) -> None:
    found = overview.overview(ledger, periods.of_kind(Kind.WEEKLY, TODAY, noon))
    document = opened(made(ledger, Kind.WEEKLY, noon))
    towns = table_named(document, "各乡镇整治情况")
    assert towns[1][:3] == ["1", "留山镇", "5"]
    assert [row[1] for row in towns if row[0] == "2"] == ["皇后乡（未分片）"]
    assert towns[-1][:3] == ["", "合计", figures.said("registered", found.total["registered"])]
    assert towns[-1][7] == figures.said("late", found.total["late"]) == "2"
    six = table_named(document, "六类问题整改情况")
    assert [row[0][0] for row in six[1:7]] == list("123456")
    assert [row[1] for row in six[1:]] == ["0", "6", "0", "0", "0", "2", "8"]
    main = {row[0]: row[2] for row in table_named(document, "主要指标")}
    assert (main["登记问题"], main["销号率"], main["本周新发现"]) == ("8", "14.3", "8")


def test_the_longest_late_entry_heads_the_list_with_its_days(ledger: Who, noon: datetime) -> None:
    late = table_named(opened(made(ledger, Kind.WEEKLY, noon)), "逾期问题清单")
    assert [row[1] for row in late[1:]] == ["411321-2-2026-0003", "411321-2-2026-0002"]
    assert late[1][4:] == ["留山镇人民政府", "2026-03-02", "44"]
    assert late[2][4] == "留山镇人民政府、财政局"


def test_what_is_owed_names_who_and_how_many(ledger: Who, noon: datetime) -> None:
    owed = table_named(opened(made(ledger, Kind.WEEKLY, noon)), "需办理事项")
    counted = {(row[0], row[1]): row[2] for row in owed[1:]}
    assert counted["督导", "核实问题线索"] == counted["督导", "审批销号"] == "1"
    assert counted["责任单位", "逾期问题限期整改（上三项中）"] == "2"
    assert counted["县办", "确定所在乡镇"] == "2"
    assert counted["县办", "确定整改期限"] == "1"
    assert ("县办", "确定责任单位") not in counted  # the one without a unit is not verified yet


def test_what_units_have_not_sent_in_is_owed_too(ledger: Who, noon: datetime) -> None:
    frame = Frame("耕地保护专项整治", "", date(2026, 4, 1), date(2026, 12, 31))
    campaign = campaigns.set_up(frame, with_plan=False, who=ledger, now=noon)

    def add(task: str, rhythm: Rhythm, due_on: date | None = None) -> int:
        wish = Wish(task, rhythm, due_on, day=5, owers=(Ower.TOWNSHIPS,))
        return campaigns.add(campaign, wish, who=ledger, now=noon)

    once = add("摸排情况报告", Rhythm.ONCE, date(2026, 4, 14))
    weekly = add("周报告", Rhythm.WEEKLY)
    add("以后的", Rhythm.ONCE, date(2026, 9, 1))
    liushan = rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")
    sending.send(once, "一次", Given("已盖章"), who=liushan, now=noon)
    sent = sending.send(weekly, "2026-W16", Given("缺章"), who=liushan, now=noon)
    later = noon + timedelta(hours=1)
    sending.decide(sent, take=False, why="缺章", who=ledger, now=later)

    def owed(unit: str = "", now: datetime = later) -> list[list[str]]:
        table = table_named(opened(made(ledger, Kind.WEEKLY, now, unit)), "需办理事项")
        return [row for row in table[1:] if row[1].startswith("报送：")]

    assert owed() == [
        ["乡镇", "报送：周报告", "4", "逾期未报，最早应于 2026-04-03 报送"],
        ["乡镇", "报送：摸排情况报告", "1", "逾期未报，最早应于 2026-04-14 报送"],
        ["乡镇", "报送：周报告", "1", "已退回，改正后重报；期限 2026-04-17"],
        ["乡镇", "报送：周报告", "1", "2026-04-17 前"],
    ]
    assert [row[:3] for row in owed("留山镇人民政府")] == [
        ["留山镇人民政府", "报送：周报告", "2"],
        ["留山镇人民政府", "报送：周报告", "1"],
    ]
    # Before it was decided, the one that came late in the week was waiting, not owed.
    assert [row[2:] for row in owed("留山镇人民政府", noon)] == [
        ["2", "逾期未报，最早应于 2026-04-03 报送"]
    ]


def test_the_monthly_report_lists_what_is_carried_and_handed_over(
    ledger: Who, noon: datetime
) -> None:
    document = opened(made(ledger, Kind.MONTHLY, noon))
    assert "（2026年4月1日至15日）" in words_of(document)
    assert table_named(document, "挂账问题清单")[1][3:] == [
        "皇后乡人民政府",
        "等待林木采伐期",
        "2026-09-01",
    ]
    assert table_named(document, "移送问题清单")[1][4] == "县纪委监委（〔2026〕3号）"


def test_the_stage_report_of_a_unit_lists_its_entries_and_leaves_room(
    ledger: Who, noon: datetime
) -> None:
    paper = made(ledger, Kind.STAGE, noon, "留山镇人民政府")
    assert paper.name.startswith("留山镇人民政府耕地占补平衡专项整治阶段性报告")
    document = opened(paper)
    entries = table_named(document, "问题整改清单")
    assert len(entries) == 1 + 3
    assert entries[-1][-1] == "已销号"
    said = words_of(document)
    assert "（由填报单位补充）" in said
    assert "留山镇人民政府（盖章）" in said
    assert "各乡镇整治情况" not in said


def test_a_report_ends_with_the_lines_to_sign(ledger: Who, noon: datetime) -> None:
    last = [p.text for p in opened(made(ledger, Kind.WEEKLY, noon)).paragraphs][-5:]
    assert last == [
        "南召县耕地占补平衡专项整治办公室（盖章）",
        "分管领导（签字）：",
        "填报人：",
        "联系电话：",
        "日期：　　　　年　　月　　日",
    ]


def test_the_page_is_set_as_the_standard_says(ledger: Who, noon: datetime) -> None:
    """GB/T 9704-2012: margins, text area, lines, fonts, page numbers outside between dashes."""
    document = opened(made(ledger, Kind.WEEKLY, noon))
    (section,) = document.sections
    twentieth = Mm(0.1)
    for found, mm in (
        (section.page_width, 210),
        (section.page_height, 297),
        (section.top_margin, 37),
        (section.left_margin, 28),
        (section.right_margin, 26),
        (section.bottom_margin, 35),
    ):
        assert abs((found or 0) - Mm(mm)) < twentieth
    fonts = {}
    for name in ("Normal", "Title", "Heading 1"):
        style = document.styles[name]
        fonts[name] = style.element.rPr.rFonts.get(qn("w:eastAsia"))
        assert style.element.rPr.rFonts.get(qn("w:asciiTheme")) is None
    assert fonts == {"Normal": "仿宋_GB2312", "Title": "方正小标宋简体", "Heading 1": "黑体"}
    normal = document.styles["Normal"]
    assert (normal.font.size.pt, normal.paragraph_format.line_spacing.pt) == (16, 28)
    assert normal.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph.text.startswith("— ")
        assert "PAGE" in "".join(paragraph._p.itertext())
        assert paragraph._p.pPr.jc.get(qn("w:val")) == side
    with zipfile.ZipFile(io.BytesIO(made(ledger, Kind.WEEKLY, noon).data)) as file:
        table = file.read("word/fontTable.xml").decode()
    assert re.search(r'w:name="仿宋_GB2312"><w:altName w:val="仿宋"', table)


def test_heads_are_repeated_and_rows_are_not_torn(ledger: Who, noon: datetime) -> None:
    for table in opened(made(ledger, Kind.WEEKLY, noon)).tables:
        first, *others = table._tbl.tr_lst
        assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        assert all(r.find(qn("w:trPr")).find(qn("w:tblHeader")) is None for r in others)
        assert all(r.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for r in others)
        widths = [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid.findall(qn("w:gridCol"))]
        assert abs(sum(widths) - 156 / 25.4 * 1440) < 10


def test_charts_are_words_own_with_their_numbers_in_a_workbook(ledger: Who, noon: datetime) -> None:
    paper = made(ledger, Kind.WEEKLY, noon)
    shapes = opened(paper).inline_shapes
    assert [s.type for s in shapes] == [WD_INLINE_SHAPE.CHART] * 3
    with zipfile.ZipFile(io.BytesIO(paper.data)) as file:
        names = set(file.namelist())
        chart = etree.fromstring(file.read("word/charts/chart2.xml"))
        book = openpyxl.load_workbook(io.BytesIO(file.read("word/embeddings/chart2.xlsx")))
    assert {f"word/charts/chart{n}.xml" for n in (1, 2, 3)} <= names
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert cells[:2] == [[None, "已销号", "未销号"], ["留山镇", 1, 4]]
    shown = [v.text for v in chart.iter("{*}v")]
    assert shown[:3] == ["已销号", "留山镇", "皇后乡"]
    described = [s._inline.docPr.get("descr") for s in shapes]
    assert described[1].startswith("留山镇：已销号 1，未销号 4；")


def test_the_same_day_makes_the_same_bytes(ledger: Who, noon: datetime) -> None:
    first = made(ledger, Kind.WEEKLY, noon).data
    time.sleep(2.1)  # the times in a zip have a step of two seconds
    assert made(ledger, Kind.WEEKLY, noon).data == first


def test_a_past_week_comes_out_the_same_tomorrow(ledger: Who, noon: datetime) -> None:
    before = made(ledger, Kind.WEEKLY, noon, last=date(2026, 4, 12)).data
    later = noon + timedelta(days=30)
    assert made(ledger, Kind.WEEKLY, later, last=date(2026, 4, 12)).data == before


def test_what_people_typed_is_text_and_nothing_else(ledger: Who, noon: datetime) -> None:
    paper = made(ledger, Kind.STAGE, noon, "自然资源局")
    assert "留山镇<村>" in [r[2] for r in table_named(opened(paper), "问题整改清单")]


def test_an_empty_ledger_makes_a_short_report_that_says_so(office: Who, noon: datetime) -> None:
    for kind in Kind:
        document = opened(made(office, kind, noon))
        assert "截至2026年4月15日12时00分，全县台账没有登记问题。" in words_of(document)
        assert not document.tables
        assert "（盖章）" in words_of(document)


def test_a_long_list_is_cut_and_says_how_much_is_left_out(
    office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_LISTED", 2)
    for _ in range(5):
        rows.an_entry(["财政局"], due_on=date(2026, 3, 2))
    document = opened(made(office, Kind.WEEKLY, noon))
    assert "共5条，下表列前2条，其余3条见台账。" in words_of(document)
    assert len(table_named(document, "逾期问题清单")) == 3


def test_demonstration_data_is_marked_on_paper_too(ledger: Who, noon: datetime) -> None:
    with db.writing() as session:
        demonstration.mark(session)
    assert words_of(opened(made(ledger, Kind.WEEKLY, noon))).startswith("【演示数据】")


def test_a_unit_makes_its_own_reports_and_no_others(ledger: Who, noon: datetime) -> None:
    unit = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    said = words_of(opened(made(unit, Kind.WEEKLY, noon)))
    assert "留山镇人民政府台账共登记问题3条" in said
    with pytest.raises(Problem) as told:
        made(unit, Kind.WEEKLY, noon, "财政局")
    assert told.value.id == "not-yours"
    for role in (Role.INSPECTOR, Role.ADMIN):
        with pytest.raises(Problem) as told:
            made(rows.a_person(role), Kind.WEEKLY, noon)
        assert told.value.id == "not-allowed"


def test_townships_of_the_same_share_are_counted_not_picked(office: Who, noon: datetime) -> None:
    rows.an_entry(["留山镇人民政府"], state=S.CLOSED)
    for code in ("411321102", "411321104", "411321105", "411321106"):
        rows.an_entry(["财政局"], township_code=code)
    said = words_of(opened(made(office, Kind.WEEKLY, noon)))
    assert "销号率居前的是留山镇（100.0%）；居后的是4个乡镇（均为0.0%）。" in said


def test_the_weeks_of_the_chart_end_on_the_day_of_the_report(ledger: Who, noon: datetime) -> None:
    found = overview.overview(ledger, periods.of_kind(Kind.WEEKLY, TODAY, noon))
    chart = contents.week_chart(found)
    assert chart.labels[-2:] == ("04-08", "04-15")
    assert chart.series[0] == ("新发现", (0,) * 11 + (8,))
