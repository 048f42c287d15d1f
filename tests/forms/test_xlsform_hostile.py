"""Files that are no forms, or that mean harm: each is a problem in words, none an accident."""

import io
import random
import zipfile
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field_app.forms import shipped
from field_app.forms.xlsform import Read, read_xlsform, write_xlsform
from field_app.forms.xlsform.findings import Findings
from field_app.forms.xlsform.peer import second_opinion
from field_app.forms.xlsform.workbook import MOST_BYTES, MOST_ROWS
from tests.forms.made import core_of, forms
from tests.forms.sheets import Book
from tests.soak import examples

WHOLE = write_xlsform(shipped())
SHEET = "xl/worksheets/sheet1.xml"


def parts(data: bytes = WHOLE) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(members: dict[str, bytes], *more: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in (*members.items(), *more):
            package.writestr(name, content)
    return made.getvalue()


def read(data: bytes) -> Read:
    began = perf_counter()
    found = read_xlsform(data, core=shipped())
    assert perf_counter() - began < 10
    assert (found.form is None) == bool(found.problems)
    assert all(p.what for p in (*found.problems, *found.warnings))
    return found


def only_problem(data: bytes) -> str:
    found = read(data)
    assert found.form is None
    assert [(p.sheet, p.cell) for p in found.problems] == [("", "")]
    return found.problems[0].what


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "不是 Excel 文件"),
        (b"type,name,label\ntext,a,b\n", "不是 Excel 文件"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "不是 Excel 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 .xls 或加了密码"),
        (WHOLE[:-200], "不是 Excel 文件"),
        (packed({"a.txt": b"a"}), "不是 Excel 工作簿"),
        (packed({"content.xml": b"<a/>", "mimetype": b"x"}), "不是 Excel 工作簿"),
        (bytes(MOST_BYTES + 1), "超过 10 MB"),
    ],
)
def test_a_file_that_is_no_workbook(data: bytes, words: str) -> None:
    assert words in only_problem(data)


def test_a_package_with_a_password() -> None:
    encrypted = bytearray(WHOLE)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := encrypted.find(mark, at + 1)) >= 0:
            encrypted[at + flags] |= 1
    assert "损坏" in only_problem(bytes(encrypted))


def test_a_bomb_is_not_unpacked() -> None:
    swollen = parts() | {SHEET: b"<worksheet><sheetData>" + b" " * 200 * 2**20}
    assert "解压后超过" in only_problem(packed(swollen))


def test_a_bomb_that_lies_about_its_size() -> None:
    data = bytearray(packed(parts() | {SHEET: b" " * 50 * 2**20}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        at = package.getinfo(SHEET).header_offset
    said = (50 * 2**20).to_bytes(4, "little")
    data[at + 22 : at + 26] = (10).to_bytes(4, "little")
    while (place := data.find(said)) >= 0:
        data[place : place + 4] = (10).to_bytes(4, "little")
    assert read(bytes(data)).form is None


def test_many_tiny_tags_are_a_bomb_too() -> None:
    many = b"<worksheet>" + b"<a/>" * 4_000_000 + b"</worksheet>"
    assert "解压后超过" in only_problem(packed(parts() | {SHEET: many}))


def test_entities_are_not_resolved() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for head in (laughs, outside):
        strange = parts()
        strange["xl/sharedStrings.xml"] = head + strange["xl/sharedStrings.xml"]
        assert "不该有的内容" in only_problem(packed(strange))


def test_a_long_text_that_is_named_often_is_read_once() -> None:
    members = parts()
    members["xl/sharedStrings.xml"] = b"<sst><si><t>" + b"a" * 9 * 2**20 + b"</t></si></sst>"
    rows = b"<row>%s</row>" % (b'<c t="s"><v>0</v></c>' * 190) * 500
    members[SHEET] = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    assert "文字合计超过" in only_problem(packed(members))


def test_a_survey_of_thousands_of_entangled_rows() -> None:
    book = Book.shipped()
    everyone = " or ".join(f"${{q{n}}} = 1" for n in range(60))
    for n in range(2000):
        book.add("survey", type="text", name=f"q{n}", label="甲", relevant=everyone)
    found = read(book.saved())
    assert "没有看" in found.problems[-1].what or "没有列出" in found.problems[-1].what


@pytest.mark.parametrize("cell", ["A5001", "A1048576", "XFD1", "ZZZ9999999"])
def test_a_cell_far_outside(cell: str) -> None:
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{row}"><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    members = parts()
    members[SHEET] = members[SHEET].replace(b"</sheetData>", far.encode())
    assert f"超过 {MOST_ROWS} 行" in only_problem(packed(members))


def test_a_far_cell_that_is_only_coloured_does_no_harm() -> None:
    members = parts()
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    members[SHEET] = members[SHEET].replace(b"</sheetData>", far)
    assert read(packed(members)).form


def test_a_part_that_is_there_twice() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = packed(parts(), (SHEET, b"<worksheet/>"))
    assert "重复" in only_problem(data)


def test_what_is_not_wanted_is_not_looked_at() -> None:
    with_picture = parts() | {"xl/media/image1.png": bytes(30 * 2**20), "xl/vbaProject.bin": b"\0"}
    assert read(packed(with_picture)).form


def test_what_other_programs_write_is_read_too() -> None:
    """Texts in the cell, cells without a name, runs with a phonetic guide, a prefix."""
    rows = (
        '<x:row><x:c t="inlineStr"><x:is><x:r><x:t>form_</x:t></x:r><x:r><x:t>title</x:t></x:r>'
        '<x:rPh><x:t>biaoti</x:t></x:rPh></x:is></x:c><x:c t="inlineStr"><x:is><x:t>form_id</x:t>'
        '</x:is></x:c><x:c t="str"><x:v>version</x:v></x:c></x:row>'
        '<x:row><x:c t="str"><x:v>核查</x:v></x:c><x:c t="str"><x:v>own_form</x:v></x:c>'
        "<x:c><x:v>2.026112209E9</x:v></x:c></x:row>"
    )
    sheet = f'<x:worksheet xmlns:x="urn:x"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    found = read(packed(parts() | {"xl/worksheets/sheet3.xml": sheet.encode()}))
    assert found.form, found.problems
    assert (found.form.id, found.form.title) == ("own_form", "核查")
    assert found.form.version == "2026112209"


@given(st.binary(max_size=200).map(lambda b: b"PK\x03\x04" + b))
def test_any_bytes_are_answered_in_words(data: bytes) -> None:
    assert read(data).form is None


@settings(max_examples=examples(100), deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_workbook_is_answered_in_words(seed: int) -> None:
    chance = random.Random(seed)
    members = parts()
    name = chance.choice([n for n in members if n.startswith(("xl/w", "xl/s", "xl/_"))])
    content = bytearray(members[name])
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.randint(1, 40)]
            case 2:
                content[at:at] = content[: chance.randint(1, 80)]
            case _:
                content[at:at] = chance.choice(
                    [b"<c r='A99999999'>", b"<row r='-1'>", b"<v>nan</v>", b"<f/>", b"&amp;", b"-1"]
                )
    read(packed(members | {name: bytes(content)}))


GARBAGE = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
    st.sampled_from(
        ["select_one yes_no", "begin_group", "end_group", "begin_repeat", "end_repeat", "text",
         "${facts}", "${own}", "${last-saved#own}", ". > 3", "today()", "own", "label::en", "bind::",
         "media::", "::", "${", "}", "''", "1 div 0", "<b>", "]]>", "<output value='/data'/>"]
    ),
)  # fmt: skip


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(["survey", "choices", "settings"]), st.integers(1, 40),
                  st.integers(0, 13), GARBAGE),
        max_size=8,
    )
)  # fmt: skip
def test_garbage_in_cells_is_answered_in_words(edits: list[tuple[str, int, int, object]]) -> None:
    book = Book.shipped()
    for n in range(3):
        book.add("survey", type="text", name=f"own_{n}", label=f"自己的题 {n}")
    for name, row, column, value in edits:
        rows = book.sheets[name]
        cells = rows[min(row, len(rows)) - 1]
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = value
    read(book.saved())


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(forms())
def test_every_form_goes_out_and_comes_back_the_same(form) -> None:  # type: ignore[no-untyped-def]
    found = read_xlsform(write_xlsform(form), core=core_of(form))
    assert found.problems == ()
    assert found.form
    assert found.form.as_json() == form.as_json()
    assert found.form.sha256 == form.sha256


def test_what_the_reference_program_refuses_is_told_by_cell() -> None:
    findings = Findings()
    rows = {
        2: {"type": "text", "name": "a", "label": "甲"},
        7: {"type": "texxt", "name": "b", "label": "乙"},
    }
    second_opinion(
        {"survey": rows, "choices": {}, "settings": {2: {"version": "1"}}},
        {"survey": {"type": "A", "name": "B", "label": "C"}},
        findings,
    )
    assert findings.problems
    assert "pyxform" in findings.problems[0].what


def test_where_the_reference_program_itself_stumbles_it_is_told() -> None:
    findings = Findings()
    rows = {2: {"type": "text", "name": "a", "label": "\x01 ${a}"}}
    second_opinion({"survey": rows, "choices": {}, "settings": {}}, {}, findings)
    assert "pyxform" in findings.problems[0].what
