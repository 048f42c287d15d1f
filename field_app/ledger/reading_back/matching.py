"""Which cells of a file that came back say another thing than when it was exported.

Rows are found by their number, columns by their heading, wherever they stand now. What the file
cannot bring is kept with the reason and the address of the cell.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from field_app.ledger.printed import machine
from field_app.ledger.printed.columns import NUMBER_LABEL, Column, Kind, columns_of
from field_app.ledger.printed.looks import is_signature
from field_app.ledger.printed.machine import Damaged, Head, Kept, canonical
from field_app.ledger.reading_back import values
from field_app.ledger.reading_back.values import BadCell
from field_app.ledger.reading_back.workbook import Sheet
from field_app.workbooks import cell_name
from models.taxonomy import categories

_HEADING_WITHIN = 30  # rows from the top
_SUMS = ("合计", "总计", "小计", "累计")
_FORMULA = "是公式，不采用；请填值（复制后“选择性粘贴—数值”）"
_ERROR = "是 Excel 的错误值，不采用；请填值"
_LOCKED = "由系统管理，不能在表格里改"
_CUT = "内容太长，表格里不是全文，请在页面上改"
_BY_HAND = "手工加的行不能导入；新的问题请“登记问题线索”"
_UNKNOWN = "文件导出时没有这个编号；编号不能改，新的问题请“登记问题线索”"
_TWICE = "同一编号在文件里有几行，不知道采用哪一行"
_MOST_WISHES = 60_000
_NOTED = 12  # of a kind of note; more would hide what matters


@dataclass(frozen=True, slots=True)
class Wish:
    """A cell that differs: `base` as exported, `file` as it stands there now, both as printed;
    `bad` says why it cannot be taken, empty where it can."""

    name: str
    heading: str
    at: str
    base: Any
    file: Any
    bad: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """A row that brings something, or that is refused whole (`bad`). `entry_id` is 0 for one that
    the export did not hold."""

    entry_id: int
    number: str
    where: str
    wishes: tuple[Wish, ...] = ()
    bad: str = ""


@dataclass(slots=True)
class FileRead:
    """What a file brings. `unchanged` rows are as they were exported, `missing` ones are no more in
    the file, which changes nothing."""

    exported_at: str
    rows: list[Brought] = field(default_factory=list)
    unchanged: int = 0
    missing: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Table:
    """A ledger's table in a sheet: where its heading is, and each column by its plain heading."""

    sheet: Sheet
    first: int
    places: Mapping[str, int]

    def at(self, row: int, place: int) -> str:
        return f"{self.sheet.name} {cell_name(row, place)}"

    def bad(self, row: int, place: int) -> str:
        """Why the value of a cell is not trusted; empty where it is."""
        if (row, place) in self.sheet.marks.formulas:
            return _FORMULA
        return _ERROR if (row, place) in self.sheet.marks.errors else ""


def match(sheets: list[Sheet], county: str) -> FileRead:
    """Compares the sheets with what their file kept when it was exported. Raises Damaged."""
    head, kept = _kept(sheets)
    if head.county != county:
        raise Damaged("这是别的县导出的台账")
    if head.columns != machine.columns_print():
        raise Damaged("导出以后，系统里台账的列改过了")
    read = FileRead(head.exported_at)
    found: Counter[str] = Counter()
    room = _MOST_WISHES
    for table in _tables(sheets, read.notes):
        for row in _rows(table, kept, read.notes):
            found[row.number] += row.entry_id > 0
            if row.bad or row.wishes:
                read.rows.append(row)
                room -= 1 + len(row.wishes)
            if room < 0:
                raise Damaged(f"改动超过 {_MOST_WISHES} 格，请分几个文件导入")
    twice = {number for number, times in found.items() if times > 1}
    read.rows = [r for r in read.rows if r.number not in twice]
    read.rows += [Brought(kept[n].entry_id, n, "", bad=_TWICE) for n in sorted(twice)]
    touched = {row.number for row in read.rows}
    seen = {number for number, times in found.items() if times}
    read.unchanged, read.missing = len(seen - touched), len(kept) - len(seen)
    return read


def _kept(sheets: list[Sheet]) -> tuple[Head, dict[str, Kept]]:
    for sheet in sheets:
        first = str(sheet.rows[0][0]) if sheet.rows and sheet.rows[0] else ""
        if first.startswith("{") and machine.FORMAT in first:
            return machine.read(sheet.rows)
    raise Damaged("里面没有导出时的系统数据，不是本系统导出的台账，或者复制到了新文件里")


def _tables(sheets: list[Sheet], notes: list[str]) -> Iterator[_Table]:
    known = {_plain(c.heading) for number in categories() for c in columns_of(number)}
    stray = []
    for sheet in sheets:
        if not sheet.visible:
            continue
        table = _heading(sheet, known)
        if table is None:
            if _plain(sheet.name) != "填写说明" and any(any(map(canonical, r)) for r in sheet.rows):
                stray.append(sheet.name)
            continue
        if sheet.marks.unplaced:
            raise Damaged(f"工作表“{sheet.name}”里有公式或错误值，看不出在哪一格；请另存为值再导入")
        yield table
    if stray:
        notes.append(f"不是台账的工作表没有读取：{_some(stray)}")


def _heading(sheet: Sheet, known: set[str]) -> _Table | None:
    for n, row in enumerate(sheet.rows[:_HEADING_WITHIN]):
        plain = [_plain(cell) for cell in row]
        if NUMBER_LABEL not in plain or len(known.intersection(plain)) < 3:
            continue
        places: dict[str, int] = {}
        for place, title in enumerate(plain):
            if title:
                places.setdefault(title, place)
        return _Table(sheet, n + 1, places)
    return None


def _rows(table: _Table, kept: Mapping[str, Kept], notes: list[str]) -> Iterator[Brought]:
    at_number = table.places[NUMBER_LABEL]
    met: set[int] = set()
    for n, cells in enumerate(table.sheet.rows[table.first :], table.first):
        number = canonical(cells[at_number])
        if _is_no_entry(cells, number):
            continue
        where = f"{table.sheet.name} 第 {n + 1} 行"
        entry = kept.get(number)
        if entry is None:
            yield Brought(0, number[:40], where, bad=_UNKNOWN if number else _BY_HAND)
        elif (n, at_number) in table.sheet.marks.formulas:
            yield Brought(entry.entry_id, number, where, bad=f"问题编号{_FORMULA}")
        else:
            met.add(entry.category)
            yield Brought(entry.entry_id, number, where, tuple(_wishes(table, n, cells, entry)))
    titles = [c for number in met for c in columns_of(number)]
    stray = [t for t in table.places if t not in {_plain(c.heading) for c in titles}]
    if stray and met:
        notes.append(f"{table.sheet.name}：认不出的列没有读取：{_some(stray)}")
    lost = [c.label for c in titles if c.step and _plain(c.heading) not in table.places]
    if lost:
        notes.append(f"{table.sheet.name}：没有这些列，不作改动：{_some(lost)}")


def _is_no_entry(cells: list[Any], number: str) -> bool:
    """An empty row, a sum, the heading once more, the lines for signing."""
    texts = [text for cell in cells if (text := canonical(cell))]
    if not texts or number == NUMBER_LABEL or is_signature(number):
        return True
    return not number and (texts[0].startswith(_SUMS) or any(map(is_signature, texts)))


def _wishes(table: _Table, n: int, cells: list[Any], entry: Kept) -> Iterator[Wish]:
    for column in columns_of(entry.category):
        place = table.places.get(_plain(column.heading))
        if place is None:
            continue
        cell, at = cells[place], table.at(n, place)
        if column.step is None:
            held = entry.marks.get(column.heading)
            if held is not None and machine.mark(_of_system(column, cell)) != held:
                yield Wish("", column.heading, at, None, _short(cell), _LOCKED)
            continue
        bad = table.bad(n, place)
        if bad:
            base = entry.values.get(column.name)
            yield Wish(column.name, column.heading, at, base, _short(cell), bad)
        elif (wish := _wish(column, cell, at, entry)) is not None:
            yield wish


def _wish(column: Column, cell: Any, at: str, entry: Kept) -> Wish | None:
    base = entry.values.get(column.name)
    shown = canonical(cell)
    if base is not None and shown == canonical(base):
        return None
    if base is None:
        # What is longer than a cell was cut, and is the same as long as nobody touched it.
        cut = shown.endswith("全文见系统）")
        return None if cut else Wish(column.name, column.heading, at, None, _short(cell), _CUT)
    try:
        value = values.printed(column, cell)
    except BadCell as bad:
        return Wish(column.name, column.heading, at, base, _short(cell), str(bad))
    if canonical(value) == canonical(base):
        return None
    return Wish(column.name, column.heading, at, base, value)


def _of_system(column: Column, cell: Any) -> Any:
    """A locked cell as it was printed, also where an office program wrote its day as text."""
    if column.kind == Kind.DATE and canonical(cell):
        try:
            return values.printed(column, cell)
        except BadCell:
            return cell
    return cell


def _plain(title: Any) -> str:
    """A heading without blanks and line breaks, its brackets as they are typed most."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", canonical(title)))


def _short(cell: Any) -> str:
    return canonical(cell)[:200]


def _some(names: list[str]) -> str:
    more = f"等 {len(names)} 个" if len(names) > _NOTED else ""
    return "、".join(f"“{name[:30]}”" for name in names[:_NOTED]) + more
