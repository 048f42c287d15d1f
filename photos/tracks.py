"""The positions of the two minutes before a shot, and whether they hang together. Pure.

What honest phones do as well is told as odd and never counts as false: a network fix before the
satellites have one, a phone that lies still and repeats its position, a phone that gives one fix,
a fix dated by the satellites while the phone's own clock is off.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from models.geo import Position, distance_between_m, unshifted_between_m
from photos.claims import Claim
from photos.reasons import Reason
from photos.witness import Fix

_LEAST_S = 5.0
"""Two fixes of different makers (network, satellites) are dated seconds apart from the truth."""


@dataclass(frozen=True, slots=True)
class TrackReading:
    """`false`: the position is not to be believed. `odd`: the track proves less than it might."""

    false: tuple[Reason, ...] = ()
    odd: tuple[Reason, ...] = ()
    measured: Mapping[str, Any] = field(default_factory=dict)


def read_track(
    claim: Claim,
    *,
    least_count: float = 3.0,
    fresh_s: float = 30.0,
    jump_kmh: float = 150.0,
    floor_m: float = 20.0,
    settled_count: float = 3.0,
    repeats_count: float = 5.0,
    moving_kmh: float = 2.5,
    frozen_s: float = 15.0,
    ahead_s: float = 10.0,
    coarse_m: float = 100.0,
    finest_m: float = 1.0,
) -> TrackReading:
    """What the track of a claim with a position shows; of one without a record, nothing.

    False: two settled runs of at least `settled_count` satellite fixes each (they name a height)
    between which nobody could get at `jump_kmh`, both accuracies taken off (at least `floor_m`
    each), and which the shift of no web map explains; `repeats_count` fixes that agree to the last
    digit and say over `frozen_s` that they move at `moving_kmh`; an accuracy of exactly 0; a fix that was
    made, and that the page got, more than `ahead_s` after the shot; a position that its own track does not lead to.

    Odd: fewer than `least_count` fixes; none within `fresh_s` of the shot; one single coordinate in
    `repeats_count` fixes; any other jump; fixes dated after the shot; an accuracy beyond
    `coarse_m`, or under `finest_m`, which takes a receiver that no phone has.

    Of a shot with the phone's own camera app nothing is odd: the page slept meanwhile.
    """
    if claim.witness is None or claim.position is None:
        return TrackReading()
    track = _each_once(claim.witness.track)

    def unreachable(a: Fix, b: Fix) -> bool:
        return _kmh(a, b, floor_m) > jump_kmh

    speeds = [_kmh(a, b, floor_m) for a, b in pairwise(track)]
    jumps = sum(kmh > jump_kmh for kmh in speeds)
    newest_s, ahead = _newest_s(claim, track), _ahead_s(claim, track)
    accuracies = [fix.at.accuracy_m for fix in track] + [claim.position.accuracy_m]
    finest = min((a for a in accuracies if a is not None), default=None)
    moving = [fix for fix in track if (fix.speed_m_s or 0.0) * 3.6 >= moving_kmh]
    frozen, alike = _longest_repeat(moving), _longest_repeat(track)
    places = {(fix.at.lon, fix.at.lat) for fix in track}
    own = claim.position.accuracy_m
    false = {
        Reason.TRACK_LEAPS: jumps > 0 and _leaps(track, unreachable, settled_count),
        Reason.TRACK_FROZEN: len(frozen) >= repeats_count and _spread_s(frozen) >= frozen_s,
        Reason.ACCURACY_ZERO: finest == 0.0,
        Reason.FIX_AFTER_SHOT: _after_s(claim, track) > ahead_s,
        Reason.POSITION_APART: _apart(claim, track, unreachable),
    }
    odd = {
        Reason.TRACK_SHORT: len(track) < least_count,
        Reason.TRACK_LATE: bool(track) and (newest_s is None or newest_s > fresh_s),
        Reason.TRACK_STILL: len(places) == 1 and len(alike) >= repeats_count,
        Reason.TRACK_JUMPS: jumps > 0,
        Reason.FIXES_AHEAD: ahead > ahead_s,
        Reason.POSITION_COARSE: own is None or own > coarse_m,
        Reason.ACCURACY_FINE: finest is not None and finest < finest_m,
    }
    measured = {
        "fixes": len(track),
        "newest_s": None if newest_s is None else round(newest_s, 1),
        "fastest_kmh": round(max(speeds, default=0.0), 1),
        "jumps": jumps,
        "places": len(places),
        "repeats": len(alike),
        "accuracy_m": finest,
    }
    return TrackReading(
        tuple(reason for reason, seen in false.items() if seen),
        tuple(reason for reason, seen in odd.items() if seen) if claim.live_capture else (),
        measured,
    )


def _each_once(track: Sequence[Fix]) -> list[Fix]:
    """Browsers hand the same fix to a page again when it asks again."""
    kept: dict[object, Fix] = {}
    for fix in track:
        kept.setdefault((fix.fixed_at, fix.at.lon, fix.at.lat), fix)
    return list(kept.values())


def _kmh(a: Fix, b: Fix, floor_m: float) -> float:
    """The least speed that leads from one fix to the next."""
    near = max(a.at.accuracy_m or 0.0, floor_m) + max(b.at.accuracy_m or 0.0, floor_m)
    seconds = max(abs((b.fixed_at - a.fixed_at).total_seconds()), _LEAST_S)
    return max(distance_between_m(a.at, b.at) - near, 0.0) / seconds * 3.6


def _leaps(
    track: Sequence[Fix], unreachable: Callable[[Fix, Fix], bool], settled_count: float
) -> bool:
    """Whether two settled runs of satellite fixes lie further apart than anybody gets. A run that
    comes back to where it was, a single stray fix, a network fix that was wrong: none of these."""
    runs: list[list[Fix]] = []
    for fix in track:
        if runs and not unreachable(runs[-1][-1], fix):
            runs[-1].append(fix)
        else:
            runs.append([fix])
    sure = [
        run
        for run in runs
        if len(run) >= settled_count and all(f.altitude_m is not None for f in run)
    ]
    return any(
        unreachable(a[-1], b[0]) and not _shifted(a[-1].at, b[0].at) for a, b in pairwise(sure)
    )


def _shifted(a: Position, b: Position) -> bool:
    """Network positions of some makers are shifted as their web maps are."""
    return unshifted_between_m(a, b) < _SHIFT_LEFT_M


_SHIFT_LEFT_M = 60.0  # two accuracies of open country and a walk between


def _longest_repeat(track: Sequence[Fix]) -> list[Fix]:
    """The fixes that name one and the same coordinate, of the coordinate that most of them name."""
    at: dict[tuple[float, float], list[Fix]] = {}
    for fix in track:
        at.setdefault((fix.at.lon, fix.at.lat), []).append(fix)
    return max(at.values(), key=len, default=[])


def _spread_s(fixes: Sequence[Fix]) -> float:
    times = [fix.fixed_at for fix in fixes]
    return (max(times) - min(times)).total_seconds() if times else 0.0


def _ages_s(claim: Claim, fix: Fix) -> Iterator[float]:
    """How long before the shot a fix was made: by the phone's clock, and as far as it is known by
    the server's, because satellites date a fix rightly on a phone whose clock is off."""
    if claim.captured_at is None or claim.witness is None:
        return
    age = (claim.captured_at - fix.fixed_at).total_seconds()
    yield age
    if claim.witness.clock_offset_s is not None:
        yield age + claim.witness.clock_offset_s


def _newest_s(claim: Claim, track: Sequence[Fix]) -> float | None:
    """The age of the newest fix at the shot, 0 at least; None where nobody can tell."""
    ages = [max(age, 0.0) for fix in track for age in _ages_s(claim, fix)]
    return min(ages, default=None)


def _ahead_s(claim: Claim, track: Sequence[Fix]) -> float:
    """By how much a fix is dated after the shot, in the kinder of both clocks."""
    return max((-max(ages) for fix in track if (ages := list(_ages_s(claim, fix)))), default=0.0)


def _after_s(claim: Claim, track: Sequence[Fix]) -> float:
    """How long after the shot a fix was both made and handed to the page, by the phone's clock. One
    of both alone is honest: a page that slept gets fixes late, satellites have their own clock."""
    shot = claim.captured_at
    after = (
        (min(fix.fixed_at, fix.received_at) - shot).total_seconds()
        for fix in track
        if shot is not None and fix.received_at is not None
    )
    return max(after, default=0.0)


def _apart(claim: Claim, track: Sequence[Fix], unreachable: Callable[[Fix, Fix], bool]) -> bool:
    """Whether the position is none of the track's, and the fix nearest to it in time is too far."""
    at, when = claim.position, claim.fix_at or claim.captured_at
    if at is None or when is None or not track:
        return False
    if any((fix.at.lon, fix.at.lat) == (at.lon, at.lat) for fix in track):
        return False
    nearest = min(track, key=lambda fix: abs(fix.fixed_at - when))
    return unreachable(nearest, Fix(at, when)) and not _shifted(nearest.at, at)
