"""When the photo was taken: the window, the server, and the clocks of camera, satellites and page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.geo import Position
from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Claim
from photos.checks import (
    camera_gps_clock,
    camera_page_clock,
    delivered_in_time,
    in_window,
    not_in_future,
    page_server_clock,
    zone,
)
from photos.evidence import CameraTime
from tests.build import CHINA, HERE, RECEIVED_AT, TAKEN_AT, a_case, a_parcel, a_photo

SEEN = a_case(a_photo()).evidence
START, END = datetime(2026, 3, 1, tzinfo=CHINA), datetime(2026, 3, 31, 18, tzinfo=CHINA)


def clocks(
    camera: datetime | None = TAKEN_AT,
    gps: datetime | None = TAKEN_AT,
    *,
    offset: timedelta | None = timedelta(hours=8),
    received_at: datetime | None = None,
    window: tuple[datetime, datetime] | None = (START, END),
    **claimed,
) -> Case:
    wall = None if camera is None else camera.replace(tzinfo=None)
    evidence = replace(
        SEEN,
        camera_time=None if wall is None else CameraTime(wall, offset, "DateTimeOriginal"),
        gps_time=gps,
    )
    claim = Claim(PhotoKind.OVERVIEW, **claimed)
    return Case(evidence, a_parcel(), claim, received_at or RECEIVED_AT, window)


def outcome(result) -> Outcome:
    assert result is not None
    assert result.message.endswith("。")
    return result.outcome


# --- the window -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (START, Outcome.PASS),
        (END, Outcome.PASS),
        (END + timedelta(minutes=4), Outcome.PASS),
        (START - timedelta(minutes=6), Outcome.DOUBT),
        (END + timedelta(hours=23), Outcome.DOUBT),
        (START - timedelta(hours=25), Outcome.FAIL),
        (datetime(2002, 1, 1, 12, tzinfo=CHINA), Outcome.FAIL),
    ],
)
def test_old_photos_are_outside_the_window(taken: datetime, expected: Outcome):
    assert outcome(in_window(clocks(taken, None))) is expected


def test_the_window_is_in_moments_and_not_in_wall_times():
    # 18:30 on a phone set to Tokyo is 17:30 in China: inside.
    taken = datetime.fromisoformat("2026-03-31T18:30")
    assert outcome(in_window(clocks(taken, None, offset=timedelta(hours=9)))) is Outcome.PASS


def test_an_assumed_zone_is_said():
    result = in_window(clocks(offset=None))
    assert result is not None
    assert "未注明时区" in result.message
    assert result.measured["zone_assumed"] is True


def test_no_time_is_unknown_and_no_window_is_not_asked():
    result = in_window(clocks(None, None))
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert result.needed
    assert in_window(clocks(window=None)) is None


def test_satellites_speak_where_the_camera_is_silent():
    case = clocks(None, TAKEN_AT)
    assert case.taken is not None
    assert case.taken.source == "gps"
    assert outcome(in_window(case)) is Outcome.PASS


# --- the server's clock ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(days=-30), Outcome.PASS),
        (timedelta(minutes=4), Outcome.PASS),
        (timedelta(minutes=6), Outcome.FAIL),
        (timedelta(days=400), Outcome.FAIL),
    ],
)
@pytest.mark.parametrize("which", ["camera", "gps", "page"])
def test_a_photo_from_the_future_is_contradicted_whichever_clock_says_so(
    which: str, ahead: timedelta, expected: Outcome
):
    moment = (RECEIVED_AT + ahead).astimezone(CHINA)
    case = {
        "camera": lambda: clocks(moment, None),
        "gps": lambda: clocks(None, moment),
        "page": lambda: clocks(None, None, captured_at=moment),
    }[which]()
    result = not_in_future(case)
    assert outcome(result) is expected
    assert result is not None
    assert result.measured["source"] == which


def test_a_photo_without_any_time_is_unknown_and_needed():
    result = not_in_future(clocks(None, None))
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert result.needed


@pytest.mark.parametrize(
    ("days", "expected"), [(0, Outcome.PASS), (6.9, Outcome.PASS), (7.1, Outcome.DOUBT)]
)
def test_a_week_without_signal_is_no_doubt(days: float, expected: Outcome):
    shot = RECEIVED_AT - timedelta(days=days)
    assert outcome(delivered_in_time(clocks(captured_at=shot))) is expected


def test_a_file_has_no_duty_of_delivery():
    assert delivered_in_time(clocks()) is None


@pytest.mark.parametrize(
    ("apart", "expected"),
    [(0, Outcome.PASS), (-119, Outcome.PASS), (121, Outcome.DOUBT), (-3600, Outcome.DOUBT)],
)
def test_a_phone_whose_clock_was_set_is_a_doubt(apart: int, expected: Outcome):
    sent = RECEIVED_AT + timedelta(seconds=apart)
    assert outcome(page_server_clock(clocks(sent_at=sent))) is expected


def test_a_page_that_did_not_say_when_it_sent_is_not_asked():
    assert page_server_clock(clocks()) is None


# --- camera, satellites, page ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (timedelta(seconds=5), Outcome.PASS),
        (timedelta(minutes=4), Outcome.PASS),  # an old fix on an honest phone
        (timedelta(minutes=-6), Outcome.DOUBT),
        (timedelta(hours=1), Outcome.DOUBT),  # with a stated zone an hour is an hour
        (timedelta(hours=25), Outcome.FAIL),
        (timedelta(days=-300), Outcome.FAIL),
    ],
)
def test_camera_and_satellites_agree(apart: timedelta, expected: Outcome):
    assert outcome(camera_gps_clock(clocks(TAKEN_AT + apart, TAKEN_AT))) is expected


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (timedelta(hours=-6, seconds=30), Outcome.PASS),  # a camera left on European time
        (timedelta(hours=-2, minutes=-30), Outcome.PASS),  # India
        (timedelta(hours=-6, minutes=-7), Outcome.DOUBT),
        (timedelta(hours=7), Outcome.DOUBT),  # no zone lies that far east of China
        (timedelta(hours=25), Outcome.FAIL),
    ],
)
def test_without_a_stated_zone_whole_quarter_hours_are_taken_off(apart, expected: Outcome):
    case = clocks(TAKEN_AT + apart, TAKEN_AT, offset=None)
    assert outcome(camera_gps_clock(case)) is expected


def test_an_old_receivers_week_is_named_and_not_contradicted():
    case = clocks(TAKEN_AT, TAKEN_AT - timedelta(weeks=1024))
    result = camera_gps_clock(case)
    assert outcome(result) is Outcome.DOUBT
    assert result is not None
    assert "1024 周" in result.message


@pytest.mark.parametrize("missing", ["camera", "gps"])
def test_one_clock_alone_is_unknown_and_drags_nothing_down(missing: str):
    case = clocks(None, TAKEN_AT) if missing == "camera" else clocks(TAKEN_AT, None)
    result = camera_gps_clock(case)
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert not result.needed


@pytest.mark.parametrize(
    ("apart", "expected"),
    [(0, Outcome.PASS), (299, Outcome.PASS), (301, Outcome.DOUBT), (90_000, Outcome.FAIL)],
)
def test_an_old_picture_chosen_in_the_page_is_seen(apart: int, expected: Outcome):
    case = clocks(captured_at=TAKEN_AT + timedelta(seconds=apart))
    assert outcome(camera_page_clock(case)) is expected
    assert camera_page_clock(clocks()) is None
    assert camera_page_clock(clocks(None, captured_at=TAKEN_AT)) is None


# --- zone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "lon", "expected"),
    [
        (8.0, 112.43, Outcome.PASS),
        (8.0, 76.0, Outcome.PASS),  # 喀什 keeps Beijing time
        (9.0, 112.43, Outcome.PASS),  # within 2.5 h of the sun
        (2.0, 112.43, Outcome.DOUBT),
        (-5.0, 112.43, Outcome.DOUBT),
        (2.0, 13.0, Outcome.PASS),
    ],
)
@pytest.mark.parametrize("stated", [True, False])
def test_the_cameras_zone_suits_the_place(
    hours: float, lon: float, expected: Outcome, stated: bool
):
    moment = datetime(2026, 3, 2, 0, 11, 9, tzinfo=UTC)
    wall = (moment + timedelta(hours=hours)).replace(tzinfo=None)
    case = clocks(wall, moment, offset=timedelta(hours=hours) if stated else None)
    case = replace(case, evidence=replace(case.evidence, position=Position(lon, HERE.lat)))
    assert outcome(zone(case)) is expected


def test_a_zone_that_nobody_states_is_unknown():
    result = zone(clocks(TAKEN_AT, None, offset=None))
    assert outcome(result) is Outcome.UNKNOWN
    assert result is not None
    assert not result.needed
