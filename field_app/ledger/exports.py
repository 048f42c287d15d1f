"""The six ledgers as one Excel file, in the columns of 附件2.

Every text goes in as text: Excel runs a cell that begins with = + - @ as a formula, and what
people typed must never run. Each sheet says what was filtered, by whom it was exported and when.
"""

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from sqlalchemy import RowMapping, select
from sqlmodel import Session, col
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from field_app import clock, demonstration
from field_app.db import reading
from field_app.ledger.filters import (
    NO_TEAM,
    LedgerFilter,
    conditions,
    covered_townships,
    without_team,
)
from field_app.ledger.listing import joined, problem_label
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.tables import Entry, EntryUnit, Finding, Inspection, Parcel, Person, Project, Unit
from models.taxonomy import OwnColumn, categories, ledger_columns, own_columns, township_name
from models.vocabulary import EntryState

CELL_MAX = 32_767
"""Characters that one Excel cell holds."""
_CUT = "……（内容过长，全文见系统）"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_A3 = 8  # Excel's number of the paper; some 45 columns are unreadable on A4


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry as it is written: its row of the database, its units, the place in its sheet."""

    place: int
    row: RowMapping
    units: str


# The common columns by their name in the annex up to the bracket, which only explains them.
_COMMON: dict[str, Callable[[_Line], Any]] = {
    "序号": lambda e: e.place,
    "问题编号": lambda e: e.row["number"],
    "乡镇/部门": lambda e: township_name(e.row["township_code"]),
    "村": lambda e: e.row["village"],
    "问题来源": lambda e: e.row["source"],
    "发现日期": lambda e: e.row["found_on"],
    "项目编号": lambda e: e.row["project_code"],
    "项目名称": lambda e: e.row["project"],
    "地块/图斑编号": lambda e: e.row["parcel"],
    "问题大类": lambda e: f"{e.row['category']} {categories()[e.row['category']].name}",
    "问题子类": lambda e: problem_label(e.row["problem_type"]),
    "问题描述": lambda e: e.row["description"],
    "涉及面积": lambda e: e.row["area_mu"],
    "其中耕地": lambda e: e.row["cultivated_mu"],
    "责任主体": lambda e: e.units,
    "责任人": lambda e: e.row["responsible_person"],
    "问题性质": lambda e: e.row["nature"],
    "是否边整治边发生": lambda e: _yes_no(e.row["arose_during"]),
    "整改措施": lambda e: e.row["measure"],
    "整改期限": lambda e: e.row["due_on"],
    "整改进展": lambda e: e.row["progress"],
    "整改完成日期": lambda e: e.row["rectified_on"],
    "核查人": lambda e: e.row["inspector"],
    "核查日期": lambda e: _day(e.row["submitted_at"]),
    "核查结论": lambda e: e.row["conclusion"],
    "佐证材料": lambda e: "、".join(str(number) for number in e.row["photo_ids"] or ()),
    "是否销号": lambda e: _yes_no(e.row["state"] == EntryState.CLOSED),
    "销号日期": lambda e: e.row["closed_on"],
    "是否移送": lambda e: _yes_no(e.row["handed_to"]),
    "移送机关及文号": lambda e: e.row["handed_to"],
    "是否拉条挂账": lambda e: f"是：{e.row['carried']}" if e.row["carried"] else "否",
    "回头看结果": lambda e: e.row["second_look"],
    "备注": lambda e: e.row["remark"],
}
_WIDE = {
    "问题描述": 44,
    "整改措施": 44,
    "整改进展": 30,
    "责任主体": 26,
    "问题子类": 26,
    "项目名称": 24,
}
_NARROW = {"序号": 6, "村": 10, "涉及面积": 10, "其中耕地": 10, "责任人": 10, "问题编号": 20}
_USUAL_WIDTH = 14


def heading_key(column: str) -> str:
    """The column's name without its explanation: `涉及面积(亩)` is `涉及面积`."""
    return column.partition("(")[0]


def sheet_name(category: int) -> str:
    """`台账1 占而不补`; within Excel's 31 characters, without the signs it forbids."""
    name = f"台账{category} {categories()[category].name}"
    return "".join("·" if c in "[]:*?/\\" else c for c in name)[:31]


def ledgers_xlsx(who: Who, wanted: LedgerFilter, *, now: datetime) -> bytes:
    """The entries that `who` may export, under the filter (its paging is not looked at), as an
    .xlsx file of six sheets. A sheet without entries is there all the same."""
    require(who, Action.EXPORT_LEDGER)
    today = clock.local(now).date()
    by_category: dict[int, list[_Line]] = defaultdict(list)
    with reading() as session:
        teamed = covered_townships(session)
        where = conditions(who, Action.EXPORT_LEDGER, wanted, today, teamed)
        for row, units in _entries(session, where):
            lines = by_category[row["category"]]
            lines.append(_Line(len(lines) + 1, row, units))
    about = f"{wanted.in_words()}；导出 {clock.local(now):%Y-%m-%d %H:%M}，{who.display}"
    file = io.BytesIO()
    # Nothing is guessed into formulas or links, whatever a cell begins with.
    workbook = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    workbook.set_properties({"title": f"{settings().county_name}问题整改台账", "created": now})
    styles = _Styles(workbook)
    mark = f"【{demonstration.MARK}】" if demonstration.loaded() else ""
    for category in categories():
        lines = by_category[category]
        outside = sum(without_team(line.row["township_code"], teamed) for line in lines)
        note = f"共 {len(lines)} 条" + (f"，其中{NO_TEAM} {outside} 条" if outside else "")
        sheet = workbook.add_worksheet(sheet_name(category))
        title = f"{mark}{settings().county_name}{categories()[category].name}问题整改台账"
        _write_sheet(sheet, styles, category, title, f"{note}。{about}", lines)
        _set_up_print(sheet, title, today)
    workbook.close()
    return file.getvalue()


class _Styles:
    """The cell formats of the file."""

    def __init__(self, workbook: Workbook) -> None:
        body = {"border": 1, "border_color": "#9aa5a0", "text_wrap": True, "valign": "top"}
        self.title: Format = workbook.add_format({"bold": True, "font_size": 16})
        self.note: Format = workbook.add_format({"font_color": "#555555"})
        self.head: Format = workbook.add_format(
            body | {"bold": True, "align": "center", "valign": "vcenter", "bg_color": "#e3efe8"}
        )
        self.text: Format = workbook.add_format(body)
        # The quote prefix keeps a risky text a text when somebody edits the cell in Excel.
        self.risky: Format = workbook.add_format(body | {"quote_prefix": True})
        self.day: Format = workbook.add_format(body | {"num_format": "yyyy-mm-dd"})
        self.number: Format = workbook.add_format(body | {"num_format": "0.00"})
        self.count: Format = workbook.add_format(body | {"num_format": "0"})


def _write_sheet(
    sheet: Worksheet, styles: _Styles, category: int, title: str, note: str, lines: list[_Line]
) -> None:
    common = ledger_columns("附件2(1-6)")
    columns = common + tuple(own_columns(category))
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, note, styles.note)
    for place, column in enumerate(columns):
        key = heading_key(column)
        sheet.write_string(2, place, column, styles.head)
        sheet.set_column(place, place, _WIDE.get(key) or _NARROW.get(key) or _USUAL_WIDTH)
    sheet.set_row(0, 26)
    sheet.set_row(2, 48)
    sheet.freeze_panes(3, 2)
    sheet.autofilter(2, 0, 2 + len(lines), len(columns) - 1)
    writers = [_COMMON[heading_key(column)] for column in common]
    own, kinds = columns[len(common) :], own_columns(category)
    for number, line in enumerate(lines, start=3):
        extra = line.row["extra"] or {}
        values = [write(line) for write in writers] + [
            _own(kinds[name], extra.get(name, "")) for name in own
        ]
        for place, value in enumerate(values):
            _write_cell(sheet, number, place, value, styles)


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, styles: _Styles) -> None:
    if value is None or value == "":
        sheet.write_blank(row, place, None, styles.text)
    elif isinstance(value, bool):
        sheet.write_string(row, place, _yes_no(value), styles.text)
    elif isinstance(value, int):
        sheet.write_number(row, place, value, styles.count)
    elif isinstance(value, float):
        sheet.write_number(row, place, value, styles.number)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, styles.day)
    else:
        text = str(value)
        if len(text) > CELL_MAX:
            text = text[: CELL_MAX - len(_CUT)] + _CUT
        risky = text.startswith(_RISKY)
        sheet.write_string(row, place, text, styles.risky if risky else styles.text)


def _set_up_print(sheet: Worksheet, title: str, today: date) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    # In a header an ampersand starts a code; two stand for one.
    sheet.set_header(f"&C{title.replace('&', '&&')}")
    sheet.set_footer(f"&L导出日期 {today:%Y-%m-%d}&R第 &P 页，共 &N 页")


def _entries(session: Session, where: list[Any]) -> Iterator[tuple[RowMapping, str]]:
    """The entries with their units joined by 、, in the order of their numbers' making."""
    query = joined(
        select(
            *(col(getattr(Entry, name)) for name in Entry.model_fields),
            col(Parcel.number).label("parcel"),
            col(Project.code).label("project_code"),
            col(Project.name).label("project"),
            col(Person.display).label("inspector"),
            col(Inspection.submitted_at),
            col(Inspection.state).label("conclusion"),
            col(Finding.photo_ids),
        ).select_from(Entry)
    )
    query = (
        query.outerjoin(Inspection, col(Inspection.id) == Entry.inspection_id)
        .outerjoin(Person, col(Person.id) == Inspection.person_id)
        .outerjoin(Finding, col(Finding.id) == Entry.finding_id)
        .where(*where)
        .order_by(col(Entry.id))
    )
    # Entries in their thousands are too many to name one by one in a second query.
    of_these = joined(select(col(Entry.id)).select_from(Entry)).where(*where)
    units = (
        select(col(EntryUnit.entry_id), col(Unit.name))
        .join(Unit, col(Unit.id) == EntryUnit.unit_id)
        .where(col(EntryUnit.entry_id).in_(of_these))
        .order_by(col(EntryUnit.entry_id), col(EntryUnit.place))
    )
    names: dict[int, list[str]] = defaultdict(list)
    for entry_id, name in session.connection().execute(units):
        names[entry_id].append(name)
    for row in session.connection().execute(query).mappings():
        yield row, "、".join(names[row["id"]])


def _own(column: OwnColumn, value: Any) -> Any:
    """A kept value of a ledger's own column as a cell takes it: a day is a day."""
    if column.type == "date":
        return date.fromisoformat(value) if _DAY.fullmatch(str(value)) else value
    number = column.type == "number" and isinstance(value, int | float)
    return float(value) if number else value


def _yes_no(value: object) -> str:
    return "是" if value else "否"


def _day(at: datetime | None) -> date | None:
    return clock.local(at).date() if at else None
