"""待办: the entries whose next step is this person's, the most urgent first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    case,
    exists,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from field_app import clock
from field_app.db import reading
from field_app.ledger import deadlines, workflow
from field_app.ledger.deadlines import Standing
from field_app.ledger.filters import LedgerFilter, conditions, covered_townships, uncovered
from field_app.ledger.listing import LedgerRow, counts, page_of, row_of, unit_names
from field_app.ledger.owing import owed_by, owes, waits_for
from field_app.ledger.workflow import OWED, Step
from field_app.roles import Action, Scope, Who, require, scope
from models.base import words
from models.tables import Entry, EntryUnit
from models.vocabulary import EntryState, Role


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry that waits for this person: for which step, by when (`left` days from today in
    China, negative when late), how that stands, and what a unit was told when it came back."""

    row: LedgerRow
    step: Step
    by: date | None
    left: int | None
    standing: Standing
    why: str


@dataclass(frozen=True, slots=True)
class Todo:
    """A page of what waits; the counts are of all of it. `elsewhere` are entries that this person
    may see and that wait for others; `caution` says what is not certain about the days shown."""

    rows: tuple[Waiting, ...]
    total: int
    late: int
    soon: int
    without_team: int
    elsewhere: int
    caution: str


def waiting(who: Who, *, now: datetime, limit: int = 50, offset: int = 0) -> Todo:
    """What waits for `who`. The office is shown what it has to settle: entries that nobody answers
    for, or that have no deadline or measure."""
    require(who, Action.SEE_TODO)
    today = clock.local(now).date()
    with reading() as session:
        teamed = covered_townships(session)
        seen = conditions(who, Action.SEE_TODO, LedgerFilter(), today, teamed)
        total, late, soon, no_team, everything = _counts(session, who, seen, today, teamed)
        more = (col(Entry.returned_why), col(Entry.state_since), col(Entry.verified_at))
        asked = LedgerFilter(limit=limit, offset=offset)
        shown = page_of(session, asked, [*seen, _mine(who.role)], _order(who.role), *more)
        names = unit_names(session, [row["id"] for row in shown])
        rows = tuple(
            _waiting(row, row_of(row, names.get(row["id"], ()), today, teamed), who.role, today)
            for row in shown
        )
        return Todo(
            rows,
            total,
            late,
            soon,
            no_team,
            everything - total,
            deadlines.caution(waits.by for waits in rows),
        )


def _counts(
    session: Session,
    who: Who,
    seen: list[ColumnElement[bool]],
    today: date,
    teamed: Collection[str],
) -> list[int]:
    """[all, 已逾期, 即将到期, 未分片] of what waits, and how many entries wait for anybody."""
    role = who.role
    debtor = Role.SUPERVISOR if role == Role.SUPERVISOR else Role.UNIT
    mine, open_ones = _mine(role), col(Entry.state).in_(words(OWED))
    late, soon = owes(debtor, Standing.LATE, today), owes(debtor, Standing.SOON, today)
    outside = uncovered(teamed)
    if scope(who, Action.SEE_TODO) != Scope.ALL:
        # Whose an entry is, is found out only once; what they owe late or soon is theirs anyway.
        each = [mine, late, soon, and_(outside, mine), true()]
        return counts(session, [*seen, open_ones], [each], once=True)
    # Only what supervisors decide is told by an index alone.
    waits = [true(), late, soon, outside]
    waiting = counts(session, [*seen, mine], [waits], once=role != Role.SUPERVISOR)
    return waiting + counts(session, [*seen, open_ones], [[true()]], once=False)


def _order(role: Role) -> list[ColumnElement[Any]]:
    """The most urgent first: what has no day comes last. What is extended over days of rest keeps
    the order of its days, so that an index can tell it."""
    if role == Role.SUPERVISOR:
        return [col(Entry.state_since).asc(), col(Entry.id).asc()]
    day: Any = col(Entry.due_on)
    if role == Role.OFFICE:  # sees what waits for nobody, too
        day = case((waits_for(Role.UNIT), col(Entry.due_on)), else_=None)
    return [day.is_(None), day.asc(), col(Entry.id).asc()]


def _waiting(found: RowMapping, row: LedgerRow, role: Role, today: date) -> Waiting:
    owed = workflow.owed(row.state, verified=found["verified_at"] is not None)
    by = owed_by(owed, row.due_on, found["state_since"])
    return Waiting(
        row,
        Step.AMEND if role == Role.OFFICE else OWED[row.state].step,
        by,
        None if by is None else (by - today).days,
        deadlines.standing(by, today),
        found["returned_why"],
    )


def _mine(role: Role) -> ColumnElement[bool]:
    if role != Role.OFFICE:
        return waits_for(role)
    answered = exists().where(col(EntryUnit.entry_id) == Entry.id)
    # Those without deadline or measure have an index of their own, found by these very words.
    other = aliased(Entry)
    empty = or_(col(other.due_on).is_(None), col(other.measure) == literal_column("''"))
    blank = select(col(other.id)).where(_unsettled(other), empty)
    return and_(_unsettled(Entry), or_(col(Entry.id).in_(blank), ~answered))


def _unsettled(entry: type[Entry]) -> ColumnElement[bool]:
    return col(entry.state).in_(words((EntryState.TO_RECTIFY, EntryState.RETURNED)))
