"""Workbooks as an office hands them in: the shipped form's, changed cell by cell."""

import io
from collections.abc import Mapping
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from field_app.forms import shipped
from field_app.forms.xlsform import Read, read_xlsform, write_xlsform


class Book:
    """Sheets as rows of cells, the headings first."""

    def __init__(self, sheets: Mapping[str, list[list[Any]]]) -> None:
        self.sheets = {name: [list(row) for row in rows] for name, rows in sheets.items()}

    @classmethod
    def shipped(cls) -> "Book":
        book = openpyxl.load_workbook(io.BytesIO(write_xlsform(shipped())))
        sheets = {s.title: [list(row) for row in s.iter_rows(values_only=True)] for s in book}
        made = cls(sheets)
        made.put("settings", 2, "version", "2026112202")
        return made

    def at(self, sheet: str, column: str) -> int:
        """The place of a column; one that is not there is added."""
        headings = self.sheets[sheet][0]
        if column not in headings:
            headings.append(column)
        return headings.index(column)

    def row(self, sheet: str, name: str) -> int:
        """Excel's number of the row of this name."""
        at = self.at(sheet, "name")
        return next(n for n, r in enumerate(self.sheets[sheet], 1) if len(r) > at and r[at] == name)

    def put(self, sheet: str, row: int | str, column: str, value: Any) -> str:
        """Writes a cell and says which."""
        number = self.row(sheet, row) if isinstance(row, str) else row
        at = self.at(sheet, column)
        cells = self.sheets[sheet][number - 1]
        cells.extend([None] * (at + 1 - len(cells)))
        cells[at] = value
        return f"{get_column_letter(at + 1)}{number}"

    def add(self, sheet: str, **values: Any) -> int:
        """A new last row; its number."""
        self.sheets[sheet].append([])
        number = len(self.sheets[sheet])
        for column, value in values.items():
            self.put(sheet, number, column, value)
        return number

    def drop(self, sheet: str, row: int | str) -> None:
        del self.sheets[sheet][(self.row(sheet, row) if isinstance(row, str) else row) - 1]

    def saved(self) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        made = io.BytesIO()
        book.save(made)
        return made.getvalue()

    def read(self) -> Read:
        return read_xlsform(self.saved(), core=shipped())


def cells(found: Read) -> list[tuple[str, str]]:
    """Where the problems are."""
    return [(p.sheet, p.cell) for p in found.problems]


def said(found: Read, sheet: str, cell: str) -> str:
    """What is said of one cell, as problem or as warning."""
    told = (*found.problems, *found.warnings)
    return "；".join(p.what for p in told if (p.sheet, p.cell) == (sheet, cell))
