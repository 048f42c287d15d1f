"""The Excel file, read back: columns, types, what must never run, who gets what."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from field_app import db, demonstration, review
from field_app.ledger import exports
from field_app.ledger.filters import LedgerFilter
from field_app.ledger.printed import columns, looks
from field_app.problems import Problem
from field_app.roles import Who
from models.taxonomy import categories, ledger_columns
from models.vocabulary import EntryState, Nature, Role
from tests import rows

HEAD = 5


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


def the_book(who: Who, now: datetime, **wanted: Any) -> openpyxl.Workbook:
    data = exports.ledgers_xlsx(who, LedgerFilter(**wanted), now=now)
    return openpyxl.load_workbook(io.BytesIO(data))


def columns_of(sheet: Worksheet) -> list[str]:
    return [cell.value for cell in sheet[HEAD]]


def lines_of(sheet: Worksheet) -> list[dict[str, Any]]:
    """The entries: rows with a number; the lines for signing have none."""
    names = columns_of(sheet)
    return [
        dict(zip(names, (cell.value for cell in row), strict=True))
        for row in sheet.iter_rows(min_row=HEAD + 1)
        if row[1].value
    ]


def ledgers_of(book: openpyxl.Workbook) -> list[Worksheet]:
    return [book[exports.sheet_name(number)] for number in categories()]


def all_lines(book: openpyxl.Workbook) -> list[dict[str, Any]]:
    return [line for sheet in ledgers_of(book) for line in lines_of(sheet)]


def cells_of(sheet: Worksheet, row: int = HEAD + 1) -> dict[str, Cell]:
    """The cells of a row by the label of their column."""
    return {
        columns.heading_key(head.value): cell
        for head, cell in zip(sheet[HEAD], sheet[row], strict=True)
    }


def test_words_of_a_parcel_or_a_project_choose_what_is_exported(
    office: Who, noon: datetime
) -> None:
    project = rows.a_project(name="小寨整治")
    parcel = rows.a_parcel_row(number="N41-77", project_id=project)
    rows.an_entry(["财政局"], parcel_id=parcel, project_id=project, number="411321-2-2026-0042")
    rows.an_entry()
    for words in ("小寨", "N41-7"):
        (line,) = all_lines(the_book(office, noon, words=words))
        assert "411321-2-2026-0042" in line.values()
        assert "财政局" in line.values()


def test_six_sheets_in_the_columns_of_the_annex(office: Who, noon: datetime) -> None:
    book = the_book(office, noon)
    ledgers = [f"台账{no} {c.name}" for no, c in categories().items()]
    assert [s.title for s in book.worksheets if s.sheet_state == "visible"] == [
        *ledgers,
        "填写说明",
    ]
    for no, sheet in enumerate(ledgers_of(book), start=1):
        expected = ledger_columns("附件2(1-6)") + ledger_columns(f"附件2-{no} ")
        assert columns_of(sheet) == list(expected)
        assert sheet.freeze_panes == "C6"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$4:$5"
        assert sheet.page_setup.paperSize == 8  # A3
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0  # as many pages high as it takes
        assert sheet.print_area.startswith("'" + sheet.title)
        assert "2026-04-15" in (sheet.oddFooter.right.text or "")


def test_every_common_column_is_filled_by_somebody() -> None:
    keys = [columns.heading_key(column) for column in ledger_columns("附件2(1-6)")]
    assert list(columns.COMMON) == keys


def test_a_confirmed_finding_stands_in_its_row_whole(office: Who, noon: datetime) -> None:
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    project = rows.a_project(name="小寨整治项目", code="411321202005TG01")
    task = rows.a_task(rows.a_parcel_row(number="N4113210001", project_id=project))
    inspection, photos = rows.a_submitted_inspection(heying, task_id=task)
    number = review.confirm(inspection, 1, who=zhou, now=noon)
    (line,) = lines_of(the_book(office, noon)["台账2 补而不实"])
    kept = {name.partition("(")[0]: value for name, value in line.items()}
    assert kept["序号"] == 1
    assert kept["问题编号"] == number
    assert (kept["乡镇/部门"], kept["村"]) == ("留山镇", "下店村")
    assert kept["问题来源"] == "实地核查"
    assert kept["发现日期"] == datetime(2026, 4, 15)  # noqa: DTZ001 — a day, as Excel keeps it
    assert kept["整改期限"] == datetime(2026, 5, 29)  # noqa: DTZ001
    assert kept["核查日期"] == datetime(2026, 4, 15)  # noqa: DTZ001
    assert (kept["项目编号"], kept["项目名称"]) == ("411321202005TG01", "小寨整治项目")
    assert kept["地块/图斑编号"] == "N4113210001"
    assert kept["问题大类"] == "2 补而不实"
    assert kept["问题子类"].startswith("2-1 ")
    assert kept["涉及面积"] == 3.2
    assert kept["其中耕地"] is None
    assert kept["责任主体"].startswith("留山镇人民政府、自然资源局")
    assert kept["问题性质"] is None
    assert kept["核查人"] == "何映"
    assert kept["佐证材料"] == "、".join(str(p) for p in photos)
    assert (kept["是否销号"], kept["是否移送"], kept["是否拉条挂账"]) == ("否", "否", "否")
    assert kept["举证照片核验结论"] == "核验通过 2 张"


RISKY = [
    "=1+1",
    '=HYPERLINK("http://x","点")',
    "+86 138",
    "-3",
    "@SUM(A1)",
    "\t=1",
    "{=1}",
    "http://x.example",
    "mailto:a@b",
    "'=1",
]


@pytest.mark.parametrize("text", RISKY)
def test_what_people_typed_is_text_wherever_it_stands(
    text: str, office: Who, noon: datetime
) -> None:
    rows.an_entry(
        description=text, measure=text, remark=text, village=text, extra={"重叠项目编号": text}
    )
    sheet = the_book(office, noon)["台账2 补而不实"]
    cells = {head.value: cell for head, cell in zip(sheet[HEAD], sheet[HEAD + 1], strict=True)}
    for name in ("问题描述", "整改措施", "备注", "村", "重叠项目编号"):
        assert cells[name].data_type == "s"
        assert cells[name].value == text
        assert cells[name].hyperlink is None
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_a_text_that_could_run_stays_text_when_the_cell_is_edited(
    office: Who, noon: datetime
) -> None:
    rows.an_entry(remark="=1+1", village="下店村")
    sheet = the_book(office, noon)["台账2 补而不实"]
    cells = {head.value: cell for head, cell in zip(sheet[HEAD], sheet[HEAD + 1], strict=True)}
    assert cells["备注"].quotePrefix
    assert not cells["村"].quotePrefix


def test_a_text_longer_than_a_cell_is_cut_and_says_so(office: Who, noon: datetime) -> None:
    rows.an_entry(description="田" * 40_000)
    (line,) = lines_of(the_book(office, noon)["台账2 补而不实"])
    assert len(line["问题描述"]) == exports.CELL_MAX
    assert line["问题描述"].endswith("全文见系统）")


def test_signs_that_break_xml_do_not_break_the_file(office: Who, noon: datetime) -> None:
    rows.an_entry(description="<b>&\u000b\u001f]]>", village="A&B")
    (line,) = lines_of(the_book(office, noon)["台账2 补而不实"])
    assert line["村"] == "A&B"
    assert "<b>&" in line["问题描述"]


def test_what_is_carried_handed_over_and_closed_says_yes(office: Who, noon: datetime) -> None:
    rows.an_entry(
        state=EntryState.CLOSED,
        closed_on=date(2026, 6, 1),
        carried="等待批复",
        handed_to="县纪委 〔2026〕3号",
        arose_during=True,
        nature=Nature.DISCIPLINE,
    )
    (line,) = lines_of(the_book(office, noon)["台账2 补而不实"])
    kept = {name.partition("(")[0]: value for name, value in line.items()}
    assert (kept["是否销号"], kept["销号日期"].date()) == ("是", date(2026, 6, 1))
    assert (kept["是否移送"], kept["移送机关及文号"]) == ("是", "县纪委 〔2026〕3号")
    assert kept["是否拉条挂账"] == "是：等待批复"
    assert kept["是否边整治边发生"] == "是"
    assert kept["问题性质"] == "涉嫌违纪"


def test_the_filter_narrows_the_file_and_is_written_on_it(office: Who, noon: datetime) -> None:
    rows.an_entry(category=2)
    kept = rows.an_entry(category=3, township_code=rows.HUANGHOU, number="411321-3-2026-0001")
    assert kept
    book = the_book(office, noon, township_code=rows.HUANGHOU, limit=1, offset=7)
    assert [line["问题编号"] for line in all_lines(book)] == ["411321-3-2026-0001"]
    note = book["台账3 补充耕地质量不高"]["A3"].value
    assert note == "共 1 条，其中未分片 1 条。乡镇：皇后乡；导出 2026-04-15 12:00，钱主任"
    assert book["台账2 补而不实"]["A3"].value.startswith("共 0 条。")


def test_a_unit_gets_its_own_entries_only(office: Who, noon: datetime) -> None:
    ours = rows.an_entry(["留山镇人民政府", "林业局"], number="ours")
    rows.an_entry(["皇后乡人民政府"], number="theirs")
    assert ours
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    (line,) = all_lines(the_book(liushan, noon))
    assert line["问题编号"] == "ours"
    assert line["责任主体(单位)"] == "留山镇人民政府、林业局"
    assert all_lines(the_book(rows.a_person(Role.UNIT), noon)) == []


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ADMIN])
def test_who_may_not_export_is_refused(role: Role, office: Who, noon: datetime) -> None:
    with pytest.raises(Problem) as told:
        exports.ledgers_xlsx(rows.a_person(role), LedgerFilter(), now=noon)
    assert told.value.id == "not-allowed"


def test_demonstration_data_says_so_on_every_sheet(office: Who, noon: datetime) -> None:
    assert "演示数据" not in the_book(office, noon).worksheets[0]["A1"].value
    with db.writing() as session:
        demonstration.mark(session)
    for sheet in ledgers_of(the_book(office, noon)):
        assert sheet["A1"].value.startswith("【演示数据】南召县")
        assert "演示数据" in sheet.oddFooter.left.text


# --- a printed form ------------------------------------------------------------------------------


def test_a_sheet_has_title_subtitle_groups_and_a_place_to_sign(office: Who, noon: datetime) -> None:
    rows.an_entry()
    sheet = the_book(office, noon)["台账2 补而不实"]
    assert sheet["A1"].value == "南召县补而不实问题整改台账"
    said = sheet["A2"].value
    assert "填报单位：南召县专项整治办" in said
    assert "填报时间：2026年4月15日" in said
    assert "单位：亩" in said
    last = get_column_letter(len(columns.columns_of(2)))
    merged = {str(found) for found in sheet.merged_cells.ranges}
    assert {f"A1:{last}1", f"A2:{last}2"} <= merged
    groups = [cell.value for cell in sheet[4] if cell.value]
    assert groups == [
        "基本情况", "问题", "责任与定性", "整改", "核查", "销号与后续", "备注", "本台账专有",
    ]  # fmt: skip
    under = [c.value for row in sheet.iter_rows(min_row=HEAD + 2) for c in row if c.value]
    assert under == ["填报人：", "审核人：", "分管领导签字（盖章）：", "日期："]
    assert str(sheet.max_row) in sheet.print_area


def test_a_unit_is_named_on_its_own_form(office: Who, noon: datetime) -> None:
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    assert "填报单位：留山镇人民政府" in the_book(liushan, noon)["台账2 补而不实"]["A2"].value


@pytest.mark.parametrize("length", [10, 300, 1500, 4000])
def test_a_row_is_as_high_as_its_longest_text_needs(
    length: int, office: Who, noon: datetime
) -> None:
    rows.an_entry(description="田" * length)
    rows.an_entry(description="短", number="411321-2-2026-8000")
    sheet = the_book(office, noon)["台账2 补而不实"]
    cell = cells_of(sheet)["问题描述"]
    width = sheet.column_dimensions[cell.column_letter].width
    height, size = sheet.row_dimensions[cell.row].height, cell.font.size
    chars_a_line = (width - 1) / 2 * looks.FONT_PT / size
    assert height <= looks.ROW_MAX_PT
    assert height >= length / chars_a_line * size * 1.2
    assert sheet.row_dimensions[cell.row + 1].height < 120


def test_who_exports_finds_open_what_they_may_change_and_nothing_else(
    office: Who, noon: datetime
) -> None:
    rows.an_entry(["留山镇人民政府"], state=EntryState.RECTIFYING)
    rows.an_entry(["留山镇人民政府"], state=EntryState.CLOSED, number="411321-2-2026-8000")
    sheet = the_book(office, noon)["台账2 补而不实"]
    assert sheet.protection.sheet
    cells = cells_of(sheet)
    opened = {name for name, cell in cells.items() if not cell.protection.locked}
    assert {
        "问题描述",
        "整改措施",
        "整改期限",
        "责任主体",
        "问题性质",
        "是否边整治边发生",
    } <= opened
    assert "重叠面积" in opened
    assert "整改进展" in opened  # the office sends its file on to the units
    assert not opened & {"序号", "问题编号", "是否销号", "销号日期", "是否移送", "核查结论"}
    assert all(cell.protection.locked for cell in cells_of(sheet, HEAD + 2).values())
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    cells = cells_of(the_book(liushan, noon)["台账2 补而不实"])
    assert [n for n, cell in cells.items() if not cell.protection.locked] == ["整改进展"]


def test_typed_columns_are_checked_while_they_are_filled_in(office: Who, noon: datetime) -> None:
    rows.an_entry()
    rows.an_entry(category=4, number="411321-4-2026-8000")
    book = the_book(office, noon)
    sheet = book["台账2 补而不实"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    by_name = {name: rules.get(cell.coordinate) for name, cell in cells_of(sheet).items()}
    assert by_name["问题性质"].formula1 == '"一般,违规,涉嫌违纪,涉嫌犯罪"'
    assert by_name["储备库状态"].formula1 == '"未核销,已核销,未入库"'
    assert (by_name["涉及面积"].type, by_name["涉及面积"].operator) == (
        "decimal",
        "greaterThanOrEqual",
    )
    assert by_name["整改期限"].type == "date"
    assert by_name["问题编号"] is None
    listed = by_name["问题子类"].formula1
    assert listed == "'选项'!$B$1:$B$5"
    assert book["选项"]["B1"].value.startswith("2-1 ")
    assert book["选项"].sheet_state == "hidden"
    year = {
        name: cell.coordinate
        for name, cell in cells_of(book["台账4 补充耕地主体责任落实不到位"]).items()
    }
    rules = {
        str(r.sqref): r
        for r in book["台账4 补充耕地主体责任落实不到位"].data_validations.dataValidation
    }
    assert rules[year["年度"]].type == "whole"


def test_the_form_says_how_it_is_filled_in_by_whom_it_is_for(office: Who, noon: datetime) -> None:
    def said(who: Who) -> str:
        sheet = the_book(who, noon)["填写说明"]
        return "\n".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value)

    assert "储备库状态(未核销/已核销/未入库)" in said(office)
    assert "用责任单位的账号导入" in said(office)
    unit = said(rows.a_person(Role.UNIT, unit="留山镇人民政府"))
    assert "整改进展" in unit
    assert "储备库状态" not in unit
