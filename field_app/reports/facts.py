"""The entries as they stood at a moment.

What an entry is now, with every step since taken back: each event says what was there before, so
the first event after the moment that touched a column holds its value of that moment. Entries that
came later are left out. Nothing is looked up in a copy, so a report of last week gives the same
numbers whenever it is made again; and only what happened since has to be read.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, case, cast, func, select
from sqlmodel import Session, col

from field_app import clock
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
    "number", "problem_type", "village", "description", "measure", "progress", "carried", "carried_until",
    "handed_to",
)  # fmt: skip
_DAYS = frozenset({"due_on", "carried_until"})

Before = dict[int, Mapping[str, Any]]
"""By entry what was in a column at the moment, for the columns that were changed since."""


class Facts(NamedTuple):
    """One entry at a moment; areas in 亩, `units` by name with the leading one first. `came` is when
    it came into the ledger, None where that was before whatever was asked for."""

    id: int
    category: int
    came: datetime | None
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
    ordered = sorted(moments)
    found: list[Before] = [{} for _ in ordered]
    # Thousands of events: which moments one came after the database says, and of the texts that it
    # keeps for what was there before, many are the same.
    after = [case((col(Event.at) > moment, 1), else_=0) for moment in ordered]
    query = (
        select(col(Event.about_id), sum(after[1:], after[0]), cast(col(Event.old), Text))
        .where(
            col(Event.about) == "entry",
            col(Event.at) > ordered[0],
            col(Event.action).in_(words(Step)),
        )
        .order_by(col(Event.id))
    )
    read: dict[str, Mapping[str, Any]] = {}
    nothing: Mapping[str, Any] = {}
    for entry_id, count, text in session.connection().execute(query).all():
        old = read.get(text)
        if old is None:
            old = read[text] = {n: _value(n, v) for n, v in json.loads(text).items()}
        for changed in found[:count]:
            earlier = changed.get(entry_id, nothing)
            changed[entry_id] = {**old, **earlier} if earlier else old
    return [found[ordered.index(moment)] for moment in moments]


def _value(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DAYS and value else value


def as_of(
    session: Session, moments: Sequence[datetime], since: datetime | None = None
) -> list[list[Facts]]:
    """All entries at each of the moments, by id; with `came` of those that came from `since` on, or
    else after the first moment."""
    changed = before(session, moments)
    first = min(moments)
    now = _now(session, first if since is None else min(first, since))
    return [
        [
            _as_it_was(facts, then[facts.id]) if facts.id in then else facts
            for facts in now
            if facts.came is None or facts.came <= moment
        ]
        for moment, then in zip(map(clock.utc, moments), changed, strict=True)
    ]


def _as_it_was(facts: Facts, then: Mapping[str, Any]) -> Facts:
    values: dict[str, Any] = {}
    for column, value in then.items():
        if column in _HELD:
            name, made = _HELD[column]
            values[name] = value if made is None else made(value)
    return facts._replace(**values)


def _now(session: Session, since: datetime) -> list[Facts]:
    units = _units(session)
    # What is there or not is asked of the database: a text would only be carried over and dropped;
    # and to read a moment takes longer than all the other columns.
    came = col(Entry.created_at)
    query = select(
        col(Entry.id),
        col(Entry.category),
        case((came >= since, came)),
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
    rows = session.connection().execute(query).all()
    return [Facts._make((*row, units.get(row[0] or 0, ()))) for row in rows]


def _units(session: Session) -> dict[int, tuple[str, ...]]:
    """By entry the names of its units; the same tuple for all that have the same units."""
    names = dict(session.connection().execute(select(col(Unit.id), col(Unit.name))).all())
    # One row an entry: many have the same units, in the same order.
    place, unit_id = col(EntryUnit.place), col(EntryUnit.unit_id)
    each = cast(place, Text).concat(":").concat(cast(unit_id, Text))
    query = select(col(EntryUnit.entry_id), func.aggregate_strings(each, " ")).group_by(
        col(EntryUnit.entry_id)
    )
    named: dict[str, tuple[str, ...]] = {}
    answering = {}
    for entry_id, text in session.connection().execute(query).all():
        if text not in named:
            pairs = sorted(tuple(map(int, pair.split(":"))) for pair in text.split())
            named[text] = tuple(names[unit] for _, unit in pairs)
        answering[entry_id] = named[text]
    return answering


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
