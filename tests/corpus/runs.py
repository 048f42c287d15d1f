"""Photos beside each other: an inspector's day, and what of it each photo is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import cos, radians, sin
from random import Random
from typing import Any

from shapely.geometry.base import BaseGeometry

from field_app.demo.shots import outside, towards
from models.geo import moved
from photos.case import Case
from photos.shots import RunPhoto, shots_among
from tests.corpus.setting import Setting, a_field, a_setting

TEAM = "hecha1"


@dataclass(frozen=True, slots=True)
class Taken:
    """A photo of a run, and whose it is."""

    case: Case
    person: str
    inspection: str


def last_of(run: Sequence[Taken], **given: Any) -> Case:
    """The case of the run's last photo, with what the others say beside it."""
    photos = [RunPhoto(t.case.evidence.sha256, t.case.shot, t.person, t.inspection) for t in run]
    return replace(run[-1].case, shots=shots_among(photos)[-1], **given)


def taken(
    setting: Setting, parcel: str, *, name: str | None = None, person: str = TEAM, **given: Any
) -> Taken:
    """One photo of the run; `given` goes to the case."""
    return Taken(
        setting.case(parcel=parcel, named=name, **given), person, inspection=f"visit-{parcel}"
    )


def a_day(dice: Random, maker: str | None = None, *, stops: int = 5) -> list[Setting]:
    """Parcels one to three kilometres apart, twenty to fifty minutes each; one phone."""
    first = a_setting(dice, maker)
    first.taken_at = first.taken_at.replace(hour=9)  # or the last stop would be after sunset
    first.received_at = first.taken_at + timedelta(minutes=dice.uniform(1, 60))
    day = [first]
    for _ in range(stops - 1):
        before = day[-1]
        middle = moved(
            before.at,
            east_m=dice.choice((-1, 1)) * dice.uniform(900, 2_500),
            north_m=dice.uniform(-900, 900),
        )
        boundary = a_field(dice, middle)
        day.append(at_parcel(before, boundary, later_s=dice.uniform(1200, 3000)))
    return day


def at_parcel(before: Setting, boundary: BaseGeometry, *, later_s: float) -> Setting:
    """The same person and phone at another parcel, that many seconds later."""
    dice = before.dice
    at = outside(
        boundary, dice.uniform(1.0, 25.0), dice.uniform(0, 360), dice.choice((4.7, 8.0, 12.3))
    )
    when = before.taken_at + timedelta(seconds=later_s)
    return replace(
        before,
        boundary=boundary,
        at=at,
        heading_deg=(towards(at, boundary) + dice.uniform(-12.0, 12.0)) % 360.0,
        taken_at=when,
        received_at=max(before.received_at, when + timedelta(seconds=dice.randrange(20, 900))),
        seed=(before.seed + 1) % 6,
        facts={},
    )


def around(setting: Setting, count: int, off_m: float, *, later_s: float = 120.0) -> list[Setting]:
    """The same standpoint, and so many parcels around it, each that far away, shot in turn."""
    dice, found = setting.dice, []
    for n in range(count):
        bearing = 360.0 * n / count
        reach = off_m + 30.0
        middle = moved(
            setting.at, east_m=reach * sin(radians(bearing)), north_m=reach * cos(radians(bearing))
        )
        boundary = a_field(dice, middle, (56.0, 60.0))
        when = setting.taken_at + timedelta(seconds=later_s * n)
        jitter = moved(setting.at, east_m=dice.uniform(-1, 1), north_m=dice.uniform(-1, 1))
        found.append(
            replace(
                setting,
                boundary=boundary,
                at=replace(jitter, accuracy_m=setting.at.accuracy_m),
                heading_deg=towards(setting.at, boundary),
                taken_at=when,
                received_at=when + timedelta(minutes=9 * count),
                seed=n % 6,
                facts={},
            )
        )
    return found
