"""What Excel checks while a ledger is filled in: choices, days, numbers. The same is checked again
when the file comes back; this only spares people the second look."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from field_app.ledger import fields
from field_app.ledger.printed.advice import how
from field_app.ledger.printed.columns import Column, Kind
from field_app.ledger.printed.looks import FIRST_ROW

SHEET = "选项"
_LIST_MAX = 100
"""Characters that the choices of a cell may take in the cell's own check: Excel allows 255, and
other office programs count bytes."""
_TITLE_MAX, _MESSAGE_MAX = 32, 255


class Lists:
    """The choices that are too long for a cell's own check; they stand on a hidden sheet."""

    def __init__(self, workbook: Workbook) -> None:
        self._book = workbook
        self._places: dict[tuple[str, ...], int] = {}

    def check(self, sheet: Worksheet, columns: Sequence[Column], count: int) -> None:
        """Lays the checks over `count` entries of a ledger's sheet."""
        if not count:
            return
        for place, column in enumerate(columns):
            rule = self._rule(column) if column.step is not None else None
            if rule:
                about = {
                    "error_title": column.label[:_TITLE_MAX],
                    "error_message": how(column)[:_MESSAGE_MAX],
                }
                sheet.data_validation(FIRST_ROW, place, FIRST_ROW + count - 1, place, rule | about)

    def _rule(self, column: Column) -> dict[str, Any] | None:
        if column.choices:
            return {"validate": "list", "source": self._source(column.choices)}
        if column.kind == Kind.DATE:
            return {
                "validate": "date",
                "criteria": "between",
                "minimum": datetime(fields.FIRST_YEAR, 1, 1),  # noqa: DTZ001 — Excel's dates have no zone
                "maximum": datetime(fields.LAST_YEAR, 12, 31),  # noqa: DTZ001
            }
        if column.kind == Kind.NUMBER:
            return {"validate": "decimal", "criteria": ">=", "value": 0}
        if column.kind == Kind.YEAR:
            return {
                "validate": "integer",
                "criteria": "between",
                "minimum": fields.FIRST_YEAR,
                "maximum": fields.LAST_YEAR,
            }
        return None

    def _source(self, choices: tuple[str, ...]) -> list[str] | str:
        # A comma in a choice would make two of it.
        if len(",".join(choices)) <= _LIST_MAX and not any("," in c for c in choices):
            return list(choices)
        place = self._places.setdefault(choices, len(self._places))
        first = xl_rowcol_to_cell(0, place, row_abs=True, col_abs=True)
        last = xl_rowcol_to_cell(len(choices) - 1, place, row_abs=True, col_abs=True)
        return f"='{SHEET}'!{first}:{last}"

    def write(self) -> None:
        """Adds the hidden sheet, where anything is to stand on it."""
        if not self._places:
            return
        sheet = self._book.add_worksheet(SHEET)
        for choices, place in self._places.items():
            sheet.write_column(0, place, choices)
        sheet.hide()
        sheet.protect()
