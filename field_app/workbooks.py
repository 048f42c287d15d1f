"""Excel files from outside: what is no .xlsx, and what would swell, is refused before it is read."""

import io
import re
import zipfile
from dataclasses import dataclass

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class BadWorkbook(ValueError):
    """A file that is not read; the words say why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold: rows and columns of each sheet, bytes once unpacked, cells."""

    rows: int
    columns: int
    unpacked: int
    cells: int


def check_package(data: bytes, limits: Limits) -> None:
    """Refuses what is no .xlsx, and what would swell: a far cell makes a huge empty table. Raises
    BadWorkbook."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadWorkbook("这是旧版 .xls 或加密的文件，请另存为不加密的 .xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()
            if "xl/workbook.xml" not in package.namelist():
                raise BadWorkbook("这不是 Excel 工作簿")
            if sum(info.file_size for info in infos) > limits.unpacked:
                raise BadWorkbook("解压后太大")
            cells = 0
            for info in infos:
                with package.open(info) as part:
                    content = part.read(limits.unpacked)  # zipfile stops at the size it was told
                if not info.filename.startswith("xl/worksheets/"):
                    continue
                cells += _cells(content)
                if (
                    content.startswith(_UTF16)
                    or cells > limits.cells
                    or not _within(content, limits)
                ):
                    raise BadWorkbook(
                        f"表格超过 {limits.rows} 行或 {limits.columns} 列，请删去空行空列"
                    )
    except BadWorkbook:
        raise
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise BadWorkbook("文件损坏，或不是 .xlsx") from error


def _cells(sheet: bytes) -> int:
    """How many cells a sheet's XML writes out; those without an address count as well."""
    return sum(sheet.count(mark) for mark in (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/"))


def _within(sheet: bytes, limits: Limits) -> bool:
    """Whether all the cells of a sheet's XML lie within the bounds."""
    if len(re.findall(rb"<(?:\w+:)?row\b", sheet)) > limits.rows:
        return False
    for letters, digits in set(re.findall(rb"""\br\s*=\s*["']([A-Z]*)(\d+)["']""", sheet)):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        if column > limits.columns or len(digits) > 7 or int(digits) > limits.rows:
            return False
    return True


def cell_name(row: int, column: int) -> str:
    """The address of a cell, both counted from 0.

    >>> cell_name(6, 2), cell_name(0, 27)
    ('C7', 'AB1')
    """
    letters, n = "", column + 1
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
