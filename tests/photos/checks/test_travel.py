"""Who can have been where and when: honest days that must not fire, and fakes that must."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from models.geo import Position, moved, to_gcj02
from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Claim, Result, Shot
from photos.checks import travel
from tests.build import RECEIVED_AT, TAKEN_AT
from tests.photos.checks.beside import CAMERA, PLACE, a_case_beside, a_shot


def judged(*shots: Shot, **given) -> Result:
    result = travel(a_case_beside(*shots, **given))
    assert result is not None
    return result


# --- honest --------------------------------------------------------------------------------------


def test_twenty_parcels_by_motorbike_in_a_day_are_a_days_work():
    day = [a_shot(-240 + 25.0 * n, east_m=2_500.0 * (n - 10), parcel=f"N{n}") for n in range(20)]
    result = judged(*day)
    assert result.outcome is Outcome.PASS
    assert result.measured["compared"] == 20


def test_a_burst_within_one_second_is_no_travel():
    assert judged(*[a_shot(0.0, east_m=3.0 * n) for n in range(6)]).outcome is Outcome.PASS


def test_a_phone_that_finds_its_place_only_at_the_second_photo_is_no_travel():
    tower = replace(moved(PLACE, east_m=1_500.0), accuracy_m=1_400.0)
    assert judged(a_shot(0.1, position=tower)).outcome is Outcome.PASS
    untold = replace(moved(PLACE, east_m=500.0), accuracy_m=None)
    assert judged(a_shot(0.1, position=untold)).outcome is Outcome.PASS


def test_an_old_fix_that_says_its_age_is_no_travel():
    """Ten minutes ago the motorbike was 6 km away, and the phone still believes it."""
    stale = a_shot(-0.2, east_m=6_000.0, fixed_at=TAKEN_AT - timedelta(minutes=10))
    assert judged(stale).outcome is Outcome.PASS


def test_an_old_fix_of_unknown_age_is_given_five_minutes():
    stale = a_shot(-0.5, east_m=8_000.0, fixed_at=None)
    assert judged(stale).outcome is Outcome.PASS
    assert judged(a_shot(-0.5, east_m=8_000.0)).outcome is Outcome.FAIL


def test_a_page_and_a_camera_have_two_clocks_and_are_not_compared():
    theirs = a_shot(1.0, east_m=50_000.0, taken_source="page", position_source="page")
    assert travel(a_case_beside(theirs)) is None


def test_a_camera_that_states_no_zone_is_not_compared_with_one_that_does():
    other = a_shot(1.0, east_m=50_000.0, zone_assumed=True, fixed_at=None)
    assert travel(a_case_beside(other)) is None


def test_a_flight_home_with_a_camera_that_knows_no_zone_is_not_judged():
    tokyo = Position(139.7, 35.6, 8.0)
    there = a_shot(-180.0, position=tokyo, zone_assumed=True, fixed_at=None)
    assert travel(a_case_beside(there, zone=None, fix_told=False)) is None


def test_a_day_that_goes_past_midnight_and_into_another_zone_is_one_day():
    seoul = a_shot(16 * 60.0, position=Position(126.98, 37.57, 8.0))
    assert judged(seoul).outcome is Outcome.PASS


def test_a_pair_that_a_map_shift_explains_is_no_travel():
    shifted = to_gcj02(PLACE)
    assert judged(a_shot(0.1, position=shifted)).outcome is Outcome.PASS


def test_an_honest_photo_beside_one_wrong_one_is_not_dragged_down():
    day = [a_shot(2.0 * n, east_m=40.0 * n) for n in range(1, 6)]
    wrong = a_shot(1.0, east_m=60_000.0, parcel="N9")
    result = judged(*day, wrong)
    assert result.outcome is Outcome.PASS
    assert "另一张" in result.message


# --- not honest ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "away_m", "expected"),
    [
        (60.0, 100_000.0, Outcome.PASS),
        (60.0, 119_000.0, Outcome.PASS),
        (60.0, 121_000.0, Outcome.DOUBT),  # an express train, perhaps
        (60.0, 399_000.0, Outcome.DOUBT),
        (60.0, 401_000.0, Outcome.FAIL),
        (3.0, 30_000.0, Outcome.FAIL),
        (0.0, 30_000.0, Outcome.FAIL),  # at one and the same second
        (0.0, 1_000.0, Outcome.PASS),  # within what half a minute allows
        (0.0, 2_000.0, Outcome.DOUBT),
    ],
)
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_the_speed_decides_both_ways_in_time(
    minutes: float, away_m: float, expected: Outcome, sign: float
):
    result = judged(a_shot(sign * minutes, north_m=away_m))
    assert result.outcome is expected
    assert math.isfinite(result.measured["fastest_kmh"])


def test_the_wrong_photo_of_a_day_is_the_one_that_is_named():
    day = [a_shot(2.0 * n, north_m=60_000.0 + 40.0 * n) for n in range(-3, 4)]
    result = judged(*day)
    assert result.outcome is Outcome.FAIL
    assert result.measured["clashes"] == 7
    assert "；" in result.message


def test_a_coarse_position_is_doubted_and_never_contradicted():
    coarse = Position(PLACE.lon, PLACE.lat, 150.0)
    assert judged(a_shot(3.0, north_m=60_000.0), at=coarse).outcome is Outcome.DOUBT


def test_one_camera_in_two_hands_cannot_be_in_two_places():
    theirs = a_shot(
        3.0, north_m=60_000.0, same_person=False, same_device=True, device=CAMERA, parcel="N9"
    )
    result = judged(theirs)
    assert result.outcome is Outcome.DOUBT  # serial numbers have been given twice
    assert "同一台相机" in result.message


def test_half_a_day_here_and_half_there_within_the_hour_is_told_of_both_halves():
    here = [a_shot(-n, east_m=20.0 * n) for n in range(1, 6)]
    there = [a_shot(10.0 + n, north_m=90_000.0 + 20.0 * n, parcel="N9") for n in range(6)]
    assert judged(*here, *there).outcome is Outcome.FAIL


def test_the_page_clock_is_judged_as_well():
    at = Claim(PhotoKind.OVERVIEW, position=PLACE, captured_at=TAKEN_AT, fix_at=TAKEN_AT)
    there = a_shot(3.0, north_m=60_000.0, taken_source="page", position_source="page")
    assert judged(there, claim=at).outcome is Outcome.FAIL


# --- nothing to ask ------------------------------------------------------------------------------


def test_a_photo_alone_is_not_asked():
    assert travel(a_case_beside()) is None
    assert travel(a_case_beside(a_shot(position=None))) is None


def test_a_photo_without_a_position_is_unknown_beside_others():
    assert judged(a_shot(), at=None).outcome is Outcome.UNKNOWN


def test_a_phone_whose_clock_was_wrong_is_compared_with_nothing():
    """An hour fast until noon, then set right: its photos seem a minute apart."""
    at = Claim(
        PhotoKind.OVERVIEW,
        position=PLACE,
        captured_at=TAKEN_AT,
        fix_at=TAKEN_AT,
        sent_at=RECEIVED_AT + timedelta(hours=1),
    )
    there = a_shot(1.0, north_m=60_000.0, taken_source="page", position_source="page")
    assert judged(there, claim=at).outcome is Outcome.UNKNOWN


def test_a_case_says_when_its_position_was_fixed():
    case: Case = a_case_beside(fix_age=timedelta(minutes=4))
    assert case.fixed_at == TAKEN_AT - timedelta(minutes=4)
    assert case.received_at == RECEIVED_AT
