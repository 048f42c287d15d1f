"""Photos beside each other: which are neighbours, and how far apart in time two of them are. Pure.

`shots_among` turns the photos of one run into each one's `Case.shots`; the application gathers the
same from its database. Neither order of arrival nor order of the input matters.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from models.geo import Position, box_around
from photos.case import Case, Shot
from photos.devices import file_number_in, is_one_device

REACH = timedelta(days=1)
"""How far from a photo its neighbours may be in time."""
MOST_EACH_WAY = 40
"""Neighbours of one person, of one device, or at one place that are kept before and after a photo:
a day of thousands of photos must not make each of them slow."""
PLACE_M = 20.0
"""Half the side of the square in which a person's shots are at the same place, gathered apart: the
others of a whole day count there, and not only those nearest in time."""


@dataclass(frozen=True, slots=True)
class RunPhoto:
    """One photo of a run, before its neighbours are known.

    `person` is whoever took it, where the run knows: without one a photo is compared with those of
    the same device only, as nothing says that a folder was filled by one person.
    """

    case: Case
    name: str  # of the file
    parcel: str  # number
    inspection: str = ""  # whatever tells one visit from another; empty: not known
    person: str = ""


Line = tuple[object, ...]
"""A name for photos that are neighbours if they are near in time."""
Lines = Mapping[Line, Sequence[tuple[datetime, str, int]]]


def shots_among(photos: Sequence[RunPhoto]) -> list[tuple[Shot, ...]]:
    """The neighbours of each photo, in the order of the input; one without a time has none.

    Of each person, each surely single device, and each person at a place, the `MOST_EACH_WAY`
    nearest in time before a photo and after it, within `REACH`. Costs a sort, and the neighbours.
    """
    shots = [_shot_of(photo) for photo in photos]
    lines: dict[Line, list[tuple[datetime, str, int]]] = defaultdict(list)
    for n, (photo, shot) in enumerate(zip(photos, shots, strict=True)):
        if shot is not None:
            for line in _lines(photo, shot):
                # Equal seconds are ordered by content, so that the input's order does not matter.
                lines[line].append((shot.taken_at, photo.case.evidence.sha256, n))
    for along in lines.values():
        along.sort()
    return [
        () if shot is None else _neighbours(n, shot, photos, shots, lines)
        for n, shot in enumerate(shots)
    ]


def _lines(photo: RunPhoto, shot: Shot) -> list[Line]:
    found: list[Line] = [(photo.person,)] if photo.person else []
    if is_one_device(shot.device):
        found.append(("device", shot.device))
    cell = _cell(shot)
    if photo.person and cell is not None:
        found.append((photo.person, *cell))
    return found


def _lines_around(photo: RunPhoto, shot: Shot) -> list[Line]:
    """The lines to look along: those of the photo, and of the places beside its own."""
    found = _lines(photo, shot)
    cell = _cell(shot)
    if photo.person and cell is not None:
        beside = product((cell[0] - 1, cell[0], cell[0] + 1), (cell[1] - 1, cell[1], cell[1] + 1))
        found += [(photo.person, *other) for other in beside if other != cell]
    return found


def _cell(shot: Shot) -> tuple[int, int] | None:
    """The square of at least `PLACE_M` a side in which a shot stands."""
    if shot.position is None:
        return None
    size = box_around(Position(0.0, 0.0), PLACE_M)
    step = size.max_lat / max(math.cos(math.radians(shot.position.lat)), 0.01)
    return math.floor(shot.position.lon / step), math.floor(shot.position.lat / size.max_lat)


def _neighbours(
    n: int, mine: Shot, photos: Sequence[RunPhoto], shots: Sequence[Shot | None], lines: Lines
) -> tuple[Shot, ...]:
    me = photos[n]
    sha256 = me.case.evidence.sha256
    found: dict[int, Shot] = {}
    for line in _lines_around(me, mine):
        along = lines.get(line, ())
        here = bisect_left(along, (mine.taken_at, sha256, -1))
        # The same bytes are passed over, so that many copies leave room for the others.
        before = range(here - 1, -1, -1)
        after = range(here, len(along))
        for way in (before, after):
            kept = 0
            for place in way:
                at, other_sha256, other = along[place]
                if abs(at - mine.taken_at) > REACH or kept == MOST_EACH_WAY:
                    break
                shot = shots[other]
                if other_sha256 != sha256 and shot is not None:
                    kept += 1
                    if other not in found:
                        found[other] = _seen_from(me, mine, photos[other], shot)
    return tuple(found.values())


def _shot_of(photo: RunPhoto) -> Shot | None:
    shot = photo.case.shot
    if shot is None:
        return None
    number = file_number_in(photo.name)
    return replace(shot, name=photo.name, parcel=photo.parcel, file_number=number)


def _seen_from(me: RunPhoto, mine: Shot, other: RunPhoto, shot: Shot) -> Shot:
    return replace(
        shot,
        same_parcel=me.parcel == other.parcel,
        same_inspection=me.inspection == other.inspection != "",
        same_person=me.person == other.person != "",
        same_device=is_one_device(shot.device) and mine.device == shot.device,
    )


def seconds_apart(a: Shot, b: Shot) -> float | None:
    """Seconds from `a` to `b`, below zero where `b` was first; None where their clocks cannot be
    compared. Page and camera are different clocks; an assumed zone may be off by hours, yet by the
    same hours in both photos of one camera within a day, as long as neither states its zone."""
    if a.taken_source != b.taken_source or a.zone_assumed != b.zone_assumed:
        return None
    return (b.taken_at - a.taken_at).total_seconds()


def seconds_between_fixes(a: Shot, b: Shot) -> float | None:
    """Like `seconds_apart`, between the moments at which the positions were fixed: what a phone
    with an old fix moved in. None where a moment is missing or their clocks are different ones."""
    if a.fixed_at is None or b.fixed_at is None or a.position_source != b.position_source:
        return None
    return (b.fixed_at - a.fixed_at).total_seconds()
