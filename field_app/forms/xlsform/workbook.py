"""An .xlsx as texts in cells, with bounds: whoever hands one in may mean harm.

Read here and by no general reader, because a form needs only the texts: what is not wanted
(pictures, styles, links, macros) is never unpacked, and each text is held once however often a
hostile file repeats it.
"""

import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 20 * 2**20
MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_CELLS = 100_000
MOST_CHARACTERS = 2_000_000  # in all cells together: each is looked at several times
MOST_SHEETS = 50
_LONGEST_NAME = 31  # of a sheet, as in Excel
_MOST_PARTS = 2_000
_MOST_TAGS = 1_000_000  # a tag of four bytes becomes a node of a hundred
_OLE = b"\xd0\xcf\x11\xe0"  # the old .xls, and any .xlsx with a password
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Unreadable(ValueError):
    """A file that is no workbook, or one beyond the bounds; says in Chinese why."""


@dataclass(slots=True)
class Sheet:
    """The texts of a sheet: by row (1-based, as Excel shows it) and column (0-based)."""

    name: str
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)  # cells, such as `C7`
    errors: list[str] = field(default_factory=list)  # cells that say `#REF!`


def letters(column: int) -> str:
    """The name of a column.

    >>> letters(0), letters(25), letters(26), letters(199)
    ('A', 'Z', 'AA', 'GR')
    """
    name, n = "", column + 1
    while n:
        n, rest = divmod(n - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _column(name: str) -> int:
    n = 0
    for letter in name:
        n = n * 26 + ord(letter) - ord("A") + 1
    return n - 1


def read_sheets(data: bytes) -> list[Sheet]:
    """All sheets in their order. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES // 2**20} MB，表单用不了这么大；请删去图片等再上传")
    if data.startswith(_OLE):
        raise Unreadable("这是旧版 .xls 或加了密码的文件，请另存为不加密码的 .xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _Package(package).sheets()
    except Unreadable:
        raise
    except etree.XMLSyntaxError as error:
        raise Unreadable("Excel 文件内容损坏，请用 Excel 或 WPS 打开后重新另存为 .xlsx") from error
    except _ZIP_ERRORS as error:
        raise Unreadable("不是 Excel 文件（.xlsx），或文件已损坏") from error


class _Package:
    """Unpacks part by part and keeps the account."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        infos = package.infolist()
        self.parts = {info.filename.lower(): info for info in infos}
        if len(infos) > _MOST_PARTS or len(self.parts) < len(infos):
            raise Unreadable("Excel 文件里的部件太多或有重复，请重新另存为 .xlsx")
        self.unpacked = 0
        self.characters = 0

    def part(self, name: str) -> bytes:
        """One part's bytes; they are counted as they come, the directory may lie."""
        info = self.parts.get(name.lower())
        if info is None:
            raise Unreadable("这不是 Excel 工作簿（.xlsx），请另存为 .xlsx 再上传")
        with self.package.open(info) as stream:
            content = stream.read(MOST_UNPACKED - self.unpacked + 1)
        self.unpacked += len(content)
        if self.unpacked > MOST_UNPACKED or content.count(b"<") > _MOST_TAGS:
            raise Unreadable(f"解压后超过 {MOST_UNPACKED // 2**20} MB，表单用不了这么大")
        if b"<!DOCTYPE" in content or b"\0" in content:  # Excel writes neither; entities can swell
            raise Unreadable("Excel 文件里有不该有的内容，请重新另存为 .xlsx")
        return content

    def elements(self, name: str, tag: str) -> Iterator[etree._Element]:
        """The elements of one name, each forgotten once it has been looked at."""
        stream = io.BytesIO(self.part(name))
        found = etree.iterparse(stream, tag=f"{{*}}{tag}", resolve_entities=False, no_network=True)
        for _, element in found:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def sheets(self) -> list[Sheet]:
        book = "xl/workbook.xml"
        named = [(s.get("name", ""), _related(s)) for s in self.elements(book, "sheet")]
        targets = {
            r.get("Id", ""): posixpath.normpath(posixpath.join("/xl", r.get("Target", "")))[1:]
            for r in self.elements("xl/_rels/workbook.xml.rels", "Relationship")
        }
        if len(named) > MOST_SHEETS:
            raise Unreadable(f"工作表超过 {MOST_SHEETS} 张")
        shared: list[str] = []
        if "xl/sharedstrings.xml" in self.parts:
            shared = [_joined(si) for si in self.elements("xl/sharedStrings.xml", "si")]
        return [
            self._sheet(name[:_LONGEST_NAME], targets[key], shared)
            for name, key in named
            if targets.get(key, "").startswith("xl/worksheets/")
        ]

    def _sheet(self, name: str, part: str, shared: list[str]) -> Sheet:
        sheet = Sheet(name)
        number, cells = 0, 0
        for row in self.elements(part, "row"):
            number = _whole(row.get("r")) or number + 1
            column = -1
            for cell in row.iterchildren("{*}c"):
                column += 1
                if at := _CELL.fullmatch(cell.get("r") or ""):
                    column = _column(at[1])
                text = _cell_text(cell, shared)
                self.characters += len(text)
                if self.characters > MOST_CHARACTERS:
                    raise Unreadable(f"文字合计超过 {MOST_CHARACTERS} 个字，表单用不了这么多")
                if not text.strip():
                    continue
                cells += 1
                if number > MOST_ROWS or column >= MOST_COLUMNS or cells > MOST_CELLS:
                    raise Unreadable(
                        f"工作表“{name}”超过 {MOST_ROWS} 行、{MOST_COLUMNS} 列"
                        f"或 {MOST_CELLS} 个单元格，请删去多余的内容"
                    )
                here = f"{letters(column)}{number}"
                if cell.get("t") == "e":
                    sheet.errors.append(here)
                if cell.find("{*}f") is not None:
                    sheet.formulas.append(here)
                sheet.rows.setdefault(number, {})[column] = text
        return sheet


def _related(sheet: etree._Element) -> str:
    return next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")


def _whole(text: str | None) -> int:
    return int(text) if text and len(text) <= 7 and text.isascii() and text.isdecimal() else 0


def _joined(element: etree._Element) -> str:
    """The text of a string: its pieces, without the phonetic guide above them."""
    pieces = [
        t.text or "" for t in element.iter("{*}t") if not str(t.getparent().tag).endswith("}rPh")
    ]
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), "".join(pieces))


def _cell_text(cell: etree._Element, shared: list[str]) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return _joined(cell)
    value = cell.findtext("{*}v") or ""
    if kind == "s":
        n = _whole(value)
        return shared[n] if n < len(shared) and value else ""
    if kind == "b":
        return "TRUE" if value.strip() == "1" else "FALSE"
    if kind == "n":
        return _number(value)
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), value)


def _number(text: str) -> str:
    """A number as a person would write it: Excel keeps 1 as 1.0 and 0.1 as 0.10000000000000001.

    >>> _number("1.0"), _number("0.10000000000000001"), _number("2.026112202E9"), _number("x")
    ('1', '0.1', '2026112202', 'x')
    """
    try:
        value = float(text)
    except ValueError:
        return text
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
