"""The campaign of the demonstration county: the plan's milestones, and what some have sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from field_app.clock import local
from field_app.milestones import campaigns, owed, sending
from field_app.milestones.campaigns import Frame
from field_app.milestones.sending import Given
from field_app.milestones.standing import Stand
from field_app.roles import Who
from field_app.settings import settings

_BEGAN = timedelta(days=51)
_LASTS = timedelta(days=277)  # as the plan
_SENDERS = ("xiangzhen1", "xiangzhen2", "bumen1")
_RETURNED = "缺分管领导签字，补签后重新报送。"


def play(staff: Mapping[str, Who], now: datetime) -> None:
    """Sets the campaign up and sends what was due by the day before each was; the last of each
    unit is left to the audience."""
    starts = local(now).date() - _BEGAN
    frame = Frame(
        f"{settings().county_name}耕地保护突出问题专项整治（演示）",
        "演示文号",
        starts,
        starts + _LASTS,
    )
    office = staff["xianban1"]
    campaigns.set_up(frame, with_plan=True, who=office, now=now - _BEGAN)
    for turn, name in enumerate(_SENDERS):
        who = staff[name]
        mine = [o for o in owed.owed(who, now=now) if o.stand == Stand.LATE]
        mine = sorted(mine, key=lambda o: o.due_on or starts)[: -1 - turn]
        for number, each in enumerate(mine):
            assert each.due_on is not None
            # The afternoon before: in time, whatever hour the demonstration is loaded at.
            at = now - (local(now).date() - each.due_on + timedelta(days=1))
            given = Given(
                "按要求报送，见附件清单。", f"演示〔{at.year}〕{10 * turn + number + 1}号"
            )
            sent = sending.send(each.milestone_id, each.period, given, who=who, now=at)
            if number + 1 < len(mine):
                sending.decide(sent, take=True, who=office, now=at + timedelta(hours=2))
            elif turn == 1:
                sending.decide(
                    sent, take=False, why=_RETURNED, who=office, now=at + timedelta(hours=2)
                )
