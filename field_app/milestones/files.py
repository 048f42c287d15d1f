"""Attachments of what is sent: which bytes are taken. Pure.

What a file is, is told by its bytes; the name that it came with is not kept. A document with macros
is refused: whoever opens it is an office.
"""

import io
import zipfile

from field_app.problems import ATTACHMENT_REFUSED

MAX_MB = 20
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
}
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_MOST_PARTS = 5000
_MACROS = "vbaproject.bin"


def kind_of(data: bytes) -> str:
    """`pdf`, `docx`, `xlsx` or `jpg`. Raises ATTACHMENT_REFUSED with what is wrong with it."""
    if not data:
        raise ATTACHMENT_REFUSED(why="文件是空的")
    if len(data) > MAX_MB * 1024 * 1024:
        raise ATTACHMENT_REFUSED(why=f"文件超过 {MAX_MB} MB")
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data)
    raise ATTACHMENT_REFUSED(why="认不出是什么文件")


def _office_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ATTACHMENT_REFUSED(why="文件已损坏") from None
    if len(names) > _MOST_PARTS:
        raise ATTACHMENT_REFUSED(why="文件的结构不正常")
    if any(name.lower().endswith(_MACROS) for name in names):
        raise ATTACHMENT_REFUSED(why="文件里有宏")
    for kind, part in _PARTS.items():
        if part in names and "[Content_Types].xml" in names:
            return kind
    raise ATTACHMENT_REFUSED(why="压缩包不是 Word 或 Excel 文件")
