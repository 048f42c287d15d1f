"""Numbers of files, devices and hands, and what weak signs are together."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.vocabulary import Outcome
from photos.case import DeviceUse, Result, Shot
from photos.checks import file_sequence, frozen_position, known_device, weak_signs_together
from photos.devices import FileNumber
from photos.evidence import Reading, Source
from photos.examine import examine
from tests.photos.checks.beside import CAMERA, PHONE, a_case_beside, a_shot

NOTE = "note"


def said(result: Result | None) -> object:
    if result is None:
        return None
    return NOTE if result.noted else result.outcome


def numbered(minutes: float, number: int, series: str = "IMG_", **given) -> Shot:
    return a_shot(minutes, file_number=FileNumber(series, number), **given)


def sequence(*shots: Shot, named: str = "IMG_0100.JPG", **given) -> object:
    return said(file_sequence(a_case_beside(*shots, named=named, **given)))


# --- file_sequence -------------------------------------------------------------------------------


def test_numbers_that_run_with_the_clock_pass_with_gaps_where_photos_were_deleted():
    assert sequence(numbered(-30, 71), numbered(-2, 99), numbered(20, 117)) is Outcome.PASS


def test_a_later_number_with_an_earlier_time_is_seen():
    """The clock was set back before 0100: what was counted before it was taken after it."""
    assert sequence(numbered(300, 98)) == NOTE
    assert sequence(numbered(300, 98), numbered(310, 99)) is Outcome.DOUBT


def test_both_sides_of_a_set_clock_are_seen():
    assert sequence(numbered(-300, 101), numbered(-299, 102)) is Outcome.DOUBT


@pytest.mark.parametrize(
    ("shot", "named"),
    [
        (numbered(30, 1), "IMG_9999.JPG"),  # the counter begins again
        (numbered(30, 3), "IMG_0450.JPG"),  # a new card
        (numbered(9, 99), "IMG_0100.JPG"),  # two cameras' clocks, or a burst that is written late
        (numbered(300, 98, "DSC"), "IMG_0100.JPG"),  # another series
        (numbered(300, 98, device="Apple iPhone 13"), "IMG_0100.JPG"),  # another phone
        (numbered(300, 98, taken_source="page"), "IMG_0100.JPG"),  # another clock
        (numbered(300, 100), "IMG_0100.JPG"),  # the same number: another card
        (numbered(300, 98, same_person=False), "IMG_0100.JPG"),  # the same model in another hand
    ],
)
def test_honest_orders_are_no_sign(shot: Shot, named: str):
    assert sequence(shot, replace(shot, name="b"), named=named) in (None, Outcome.PASS)


def test_names_of_time_have_no_number():
    assert sequence(numbered(300, 98), named="IMG_20260302_081109.jpg") is None
    assert sequence(a_shot(300)) is None


def test_a_photo_beside_the_one_whose_clock_was_set_is_not_dragged_down():
    day = [numbered(n - 10.0, 100 + n - 10) for n in range(10)]
    set_back = numbered(-2_000, 101)
    assert sequence(*day, set_back) is Outcome.PASS
    forward = numbered(20, 101)
    assert sequence(*day, forward) is Outcome.PASS


# --- known_device --------------------------------------------------------------------------------


def theirs(minutes: float) -> Shot:
    return a_shot(minutes, same_person=False, same_device=True, device=CAMERA)


def ours(minutes: float) -> Shot:
    return a_shot(minutes, same_device=True, device=CAMERA)


def of_camera(*shots: Shot, **given):
    case = a_case_beside(*shots, **given)
    tags = {"Make": "SONY", "Model": "ILCE-7M3", "BodySerialNumber": "4512345"}
    readings = tuple(Reading(k, v, k, Source.EXIF) for k, v in tags.items())
    return replace(case, evidence=replace(case.evidence, readings=readings))


def test_a_phone_that_was_used_before_is_known():
    known = (DeviceUse(PHONE, None, 30), DeviceUse("Apple iPhone 13", None, 2))
    result = known_device(a_case_beside(known_devices=known))
    assert said(result) is Outcome.PASS
    assert result is not None
    assert result.measured["with_it"] == 30


def test_a_new_phone_is_noted_and_never_more():
    known = (DeviceUse("Apple iPhone 13", None, 300),)
    assert said(known_device(a_case_beside(known_devices=known))) == NOTE


def test_with_too_little_history_nobody_is_asked():
    known = (DeviceUse("Apple iPhone 13", None, 19),)
    assert known_device(a_case_beside(known_devices=known)) is None


def test_a_phone_lent_for_a_while_is_noted():
    assert said(known_device(of_camera(theirs(-60), theirs(-50)))) == NOTE
    lent_and_given_back = (ours(-60), theirs(-30), ours(10))
    assert said(known_device(of_camera(*lent_and_given_back))) == NOTE


def test_one_camera_that_works_for_two_accounts_in_turn_is_a_doubt():
    turns = (theirs(-20), ours(-15), theirs(-10), theirs(5), ours(12))
    result = known_device(of_camera(*turns))
    assert said(result) is Outcome.DOUBT
    assert result is not None
    assert result.measured["switches"] == 5


def test_colleagues_with_the_same_model_are_no_one_device():
    colleague = a_shot(1, same_person=False, same_device=False)
    assert known_device(a_case_beside(colleague)) is None


def test_hands_of_another_day_do_not_count():
    assert known_device(of_camera(theirs(60 * 20), theirs(-60 * 20))) is None


@pytest.mark.parametrize(
    ("lens", "expected"),
    [
        ("iPhone 13 back dual wide camera 5.1mm f/1.6", None),
        ("iPhone 11 Pro Max back triple camera 4.25mm f/1.8", NOTE),
        ("iPhone 13 Pro back triple camera 5.7mm f/1.5", NOTE),
        ("EF24-70mm f/2.8L", None),
    ],
)
def test_an_iphones_lens_belongs_to_that_iphone(lens: str, expected: object):
    case = a_case_beside()
    tags = {"Make": "Apple", "Model": "iPhone 13", "LensModel": lens}
    readings = tuple(Reading(k, v, k, Source.EXIF) for k, v in tags.items())
    assert said(
        known_device(replace(case, evidence=replace(case.evidence, readings=readings)))
    ) == (expected)


def test_a_file_that_names_no_device_is_not_asked():
    case = a_case_beside()
    assert known_device(replace(case, evidence=replace(case.evidence, readings=()))) is None


# --- weak signs together -------------------------------------------------------------------------


def test_a_repeated_position_and_a_number_out_of_turn_are_a_doubt_together():
    """Neither alone is more than a note."""
    shots = (a_shot(10.0), numbered(300, 98, east_m=30.0))
    case = a_case_beside(*shots, named="IMG_0100.JPG")
    assert said(frozen_position(case)) == NOTE
    assert said(file_sequence(case)) == NOTE
    result = next(r for r in examine(case).results if r.check == "weak_signs_together")
    assert result.outcome is Outcome.DOUBT
    assert result.measured["signs"] == ["file_sequence", "frozen_position"]


@pytest.mark.parametrize(
    "noted",
    [
        ("frozen_position",),
        ("frozen_position", "one_place_many_parcels"),  # both rest on one position
        ("file_sequence", "known_device"),  # a new phone counts its files afresh
    ],
)
def test_signs_with_one_honest_cause_stay_notes(noted: tuple[str, ...]):
    found = {
        id: Result(Outcome.UNKNOWN, "。", {"others": False}, {}, id, False, True) for id in noted
    }
    assert weak_signs_together(a_case_beside(), found) is None


def test_a_doubt_speaks_for_itself():
    found = {
        id: Result(Outcome.DOUBT, "。", {}, {}, id) for id in ("frozen_position", "file_sequence")
    }
    assert weak_signs_together(a_case_beside(), found) is None


def test_an_hour_of_an_assumed_zone_is_no_disorder():
    assert sequence(numbered(300, 98, zone_assumed=True), zone=timedelta(hours=8)) is None
