"""The cells of a file that came back, with what was merged spread out, formulas and errors known by place."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from field_app.ledger.printed import machine
from field_app.workbooks import BadWorkbook, Limits, check_package

MOST_MB = 50
_MOST_SHEETS = 40
_LIMITS = Limits(
    rows=machine.MOST_ENTRIES + 500, columns=120, unpacked=160 * 2**20, cells=3_000_000
)
_MOST_SPREAD = 200_000
"""Cells that merged areas may cover in one sheet."""
_MOST_PART = 2 * 2**20  # bytes of the parts that say which sheets there are
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f[\s/>]")
_ERROR = re.compile(rb"""<(?:\w+:)?c\b([^>]*\bt\s*=\s*["']e["'][^>]*)>""")
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marks:
    """Places (row, column, from 0) that hold a formula or an error; `unplaced` says that there are
    some of which the place is not known."""

    formulas: frozenset[Place] = frozenset()
    errors: frozenset[Place] = frozenset()
    unplaced: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its cells from A1 on, and what their values do not tell."""

    name: str
    visible: bool
    rows: list[list[Any]]
    marks: Marks


def read(data: bytes) -> list[Sheet]:
    """All sheets of the file. Raises BadWorkbook."""
    check_package(data, _LIMITS)
    try:
        marks = _marks(data)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            if len(book.sheets_metadata) > _MOST_SHEETS:
                raise BadWorkbook("工作表太多")
            return list(_sheets(book, marks))
    except BadWorkbook:
        raise
    except (CalamineError, ET.ParseError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise BadWorkbook("Excel 文件损坏，或加了密码") from error


def _sheets(book: CalamineWorkbook, marks: dict[str, Marks]) -> Iterator[Sheet]:
    room = _LIMITS.cells
    for meta in book.sheets_metadata:
        sheet = book.get_sheet_by_name(meta.name)
        room -= sheet.total_height * sheet.total_width
        if room < 0 or sheet.total_width > _LIMITS.columns:
            raise BadWorkbook("表格太大，请删去空行空列")
        rows = sheet.to_python(skip_empty_area=False)
        _spread(rows, sheet.merged_cell_ranges or [])
        visible = meta.visible == SheetVisibleEnum.Visible
        yield Sheet(machine.canonical(meta.name), visible, rows, marks.get(meta.name, Marks()))


def _spread(rows: list[list[Any]], merged: list[tuple[Place, Place]]) -> None:
    """Gives each cell of a merged area its value: whoever merges means it for all of them."""
    left = _MOST_SPREAD
    for (top, first), (bottom, last) in merged:
        for row in rows[top : bottom + 1]:
            end = min(last + 1, len(row))
            left -= max(end - first, 0)
            if left < 0:
                raise BadWorkbook("合并的单元格太多，请取消合并")
            if first < end:
                row[first:end] = [rows[top][first]] * (end - first)


def _marks(data: bytes) -> dict[str, Marks]:
    """What the values do not tell of each sheet, by its name."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        targets = {
            each.get("Id"): each.get("Target", "")
            for each in _parsed(package, "xl/_rels/workbook.xml.rels")
        }
        for each in _parsed(package, "xl/workbook.xml").iter():
            if each.tag.rpartition("}")[2] != "sheet":
                continue
            target = targets.get(each.get(_RELATED), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in package.namelist():
                found[each.get("name", "")] = _marks_of(package.read(part))
    return found


def _marks_of(sheet: bytes) -> Marks:
    formulas, unplaced = set(), False
    for match in _FORMULA.finditer(sheet):
        place = _place(match.group(1))
        if place is None:
            unplaced = True
        else:
            formulas.add(place)
    errors = {_place(match.group(1)) for match in _ERROR.finditer(sheet)}
    return Marks(frozenset(formulas), frozenset(p for p in errors if p), unplaced or None in errors)


def _place(attributes: bytes) -> Place | None:
    address = _ADDRESS.search(attributes)
    if address is None:
        return None
    column = 0
    for letter in address.group(1):
        column = column * 26 + letter - 64
    return int(address.group(2)) - 1, column - 1


def _parsed(package: zipfile.ZipFile, part: str) -> ET.Element:
    content = package.read(part)
    if len(content) > _MOST_PART or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadWorkbook("文件的结构不像 Excel 存出来的")
    return ET.fromstring(content)  # noqa: S314 — small, and without declarations
