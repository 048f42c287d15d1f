"""The campaign of the demonstration county: the plan's milestones, and what some have sent."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from field_app.clock import local
from field_app.demo.script import on_day
from field_app.milestones import campaigns, owed, sending
from field_app.milestones.campaigns import Frame
from field_app.milestones.sending import Given
from field_app.milestones.standing import Stand
from field_app.roles import Who
from field_app.settings import settings

_BEGAN_DAYS_AGO = 25  # once the tasks are planned
_LASTS = timedelta(days=277)  # as the plan
_SENDERS = ("xiangzhen1", "xiangzhen2", "bumen1")
_RETURNED = "缺分管领导签字，补签后重新报送。"
_LATER = timedelta(hours=2)


def course(staff: Mapping[str, Who], now: datetime) -> Iterator[datetime]:
    """Sets the campaign up and sends what was due, each thing the day before its day; what is left
    of each unit is for the audience. Yields the moment of what it does next."""
    name = f"{settings().county_name}耕地保护突出问题专项整治（演示）"
    at = _began(now)
    yield at
    starts = local(at).date()
    frame = Frame(name, "演示文号", starts, starts + _LASTS)
    campaigns.set_up(frame, with_plan=True, who=staff["xianban1"], now=at)
    for at, job in sorted(_jobs(staff, now), key=lambda timed: timed[0]):
        yield at
        job(now=at)


def _began(now: datetime) -> datetime:
    return on_day(now, _BEGAN_DAYS_AGO) + timedelta(minutes=10)


def _jobs(
    staff: Mapping[str, Who], now: datetime
) -> Iterator[tuple[datetime, Callable[..., None]]]:
    """What each unit sends and the office says to it, each with its moment."""
    for turn, name in enumerate(_SENDERS):
        mine = [o for o in owed.owed(staff[name], now=now) if o.stand == Stand.LATE]
        mine = sorted(mine, key=lambda o: str(o.due_on))[: -1 - turn]
        for number, each in enumerate(mine):
            assert each.due_on is not None
            # The day before: in time, whatever hour the demonstration is loaded at.
            day_before = now - (local(now).date() - each.due_on + timedelta(days=1))
            at = max(day_before, _began(now) + timedelta(minutes=10 + turn))
            document = f"演示〔{at.year}〕{10 * turn + number + 1}号"
            sent: list[int] = []
            yield at, partial(_send, each.milestone_id, each.period, document, staff[name], sent)
            last = number + 1 == len(mine)
            if not last or turn == 1:
                yield at + _LATER, partial(_decide, sent, not last, staff["xianban1"])


def _send(
    milestone_id: int, period: str, document: str, who: Who, sent: list[int], *, now: datetime
) -> None:
    given = Given("按要求报送，见附件清单。", document)
    sent.append(sending.send(milestone_id, period, given, who=who, now=now))


def _decide(sent: list[int], take: bool, who: Who, *, now: datetime) -> None:
    sending.decide(sent[0], take=take, why="" if take else _RETURNED, who=who, now=now)
