"""What a report says of a day is what was true on that day, however much has happened since."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field_app import clock
from field_app.ledger import owing, rectifying, undoing
from field_app.ledger.deadlines import Standing
from field_app.ledger.workflow import Step
from field_app.reports import figures, overview, periods
from field_app.reports.overview import Overview
from field_app.reports.periods import Period
from field_app.roles import Who
from models.vocabulary import EntryState, Role
from tests import rows
from tests.databases import empty_sqlite
from tests.reports.playing import BEGAN, Move, Play, Witness
from tests.soak import examples

S = EntryState
Row = dict[str, Any]
MOVES = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.integers(0, 59),
        st.integers(0, 59),
        st.sampled_from((0, 1, 5, 20, 60)),
    ),
    min_size=10,
    max_size=45,
)


def stands(row: Row, today: date) -> Standing | None:
    """How what the unit owes stands; None where it owes nothing."""
    role, standing = owing.standing_of(
        S(row["state"]),
        verified=row["verified_at"] is not None,
        due_on=row["due_on"],
        since=row["state_since"],
        today=today,
    )
    return standing if role == Role.UNIT else None


def late(row: Row, today: date) -> bool:
    return stands(row, today) == Standing.LATE


def true_and(*states: EntryState) -> Callable[[Row], bool]:
    return lambda r: r["verified_at"] is not None and r["state"] in states


# Written a second time by hand, over whole rows: the second witness of `figures`.
OF_A_MOMENT: dict[str, Callable[[Row], bool]] = {
    "registered": lambda r: True,
    "unmeasured": lambda r: r["area_mu"] is None,
    "to_verify": lambda r: r["state"] == S.TO_VERIFY,
    "untrue": lambda r: r["state"] == S.RETURNED and r["verified_at"] is None,
    "true": lambda r: r["verified_at"] is not None,
    "open": lambda r: r["verified_at"] is not None and r["state"] != S.CLOSED,
    "to_rectify": true_and(S.TO_RECTIFY),
    "rectifying": true_and(S.RECTIFYING),
    "sent_back": true_and(S.RETURNED),
    "to_close": true_and(S.TO_CLOSE),
    "rectified": true_and(S.TO_CLOSE, S.CLOSED),
    "closed": lambda r: r["state"] == S.CLOSED,
    "carried": lambda r: bool(r["carried"]) and r["state"] != S.CLOSED,
    "handed": lambda r: bool(r["handed_to"]),
    "arose": lambda r: r["arose_during"],
    "looked": lambda r: bool(r["second_look"]),
}
AREAS = {
    "registered_area": "registered",
    "open_area": "open",
    "closed_area": "closed",
}
OF_A_PERIOD = {
    "verified_in": (Step.VERIFY,),
    "begun_in": (Step.BEGIN,),
    "rectified_in": (Step.APPLY,),
    "closed_in": (Step.CLOSE,),
    "sent_back_in": (Step.SEND_BACK,),
    "carried_in": (Step.CARRY,),
    "handed_in": (Step.HAND_OVER,),
    "looked_in": (Step.LOOKED, Step.REOPEN),
    "reopened_in": (Step.REOPEN,),
}


def expected(seen: Witness, period: Period, wanted: Callable[[Row], bool]) -> dict[str, float]:
    """The figures of those entries that are `wanted` at the end of the period, from the copies."""
    now = {n: r for n, r in seen.at(period.moment).items() if wanted(r)}
    before, today = seen.at(period.before), clock.local(period.moment).date()
    told: dict[str, float] = {
        name: sum(counts(r) for r in now.values()) for name, counts in OF_A_MOMENT.items()
    }
    for name, of in AREAS.items():
        told[name] = round(sum(r["area_mu"] or 0 for r in now.values() if OF_A_MOMENT[of](r)), 2)
    told["registered_cultivated"] = round(sum(r["cultivated_mu"] or 0 for r in now.values()), 2)
    is_late = {n for n, r in now.items() if late(r, today)}
    told["late"] = len(is_late)
    told["soon"] = sum(stands(r, today) == Standing.SOON for r in now.values())
    told["undated"] = sum(stands(r, today) == Standing.UNSET for r in now.values())
    told["late_area"] = round(sum(now[n]["area_mu"] or 0 for n in is_late), 2)
    yesterday = today if not before else clock.local(period.before).date()
    was_late = {n for n, r in before.items() if late(r, yesterday)}
    told["late_in"] = len(is_late - was_late)
    new = {n for n, r in now.items() if r["created_at"] >= period.start}
    told["found"] = len(new)
    told["found_area"] = round(sum(now[n]["area_mu"] or 0 for n in new), 2)
    told["found_arose"] = sum(now[n]["arose_during"] for n in new)
    for name, steps in OF_A_PERIOD.items():
        did = set().union(*(seen.did(s, period.start, period.moment) for s in steps))
        told[name] = len(did & set(now))
    closed = seen.did(Step.CLOSE, period.start, period.moment) & set(now)
    told["closed_in_area"] = round(sum(now[n]["area_mu"] or 0 for n in closed), 2)
    return told


def shares(told: dict[str, float]) -> dict[str, float | None]:
    def percent(part: float, whole: float) -> float | None:
        return round(100 * part / whole, 1) if whole else None

    return {"closed_rate": percent(told["closed"], told["true"])}


def check(seen: Witness, who: Who, period: Period, *, groups: bool = True) -> None:
    """The whole of it, the weeks, and the groups where they are asked for, which takes longest."""
    found = overview.overview(who, period)
    told = expected(seen, period, lambda r: True)
    said = found.total
    unwitnessed = {"late_rate", "looked_rate"}
    assert set(told) | {"closed_rate"} | unwitnessed == set(figures.BY_ID)
    assert {name: said[name] for name in told} == told
    assert {name: said[name] for name in shares(told)} == shares(told)
    assert said["registered"] == said["true"] + said["to_verify"] + said["untrue"]
    check_weeks(seen, found)
    if not groups:
        return
    for line in found.by_township:
        of_it = expected(seen, period, lambda r, k=line.key: (r["township_code"] or "") == k)
        assert {name: line.values[name] for name in of_it} == of_it
    for line in found.by_category:
        of_it = expected(seen, period, lambda r, k=line.key: str(r["category"]) == k)
        assert {name: line.values[name] for name in of_it} == of_it
    for line in found.by_unit:
        of_it = expected(seen, period, lambda r, k=line.name: k in r["units"])
        assert {name: line.values[name] for name in of_it} == of_it


def check_weeks(seen: Witness, found: Overview) -> None:
    for week in found.weeks:
        first = week.last - timedelta(days=6)
        end = min(found.period.moment, periods.span(first, week.last, far_off()).moment)
        start = periods.span(first, week.last, far_off()).start
        then = seen.at(end)
        assert week.registered == len(then)
        assert week.closed_so_far == sum(r["state"] == S.CLOSED for r in then.values())
        assert week.found == sum(r["created_at"] >= start for r in then.values())
        assert week.closed == len(seen.did(Step.CLOSE, start, end))
        assert week.rectified == len(seen.did(Step.APPLY, start, end))


def far_off() -> datetime:
    return BEGAN + timedelta(days=3650)


def checked(moves: list[Move], pick: random.Random, *, periods_looked_at: int) -> None:
    play = Play()
    seen = play.act(moves)
    days = (play.now - BEGAN).days + 1
    for n in range(periods_looked_at):
        last = clock.local(BEGAN).date() + timedelta(days=pick.randrange(days))
        first = last - timedelta(days=pick.choice((0, 6, 13, 30)))
        period = periods.span(first, last, play.now + timedelta(days=40))
        check(seen, play.office, period, groups=n == 0)
    today = clock.local(play.now).date()
    check(seen, play.office, periods.span(today - timedelta(days=6), today, play.now))


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=MOVES, seed=st.integers(0, 2**16))
def test_the_figures_of_a_day_are_what_was_true_on_it(
    migrated_sqlite: Path, moves: list[Move], seed: int
) -> None:
    with TemporaryDirectory() as folder, empty_sqlite(migrated_sqlite, Path(folder, "data")):
        checked(moves, random.Random(seed), periods_looked_at=4)


def test_a_long_history_gives_the_same_figures_on_both_databases(database: str) -> None:
    dice = random.Random(20260415)
    moves = [
        (dice.randrange(7), dice.randrange(60), dice.randrange(60), dice.choice((1, 5, 20, 60)))
        for _ in range(140)
    ]
    checked(moves, dice, periods_looked_at=60)


def test_the_history_comes_to_every_step_that_is_counted(database: str) -> None:
    """What never happens in the play would not be held by it."""
    dice = random.Random(7)
    moves = [
        (dice.randrange(7), dice.randrange(60), dice.randrange(60), dice.choice((1, 5, 20)))
        for _ in range(200)
    ]
    if database == "sqlite":
        done = {n.step for n in Play().act(moves).noted}
        assert done >= {s for steps in OF_A_PERIOD.values() for s in steps} | {Step.UNDO}


def test_what_is_taken_back_after_the_week_was_done_in_the_week(
    database: str, noon: datetime
) -> None:
    """A report that went out is not changed by what was done the day after."""
    play = Play()
    entry = rows.an_entry(["留山镇人民政府"], category=5, created_at=BEGAN)
    period = periods.span(clock.local(BEGAN).date(), clock.local(BEGAN).date(), far_off())
    assert overview.overview(play.office, period).total["begun_in"] == 0
    rectifying.begin(entry, 1, who=play.unit, now=BEGAN + timedelta(hours=10))
    assert overview.overview(play.office, period).total["begun_in"] == 1
    undoing.undo(entry, 2, why="点错了", who=play.unit, now=BEGAN + timedelta(hours=20))
    then = overview.overview(play.office, period)
    assert (then.total["begun_in"], then.total["rectifying"]) == (1, 1)
    next_day = periods.span(period.first, period.last + timedelta(days=1), far_off())
    assert overview.overview(play.office, next_day).total["begun_in"] == 0
