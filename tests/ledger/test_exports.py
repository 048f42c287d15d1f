"""The Excel file, read back: columns, types, what must never run, who gets what."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from field_app import db, demonstration, review
from field_app.ledger import exports
from field_app.ledger.filters import LedgerFilter
from field_app.problems import Problem
from field_app.roles import Who
from models.taxonomy import categories, ledger_columns
from models.vocabulary import EntryState, Nature, Role
from tests import rows

HEAD = 3


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
    names = columns_of(sheet)
    return [
        dict(zip(names, (cell.value for cell in row), strict=True))
        for row in sheet.iter_rows(min_row=HEAD + 1)
    ]


def all_lines(book: openpyxl.Workbook) -> list[dict[str, Any]]:
    return [line for sheet in book.worksheets for line in lines_of(sheet)]


def test_six_sheets_in_the_columns_of_the_annex(office: Who, noon: datetime) -> None:
    book = the_book(office, noon)
    assert book.sheetnames == [f"台账{no} {c.name}" for no, c in categories().items()]
    for no, sheet in enumerate(book.worksheets, start=1):
        expected = ledger_columns("附件2(1-6)") + ledger_columns(f"附件2-{no} ")
        assert columns_of(sheet) == list(expected)
        assert sheet.freeze_panes == "C4"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$3:$3"
        assert "2026-04-15" in (sheet.oddFooter.left.text or "")


def test_every_common_column_is_filled_by_somebody() -> None:
    keys = [exports.heading_key(column) for column in ledger_columns("附件2(1-6)")]
    assert list(exports._COMMON) == keys


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
    note = book["台账3 补充耕地质量不高"]["A2"].value
    assert note == "共 1 条，其中未分片 1 条。乡镇：皇后乡；导出 2026-04-15 12:00，钱主任"
    assert book["台账2 补而不实"]["A2"].value.startswith("共 0 条。")


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
    for sheet in the_book(office, noon).worksheets:
        assert sheet["A1"].value.startswith("【演示数据】南召县")
        assert "演示数据" in sheet.oddHeader.center.text
