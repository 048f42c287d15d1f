"""The empty project list to download: the annex's columns, with choices and a page of advice."""

import io
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from field_app.parcels.project_columns import REQUIRED, SERIAL, choices_of, spec_of, titles

SHEET = "补充耕地项目清单"
ADVICE = "填写说明"
_ROWS = 2_000  # that have choices and checks
_MADE = datetime(2023, 8, 2, tzinfo=UTC)  # fixed, so that the template is the same every time
_HOW = {
    "text": "文字",
    "hectares": "数字，单位公顷；也可写“15 亩”，自动换算",
    "number": "数字，不带单位",
    "whole": "整数",
    "day": "日期，例如 2023-08-02",
    "yes_no": "是 或 否",
}
_EXAMPLES = {
    "code": "41132120230001",
    "name": "某乡某村土地整治项目",
    "place": "某乡某村",
    "approval": "某自然资〔2021〕1号，2021-03-01",
    "acceptance": "某自然资〔2022〕9号，2022-11-20",
    "registered_on": "2022-12-15",
    "scale_ha": "12.3400",
    "new_farmland_ha": "10.0000",
    "paddy_ha": "0",
    "quality": "9等",
    "capacity_kg": "45000",
    "used_ha": "0",
    "left_ha": "10.0000",
    "parcels_declared": "6",
    "coordinate_file": "41132120230001.txt",
    "builder": "某乡人民政府",
}


def template() -> bytes:
    """The template as an .xlsx, without any row that a reader could take for a project."""
    made = io.BytesIO()
    # What looks like a formula is text: a file of columns must not run in a person's Excel.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": SHEET, "created": _MADE.replace(tzinfo=None)})
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        heading = book.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#DDEBDD",
             "align": "center", "valign": "vcenter"}
        )  # fmt: skip
        needed = book.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#F6D9C6",
             "align": "center", "valign": "vcenter"}
        )  # fmt: skip
        as_text = book.add_format({"num_format": "@"})
        as_date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(SHEET)
        columns = titles()
        sheet.merge_range(0, 0, 0, len(columns) - 1, f"附件3 {SHEET}", title)
        sheet.set_row(1, 48)
        sheet.freeze_panes(2, 3)
        for at, column in enumerate(columns):
            _column(sheet, at, column, heading, needed, as_text, as_date)
        _advice(book.add_worksheet(ADVICE), columns, heading)
    return made.getvalue()


def _column(
    sheet: Worksheet,
    at: int,
    column: str,
    heading: Format,
    needed: Format,
    as_text: Format,
    as_date: Format,
) -> None:
    spec = spec_of(column)
    required = spec is not None and spec.field in REQUIRED
    sheet.write_string(1, at, column, needed if required else heading)
    kind = spec.kind if spec else "text"
    form = {"day": as_date, "text": as_text}.get(kind)
    sheet.set_column(at, at, 6 if column == SERIAL else 18, None if column == SERIAL else form)
    check: dict[str, object] | None = None
    if choices := choices_of(column):
        check = {"validate": "list", "source": list(choices), "error_type": "warning"}
    elif kind == "day":
        check = {"validate": "date", "criteria": ">", "value": datetime(1950, 1, 1)}  # noqa: DTZ001 — Excel's dates have no zone
    elif kind in ("number", "whole"):
        name = "decimal" if kind == "number" else "integer"
        check = {"validate": name, "criteria": ">=", "value": 0}
    if check:
        check |= {"error_title": "请检查", "error_message": f"{column}：{_HOW[kind]}"}
        sheet.data_validation(2, at, 1 + _ROWS, at, check)


def _advice(sheet: Worksheet, columns: tuple[str, ...], heading: Format) -> None:
    for at, (word, width) in enumerate((("列名", 36), ("必填", 8), ("填法", 40), ("示例", 36))):
        sheet.write_string(0, at, word, heading)
        sheet.set_column(at, at, width)
    for row, column in enumerate(columns, 1):
        spec = spec_of(column)
        choices = choices_of(column)
        how = f"选填其一：{'、'.join(choices)}" if choices else _HOW[spec.kind if spec else "text"]
        example = choices[0] if choices else _EXAMPLES.get(spec.field if spec else "", "")
        sheet.write_string(row, 0, column)
        sheet.write_string(row, 1, "必填" if spec and spec.field in REQUIRED else "")
        sheet.write_string(row, 2, how)
        sheet.write_string(row, 3, example)
    note = len(columns) + 2
    sheet.write_string(note, 0, "合计行、空行不会读入；项目备案编号请保持文本格式。")
    sheet.write_string(note + 1, 0, "列的名称为整理稿，可由县里修改；认不出的列原样保存。")
