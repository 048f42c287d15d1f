"""A second opinion by pyxform, the reference reader of XLSForm: what it does not take, other
programs of the county would not take either."""

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from field_app.forms.xlsform.findings import Findings

_ROW = re.compile(r"\[row : (\d+)\]")
_SHEET = re.compile(r"'(survey|choices|settings)' sheet")
_COLUMN = re.compile(r"the '(\w+)' value")
# Said of things that are told otherwise, or that concern other programs only.
_NOISE = ("translation", "default_language", "case-insensitive", "sheets with similar names")
# What it was seen to raise instead of a refusal, on texts that XML cannot hold and odd headings.
_STUMBLES = (AttributeError, ExpatError, TypeError)

Plain = Mapping[int, Mapping[str, str]]  # rows by Excel's number


def second_opinion(
    sheets: Mapping[str, Plain], letters: Mapping[str, Mapping[str, str]], findings: Findings
) -> None:
    """Asks pyxform about the rows that were taken, and tells what it says by cell."""
    # Imported when an office hands a form in: a third of a second that nobody else should wait.
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    book: dict[str, Any] = {"sheet_names": list(sheets)}
    for sheet, rows in sheets.items():
        last = max(rows, default=1)
        book[sheet] = [dict(rows.get(n, {})) for n in range(2, last + 1)]
        book[f"{sheet}_header"] = [dict.fromkeys(c for row in rows.values() for c in row)]
    warnings: list[str] = []
    try:
        convert(book, warnings=warnings, validate=False, form_name="data")
    except PyXFormError as error:
        for said in str(error).splitlines():
            _tell(said, letters, findings, refused=True)
    except _STUMBLES as error:
        _tell(f"{type(error).__name__}: {error}", letters, findings, refused=True)
    for said in warnings:
        if not any(noise in said for noise in _NOISE):
            _tell(said, letters, findings, refused=False)


def _tell(
    said: str, letters: Mapping[str, Mapping[str, str]], findings: Findings, *, refused: bool
) -> None:
    row, sheet, column = _ROW.search(said), _SHEET.search(said), _COLUMN.search(said)
    name = sheet[1] if sheet else "survey" if row else ""
    letter = letters.get(name, {}).get(column[1] if column else "", "A")
    cell = f"{letter}{row[1]}" if row else ""
    if refused:
        findings.refuse(name, cell, f"不合 XLSForm 标准，请按 pyxform 的原话修改：{said.strip()}")
    else:
        findings.warn(name, cell, f"pyxform 提醒：{said.strip()}")
