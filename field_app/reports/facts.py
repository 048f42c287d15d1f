"""The entries as they stood at a moment.

What an entry is now, with every step since taken back: each event says what was there before, so
the first event after the moment that touched a column holds its value of that moment. Entries that
came later are left out. Nothing is looked up in a copy, so a report of last week gives the same
numbers whenever it is made again; and only what happened since has to be read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from field_app.ledger.workflow import Step
from models.base import words
from models.tables import Entry, EntryUnit, Event, Unit

UNITS = "units"
_HELD = {
    "state": ("state", str),
    "township_code": ("township_code", None),
    "area_mu": ("area_mu", None),
    "cultivated_mu": ("cultivated_mu", None),
    "due_on": ("due_on", None),
    "verified_at": ("verified", bool),
    "arose_during": ("arose_during", bool),
    "carried": ("carried", bool),
    "handed_to": ("handed", bool),
    "second_look": ("looked", bool),
    UNITS: ("units", tuple),
}
"""By column of an event what it is called in `Facts`, and how it becomes that."""
_TEXTS = (
    "problem_type", "village", "description", "measure", "progress", "carried", "carried_until",
    "handed_to",
)  # fmt: skip
_DAYS = frozenset({"due_on", "carried_until"})

Before = dict[int, dict[str, Any]]
"""By entry what was in a column at the moment, for the columns that were changed since."""


class Facts(NamedTuple):
    """One entry at a moment; areas in 亩, `units` by name with the leading one first."""

    id: int
    number: str
    category: int
    created_at: datetime
    state: str
    township_code: str | None
    area_mu: float | None
    cultivated_mu: float | None
    due_on: date | None
    verified: bool
    arose_during: bool
    carried: bool
    handed: bool
    looked: bool
    units: tuple[str, ...]


def before(session: Session, moments: Sequence[datetime]) -> list[Before]:
    """For each moment what was changed since; one reading of the events for all of them."""
    found: list[Before] = [defaultdict(dict) for _ in moments]
    query = (
        select(col(Event.about_id), col(Event.at), col(Event.old))
        .where(
            col(Event.about) == "entry",
            col(Event.at) > min(moments),
            col(Event.action).in_(words(Step)),
        )
        .order_by(col(Event.id))
    )
    for entry_id, at, old in session.connection().execute(query):
        for moment, changed in zip(moments, found, strict=True):
            if at > moment:
                for name, value in old.items():
                    changed[entry_id].setdefault(name, _value(name, value))
    return found


def _value(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DAYS and value else value


def as_of(session: Session, moments: Sequence[datetime]) -> list[list[Facts]]:
    """All entries at each of the moments, by id."""
    changed = before(session, moments)
    now = _now(session)
    return [
        [
            _as_it_was(facts, then[facts.id]) if facts.id in then else facts
            for facts in now
            if facts.created_at <= moment
        ]
        for moment, then in zip(moments, changed, strict=True)
    ]


def _as_it_was(facts: Facts, then: Mapping[str, Any]) -> Facts:
    values: dict[str, Any] = {}
    for column, value in then.items():
        if column in _HELD:
            name, made = _HELD[column]
            values[name] = value if made is None else made(value)
    return facts._replace(**values)


def _now(session: Session) -> list[Facts]:
    units = _units(session)
    # What is there or not is asked of the database: a text would only be carried over and dropped.
    query = select(
        col(Entry.id),
        col(Entry.number),
        col(Entry.category),
        col(Entry.created_at),
        col(Entry.state),
        col(Entry.township_code),
        col(Entry.area_mu),
        col(Entry.cultivated_mu),
        col(Entry.due_on),
        col(Entry.verified_at).is_not(None),
        col(Entry.arose_during),
        col(Entry.carried) != "",
        col(Entry.handed_to) != "",
        col(Entry.second_look) != "",
    ).order_by(col(Entry.id))
    rows = session.connection().execute(query)
    return [Facts._make((*row, units.get(row[0] or 0, ()))) for row in rows]


def _units(session: Session) -> dict[int, tuple[str, ...]]:
    names = dict(session.connection().execute(select(col(Unit.id), col(Unit.name))).all())
    answering: dict[int, list[str]] = defaultdict(list)
    query = select(col(EntryUnit.entry_id), col(EntryUnit.unit_id)).order_by(
        col(EntryUnit.entry_id), col(EntryUnit.place)
    )
    for entry_id, unit_id in session.connection().execute(query):
        answering[entry_id].append(names[unit_id])
    return {entry_id: tuple(of_it) for entry_id, of_it in answering.items()}


def texts(session: Session, ids: Iterable[int], moment: datetime) -> dict[int, dict[str, Any]]:
    """What lists say of these few entries, as it was at the moment."""
    wanted = list(ids)
    (changed,) = before(session, [moment])
    columns = [col(getattr(Entry, name)) for name in _TEXTS]
    query = select(col(Entry.id), *columns).where(col(Entry.id).in_(wanted))
    return {
        row[0]: {
            name: changed.get(row[0], {}).get(name, value)
            for name, value in zip(_TEXTS, row[1:], strict=True)
        }
        for row in session.connection().execute(query)
    }
