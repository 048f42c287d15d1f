"""Where the camera looked."""

from dataclasses import replace

import pytest
import shapely

from models.geo import LocalPlane, Position, declination_deg
from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Claim
from photos.checks import faces_its_side, held_level, looks_at_parcel
from photos.checks.looks_at_parcel import half_view_deg
from photos.evidence import Heading, HeadingRef, Reading, Source
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, a_case, a_parcel, a_photo, standing

PARCEL = a_parcel()
SEEN = a_case(a_photo()).evidence  # 26 mm: half the view is 34.7°


def looking(
    deg: float | None,
    ref: str = "T",
    away_m: float = 200.0,
    kind: PhotoKind = PhotoKind.OVERVIEW,
    **claimed,
) -> Case:
    """A camera south of the parcel; 0° looks at it."""
    heading = None if deg is None else Heading(deg, HeadingRef(ref))
    place = replace(standing(PARCEL, away_m), accuracy_m=8.0)
    evidence = replace(SEEN, position=place, heading=heading)
    return Case(evidence, PARCEL, Claim(kind, **claimed), RECEIVED_AT)


@pytest.mark.parametrize(
    ("deg", "outcome"),
    [
        (0.0, Outcome.PASS),
        (59.0, Outcome.PASS),
        (301.0, Outcome.PASS),
        (75.0, Outcome.DOUBT),
        (285.0, Outcome.DOUBT),
        (180.0, Outcome.DOUBT),
    ],
)
def test_a_camera_turned_away_is_a_doubt_and_never_more(deg: float, outcome: Outcome):
    result = looks_at_parcel(looking(deg))
    assert result is not None
    assert result.outcome is outcome


def test_without_a_field_of_view_the_plain_tolerance_holds():
    case = looking(60.0)
    bare = replace(case.evidence, readings=())
    result = looks_at_parcel(replace(case, evidence=bare))
    assert result is not None
    assert result.outcome is Outcome.DOUBT
    assert result.threshold["allowed_deg"] == 45.0


def test_a_long_lens_is_held_to_a_narrower_view():
    case = looking(50.0)
    tele = replace(
        case.evidence, readings=(Reading("FocalLengthIn35mmFilm", 120, "x", Source.EXIF),)
    )
    result = looks_at_parcel(replace(case, evidence=tele))
    assert result is not None
    assert result.outcome is Outcome.DOUBT


def test_a_picture_held_upright_has_a_narrower_view():
    wide = half_view_deg(SEEN)
    turned = Reading("Orientation", 6, "IFD0 0x0112", Source.EXIF)
    upright = half_view_deg(replace(SEEN, readings=(turned, *SEEN.readings)))
    assert wide == pytest.approx(34.7, abs=0.1)
    assert upright == pytest.approx(24.8, abs=0.1)
    assert half_view_deg(replace(SEEN, width=240, height=320)) == upright


def test_a_magnetic_heading_is_turned_to_true_north():
    case = looking(10.0, "M")
    assert case.position is not None
    off = declination_deg(case.position.at, TAKEN_AT.date())
    assert off == pytest.approx(-5.0, abs=0.3)
    assert case.true_heading_deg == pytest.approx(10.0 + off)


@pytest.mark.parametrize("ref", ["T", ""])
def test_a_true_or_unstated_heading_is_taken_as_it_stands(ref: str):
    assert looking(10.0, ref).true_heading_deg == 10.0


def test_a_phone_without_a_compass_is_unknown_and_drags_nothing_down():
    result = looks_at_parcel(looking(None))
    assert result is not None
    assert (result.outcome, result.needed) == (Outcome.UNKNOWN, False)


@pytest.mark.parametrize("deg", [0.0, 90.0, 180.0])
def test_from_inside_the_parcel_every_direction_looks_at_it(deg: float):
    result = looks_at_parcel(looking(deg, away_m=0.0))
    assert result is not None
    assert result.outcome is Outcome.PASS


def test_nearer_than_the_position_is_sure_nobody_can_tell():
    result = looks_at_parcel(looking(180.0, away_m=15.0))
    assert result is not None
    assert result.outcome is Outcome.UNKNOWN


def test_the_far_end_of_a_long_parcel_is_looked_at_too():
    strip = LocalPlane(HERE).to_degrees(shapely.box(0.0, 30.0, 600.0, 60.0))
    case = Case(
        replace(SEEN, position=HERE, heading=Heading(85.0, HeadingRef.TRUE)),
        strip,
        Claim(PhotoKind.OVERVIEW),
        RECEIVED_AT,
    )
    result = looks_at_parcel(case)
    assert result is not None
    assert result.outcome is Outcome.PASS
    assert result.measured["off_deg"] == 0.0


def test_the_pages_compass_is_heard_before_the_files():
    case = looking(180.0, heading=Heading(0.0, HeadingRef.TRUE))
    result = looks_at_parcel(case)
    assert result is not None
    assert result.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("kind", "deg", "outcome"),
    [
        ("东向", 90.0, Outcome.PASS),
        ("东向", 149.0, Outcome.PASS),
        ("东向", 151.0, Outcome.DOUBT),
        ("北向", 350.0, Outcome.PASS),
        ("西向", 90.0, Outcome.DOUBT),
        ("南向", None, Outcome.UNKNOWN),
    ],
)
def test_a_photo_of_a_side_looks_that_way(kind: str, deg: float | None, outcome: Outcome):
    result = faces_its_side(looking(deg, kind=PhotoKind(kind)))
    assert result is not None
    assert result.outcome is outcome


def test_other_kinds_have_no_side():
    assert faces_its_side(looking(90.0)) is None


@pytest.mark.parametrize(
    ("pitch", "outcome"),
    [
        (-35.0, Outcome.PASS),
        (0.0, Outcome.PASS),
        (15.0, Outcome.PASS),
        (-60.0, Outcome.DOUBT),
        (40.0, Outcome.DOUBT),
    ],
)
def test_a_wide_photo_is_held_level(pitch: float, outcome: Outcome):
    result = held_level(looking(0.0, pitch_deg=pitch))
    assert result is not None
    assert result.outcome is outcome


@pytest.mark.parametrize("kind", ["近景", "利用特征", "剖面"])
def test_a_photo_of_the_ground_looks_down_and_is_not_asked(kind: str):
    assert held_level(looking(0.0, kind=PhotoKind(kind), pitch_deg=-80.0)) is None
    assert held_level(looking(0.0)) is None


def test_a_place_on_the_other_side_of_the_date_line_does_not_break_the_bearing():
    case = replace(looking(90.0), evidence=replace(SEEN, position=Position(-179.9, 33.0)))
    result = looks_at_parcel(case)
    assert result is not None
    assert result.outcome in (Outcome.PASS, Outcome.DOUBT, Outcome.UNKNOWN)
