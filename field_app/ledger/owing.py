"""What an entry owes and by when, and whether that is 逾期 or 即将到期: once for one entry, once as a
condition over all. Lists, 待办, reminders, figures and reports ask here and nowhere else.

Units owe the rectification by the entry's deadline, or by the day that 挂账 gave it, which then is
its deadline. Supervisors owe the verification of a clue and the decision on a close-out within
`DECIDE_DAYS` working days. The two are never added up: 逾期 of a ledger are those of the units.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col

from field_app import clock
from field_app.ledger import deadlines, workflow
from field_app.ledger.deadlines import Standing
from field_app.ledger.workflow import OWED, Owed
from field_app.settings import settings
from models.base import words
from models.tables import Entry
from models.vocabulary import EntryState, Role

_BY_DUE_DATE = tuple(state for state, owed in OWED.items() if owed.by_due_date)
_TO_DECIDE = tuple(state for state, owed in OWED.items() if not owed.by_due_date)
DEBTORS = (Role.UNIT, Role.SUPERVISOR)
"""Who can owe something."""


def owed_by(owed: Owed | None, due_on: date | None, since: datetime) -> date | None:
    """The last day for the step that an entry waits for; None where it waits for nothing, and where
    no deadline has been set. A deadline on a day of rest is extended to the next working day."""
    if owed is None:
        return None
    if owed.by_due_date:
        return None if due_on is None else deadlines.last_day(due_on)
    return deadlines.after(clock.local(since).date(), settings().decide_days)


def standing_of(
    state: EntryState, *, verified: bool, due_on: date | None, since: datetime, today: date
) -> tuple[Role | None, Standing]:
    """Who owes the next step of an entry, and how that stands."""
    owed = workflow.owed(state, verified=verified)
    if owed is None:
        return None, Standing.NOTHING
    return owed.role, deadlines.standing(owed_by(owed, due_on, since), today)


def owes(debtor: Role, standing: Standing, today: date) -> ColumnElement[bool]:
    """The condition over entries that `standing_of` gives (`debtor`, `standing`) for."""
    if standing == Standing.NOTHING or debtor not in DEBTORS:
        return false()
    # The day first: few entries are left whose state has to be looked up.
    stands = _due(standing, today) if debtor == Role.UNIT else _decided(standing, today)
    return and_(stands, waits_for(debtor))


def waits_for(debtor: Role) -> ColumnElement[bool]:
    """Whether an entry's next step is this role's."""
    if debtor == Role.SUPERVISOR:
        return col(Entry.state).in_(words(_TO_DECIDE))
    if debtor != Role.UNIT:
        return false()
    true = or_(col(Entry.state) != EntryState.RETURNED, col(Entry.verified_at).is_not(None))
    return and_(col(Entry.state).in_(words(_BY_DUE_DATE)), true)


def due_within(days: int, today: date) -> ColumnElement[bool]:
    """Whether a unit's deadline lies within so many days from today, late ones left out."""
    due = col(Entry.due_on)
    not_late = due > deadlines.late_until(today)
    return and_(not_late, due <= today + timedelta(days=days), waits_for(Role.UNIT))


def _due(standing: Standing, today: date) -> ColumnElement[bool]:
    # The bounds are working days, so that whatever lies on a day of rest falls to the right side.
    due, late, soon = col(Entry.due_on), deadlines.late_until(today), deadlines.soon_until(today)
    match standing:
        case Standing.UNSET:
            return due.is_(None)
        case Standing.LATE:
            return due <= late
        case Standing.SOON:
            return and_(due > late, due <= soon)
        case _:
            return due > soon


def _decided(standing: Standing, today: date) -> ColumnElement[bool]:
    since = col(Entry.state_since)
    late, soon = _came(deadlines.late_until(today)), _came(deadlines.soon_until(today))
    match standing:
        case Standing.UNSET:
            return false()
        case Standing.LATE:
            return since < late
        case Standing.SOON:
            return and_(since >= late, since < soon)
        case _:
            return since >= soon


def _came(owed: date) -> datetime:
    """The moment before which something came that was to be decided by the working day `owed`: as
    many working days must lie between, `owed` among them, as there are days to decide."""
    first = deadlines.before(owed, settings().decide_days - 1)
    return datetime.combine(first, time.min, clock.CHINA)
