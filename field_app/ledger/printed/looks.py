"""How the printed ledgers look: cell formats, widths that hold their texts, heights that show the
whole of them on paper, and how a sheet is printed."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from math import ceil
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

FONT = "宋体"
FONT_PT, SMALL_PT = 10, 7
LINE_PT, SMALL_LINE_PT = 13.5, 9.5
"""Height of one line of 宋体, in points, as office programs set it."""
ROW_MAX_PT = 409
"""Excel makes no row higher."""
WIDTH_MAX = 130
TITLE_ROW, SUBTITLE_ROW, NOTE_ROW, GROUP_ROW, HEAD_ROW = range(5)
FIRST_ROW = HEAD_ROW + 1
FROZEN_COLUMNS = 2
_A3 = 8  # Excel's number of the paper; some 45 columns are unreadable on A4
_LINES, _SMALL_LINES = int(ROW_MAX_PT / LINE_PT) - 1, int(ROW_MAX_PT / SMALL_LINE_PT) - 1
_SMALL_FITS = FONT_PT / SMALL_PT
_SIGNATURES = ("填报人：", "审核人：", "分管领导签字（盖章）：", "日期：")
_OPEN_COLOUR = "#fffbe6"


class Styles:
    """The cell formats of a file, made when they are first asked for."""

    def __init__(self, workbook: Workbook) -> None:
        self._book = workbook
        base = {"font_name": FONT, "font_size": FONT_PT}
        box = base | {"border": 1, "border_color": "#9aa5a0", "text_wrap": True}
        self._body = box | {"valign": "vcenter"}
        head = box | {"bold": True, "align": "center", "valign": "vcenter"}
        self.title: Format = workbook.add_format(
            {"font_name": FONT, "bold": True, "font_size": 20, "align": "center",
             "valign": "vcenter"}
        )  # fmt: skip
        self.subtitle: Format = workbook.add_format(base | {"valign": "vcenter"})
        self.note: Format = workbook.add_format(base | {"font_color": "#555555"})
        self.group: Format = workbook.add_format(head | {"bg_color": "#cfe3d8"})
        self.head: Format = workbook.add_format(head | {"bg_color": "#e3efe8"})
        self.signature: Format = workbook.add_format(
            {"font_name": FONT, "font_size": 12, "valign": "bottom"}
        )
        self.plain: Format = workbook.add_format(base | {"text_wrap": True, "valign": "top"})
        self.bold: Format = workbook.add_format(base | {"bold": True, "text_wrap": True})
        self.cell = cache(self._cell)

    def _cell(self, kind: str, fillable: bool, small: bool) -> Format:
        """`kind` is text, risky, day, number or count; a fillable cell is not locked, and tinted."""
        looks: dict[str, Any] = dict(self._body)
        if kind in ("day", "count", "number"):
            number = {"day": "yyyy-mm-dd", "count": "0", "number": "0.00"}[kind]
            looks |= {"num_format": number, "align": "center"}
        # The quote prefix keeps a risky text a text when somebody edits the cell in Excel.
        if kind == "risky":
            looks |= {"quote_prefix": True}
        if fillable:
            looks |= {"locked": False, "bg_color": _OPEN_COLOUR}
        if small:
            looks |= {"font_size": SMALL_PT}
        return self._book.add_format(looks)


def units_wide(text: str) -> float:
    """How wide a text is in Latin characters; a Chinese one takes two.

    >>> units_wide("地块A1")
    6.0
    """
    return (len(text) + len(text.encode("utf-8", "replace"))) / 2


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column so wide, breaking wherever it must."""
    if "\n" not in text:
        return ceil(units_wide(text) / width) or 1
    return sum(ceil(units_wide(line) / width) or 1 for line in text.split("\n"))


def width_for(usual: float, longest: str) -> float:
    """The width of a column: the usual one, or as much as its longest text needs to be shown whole
    in the highest row, set small."""
    needed = lines_of(longest, 1) / (_SMALL_LINES * _SMALL_FITS) * 1.1 + 1
    return usual if needed <= usual else min(ceil(needed), WIDTH_MAX)


def is_long(text: str, width: float) -> bool:
    """Whether a text is too long for the highest row, and so is set small.

    >>> is_long("田" * 100, 26), is_long("田" * 400, 26)
    (False, True)
    """
    # Most texts are short: they are not measured.
    return 2 * len(text) >= width and lines_of(text, width - 1) > _LINES


def row_height(texts: Iterable[tuple[str, float]]) -> float:
    """The height in points of a row that shows all of its texts; each comes with the width of its
    column."""
    height = 0.0
    for text, width in texts:
        if 2 * len(text) < width and "\n" not in text:
            continue
        lines = lines_of(text, width - 1)
        if lines > _LINES:
            lines = lines_of(text, (width - 1) * _SMALL_FITS)
            height = max(height, (lines + 1) * SMALL_LINE_PT)
        else:
            # Office programs break lines at words and signs; a line in reserve for long texts.
            height = max(height, (lines + (lines > 3)) * LINE_PT)
    return min(max(height, LINE_PT) + 4, ROW_MAX_PT)


def heading(
    sheet: Worksheet, styles: Styles, title: str, subtitle: str, note: str, last: int
) -> None:
    """The lines above the table; `last` is the last column, counted from 0."""
    sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, last, title, styles.title)
    sheet.merge_range(SUBTITLE_ROW, 0, SUBTITLE_ROW, last, subtitle, styles.subtitle)
    sheet.merge_range(NOTE_ROW, 0, NOTE_ROW, last, note, styles.note)
    sheet.set_row(TITLE_ROW, 36)
    sheet.set_row(SUBTITLE_ROW, 20)
    sheet.set_row(NOTE_ROW, 16)
    sheet.set_row(GROUP_ROW, 20)


def groups(sheet: Worksheet, styles: Styles, names: Sequence[str]) -> None:
    """The row that names what columns beside each other are about; `names` has one a column."""
    start = 0
    for place in range(1, len(names) + 1):
        if place == len(names) or names[place] != names[start]:
            if place - start == 1:
                sheet.write_string(GROUP_ROW, start, names[start], styles.group)
            else:
                sheet.merge_range(
                    GROUP_ROW, start, GROUP_ROW, place - 1, names[start], styles.group
                )
            start = place


def signatures(sheet: Worksheet, styles: Styles, row: int, widths: Sequence[float]) -> int:
    """Who signs, under the table, over its whole width; the last row that it takes."""
    sheet.set_row(row + 1, 40)
    whole, start, passed = sum(widths), 0, 0.0
    for number, words in enumerate(_SIGNATURES, start=1):
        end = start
        passed += widths[end]
        while end < len(widths) - 1 and (
            number == len(_SIGNATURES) or passed < whole * number / len(_SIGNATURES)
        ):
            end += 1
            passed += widths[end]
        if end > start:
            sheet.merge_range(row + 1, start, row + 1, end, words, styles.signature)
        else:
            sheet.write_string(row + 1, start, words, styles.signature)
        start = end + 1
    return row + 1


def is_signature(text: str) -> bool:
    """Whether a cell is of the lines for signing, with or without a name written into it."""
    return unicodedata.normalize("NFKC", text).startswith(
        tuple(unicodedata.normalize("NFKC", words)[:-1] for words in _SIGNATURES)
    )


def set_up_print(sheet: Worksheet, title: str, today: date, *, last: tuple[int, int]) -> None:
    """A3 across, one page wide, with the head repeated; `last` is (row, column), from 0."""
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, *last)
    sheet.repeat_rows(GROUP_ROW, HEAD_ROW)
    sheet.center_horizontally()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # In a header an ampersand starts a code; two stand for one.
    sheet.set_footer(f"&L{title.replace('&', '&&')}&C第 &P 页，共 &N 页&R导出日期 {today:%Y-%m-%d}")
