"""What a report covers: days in China, and the moment to which it looks."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from field_app import clock
from field_app.problems import BAD_INPUT

WEEK_DAYS = 7


class Kind(StrEnum):
    """The papers of the plan: 周报告, 月调度 (三(二)1), 阶段性报告 (三(一)5)."""

    WEEKLY = "周报"
    MONTHLY = "月调度"
    STAGE = "阶段性报告"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both whole days in China. `moment` is the end of the last
    day, or now where that day is not over: what happened later is not looked at. A period
    `of_month` is compared with the month before."""

    first: date
    last: date
    moment: datetime
    of_month: bool = False

    @property
    def start(self) -> datetime:
        """The beginning of the first day; what happened then is within."""
        return _midnight(self.first)

    @property
    def before(self) -> datetime:
        """The last moment before the period."""
        return self.start - timedelta(microseconds=1)

    @property
    def end_of_last(self) -> datetime:
        """The end of the last day, over or not."""
        return _end(self.last)

    @property
    def whole(self) -> bool:
        """Whether the last day is over: the same report comes out whenever it is made again."""
        return self.moment == self.end_of_last

    def earlier(self) -> "Period":
        """What it is compared with: as many days right before it; of a month up to some day the
        month before up to the same day, whole where this one is."""
        last = self.first - timedelta(days=1)
        if not self.of_month:
            return Period(last - (self.last - self.first), last, _end(last))
        if (self.last + timedelta(days=1)).day != 1:
            last = last.replace(day=min(last.day, self.last.day))
        return Period(last.replace(day=1), last, _end(last), of_month=True)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.CHINA)


def _end(day: date) -> datetime:
    return _midnight(day + timedelta(days=1)) - timedelta(microseconds=1)


def span(first: date, last: date, now: datetime) -> Period:
    """The period from one day to another. BAD_INPUT where it ends after today, or before it
    begins."""
    if last > clock.local(now).date():
        raise BAD_INPUT(what=f"统计截止日期 {last} 还没有到，请选今天或更早的日期。")
    if first > last:
        raise BAD_INPUT(what=f"统计开始日期 {first} 晚于截止日期 {last}，请改正。")
    return Period(first, last, min(_end(last), now))


def of_kind(kind: Kind, last: date, now: datetime, first: date | None = None) -> Period:
    """The period of a report that ends on `last`: seven days, the month so far, or from `first`
    on."""
    if kind == Kind.WEEKLY:
        return span(last - timedelta(days=WEEK_DAYS - 1), last, now)
    if kind == Kind.MONTHLY:
        return replace(span(last.replace(day=1), last, now), of_month=True)
    return span(first or last, last, now)
