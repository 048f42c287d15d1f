"""Which attachments are taken: told by their bytes, never by their names."""

import io
import zipfile

import pytest

from field_app.milestones.files import MAX_MB, kind_of
from field_app.problems import Problem


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


DOCX = packed("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (b"\xff\xd8\xff\xe0...", "jpg"),
        (DOCX, "docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    ],
)
def test_documents_of_an_office_are_taken(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "空的"),
        (b"<html><script>", "认不出"),
        (b"MZ\x90\x00", "认不出"),
        (packed("evil.exe"), "不是 Word"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "宏"),
        (DOCX[:-30], "损坏"),
        (b"PK\x03\x04" + b"\xff" * 100, "损坏"),
        (packed("[Content_Types].xml", *(f"p{n}" for n in range(5001))), "结构"),
        (b"%PDF-" + bytes(MAX_MB * 1024 * 1024), "超过 20 MB"),
    ],
    ids=["empty", "page", "program", "zip", "macro", "cut", "noise", "many parts", "large"],
)
def test_anything_else_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(Problem) as told:
        kind_of(data)
    assert told.value.id == "attachment-refused"
    assert why in told.value.message
