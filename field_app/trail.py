"""Reading back what happened to some records, with the names of who did it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from models.tables import Event, Person


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as a page shows it. `by` is empty where the system itself acted."""

    at: datetime
    about: str
    about_id: int
    action: str
    by: str
    why: str
    old: dict[str, Any]
    new: dict[str, Any]


def of(session: Session, records: Mapping[str, Collection[int]]) -> list[Happening]:
    """The events of all `records` (ids by what they are: inspection, photo, entry), oldest
    first."""
    wanted = [
        and_(col(Event.about) == about, col(Event.about_id).in_(list(ids)))
        for about, ids in records.items()
        if ids
    ]
    if not wanted:
        return []
    query = (
        select(Event, Person.display)
        .outerjoin(Person, col(Person.id) == Event.person_id)
        .where(or_(*wanted))
    )
    # A record has few events. Asked for their order, SQLite goes by the index that has it, and
    # through the events of all records.
    found = sorted(session.exec(query), key=lambda row: (row[0].at, row[0].id or 0))
    return [
        Happening(e.at, e.about, e.about_id, e.action, by or "", e.why, e.old, e.new)
        for e, by in found
    ]
