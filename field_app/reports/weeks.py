"""What came and went by week."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from field_app import clock
from field_app.ledger.workflow import Step
from field_app.reports import happenings
from field_app.reports.facts import Facts
from field_app.reports.happenings import Happened
from field_app.reports.periods import WEEK_DAYS, Period
from models.vocabulary import EntryState

WEEKS = 12
_WEEK = timedelta(days=WEEK_DAYS)
_WEEKLY = (Step.APPLY, Step.CLOSE)


@dataclass(frozen=True, slots=True)
class Week:
    """What came and went in the seven days up to `last`, and how things stood then."""

    last: date
    found: int
    rectified: int
    closed: int
    registered: int
    closed_so_far: int


def since(period: Period) -> datetime:
    """The beginning of the earliest week; the weeks are counted back from the period's last day."""
    return period.end_of_last - WEEKS * _WEEK + timedelta(microseconds=1)


def of(then: Sequence[Facts], happened: list[Happened], period: Period) -> tuple[Week, ...]:
    """The weeks up to the period's last day, the earliest first; of the entries as they stand at its
    end and what happened since the first of them."""
    began, end = clock.utc(since(period)), clock.utc(period.end_of_last)
    moment = clock.utc(period.moment)
    ends = [min(moment, end - ago * _WEEK) for ago in range(WEEKS)]
    mine = {f.id for f in then}
    came = Counter((end - f.came) // _WEEK for f in then if f.came and f.came >= began)
    did: dict[tuple[Step, int], set[int]] = defaultdict(set)
    closing: Counter[int] = Counter()
    for each in happened:
        more, weekly = happenings.more_closed(each), each.step in _WEEKLY
        if not (more or weekly) or each.at < began or each.entry_id not in mine:
            continue
        ago = (end - each.at) // _WEEK
        closing[ago] += more
        # Done in its week is what was not taken back by the end of it, as its report said.
        if weekly and each.stood(ends[ago]):
            did[each.step, ago].add(each.entry_id)
    registered, closed = len(then), sum(f.state == EntryState.CLOSED for f in then)
    weeks: list[Week] = []
    for ago in range(WEEKS):
        weeks.append(
            Week(
                period.last - ago * _WEEK,
                came[ago],
                len(did[Step.APPLY, ago]),
                len(did[Step.CLOSE, ago]),
                registered,
                closed,
            )
        )
        registered -= came[ago]
        closed -= closing[ago]
    return tuple(reversed(weeks))
