"""The readings of a file as a table: Chinese names, odd ones first with the reason."""

from typing import Any

from field_app.review import readings
from field_app.review.readings import TWO_READERS, doubts_on, odd_first
from models.vocabulary import Outcome
from photos.checks import declared

READINGS: list[dict[str, Any]] = [
    {"name": "Make", "value": "HUAWEI", "tag": "IFD0 0x010F", "source": "exif"},
    {"name": "DateTimeOriginal", "value": "2026:03:02 08:11:09", "tag": "x", "source": "exif"},
    {"name": "FNumber", "value": [[18, 10]], "tag": "x", "source": "exif"},
    {"name": "FNumber", "value": [[28, 10]], "tag": "x", "source": "exif:exifread"},
    {"name": "Software", "value": "美图秀秀 9.1", "tag": "x", "source": "exif"},
    {"name": "Unheard", "value": "0/1", "tag": "x", "source": "xmp"},
]


def found(check: str, outcome: Outcome, measured: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "check": check,
        "outcome": str(outcome),
        "measured": measured or {},
        "message": "",
    } | more


def test_common_tags_have_chinese_names_and_others_keep_their_own() -> None:
    shown = {r.name: r.label for r in odd_first(READINGS)}
    assert shown["DateTimeOriginal"] == "拍摄时间"
    assert shown["Unheard"] == "Unheard"


def test_what_a_check_doubts_is_marked_with_the_reason_and_stands_in_front() -> None:
    shown = odd_first(READINGS, [found("in_window", Outcome.FAIL)])
    odd = {r.name: r.why for r in shown if r.odd}
    assert odd["FNumber"] == TWO_READERS
    assert odd["DateTimeOriginal"].startswith("不符：")
    assert [r.name for r in shown[:3]] == ["FNumber", "FNumber", "DateTimeOriginal"]


def test_what_agreed_or_could_not_be_told_marks_nothing() -> None:
    some = [found("in_window", Outcome.PASS), found("editing_software", Outcome.UNKNOWN)]
    assert {r.name for r in odd_first(READINGS, some) if r.odd} == {"FNumber"}


def test_a_note_marks_as_a_note() -> None:
    shown = odd_first(READINGS, [found("editing_software", Outcome.UNKNOWN, noted=True)])
    assert next(r.why for r in shown if r.name == "Software").startswith("提示：")


def test_a_check_of_later_marks_what_it_quotes_word_for_word() -> None:
    later = found("some_new_check", Outcome.DOUBT, {"writers": ["美图秀秀 9.1"], "count": 1})
    shown = odd_first(READINGS, [later])
    assert next(r.why for r in shown if r.odd and r.name == "Software") == "存疑：some_new_check"


def test_the_facts_of_the_examination_can_be_doubted_as_well() -> None:
    held = doubts_on([found("on_parcel", Outcome.DOUBT), found("zone", Outcome.PASS)])
    assert "距地块" in held
    assert "DateTimeOriginal" not in held


def test_results_of_an_old_examination_without_measures_mark_nothing_and_break_nothing() -> None:
    old = {"check": "gone", "outcome": "DOUBT", "message": "旧的。"}
    assert not any(r.odd for r in odd_first(READINGS[:2], [old]))


def test_only_checks_that_exist_are_said_to_look_at_readings() -> None:
    assert set(readings._READS) <= {facts.id for facts in declared()}
