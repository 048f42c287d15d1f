"""The earth as the product sees it: distances, bearings, areas and the shifted maps."""

import math
import threading
from datetime import date

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import Polygon

from models.geo import (
    LocalPlane,
    Position,
    angle_between_deg,
    angles_spanned_deg,
    area_m2,
    bearing_between_deg,
    bearing_to_deg,
    box_around,
    box_of,
    declination_deg,
    distance_between_m,
    distance_to_m,
    epsg_of_zone,
    from_bd09,
    from_gcj02,
    from_stored,
    inside_point,
    moved,
    nearest_on,
    needs_local_parameters,
    parse_crs,
    to_gcj02,
    to_stored,
    view_cone,
)
from tests.soak import examples

NANZHAO = Position(112.43, 33.49)
places = st.builds(Position, st.floats(111.5, 113.5), st.floats(32.5, 34.0))
in_china = st.builds(Position, st.floats(75.0, 134.0), st.floats(19.0, 53.0))
bearings = st.floats(0.0, 359.99)
metres = st.floats(0.5, 5_000.0)
lightly = settings(max_examples=examples(80), deadline=None)


def square(at: Position, side_m: float) -> Polygon:
    half = side_m / 2
    made = LocalPlane(at).to_degrees(shapely.box(-half, -half, half, half))
    assert isinstance(made, Polygon)
    return made


def towards(at: Position, bearing: float, length_m: float) -> Position:
    turn = math.radians(bearing)
    return moved(at, east_m=math.sin(turn) * length_m, north_m=math.cos(turn) * length_m)


# --- positions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [(181.0, 0.0), (0.0, 95.0), (-180.1, 0.0), (math.nan, 1.0)])
def test_what_is_no_place_on_earth_is_no_position(place: tuple[float, float]):
    with pytest.raises(ValueError, match="longitude"):
        Position(*place)


@lightly
@given(places, bearings, metres)
def test_a_step_is_as_long_as_it_says_and_goes_where_it_says(at, bearing, length):
    there = towards(at, bearing, length)
    assert distance_between_m(at, there) == pytest.approx(length, rel=1e-9, abs=1e-6)
    assert angle_between_deg(bearing_between_deg(at, there), bearing) < 1e-4


@lightly
@given(places, places)
def test_there_and_back_is_as_far_and_the_other_way_round(a, b):
    assume(distance_between_m(a, b) > 1.0)
    assert distance_between_m(a, b) == pytest.approx(distance_between_m(b, a))
    # Meridians draw together: over a degree here the two bearings differ by up to 1.2°.
    back = (bearing_between_deg(b, a) + 180.0) % 360.0
    assert angle_between_deg(bearing_between_deg(a, b), back) < 1.3


@given(bearings, bearings)
def test_the_angle_between_two_bearings_is_the_smaller_one(a, b):
    angle = angle_between_deg(a, b)
    assert 0.0 <= angle <= 180.0
    assert angle == pytest.approx(angle_between_deg(b, a))
    assert angle_between_deg(a, a) == 0.0
    assert angle_between_deg(a, a + 180.0) == pytest.approx(180.0)


# --- parcels --------------------------------------------------------------------------------------


@lightly
@given(places, st.floats(10.0, 800.0), st.floats(-0.49, 0.49), st.floats(-0.49, 0.49))
def test_inside_a_parcel_the_distance_is_nothing_and_every_way_looks_at_it(at, side, x, y):
    inside = moved(at, east_m=x * side, north_m=y * side)
    parcel = square(at, side)
    assert distance_to_m(parcel, inside) == 0.0
    assert bearing_to_deg(parcel, inside) is None
    assert angles_spanned_deg(parcel, inside) is None


@lightly
@given(places, st.floats(10.0, 800.0), st.sampled_from([0.0, 90.0, 180.0, 270.0]), metres)
def test_outside_a_square_the_distance_is_to_its_side(at, side, bearing, away):
    there = towards(at, bearing, side / 2 + away)
    parcel = square(at, side)
    assert distance_to_m(parcel, there) == pytest.approx(away, rel=2e-3, abs=0.02)
    seen = bearing_to_deg(parcel, there)
    assert seen is not None
    assert angle_between_deg(seen, bearing + 180.0) < 1.0


@lightly
@given(places, st.floats(10.0, 300.0), bearings, st.floats(300.0, 5_000.0))
def test_the_nearest_point_is_on_the_parcel_and_nothing_is_nearer(at, side, bearing, away):
    here = towards(at, bearing, away)
    parcel = square(at, side)
    near = nearest_on(parcel, here)
    assert distance_to_m(parcel, near) < 0.01
    nearest = distance_between_m(here, near)
    for lon, lat in shapely.get_coordinates(shapely.segmentize(parcel.exterior, 0.0005)):
        assert distance_between_m(here, Position(float(lon), float(lat))) >= nearest - 0.05


@lightly
@given(places, st.floats(10.0, 300.0), bearings, st.floats(250.0, 3_000.0))
def test_the_angle_a_parcel_fills_holds_all_its_corners(at, side, bearing, away):
    here = towards(at, bearing, away)
    parcel = square(at, side)
    span = angles_spanned_deg(parcel, here)
    assert span is not None
    middle, half = span
    assert 0.0 < half < 90.0
    for lon, lat in shapely.get_coordinates(parcel):
        corner = bearing_between_deg(here, Position(float(lon), float(lat)))
        assert angle_between_deg(corner, middle) <= half + 0.1


def test_a_hole_is_not_the_parcel():
    outer, inner = square(NANZHAO, 400.0), square(NANZHAO, 200.0)
    ring = outer.difference(inner)
    assert distance_to_m(ring, NANZHAO) == pytest.approx(100.0, abs=0.2)
    assert area_m2(ring) == pytest.approx(400.0**2 - 200.0**2, rel=2e-3)


@lightly
@given(places, st.floats(1.0, 30_000.0), bearings, st.floats(0.0, 1.0))
def test_the_box_around_a_place_holds_all_that_is_within_reach(at, radius, bearing, share):
    assert box_around(at, radius * 1.0001).contains(towards(at, bearing, radius * share))


def test_the_box_around_a_pole_and_the_date_line_stays_on_the_globe():
    box = box_around(Position(179.999, 89.999), 5_000.0)
    assert (box.max_lon, box.max_lat) == (180.0, 90.0)
    assert box.min_lon >= -180.0


@lightly
@given(places, st.floats(10.0, 2_000.0))
def test_the_inside_point_is_inside_and_the_box_holds_the_parcel(at, side):
    parcel = square(at, side)
    assert distance_to_m(parcel, inside_point(parcel)) == 0.0
    assert box_of(parcel).contains(inside_point(parcel))


# --- areas and zones ------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [37, 38])
@pytest.mark.parametrize("banded", [True, False])
def test_a_hectare_in_either_zone_of_nanzhao_is_a_hectare(zone: int, banded: bool):
    """南召 lies on both sides of 112.5°E, the border of the zones."""
    epsg = epsg_of_zone(zone, degrees=3, banded=banded)
    easting = 500_000.0 + (zone * 1_000_000.0 if banded else 0.0)
    northing = 3_707_000.0
    plane = shapely.box(easting, northing, easting + 100.0, northing + 100.0)
    stored = to_stored(plane, f"EPSG:{epsg}")
    assert area_m2(stored) == pytest.approx(10_000.0, rel=1e-4)
    assert stored.centroid.x == pytest.approx(zone * 3.0, abs=0.01)
    assert stored.centroid.y == pytest.approx(33.49, abs=0.02)
    back = from_stored(stored, epsg)
    assert shapely.get_coordinates(back) == pytest.approx(shapely.get_coordinates(plane), abs=1e-3)


def test_the_direction_of_a_ring_does_not_change_its_area():
    parcel = square(NANZHAO, 100.0)
    assert area_m2(parcel) == pytest.approx(10_000.0, rel=1e-3)
    assert area_m2(parcel.reverse()) == pytest.approx(area_m2(parcel))
    twice = parcel.union(square(moved(NANZHAO, east_m=500.0), 100.0))
    assert area_m2(twice) == pytest.approx(2 * area_m2(parcel), rel=1e-6)


@pytest.mark.parametrize(
    ("zone", "degrees", "banded", "epsg"),
    [(37, 3, True, 4525), (38, 3, True, 4526), (37, 3, False, 4546), (38, 3, False, 4547),
     (19, 6, True, 4497), (19, 6, False, 4508)],
)  # fmt: skip
def test_the_zones_are_those_of_the_register(zone: int, degrees: int, banded: bool, epsg: int):
    assert epsg_of_zone(zone, degrees=degrees, banded=banded) == epsg


@pytest.mark.parametrize(("zone", "degrees"), [(24, 3), (46, 3), (12, 6), (37, 6), (37, 4)])
def test_a_zone_that_china_does_not_have_is_refused(zone: int, degrees: int):
    with pytest.raises(ValueError, match="no CGCS2000 zone"):
        epsg_of_zone(zone, degrees=degrees, banded=True)


def test_old_datums_are_known_to_need_parameters_that_are_not_public():
    assert needs_local_parameters(parse_crs("EPSG:2349"))  # Xian 1980
    assert needs_local_parameters(parse_crs("EPSG:2437"))  # Beijing 1954
    assert not needs_local_parameters(parse_crs("EPSG:4526"))
    with pytest.raises(ValueError, match="nonsense"):
        parse_crs("nonsense")


def test_coordinates_move_in_many_threads_at_once():
    plane = shapely.box(38_500_000.0, 3_707_000.0, 38_500_100.0, 3_707_100.0)
    expected = to_stored(plane, "EPSG:4526").wkb
    found: list[bool] = []

    def work() -> None:
        found.extend(to_stored(plane, "EPSG:4526").wkb == expected for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80


# --- the shifted maps -----------------------------------------------------------------------------


@lightly
@given(in_china)
def test_the_inverse_of_gcj02_is_exact_to_a_millimetre(at):
    assert distance_between_m(from_gcj02(to_gcj02(at)), at) < 1e-3


@lightly
@given(st.builds(Position, st.floats(112.2, 112.9), st.floats(33.2, 33.7)))
def test_in_nanzhao_the_shift_is_the_one_that_is_known(at):
    shifted = to_gcj02(at)
    east = distance_between_m(at, Position(shifted.lon, at.lat))
    south = distance_between_m(at, Position(at.lon, shifted.lat))
    assert shifted.lon > at.lon
    assert shifted.lat < at.lat
    assert 530.0 < east < 590.0
    assert 145.0 < south < 225.0


def test_a_baidu_position_lies_beyond_a_gcj02_one():
    # A published pair: 天安门 in BD-09 and in WGS 84, good to some metres.
    baidu, true = Position(116.403963, 39.915119), Position(116.391236, 39.907351)
    assert distance_between_m(from_bd09(baidu), true) < 15.0


@given(st.builds(Position, st.floats(-180, 180), st.floats(-90, 90)))
def test_outside_china_the_maps_shift_nothing(at):
    assume(not (72.0 <= at.lon <= 137.9 and 0.8 <= at.lat <= 55.9))
    assert to_gcj02(at) == from_gcj02(at) == from_bd09(at) == at


# --- what a camera sees ---------------------------------------------------------------------------


@lightly
@given(
    places,
    bearings,
    st.floats(20.0, 120.0),
    st.floats(20.0, 500.0),
    st.floats(-0.49, 0.49),
    st.floats(0.05, 0.95),
)
def test_the_view_cone_holds_what_is_ahead_and_nothing_behind(
    at, heading, width, length, turn, share
):
    cone = view_cone(at, heading, width_deg=width, length_m=length)
    # The far edge is drawn in twelve chords, which lie inside the arc by under 1 %.
    ahead = towards(at, heading + turn * width, length * share * 0.97)
    behind = towards(at, heading + 180.0, length * share)
    assert distance_to_m(cone, ahead) < 0.5
    assert distance_to_m(cone, behind) > 0.0
    assert distance_to_m(cone, at) < 0.01


def test_magnetic_north_lies_west_of_true_north_in_nanzhao():
    assert declination_deg(NANZHAO, date(2026, 3, 2)) == pytest.approx(-5.0, abs=0.3)
    zhengzhou = Position(113.6, 34.75)
    assert declination_deg(zhengzhou, date(2026, 3, 2)) == pytest.approx(-5.6, abs=0.3)
    before, after = (
        declination_deg(NANZHAO, date(2015, 1, 1)),
        declination_deg(NANZHAO, date(2040, 1, 1)),
    )
    assert before == declination_deg(NANZHAO, date(2025, 1, 1))
    assert after == pytest.approx(before, abs=1.0)


def test_declination_is_the_same_from_many_threads():
    spots = [Position(100.0 + n, 30.0 + n / 2) for n in range(20)]
    expected = [declination_deg(spot, date(2026, 3, 2)) for spot in spots]
    found: list[bool] = []

    def work() -> None:
        for _ in range(5):
            found.append([declination_deg(spot, date(2026, 3, 2)) for spot in spots] == expected)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 20
