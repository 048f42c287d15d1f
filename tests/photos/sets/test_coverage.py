"""How much of a parcel the view cones reach."""

from dataclasses import replace
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from models.geo import LocalPlane, moved
from models.vocabulary import PhotoKind
from photos.sets.coverage import Coverage, Standpoint, coverage
from tests.build import HERE, a_parcel
from tests.soak import examples

NEAR = 1e-6
ROUND_THE_MIDDLE = [
    Standpoint(PhotoKind.NORTH, HERE, 0.0, 65.0),
    Standpoint(PhotoKind.EAST, HERE, 90.0, 65.0),
    Standpoint(PhotoKind.SOUTH, HERE, 180.0, 65.0),
    Standpoint(PhotoKind.WEST, HERE, 270.0, 65.0),
]


def two_fields(apart_m: float = 400.0) -> MultiPolygon:
    west, east = a_parcel(moved(HERE, east_m=-apart_m)), a_parcel(moved(HERE, east_m=apart_m))
    return MultiPolygon([west, east])


def from_the_south(
    away_m: float, *, heading: float | None = 0.0, side_m: float = 50.0
) -> Standpoint:
    at = moved(HERE, north_m=-(side_m / 2 + away_m))
    return Standpoint(PhotoKind.OVERVIEW, replace(at, accuracy_m=8.0), heading, 65.0)


def of(*standpoints: Standpoint, boundary: BaseGeometry | None = None) -> Coverage:
    return coverage(a_parcel() if boundary is None else boundary, standpoints)


def test_no_photo_has_seen_nothing():
    seen = of()
    assert (seen.outline_ratio, seen.area_ratio) == (0.0, 0.0)
    assert (seen.outline_at_most_ratio, seen.placed, seen.sides) == (0.0, 0, frozenset())


def test_a_wide_photo_from_twenty_metres_shows_most_of_a_small_field():
    seen = of(from_the_south(20.0))
    assert 0.6 < seen.area_ratio < 1.0
    assert 0.5 < seen.outline_ratio < 1.0
    assert seen.sides == {"北向"}


def test_a_camera_that_looks_away_has_seen_nothing_of_the_field():
    seen = of(from_the_south(20.0, heading=180.0))
    assert seen.area_ratio == 0.0
    assert seen.placed == 1


def test_a_photo_from_the_next_village_shows_nothing_and_stands_at_no_field():
    seen = of(from_the_south(3_000.0))
    assert (seen.area_ratio, seen.area_at_most_ratio, seen.placed) == (0.0, 0.0, 0)


def test_a_photo_from_forty_kilometres_away_is_no_trouble():
    assert of(from_the_south(40_000.0)).area_at_most_ratio == 0.0


def test_four_directions_from_the_middle_go_round():
    seen = of(*ROUND_THE_MIDDLE)
    assert seen.sides == {"东向", "南向", "西向", "北向"}
    assert 0.6 < seen.area_ratio < 0.8  # four cones of 65 degrees


@pytest.mark.parametrize("kind", [PhotoKind.CLOSE, PhotoKind.FEATURE, PhotoKind.PROFILE])
def test_a_picture_of_the_ground_shows_a_few_metres(kind: PhotoKind):
    seen = of(Standpoint(kind, HERE, 0.0, 65.0))
    assert 0.0 < seen.area_ratio < 0.01
    assert seen.outline_ratio == 0.0
    assert seen.sides == frozenset()  # whatever its heading
    assert (seen.placed, seen.placed_wide) == (1, 0)


def test_without_a_heading_nothing_is_seen_for_sure_and_much_may_have_been():
    seen = of(from_the_south(20.0, heading=None))
    assert (seen.area_ratio, seen.unturned) == (0.0, 1)
    assert seen.area_at_most_ratio == pytest.approx(1.0)


def test_a_kind_speaks_for_its_direction_only_where_no_heading_says_otherwise():
    assert of(Standpoint(PhotoKind.EAST, HERE)).sides == {"东向"}
    assert of(Standpoint(PhotoKind.EAST, HERE, 140.0)).sides == {"东向", "南向"}
    assert of(Standpoint(PhotoKind.EAST, HERE, 200.0)).sides == {"南向"}
    assert of(Standpoint(PhotoKind.EAST, None)).sides == {"东向"}


def test_a_position_that_is_not_usable_shows_nothing_for_sure():
    rough = replace(HERE, accuracy_m=400.0)
    seen = of(Standpoint(PhotoKind.OVERVIEW, rough, 0.0, 65.0))
    assert (seen.area_ratio, seen.placed) == (0.0, 0)
    assert seen.area_at_most_ratio == pytest.approx(1.0)


def test_of_two_fields_only_the_one_that_was_visited_is_seen():
    middle = moved(HERE, east_m=-400.0, north_m=-45.0)
    seen = of(Standpoint(PhotoKind.OVERVIEW, middle, 0.0, 65.0), boundary=two_fields())
    west, east = seen.parts
    assert west.seen_ratio > 0.6
    assert (east.seen_ratio, east.at_most_ratio) == (0.0, 0.0)
    assert east.middle.lon > west.middle.lon
    assert 0.25 < seen.area_ratio < 0.5


def test_a_hole_in_the_parcel_is_no_part_of_its_area():
    hole = shapely.difference(a_parcel(side_m=60.0), a_parcel(side_m=30.0))
    seen = of(*ROUND_THE_MIDDLE, boundary=hole)
    assert seen.area_m2 == pytest.approx(60.0**2 - 30.0**2, rel=1e-3)
    assert seen.area_ratio < 1.0


def test_standpoints_round_the_field_lie_apart_along_its_outline_and_one_corner_does_not():
    corner = [
        Standpoint("全景", moved(HERE, east_m=24.0 + n, north_m=24.0 - n), 225.0) for n in range(3)
    ]
    opposite = Standpoint("全景", moved(HERE, east_m=-24.0, north_m=-24.0), 45.0)
    assert of(*corner).outline_between_ratio < 0.1
    assert of(*corner, opposite).outline_between_ratio > 0.4
    assert of(*corner).off_middle_deg == pytest.approx(48.0, abs=5.0)
    assert of(corner[0]).outline_between_ratio == 0.0


def test_an_outline_of_ten_thousand_points_is_measured_like_a_plain_one():
    plain = LocalPlane(HERE).to_metres(a_parcel(side_m=200.0))
    dense = LocalPlane(HERE).to_degrees(shapely.segmentize(plain, 0.08))
    assert shapely.get_num_coordinates(dense) > 10_000
    seen, same = (
        of(from_the_south(20.0, side_m=200.0), boundary=b) for b in (dense, a_parcel(side_m=200.0))
    )
    assert seen.outline_ratio == pytest.approx(same.outline_ratio, abs=0.01)
    assert seen.area_ratio == pytest.approx(same.area_ratio, abs=0.01)


# --- properties -----------------------------------------------------------------------------------

places = st.builds(
    lambda east, north, accuracy: replace(moved(HERE, east_m=east, north_m=north), accuracy_m=accuracy),
    st.floats(-300.0, 300.0),
    st.floats(-300.0, 300.0),
    st.none() | st.floats(1.0, 300.0),
)  # fmt: skip
standpoints = st.builds(
    Standpoint,
    st.sampled_from([str(kind) for kind in PhotoKind]),
    st.none() | places,
    st.none() | st.floats(0.0, 359.99),
    st.none() | st.floats(5.0, 200.0),
)
shapes = st.sampled_from([a_parcel(), a_parcel(side_m=300.0), two_fields(60.0), two_fields()])


def figures(seen: Coverage) -> list[float]:
    parts = [figure for p in seen.parts for figure in (p.seen_ratio, p.at_most_ratio)]
    return [
        seen.outline_ratio,
        seen.area_ratio,
        seen.outline_at_most_ratio,
        seen.area_at_most_ratio,
        seen.outline_between_ratio,
        *parts,
    ]


@settings(max_examples=examples(60), deadline=None)
@given(shapes, st.lists(standpoints, max_size=6), standpoints)
def test_one_more_photo_never_makes_less_of_the_coverage(
    boundary: BaseGeometry, some: list[Standpoint], one_more: Standpoint
):
    before, after = coverage(boundary, some), coverage(boundary, [*some, one_more])
    assert all(b <= a + NEAR for b, a in zip(figures(before), figures(after), strict=True))
    assert before.sides <= after.sides
    assert before.apart_m <= after.apart_m + NEAR


@settings(max_examples=examples(60), deadline=None)
@given(
    shapes,
    st.lists(standpoints, max_size=6).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))),
)
def test_the_order_of_the_photos_never_matters(
    boundary: BaseGeometry, both: tuple[list[Standpoint], list[Standpoint]]
):
    one, other = (coverage(boundary, photos) for photos in both)
    assert figures(one) == pytest.approx(figures(other), abs=NEAR)
    assert (one.sides, one.placed, one.unturned) == (other.sides, other.placed, other.unturned)


@settings(max_examples=examples(60), deadline=None)
@given(shapes, st.lists(standpoints, max_size=6))
def test_shares_are_shares_and_what_is_seen_is_never_more_than_what_could_be(
    boundary: BaseGeometry, some: list[Standpoint]
):
    seen = coverage(boundary, some)
    assert all(0.0 <= figure <= 1.0 for figure in figures(seen))
    assert seen.outline_ratio <= seen.outline_at_most_ratio + NEAR
    assert seen.area_ratio <= seen.area_at_most_ratio + NEAR


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.floats(5.0, 400.0), min_size=2, max_size=4))
def test_walking_away_from_the_field_never_shows_more_than_it_could_from_nearer_by(
    distances: list[float],
):
    """At most: a camera of unknown heading sees a disc, and its disc only leaves the field."""
    reached = [of(from_the_south(m, heading=None)).area_at_most_ratio for m in sorted(distances)]
    assert all(near >= far - NEAR for near, far in pairwise(reached))
