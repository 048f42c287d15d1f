"""A list of photos and the parcels that they were filed for, as CSV from any office program.

The heading names the columns, in Chinese or English and in any order: 照片 photo, 地块 parcel,
种类 kind, 拍摄人 person, 设备 device; only 照片 must be there. A path is taken from where the list
stands. Comma, semicolon and tab all occur, and so do UTF-8 with and without a mark, UTF-16 and
GB18030. A row that cannot be understood is a photo with a problem, never left out.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from models.vocabulary import PhotoKind
from photos.evidence import ReadError
from photos.verify.given import PhotoFile

MOST_BYTES = 100_000_000
_COLUMNS = {
    "照片": "photo", "照片文件": "photo", "文件": "photo", "photo": "photo", "file": "photo",
    "地块": "parcel", "地块编号": "parcel", "图斑": "parcel", "图斑编号": "parcel",
    "parcel": "parcel",
    "种类": "kind", "照片种类": "kind", "kind": "kind",
    "拍摄人": "person", "拍摄人员": "person", "person": "person",
    "设备": "device", "拍摄设备": "device", "device": "device",
}  # fmt: skip


class Rows(Protocol):
    """A reader of the `csv` module, whose own type has no name."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


class PairsRefused(ValueError):
    """The file is no list of photos; the message, in Chinese, says why."""


def photos_of_pairs(path: Path) -> Iterator[PhotoFile]:
    """The photos of the list, in its order. PairsRefused where it is none; OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise PairsRefused("清单超过 100 MB，不像照片清单；请检查是否选错了文件。")
    text = _decoded(path.read_bytes())
    heading, rows = _table(text)
    columns = _columns(heading)
    return _photos(rows, columns, path)


def _photos(rows: "Rows", columns: Mapping[str, int], path: Path) -> Iterator[PhotoFile]:
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            # The reader goes on behind the row that it choked on.
            yield _bad(path, rows.line_num, "这一行不是合格的 CSV（引号或字段过长），没有读")
            continue
        if any(cell.strip() for cell in row):
            yield _photo(row, columns, path, rows.line_num)


def _photo(row: list[str], columns: Mapping[str, int], path: Path, line: int) -> PhotoFile:
    said = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
    name = said["photo"]
    if not name or "\0" in name:
        return _bad(path, line, "这一行没有写照片文件")
    place = path.parent / name.replace("\\", "/")  # a path as Windows writes it
    parcel = said.get("parcel") or None
    person, device = said.get("person", ""), said.get("device", "")
    given = said.get("kind", "")
    if given and given not in list(PhotoKind):
        known = "、".join(PhotoKind)
        return PhotoFile(
            str(place),
            place,
            parcel,
            person=person,
            device=device,
            problem=_problem(f"第 {line} 行的照片种类“{given[:20]}”不认识，应为{known}之一"),
        )
    kind = PhotoKind(given) if given else None
    return PhotoFile(str(place), place, parcel, kind, person, device)


def _bad(path: Path, line: int, why: str) -> PhotoFile:
    return PhotoFile(f"{path}:{line}", b"", problem=_problem(f"清单第 {line} 行：{why}"))


def _problem(why: str) -> ReadError:
    return ReadError("pairs-row-not-understood", f"{why}；请改正后重新检查。")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PairsRefused("清单的文字编码既不是 UTF-8 也不是 GB18030；请另存为“CSV UTF-8”后再试。")


def _table(text: str) -> tuple[list[str], "Rows"]:
    """The first row with anything in it, and the reader behind it."""
    start = text.lstrip("\r\n \t,;")
    first = start.partition("\n")[0]
    mark = max((",", ";", "\t", "，"), key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                return row, rows
    except csv.Error as error:
        raise PairsRefused("清单的第一行不是合格的 CSV；请另存为“CSV UTF-8”后再试。") from error
    raise PairsRefused("清单是空的。")


def _columns(heading: list[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(heading):
        name = _COLUMNS.get(cell.strip().lower())
        if name in columns:
            raise PairsRefused(f"清单里有两列都是“{cell.strip()}”；请只留一列。")
        if name is not None:
            columns[name] = at
    if "photo" not in columns:
        seen = "、".join(cell.strip()[:20] for cell in heading[:8])
        raise PairsRefused(f"清单第一行要有“照片”这一列（现在是：{seen}）；请加上列名。")
    return columns
