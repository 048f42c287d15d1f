"""The six ledgers as one Excel file, in the columns of 附件2: printed forms that may be filled in and
brought back.

Every text goes in as text: Excel runs a cell that begins with = + - @ as a formula, and what
people typed must never run. Each sheet says what was filtered, by whom it was exported and when.
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from sqlalchemy import RowMapping, select
from sqlmodel import Session, col
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
from field_app.ledger.listing import joined
from field_app.ledger.printed import advice, looks, machine, validation
from field_app.ledger.printed.columns import Column, Line, columns_of, open_steps, yes_no
from field_app.ledger.printed.looks import FIRST_ROW, HEAD_ROW, Styles
from field_app.roles import Action, Who, require
from field_app.settings import settings
from field_app.uncollected import uncollected
from models.tables import Entry, EntryUnit, Finding, Inspection, Parcel, Person, Project, Unit
from models.taxonomy import categories

CELL_MAX = 32_767
"""Characters that one Excel cell holds."""
_CUT = "……（内容过长，全文见系统）"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_PROTECTED = {
    "format_columns": True,
    "format_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}
"""What a person may still do on a sheet whose other cells are locked."""


def sheet_name(category: int) -> str:
    """`台账1 占而不补`; within Excel's 31 characters, without the signs it forbids."""
    name = f"台账{category} {categories()[category].name}"
    return "".join("·" if c in "[]:*?/\\" else c for c in name)[:31]


def ledgers_xlsx(who: Who, wanted: LedgerFilter, *, now: datetime) -> bytes:
    """The entries that `who` may export, under the filter (its paging is not looked at), as an
    .xlsx file of six sheets, one of advice, and hidden ones for the way back. A sheet without
    entries is there all the same."""
    require(who, Action.EXPORT_LEDGER)
    with uncollected():
        return _ledgers(who, wanted, now)


def _ledgers(who: Who, wanted: LedgerFilter, now: datetime) -> bytes:
    today = clock.local(now).date()
    by_category: dict[int, list[Line]] = defaultdict(list)
    with reading() as session:
        teamed = covered_townships(session)
        where = conditions(who, Action.EXPORT_LEDGER, wanted, today, teamed)
        for row, units in _entries(session, where):
            lines = by_category[row["category"]]
            lines.append(Line(len(lines) + 1, row, units))
        unit = session.get(Unit, who.unit_id) if who.unit_id else None
    about = f"{wanted.in_words()}；导出 {clock.local(now):%Y-%m-%d %H:%M}，{who.display}"
    filled_by = unit.name if unit else f"{settings().county_name}专项整治办"
    subtitle = f"填报单位：{filled_by}　　　　填报时间：{today:%Y年%-m月%-d日}　　　　单位：亩"
    count = sum(map(len, by_category.values()))
    notes = machine.Notes(
        machine.Head(settings().county_code, now.isoformat(), machine.columns_print(), count)
    )
    goes_back = count <= machine.MOST_ENTRIES
    file = io.BytesIO()
    # Nothing is guessed into formulas or links, whatever a cell begins with.
    workbook = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    workbook.set_properties({"title": f"{settings().county_name}问题整改台账", "created": now})
    styles = Styles(workbook)
    lists = validation.Lists(workbook)
    mark = f"【{demonstration.MARK}】" if demonstration.loaded() else ""
    for category in categories():
        lines = by_category[category]
        outside = sum(without_team(line.row["township_code"], teamed) for line in lines)
        note = f"共 {len(lines)} 条" + (f"，其中{NO_TEAM} {outside} 条" if outside else "")
        sheet = workbook.add_worksheet(sheet_name(category))
        title = f"{mark}{settings().county_name}{categories()[category].name}问题整改台账"
        last = len(columns_of(category)) - 1
        looks.heading(sheet, styles, title, subtitle, f"{note}。{about}", last)
        widths = _write_table(sheet, styles, category, lines, who, notes)
        lists.check(sheet, columns_of(category), len(lines))
        end = looks.signatures(sheet, styles, FIRST_ROW + len(lines), widths)
        looks.set_up_print(sheet, title, today, last=(end, last))
        sheet.protect("", _PROTECTED)
    advice.write(workbook.add_worksheet(advice.SHEET), styles, who, goes_back=goes_back)
    lists.write()
    if goes_back:
        _write_machine(workbook.add_worksheet(machine.SHEET), notes)
    workbook.close()
    return file.getvalue()


def _write_table(
    sheet: Worksheet,
    styles: Styles,
    category: int,
    lines: list[Line],
    who: Who,
    notes: machine.Notes,
) -> list[float]:
    """The head and the entries; notes each for the way back. Returns the widths of the columns."""
    columns = columns_of(category)
    table = [[_fitting(column.write(line)) for column in columns] for line in lines]
    texts = [i for i, column in enumerate(columns) if column.kind not in ("number", "date", "year")]
    widths: list[float] = [c.width for c in columns]
    for i in texts:
        longest = max((v for row in table if isinstance(v := row[i], str)), key=len, default="")
        widths[i] = looks.width_for(widths[i], longest)
    looks.groups(sheet, styles, [column.group for column in columns])
    for place, column in enumerate(columns):
        sheet.write_string(HEAD_ROW, place, column.heading, styles.head)
        sheet.set_column(place, place, widths[place])
    heads = list(zip((column.heading for column in columns), widths, strict=True))
    sheet.set_row(HEAD_ROW, looks.row_height(heads))
    sheet.freeze_panes(FIRST_ROW, looks.FROZEN_COLUMNS)
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(lines), len(columns) - 1)
    for number, (line, values) in enumerate(zip(lines, table, strict=True), start=FIRST_ROW):
        shown = [(v, widths[i]) for i in texts if isinstance(v := values[i], str) and v]
        sheet.set_row(number, looks.row_height(shown))
        steps = open_steps(who, line.row["state"])
        for place, (column, value) in enumerate(zip(columns, values, strict=True)):
            fillable = column.step in steps and not _is_cut(value)
            small = isinstance(value, str) and looks.is_long(value, widths[place])
            _write_cell(sheet, number, place, value, styles, fillable, small)
        notes.add(_kept(line, category, columns, values))
    return widths


def _kept(line: Line, category: int, columns: Sequence[Column], values: list[Any]) -> machine.Kept:
    both = list(zip(columns, values, strict=True))
    return machine.Kept(
        line.row["id"],
        line.row["number"],
        line.row["edition"],
        category,
        {c.name: machine.plain(v) for c, v in both if c.step is not None and not _is_cut(v)},
        {c.heading: machine.mark(v) for c, v in both if machine.is_locked(c)},
    )


def _fitting(value: Any) -> Any:
    """A value that a cell can hold: a text that is too long is cut, and says so."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, str) and len(value) > CELL_MAX:
        return value[: CELL_MAX - len(_CUT)] + _CUT
    return value


def _is_cut(value: Any) -> bool:
    return isinstance(value, str) and len(value) == CELL_MAX and value.endswith(_CUT)


def _write_cell(
    sheet: Worksheet,
    row: int,
    place: int,
    value: Any,
    styles: Styles,
    fillable: bool,
    small: bool,
) -> None:
    if value is None or value == "":
        sheet.write_blank(row, place, None, styles.cell("text", fillable, small))
    elif isinstance(value, int):
        sheet.write_number(row, place, value, styles.cell("count", fillable, small))
    elif isinstance(value, float):
        sheet.write_number(row, place, value, styles.cell("number", fillable, small))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, styles.cell("day", fillable, small))
    else:
        kind = "risky" if value.startswith(_RISKY) else "text"
        sheet.write_string(row, place, value, styles.cell(kind, fillable, small))


def _write_machine(sheet: Worksheet, notes: machine.Notes) -> None:
    for row, texts in enumerate(notes.cells()):
        for place, text in enumerate(texts):
            sheet.write_string(row, place, text)
    sheet.very_hidden()
    sheet.protect()


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
    of_these = select(col(Entry.id)).where(*where)
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
