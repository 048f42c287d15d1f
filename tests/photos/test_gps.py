"""The states of a GPS block, told apart. None of them is an accusation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photos.evidence import GpsState, HeadingRef
from photos.gps import judge_gps_time, judge_heading, judge_position
from photos.reading import read_evidence
from tests.build import a_photo

LAT = ((33, 1), (29, 1), (240_000, 10_000))
LON = ((112, 1), (25, 1), (480_000, 10_000))
ZERO = ((0, 1),) * 3
VOID = ((0, 0),) * 3
NE = {"GPSLatitudeRef": "N", "GPSLongitudeRef": "E"}
HERE = {"GPSLatitude": LAT, "GPSLongitude": LON}


def state(gps, has_block: bool = True) -> GpsState:
    return judge_position(gps, has_block=has_block)[0]


def test_a_full_block_gives_its_place_and_accuracy():
    found, at = judge_position(NE | HERE | {"GPSHPositioningError": ((8, 1),)}, has_block=True)
    assert found is GpsState.PRESENT
    assert at is not None
    assert (at.lon, at.lat, at.accuracy_m) == (pytest.approx(112.43), pytest.approx(33.49), 8.0)


@pytest.mark.parametrize(
    ("refs", "lon", "lat"),
    [("NE", 1, 1), ("SW", -1, -1), ("se", 1, -1), ("North East", 1, 1), ("nw", -1, 1)],
)
def test_references_turn_the_signs_in_either_case(refs: str, lon: int, lat: int):
    north, east = refs.split() if " " in refs else refs
    gps = HERE | {"GPSLatitudeRef": north, "GPSLongitudeRef": east}
    _, at = judge_position(gps, has_block=True)
    assert at is not None
    assert (at.lon / abs(at.lon), at.lat / abs(at.lat)) == (lon, lat)


@pytest.mark.parametrize(
    ("gps", "expected"),
    [
        ({}, GpsState.BLANKED),
        ({"GPSVersionID": (2, 3, 0, 0)}, GpsState.BLANKED),
        (
            {
                "GPSLatitude": ZERO,
                "GPSLongitude": ZERO,
                "GPSLatitudeRef": "",
                "GPSLongitudeRef": "",
            },
            GpsState.BLANKED,
        ),
        ({"GPSLatitude": ZERO, "GPSLongitude": ZERO}, GpsState.BLANKED),
        (NE | {"GPSLatitude": VOID, "GPSLongitude": VOID}, GpsState.BLANKED),
        ({"GPSLatitude": "", "GPSLongitude": ""}, GpsState.BLANKED),
        ({"GPSTimeStamp": ZERO, "GPSDateStamp": ""}, GpsState.BLANKED),
        (NE | {"GPSLatitude": ZERO, "GPSLongitude": ZERO}, GpsState.ZERO_ISLAND),
        (
            {"GPSDateStamp": "2026:03:02", "GPSTimeStamp": ((0, 1), (11, 1), (9, 1))},
            GpsState.ABSENT,
        ),
    ],
)
def test_emptied_placeholder_and_without_a_fix_are_told_apart(gps, expected: GpsState):
    assert state(gps) is expected


def test_no_block_at_all_is_absent():
    assert state({}, has_block=False) is GpsState.ABSENT


@pytest.mark.parametrize(
    "gps",
    [
        HERE,  # no references: north is not assumed
        HERE | {"GPSLatitudeRef": "N"},
        HERE | {"GPSLatitudeRef": "", "GPSLongitudeRef": "E"},
        HERE | {"GPSLatitudeRef": "E", "GPSLongitudeRef": "N"},
        NE | HERE | {"GPSLatitude": ((95, 1), (0, 1), (0, 1))},
        NE | HERE | {"GPSLongitude": ((180, 1), (0, 1), (1, 100))},
        NE | HERE | {"GPSLatitude": ((33, 1), (75, 1), (0, 1))},
        NE | HERE | {"GPSLatitude": ((33, 0), (29, 1), (0, 1))},
        NE | HERE | {"GPSLatitude": ((33, 1), (29, 1), (0, 0))},  # whole minutes: 1.8 km coarse
        NE | HERE | {"GPSLatitude": ((-33, 1), (29, 1), (0, 1))},
        NE | HERE | {"GPSLatitude": "33.49"},
        NE | {"GPSLatitude": LAT},
        NE | HERE | {"GPSLatitude": (*LAT, (1, 1))},
    ],
)
def test_what_is_no_place_on_earth_is_invalid_and_gives_no_position(gps):
    assert judge_position(gps, has_block=True) == (GpsState.INVALID, None)


@pytest.mark.parametrize(
    "lat",
    [
        ((3349, 100),),
        ((33, 1), (294, 10)),
        ((33, 1), (294, 10), (0, 0)),
        ((33, 1), (294, 10), (0, 1)),
    ],
)
def test_degrees_may_be_written_in_one_two_or_three_parts(lat):
    _, at = judge_position(NE | HERE | {"GPSLatitude": lat}, has_block=True)
    assert at is not None
    assert at.lat == pytest.approx(33.49)


@pytest.mark.parametrize("error", [((0, 1),), ((5, 0),), "8", ((1, 1), (2, 1))])
def test_an_accuracy_of_nothing_is_no_accuracy(error):
    _, at = judge_position(NE | HERE | {"GPSHPositioningError": error}, has_block=True)
    assert at is not None
    assert at.accuracy_m is None


@pytest.mark.parametrize(
    ("gps", "expected"),
    [
        ("present", GpsState.PRESENT),
        ("absent", GpsState.ABSENT),
        ("blanked", GpsState.BLANKED),
        ("blanked-0/0", GpsState.BLANKED),
        ("zero", GpsState.ZERO_ISLAND),
    ],
)
@pytest.mark.parametrize("form", ["jpeg", "heic"])
def test_the_states_hold_through_a_real_file(gps: str, form: str, expected: GpsState):
    assert read_evidence(a_photo(gps=gps, form=form)).gps is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gps", "deg", "ref"),
    [
        ({"GPSImgDirection": ((27105, 100),), "GPSImgDirectionRef": "T"}, 271.05, HeadingRef.TRUE),
        ({"GPSImgDirection": ((360, 1),), "GPSImgDirectionRef": "m"}, 0.0, HeadingRef.MAGNETIC),
        ({"GPSImgDirection": ((90, 1),)}, 90.0, HeadingRef.UNSTATED),
        ({"GPSImgDirection": ((90, 1),), "GPSImgDirectionRef": ""}, 90.0, HeadingRef.UNSTATED),
    ],
)
def test_a_heading_keeps_its_reference(gps, deg: float, ref: HeadingRef):
    heading = judge_heading(gps)
    assert heading is not None
    assert (heading.deg, heading.ref) == (deg, ref)


@pytest.mark.parametrize("value", [((1, 0),), ((361, 1),), ((-1, 1),), "N", ()])
def test_what_is_no_direction_is_no_heading(value):
    assert judge_heading({"GPSImgDirection": value, "GPSImgDirectionRef": "T"}) is None


@pytest.mark.parametrize(
    "gps",
    [
        {"GPSDateStamp": "2026:03:02"},
        {"GPSTimeStamp": ((0, 1), (11, 1), (9, 1))},
        {"GPSDateStamp": "", "GPSTimeStamp": ZERO},
        {"GPSDateStamp": "2026:13:02", "GPSTimeStamp": ZERO},
        {"GPSDateStamp": "0000:00:00", "GPSTimeStamp": ZERO},
        {"GPSDateStamp": "2026:03:02", "GPSTimeStamp": ((25, 1), (0, 1), (0, 1))},
        {"GPSDateStamp": "2026:03:02", "GPSTimeStamp": VOID},
    ],
)
def test_half_a_satellite_time_is_none(gps):
    assert judge_gps_time(gps) is None


numbers = st.sampled_from([-1, 0, 1, 29, 33, 59, 60, 61, 90, 95, 112, 180, 181, 10**9])
part = st.one_of(numbers, st.tuples(numbers, st.sampled_from([0, 1, 10, 10**6])))
value = st.one_of(
    st.sampled_from(["", "N", "s", "E", "w", "X", "2026:03:02", "\0"]),
    st.sampled_from([0, 7, -1.5, float("nan"), float("inf")]),
    st.lists(part, max_size=4).map(tuple),
)
names = st.sampled_from(
    [*NE, *HERE, "GPSHPositioningError", "GPSImgDirection", "GPSTimeStamp", "GPSDateStamp"]
)


@settings(deadline=None)
@given(st.dictionaries(names, value), st.booleans())
def test_no_readings_whatever_raise_or_give_a_place_without_references(gps, has_block: bool):
    found, at = judge_position(gps, has_block=has_block)
    assert (at is not None) == (found is GpsState.PRESENT)
    if at is not None:
        assert str(gps["GPSLatitudeRef"]).strip().upper()[:1] in ("N", "S")
    judge_heading(gps)
    judge_gps_time(gps)
