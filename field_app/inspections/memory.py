"""The fingerprints of all photos in this process's memory, kept up with the database.

Several servers share one database: before each search the rows that others have written since are
read. Only new rows are; the first search of a process reads all, newest windows included.
"""

from collections.abc import Iterable
from threading import RLock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, or_
from sqlmodel import Session, col, select

from field_app.db import engine, reading
from models.tables import Fingerprint as Row
from photos.likeness.archive import RECENT, Archive, Hit
from photos.likeness.fingerprints import Fingerprint

_PAGE = 5_000
_LATE = 500
"""Numbers that were skipped and are still looked for: on PostgreSQL a row's number is drawn before
its transaction is done, so a lower one may appear after a higher one. Numbers of transactions that
were rolled back stay among them until newer gaps push them out."""


class Memory:
    """One process's archive. Many threads may search; one at a time catches up."""

    def __init__(self, *, recent: int = RECENT) -> None:
        self._archive, self._recent = Archive(recent=recent), recent
        self._last = 0
        self._late: set[int] = set()
        self._lock = RLock()

    def search(self, sought: Fingerprint) -> tuple[list[Hit], int]:
        """What looks the same among all photos now, and among how many it was looked for."""
        with self._lock:
            self.catch_up()
            return self._archive.search(sought), len(self._archive)

    def catch_up(self) -> int:
        """Reads what was written since; how many rows that were."""
        read = 0
        with self._lock, reading() as session:
            newest = session.exec(select(func.max(Row.id))).one() or 0
            while page := self._page(session, newest):
                self._take(page)
                read += len(page)
                if len(page) < _PAGE:
                    break
        return read

    def _page(self, session: Session, newest: int) -> list[tuple[int, Fingerprint]]:
        ids, new = col(Row.id), col(Row.id) > self._last
        wanted = or_(new, ids.in_(sorted(self._late))) if self._late else new
        query = select(Row.id, Row.whole, Row.trimmed).where(wanted).order_by(ids).limit(_PAGE)
        rows = session.exec(query).all()
        if not rows:
            return []
        # Of old photos the windows are not kept: they are not read either.
        since = max(newest - self._recent + 1, rows[0][0] or 0)
        recent = select(Row.id, Row.windows).where(ids.between(since, rows[-1][0]))
        windows = {number: bytes(code) for number, code in session.exec(recent)}
        return [
            (number, Fingerprint(bytes(whole), bytes(trimmed), windows.get(number, b"")))
            for number, whole, trimmed in rows
            if number is not None
        ]

    def _take(self, page: Iterable[tuple[int, Fingerprint]]) -> None:
        listed = list(page)
        seen = {number for number, _ in listed}
        highest = max(seen)
        if highest > self._last:
            from_here = range(max(self._last + 1, highest - _LATE), highest)
            self._late |= set(from_here)
            self._last = highest
        self._late -= seen
        self._late = set(sorted(self._late)[-_LATE:])
        self._archive.extend((number, one) for number, one in listed if one.whole)


_memories: WeakKeyDictionary[Engine, Memory] = WeakKeyDictionary()
_making = RLock()


def memory() -> Memory:
    """The process's memory of the database that is in use."""
    with _making:
        return _memories.setdefault(engine(), Memory())
