"""What an exported ledger keeps for the way back, on a hidden sheet: which entries it holds, what each
cell that may change held when it was exported, and marks by which a changed locked cell shows.

The sum over all of it tells a damaged sheet apart; it is no proof of who wrote it and needs none: what
a file brings is checked by the rights of who brings it.
"""

import json
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from field_app.ledger.printed.columns import PLACE_LABEL, Column, columns_of
from models.taxonomy import categories

SHEET = "系统数据（请勿改动）"
FORMAT, VERSION = "field-app-ledger", 1
MOST_ENTRIES = 20_000
"""More do not go back in one file: it is to be narrowed to a township or a ledger."""
_CHUNK = 30_000  # of the 32,767 characters that a cell holds
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FIRST = 1  # row of the first entry; row 0 holds the head


class Damaged(ValueError):
    """The hidden sheet is not what was written; the words say what is wrong, in Chinese."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry as it was exported: `values` by the name of each column that may change, `marks`
    of the locked ones by their heading."""

    entry_id: int
    number: str
    edition: int
    category: int
    values: dict[str, Any]
    marks: dict[str, str]


@dataclass(frozen=True, slots=True)
class Head:
    """About the file: the county, the moment and the columns of its export."""

    county: str
    exported_at: str
    columns: str
    count: int


@dataclass(slots=True)
class Notes:
    """What the hidden sheet will hold, gathered while the others are written."""

    head: Head
    rows: list[list[str]] = field(default_factory=list)

    def add(self, kept: Kept) -> None:
        """Notes an entry as it is exported."""
        # Excel reads `_x0041_` in a cell as one sign, and not every program agrees.
        values = json.dumps(kept.values, ensure_ascii=False).replace("_x", "\\u005fx")
        chunks = [values[n : n + _CHUNK] for n in range(0, len(values), _CHUNK)]
        self.rows.append(
            [
                kept.number,
                str(kept.entry_id),
                str(kept.edition),
                str(kept.category),
                "".join(kept.marks.values()),
                *chunks,
            ]
        )

    def cells(self) -> list[list[str]]:
        """All rows of the sheet, as texts."""
        head = {
            "format": FORMAT,
            "version": VERSION,
            "county": self.head.county,
            "exported_at": self.head.exported_at,
            "columns": self.head.columns,
            "count": len(self.rows),
            "sha256": _sum(self.rows),
        }
        return [[json.dumps(head, ensure_ascii=False)], *self.rows]


def columns_print() -> str:
    """A short sum of all headings: another version of the annex is told apart by it."""
    names = [[c.heading for c in columns_of(number)] for number in categories()]
    return sha256(json.dumps(names, ensure_ascii=False).encode()).hexdigest()[:16]


def canonical(value: Any) -> str:
    """A cell as text by which it is compared: a day by its ISO text, a number without zeros after
    it, a text without signs that nobody sees and without blanks around it.

    >>> canonical(3.20), canonical(date(2023, 9, 5)), canonical("　王家岭 "), canonical(True)
    ('3.2', '2023-09-05', '王家岭', '是')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if value.isprintable():
            return value.strip()
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return _CONTROLS.sub("", text).strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        rounded = round(value, 4)
        return str(int(rounded)) if rounded.is_integer() else repr(rounded)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def plain(value: Any) -> Any:
    """A cell's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else "" if value is None else value


@lru_cache(maxsize=50_000, typed=True)
def mark(value: Any) -> str:
    """Four signs that change when the cell does: enough to notice a hand, too few to prove one."""
    return f"{zlib.crc32(canonical(value).encode('utf-8', 'replace')) & 0xFFFF:04x}"


def is_locked(column: Column) -> bool:
    """Whether a column is the system's own and marked; people number rows anew as they like."""
    return column.step is None and column.label != PLACE_LABEL


def read(rows: Sequence[Sequence[Any]]) -> tuple[Head, dict[str, Kept]]:
    """What the hidden sheet says: about the file, and each entry by its number. Raises Damaged."""
    head = _head(rows)
    texts = [_texts(row) for row in rows[_FIRST:] if any(_texts(row))]
    if len(texts) != head[0].count or _sum(texts) != head[1]:
        raise Damaged("系统数据表被改动或损坏")
    entries: dict[str, Kept] = {}
    try:
        for number, entry_id, edition, category, marks, *chunks in texts:
            locked = [c.heading for c in columns_of(int(category)) if is_locked(c)]
            each = (marks[n : n + 4] for n in range(0, len(marks), 4))
            entries[number] = Kept(
                int(entry_id), number, int(edition), int(category),
                json.loads("".join(chunks)), dict(zip(locked, each, strict=True)),
            )  # fmt: skip
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise Damaged("系统数据表读不出来") from error
    return head[0], entries


def _head(rows: Sequence[Sequence[Any]]) -> tuple[Head, str]:
    try:
        said = json.loads(str(rows[0][0]))
        if said["format"] != FORMAT:
            raise Damaged("这不是本系统导出的台账")
        if said["version"] != VERSION:
            raise Damaged("文件由另一版本的系统导出")
        head = Head(
            str(said["county"]), str(said["exported_at"]), str(said["columns"]), said["count"]
        )
        return head, str(said["sha256"])
    except Damaged:
        raise
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise Damaged("系统数据表读不出来") from error


def _texts(row: Iterable[Any]) -> list[str]:
    """The cells of a row as they were written, without the empty ones at its end."""
    texts = [str(int(c)) if isinstance(c, float) else str(c) for c in row]  # all were texts
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _sum(rows: Iterable[Sequence[str]]) -> str:
    summed = sha256()
    for row in rows:
        summed.update("\x1f".join(row).encode("utf-8", "replace") + b"\x1e")
    return summed.hexdigest()
