"""Where the sun stood: nights that are nights, and days that are said to be nights."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.geo import Position
from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks import sun
from photos.checks.sun import elevation_deg, exposure_ev
from photos.evidence import CameraTime, Evidence, Reading, Source
from tests.build import HERE, a_case, a_photo

SEEN = a_case(a_photo()).evidence
DAYLIGHT = {"FNumber": ((18, 10),), "ExposureTime": ((1, 1000),), "PhotographicSensitivity": 50}
DIM = {"FNumber": ((18, 10),), "ExposureTime": ((1, 15),), "PhotographicSensitivity": 1600}


def exposed(values: dict[str, object]) -> Evidence:
    readings = tuple(Reading(k, v, k, Source.EXIF) for k, v in values.items())  # type: ignore[arg-type]
    return replace(SEEN, readings=readings)


def at(
    hour: float, exposure: dict[str, object], *, zone: float | None = 8.0, gps: float | None = None
) -> Case:
    """A case of 2 March at that hour of the camera's wall clock; `gps` is the true hour UTC+8."""
    wall = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None) + timedelta(hours=hour)
    offset = None if zone is None else timedelta(hours=zone)
    satellites = None
    if gps is not None:
        satellites = datetime(2026, 3, 1, 16, tzinfo=UTC) + timedelta(hours=gps)
    evidence = replace(
        exposed(exposure),
        position=HERE,
        camera_time=CameraTime(wall, offset, "DateTimeOriginal"),
        gps_time=satellites,
    )
    return replace(a_case(a_photo()), evidence=evidence)


def said(result: Result | None) -> object:
    assert result is not None
    return "note" if result.noted else result.outcome


@pytest.mark.parametrize(
    ("hour", "exposure", "expected"),
    [
        (12.0, DAYLIGHT, Outcome.PASS),
        (7.5, DIM, Outcome.PASS),
        (6.7, DIM, "note"),  # twilight: the sun rises at 7:00 here
        (23.0, DIM, Outcome.DOUBT),
        (23.0, {}, Outcome.DOUBT),
        (23.0, DAYLIGHT, Outcome.FAIL),
        (2.0, DAYLIGHT, Outcome.FAIL),
    ],
)
def test_the_exposure_and_the_sun_are_held_together(hour, exposure, expected: object):
    assert said(sun(at(hour, exposure))) == expected


def test_a_camera_left_in_another_zone_is_not_contradicted():
    """Its wall clock says three at night, and nobody says where."""
    assert said(sun(at(3.0, DAYLIGHT, zone=None))) is Outcome.DOUBT
    assert said(sun(at(3.0, {}, zone=None))) == "note"


def test_a_camera_abroad_that_states_no_zone_is_given_the_zone_of_the_place():
    case = at(14.0, DAYLIGHT, zone=None)
    paris = replace(case, evidence=replace(case.evidence, position=Position(2.3, 48.8)))
    assert said(sun(paris)) is Outcome.PASS
    night = at(1.0, DAYLIGHT, zone=None)
    paris = replace(night, evidence=replace(night.evidence, position=Position(2.3, 48.8)))
    assert said(sun(paris)) is Outcome.DOUBT


def test_the_satellites_tell_the_hour_that_a_camera_without_a_zone_leaves_open():
    assert said(sun(at(3.0, DAYLIGHT, zone=None, gps=11.0))) is Outcome.PASS
    assert said(sun(at(3.0, DAYLIGHT, zone=None, gps=3.0))) is Outcome.FAIL


def test_where_the_satellites_say_day_the_clocks_disagree_and_that_is_another_check():
    assert said(sun(at(23.0, DAYLIGHT, gps=12.0))) is Outcome.DOUBT


@pytest.mark.parametrize(("wrong_hours", "expected"), [(0.0, Outcome.FAIL), (11.0, Outcome.DOUBT)])
def test_a_phone_whose_clock_is_wrong_is_not_contradicted(wrong_hours: float, expected: Outcome):
    case = at(12.0, DAYLIGHT)
    shown = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 23:00 in China
    claim = replace(
        case.claim,
        captured_at=shown,
        sent_at=case.received_at + timedelta(hours=wrong_hours),
    )
    assert said(sun(replace(case, claim=claim))) is expected


def test_a_flash_makes_a_bright_picture_at_night():
    assert said(sun(at(23.0, DAYLIGHT | {"Flash": 0x19}))) is Outcome.DOUBT
    assert said(sun(at(23.0, DAYLIGHT | {"Flash": 0x10}))) is Outcome.FAIL  # did not fire


@pytest.mark.parametrize("missing", ["position", "camera_time"])
def test_without_place_or_time_the_sun_says_nothing(missing: str):
    case = at(12.0, DAYLIGHT)
    case = replace(case, evidence=replace(case.evidence, **{missing: None}))
    result = sun(case)
    assert said(result) is Outcome.UNKNOWN
    assert result is not None
    assert not result.needed


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (DAYLIGHT, 12.66),
        (DIM, 1.6),
        ({**DAYLIGHT, "PhotographicSensitivity": 0}, None),
        ({**DAYLIGHT, "ExposureTime": ((1, 0),)}, None),
        ({**DAYLIGHT, "FNumber": ((0, 1),)}, None),
        ({**DAYLIGHT, "ExposureTime": ((-1, 100),)}, None),
        ({}, None),
    ],
)
def test_the_light_value_of_an_exposure(values: dict[str, object], expected: float | None):
    assert exposure_ev(exposed(values)) == (
        None if expected is None else pytest.approx(expected, abs=0.05)
    )


def test_the_sun_stands_over_the_equator_at_noon_of_the_equinox():
    noon = datetime(2026, 3, 20, 12, 7, tzinfo=UTC)
    assert elevation_deg(Position(0.0, 0.0), noon) == pytest.approx(90.0, abs=1.0)


@pytest.mark.parametrize("lat", [-90.0, -66.6, 0.0, 66.6, 90.0])
@pytest.mark.parametrize("lon", [-180.0, 0.0, 180.0])
def test_the_sun_is_somewhere_everywhere(lat: float, lon: float):
    height = elevation_deg(Position(lon, lat), datetime(2026, 6, 21, tzinfo=UTC))
    assert -90.0 <= height <= 90.0
