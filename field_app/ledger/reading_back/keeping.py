"""Uploads of ledgers: taken, shown as compared with what is here at this moment, dropped.

An upload is a row, so that the preview survives a reload; what it shows is reckoned anew each time.
"""

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from field_app import events
from field_app.db import reading, writing
from field_app.ledger.reading_back import workbook
from field_app.ledger.reading_back.comparing import Outcome
from field_app.ledger.reading_back.judging import Here, Judged, RowShown, judge
from field_app.ledger.reading_back.matching import Brought, FileRead, Wish, match
from field_app.ledger.workflow import Step
from field_app.problems import FILE_TOO_LARGE, NOT_FOUND, NOT_OUR_LEDGER
from field_app.roles import Action, Who, require
from field_app.settings import settings
from field_app.words import clean
from field_app.workbooks import BadWorkbook
from models.tables import Entry, EntryUnit, LedgerReturn, Unit

ABOUT = "ledger_return"
UNAPPLIED_KEPT = timedelta(days=30)
"""How long an upload is kept of which nothing was applied."""
_AT_ONCE = 500
_ORDER = (Outcome.CONFLICT, Outcome.CHANGED, Outcome.REFUSED, Outcome.SAME)


@dataclass(frozen=True, slots=True)
class Preview:
    """An upload compared with what is here now. `rows` are conflicts first, then changes, then what
    is not taken; `same` counts the rows that change nothing, `needs_why` says that a reason is to be
    given, `results` is what applying came to."""

    id: int
    file_name: str
    sha256: str
    at: datetime
    rows: tuple[RowShown, ...]
    same: int
    missing: int
    notes: tuple[str, ...]
    needs_why: bool
    applied_at: datetime | None
    results: tuple[dict[str, Any], ...]

    def count(self, outcome: Outcome) -> int:
        """How many rows come to this."""
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def cells(self) -> Counter[Outcome]:
        """How many cells come to what."""
        return Counter(cell.outcome for row in self.rows for cell in row.cells)


def take(data: bytes, file_name: str, *, who: Who, now: datetime) -> int:
    """Reads a file and keeps what it brings; returns the number of the upload. Nothing of the
    ledger is changed. Raises NOT_OUR_LEDGER or FILE_TOO_LARGE."""
    require(who, Action.BRING_LEDGER)
    file_name = clean(file_name)[:200]
    if len(data) > workbook.MOST_MB * 2**20:
        raise FILE_TOO_LARGE(file=file_name, limit_mb=workbook.MOST_MB)
    try:
        read = match(workbook.read(data), settings().county_code)
    except ValueError as wrong:  # BadWorkbook and Damaged say why
        raise NOT_OUR_LEDGER(file=file_name, what=_words(wrong)) from wrong
    with writing() as session:
        for earlier in session.exec(_open_of(who)):
            earlier.closed_at = now
        row = LedgerReturn(
            file_name=file_name,
            sha256=sha256(data).hexdigest(),
            person_id=who.id or None,
            at=now,
            read=dataclasses.asdict(read),
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        told = {"file": file_name, "sha256": row.sha256, "rows": len(read.rows)}
        _note(session, row.id, "上传台账", told, who, now)
        return row.id


def _words(wrong: ValueError) -> str:
    known = isinstance(wrong, BadWorkbook) or type(wrong).__name__ == "Damaged"
    return str(wrong) if known else "文件读不出来"


def newest_open(who: Who) -> int | None:
    """The upload that this person has before them, if any."""
    with reading() as session:
        row = session.exec(_open_of(who).order_by(col(LedgerReturn.id).desc()).limit(1)).first()
        return row.id if row else None


def preview(upload_id: int, *, who: Who) -> Preview:
    """The upload as it compares now. Raises NOT_FOUND where it is not this person's."""
    require(who, Action.BRING_LEDGER)
    with reading() as session:
        row = found(session, upload_id, who)
        read = read_of(row)
        judged = list(judged_rows(session, read.rows, who))
        same = read.unchanged + sum(j.row.outcome == Outcome.SAME for j in judged)
        shown = [j.row for j in judged if j.row.outcome != Outcome.SAME]
        return Preview(
            upload_id,
            row.file_name,
            row.sha256,
            row.at,
            tuple(sorted(shown, key=lambda r: _ORDER.index(r.outcome))),
            same,
            read.missing,
            tuple(read.notes),
            any(set(j.wishes) - {Step.REPORT} for j in judged),
            row.applied_at,
            tuple(row.results),
        )


def drop(upload_id: int, *, who: Who, now: datetime) -> None:
    """Puts an upload away: one that was not applied changes nothing."""
    with writing() as session:
        row = found(session, upload_id, who)
        row.closed_at = now
        if row.applied_at is None:
            _note(session, upload_id, "放弃导入台账", {}, who, now)


def prune(*, now: datetime) -> int:
    """Takes out uploads that were looked at and never applied, a month after they came; how many.
    One that was applied stays, and so does one whose application was cut: it is history. The event
    of the upload stays in any case, with the file's name and sha256."""
    old = select(LedgerReturn.id, LedgerReturn.results).where(
        col(LedgerReturn.applied_at).is_(None), col(LedgerReturn.at) < now - UNAPPLIED_KEPT
    )
    with reading() as session:
        ids = [number for number, results in session.exec(old) if number and not results]
    return sum(_taken_out(number, now) for number in ids)


def _taken_out(upload_id: int, now: datetime) -> bool:
    """False where another server was faster, or somebody began to apply it just now."""
    with writing() as session:
        row = session.get(LedgerReturn, upload_id, with_for_update=True)
        if row is None or row.applied_at is not None or row.results:
            return False
        session.delete(row)
        events.note(session, ABOUT, upload_id, "清理没有应用的导入", at=now, person_id=None)
    return True


def found(session: Session, upload_id: int, who: Who) -> LedgerReturn:
    """The open upload of this person. Raises NOT_FOUND."""
    row = session.get(LedgerReturn, upload_id)
    if row is None or row.person_id != (who.id or None) or row.closed_at is not None:
        raise NOT_FOUND(what="这次导入")
    return row


def read_of(row: LedgerReturn) -> FileRead:
    """What was kept of a file, as it was read."""
    kept = dict(row.read)
    rows = [
        Brought(**{**each, "wishes": tuple(Wish(**wish) for wish in each["wishes"])})
        for each in kept.pop("rows")
    ]
    return FileRead(**kept, rows=rows)


def judged_rows(session: Session, rows: Sequence[Brought], who: Who) -> Iterator[Judged]:
    """Each row against its entry as it is in this session."""
    units = {unit.name: unit.id or 0 for unit in session.exec(select(Unit))}
    names = {number: name for name, number in units.items()}
    for start in range(0, len(rows), _AT_ONCE):
        chunk = rows[start : start + _AT_ONCE]
        ids = [row.entry_id for row in chunk]
        entries = {e.id: e for e in session.exec(select(Entry).where(col(Entry.id).in_(ids)))}
        answered = _units_of(session, ids)
        for row in chunk:
            entry = entries.get(row.entry_id)
            mine = tuple(answered.get(row.entry_id, ()))
            here = Here(entry, mine, tuple(names[n] for n in mine), units) if entry else None
            yield judge(row, here, who)


def _units_of(session: Session, ids: Collection[int]) -> dict[int, list[int]]:
    query = (
        select(EntryUnit.entry_id, EntryUnit.unit_id)
        .where(col(EntryUnit.entry_id).in_(list(ids)))
        .order_by(col(EntryUnit.entry_id), col(EntryUnit.place))
    )
    found: dict[int, list[int]] = {}
    for entry_id, unit_id in session.exec(query):
        found.setdefault(entry_id, []).append(unit_id)
    return found


def _open_of(who: Who) -> Any:
    return select(LedgerReturn).where(
        col(LedgerReturn.person_id) == who.id if who.id else col(LedgerReturn.person_id).is_(None),
        col(LedgerReturn.closed_at).is_(None),
    )


def _note(
    session: Session, upload_id: int, action: str, new: dict[str, Any], who: Who, now: datetime
) -> None:
    events.note(session, ABOUT, upload_id, action, at=now, person_id=who.id, new=new)
