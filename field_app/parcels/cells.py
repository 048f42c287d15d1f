"""Values of Excel cells, as people in offices write them.

Each reader takes what calamine gives for a cell and returns the typed value, None for an empty
one, or raises `BadCell` with what is wrong, in Chinese.
"""

import math
import re
from datetime import date, datetime, timedelta

Cell = object  # int, float, str, bool, date, datetime, time, timedelta

_EMPTY = {"", "/", "-", "—", "——", "无", "N/A", "NULL"}
_YES = {"是", "有", "Y", "YES", "1", "√", "✓", "TRUE"}
_NO = {"否", "没有", "N", "NO", "0", "×", "X", "FALSE"}
_HECTARES = {
    "": 1.0,
    "公顷": 1.0,
    "HA": 1.0,
    "亩": 1.0 / 15.0,
    "平方米": 1e-4,
    "M2": 1e-4,
    "㎡": 1e-4,
}
_DAY = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(:\d{2})?)?"
)
_MONTH = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*月?")
_SERIALS = range(18_264, 73_051)  # 1950-01-01 to 2099-12-31, counted from 1899-12-30
_EXACT = 1e15  # above, an Excel number has lost its last digits


class BadCell(ValueError):
    """A cell that cannot be read as what its column holds."""


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text(cell: Cell) -> str:
    """As text; a number without `.0`. Long numbers have lost their last digits in Excel.

    >>> text(41132120230001.0)
    '41132120230001'
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            raise BadCell("编号被 Excel 存成了数字，末尾几位已丢失；请把单元格设为文本后重新填写")
        return str(int(cell)) if float(cell).is_integer() else repr(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else str(cell)
    return str(cell).strip()


def number(cell: Cell) -> float | None:
    """A number, not negative; thousands commas and full-width digits are taken."""
    value, unit = _quantity(cell)
    if unit:
        raise BadCell(f"“{_shown(cell)}”不是数字")
    return value


def hectares(cell: Cell, unit: str = "公顷") -> float | None:
    """An area in hectares; `unit` is the column's, a unit written in the cell goes before it.

    >>> hectares("1,500 亩")
    100.0
    """
    value, own = _quantity(cell)
    factor = _HECTARES.get(own or unit.upper())
    if factor is None:
        raise BadCell(f"“{_shown(cell)}”的单位认不出，请写公顷数")
    return None if value is None else value * factor


def whole(cell: Cell) -> int | None:
    """A count."""
    value = number(cell)
    if value is not None and not value.is_integer():
        raise BadCell(f"“{_shown(cell)}”不是整数")
    return None if value is None else int(value)


def yes_no(cell: Cell) -> bool | None:
    """是 or 否, in the ways they are ticked."""
    if isinstance(cell, bool):
        return cell
    word = text(cell).upper()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if word in _EMPTY - {"无"}:
        return None
    raise BadCell(f"“{_shown(cell)}”应填“是”或“否”")


def day(cell: Cell) -> date | None:
    """A date: a date cell, an Excel serial, 20230802, 2023-8-2, 2023.8.2 or 2023年8月2日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if int(cell) in _SERIALS:
            return date(1899, 12, 30) + timedelta(days=int(cell))
        cell = text(cell)
    words = text(cell)
    if words.upper() in _EMPTY:
        return None
    match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", words) or _DAY.fullmatch(words)
    if match is None:
        hint = "缺少日，请写全年月日" if _MONTH.fullmatch(words) else "不是日期"
        raise BadCell(f"“{_shown(cell)}”{hint}，例如 2023-08-02")
    try:
        return date(*(int(part) for part in match.groups()[:3]))
    except ValueError as error:
        raise BadCell(f"“{_shown(cell)}”不是真实的日期") from error


def _quantity(cell: Cell) -> tuple[float | None, str]:
    """(the number, the unit written after it)."""
    if isinstance(cell, bool | date | timedelta):
        raise BadCell(f"“{_shown(cell)}”不是数字")
    if isinstance(cell, int | float):
        value, unit = float(cell), ""
    else:
        words = text(cell).replace(",", "").replace("，", "")
        if words.upper() in _EMPTY:
            return None, ""
        match = re.fullmatch(r"([-+]?\d+(?:\.\d*)?|\.\d+)\s*(\D*)", words)
        if match is None:
            raise BadCell(f"“{_shown(cell)}”不是数字")
        value, unit = float(match.group(1)), match.group(2).strip().upper()
    if not math.isfinite(value) or value < 0:
        raise BadCell(f"“{_shown(cell)}”应是不小于 0 的数")
    return value, unit


def _shown(cell: Cell) -> str:
    return str(cell)[:30]
