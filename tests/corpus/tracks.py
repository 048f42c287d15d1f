"""Tracks as phones make them, for the two minutes before a shot; everything follows from the dice.

Written after what browsers are known to give: satellites once a second with eight and more decimals
and a height, network positions coarse and without one, speeds of −1, accuracies in steps.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from models.geo import Position, moved
from photos.witness import Code, Fix, Signature, Witness


def satellite(
    dice: Random, at: Position, when: datetime, *, accuracy_m: float | None = None, **changed: Any
) -> Fix:
    """A fix by satellites, off by a metre or two, with the accuracy of open country."""
    if accuracy_m is None:
        accuracy_m = dice.choice((3.2, 3.8, 4.1, 4.7, 5.0, 6.4, 9.6))
    off = moved(at, east_m=dice.gauss(0.0, 1.2), north_m=dice.gauss(0.0, 1.2))
    fix = Fix(
        Position(round(off.lon, 7), round(off.lat, 7), accuracy_m),  # as the page rounds
        when,
        when + timedelta(seconds=dice.uniform(0.05, 0.9)),
        altitude_m=round(180.0 + dice.gauss(0.0, 1.5), 1),
        altitude_accuracy_m=dice.choice((3.0, 6.0)),
        speed_m_s=dice.choice((None, -1.0, 0.0, round(abs(dice.gauss(0.3, 0.2)), 2))),
    )
    return replace(fix, **changed)


def network(at: Position, when: datetime, accuracy_m: float) -> Fix:
    """A fix by wireless networks: no height, no speed."""
    return Fix(replace(at, accuracy_m=accuracy_m), when, when + timedelta(seconds=0.2))


def moments(dice: Random, shot: datetime, count: int, every_s: float = 3.0) -> list[datetime]:
    """When `count` fixes were made, the last of them a moment before the shot."""
    last = shot - timedelta(seconds=dice.uniform(0.4, 2.0))
    return [last - timedelta(seconds=every_s * n) for n in reversed(range(count))]


def standing(dice: Random, at: Position, shot: datetime) -> tuple[Fix, ...]:
    """Satellite fixes of somebody who stands at `at`: they drift."""
    east, north = dice.uniform(-0.05, 0.05), dice.uniform(-0.05, 0.05)
    times = moments(dice, shot, dice.randrange(8, 30))
    back = len(times)
    return tuple(
        satellite(dice, moved(at, east_m=east * (n - back), north_m=north * (n - back)), when)
        for n, when in enumerate(times)
    )


def walking(dice: Random, at: Position, shot: datetime) -> tuple[Fix, ...]:
    """Somebody who walks up to `at` at 1 to 1.6 metres a second."""
    pace = dice.uniform(1.0, 1.6)
    turn = dice.choice(((1, 1), (1, -1), (-1, 1), (-1, -1)))
    times = moments(dice, shot, 28)
    return tuple(
        satellite(
            dice,
            moved(at, east_m=turn[0] * 0.8 * pace * left, north_m=turn[1] * 0.6 * pace * left),
            when,
            speed_m_s=round(pace, 2),
        )
        for when in times
        for left in [(times[-1] - when).total_seconds()]
    )


def honest_witness(
    dice: Random, at: Position, shot: datetime, track: Sequence[Fix] | None = None, **changed: Any
) -> Witness:
    """The record of an honest live capture: signed, with a code that was issued before the shot."""
    offline = dice.random() < 0.5
    before = (
        timedelta(hours=dice.uniform(1, 40)) if offline else timedelta(minutes=dice.uniform(0.2, 8))
    )
    known = Witness(
        signature=Signature.GOOD,
        code=Code.GOOD,
        code_offline=offline,
        code_issued_at=shot - before,
        track=tuple(standing(dice, at, shot) if track is None else track),
        clock_offset_s=round(dice.gauss(0.0, 0.8), 3),
    )
    return replace(known, **changed)
