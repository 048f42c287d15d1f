"""待办: the entries whose next step is this person's, the most urgent first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, case, exists, func, or_, select, true
from sqlmodel import Session, col

from field_app import clock
from field_app.db import reading
from field_app.ledger import deadlines, workflow
from field_app.ledger.deadlines import Standing
from field_app.ledger.filters import LedgerFilter, conditions, covered_townships, uncovered
from field_app.ledger.listing import LedgerRow, counts, page_of, row_of, unit_names
from field_app.ledger.owing import owed_by, owes, waits_for
from field_app.ledger.workflow import OWED, Step
from field_app.roles import Action, Who, require
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
        mine = [*seen, _mine(who.role)]
        total, late, soon, no_team = _counts(session, mine, who.role, today, teamed)
        open_ones = select(func.count()).select_from(Entry)
        everything = session.scalar(open_ones.where(*seen, col(Entry.state).in_(words(OWED))))
        more = (col(Entry.returned_why), col(Entry.state_since), col(Entry.verified_at))
        asked = LedgerFilter(limit=limit, offset=offset)
        shown = page_of(session, asked, mine, _order(who.role), *more)
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
            (everything or 0) - total,
            deadlines.caution(waits.by for waits in rows),
        )


def _counts(
    session: Session,
    mine: list[ColumnElement[bool]],
    role: Role,
    today: date,
    teamed: Collection[str],
) -> tuple[int, int, int, int]:
    """(all, 已逾期, 即将到期, 未分片) of what waits."""
    debtor = Role.SUPERVISOR if role == Role.SUPERVISOR else Role.UNIT
    each = (
        true(),
        owes(debtor, Standing.LATE, today),
        owes(debtor, Standing.SOON, today),
        uncovered(teamed),
    )
    # Only what supervisors decide is told by an index alone.
    total, late, soon, no_team = counts(
        session, LedgerFilter(), mine, each, once=role != Role.SUPERVISOR
    )
    return total, late, soon, no_team


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
    unsettled = or_(~answered, col(Entry.due_on).is_(None), col(Entry.measure) == "")
    return and_(
        col(Entry.state).in_(words((EntryState.TO_RECTIFY, EntryState.RETURNED))), unsettled
    )
