"""What was done to entries between two moments, and stood at the end: a step that was taken back
by then (撤销上一步) was not done."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from field_app import clock
from field_app.ledger.workflow import Step
from models.base import words
from models.tables import Event

COUNTED = (
    Step.VERIFY, Step.REFUTE, Step.BEGIN, Step.APPLY, Step.SEND_BACK, Step.CLOSE, Step.CARRY,
    Step.HAND_OVER, Step.LOOKED, Step.REOPEN,
)  # fmt: skip
"""The steps that figures of a period count."""
_STEPS = {str(step): step for step in Step}


class Happened(NamedTuple):
    """One event: a step of `COUNTED`, or one that took such a step back (`undid`). `undone_at` is
    when another one took it back, as far as that was by the end of what was asked for."""

    id: int
    entry_id: int
    step: Step
    at: datetime
    undid: Step | None = None
    undone_at: datetime | None = None

    def stood(self, at: datetime) -> bool:
        """Whether it was done by then, and not taken back."""
        return self.at <= at and (self.undone_at is None or self.undone_at > at)


def between(session: Session, since: datetime, until: datetime) -> list[Happened]:
    """The counted steps from `since` to `until`, both within, and the undoings of such steps, in the
    order of events."""
    undoings = _undoings(session, since, until)
    undone = {each.event_id: each.at for each in undoings.values()}
    query = (
        select(col(Event.id), col(Event.about_id), col(Event.action), col(Event.at))
        .where(
            col(Event.about) == "entry",
            col(Event.at) >= since,
            col(Event.at) <= until,
            col(Event.action).in_(words((*COUNTED, Step.UNDO))),
        )
        .order_by(col(Event.id))
    )
    found = []
    for event_id, entry_id, action, at in session.connection().execute(query).all():
        assert event_id is not None
        step = _STEPS[action]
        undid = undoings[event_id].step if step is Step.UNDO else None
        if step is not Step.UNDO or undid in COUNTED:
            found.append(Happened(event_id, entry_id, step, at, undid, undone.get(event_id)))
    return found


class _Undone(NamedTuple):
    event_id: int
    step: Step | None  # None for what is no step of the table
    at: datetime


def _undoings(session: Session, since: datetime, until: datetime) -> dict[int, _Undone]:
    """By the event that undid: what it undid, and when. That is always the event of the entry right
    before (`undo_rules`: nothing may have followed)."""
    undo, earlier = aliased(Event), aliased(Event)
    newest = (
        select(func.max(col(earlier.id)))
        .where(
            col(earlier.about) == "entry",
            col(earlier.about_id) == col(undo.about_id),
            col(earlier.id) < col(undo.id),
        )
        .scalar_subquery()
    )
    pairs = (
        select(col(undo.id), col(undo.at), newest.label("undone"))
        .where(
            col(undo.about) == "entry",
            col(undo.action) == str(Step.UNDO),
            col(undo.at) >= since,
            col(undo.at) <= until,
        )
        .subquery()
    )
    query = select(pairs.c.id, col(Event.id), col(Event.action), pairs.c.at).join(
        pairs, col(Event.id) == pairs.c.undone
    )
    return {
        undo_id: _Undone(event_id, _STEPS.get(action), at)
        for undo_id, event_id, action, at in session.connection().execute(query)
    }


def done(
    happened: list[Happened], since: datetime, until: datetime
) -> Mapping[int, frozenset[Step]]:
    """By entry the steps that were done from `since` on and stood at `until`."""
    since, until = clock.utc(since), clock.utc(until)
    steps: dict[int, frozenset[Step]] = {}
    none: frozenset[Step] = frozenset()
    for each in happened:
        if each.step is not Step.UNDO and each.at >= since and each.stood(until):
            steps[each.entry_id] = _with(steps.get(each.entry_id, none), each.step)
    return steps


@cache
def _with(steps: frozenset[Step], step: Step) -> frozenset[Step]:
    return steps | {step}


def more_closed(each: Happened) -> int:
    """By how much this event changed the number of closed entries: 1, 0 or -1."""
    back = each.step is Step.UNDO
    step = each.undid if back else each.step
    if step is Step.CLOSE:
        return -1 if back else 1
    if step is Step.REOPEN:
        return 1 if back else -1
    return 0
