"""A cell that a person filled in, as the printed value of its column: full-width digits, blanks, dates
as texts or serials, ticks for yes and no."""

import re
import unicodedata
from datetime import date
from typing import Any

from field_app.ledger import fields
from field_app.ledger.printed.columns import UNITS_JOIN, Column, Kind
from field_app.ledger.printed.machine import canonical
from field_app.ledger.workflow import Step
from field_app.parcels import cells
from field_app.parcels.cells import BadCell
from field_app.words import clean

__all__ = ["BadCell", "printed"]

_BETWEEN_UNITS = re.compile(r"[、,，;；\n]+")


def printed(column: Column, cell: Any) -> Any:
    """The value as the export prints it: a day as its ISO text, a number as a number, the empty
    text for nothing. Raises BadCell, with what is wrong in Chinese."""
    if isinstance(cell, str):
        cell = canonical(cell)
    if cells.is_empty(cell):
        return ""
    reader = _READERS.get(column.kind, _text)
    return reader(column, cell)


def _text(column: Column, cell: Any) -> str:
    text = canonical(cells.text(cell))
    # A report of progress is kept in one line, as the page's form does.
    return clean(text).strip() if column.step == Step.REPORT else text


def _narrow(cell: Any) -> Any:
    """Full-width digits and signs as plain ones; other types of cells as they are."""
    return unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else cell


def _number(column: Column, cell: Any) -> Any:
    cell = _narrow(cell)
    unit = column.own.unit if column.own else "亩"
    if isinstance(cell, str) and re.match(r"[-+.\d]", cell):
        cell = cell.removesuffix(unicodedata.normalize("NFKC", unit)).strip()
    value = cells.number(cell)
    if value is not None and value > fields.NUMBER_MAX:
        raise BadCell("太大，请核对")
    return "" if value is None else round(value, 4)


def _year(_column: Column, cell: Any) -> Any:
    cell = _narrow(cell)
    if isinstance(cell, str):
        cell = cell.removesuffix("年").strip()
    value = cells.whole(cell)
    if value is not None and not fields.FIRST_YEAR <= value <= fields.LAST_YEAR:
        raise BadCell(f"“{value}”不是年份，例如 2026")
    return "" if value is None else value


def _date(_column: Column, cell: Any) -> str:
    cell = _narrow(cell)
    if isinstance(cell, str):
        cell = re.sub(r"\s+(?=[年月日/.-])|(?<=[年月/.-])\s+", "", cell)
    day = cells.day(cell)
    if day is not None and not date(fields.FIRST_YEAR, 1, 1) <= day <= date(
        fields.LAST_YEAR, 12, 31
    ):
        raise BadCell(f"“{day}”不在 {fields.FIRST_YEAR} 到 {fields.LAST_YEAR} 年之间")
    return day.isoformat() if day else ""


def _yes_no(_column: Column, cell: Any) -> str:
    value = cells.yes_no(_narrow(cell))
    return "" if value is None else fields.YES_NO[0] if value else fields.YES_NO[1]


def _choice(column: Column, cell: Any) -> str:
    wanted = unicodedata.normalize("NFKC", cells.text(cell)).strip()
    for choice in column.choices:
        if unicodedata.normalize("NFKC", choice) == wanted:
            return choice
    raise BadCell(f"“{wanted[:30]}”不在选项中，须是{'、'.join(column.choices)}中的一个")


def _problem(column: Column, cell: Any) -> str:
    """The code may stand alone; the name beside it is not looked at."""
    wanted = unicodedata.normalize("NFKC", cells.text(cell)).strip()
    code = re.match(r"\d+-\d+", wanted)
    for choice in column.choices:
        if code and choice.partition(" ")[0] == code.group():
            return choice
    raise BadCell(f"“{wanted[:30]}”不是本台账的问题子类，请从下拉列表中选")


def _township(column: Column, cell: Any) -> str:
    wanted = canonical(cells.text(cell))
    if wanted not in column.choices:
        raise BadCell(f"“{wanted[:30]}”不是本县的乡镇，请从下拉列表中选")
    return wanted


def _units(_column: Column, cell: Any) -> str:
    names = [name.strip() for name in _BETWEEN_UNITS.split(cells.text(cell))]
    return UNITS_JOIN.join(name for name in names if name)


_READERS = {
    Kind.NUMBER: _number,
    Kind.YEAR: _year,
    Kind.DATE: _date,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.PROBLEM: _problem,
    Kind.TOWNSHIP: _township,
    Kind.UNITS: _units,
}
