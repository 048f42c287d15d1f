"""Exported ledgers as somebody edits them in an office program."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from field_app.ledger import exports
from field_app.ledger.filters import LedgerFilter
from field_app.ledger.printed.columns import heading_key
from field_app.ledger.printed.looks import HEAD_ROW
from field_app.ledger.reading_back import keeping
from field_app.ledger.reading_back.keeping import Preview
from field_app.roles import Who

Edit = Callable[["Book"], object]


class Book:
    """An exported file, opened for editing."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def sheet(self, category: int = 2) -> Worksheet:
        return self.book[exports.sheet_name(category)]

    def cell(self, number: str, label: str, category: int = 2) -> Cell:
        """The cell of an entry under a heading."""
        sheet = self.sheet(category)
        heads = {heading_key(str(c.value)): c.column for c in sheet[HEAD_ROW + 1]}
        for row in sheet.iter_rows(min_row=HEAD_ROW + 2):
            if str(row[heads["问题编号"] - 1].value) == number:
                return row[heads[label] - 1]
        raise KeyError(number)

    def put(self, number: str, label: str, value: Any, category: int = 2) -> str:
        """Fills in a cell; its address."""
        cell = self.cell(number, label, category)
        cell.value = value
        return str(cell.coordinate)

    def saved(self) -> bytes:
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()


def exported(who: Who, now: datetime, **wanted: Any) -> Book:
    return Book(exports.ledgers_xlsx(who, LedgerFilter(**wanted), now=now))


def brought(book: Book | bytes, who: Who, now: datetime, name: str = "台账.xlsx") -> Preview:
    """The preview of an edited file."""
    data = book if isinstance(book, bytes) else book.saved()
    return keeping.preview(keeping.take(data, name, who=who, now=now), who=who)
