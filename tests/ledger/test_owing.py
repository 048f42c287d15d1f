"""What an entry owes: the same for one entry and as a condition over all; on both databases."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from sqlmodel import Session, col, select

from field_app import clock, db
from field_app.ledger import carrying, closing, deadlines, entries, owing
from field_app.ledger.deadlines import Standing
from field_app.ledger.filters import Due, condition
from field_app.ledger.owing import DEBTORS, owes, standing_of
from field_app.ledger.workflow import OWED
from field_app.problems import Problem
from field_app.settings import settings
from models.tables import Entry
from models.vocabulary import EntryState, Role
from tests import rows

S = EntryState
FIRST, LAST = date(2026, 4, 10), date(2026, 6, 1)  # 劳动节 with its worked Saturday lies between
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]


def said_by_python(session: Session, today: date) -> dict[tuple[Role, Standing], set[int]]:
    found: dict[tuple[Role, Standing], set[int]] = {}
    for each in session.exec(select(Entry)):
        debtor, standing = standing_of(
            EntryState(each.state),
            verified=each.verified_at is not None,
            due_on=each.due_on,
            since=each.state_since,
            today=today,
        )
        if debtor is not None:
            found.setdefault((debtor, standing), set()).add(each.id or 0)
    return found


def test_function_and_condition_say_the_same_of_every_entry_on_every_day(
    database: str, noon: datetime
) -> None:
    midnight = datetime(2026, 5, 6, tzinfo=clock.CHINA)
    shapes = list(product(S, [None, *DAYS[::3]], [noon, None]))
    with db.writing() as session:
        for n, (state, due_on, verified_at) in enumerate(shapes):
            # At midnight in China, and a second before: where days of two zones part.
            since = midnight + timedelta(days=n % 40 - 25, seconds=-(n % 2))
            given = {"state": state, "due_on": due_on, "verified_at": verified_at}
            session.add(
                Entry(
                    number=f"n{n}", category=2, problem_type="2-1", source="自查", found_on=FIRST,
                    description="x", state_since=since, evidence_after=since, created_at=since,
                    **given,
                )
            )  # fmt: skip
    for today in DAYS[::4] + DAYS[20:28]:
        with db.reading() as session:
            told = said_by_python(session, today)
            asked = {
                (debtor, standing): found
                for debtor, standing in product(DEBTORS, Standing)
                if (found := set(session.exec(
                    select(Entry.id).where(owes(debtor, standing, today))
                )))
            }  # fmt: skip
        assert asked == told, today


def test_units_owe_by_the_deadline_and_supervisors_by_working_days(noon: datetime) -> None:
    since = datetime(2026, 4, 30, 12, tzinfo=clock.CHINA)

    def day(state: S) -> date | None:
        return owing.owed_by(OWED[state], date(2026, 5, 2), since)

    assert settings().decide_days == 5
    assert day(S.RECTIFYING) == date(2026, 5, 6)  # the holiday extends it
    assert day(S.TO_CLOSE) == day(S.TO_VERIFY) == date(2026, 5, 11)
    assert owing.owed_by(OWED[S.RECTIFYING], None, since) is None
    assert owing.owed_by(None, date(2026, 5, 2), since) is None


def ids(due: Due, today: date) -> list[int]:
    with db.reading() as session:
        query = select(Entry.id).where(condition(due, today)).order_by(col(Entry.id))
        return [each for each in session.exec(query) if each]


def test_what_was_applied_for_in_time_is_not_late_however_long_the_decision_takes(
    database: str, noon: datetime
) -> None:
    today = clock.local(noon).date()
    gone = today - timedelta(days=20)
    waiting = rows.an_entry(state=S.TO_CLOSE, due_on=gone, state_since=noon - timedelta(days=30))
    rows.an_entry(state=S.CLOSED, due_on=gone)
    rows.an_entry(state=S.RETURNED, verified_at=None, due_on=gone)
    late = rows.an_entry(state=S.RETURNED, due_on=gone)
    assert ids(Due.LATE, today) == [late]
    assert ids(Due.DECIDE_LATE, today) == [waiting]


def test_an_entry_that_is_carried_owes_by_the_day_it_is_carried_to(
    database: str, noon: datetime
) -> None:
    rows.units_of_the_plan()
    office = rows.a_person(Role.OFFICE, "钱主任")
    today = clock.local(noon).date()
    entry = rows.an_entry(["留山镇人民政府"], due_on=today - timedelta(days=3), state=S.RECTIFYING)
    assert ids(Due.LATE, today) == [entry]
    until = date(2026, 5, 3)
    carrying.carry(entry, 1, until, "县政府", why="汛期", who=office, now=noon)
    assert ids(Due.LATE, today) == []
    assert ids(Due.SOON, date(2026, 4, 29)) == [entry]
    assert ids(Due.LATE, date(2026, 5, 6)) == []  # extended over 劳动节
    assert ids(Due.LATE, date(2026, 5, 7)) == [entry]
    with pytest.raises(Problem) as told:  # nobody moves that day but by a step of its own
        entries.change(entry, 2, {"due_on": date(2026, 8, 1)}, why="再等等", who=office, now=noon)
    assert told.value.id == "bad-input"
    entries.change(entry, 2, {"remark": "汛期"}, why="补记", who=office, now=noon)
    carrying.uncarry(entry, 3, date(2026, 6, 1), why="水退了", who=office, now=noon)
    entries.change(entry, 4, {"due_on": date(2026, 6, 2)}, why="改期", who=office, now=noon)


def test_what_is_opened_again_is_carried_no_more(database: str, noon: datetime) -> None:
    rows.units_of_the_plan()
    office = rows.a_person(Role.OFFICE, "钱主任")
    entry = rows.an_entry(
        ["留山镇人民政府"], state=S.CLOSED, carried="汛期", carried_until=date(2026, 4, 1),
        carried_approver="县政府", due_on=date(2026, 4, 1),
    )  # fmt: skip
    closing.reopen(entry, 1, date(2026, 6, 1), why="又种上了树", who=office, now=noon)
    with db.reading() as session:
        now = session.get_one(Entry, entry)
        assert (now.carried, now.carried_until, now.due_on) == ("", None, date(2026, 6, 1))


def test_the_days_of_a_preset_are_days_of_work(noon: datetime) -> None:
    assert deadlines.after(clock.local(noon).date(), settings().rectify_days) == date(2026, 5, 29)
