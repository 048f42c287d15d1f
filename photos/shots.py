"""Photos beside each other: which are neighbours, and how far apart in time two of them are. Pure.

`RunShots` turns the photos of one run into each one's `Case.shots`; the application gathers the
same from its database. Neither order of arrival nor order of the input matters.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from models.geo import Position, box_around
from photos.case import Shot
from photos.devices import is_one_device

REACH = timedelta(days=1)
"""How far from a photo its neighbours may be in time."""
MOST_EACH_WAY = 30
"""Neighbours of one person, of one device, or at one place that are kept before and after a photo:
a day of thousands of photos must not make each of them slow."""
PLACE_M = 20.0
"""Half the side of the square in which a person's shots are at the same place, gathered apart: the
others of a whole day count there, and not only those nearest in time."""
_MOST_CLASHES = 8


@dataclass(frozen=True, slots=True)
class RunPhoto:
    """One photo of a run, as small as it can be: what others compare it by, and whose it is.

    `shot` is its `Case.shot`, of a case that knows its `parcel` and its file's name (`named`); None
    where it has no time. `person` is whoever took it, where the run knows: without one a photo is
    compared with those of the same device only, as nothing says that one person filled a folder.
    """

    sha256: str
    shot: Shot | None
    person: str = ""
    inspection: str = ""  # whatever tells one visit from another; empty: not known


_Line = tuple[object, ...]  # a name for photos that are neighbours where they are near in time


class RunShots:
    """The photos of one run, sorted once, so that each one's neighbours are found by bisection."""

    def __init__(self, photos: Sequence[RunPhoto]) -> None:
        self._photos = photos
        self._lines: dict[_Line, list[tuple[datetime, str, int]]] = defaultdict(list)
        for n, photo in enumerate(photos):
            if photo.shot is not None:
                for line in _lines(photo, photo.shot):
                    # Equal seconds are ordered by content: the input's order does not matter.
                    self._lines[line].append((photo.shot.taken_at, photo.sha256, n))
        for along in self._lines.values():
            along.sort()

    def of(self, n: int) -> tuple[Shot, ...]:
        """`Case.shots` of the n-th photo: of each person, each surely single device, and each
        person at a place, the `MOST_EACH_WAY` nearest in time before it and after it, within
        `REACH`. None for a photo without a time."""
        me = self._photos[n]
        if me.shot is None:
            return ()
        found: dict[int, Shot] = {}
        for line in _lines_around(me, me.shot):
            along = self._lines.get(line, [])
            here = bisect_left(along, (me.shot.taken_at, me.sha256, -1))
            for way in (range(here - 1, -1, -1), range(here, len(along))):
                for other in _nearest(me, along, way):
                    if other not in found:
                        found[other] = _seen_from(me, self._photos[other])
        return tuple(found.values())


def shots_among(photos: Sequence[RunPhoto]) -> list[tuple[Shot, ...]]:
    """The neighbours of every photo of a run, in the order of the input. For a large run ask
    `RunShots` for one photo after the other: all neighbours of all photos take room."""
    run = RunShots(photos)
    return [run.of(n) for n in range(len(photos))]


def _nearest(me: RunPhoto, along: Sequence[tuple[datetime, str, int]], way: range) -> Iterator[int]:
    assert me.shot is not None
    kept = 0
    for place in way:
        taken_at, sha256, other = along[place]
        if abs(taken_at - me.shot.taken_at) > REACH or kept == MOST_EACH_WAY:
            return
        # The same bytes are passed over, so that many copies leave room for the others.
        if sha256 != me.sha256:
            kept += 1
            yield other


def _lines(photo: RunPhoto, shot: Shot) -> list[_Line]:
    found: list[_Line] = [(photo.person,)] if photo.person else []
    if is_one_device(shot.device):
        found.append(("device", shot.device))
    cell = _cell(shot)
    if photo.person and cell is not None:
        found.append((photo.person, *cell))
    return found


def _lines_around(photo: RunPhoto, shot: Shot) -> list[_Line]:
    """The lines to look along: those of the photo, and of the places beside its own."""
    found = _lines(photo, shot)
    cell = _cell(shot)
    if photo.person and cell is not None:
        beside = product((cell[0] - 1, cell[0], cell[0] + 1), (cell[1] - 1, cell[1], cell[1] + 1))
        found += [(photo.person, *other) for other in beside if other != cell]
    return found


_CELL_HIGH_DEG = box_around(Position(0.0, 0.0), PLACE_M).max_lat
_CELL_WIDE_DEG = _CELL_HIGH_DEG / math.cos(math.radians(54.0))  # wide enough in all of China


def _cell(shot: Shot) -> tuple[int, int] | None:
    """The square of at least `PLACE_M` a side in which a shot stands."""
    if shot.position is None:
        return None
    at = shot.position
    return math.floor(at.lon / _CELL_WIDE_DEG), math.floor(at.lat / _CELL_HIGH_DEG)


def _seen_from(me: RunPhoto, other: RunPhoto) -> Shot:
    assert me.shot is not None
    assert other.shot is not None
    return replace(
        other.shot,
        same_parcel=me.shot.parcel == other.shot.parcel,
        same_inspection=me.inspection == other.inspection != "",
        same_person=me.person == other.person != "",
        same_device=is_one_device(other.shot.device) and me.shot.device == other.shot.device,
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


def related(a: Shot, b: Shot) -> bool:
    """Whether two neighbours of one photo are of one hand: both of its person, or of its device."""
    return (a.same_person and b.same_person) or (a.same_device and b.same_device)


def clashing(mine: Shot, shots: Sequence[Shot], clash: Callable[[Shot, Shot], bool]) -> list[Shot]:
    """The shots that `mine` does not go together with, as far as it is the odd one.

    One wrong photo clashes with everything around it, and would drag all of that down: a shot that
    clashes with more of the others than `mine` does is the odd one itself, and is left out.
    """
    against = [shot for shot in shots if clash(mine, shot)]

    def odder(shot: Shot) -> bool:
        others = (o for o in shots if o is not shot and related(shot, o))
        return 1 + sum(clash(shot, o) for o in others) > len(against)

    # The first few decide; each of them is held against all the others.
    against.sort(key=lambda shot: (abs(shot.taken_at - mine.taken_at), shot.name, shot.parcel))
    return [shot for shot in against[:_MOST_CLASHES] if not odder(shot)]
