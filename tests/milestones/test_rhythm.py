"""On which days a milestone is owed."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app.ledger.deadlines import is_working_day
from field_app.milestones import rhythm
from field_app.milestones.rhythm import Occurrence, occurrences
from field_app.milestones.standing import Stand, stand
from models import taxonomy
from models.vocabulary import Ower, Rhythm

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def days(kind: Rhythm, first: date = FIRST, last: date = LAST, day: int = 5) -> dict[str, date]:
    return {
        o.period: o.due_on for o in occurrences(kind, due_on=None, day=day, first=first, last=last)
    }


def test_the_examples_of_the_modules_hold() -> None:
    assert doctest.testmod(rhythm).failed == 0
    assert doctest.testmod(taxonomy).failed == 0


def test_a_weekly_report_stays_in_its_week_and_the_week_of_the_festival_owes_none() -> None:
    weekly = days(Rhythm.WEEKLY)
    assert weekly["2026-W16"] == date(2026, 4, 17)
    assert weekly["2026-W01"] == date(2026, 1, 4)  # Friday is off, Sunday is worked
    assert weekly["2026-W40"] == date(2026, 9, 30)  # 国庆节 from Thursday on
    assert weekly["2026-W41"] == date(2026, 10, 9)
    assert "2026-W08" not in weekly  # 春节, Monday to Sunday


def test_a_monthly_one_stays_in_its_month() -> None:
    monthly = days(Rhythm.MONTHLY, day=31)
    assert monthly["2026-02"] == date(2026, 2, 28)  # a Saturday that is worked
    assert monthly["2026-05"] == date(2026, 5, 29)  # the 31st is a Sunday
    assert days(Rhythm.MONTHLY, day=3)["2026-10"] == date(2026, 10, 8)
    assert len(monthly) == 12


def test_what_is_owed_once_is_extended_over_a_day_of_rest() -> None:
    once = occurrences(Rhythm.ONCE, due_on=date(2026, 5, 2), day=None, first=FIRST, last=LAST)
    assert once == (Occurrence("一次", date(2026, 5, 6)),)
    assert occurrences(Rhythm.AT_NEED, due_on=None, day=None, first=FIRST, last=LAST) == ()


def test_nothing_is_owed_for_days_before_the_beginning_or_after_the_end() -> None:
    weekly = days(Rhythm.WEEKLY, date(2026, 4, 18), date(2026, 4, 30))
    assert weekly == {"2026-W17": date(2026, 4, 24)}


@given(DAYS, st.integers(0, 400), st.integers(1, 7))
def test_each_week_owes_at_most_once_on_a_working_day_of_its_own(
    first: date, length: int, day: int
) -> None:
    last = first + timedelta(days=length)
    found = occurrences(Rhythm.WEEKLY, due_on=None, day=day, first=first, last=last)
    assert [o.due_on for o in found] == sorted({o.due_on for o in found})
    for each in found:
        year, week, _ = each.due_on.isocalendar()
        assert each.period == f"{year}-W{week:02d}"
        assert is_working_day(each.due_on)


@given(DAYS, st.integers(0, 800), st.integers(1, 31))
def test_each_month_owes_once(first: date, length: int, day: int) -> None:
    last = first + timedelta(days=length)
    found = occurrences(Rhythm.MONTHLY, due_on=None, day=day, first=first, last=last)
    for each in found:
        assert each.due_on.strftime("%Y-%m") == each.period
        assert is_working_day(each.due_on)


@pytest.mark.parametrize(
    ("states", "today", "stands"),
    [
        ([], date(2026, 4, 30), Stand.SOON),
        ([], date(2026, 4, 20), Stand.LATER),
        ([], date(2026, 5, 7), Stand.LATE),
        (["退回"], date(2026, 4, 30), Stand.RETURNED),
        (["退回"], date(2026, 5, 7), Stand.LATE),
        (["退回", "已报送"], date(2026, 5, 7), Stand.WAITING),
        (["已接收"], date(2026, 5, 7), Stand.TAKEN),
    ],
)
def test_what_was_sent_is_never_late(states: list[str], today: date, stands: Stand) -> None:
    assert stand(date(2026, 5, 6), states, today) == stands


def test_the_countys_own_plan_is_in_the_files() -> None:
    plan = taxonomy.milestones("411321")
    assert len(plan) == 11
    assert {party for row in plan for party in row.owers} == set(map(str, Ower))
    assert [row.task for row in plan if row.when == "weekly"] == ["周报告"]
    assert taxonomy.milestones("999999") == ()
