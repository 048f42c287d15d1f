"""The one door by which an entry changes: a step of the table with what it writes, its event and
its message to other systems, in one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, delete, select, update

from field_app import events
from field_app.db import writing
from field_app.ledger import fields, workflow
from field_app.ledger.hands import hands_of
from field_app.ledger.workflow import Given, Need, Situation, Step
from field_app.problems import BAD_INPUT, CHANGED_MEANWHILE, NOT_FOUND
from field_app.roles import Who, Whose
from field_app.sync import channels, outbox
from field_app.words import clean
from models.tables import Entry, EntryUnit, Unit
from models.vocabulary import EntryState

WHY_MAX = 1000
_TOLD = (
    "number", "category", *fields.FIELDS, "source", "found_on", "nature", "arose_during",
    "progress", "rectified_on", "closed_on", "carried", "carried_until", "handed_to",
    "second_look", "state",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Did:
    """What a step does beside the state: columns and units of the entry, what was given with it,
    what the entry has by it, and what its event keeps beyond that (ids of rows, old and new)."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    given: Collection[Given] = ()
    has: Collection[Need] = ()
    units: tuple[int, ...] | None = None
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)


Work = Callable[[Session, Entry], Did]


def take(
    entry_id: int, edition: int, step: Step, work: Work, *, why: str = "", who: Who, now: datetime
) -> int:
    """One step of the table, whole: the entry, its event and its message, and what `work` writes,
    or nothing. Returns the new edition. Raises what the table and `work` raise, CHANGED_MEANWHILE
    where the entry is no more as the person saw it."""
    why = reason(why)
    with writing() as session:
        entry, unit_ids = found_entry(session, entry_id)
        before = EntryState(entry.state)
        transition = workflow.found(before, step, who, Whose(unit_ids=unit_ids))
        did = work(session, entry)
        wanted = unit_ids if did.units is None else did.units
        given = {*did.given, *([Given.REASON] if why else [])}
        situation = Situation(
            {*has(entry, wanted, did.columns), *did.has}, given, hands_of(session, entry, who.id)
        )
        state = workflow.checked(transition, step, situation)
        write(session, entry, edition, state, step, did, who, now, why)
        return entry.edition


def write(
    session: Session,
    entry: Entry,
    edition: int,
    state: EntryState,
    step: Step,
    did: Did,
    who: Who,
    now: datetime,
    why: str,
) -> None:
    """Writes a step that was found right: columns, units, event and message."""
    assert entry.id is not None
    columns = dict(did.columns)
    if state != entry.state:
        columns |= {"state": state}
    changed = [n for n, v in columns.items() if n != fields.EXTRA and getattr(entry, n) != v]
    old = {n: getattr(entry, n) for n in changed} | dict(did.old)
    new = {n: columns[n] for n in changed} | dict(did.new)
    before = units_of(session, entry.id)
    wanted = before if did.units is None else did.units
    names = names_of(session, wanted)
    if wanted != before:
        old[fields.UNITS], new[fields.UNITS] = names_of(session, before), names
    if state != entry.state:
        columns["state_since"] = now
    _swap(session, entry, edition, columns)
    if wanted != before:
        set_units(session, entry.id, wanted)
    tell(session, entry, names, step, old, new, who, now, why)


def reason(text: str, what: str = "理由") -> str:
    """A written reason without blanks around it; BAD_INPUT where it is too long."""
    text = clean(text).strip()
    if len(text) > WHY_MAX:
        raise BAD_INPUT(what=f"“{what}”最多 {WHY_MAX} 个字，现在有 {len(text)} 个。")
    return text


def units_of(session: Session, entry_id: int) -> tuple[int, ...]:
    """The ids of an entry's units, the leading one first."""
    query = (
        select(EntryUnit.unit_id)
        .where(EntryUnit.entry_id == entry_id)
        .order_by(col(EntryUnit.place))
    )
    return tuple(session.exec(query))


def snapshot(entry: Entry, unit_names: Sequence[str]) -> dict[str, Any]:
    """The whole entry as plain JSON values, for the outbox and the first event."""
    told = {name: plain(getattr(entry, name)) for name in _TOLD}
    return told | {fields.UNITS: list(unit_names), fields.EXTRA: dict(entry.extra)}


def found_entry(session: Session, entry_id: int) -> tuple[Entry, tuple[int, ...]]:
    """The entry and the ids of its units; NOT_FOUND where there is none."""
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NOT_FOUND(what="台账条目")
    return entry, units_of(session, entry_id)


def has(
    entry: Entry, unit_ids: Sequence[int], columns: Mapping[str, Any] = MappingProxyType({})
) -> set[Need]:
    """What the entry will have once `columns` are written."""

    def value(name: str) -> Any:
        return columns.get(name, getattr(entry, name))

    known = {
        Need.DESCRIPTION: bool(value("description")),
        Need.MEASURE: bool(value("measure")),
        Need.DUE: value("due_on") is not None,
        Need.UNITS: bool(unit_ids),
        Need.VERIFIED: value("verified_at") is not None,
        Need.UNVERIFIED: value("verified_at") is None,
        Need.NATURE: bool(value("nature")),
        # Whether it is carried is asked of the entry as it was: the step itself changes it.
        Need.CARRIED: bool(entry.carried),
        Need.NOT_CARRIED: not entry.carried,
        Need.HANDED: bool(value("handed_to")),
        Need.PROGRESS: bool(value("progress")),
    }
    return {need for need, there in known.items() if there}


def names_of(session: Session, unit_ids: Sequence[int]) -> list[str]:
    if len(set(unit_ids)) != len(unit_ids):
        raise BAD_INPUT(what="同一责任单位选了两次。")
    found = session.exec(select(Unit).where(col(Unit.id).in_(list(unit_ids))))
    by_id = {unit.id: unit.name for unit in found}
    missing = [unit_id for unit_id in unit_ids if unit_id not in by_id]
    if missing:
        raise NOT_FOUND(what="责任单位")
    return [by_id[unit_id] for unit_id in unit_ids]


def set_units(session: Session, entry_id: int, unit_ids: Sequence[int]) -> None:
    session.exec(delete(EntryUnit).where(col(EntryUnit.entry_id) == entry_id))
    session.add_all(
        EntryUnit(entry_id=entry_id, unit_id=unit_id, place=place)
        for place, unit_id in enumerate(unit_ids)
    )
    session.flush()


def _swap(session: Session, entry: Entry, edition: int, columns: dict[str, Any]) -> None:
    """Writes `columns` where the entry still is as the person saw it, and reads it anew."""
    written = session.exec(
        update(Entry)
        .where(col(Entry.id) == entry.id, col(Entry.edition) == edition)
        .values(**columns, edition=edition + 1)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount != 1:
        raise CHANGED_MEANWHILE()
    session.refresh(entry)


def tell(
    session: Session,
    entry: Entry,
    unit_names: Sequence[str],
    step: Step,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    who: Who,
    now: datetime,
    why: str,
) -> None:
    """The event and the message to the county's systems. The message carries the whole entry, so
    that one lost or late message does no harm."""
    assert entry.id is not None
    events.note(
        session,
        "entry",
        entry.id,
        str(step),
        at=now,
        person_id=who.id,
        old={name: plain(value) for name, value in old.items()},
        new={name: plain(value) for name, value in new.items()},
        why=why,
    )
    outbox.put(
        session,
        channels.ENTRY,
        line=channels.entry_line(entry.number),
        key=f"entry/{entry.number}/{entry.edition}",
        body=snapshot(entry, unit_names) | {"edition": entry.edition, "step": str(step)},
        now=now,
    )


def plain(value: Any) -> Any:
    """A column as JSON keeps it: days and moments by their ISO text."""
    return value.isoformat() if isinstance(value, date) else value
