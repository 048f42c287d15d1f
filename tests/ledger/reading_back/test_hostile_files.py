"""Files as they really come back: moved, merged, added to, damaged, and made to harm."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from field_app import db
from field_app.ledger import exports
from field_app.ledger.filters import LedgerFilter
from field_app.ledger.printed import machine
from field_app.ledger.printed.looks import HEAD_ROW
from field_app.ledger.reading_back import keeping, matching, workbook
from field_app.ledger.reading_back.comparing import Outcome
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import LedgerReturn
from models.vocabulary import Role
from tests import rows
from tests.databases import empty_sqlite
from tests.ledger.reading_back.books import Book, brought, exported

ONE, TWO, THREE = (f"411321-2-2026-000{n}" for n in (1, 2, 3))
HEAD = HEAD_ROW + 1
FIRST = HEAD + 1


@pytest.fixture
def office(migrated_sqlite: Path, tmp_path: Path, noon: datetime) -> Iterator[Who]:
    # How a file is read has nothing to do with the database: one kind is enough.
    with empty_sqlite(migrated_sqlite, tmp_path / "data"):
        rows.units_of_the_plan()
        yield rows.a_person(Role.OFFICE, "钱主任")


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The file with its parts rewritten."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
    return file.getvalue()


def refusal(data: bytes, who: Who, now: datetime) -> str:
    with pytest.raises(Problem) as told:
        keeping.take(data, "台账.xlsx", who=who, now=now)
    assert told.value.id in ("not-our-ledger", "file-too-large")
    assert keeping.newest_open(who) is None
    return told.value.message


def test_columns_in_another_order_rows_sorted_and_some_deleted_are_found(
    office: Who, noon: datetime
) -> None:
    for number in (ONE, TWO, THREE):
        rows.an_entry(number=number)
    book = exported(office, noon)
    sheet = book.sheet()
    book.put(TWO, "备注", "补")
    values = [[c.value for c in row] for row in sheet.iter_rows(min_row=HEAD, max_row=FIRST + 2)]
    head, lines = values[0], values[1:]
    order = list(reversed(range(len(head))))
    moved = openpyxl.Workbook()
    moved.remove(moved.active)
    page = moved.create_sheet(sheet.title)
    page.append(["改过的台账"])
    page.append([f" {str(head[n])[:2]}\n{str(head[n])[2:]}" for n in order])
    for line in (lines[1], lines[0]):  # the third is deleted
        page.append([line[n] for n in order])
    hidden = moved.create_sheet("数据")
    for row in book.book[machine.SHEET].iter_rows(values_only=True):
        hidden.append(row)
    file = io.BytesIO()
    moved.save(file)
    seen = brought(file.getvalue(), office, noon)
    assert [(r.number, r.outcome) for r in seen.rows] == [(TWO, Outcome.CHANGED)]
    assert (seen.same, seen.missing) == (1, 1)


def test_stray_columns_rows_sheets_and_sums_are_harmless(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    sheet = book.sheet()
    stray = sheet.max_column + 1
    sheet.cell(HEAD, stray, "我们的备忘").value = "我们的备忘"
    sheet.cell(FIRST, stray, "打过电话")
    sheet.cell(FIRST + 4, 1, "合计")
    sheet.cell(FIRST + 4, 13, 3.2)
    sheet.cell(FIRST + 2, 1).value = "填报人：张三"
    book.book.create_sheet("草稿")["A1"] = "随手记"
    seen = brought(book, office, noon)
    assert (seen.rows, seen.same) == ((), 1)
    assert any("我们的备忘" in note for note in seen.notes)
    assert any("草稿" in note for note in seen.notes)


def test_a_row_added_by_hand_is_refused_with_the_way_to_go(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    sheet = book.sheet()
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(FIRST + 1, 2)
    sheet.cell(FIRST + 1, 12, "又发现一处")
    sheet.cell(FIRST + 2, 2, "411321-2-2026-9999")
    seen = brought(book, office, noon)
    assert [r.outcome for r in seen.rows] == [Outcome.REFUSED] * 2
    assert all("登记问题线索" in r.why for r in seen.rows)
    assert seen.rows[0].where.endswith(f"第 {FIRST + 1} 行")
    assert seen.same == 1


def test_a_number_that_stands_twice_is_taken_from_neither_row(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    rows.an_entry(number=TWO)
    book = exported(office, noon)
    book.put(ONE, "备注", "改")
    book.cell(TWO, "问题编号").value = ONE
    seen = brought(book, office, noon)
    assert [(r.number, r.outcome) for r in seen.rows] == [(ONE, Outcome.REFUSED)]
    assert (seen.same, seen.missing) == (0, 1)


def test_merged_cells_mean_their_value_in_each_row(office: Who, noon: datetime) -> None:
    for number in (ONE, TWO):
        rows.an_entry(number=number, village="下店村")
    book = exported(office, noon)
    cell = book.cell(ONE, "村")
    cell.value = "王家岭"
    book.sheet().merge_cells(
        start_row=cell.row, end_row=cell.row + 1, start_column=cell.column, end_column=cell.column
    )
    seen = brought(book, office, noon)
    assert [(r.number, r.cells[0].file) for r in seen.rows] == [(ONE, "王家岭"), (TWO, "王家岭")]


def test_a_formula_is_not_trusted_even_where_its_kept_value_fits(
    office: Who, noon: datetime
) -> None:
    rows.an_entry(number=ONE, area_mu=3.2)
    book = exported(office, noon)
    area = book.put(ONE, "涉及面积", "=1+2")
    data = repacked(
        book.saved(), lambda name, part: part.replace(b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>")
    )
    (row,) = brought(data, office, noon).rows
    assert row.outcome == Outcome.REFUSED
    assert row.cells[0].at.endswith(area)
    assert "公式" in row.cells[0].why


def test_a_file_saved_without_the_hidden_sheet_is_refused(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    del book.book[machine.SHEET]
    assert "没有导出时的系统数据" in refusal(book.saved(), office, noon)


def changed_head(book: Book, **values: object) -> bytes:
    cell = book.book[machine.SHEET]["A1"]
    cell.value = json.dumps(json.loads(str(cell.value)) | values)
    return book.saved()


def test_files_of_another_county_version_or_set_of_columns_are_refused(
    office: Who, noon: datetime
) -> None:
    rows.an_entry(number=ONE)

    def told(**values: object) -> str:
        return refusal(changed_head(exported(office, noon), **values), office, noon)

    assert "别的县" in told(county="411322")
    assert "另一版本" in told(version=2)
    assert "列改过了" in told(columns="x")
    assert "不是本系统" in told(format="field-app-ledger-of-others")
    assert "损坏" in told(count=2)


def test_a_damaged_hidden_sheet_is_told_apart(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    book.book[machine.SHEET]["C2"] = "7"
    assert "改动或损坏" in refusal(book.saved(), office, noon)


def test_an_entry_of_another_system_is_not_taken_for_ours(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    book.put(ONE, "备注", "改")
    hidden = book.book[machine.SHEET]
    texts = [[str(c.value) for c in row if c.value is not None] for row in hidden.iter_rows()]
    texts[1][1] = "987654"
    head = json.loads(texts[0][0]) | {"sha256": machine._sum(texts[1:])}
    hidden["A1"], hidden["B2"] = json.dumps(head), "987654"
    (row,) = brought(book, office, noon).rows
    assert (row.outcome, row.cells) == (Outcome.REFUSED, ())


NOT_BOOKS = {
    "empty": b"",
    "text": "序号,问题编号".encode(),
    "xls": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "cut": b"PK\x03\x04" + b"\0" * 100,
}


@pytest.mark.parametrize("kind", NOT_BOOKS)
def test_what_is_no_workbook_is_refused(kind: str, office: Who, noon: datetime) -> None:
    assert "重新导出" in refusal(NOT_BOOKS[kind], office, noon)


def a_file(office: Who, now: datetime) -> bytes:
    rows.an_entry(number=ONE)
    return exports.ledgers_xlsx(office, LedgerFilter(), now=now)


def test_a_cut_file_is_refused(office: Who, noon: datetime) -> None:
    data = a_file(office, noon)
    refusal(data[: len(data) // 2], office, noon)


def test_a_far_cell_does_not_make_a_huge_table(office: Who, noon: datetime) -> None:
    def far(name: str, part: bytes) -> bytes:
        row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return part.replace(b"</sheetData>", row) if "sheet1.xml" in name else part

    assert "列" in refusal(repacked(a_file(office, noon), far), office, noon)


def test_cells_without_addresses_are_counted(
    office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = workbook._LIMITS
    monkeypatch.setattr(
        workbook, "_LIMITS", type(limits)(limits.rows, limits.columns, limits.unpacked, 9_000)
    )

    def many(name: str, part: bytes) -> bytes:
        row = b"<row>" + b"<c><v>1</v></c>" * 9_001 + b"</row></sheetData>"
        return part.replace(b"</sheetData>", row) if "sheet1.xml" in name else part

    assert "列" in refusal(repacked(a_file(office, noon), many), office, noon)


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to(
    office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = workbook._LIMITS
    monkeypatch.setattr(
        workbook, "_LIMITS", type(limits)(limits.rows, limits.columns, 10_000, limits.cells)
    )
    assert "解压后太大" in refusal(a_file(office, noon), office, noon)


def test_declared_entities_are_refused(office: Who, noon: datetime) -> None:
    def declared(name: str, part: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return part
        return re.sub(rb"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook', part, count=1)

    refusal(repacked(a_file(office, noon), declared), office, noon)


def test_merged_areas_without_end_are_refused(office: Who, noon: datetime) -> None:
    def merged(name: str, part: bytes) -> bytes:
        areas = b'<mergeCell ref="A1:AS9"/>' * 2000
        return part.replace(b"<mergeCells count", b"<mergeCells xcount") and re.sub(
            rb"(<mergeCells[^>]*>)", lambda m: m.group(1) + areas, part
        )

    assert "合并" in refusal(repacked(a_file(office, noon), merged), office, noon)


def test_a_file_beyond_the_limit_is_not_even_opened(office: Who, noon: datetime) -> None:
    with pytest.raises(Problem) as told:
        keeping.take(b"0" * (workbook.MOST_MB * 2**20 + 1), "x.xlsx", who=office, now=noon)
    assert told.value.id == "file-too-large"


@pytest.mark.parametrize(
    "text", ["_x0041_", "a_x000D_b", "=1+1", "'x", "  前后空 ", "\t制表", "a\r\nb"]
)
def test_texts_that_office_files_write_in_their_own_way_come_back_unchanged(
    text: str, office: Who, noon: datetime
) -> None:
    rows.an_entry(number=ONE, description=text, remark=text, extra={"重叠项目编号": text.strip()})
    data = exports.ledgers_xlsx(office, LedgerFilter(), now=noon)
    assert brought(data, office, noon).rows == ()
    if "_x0" not in text:  # openpyxl reads what stands for `_x0041_` as a letter
        assert brought(Book(data), office, noon).rows == ()


def test_signs_that_no_database_keeps_are_left_out(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    sheet = book.sheet()
    sheet.cell(HEAD, sheet.max_column + 1).value = "ZZ备忘"
    book.put(ONE, "备注", "ZZ改")
    book.put(ONE, "重叠面积", "ZZ")
    book.cell(ONE, "是否销号").value = "ZZ是"

    def put(name: str, part: bytes) -> bytes:
        return part.replace(b"ZZ", b"_x0000_&#xFFFE;_xD800_") if "ZZ" in part.decode() else part

    data = repacked(book.saved(), put)
    upload = keeping.take(data, "\x00.xlsx", who=office, now=noon)
    with db.reading() as session:
        kept = json.dumps(session.get_one(LedgerReturn, upload).read)
    assert not re.search(r"\\u(0000|d800|fffe)", kept)


def test_a_file_of_nothing_but_changes_is_to_be_cut(
    office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "_MOST_WISHES", 2)
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    for label in ("备注", "村", "责任人"):
        book.put(ONE, label, "改")
    assert "分几个文件" in refusal(book.saved(), office, noon)


def test_a_ledger_too_large_for_the_way_back_says_so(
    office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "MOST_ENTRIES", 1)
    rows.an_entry(number=ONE)
    rows.an_entry(number=TWO)
    book = exported(office, noon)
    assert machine.SHEET not in book.book.sheetnames
    said = "".join(str(c.value) for row in book.book["填写说明"].iter_rows() for c in row)
    assert "不能导回" in said


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ADMIN])
def test_who_may_not_change_the_ledger_may_bring_none(
    role: Role, office: Who, noon: datetime
) -> None:
    with pytest.raises(Problem) as told:
        keeping.take(b"", "x.xlsx", who=rows.a_person(role), now=noon)
    assert told.value.id == "not-allowed"
