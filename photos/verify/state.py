"""The file of readings: what was read stays read, through `kill -9` and into the next run.

SQLite and not lines of JSON: a reading is found by its digest without holding all of them, a half
written one never shows, and two runs may share the file. Only readings are kept: judging is fast,
and depends on the other photos and on thresholds that may have changed.
"""

import math
import sqlite3
import time
from pathlib import Path

from photos.likeness.scenes import SceneMatch
from photos.verify.places import Stamp
from photos.verify.reading import ReadPhoto, reading_version

_OURS = 0x53444843  # application_id: "SDHC"
_COMMIT_S = 0.5  # how much of its work a killed run may lose
_BUSY_S = 30.0
_TABLES = """
CREATE TABLE IF NOT EXISTS reading(
  sha256 TEXT PRIMARY KEY, engine TEXT NOT NULL, kept BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place(
  key TEXT PRIMARY KEY, stamp TEXT NOT NULL, sha256 TEXT NOT NULL, md5 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS laid(
  one TEXT, other TEXT, mirrored INTEGER, engine TEXT NOT NULL, inliers INTEGER NOT NULL,
  correlation REAL NOT NULL, PRIMARY KEY (one, other, mirrored)) WITHOUT ROWID;
"""


class StateRefused(ValueError):
    """The file is no file of readings, or cannot be used as one."""


class Readings:
    """Readings by digest, and which place had which digest. A context manager.

    Without a path they are kept in a private file of the system's temporary folder, so that
    a large run does not hold them in memory.
    """

    def __init__(self, path: Path | None = None, version: str | None = None) -> None:
        self._version = version or reading_version()
        self._open_work = False
        self._settled = -math.inf
        if path is not None and path.exists() and not path.is_file():
            raise StateRefused(f"{path} is no file")
        try:
            self._db = sqlite3.connect("" if path is None else path, _BUSY_S, isolation_level=None)
        except sqlite3.Error as error:
            raise StateRefused(f"{path}: {error}") from error
        try:
            self._open(kept=path is not None)
        except sqlite3.Error as error:
            self._db.close()
            raise StateRefused(f"{path}: {error}") from error
        except StateRefused:
            self._db.close()
            raise

    def _open(self, *, kept: bool) -> None:
        (ours,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and ours != _OURS:
            raise StateRefused("a database of something else")
        if kept:
            self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")  # a killed process loses nothing by it
        self._db.execute(f"PRAGMA application_id={_OURS}")
        self._db.executescript(_TABLES)

    def known(self, stamp: Stamp | None) -> tuple[str, str] | None:
        """Digest and MD5 of a place that was read by this version and has not changed since."""
        if stamp is None:
            return None
        row = self._db.execute(
            "SELECT sha256, md5 FROM place JOIN reading USING (sha256)"
            " WHERE key = ? AND stamp = ? AND engine = ?",
            (*stamp, self._version),
        ).fetchone()
        return None if row is None else (str(row[0]), str(row[1]))

    def keep(self, stamp: Stamp | None, read: ReadPhoto) -> None:
        """Writes a reading; `stamp` is the place's as it was before the reading began.

        It is safe at once, or after half a second where many come in quick succession.
        """
        self._begin()
        self._db.execute(
            "INSERT OR REPLACE INTO reading VALUES (?, ?, ?)",
            (read.sha256, self._version, read.kept),
        )
        if stamp is not None:
            self._db.execute(
                "INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?)",
                (*stamp, read.sha256, read.md5),
            )
        self._settle_in_time()

    def laid(self, one: str, other: str, *, mirrored: bool) -> SceneMatch | None:
        """What this version found when it laid two photos over each other; None: it did not."""
        row = self._db.execute(
            "SELECT inliers, correlation FROM laid"
            " WHERE one = ? AND other = ? AND mirrored = ? AND engine = ?",
            (one, other, mirrored, self._version),
        ).fetchone()
        return None if row is None else SceneMatch(int(row[0]), float(row[1]))

    def keep_laid(self, one: str, other: str, match: SceneMatch, *, mirrored: bool) -> None:
        self._begin()
        self._db.execute(
            "INSERT OR REPLACE INTO laid VALUES (?, ?, ?, ?, ?, ?)",
            (one, other, mirrored, self._version, match.inliers, match.correlation),
        )
        self._settle_in_time()

    def _begin(self) -> None:
        if not self._open_work:
            self._db.execute("BEGIN IMMEDIATE")
            self._open_work = True

    def _settle_in_time(self) -> None:
        if time.monotonic() - self._settled > _COMMIT_S:
            self.settle()

    def settle(self) -> None:
        """Makes all that was kept safe."""
        if self._open_work:
            self._db.execute("COMMIT")
            self._open_work = False
            self._settled = time.monotonic()

    def kept(self, sha256: str) -> bytes:
        """The packed reading of a digest. KeyError."""
        row = self._db.execute("SELECT kept FROM reading WHERE sha256 = ?", (sha256,)).fetchone()
        if row is None:
            raise KeyError(sha256)
        return bytes(row[0])

    def __enter__(self) -> "Readings":
        return self

    def __exit__(self, *_: object) -> None:
        self.settle()
        self._db.close()
