"""The track before a shot: what is not to be believed, and what honest phones do as well."""

import inspect
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geo import Position, moved, to_gcj02
from models.vocabulary import PhotoKind
from photos.checks.track_plausible import track_plausible
from photos.claims import Claim
from photos.reasons import Reason
from photos.tracks import TrackReading, read_track
from photos.witness import Fix, Witness
from tests.corpus import tracks
from tests.soak import examples

SHOT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
HERE = Position(112.43, 33.49)
TOWN = moved(HERE, east_m=6_000.0)


def fix(at: Position, before_s: float, accuracy_m: float = 5.0, **given: object) -> Fix:
    when = SHOT - timedelta(seconds=before_s)
    known = Fix(replace(at, accuracy_m=accuracy_m), when, when, altitude_m=181.0)
    return replace(known, **given)  # type: ignore[arg-type]


def steps(at: Position, before_s: Sequence[float], **given: object) -> list[Fix]:
    """Fixes a metre apart, so that none repeats another."""
    return [fix(moved(at, north_m=float(n)), s, **given) for n, s in enumerate(before_s)]  # type: ignore[arg-type]


def read(track: Sequence[Fix], *, live: bool = True, **given: object) -> TrackReading:
    """The reading of a claim that stands where its track ends."""
    claim = Claim(
        PhotoKind.OVERVIEW,
        position=track[-1].at if track else replace(HERE, accuracy_m=5.0),
        fix_at=track[-1].fixed_at if track else SHOT,
        captured_at=SHOT,
        live_capture=live,
        witness=Witness(track=tuple(track)),
    )
    return read_track(replace(claim, **given))  # type: ignore[arg-type]


def test_grades_and_the_check_go_by_the_same_declared_limits() -> None:
    named = inspect.signature(read_track).parameters.values()
    ours = {p.name: p.default for p in named if p.kind is p.KEYWORD_ONLY}
    assert ours == track_plausible.declared.thresholds


def test_steps_towards_the_parcel_hang_together():
    seen = read(steps(HERE, (20, 15, 10, 5, 1)))
    assert (seen.false, seen.odd) == ((), ())
    assert seen.measured["fixes"] == 5
    assert seen.measured["newest_s"] == 1.0


def test_two_settled_places_that_nobody_gets_between_are_a_leap():
    track = steps(TOWN, (40, 35, 30)) + steps(HERE, (20, 10, 1))
    assert read(track).false == (Reason.TRACK_LEAPS,)
    assert read(track, live=False).false == (Reason.TRACK_LEAPS,)


@pytest.mark.parametrize(
    "track",
    [
        steps(TOWN, (30, 25)) + steps(HERE, (15, 10, 5, 1)),  # not settled before
        steps(TOWN, (30, 25, 20), altitude_m=None) + steps(HERE, (10, 5, 1)),  # by networks
        steps(to_gcj02(HERE), (30, 25, 20)) + steps(HERE, (10, 5, 1)),  # shifted as the map is
        [*steps(HERE, (30, 25, 20)), fix(TOWN, 15), *steps(HERE, (10, 5, 1))],  # a stray one
    ],
)
def test_a_jump_that_honest_phones_make_is_odd_and_no_more(track: list[Fix]):
    seen = read(track)
    assert (seen.false, seen.odd) == ((), (Reason.TRACK_JUMPS,))


def test_a_coarse_first_fix_is_not_even_odd():
    track = [fix(TOWN, 60, accuracy_m=6_500.0), *steps(HERE, (10, 5, 1))]
    assert read(track).odd == ()


def test_coming_by_train_and_by_lift_of_a_hill_is_no_leap():
    track = [fix(moved(HERE, east_m=30.0 * s), s, speed_m_s=30.0) for s in (40, 30, 20, 10, 1)]
    assert read(track).false == ()


def test_to_the_last_digit_the_same_while_it_says_it_walks():
    still = [fix(HERE, s, speed_m_s=1.2) for s in (20, 15, 10, 5, 1)]
    assert Reason.TRACK_FROZEN in read(still).false
    assert Reason.TRACK_FROZEN not in read(still[1:]).false  # four are too few
    standstill = [fix(HERE, s, speed_m_s=1.2) for s in (6, 5, 4, 3, 2, 1)]
    assert read(standstill).false == ()  # somebody who just stopped


@pytest.mark.parametrize("speed", [None, -1.0, 0.0, 0.4])
def test_a_phone_that_lies_still_may_repeat_itself(speed: float | None):
    seen = read([fix(HERE, s, speed_m_s=speed) for s in (20, 15, 10, 5, 1)])
    assert (seen.false, seen.odd) == ((), (Reason.TRACK_STILL,))


def test_one_fix_handed_out_again_and_again_is_one_fix():
    seen = read([fix(HERE, 3)] * 9)
    assert (seen.measured["fixes"], seen.odd) == (1, (Reason.TRACK_SHORT,))


def test_an_accuracy_of_nothing_is_impossible_and_of_a_centimetre_is_a_receivers():
    assert read(steps(HERE, (9, 5, 1), accuracy_m=0.0)).false == (Reason.ACCURACY_ZERO,)
    fine = read(steps(HERE, (9, 5, 1), accuracy_m=0.02))
    assert (fine.false, fine.odd) == ((), (Reason.ACCURACY_FINE,))


def test_a_fix_that_the_page_got_after_the_shot_was_put_there_later():
    track = steps(HERE, (9, 5, 1))
    late = replace(track[-1], received_at=SHOT + timedelta(seconds=45))
    assert read([*track[:-1], late]).false == ()  # the page slept while the shot was taken
    late = replace(late, fixed_at=SHOT + timedelta(seconds=44))
    assert read([*track[:-1], late]).false == (Reason.FIX_AFTER_SHOT,)
    soon = replace(late, fixed_at=SHOT, received_at=SHOT + timedelta(seconds=4))
    assert read([*track[:-1], soon]).false == ()


def test_satellites_that_date_rightly_on_a_slow_phone_are_told_by_the_clock_that_was_measured():
    track = [replace(f, fixed_at=f.fixed_at + timedelta(minutes=3)) for f in steps(HERE, (9, 5, 1))]
    assert read(track).odd == (Reason.FIXES_AHEAD,)
    known = Witness(track=tuple(track), clock_offset_s=180.0)
    assert read(track, witness=known).odd == ()


def test_satellites_on_a_fast_phone_seem_old_until_its_clock_was_measured():
    track = [replace(f, fixed_at=f.fixed_at - timedelta(hours=20)) for f in steps(HERE, (9, 5, 1))]
    assert read(track).odd == (Reason.TRACK_LATE,)
    known = Witness(track=tuple(track), clock_offset_s=-20 * 3600.0)
    assert read(track, witness=known).odd == ()


def test_a_position_that_the_track_does_not_lead_to():
    track = steps(HERE, (9, 5, 1))
    assert read(track, position=replace(TOWN, accuracy_m=5.0)).false == (Reason.POSITION_APART,)
    assert read(track, position=replace(moved(HERE, east_m=30.0), accuracy_m=9.0)).false == ()


def test_of_the_phones_own_camera_only_what_is_unbelievable_is_told():
    assert read([fix(HERE, 300)], live=False).odd == ()
    assert read([fix(HERE, 300)]).odd == (Reason.TRACK_SHORT, Reason.TRACK_LATE)


def test_nothing_is_read_where_no_record_or_no_position_came():
    track = steps(HERE, (9, 5, 1))
    assert read(track, witness=None) == TrackReading()
    assert read(track, position=None) == TrackReading()


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 10**9), st.sampled_from((tracks.standing, tracks.walking)))
def test_nobody_who_stands_or_walks_is_disbelieved(seed: int, goes):
    seen = read(goes(Random(seed), HERE, SHOT))
    assert (seen.false, seen.odd) == ((), ())


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.builds(
            fix,
            st.builds(Position, st.floats(-180, 180), st.floats(-90, 90)),
            st.floats(-1e6, 1e6),
            st.floats(0, 1e6),
            altitude_m=st.none() | st.floats(-500, 9_000),
            speed_m_s=st.none() | st.floats(-1, 400),
        ),
        max_size=30,
    )
)
def test_whatever_a_phone_sends_is_read(track: list[Fix]):
    seen = read(track)
    assert len(set(seen.false)) == len(seen.false)
    assert seen.measured["fixes"] <= len(track)
