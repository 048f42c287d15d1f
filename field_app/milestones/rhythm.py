"""On which days a milestone is owed: once, every week, every month, by working days. Pure.

What comes again and again stays in its own week or month: where its day is a day of rest, it is due
on the first working day after within the period, else on the last one before; a week without
working days (春节) owes nothing. The plan says 周报告 and 月调度 and names no day; the rule is ours.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from field_app.ledger.deadlines import is_working_day, last_day
from models.vocabulary import Rhythm

ONCE = "一次"
FRIDAY, WEEK = 5, 7
MONTH_END = 31


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something is owed: its `period`, which stays the same when the day changes, and
    the last day for it."""

    period: str
    due_on: date


def occurrences(
    rhythm: Rhythm, *, due_on: date | None, day: int | None, first: date, last: date
) -> tuple[Occurrence, ...]:
    """All times between `first` and `last`, the earliest first. `day` is the day of the week (Monday
    is 1) or of the month (31 is its end); what is owed once is due on `due_on`.

    >>> weekly = occurrences(Rhythm.WEEKLY, due_on=None, day=5,
    ...                      first=date(2026, 4, 20), last=date(2026, 5, 10))
    >>> [(o.period, str(o.due_on)) for o in weekly]  # 劳动节 is Friday the 1st to the 5th
    [('2026-W17', '2026-04-24'), ('2026-W18', '2026-04-30'), ('2026-W19', '2026-05-08')]
    """
    match rhythm:
        case Rhythm.ONCE:
            return () if due_on is None else (Occurrence(ONCE, last_day(due_on)),)
        case Rhythm.WEEKLY:
            return _weekly(day or FRIDAY, first, last)
        case Rhythm.MONTHLY:
            return _monthly(day or MONTH_END, first, last)
        case _:
            return ()


def _weekly(day: int, first: date, last: date) -> tuple[Occurrence, ...]:
    found = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        wanted = monday + timedelta(days=day - 1)
        due = _within(monday, monday + timedelta(days=WEEK - 1), wanted)
        if due is not None and first <= wanted <= last:
            year, week, _ = monday.isocalendar()
            found.append(Occurrence(f"{year}-W{week:02d}", due))
        monday += timedelta(days=WEEK)
    return tuple(found)


def _monthly(day: int, first: date, last: date) -> tuple[Occurrence, ...]:
    found = []
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        length = monthrange(year, month)[1]
        begins, ends = date(year, month, 1), date(year, month, length)
        wanted = date(year, month, min(day, length))
        due = _within(begins, ends, wanted)
        if due is not None and first <= wanted <= last:
            found.append(Occurrence(f"{year}-{month:02d}", due))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(found)


def _within(begins: date, ends: date, wanted: date) -> date | None:
    """The working day that a wanted day stands for inside its period."""
    after = (wanted + timedelta(days=n) for n in range((ends - wanted).days + 1))
    before = (wanted - timedelta(days=n) for n in range(1, (wanted - begins).days + 1))
    return next((each for each in (*after, *before) if is_working_day(each)), None)


def said(period: str) -> str:
    """A period as a page names it.

    >>> said("2026-W17"), said("2026-04"), said("2026-04-15"), said("一次")
    ('2026 年第 17 周', '2026 年 4 月', '2026-04-15', '')
    """
    year, _, rest = period.partition("-")
    if rest.startswith("W"):
        return f"{year} 年第 {int(rest[1:])} 周"
    if rest and "-" not in rest:
        return f"{year} 年 {int(rest)} 月"
    return "" if period == ONCE else period
