"""Who had a hand in what is looked at again: they are not sent there a second time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models.tables import Entry, EntryProgress, EntryProof, Event, Inspection, Photo

_AT_ONCE = 500  # databases bound the length of a list of values


def who_had(
    session: Session, parcel_ids: Collection[int], entry_ids: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """By parcel: everybody who visited it or shot a photo there, and everybody who did anything to
    the drawn entries on it, undone or not."""
    people: dict[int, set[int]] = defaultdict(set)
    # Every visit, not only the first: whoever came later looked at what the first had found.
    of_parcels: tuple[Any, ...] = (
        select(col(Inspection.parcel_id), col(Inspection.person_id)),
        select(col(Photo.parcel_id), col(Photo.person_id)),
    )
    for query in of_parcels:
        column = query.selected_columns[0]
        for parcel_id, person_id in _in_parts(session, query.distinct(), column, parcel_ids):
            people[parcel_id].add(person_id)
    # An entry may have been moved to another parcel since its visit.
    made = select(
        col(Entry.id), col(Entry.parcel_id), col(Entry.created_by), col(Inspection.person_id)
    ).outerjoin(Inspection, col(Inspection.id) == Entry.inspection_id)
    parcel_of: dict[int, int] = {}
    for entry_id, parcel_id, *by in _in_parts(session, made, col(Entry.id), entry_ids):
        parcel_of[entry_id] = parcel_id
        people[parcel_id] |= {person for person in by if person is not None}
    of_entries: tuple[Any, ...] = (
        select(col(EntryProgress.entry_id), col(EntryProgress.person_id)),
        select(col(EntryProof.entry_id), col(EntryProof.person_id)).join(
            Inspection, col(Inspection.task_id) == EntryProof.task_id
        ),
        select(col(Event.about_id), col(Event.person_id)).where(
            col(Event.about) == "entry", col(Event.person_id).is_not(None)
        ),
    )
    for query in of_entries:
        column = query.selected_columns[0]
        for entry_id, person_id in _in_parts(session, query.distinct(), column, entry_ids):
            people[parcel_of[entry_id]].add(person_id)
    return {parcel_id: frozenset(found) for parcel_id, found in people.items()}


def _in_parts(session: Session, query: Any, column: Any, ids: Collection[int]) -> Iterable[Any]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _AT_ONCE):
        part = query.where(column.in_(wanted[start : start + _AT_ONCE]))
        yield from session.connection().execute(part).all()
