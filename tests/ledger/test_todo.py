"""What waits for whom, and what to do next; on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from field_app import db
from field_app.ledger import todo
from field_app.ledger.showing import next_step
from field_app.ledger.workflow import OWED, Step, owed
from field_app.problems import Problem
from field_app.roles import Who
from models.vocabulary import EntryState, Role
from tests import rows

S = EntryState
TODAY = date(2026, 4, 15)


@pytest.fixture
def unit(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")


def test_a_unit_sees_what_waits_for_it_the_most_urgent_first(unit: Who, noon: datetime) -> None:
    ours = ["留山镇人民政府"]
    rows.an_entry(ours, number="later", due_on=TODAY + timedelta(days=20))
    rows.an_entry(ours, number="late", state=S.RECTIFYING, due_on=TODAY - timedelta(days=2))
    rows.an_entry(ours, number="open", due_on=None)
    rows.an_entry(
        ours, number="back", state=S.RETURNED, due_on=TODAY + timedelta(days=3), returned_why="补拍"
    )
    rows.an_entry(ours, number="theirs now", state=S.TO_CLOSE)
    rows.an_entry(ours, number="untrue", state=S.RETURNED, verified_at=None)
    rows.an_entry(ours, number="done", state=S.CLOSED)
    rows.an_entry(["皇后乡人民政府"], number="of others", due_on=TODAY)
    found = todo.waiting(unit, now=noon)
    assert [w.row.number for w in found.rows] == ["late", "back", "later", "open"]
    assert [w.step for w in found.rows] == [Step.APPLY, Step.GO_ON, Step.BEGIN, Step.BEGIN]
    assert [w.left for w in found.rows] == [-2, 5, 21, None]  # days of rest are extended
    assert found.rows[1].why == "补拍"
    assert (found.total, found.late, found.soon, found.elsewhere) == (4, 1, 1, 2)
    page = todo.waiting(unit, now=noon, limit=2, offset=2)
    assert [w.row.number for w in page.rows] == ["later", "open"]


def test_a_supervisor_has_some_days_to_verify_and_to_decide(unit: Who, noon: datetime) -> None:
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    since = noon - timedelta(days=9)
    rows.an_entry(number="clue", state=S.TO_VERIFY, state_since=since)
    rows.an_entry(
        number="closing", state=S.TO_CLOSE, state_since=noon, due_on=TODAY - timedelta(days=9)
    )
    rows.an_entry(number="at work", state=S.RECTIFYING, township_code=rows.HUANGHOU)
    found = todo.waiting(zhou, now=noon)
    assert [(w.row.number, w.by, w.left) for w in found.rows] == [
        ("clue", date(2026, 4, 13), -2),  # since Monday the 6th, a day of rest
        ("closing", date(2026, 4, 22), 7),
    ]
    assert (found.late, found.soon, found.elsewhere, found.without_team) == (1, 1, 1, 0)


def test_the_office_sees_what_nobody_answers_for_or_has_no_plan(unit: Who, noon: datetime) -> None:
    office = rows.a_person(Role.OFFICE, "钱主任")
    rows.an_entry(number="nobody", township_code=rows.HUANGHOU)
    rows.an_entry(["留山镇人民政府"], number="no day", due_on=None)
    rows.an_entry(["留山镇人民政府"], number="no measure", measure="")
    rows.an_entry(["留山镇人民政府"], number="settled")
    found = todo.waiting(office, now=noon)
    assert {w.row.number for w in found.rows} == {"nobody", "no day", "no measure"}
    assert found.without_team == 1
    assert found.elsewhere == 1


def test_what_has_no_plan_is_found_by_its_index(
    office_statements: list[tuple[str, Any]], database: str
) -> None:
    """PostgreSQL reads a small table whole, whatever indexes it has."""
    if database == "postgres":
        return
    plans = []
    with db.reading() as session:
        for statement, values in office_statements:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.append(" ".join(str(step[3]) for step in plan))
    assert sum("ix_entry_no_plan" in plan for plan in plans) == 2  # the counts and the page


@pytest.fixture
def office_statements(unit: Who, noon: datetime) -> list[tuple[str, Any]]:
    """What the office's list asks the database, with its values."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    office = rows.a_person(Role.OFFICE, "钱主任")
    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        todo.waiting(office, now=noon)
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
    return [each for each in asked if each[0].startswith("SELECT")]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ADMIN])
def test_who_has_no_part_in_it_is_refused(role: Role, unit: Who, noon: datetime) -> None:
    with pytest.raises(Problem) as told:
        todo.waiting(rows.a_person(role), now=noon)
    assert told.value.id == "not-allowed"


def step_of(state: S, *, steps: set[Step] | None = None, **known: bool) -> Step | None:
    given = {"reported": True, "short": False, "closable": True} | known
    return next_step(state, OWED.get(state), set(Step) if steps is None else steps, **given)


def test_the_next_step_is_one_thing_and_comes_in_order() -> None:
    assert step_of(S.TO_RECTIFY) == Step.BEGIN
    assert step_of(S.RECTIFYING, reported=False, short=True) == Step.REPORT
    assert step_of(S.RECTIFYING, short=True) == Step.SHOOT
    assert step_of(S.RECTIFYING) == Step.APPLY
    assert step_of(S.TO_CLOSE) == Step.CLOSE
    assert step_of(S.TO_CLOSE, closable=False) == Step.SEND_BACK
    assert step_of(S.RETURNED) == Step.GO_ON
    assert step_of(S.CLOSED) is None
    assert step_of(S.RECTIFYING, steps={Step.AMEND}) is None


def test_a_clue_that_was_not_true_waits_for_nothing() -> None:
    assert owed(S.RETURNED, verified=False) is None
    assert owed(S.RETURNED, verified=True) is OWED[S.RETURNED]
    assert (
        next_step(S.RETURNED, None, set(Step), reported=False, short=False, closable=False) is None
    )
