"""Charts of a paper, as Word draws them itself (DrawingML), with their numbers in a small workbook.

Not pictures: Word, WPS and LibreOffice draw them with the fonts that the office has, sharp on paper,
and who gets the paper can correct a number in it (编辑数据). A picture would need a font with Chinese
letters shipped along with the program, on every server. The numbers stand in a table beside each
chart as well, for readers that draw none.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.parts.document import DocumentPart
from docx.shared import Length

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET = "数据"
COLOURS = ("2F6B4F", "D98E04", "B3261E", "44546A")
"""They differ in brightness too: papers are copied in black and white."""
_SIZE = 1000  # hundredths of a point
_SOME_DAY = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side or stacked, standing or lying, of whole numbers: one series a name, each with
    one value a label."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    lying: bool = False
    stacked: bool = False

    def said(self) -> str:
        """The chart in words, for those who do not see it."""
        return "；".join(
            f"{label}：" + "，".join(f"{name} {values[n]}" for name, values in self.series)
            for n, label in enumerate(self.labels)
        )


def placed(
    document: DocumentPart, chart: Chart, *, number: int, name: str, size: tuple[Length, Length]
) -> Any:
    """Puts the chart into the document's file; gives the drawing that shows it."""
    package = document.package
    assert package is not None
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _SHEET_TYPE, _book(chart), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    part._blob = _chart_xml(chart, part.relate_to(book, RT.PACKAGE)).encode()
    relation = document.relate_to(part, RT.CHART)
    width, height = size
    return parse_xml(
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        f'xmlns:a="{_A}" xmlns:c="{_C}" xmlns:r="{_R}">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f"<wp:docPr id={quoteattr(str(number))} name={quoteattr(f'图{number} {name}')} "
        f"descr={quoteattr(chart.said()[:2000])}/><wp:cNvGraphicFramePr/>"
        f'<a:graphic><a:graphicData uri="{_C}"><c:chart r:id="{relation}"/></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing>"
    )


def _book(chart: Chart) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": _SOME_DAY})
    sheet = book.add_worksheet(_SHEET)
    for row, label in enumerate(chart.labels, start=1):
        sheet.write_string(row, 0, label)
    for place, (name, values) in enumerate(chart.series, start=1):
        sheet.write_string(0, place, name)
        for row, value in enumerate(values, start=1):
            sheet.write_number(row, place, value)
    book.close()
    return file.getvalue()


def _chart_xml(chart: Chart, book: str) -> str:
    grouping = "stacked" if chart.stacked else "clustered"
    series = "".join(_series(chart, n) for n in range(len(chart.series)))
    turned = (
        '<c:scaling><c:orientation val="maxMin"/></c:scaling>' if chart.lying else "<c:scaling/>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}" xmlns:r="{_R}"><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f'<c:barChart><c:barDir val="{"bar" if chart.lying else "col"}"/>'
        f'<c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="60"/><c:overlap val="{100 if chart.stacked else 0}"/>'
        '<c:axId val="1"/><c:axId val="2"/></c:barChart>'
        f'<c:catAx><c:axId val="1"/>{turned}<c:delete val="0"/>'
        f'<c:axPos val="{"l" if chart.lying else "b"}"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="2"/><c:scaling><c:min val="0"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{"b" if chart.lying else "l"}"/><c:majorGridlines><c:spPr><a:ln w="6350">'
        '<a:solidFill><a:srgbClr val="D0D0D0"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
        '<c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/>'
        f'<c:crosses val="{"max" if chart.lying else "autoZero"}"/></c:valAx></c:plotArea>'
        '<c:legend><c:legendPos val="t"/><c:overlay val="0"/></c:legend>'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{_SIZE}"><a:latin typeface="Times New Roman"/>'
        '<a:ea typeface="仿宋_GB2312"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
        f'<c:externalData r:id="{book}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _series(chart: Chart, n: int) -> str:
    name, values = chart.series[n]
    letter, last = chr(ord("B") + n), len(chart.labels) + 1
    colour = COLOURS[n % len(COLOURS)]
    return (
        f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/><c:tx><c:strRef>'
        f"<c:f>{_SHEET}!${letter}$1</c:f>{_strings([name])}</c:strRef></c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr>'
        '<c:invertIfNegative val="0"/>'
        f"<c:cat><c:strRef><c:f>{_SHEET}!$A$2:$A${last}</c:f>{_strings(chart.labels)}</c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>{_SHEET}!${letter}$2:${letter}${last}</c:f><c:numCache>"
        f'<c:formatCode>0</c:formatCode><c:ptCount val="{len(values)}"/>'
        + "".join(f'<c:pt idx="{i}"><c:v>{value}</c:v></c:pt>' for i, value in enumerate(values))
        + "</c:numCache></c:numRef></c:val></c:ser>"
    )


def _strings(texts: Sequence[str]) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(text)}</c:v></c:pt>' for i, text in enumerate(texts)
    )
    return f'<c:strCache><c:ptCount val="{len(texts)}"/>{points}</c:strCache>'
