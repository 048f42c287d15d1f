"""A SQLite file from anybody, opened so that it can be read and do nothing.

Read-only and immutable (no journal beside the evidence), no trust in its schema, only plain tables,
only SELECT through an authorizer, values bounded, and every statement stopped after a while.
"""

import sqlite3
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from photos.reading import MAX_FILE_BYTES

_MOST_STEPS = 20_000  # of 10,000 instructions each; a million rows take about a tenth of it
_MOST_TABLES = 500
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


class PackageRefused(ValueError):
    """The file cannot be used as a package; the message, in Chinese, says why."""


class Hostile:
    """A context manager. Every method raises PackageRefused where the file does not answer."""

    def __init__(self, path: Path) -> None:
        self._path, self._steps = path, 0
        beside = path.with_name(path.name + "-wal")
        if beside.exists() and beside.stat().st_size:
            raise PackageRefused("旁边还有未写完的 -wal 文件；请先关闭正在使用它的程序")
        self._db = sqlite3.connect(
            f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True
        )
        try:
            for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_FILE_BYTES)
            self._db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            self._db.text_factory = _decoded
            self._db.set_authorizer(_only_reading)
            self._db.set_progress_handler(self._too_long, 10_000)
        except sqlite3.Error as error:
            self._db.close()
            raise PackageRefused("打不开，可能已损坏") from error

    def __enter__(self) -> "Hostile":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def tables(self) -> list[str]:
        """Plain tables by name: no views, no virtual tables, whose reading runs code of its own."""
        return sorted(self._plain.values())

    def columns(self, table: str) -> set[str]:
        """The columns of a plain table in lower case; none where there is no such table."""
        name = self._plain.get(table.lower())
        if name is None:
            return set()
        try:
            cursor = self._db.execute(f'SELECT * FROM "{name}" LIMIT 0')  # noqa: S608 — quoted
            cursor.fetchall()
        except sqlite3.Error as error:
            raise PackageRefused(f"表 {name[:40]} 读不出来，可能已损坏") from error
        return {str(column[0]).lower() for column in cursor.description}

    def all(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query of ours, as they are read."""
        try:
            yield from self._db.execute(query)
        except (sqlite3.Error, OverflowError) as error:
            raise PackageRefused("内容读到一半读不下去，可能已损坏") from error

    def one(self, query: str, given: tuple[Any, ...]) -> Any:
        """The first column of the only row; None where there is none."""
        try:
            row = self._db.execute(query, given).fetchone()
        except (sqlite3.Error, OverflowError) as error:
            raise PackageRefused("这一行读不出来，可能已损坏或过大") from error
        return None if row is None else row[0]

    @cached_property
    def _plain(self) -> dict[str, str]:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        named = [(name, str(sql)) for name, sql in self.all(query) if isinstance(name, str)]
        if len(named) > _MOST_TABLES:
            raise PackageRefused("里面的表异常多，不像举证包")
        return {
            name.lower(): name
            for name, sql in named
            if '"' not in name and sql.lstrip().upper().startswith("CREATE TABLE")
        }

    def _too_long(self) -> bool:
        self._steps += 1
        return self._steps > _MOST_STEPS


def _only_reading(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")
