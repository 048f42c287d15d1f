"""Working days of China, and what they make of a deadline."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app.ledger import deadlines
from field_app.ledger.deadlines import Standing, after, before, is_working_day, last_day, standing

DAYS = st.dates(date(2010, 1, 1), date(2035, 12, 31))


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(deadlines).failed == 0


# From the notices of the State Council's office for 2023 and 2026: days off, and weekends worked.
@pytest.mark.parametrize(
    ("first", "last", "worked"),
    [
        (date(2023, 1, 21), date(2023, 1, 27), [date(2023, 1, 28), date(2023, 1, 29)]),
        (date(2023, 9, 29), date(2023, 10, 6), [date(2023, 10, 7), date(2023, 10, 8)]),
        (date(2026, 2, 15), date(2026, 2, 23), [date(2026, 2, 14), date(2026, 2, 28)]),
        (date(2026, 5, 1), date(2026, 5, 5), [date(2026, 5, 9)]),
        (date(2026, 10, 1), date(2026, 10, 7), [date(2026, 9, 20), date(2026, 10, 10)]),
    ],
)
def test_days_off_are_off_and_shifted_weekends_are_worked(
    first: date, last: date, worked: list[date]
) -> None:
    off = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert not any(map(is_working_day, off))
    assert all(map(is_working_day, worked))
    assert all(day.weekday() >= 5 for day in worked)


def test_a_term_counts_from_the_next_day_and_over_the_new_year() -> None:
    assert after(date(2026, 4, 15), 30) == date(2026, 5, 29)  # 劳动节 between, and the 9th worked
    assert after(date(2025, 12, 31), 1) == date(2026, 1, 4)  # a Sunday that is worked
    assert before(date(2026, 1, 4), 1) == date(2025, 12, 31)
    assert after(date(2026, 5, 2), 1) == date(2026, 5, 6)


def test_a_deadline_in_a_holiday_is_extended_to_the_first_day_of_work() -> None:
    assert last_day(date(2026, 2, 15)) == date(2026, 2, 24)
    assert last_day(date(2026, 2, 14)) == date(2026, 2, 14)  # a Saturday, but worked
    assert last_day(date(2027, 12, 31)) == date(2027, 12, 31)
    assert last_day(date(9999, 12, 31)) == date(9999, 12, 31)


def test_nobody_is_late_on_the_day_to_which_a_holiday_has_moved_the_deadline() -> None:
    due = date(2026, 10, 3)
    assert standing(due, date(2026, 10, 8)) == Standing.SOON
    assert standing(due, date(2026, 10, 9)) == Standing.LATE
    assert standing(date(2026, 9, 30), date(2026, 10, 1)) == Standing.LATE
    assert standing(None, date(2026, 10, 1)) == Standing.UNSET


def test_due_soon_is_five_days_of_work_ahead_however_many_of_rest_lie_between() -> None:
    today = date(2026, 9, 30)
    assert standing(date(2026, 10, 13), today) == Standing.SOON  # 8, 9, 10 (worked), 12, 13
    assert standing(date(2026, 10, 14), today) == Standing.LATER


def test_a_year_without_its_notice_is_reckoned_and_said_to_be() -> None:
    assert deadlines.announced(2026)
    assert not deadlines.announced(2033)
    assert not is_working_day(date(2033, 10, 3))
    said = deadlines.caution([date(2033, 5, 1), date(2026, 5, 1), None, date(2034, 1, 1)])
    assert said.startswith("2033、2034 年")
    assert deadlines.caution([None]) == ""


@given(DAYS, st.integers(1, 400))
def test_counting_forth_and_back_meets(day: date, count: int) -> None:
    there = after(day, count)
    between = [
        d for n in range(1, (there - day).days + 1) if is_working_day(d := day + timedelta(days=n))
    ]
    assert len(between) == count
    assert between[-1] == there
    assert before(there, count - 1) == between[0]
    if is_working_day(day):
        assert before(there, count) == day


@given(DAYS, DAYS)
def test_the_newest_late_day_parts_late_from_in_time(due: date, today: date) -> None:
    late = standing(due, today) == Standing.LATE
    assert late == (due <= deadlines.late_until(today))
    soon = standing(due, today) == Standing.SOON
    assert soon == (not late and due <= deadlines.soon_until(today))
