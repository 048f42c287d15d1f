"""The one writing module of the ledger: entries come in, change, and say so in the same
transaction, to the events and to the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, delete, select, update

from field_app import clock, events
from field_app.db import writing
from field_app.ledger import fields, presets
from field_app.ledger.workflow import RIGHTS, Need, Step, advance
from field_app.problems import BAD_INPUT, CHANGED_MEANWHILE, NOT_FOUND, REASON_NEEDED
from field_app.roles import Who, Whose, require
from field_app.settings import settings
from models.tables import Entry, EntryUnit, Finding, Inspection, Outbox, Parcel, Project, Unit
from models.taxonomy import categories
from models.vocabulary import EntryState, Source

_WHAT = "台账条目"


@dataclass(frozen=True, slots=True)
class Upheld:
    """What the supervisor confirms a finding as. The first of `unit_ids` leads."""

    category: int
    problem_type: str
    measure: str
    due_on: date
    unit_ids: tuple[int, ...]


def post(
    session: Session,
    finding: Finding,
    inspection: Inspection,
    upheld: Upheld,
    *,
    found_on: date,
    photos_say: str,
    who: Who,
    now: datetime,
    why: str = "",
) -> Entry:
    """Writes a confirmed finding into its ledger, inside the transaction of the confirmation.

    The inspector's own words stay in the finding; `upheld` is what the supervisor makes of them.
    `found_on` is a day in China, `photos_say` one line about the verdicts of the cited photos.
    """
    if upheld.category not in categories():
        raise BAD_INPUT(what=f"没有问题大类 {upheld.category}。")
    fields.check_type(upheld.category, upheld.problem_type)
    parcel = session.get_one(Parcel, inspection.parcel_id)
    project = session.get(Project, parcel.project_id) if parcel.project_id else None
    entry = Entry(
        number="",
        category=upheld.category,
        problem_type=upheld.problem_type,
        finding_id=finding.id,
        inspection_id=inspection.id,
        parcel_id=parcel.id,
        project_id=parcel.project_id,
        township_code=parcel.township_code or (project.township_code if project else None),
        village=parcel.village or (project.village if project else ""),
        source=Source.FIELD,
        found_on=found_on,
        description=finding.facts,
        area_mu=finding.area_mu,
        cultivated_mu=finding.cultivated_mu,
        extra=presets.own_columns(upheld.category, parcel, project, inspection, photos_say),
        state=EntryState.TO_VERIFY,
        created_at=now,
        created_by=who.id,
    )
    plan = {"measure": upheld.measure, "due_on": upheld.due_on}
    for name, value in fields.changed(entry, plan)[1].items():
        setattr(entry, name, value)
    names = _names_of(session, upheld.unit_ids)
    entry.state = advance(None, Step.POST, who, _has(entry, upheld.unit_ids))
    entry.number = _number(session, upheld.category, now)
    session.add(entry)
    session.flush()
    assert entry.id is not None
    _set_units(session, entry.id, upheld.unit_ids)
    _tell(session, entry, names, Step.POST, {}, snapshot(entry, names), who, now, why)
    return entry


def change(
    entry_id: int, edition: int, wishes: Mapping[str, Any], *, why: str, who: Who, now: datetime
) -> int:
    """Changes an entry's columns; returns its new edition.

    `wishes` maps names of `fields.FIELDS` to new values, `units` to unit ids in order (the first
    leads), `extra` to a mapping of the ledger's own columns. Raises BAD_INPUT, REASON_NEEDED,
    CHANGED_MEANWHILE and what `workflow.advance` raises.
    """
    with writing() as session:
        entry, unit_ids = _mine(session, entry_id, Step.AMEND, who)
        old, new = fields.changed(entry, wishes)
        columns = dict(new)
        old_extra, new_extra = fields.changed_extra(entry, wishes.get(fields.EXTRA) or {})
        if new_extra:
            kept = {k: v for k, v in (entry.extra | new_extra).items() if v}
            columns[fields.EXTRA] = kept
            old, new = old | old_extra, new | new_extra
        wanted = tuple(wishes.get(fields.UNITS, unit_ids))
        names = _names_of(session, wanted)
        if wanted != unit_ids:
            old[fields.UNITS] = _names_of(session, unit_ids)
            new[fields.UNITS] = names
        if not new:
            raise BAD_INPUT(what="没有改动任何内容。")
        state = advance(EntryState(entry.state), Step.AMEND, who, _has(entry, wanted, columns))
        if not why.strip():
            raise REASON_NEEDED(action=str(Step.AMEND))
        _swap(session, entry, edition, columns | {"state": state})
        if wanted != unit_ids:
            _set_units(session, entry_id, wanted)
        _tell(session, entry, names, Step.AMEND, old, new, who, now, why)
        return entry.edition


def begin(entry_id: int, edition: int, *, who: Who, now: datetime, why: str = "") -> int:
    """待整改 becomes 整改中, once measure, deadline and unit are known; returns the edition."""
    with writing() as session:
        entry, unit_ids = _mine(session, entry_id, Step.BEGIN, who)
        before = EntryState(entry.state)
        state = advance(before, Step.BEGIN, who, _has(entry, unit_ids))
        _swap(session, entry, edition, {"state": state})
        names = _names_of(session, unit_ids)
        old, new = {"state": str(before)}, {"state": str(state)}
        _tell(session, entry, names, Step.BEGIN, old, new, who, now, why)
        return entry.edition


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
    told = {
        name: _plain(getattr(entry, name))
        for name in ("number", "category", *fields.FIELDS, "source", "found_on", "state")
    }
    return told | {fields.UNITS: list(unit_names), fields.EXTRA: dict(entry.extra)}


def _mine(session: Session, entry_id: int, step: Step, who: Who) -> tuple[Entry, tuple[int, ...]]:
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NOT_FOUND(what=_WHAT)
    unit_ids = units_of(session, entry_id)
    require(who, RIGHTS[step], Whose(unit_ids=unit_ids))
    return entry, unit_ids


def _number(session: Session, category: int, now: datetime) -> str:
    """`411321-2-2026-0007`: county, ledger, the year (in China) of entering it, running number.

    A refused confirmation gives its number back, since the counter is in the same transaction.
    """
    series = f"{settings().county_code}-{category}-{clock.local(now).year}"
    return f"{series}-{events.next_number(session, f'entry/{series}'):04d}"


def _has(
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
    }
    return {need for need, there in known.items() if there}


def _names_of(session: Session, unit_ids: Sequence[int]) -> list[str]:
    if len(set(unit_ids)) != len(unit_ids):
        raise BAD_INPUT(what="同一责任单位选了两次。")
    found = session.exec(select(Unit).where(col(Unit.id).in_(list(unit_ids))))
    by_id = {unit.id: unit.name for unit in found}
    missing = [unit_id for unit_id in unit_ids if unit_id not in by_id]
    if missing:
        raise NOT_FOUND(what="责任单位")
    return [by_id[unit_id] for unit_id in unit_ids]


def _set_units(session: Session, entry_id: int, unit_ids: Sequence[int]) -> None:
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


def _tell(
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
        old={name: _plain(value) for name, value in old.items()},
        new={name: _plain(value) for name, value in new.items()},
        why=why.strip(),
    )
    session.add(
        Outbox(
            key=f"entry/{entry.number}/{entry.edition}",
            topic="entry",
            body=snapshot(entry, unit_names) | {"edition": entry.edition, "step": str(step)},
            created_at=now,
        )
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
