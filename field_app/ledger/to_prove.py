"""What a person of a unit goes out to prove: the entries that take photos of the rectified parcel, each
with what is wanted of it and with the pictures from before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, or_, select

from field_app.inspections.visits import EDITABLE
from field_app.ledger import evidence, preset_book
from field_app.ledger.owing import owed_by
from field_app.ledger.workflow import TRANSITIONS, Step, owed
from field_app.review import records
from field_app.roles import Action, Who, require
from models.base import words
from models.tables import Entry, EntryProof, EntryUnit, Finding, Inspection, Photo
from models.vocabulary import EntryState

SHOT_IN = tuple(state for state, step in TRANSITIONS if step == Step.SHOOT and state)
"""Where the table lets a unit begin to prove."""
_AT_ONCE = 400  # databases bound the length of a list of values


@dataclass(frozen=True, slots=True)
class ToProve:
    """An entry as a phone takes it along. `id` is the person's task for it, `progress` the state of the
    entry, `by` the day by which it is due, `wanted` how many photos of kind 整改后 the county asks for,
    `why` what it was sent back for, `found_by` the visit that led to it."""

    id: int
    parcel_id: int
    progress: EntryState
    entry_id: int
    number: str
    problem_type: str
    measure: str
    by: date | None
    why: str
    wanted: int
    found_by: int | None
    finding_id: int | None


def _mine(who: Who, query: Any) -> Any:
    """Of the entries of this person's unit on a parcel, the most urgent first."""
    return (
        query.join(EntryUnit, col(EntryUnit.entry_id) == Entry.id)
        .where(EntryUnit.unit_id == who.unit_id, col(Entry.parcel_id).is_not(None))
        .order_by(
            (col(Entry.state) == EntryState.RETURNED).desc(),
            col(Entry.due_on).is_(None),
            col(Entry.due_on),
            col(Entry.id),
        )
    )


def _open_to(who: Who) -> Any:
    """The person's open proof of an entry."""
    return (
        (col(EntryProof.entry_id) == Entry.id)
        & (col(EntryProof.person_id) == who.id)
        & col(EntryProof.closed_at).is_(None)
    )


def without_task(session: Session, who: Who, most: int, *, lock: bool = False) -> list[Entry]:
    """Entries that this person may prove and has no task for yet."""
    require(who, Action.RECTIFY)
    query = (
        _mine(who, select(Entry))
        .outerjoin(EntryProof, _open_to(who))
        .where(col(Entry.state).in_(words(SHOT_IN)), col(EntryProof.task_id).is_(None))
        .limit(most)
    )
    return list(session.exec(query.with_for_update(of=Entry) if lock else query))


def to_prove(session: Session, who: Who, most: int) -> list[ToProve]:
    """What this person takes along: the entries that take photos now, and those that were sent back
    while the person's own visit takes them still."""
    require(who, Action.RECTIFY)
    query = (
        _mine(who, select(Entry, EntryProof.task_id))
        .join(EntryProof, _open_to(who))
        .outerjoin(Inspection, col(Inspection.task_id) == EntryProof.task_id)
        .where(
            or_(
                col(Entry.state).in_(words(SHOT_IN)),
                (col(Entry.state) == EntryState.RETURNED)
                & col(Inspection.state).in_(words(EDITABLE)),
            )
        )
        .limit(most)
    )
    book = preset_book.in_force(session)
    return [
        ToProve(
            task_id,
            entry.parcel_id,
            EntryState(entry.state),
            entry.id,
            entry.number,
            entry.problem_type,
            entry.measure,
            owed_by(owed(EntryState(entry.state), verified=True), entry.due_on, entry.state_since),
            entry.returned_why,
            evidence.asked_for(entry, book),
            entry.inspection_id,
            entry.finding_id,
        )
        for entry, task_id in session.exec(query)
    ]


def pictures_before(session: Session, rows: Sequence[ToProve]) -> Mapping[int, list[Photo]]:
    """By entry: `evidence.before_photos`, for all of them together."""
    findings = _all(session, Finding, col(Finding.id), [r.finding_id for r in rows])
    of_visits = _all(session, Photo, col(Photo.inspection_id), [r.found_by for r in rows])
    cited_by = {finding.id: finding for finding in findings}
    by_visit: dict[int, list[Photo]] = {}
    for photo in sorted(of_visits, key=lambda p: p.id or 0):
        if photo.removed_at is None:
            by_visit.setdefault(photo.inspection_id, []).append(photo)
    return {
        r.entry_id: records.cited(cited_by.get(r.finding_id), by_visit.get(r.found_by or 0, []))
        for r in rows
    }


def _all(session: Session, table: Any, column: Any, ids: Sequence[int | None]) -> list[Any]:
    wanted = sorted({i for i in ids if i is not None})
    return [
        row
        for start in range(0, len(wanted), _AT_ONCE)
        for row in session.exec(select(table).where(column.in_(wanted[start : start + _AT_ONCE])))
    ]
