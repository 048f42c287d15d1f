"""督办: who owes what, unit by unit, for the office and the supervisors."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session, col

from field_app import clock
from field_app.db import reading
from field_app.ledger import deadlines
from field_app.ledger.deadlines import Standing
from field_app.ledger.owing import owes, waits_for
from field_app.roles import Action, Who, require
from models.tables import Entry, EntryUnit, Unit
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed of one kind: how many late, soon, without a day, open in all; `oldest` is the
    first day of those that are late, `longest` how many days it is past today."""

    late: int
    soon: int
    unset: int
    open: int
    oldest: date | None
    longest: int


@dataclass(frozen=True, slots=True)
class UnitDebt:
    """What one unit owes. `unit_id` is None for entries that no unit answers."""

    unit_id: int | None
    name: str
    debt: Debt


@dataclass(frozen=True, slots=True)
class Pressing:
    """All debts. An entry of several units counts for each, in `units`, and once in `all_units`;
    `deciding` is what the supervisors owe, without a deadline of entries."""

    units: tuple[UnitDebt, ...]
    all_units: Debt
    deciding: Debt
    caution: str


def pressing(who: Who, *, now: datetime) -> Pressing:
    """What every unit owes, the worst first."""
    require(who, Action.SEE_OWING)
    today = clock.local(now).date()
    with reading() as session:
        by_unit = session.connection().execute(
            select(col(EntryUnit.unit_id), *_sums(Role.UNIT, today))
            .select_from(Entry)
            .outerjoin(EntryUnit, col(EntryUnit.entry_id) == Entry.id)
            .where(waits_for(Role.UNIT))
            .group_by(col(EntryUnit.unit_id))
        )
        named = session.connection().execute(select(col(Unit.id), col(Unit.name)))
        names = {row.id: row.name for row in named}
        units = [
            UnitDebt(unit_id, names.get(unit_id, "责任单位未定"), _debt(sums, today))
            for unit_id, *sums in by_unit
        ]
        units.sort(
            key=lambda u: (-u.debt.late, u.debt.oldest or today, -u.debt.soon, -u.debt.open, u.name)
        )
        return Pressing(
            tuple(units),
            _whole(session, Role.UNIT, today),
            _whole(session, Role.SUPERVISOR, today),
            deadlines.caution([today, deadlines.soon_until(today)]),
        )


def _whole(session: Session, debtor: Role, today: date) -> Debt:
    query = select(*_sums(debtor, today)).select_from(Entry).where(waits_for(debtor))
    return _debt(list(session.connection().execute(query).one()), today)


def _sums(debtor: Role, today: date) -> list[ColumnElement[Any]]:
    late = owes(debtor, Standing.LATE, today)
    kinds = (late, owes(debtor, Standing.SOON, today), owes(debtor, Standing.UNSET, today))
    sums: list[ColumnElement[Any]] = [func.sum(case((kind, 1), else_=0)) for kind in kinds]
    sums.append(func.count())
    # A decision has no day of its own in the row; when it began to wait would be no deadline.
    return [*sums, func.min(case((late, col(Entry.due_on))))] if debtor == Role.UNIT else sums


def _debt(sums: list[Any], today: date) -> Debt:
    late, soon, unset, count, *first = sums
    oldest = first[0] if first else None
    longest = (today - deadlines.last_day(oldest)).days if oldest else 0
    return Debt(late or 0, soon or 0, unset or 0, count, oldest, longest)
