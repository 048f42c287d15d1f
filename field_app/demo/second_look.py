"""The 回头看 of the demonstration county: drawn by lot from what was closed, and looked at in part."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlmodel import col, select

from field_app.db import reading
from field_app.demo.parcels import Field, Project
from field_app.demo.playing import Player, in_order
from field_app.demo.script import Confirm, OnEntry, Script, Visit, nothing_wrong, on_day, problem
from field_app.demo.shots import Shot
from field_app.ledger.workflow import Step
from field_app.second_look import assigning, draws
from field_app.second_look.draws import Wish
from field_app.second_look.lots import Stratum
from field_app.second_look.populations import Sought
from models.tables import DrawnParcel, Parcel
from models.vocabulary import Purpose

DRAWN = 4
_FROZEN, _MADE = 6.2, 6.7  # days ago: all that is drawn from was closed the day before
_SEED = "36251463"
_SEED_SOURCE = "县专项整治办例会上，各组组长当众依次掷八次骰子的点数"
_WHY = "第一批销号的条目，按实施方案“回头看”，看复耕的地还在不在种"
_LASTS = timedelta(days=25)
_OFFICE, _REVIEWER = "xianban1", "dudao1"  # dudao2 closed them all
_FIRST_SEED = 700  # no picture of the visits is drawn from here on


def course(
    player: Player,
    county: dict[str, Project],
    now: datetime,
    ask: Callable[[list[Shot]], None],
) -> Iterator[datetime]:
    """Freezes the list, draws, makes the tasks, and sends one team to some of those drawn. Yields
    the moment of what it does next; `ask` hears early which photos will be wanted.

    Whichever are drawn, the first held, the second did not, the third waits for a decision on its
    entry, and the last for somebody to go there.
    """
    office = player.who(_OFFICE)
    yield (at := on_day(now, _FROZEN))
    wish = Wish(Sought(Purpose.SECOND_LOOK), DRAWN, (Stratum.TOWNSHIP,), _SEED_SOURCE, _WHY)
    draw_id = draws.freeze(wish, who=office, now=at)
    yield (at := on_day(now, _MADE))
    draws.make(draw_id, _SEED, randomness=b"", who=office, now=at)
    yield (at := at + timedelta(minutes=8))
    assigning.plan(draw_id, (at, at + _LASTS), who=office, now=at)
    fields = {f.number: f for project in county.values() for f in project.fields}
    drawn = [(task, entry, fields[number]) for task, entry, number in _drawn(draw_id)]
    script = Script(county, now, first_seed=_FIRST_SEED)
    visits = list(_visits(script, [field for *_, field in drawn]))
    ask([shot for visit in visits for shot in visit.shots])
    yield from in_order(
        [
            player.course(visit, task=task, entry=entry)
            for visit, (task, entry, _) in zip(
                visits, drawn, strict=False
            )  # nobody went to the last
        ]
    )


def _drawn(draw_id: int) -> list[tuple[int, int, str]]:
    """(task, entry, number of the parcel) of each, in the order of the draw."""
    query = (
        select(DrawnParcel.task_id, DrawnParcel.entry_id, Parcel.number)
        .join(Parcel, col(Parcel.id) == DrawnParcel.parcel_id)
        .where(DrawnParcel.draw_id == draw_id)
        .order_by(col(DrawnParcel.id))
    )
    with reading() as session:
        return [(task or 0, entry or 0, number) for task, entry, number in session.exec(query)]


def _visits(s: Script, fields: list[Field]) -> Iterator[Visit]:
    """Of all but the last, by people of the team that had no hand in it."""
    held, broken, waits, *_ = fields
    why = "与销号时一致，玉米长势良好，没有反弹。"
    passed = OnEntry(_REVIEWER, 2.4, Step.LOOKED, {"why": why})
    confirmed = Confirm(_REVIEWER, 3.2)
    yield s.visit("hecha1", held, 5.2, "crop", nothing_wrong(), confirmed, passed)

    facts = "复耕后没有管护，苗已枯死，地里又长满杂草，与销号时不一致。"
    said = problem(broken, "3-6", "0103", facts, planting="WG")
    why = "回头看发现苗已枯死，又长满杂草，没有管护。"
    again = OnEntry(_OFFICE, 2.7, Step.REOPEN, {"days": 20, "why": why})
    yield s.visit("hecha5", broken, 5.6, "weeds", said, Confirm(_REVIEWER, 3.3), again)

    yield s.visit("hecha5", waits, 4.3, "crop", nothing_wrong(), Confirm(_REVIEWER, 2.8))
