"""The same picture in other bytes: what it says, and of whom it says nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.geo import moved
from models.vocabulary import Outcome
from photos.case import Case, LikePicture, Result
from photos.checks import same_picture
from photos.likeness.fingerprints import How
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, a_case, a_photo

HONEST = a_case(a_photo())


def like(**facts: Any) -> LikePicture:
    """A messenger's copy of a photo of another parcel, unless told otherwise."""
    known: dict[str, Any] = {
        "name": "ab12",
        "parcel": "N7",
        "same_parcel": False,
        "same_task": False,
        "same_inspection": False,
        "same_person": True,
        "bits": 4,
        "how": How.WHOLE,
        "inliers": 300,
        "correlation": 0.98,
        "at": RECEIVED_AT - timedelta(days=3),
        "taken_at": TAKEN_AT,
    }
    return LikePicture(**(known | facts))


def judged(*likes: LikePicture, compared: int | None = 40, case: Case = HONEST) -> Result:
    result = same_picture(replace(case, likes=likes, compared=compared))
    assert result is not None
    assert result.message.endswith("。")
    return result


def test_nothing_like_it_passes_and_says_with_how_many_it_was_compared():
    result = judged(compared=40)
    assert (result.outcome, result.measured["compared"]) == (Outcome.PASS, 40)


def test_a_photo_that_was_not_compared_passes_nothing():
    result = judged(compared=None)
    assert result.outcome is Outcome.UNKNOWN
    assert not result.needed


@pytest.mark.parametrize(
    "how", [How.WHOLE, How.TRIMMED, How.TURNED, How.MIRRORED], ids=lambda h: h.value
)
def test_a_changed_copy_of_a_photo_of_another_parcel_contradicts(how: How):
    result = judged(like(how=how, mirrored=how is How.MIRRORED))
    assert result.outcome is Outcome.FAIL
    assert "N7" in result.message
    assert "同一人" in result.message


def test_that_somebody_else_filed_it_is_said():
    assert "他人" in judged(like(same_person=False)).message


def test_a_part_of_a_photo_of_another_parcel_is_a_doubt_only():
    result = judged(like(how=How.WINDOW, bits=60))
    assert result.outcome is Outcome.DOUBT
    assert "裁剪" in result.message


def test_a_look_alike_that_does_not_lie_on_it_is_nobodys_fault():
    for facts in ({"inliers": 12}, {"correlation": 0.63}, {"inliers": 0, "correlation": 0.0}):
        assert judged(like(bits=65, **facts)).outcome is Outcome.PASS


def test_a_turned_look_alike_must_be_nearer():
    assert judged(like(bits=70)).outcome is Outcome.FAIL
    assert judged(like(bits=70, how=How.TURNED)).outcome is Outcome.PASS


def test_where_the_other_cannot_be_had_only_a_very_near_one_is_a_doubt():
    unseen = {"inliers": None, "correlation": None}
    assert judged(like(bits=20, **unseen)).outcome is Outcome.DOUBT
    assert judged(like(bits=60, **unseen)).outcome is Outcome.PASS


def test_the_same_parcel_in_another_task_is_a_doubt():
    result = judged(like(same_parcel=True))
    assert result.outcome is Outcome.DOUBT
    assert "此刻" in result.message


def test_two_shots_of_one_visit_are_counted_once_and_held_against_nobody():
    result = judged(like(same_parcel=True, same_task=True, same_inspection=True))
    assert result.outcome is Outcome.PASS
    assert "只计一张" in result.message


def test_a_photo_shot_again_for_the_same_task_is_held_against_nobody():
    assert judged(like(same_parcel=True, same_task=True)).outcome is Outcome.PASS


def beside(**facts: Any) -> LikePicture:
    """Of the neighbouring parcel, shot from three metres away two minutes before."""
    near = {"taken_at": TAKEN_AT - timedelta(minutes=2), "position": moved(HERE, east_m=3.0)}
    return like(**(near | facts))


def test_one_overview_shot_twice_from_one_place_for_two_neighbouring_parcels_is_a_doubt():
    result = judged(beside())
    assert result.outcome is Outcome.DOUBT
    assert "先后拍摄" in result.message
    assert judged(beside(position=None)).outcome is Outcome.DOUBT


@pytest.mark.parametrize(
    "facts",
    [
        {"taken_at": TAKEN_AT},  # a copy that kept its time
        {"taken_at": None},
        {"taken_at": TAKEN_AT - timedelta(minutes=11)},
        {"position": moved(HERE, east_m=45.0)},
        {"mirrored": True, "how": How.MIRRORED},
    ],
)
def test_what_is_no_second_shot_from_one_place_contradicts(facts: dict[str, Any]):
    assert judged(beside(**facts)).outcome is Outcome.FAIL


def test_another_parcel_weighs_more_than_the_same_visit_whatever_the_order():
    mine = like(same_parcel=True, same_task=True, same_inspection=True, bits=1)
    other = like(bits=30)
    for likes in ((mine, other), (other, mine)):
        result = judged(*likes)
        assert result.outcome is Outcome.FAIL
        assert result.measured["elsewhere"] == ["N7"]


def test_other_thresholds_change_the_verdict():
    case = replace(HONEST, likes=(like(correlation=0.8),), compared=3)
    lenient = same_picture(case, least_correlation_ratio=0.75)
    strict = same_picture(case, least_correlation_ratio=0.85)
    assert lenient is not None
    assert strict is not None
    assert (lenient.outcome, strict.outcome) == (Outcome.FAIL, Outcome.PASS)
