"""Tables of a paper: columns with widths and sides, a head that every page repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx.oxml.ns import nsdecls

from field_app.words import clean

_MM_TO_TWENTIETHS = 1440 / 25.4
_HEAD_FONT, _BODY_FONT = "黑体", "仿宋_GB2312"
_USUAL, _SMALL = 21, 18  # half points: 五号, 小五
_WIDE = 7
"""Columns from which on a table is set in the smaller letters."""
_KEPT = 8
"""Rows up to which a table is kept on one page; of a longer one the head stays with its first row."""
_LINE = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the width, and the side that its cells keep to."""

    name: str
    share: float
    side: str = "center"  # left, center, right


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under columns; the last row may be a sum, which is set in the font of the head."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    summed: bool = False


def table_xml(table: Table, width_mm: float) -> str:
    """The table as WordprocessingML. Made as one text: cell by cell it takes many times as long."""
    shares = sum(column.share for column in table.columns)
    widths = [
        round(width_mm * _MM_TO_TWENTIETHS * column.share / shares) for column in table.columns
    ]
    sides = [column.side for column in table.columns]
    last = len(table.rows) - 1
    size = _SMALL if len(widths) >= _WIDE else _USUAL
    names, middle = [c.name for c in table.columns], ["center"] * len(widths)
    head = _row(names, widths, middle, size, _HEAD_FONT, head=True, kept=last >= 0)
    body = "".join(
        _row(
            row,
            widths,
            sides,
            size,
            _HEAD_FONT if table.summed and n == last else _BODY_FONT,
            kept=last < _KEPT and n < last,
        )
        for n, row in enumerate(table.rows)
    )
    borders = "".join(
        f"<w:{edge} {_LINE}/>" for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f"<w:tbl {nsdecls('w')}><w:tblPr>"
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _row(
    texts: Sequence[str],
    widths: Sequence[int],
    sides: Sequence[str],
    size: int,
    font: str,
    *,
    head: bool = False,
    kept: bool = False,
) -> str:
    keep = "<w:keepNext/>" if kept else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        + ('<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' if head else "")
        + '<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f"{keep}"
        '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
        f'<w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="{side}"/></w:pPr>'
        f'<w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" '
        f'w:cs="Times New Roman" w:eastAsia="{font}" w:hint="eastAsia"/>'
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r></w:p></w:tc>'
        for text, width, side in zip(texts, widths, sides, strict=True)
    )
    # A row is not torn in two by the end of a page.
    own = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
    return f"<w:tr>{own}{cells}</w:tr>"
