"""Positions that repeat, and standpoints that serve too many parcels."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.geo import Position, moved
from models.vocabulary import Outcome, PhotoKind
from photos.case import Result, Shot
from photos.checks import frozen_position, one_place_many_parcels
from tests.build import TAKEN_AT
from tests.photos.checks.beside import PLACE, a_case_beside, a_shot

NOTE = "note"


def said(result: Result | None) -> object:
    assert result is not None
    return NOTE if result.noted else result.outcome


def frozen(*shots: Shot, **given) -> object:
    return said(frozen_position(a_case_beside(*shots, **given)))


# --- frozen_position -----------------------------------------------------------------------------


def test_a_panorama_from_one_standpoint_within_minutes_may_repeat_its_position():
    turn = [a_shot(n, heading_deg=90.0 * n) for n in range(1, 4)]
    assert frozen(*turn) is Outcome.PASS


def test_a_burst_of_one_second_may_repeat_its_position():
    assert frozen(*[replace(a_shot(), name=f"b{n}") for n in range(10)]) is Outcome.PASS


def test_a_walk_whose_position_trembles_is_no_repeat():
    walk = [a_shot(6.0 * n, east_m=0.01 * n, north_m=0.02) for n in range(1, 30)]
    assert frozen(*walk) is Outcome.PASS


def test_a_phone_that_keeps_its_last_fix_and_says_so_is_only_noted():
    kept = [a_shot(20.0 * n, fixed_at=TAKEN_AT, parcel=f"N{n}") for n in range(1, 9)]
    assert frozen(*kept) == NOTE


def test_a_phone_that_keeps_its_last_fix_and_does_not_say_so_is_only_noted():
    kept = [a_shot(20.0 * n, fixed_at=None, parcel=f"N{n}") for n in range(1, 9)]
    assert frozen(*kept, fix_told=False) == NOTE


def test_a_camera_that_writes_whole_metres_repeats_honestly():
    grid = Position(112.43004, 33.49002, 8.0)
    there = [a_shot(20.0 * n, position=grid, altitude_m=210.0) for n in range(-3, 4)]
    assert frozen(*there, at=grid, altitude_m=210.0) == NOTE


def test_two_people_in_one_car_are_not_compared():
    """Their photos are no neighbours unless a camera went from hand to hand."""
    assert frozen_position(a_case_beside()) is None


def test_positions_of_the_page_and_of_a_file_are_two_things():
    page = a_shot(40.0, position_source="page", taken_source="page")
    assert frozen_position(a_case_beside(page)) is None


def test_waiting_ten_minutes_at_one_spot_is_only_noted():
    assert frozen(a_shot(10.0), a_shot(5.0)) == NOTE


def test_new_fixes_that_agree_to_the_last_digit_for_an_hour_are_a_doubt():
    assert frozen(a_shot(20.0), a_shot(40.0), a_shot(60.0)) is Outcome.DOUBT


def test_place_accuracy_and_height_that_stay_while_the_parcels_change_are_a_doubt():
    other = a_shot(12.0, parcel="N2", altitude_m=214.37, fixed_at=None)
    assert frozen(other, altitude_m=214.37, fix_told=False) is Outcome.DOUBT
    assert frozen(replace(other, altitude_m=214.9), altitude_m=214.37, fix_told=False) == NOTE
    # At the corner of two parcels one fix does for both.
    corner = replace(other, taken_at=TAKEN_AT + timedelta(minutes=2))
    assert frozen(corner, altitude_m=214.37, fix_told=False) is Outcome.PASS


def test_a_repeat_is_measured():
    result = frozen_position(a_case_beside(a_shot(10.0), a_shot(5.0), a_shot(7.0, east_m=30.0)))
    assert result is not None
    assert result.measured["alike"] == 3
    assert result.measured["compared"] == 3
    assert result.measured["spread_minutes"] == 10.0


# --- one_place_many_parcels ----------------------------------------------------------------------


def place(*shots: Shot, **given) -> object:
    return said(one_place_many_parcels(a_case_beside(*shots, **given)))


def around(count: int, *, distance_m: float = 40.0, kind: str = "近景", **given) -> list[Shot]:
    """Shots of that many other parcels from a few metres beside the photo's own standpoint."""
    return [
        a_shot(
            3.0 * n, east_m=1.0 + n % 3, parcel=f"P{n}", distance_m=distance_m,
            kind=PhotoKind(kind), **given,
        )
        for n in range(1, count + 1)
    ]  # fmt: skip


def test_close_ups_of_five_parcels_from_one_standpoint_are_a_doubt():
    assert place(*around(4), kind=PhotoKind.CLOSE) is Outcome.DOUBT


def test_three_parcels_from_one_standpoint_are_a_note():
    assert place(*around(2), kind=PhotoKind.CLOSE) == NOTE


def test_a_corner_that_four_parcels_share_is_no_staging():
    assert place(*around(3, distance_m=4.0), kind=PhotoKind.CLOSE) is Outcome.PASS


def test_narrow_terraces_around_a_standpoint_are_no_staging():
    assert place(*around(6, distance_m=15.0), kind=PhotoKind.CLOSE) is Outcome.PASS


def test_wide_views_of_some_parcels_from_a_hill_are_a_note_and_of_many_a_doubt():
    assert place(*around(5, kind="全景")) == NOTE
    assert place(*around(9, kind="全景")) is Outcome.DOUBT


def test_all_sides_of_one_parcel_from_one_standpoint_are_honest():
    turn = [a_shot(n, kind=PhotoKind(k)) for n, k in enumerate(("东向", "南向", "西向", "北向"))]
    assert place(*turn) is Outcome.PASS


def test_a_walk_through_many_parcels_is_honest():
    walk = [a_shot(10.0 * n, east_m=60.0 * n, parcel=f"N{n}") for n in range(1, 20)]
    assert place(*walk) is Outcome.PASS


@pytest.mark.parametrize(
    "poor",
    [
        {"position": replace(moved(PLACE, east_m=2.0), accuracy_m=300.0)},
        {"fixed_at": TAKEN_AT - timedelta(minutes=40)},  # where the phone was an hour ago
        {"taken_at": TAKEN_AT + timedelta(hours=20)},  # another day
    ],
)
def test_poor_positions_and_other_days_are_no_standpoint(poor: dict[str, object]):
    shots = [replace(shot, **poor) for shot in around(9)]
    assert place(*shots, kind=PhotoKind.CLOSE) is Outcome.PASS


def test_a_photo_whose_own_position_is_poor_is_not_asked():
    case = a_case_beside(*around(9), at=replace(PLACE, accuracy_m=300.0))
    assert one_place_many_parcels(case) is None
    assert one_place_many_parcels(a_case_beside(*around(9), at=None)) is None
    assert one_place_many_parcels(a_case_beside()) is None
