"""What a close-out may rest on. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from field_app.ledger.closeout import Closing, Evidence, Picture, Rules, judge, said
from models.geo import moved
from models.vocabulary import Grade, Verdict
from tests.rows import HERE

FOUND = datetime(2026, 4, 15, 4, 0, tzinfo=UTC)
RULES = Rules(photos=2, same_place_m=30.0, same_heading_deg=45.0)
BEFORE = Picture(1, "aa", Grade.B, Verdict.PASSED, None, HERE, 90.0, FOUND - timedelta(hours=1))


def after(number: int, *, east_m: float = 5.0, **other: Any) -> Picture:
    """A good picture of the rectified parcel, from about the same standpoint."""
    good = Picture(
        number,
        f"{number:02x}",
        Grade.B,
        Verdict.PASSED,
        None,
        moved(HERE, east_m=east_m),
        100.0,
        FOUND + timedelta(days=20),
    )
    return replace(good, **other)


def closing(*photos: Picture, before: tuple[Picture, ...] = (BEFORE,), **other: Any) -> Closing:
    rules = other.pop("rules", RULES)
    evidence = Evidence(before, photos, other.pop("newer_than", FOUND), other.pop("parcel", True))
    return judge(evidence, rules)


def test_enough_good_photos_one_of_them_from_where_it_was_found_close_an_entry() -> None:
    found = closing(after(2), after(3, east_m=80.0, heading_deg=270.0))
    assert found.refusals("") == ()
    assert [p.counts for p in found.photos] == [True, True]
    stood = found.photos[0].standpoint
    assert stood is not None
    assert stood.same
    assert stood.distance_m == pytest.approx(5.0, abs=0.1)
    assert stood.turned_deg == 10.0
    assert said(stood) == "相距 5 m（在整改前站位的东面），朝向相差 10°"


def test_without_photos_nothing_is_closed() -> None:
    (reason,) = closing().reasons
    assert reason == "要求 2 张可用的整改后照片，现有 0 张"


def test_a_written_reason_takes_no_photos_place() -> None:
    assert closing().refusals("我看过了，没问题")
    assert closing(after(2)).refusals("一张够了")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"grade": Grade.C}, "C 级"),
        ({"grade": Grade.D}, "D 级"),
        ({"verdict": Verdict.INCOMPLETE}, "待补证"),
        ({"verdict": Verdict.DOUBTFUL}, "存疑"),
        ({"verdict": Verdict.CONTRADICTED}, "不符"),
        ({"trusted": False}, "不采信"),
        ({"taken_at": None}, "不知道拍摄时间"),
        ({"taken_at": FOUND}, "不晚于发现问题的时间"),
        ({"taken_at": FOUND - timedelta(days=300)}, "不晚于发现问题的时间"),
        ({"sha256": "aa"}, "同一个文件"),
    ],
)
def test_a_photo_that_proves_too_little_does_not_count_and_says_why(
    wrong: dict[str, Any], words: str
) -> None:
    found = closing(after(2), after(3, **wrong))
    assert [p.counts for p in found.photos] == [True, False]
    assert any("现有 1 张" in reason for reason in found.reasons)
    assert any(reason.startswith("照片 3：") and words in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "weak",
    [
        {"grade": Grade.C},
        {"verdict": Verdict.DOUBTFUL},
        {"grade": Grade.D, "verdict": Verdict.INCOMPLETE},
    ],
)
def test_a_supervisors_written_reason_stands_for_grade_and_verdict(weak: dict[str, Any]) -> None:
    assert closing(after(2), after(3, trusted=True, **weak)).refusals("") == ()


@pytest.mark.parametrize("wrong", [{"taken_at": FOUND}, {"taken_at": None}, {"sha256": "aa"}])
def test_nobodys_word_makes_an_old_photo_new(wrong: dict[str, Any]) -> None:
    assert closing(after(2), after(3, trusted=True, **wrong)).refusals("我相信") != ()


def test_after_a_reopening_only_what_was_shot_since_counts() -> None:
    reopened = FOUND + timedelta(days=21)
    assert closing(after(2), after(3), newer_than=reopened).refusals("")


def test_one_photo_must_show_what_the_photo_from_before_showed() -> None:
    far = closing(after(2, east_m=80.0), after(3, east_m=-50.0))
    (reason,) = far.reasons
    assert "没有一张与整改前同一站位" in reason
    assert "相距 50 m（在整改前站位的西面）" in reason
    turned = closing(after(2, heading_deg=200.0), after(3, heading_deg=180.0))
    assert "朝向相差 90°" in turned.reasons[0]


def test_just_within_the_tolerance_is_the_same_standpoint() -> None:
    assert closing(after(2, east_m=29.9, heading_deg=135.0), after(3)).refusals("") == ()
    assert closing(after(2, east_m=30.2), after(3, heading_deg=135.5)).refusals("")


def test_without_a_direction_the_place_alone_is_compared() -> None:
    found = closing(after(2, heading_deg=None), after(3, east_m=200.0))
    assert found.refusals("") == ()
    assert found.photos[0].standpoint is not None
    assert "只比了位置" in said(found.photos[0].standpoint)


def test_a_photo_that_does_not_count_is_no_standpoint_either() -> None:
    found = closing(after(2, grade=Grade.C), after(3, east_m=80.0), after(4, east_m=90.0))
    assert any("同一站位" in reason for reason in found.reasons)


def test_where_no_photo_from_before_has_a_position_a_person_answers_for_the_place() -> None:
    lost = replace(BEFORE, at=None)
    for before in ((), (lost,)):
        found = closing(after(2), after(3), before=before)
        assert len(found.refusals("")) == 1
        assert found.refusals("门口的老槐树在两张照片里都看得见") == ()


def test_of_several_photos_from_before_the_nearest_is_the_one_to_compare_with() -> None:
    other = replace(BEFORE, id=7, at=moved(HERE, east_m=100.0))
    found = closing(after(2, east_m=98.0), after(3, east_m=60.0), before=(BEFORE, other))
    assert found.refusals("") == ()
    assert found.photos[0].standpoint is not None
    assert found.photos[0].standpoint.before_id == 7


def test_money_and_contracts_close_on_papers_that_are_named() -> None:
    papers = replace(RULES, photos=0)
    assert closing(rules=papers, parcel=False).refusals(" ")
    assert closing(rules=papers, parcel=False).refusals("财政局缴款书 3 份") == ()


def test_photos_without_a_parcel_to_hold_them_against_close_nothing() -> None:
    assert "先补登地块" in closing(after(2), after(3), parcel=False).refusals("有照片")[0]
