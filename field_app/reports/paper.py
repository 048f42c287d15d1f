"""A paper as an office sends it: A4 by GB/T 9704-2012, and what stands in it.

The standard gives the page: 37 mm above the text, 28 mm left of it, a text area of 156 mm by 225 mm,
twenty-two lines (28 pt), 三号 (16 pt) 仿宋, titles 二号 小标宋, first headings 黑体, second ones 楷体, page
numbers 四号 between dashes, outside. Fonts are named as offices have them, with a second name for
machines that do not (`w:altName`). The same content gives the same bytes.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph

from field_app.reports.charts import Chart, placed
from field_app.reports.tables import Table, table_xml

TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 156, 225
_TOP_MM, _LEFT_MM, _WIDTH_MM, _HEIGHT_MM = 37, 28, 210, 297
_FOOTER_MM = 23  # the number stands 7 mm below the text
LINE = Pt(28)
SONG_TITLE, FANG_SONG, HEI, KAI, SONG = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
    "宋体",
)
_LATIN = "Times New Roman"
_INSTEAD = {SONG_TITLE: "华文中宋", FANG_SONG: "仿宋", HEI: "SimHei", KAI: "楷体", SONG: "SimSun"}
"""What a machine takes that lacks the font."""
_SECOND, _THIRD, _FOURTH, _SMALL_FOURTH = Pt(22), Pt(16), Pt(14), Pt(12)
_TWO_LETTERS = {"firstLineChars": "200", "firstLine": "640"}
_TITLE_LINE = Pt(35)
_CHART_HEIGHT_MM = 78
_SOME_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Signature:
    """签字加章: who seals, and the lines that people fill in by hand."""

    seal: str
    lines: tuple[str, ...] = ("分管领导（签字）：", "填报人：", "联系电话：")


class Paper:
    """One document, written from its title to its signature."""

    def __init__(self, title: str, about: str, *, at: datetime, mark: str = "") -> None:
        self._document = Document()
        self._charts = self._tables = self._headings = 0
        self._page()
        self._fonts()
        known = self._document.core_properties
        known.title, known.author, known.language = title.replace("\n", ""), "实地核查", "zh-CN"
        known.comments = known.last_modified_by = ""
        known.created = known.modified = at.astimezone(UTC).replace(tzinfo=None)
        if mark:
            self._line(f"【{mark}】", HEI, _THIRD, WD_ALIGN_PARAGRAPH.CENTER)
        head = self._document.add_paragraph(title, style="Title")
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._line(about, KAI, _THIRD, WD_ALIGN_PARAGRAPH.CENTER)
        self._line("", FANG_SONG, _THIRD)

    # --- what a writer calls ---------------------------------------------------------------------

    def heading(self, text: str) -> None:
        """`一、总体情况`; the numbers come by themselves."""
        self._headings += 1
        self._document.add_paragraph(f"{chinese(self._headings)}、{text}", style="Heading 1")

    def text(self, sentence: str) -> None:
        """A paragraph of the body, two letters in."""
        self._document.add_paragraph(sentence)

    def table(self, name: str, table: Table) -> None:
        """A table with its number and name above."""
        self._tables += 1
        caption = self._line(
            f"表{self._tables}　{name}", HEI, _SMALL_FOURTH, WD_ALIGN_PARAGRAPH.CENTER
        )
        caption.paragraph_format.keep_with_next = True
        self._body.insert(len(self._body) - 1, parse_xml(table_xml(table, TEXT_WIDTH_MM)))
        self._line("", FANG_SONG, Pt(6), spacing=Pt(10))

    def chart(self, name: str, chart: Chart) -> None:
        """A chart of Word's own, with its number and name below."""
        self._charts += 1
        paragraph = self._line("", FANG_SONG, _THIRD, WD_ALIGN_PARAGRAPH.CENTER)
        form = paragraph.paragraph_format
        form.line_spacing_rule, form.keep_with_next = WD_LINE_SPACING.SINGLE, True
        drawing = placed(
            self._document.part,
            chart,
            number=self._charts,
            name=name,
            size=(Mm(TEXT_WIDTH_MM), Mm(_CHART_HEIGHT_MM)),
        )
        paragraph.add_run()._r.append(drawing)
        self._line(f"图{self._charts}　{name}", HEI, _SMALL_FOURTH, WD_ALIGN_PARAGRAPH.CENTER)

    def room(self, lines: int) -> None:
        """Empty lines, to be written on by hand."""
        for _ in range(lines):
            self._line("", FANG_SONG, _THIRD)

    def sign(self, signature: Signature) -> None:
        """The block for signature and seal; it is never parted from itself."""
        self._line("", FANG_SONG, _THIRD).paragraph_format.keep_with_next = True
        lines = (f"{signature.seal}（盖章）", *signature.lines, "日期：　　　　年　　月　　日")
        for text in lines:
            line = self._line(text, FANG_SONG, _THIRD)
            line.paragraph_format.left_indent = Mm(42)
            line.paragraph_format.keep_with_next = text != lines[-1]

    def bytes(self) -> bytes:
        """The .docx file. Its members carry no time, so that nothing but the content counts."""
        file, packed = io.BytesIO(), io.BytesIO()
        self._document.save(file)
        with zipfile.ZipFile(file) as made, zipfile.ZipFile(packed, "w") as out:
            for each in made.infolist():
                member = zipfile.ZipInfo(each.filename, _SOME_DAY)
                member.compress_type = zipfile.ZIP_DEFLATED
                member.external_attr = 0o600 << 16
                out.writestr(member, made.read(each))
        return packed.getvalue()

    # --- how it looks ----------------------------------------------------------------------------

    @property
    def _body(self) -> Any:
        return self._document.element.body

    def _line(
        self,
        text: str,
        font: str,
        size: Length,
        align: WD_ALIGN_PARAGRAPH | None = None,
        *,
        spacing: Length = LINE,
    ) -> Paragraph:
        """A paragraph of its own look, not indented."""
        paragraph = self._document.add_paragraph()
        if align is not None:
            paragraph.alignment = align
        _indent(paragraph._p.get_or_add_pPr(), {"firstLineChars": "0", "firstLine": "0"})
        paragraph.paragraph_format.line_spacing = spacing
        run = paragraph.add_run(text)
        run.font.size = size
        _font(run._r.get_or_add_rPr(), font)
        return paragraph

    def _page(self) -> None:
        (section,) = self._document.sections
        section.page_width, section.page_height = Mm(_WIDTH_MM), Mm(_HEIGHT_MM)
        section.top_margin, section.left_margin = Mm(_TOP_MM), Mm(_LEFT_MM)
        section.right_margin = Mm(_WIDTH_MM - _LEFT_MM - TEXT_WIDTH_MM)
        section.bottom_margin = Mm(_HEIGHT_MM - _TOP_MM - TEXT_HEIGHT_MM)
        section.footer_distance = Mm(_FOOTER_MM)
        # Outside: at the right of odd pages, at the left of even ones, one letter in.
        self._document.settings.odd_and_even_pages_header_footer = True
        for footer, align, side in (
            (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
            (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
        ):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.alignment = align
            _indent(
                paragraph._p.get_or_add_pPr(),
                {"firstLineChars": "0", "firstLine": "0", f"{side}Chars": "100", side: "280"},
            )
            _page_number(paragraph)

    def _fonts(self) -> None:
        styles = self._document.styles
        for name, font, size in (
            ("Normal", FANG_SONG, _THIRD),
            ("Title", SONG_TITLE, _SECOND),
            ("Heading 1", HEI, _THIRD),
        ):
            style = styles[name]
            assert style.type == WD_STYLE_TYPE.PARAGRAPH
            style.font.size, style.font.bold = size, False
            rpr = style.element.get_or_add_rPr()
            for extra in ("w:color", "w:spacing", "w:kern"):
                for found in rpr.findall(qn(extra)):
                    rpr.remove(found)
            _font(rpr, font)
            ppr = style.element.get_or_add_pPr()
            for extra in ("w:pBdr", "w:contextualSpacing"):
                for found in ppr.findall(qn(extra)):
                    ppr.remove(found)
            form = style.paragraph_format
            form.line_spacing = _TITLE_LINE if name == "Title" else LINE
            form.space_before = form.space_after = Pt(0)
            _indent(
                ppr, {"firstLineChars": "0", "firstLine": "0"} if name == "Title" else _TWO_LETTERS
            )
        styles["Normal"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        for relation in self._document.part.rels.values():
            if relation.reltype == RT.FONT_TABLE:
                relation.target_part._blob = _font_table()


def chinese(number: int) -> str:
    """A heading's number, up to 99.

    >>> chinese(1), chinese(10), chinese(12), chinese(21)
    ('一', '十', '十二', '二十一')
    """
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")


def _font(rpr: Any, name: str) -> None:
    """The East Asian font beside the Latin one; theme fonts would overrule both."""
    fonts = rpr.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for slot, font in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", name)):
        fonts.set(qn(f"w:{slot}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _indent(ppr: Any, values: dict[str, str]) -> None:
    ind = ppr.get_or_add_ind()
    for name, value in values.items():
        ind.set(qn(f"w:{name}"), value)


def _page_number(paragraph: Paragraph) -> None:
    """`— 1 —`; a field of its own, each part in a run as Word writes it."""
    parts = (
        "— ",
        f'<w:fldChar {nsdecls("w")} w:fldCharType="begin"/>',
        f"<w:instrText {nsdecls('w')}>PAGE</w:instrText>",
        f'<w:fldChar {nsdecls("w")} w:fldCharType="end"/>',
        " —",
    )
    for part in parts:
        field = part.startswith("<")
        run = paragraph.add_run("" if field else part)
        run.font.size = _FOURTH
        _font(run._r.get_or_add_rPr(), SONG)
        if field:
            run._r.append(parse_xml(part))


def _font_table() -> bytes:
    fonts: Sequence[str] = [
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="86"/></w:font>'
        for name, instead in _INSTEAD.items()
    ]
    xml = f'<w:fonts {nsdecls("w")}>{"".join(fonts)}<w:font w:name="{_LATIN}"/></w:fonts>'
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml.encode()
