"""撤销上一步: the last step is taken back by who did it, as a step of its own; nothing is edited
away, and nothing is reached that was not there before."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from field_app.db import writing
from field_app.inspections import proofs
from field_app.ledger import fields, handing_over, undo_rules
from field_app.ledger.rectifying import newest_progress
from field_app.ledger.steps import Did, found_entry, reason, write
from field_app.ledger.undo_rules import Done
from field_app.ledger.workflow import Step
from field_app.problems import REASON_NEEDED
from field_app.roles import Who, Whose
from models.tables import Entry, EntryProgress, Event, HandOver, Unit
from models.taxonomy import own_columns
from models.vocabulary import EntryState

_DAYS = ("due_on", "rectified_on", "closed_on", "carried_until")
_MOMENTS = ("verified_at", "evidence_after")


def last_event(session: Session, entry_id: int) -> Event | None:
    """The newest event of the entry."""
    query = (
        select(Event)
        .where(Event.about == "entry", Event.about_id == entry_id)
        .order_by(col(Event.id).desc())
        .limit(1)
    )
    return session.exec(query).first()


def done(event: Event | None) -> Done | None:
    """The event as the table asks for it; None where it is no step of this table."""
    if event is None or event.action not in set(Step):
        return None
    return Done(Step(event.action), event.person_id, event.at)


def undo(entry_id: int, edition: int, *, why: str, who: Who, now: datetime) -> int:
    """Takes the last step back; returns the edition. Raises NOTHING_TO_UNDO or REASON_NEEDED."""
    why = reason(why)
    with writing() as session:
        entry, unit_ids = found_entry(session, entry_id)
        event = last_event(session, entry_id)
        step = undo_rules.check_undo(done(event), who, Whose(unit_ids=unit_ids), now)
        if not why:
            raise REASON_NEEDED(action=str(Step.UNDO))
        assert event is not None
        did = _restored(session, entry, event)
        _beside(session, entry, step, event, who, now)
        columns = dict(did.columns)
        if step == Step.REPORT:
            columns["progress"] = newest_progress(session, entry_id)
        if step == Step.HAND_OVER:
            columns["handed_to"] = handing_over.summary(session, entry_id)
        state = EntryState(columns.pop("state", entry.state))
        told = Did(columns, units=did.units, old=did.old, new={**did.new, "undone": str(step)})
        write(session, entry, edition, state, Step.UNDO, told, who, now, why)
        return entry.edition


def _restored(session: Session, entry: Entry, event: Event) -> Did:
    """The values that the event says were there before."""
    columns: dict[str, Any] = {}
    extra = dict(entry.extra)
    own = own_columns(entry.category)
    units = None
    for name, value in event.old.items():
        if name == fields.UNITS:
            units = _ids(session, value)
        elif name in own:
            extra[name] = value
        elif name in Entry.model_fields:
            columns[name] = _value(name, value)
    changed = [n for n in event.new if n in own]
    if changed:
        columns[fields.EXTRA] = {n: v for n, v in extra.items() if v not in ("", None)}
    old = {n: entry.extra.get(n, "") for n in changed}
    return Did(columns, units=units, old=old, new={n: extra.get(n, "") for n in changed})


def _value(name: str, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if name in _DAYS:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in _MOMENTS else value


def _ids(session: Session, names: list[str]) -> tuple[int, ...]:
    query = select(Unit.name, Unit.id).where(col(Unit.name).in_(names))
    by_name = {name: unit_id for name, unit_id in session.exec(query) if unit_id is not None}
    return tuple(by_name[name] for name in names if name in by_name)


def _beside(
    session: Session, entry: Entry, step: Step, event: Event, who: Who, now: datetime
) -> None:
    """What the step wrote beside the entry is taken back with it."""
    assert entry.id is not None
    if step == Step.REPORT:
        session.get_one(EntryProgress, event.new["progress_id"]).withdrawn_at = now
    elif step == Step.HAND_OVER:
        session.get_one(HandOver, event.new["hand_over_id"]).withdrawn_at = now
    elif step == Step.FEEDBACK:
        row = session.get_one(HandOver, event.new["hand_over_id"])
        row.feedback = event.old["feedback"]
        before = event.old["feedback_on"]
        row.feedback_on = date.fromisoformat(before) if before else None
    elif step == Step.APPLY:
        proofs.give_back(session, entry.id, why="", person_id=who.id, now=now)
    elif step == Step.SEND_BACK:
        proofs.hand_in(session, entry.id, person_id=who.id, now=now)
    elif step == Step.CLOSE:
        proofs.take_back(session, entry.id, since=event.at, person_id=who.id, now=now)
    session.flush()
