"""The published list as a file, .xlsx or .csv, and read back from nothing but the file."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from field_app.problems import BAD_INPUT, Problem
from field_app.second_look.lots import METHOD, lot, stratum_of
from field_app.second_look.published import (
    COLUMNS,
    OUTCOME_COLUMNS,
    YES,
    Published,
    how_to,
    lots_of,
    member_of,
    strata_of,
    strata_words,
)

MOST_BYTES = 40 * 2**20
MOST_UNPACKED = 300 * 2**20
MOST_ROWS = 200_000
_RISKY = ("=", "+", "-", "@", "'")
_HEAD = (
    "抽取编号", "种类", "范围", "总数", "抽取数", "分层", "名单校验码", "封存时间", "种子来源", "种子",
    "抽取时间", "抽取办法",
)  # fmt: skip
_SHEET, _ABOUT = "名单", "怎样重做"


def to_csv(published: Published) -> bytes:
    """UTF-8 with a mark, so that Excel knows it. A cell that a spreadsheet would run as a formula
    gets an apostrophe in front; `read` takes it off again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in _rows(published):
        writer.writerow([f"'{cell}" if cell.startswith(_RISKY) else cell for cell in row])
    writer.writerow([])
    writer.writerows([line] for line in how_to(published))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_xlsx(published: Published) -> bytes:
    """Every cell is a text: a number of 20 digits stays what it is, and nothing runs."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(file, options)
    bold = workbook.add_format({"bold": True, "border": 1, "bg_color": "#e3efe8"})
    text = workbook.add_format({"num_format": "@"})
    chosen = workbook.add_format({"num_format": "@", "bg_color": "#fff3cd"})
    risky = workbook.add_format({"num_format": "@", "quote_prefix": True})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet, about = workbook.add_worksheet(_SHEET), workbook.add_worksheet(_ABOUT)
    for number, row in enumerate(_rows(published)):
        heading = row[: len(COLUMNS)] == list(COLUMNS)
        drawn = len(row) > len(_HEAD) and row[-1] == YES
        for place, cell in enumerate(row):
            form = bold if heading else chosen if drawn else text
            sheet.write_string(number, place, cell, risky if cell.startswith(_RISKY) else form)
        if heading:
            sheet.freeze_panes(number + 1, 1)
            sheet.autofilter(number, 0, number + len(published.members), len(row) - 1)
    for place, width in enumerate((24, 12, 12, 22, 14, 20, 10, 10, 22, 66, 10, 8)):
        sheet.set_column(place, place, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    about.set_column(0, 0, 100)
    for number, line in enumerate(how_to(published)):
        about.write_string(number, 0, line, wrap)
    workbook.close()
    return file.getvalue()


def _rows(published: Published) -> Iterator[list[str]]:
    """What is told of the draw, line by line, then the list; those drawn first, by their lots."""
    told = (
        published.number, published.purpose, published.scope, str(len(published.members)), str(published.n),
        strata_words(published.strata), published.digest, published.frozen_at,
        published.seed_source, published.seed, published.drawn_at, published.method,
    )  # fmt: skip
    yield from (list(pair) for pair in zip(_HEAD, told, strict=True))
    yield []
    yield [*COLUMNS, *OUTCOME_COLUMNS]
    places = {d.member.key: d.place for d in lots_of(published).drawn} if published.seed else {}
    lines = []
    for m in published.members:
        stratum = stratum_of(m, published.strata)
        value = lot(published.seed, stratum, m.key) if published.seed else ""
        frozen = [m.key, m.township, m.village, m.project_code, m.project_kind, m.parcel]
        outcome = [stratum, value, str(places.get(m.key, "")), YES if m.key in places else ""]
        lines.append([*frozen, m.category, str(m.parcel_id), *outcome])
    yield from sorted(lines, key=lambda line: (line[8], line[9], line[0]))


def read(data: bytes, name: str = "文件") -> Published:
    """A published file, read back. What it says is taken as it stands; `disagreements` judges it.
    Raises BAD_INPUT where it is none."""
    if len(data) > MOST_BYTES:
        raise BAD_INPUT(what=f"{name}：文件太大，不是本系统导出的抽取名单。")
    rows = _from_xlsx(data, name) if data.startswith(b"PK") else _from_csv(data, name)
    try:
        return _published(rows)
    except (ValueError, KeyError, IndexError) as error:
        raise _unknown(name) from error


def _published(rows: Iterable[Sequence[str]]) -> Published:
    lines = iter(rows)
    told: dict[str, str] = {}
    heading = [*COLUMNS, *OUTCOME_COLUMNS]
    for row in lines:
        if list(row[: len(heading)]) == heading:
            break
        if len(row) > 1 and row[0] in _HEAD:
            told.setdefault(row[0], row[1])
    else:
        raise ValueError("there is no list")
    members, drawn = [], set()
    for row in lines:
        if len(row) < len(heading) or not row[0]:
            break
        members.append(member_of(row[: len(COLUMNS)]))
        if row[len(heading) - 1] == YES:
            drawn.add(row[0])
    number, purpose, scope, _, n, strata, digest, frozen_at, source, seed, drawn_at, method = (
        told[name] for name in _HEAD
    )
    if told["总数"] != str(len(members)):
        raise ValueError("the list is cut short")
    return Published(
        number, purpose, scope, int(n), strata_of(strata), digest, frozen_at, source, seed, drawn_at,
        tuple(members), frozenset(drawn), method or METHOD,
    )  # fmt: skip


def _from_csv(data: bytes, name: str) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unknown(name) from error
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            yield [cell.removeprefix("'") for cell in row]
    except csv.Error as error:
        raise _unknown(name) from error


def _from_xlsx(data: bytes, name: str) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > MOST_UNPACKED:
                raise BAD_INPUT(what=f"{name}：解压后太大，不是本系统导出的抽取名单。")
            for info in package.infolist():  # a size that was told is not always the true one
                with package.open(info) as part:
                    part.read(MOST_UNPACKED)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheet = book.get_sheet_by_name(_SHEET)
            if sheet.height > MOST_ROWS or sheet.width > 100:
                raise _unknown(name)
            return [[_text(cell) for cell in row] for row in sheet.to_python()]
    except (CalamineError, zipfile.BadZipFile, OSError, RuntimeError, ValueError) as error:
        raise _unknown(name) from error


def _text(cell: Any) -> str:
    """A cell as text; somebody may have saved the file with numbers in it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _unknown(name: str) -> Problem:
    return BAD_INPUT(what=f"{name}：这不是完整的抽取名单。请用本系统导出的 .xlsx 或 .csv 原文件。")
