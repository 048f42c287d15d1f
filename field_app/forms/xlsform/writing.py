"""A form as a workbook that an office edits in Excel or WPS, and that other XLSForm programs take."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from field_app.forms.definition import Form, Question
from field_app.forms.xlsform.advice import advice
from field_app.forms.xlsform.headings import CHOICES, SETTINGS, SURVEY

ADVICE = "说明"
_MADE = datetime(2026, 1, 1, tzinfo=UTC)  # fixed: the same form makes the same file
_WIDTHS = {
    "type": 26, "name": 20, "label": 30, "hint": 34, "required": 10, "relevant": 34,
    "constraint": 34, "constraint_message": 34, "choice_filter": 24, "default": 26, "say": 30,
    "list_name": 16, "form_title": 24, "form_id": 20, "version": 16,
}  # fmt: skip
Rows = list[dict[str, str]]


def write_xlsform(form: Form) -> bytes:
    """The form as an .xlsx: `survey`, `choices`, `settings`, and a page of advice."""
    made = io.BytesIO()
    # What looks like a formula, a link or a number is text, here and in a person's Excel.
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    choices = list(_choices(form))
    extra = list(dict.fromkeys(c for row in choices for c in row if c not in CHOICES))
    settings = [{"form_title": form.title, "form_id": form.id, "version": form.version}]
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": form.title, "created": _MADE.replace(tzinfo=None)})
        heading = book.add_format({"bold": True, "bg_color": "#DDEBDD", "border": 1})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        group = book.add_format(
            {"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#F3F3EC"}
        )
        for name, columns, rows in (
            ("survey", list(SURVEY), list(_survey(form))),
            ("choices", [*CHOICES[:3], *extra, "say"], choices),
            ("settings", list(SETTINGS), settings),
        ):
            _write(book.add_worksheet(name), columns, rows, heading, text, group)
        _advise(book.add_worksheet(ADVICE), heading, text)
    return made.getvalue()


def _write(
    sheet: Worksheet, columns: list[str], rows: Rows, heading: Format, text: Format, group: Format
) -> None:
    sheet.freeze_panes(1, 2)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _WIDTHS.get(column, 16), text)
        sheet.write_string(0, at, column, heading)
    for n, row in enumerate(rows, 1):
        shade = group if row.get("type", "").endswith("_group") else text
        for at, column in enumerate(columns):
            if row.get(column):
                sheet.write_string(n, at, row[column], shade)
            elif shade is group:
                sheet.write_blank(n, at, None, shade)


def _survey(form: Form) -> Iterator[dict[str, str]]:
    taken = {q.name.lower() for q in form.questions}
    section, count = "", 0
    for q in form.questions:
        if q.section != section:
            if section:
                yield {"type": "end_group"}
            if q.section:
                count += 1
                while f"section_{count}" in taken:
                    count += 1
                yield {"type": "begin_group", "name": f"section_{count}", "label": q.section}
            section = q.section
        yield _question(q)
    if section:
        yield {"type": "end_group"}


def _question(q: Question) -> dict[str, str]:
    return {
        "type": f"{q.kind} {q.list_name}" if q.list_name else str(q.kind),
        "name": q.name,
        "label": q.label,
        "hint": q.hint,
        "required": "yes" if q.required == "true()" else q.required,
        "relevant": q.relevant,
        "constraint": q.constraint,
        "constraint_message": q.constraint_message,
        "choice_filter": q.choice_filter,
        "default": q.default,
        "say": "|".join(q.say),
    }


def _choices(form: Form) -> Iterator[dict[str, str]]:
    for name, choices in form.lists.items():
        for c in choices:
            own = {"list_name": name, "name": c.value, "label": c.label, "say": "|".join(c.say)}
            yield {**c.columns, **own}


def _advise(sheet: Worksheet, heading: Format, text: Format) -> None:
    sheet.set_column(0, 0, 24, text)
    sheet.set_column(1, 1, 100, text)
    row = 0
    for title, lines in advice():
        sheet.write_string(row, 0, title, heading)
        sheet.write_blank(row, 1, None, heading)
        for word, sentence in lines:
            row += 1
            sheet.write_string(row, 0, word, text)
            sheet.write_string(row, 1, sentence, text)
        row += 2
