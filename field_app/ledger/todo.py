"""待办: the entries whose next step is this person's, the most urgent first."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import col

from field_app import clock
from field_app.db import reading
from field_app.ledger import deadlines, workflow
from field_app.ledger.deadlines import Standing
from field_app.ledger.filters import LedgerFilter, conditions, covered_townships, without_team
from field_app.ledger.listing import LedgerRow, row_of, rows_query, unit_names
from field_app.ledger.owing import owed_by, waits_for
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
        columns = (
            col(Entry.id), col(Entry.state), col(Entry.due_on), col(Entry.state_since),
            col(Entry.township_code), col(Entry.verified_at),
        )  # fmt: skip
        found = session.connection().execute(select(*columns).where(*mine)).all()
        days: dict[int, date | None] = {
            n: owed_by(workflow.owed(EntryState(s), verified=at is not None), due, since)
            for n, s, due, since, _, at in found
            if n
        }
        order = sorted(days, key=lambda n: (days[n] is None, days[n] or today, n))
        page = order[offset : offset + limit]
        shown = session.connection().execute(
            rows_query(col(Entry.returned_why)).where(col(Entry.id).in_(page))
        )
        names = unit_names(session, page)
        by_id = {
            r["id"]: (row_of(r, names.get(r["id"], ()), today, teamed), r["returned_why"])
            for r in shown.mappings()
        }
        left = {n: (day - today).days for n, day in days.items() if day is not None}
        stands = [deadlines.standing(day, today) for day in days.values()]
        everything = session.scalar(
            select(func.count())
            .select_from(Entry)
            .where(*seen, col(Entry.state) != EntryState.CLOSED)
        )
        return Todo(
            tuple(
                Waiting(
                    by_id[n][0],
                    Step.AMEND if who.role == Role.OFFICE else OWED[by_id[n][0].state].step,
                    days[n],
                    left.get(n),
                    deadlines.standing(days[n], today),
                    by_id[n][1],
                )
                for n in page
            ),
            len(order),
            stands.count(Standing.LATE),
            stands.count(Standing.SOON),
            sum(without_team(code, teamed) for *_, code, _ in found),
            (everything or 0) - len(order),
            deadlines.caution(days[n] for n in page),
        )


def _mine(role: Role) -> ColumnElement[bool]:
    if role != Role.OFFICE:
        return waits_for(role)
    answered = exists().where(col(EntryUnit.entry_id) == Entry.id)
    unsettled = or_(~answered, col(Entry.due_on).is_(None), col(Entry.measure) == "")
    return and_(
        col(Entry.state).in_(words((EntryState.TO_RECTIFY, EntryState.RETURNED))), unsettled
    )
