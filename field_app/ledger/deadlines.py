"""Deadlines by China's working days, and what 逾期 and 即将到期 mean. Pure: today is handed in.

Which days are worked, weekends that are worked instead (调休) included, comes from the package
`holidays`, whose tables follow the yearly notices of the State Council's office. On every day from
2004 to 2026 it says what `chinesecalendar` says, but for 2005-12-31. A year whose notice is not in
the package yet goes by weekends and by the days off that the 全国年节及纪念日放假办法 fixes, and
`caution` says so: the shifted days of such a year are not known to anybody.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache

from holidays.countries.china import CN

SOON_DAYS = 5
"""即将到期: due within so many working days, a week of work."""


class Standing(StrEnum):
    """How what is owed stands with its day."""

    NOTHING = "无须办理"
    UNSET = "未定期限"
    LATE = "已逾期"
    SOON = "即将到期"
    LATER = "未到期"


@lru_cache(maxsize=512)
def _calendar(year: int) -> tuple[tuple[date, ...], bool]:
    """The working days of a year, and whether its notice is known."""
    known = CN(years=year)
    first = date(year, 1, 1)
    length = 366 if (year % 4 == 0 and year % 100) or year % 400 == 0 else 365
    days = (first + timedelta(days=n) for n in range(length))
    # Every notice so far has shifted some weekend; a year that has none is not announced.
    announced = any(day.year == year for day in known.weekend_workdays)
    return tuple(day for day in days if known.is_working_day(day)), announced


def is_working_day(day: date) -> bool:
    """Whether `day` is worked in China.

    >>> is_working_day(date(2026, 5, 9)), is_working_day(date(2026, 5, 4))  # 调休, 劳动节
    (True, False)
    """
    days, _ = _calendar(day.year)
    at = bisect_left(days, day)
    return at < len(days) and days[at] == day


def after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count: 民法典第二百零一条 counts
    from the next day on, and 行政许可法第八十二条 counts deadlines in working days. The plan of the
    county says neither; what the law has for others is taken over here.

    >>> after(date(2026, 4, 30), 5)  # 劳动节 until the 5th, Saturday the 9th is worked
    datetime.date(2026, 5, 11)
    """
    year = day.year
    days, _ = _calendar(year)
    at = bisect_right(days, day) + count - 1
    while at >= len(days):
        at -= len(days)
        year += 1
        days, _ = _calendar(year)
    return days[at]


def before(day: date, count: int) -> date:
    """The `count`-th working day before `day`; with 0 the first one that is not before it.

    >>> before(date(2026, 5, 6), 1)
    datetime.date(2026, 4, 30)
    """
    year = day.year
    days, _ = _calendar(year)
    at = bisect_left(days, day) - count
    while at < 0:
        year -= 1
        days, _ = _calendar(year)
        at += len(days)
    return days[at] if at < len(days) else after(days[-1], 1)


def last_day(day: date) -> date:
    """The last day to do what is due on `day`: the day itself, or the first working day after a day
    of rest (顺延). 民法典第二百零三条 says so of days off by law (法定休假日); that it holds for a date
    which an office has written into a plan is practice, not law.

    >>> last_day(date(2026, 5, 2))
    datetime.date(2026, 5, 6)
    """
    if day.year >= MAXYEAR:
        return day  # nobody works that out
    return before(day, 0)


def standing(owed_on: date | None, today: date) -> Standing:
    """How something due on `owed_on` stands; a day of rest is extended."""
    if owed_on is None:
        return Standing.UNSET
    last = last_day(owed_on)
    if last < today:
        return Standing.LATE
    return Standing.SOON if last <= soon_until(today) else Standing.LATER


def soon_until(today: date) -> date:
    """The last day that is 即将到期."""
    return after(today, SOON_DAYS)


def late_until(today: date) -> date:
    """The newest day that is 逾期 today: the last working day before. What was due on a day of rest
    since then may still be done today.

    >>> late_until(date(2026, 5, 6))  # the 2nd is extended to this day
    datetime.date(2026, 4, 30)
    """
    return before(today, 1)


def announced(year: int) -> bool:
    """Whether the days off of a year are known, shifted weekends included."""
    return _calendar(year)[1]


def caution(days: Iterable[date | None]) -> str:
    """What a page has to say of days in years that are not announced yet; empty where there are
    none.

    >>> caution([date(2026, 5, 2), None])
    ''
    """
    years = sorted({day.year for day in days if day is not None})
    unknown = [str(year) for year in years if not announced(year)]
    if not unknown:
        return ""
    return (
        f"{'、'.join(unknown)} 年的放假调休安排本系统还没有，其中的工作日按周末和法定节假日推算，"
        "公布并更新后以公布的为准。"
    )
