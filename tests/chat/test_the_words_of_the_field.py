"""The lists of words agree with the taxonomy, and the parts that read them do as they say."""

import csv
import doctest
import importlib
import logging
import re
from datetime import date
from importlib import resources

import pytest

from field_app.chat import lexicon
from field_app.chat.amounts import areas
from field_app.chat.choosing import chosen
from field_app.chat.dates import day
from field_app.chat.mentions import Standing, known_words, mentions
from field_app.chat.normalise import as_meant, clauses, plain
from field_app.chat.parcels_said import parcel_said
from field_app.forms import Choice
from models import taxonomy

FILES = sorted(
    p.name for p in resources.files(lexicon.__name__).iterdir() if p.name.endswith(".csv")
)
MODULES = (
    "amounts", "choosing", "dates", "lexicon", "normalise", "numerals", "parcels_said", "segments",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_the_worked_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"field_app.chat.{name}")).failed == 0


@pytest.mark.parametrize("file", FILES)
def test_a_list_is_whole_and_says_nothing_twice(file: str) -> None:
    text = resources.files(lexicon.__name__).joinpath(file).read_text(encoding="utf-8")
    head, *rows = csv.reader(text.splitlines())
    assert all(len(row) == len(head) for row in rows)
    assert len({tuple(row) for row in rows}) == len(rows)
    if "pattern" in head:
        for row in rows:
            re.compile(row[head.index("pattern")])


def test_the_codes_of_the_lists_are_those_of_the_taxonomy() -> None:
    classes, types = set(taxonomy.land_classes()), set(taxonomy.problem_types())
    assert {r["code"] for r in lexicon.rows("land_classes")} <= classes
    assert {r["code"] for r in lexicon.rows("crops")} <= set(taxonomy.codes(taxonomy.PLANTING))
    assert {r["kind"] for r in lexicon.rows("photo_kinds")} <= set(taxonomy.photo_kinds())
    for file in ("problem_phrases", "problem_types"):
        assert {r["code"] for r in lexicon.rows(file)} == types
    for row in lexicon.rows("class_problems"):
        assert set(row["problems"].split()) <= types
        assert any(code.startswith(row["code"]) for code in classes)


def test_a_word_stands_for_one_class_and_one_planting() -> None:
    for file in ("land_classes", "crops"):
        words = [r["word"] for r in lexicon.rows(file)]
        assert sorted(words) == sorted(set(words))


def test_loading_the_dictionary_writes_nothing_and_tells_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    from field_app.chat import segments

    segments._tokenizer.cache_clear()
    with caplog.at_level(logging.DEBUG):
        assert segments.words_in("麦克风坏了又修")[0] == (0, 3)
    assert not segments._tokenizer().cache_file
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


@pytest.mark.parametrize(
    ("said", "mu"),
    [
        ("三亩二", 3.2),
        ("两亩半", 2.5),
        ("一亩二分五厘", 1.25),
        ("七分地", 0.7),
        ("六分六", 0.66),
        ("0.3公顷", 4.5),
        ("一千五百平", 2.25),
        ("1,200平方米", 1.8),
        ("二十亩零五分", 20.5),
        ("半亩", 0.5),
        ("五六亩", None),
        ("十几亩", None),
    ],
)
def test_areas_are_read_as_they_are_spoken(said: str, mu: float | None) -> None:
    assert [a.mu for a in areas(said)] == [mu]


@pytest.mark.parametrize(
    "text", ["推平了", "五分之一", "十分满意", "等三分钟", "第三方", "多半亩", "两里地", "一分没用"]
)
def test_what_is_no_area_is_not_read_as_one(text: str) -> None:
    assert areas(text) == []


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2025年3月5号", date(2025, 3, 5)),
        ("二〇二五年三月五日", date(2025, 3, 5)),
        ("11月2号", date(2025, 11, 2)),
        ("3月2号", date(2026, 3, 2)),
        ("上周三", date(2026, 2, 25)),
        ("前天", date(2026, 3, 3)),
        ("三天前", date(2026, 3, 2)),
    ],
)
def test_days_are_read_from_today(text: str, want: date) -> None:
    found = day(text, date(2026, 3, 5))
    assert found is not None
    assert found[0] == want


@pytest.mark.parametrize("text", ["去年秋天", "三月初五", "2月30号", "好几天了"])
def test_what_names_no_day_is_none(text: str) -> None:
    assert day(text, date(2026, 3, 5)) is None


@pytest.mark.parametrize(
    ("text", "number", "tail", "nearest"),
    [
        ("n411321 2023 0001 000033这块", "N41132120230001000033", "", False),
        ("尾号幺零五", "", "105", False),
        ("最后四位是零零一二", "", "0012", False),
        ("十二号地", "", "12", False),
        ("离我最近的是哪块", "", "", True),
    ],
)
def test_parcels_are_named_in_many_ways(text: str, number: str, tail: str, nearest: bool) -> None:
    found = parcel_said(text, asked=False)
    assert found is not None
    assert (found.number, found.tail, found.nearest) == (number, tail, nearest)


@pytest.mark.parametrize("text", ["3月2号来过", "最近天气不好", "二十号上午", "123456789"])
def test_what_names_no_parcel_is_none(text: str) -> None:
    assert parcel_said(text, asked=False) is None


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("汗地", "旱地"), ("水教地", "水浇地"), ("料荒", "撂荒"), ("坑糖", "坑塘"), ("摆牌", "摆拍")],
)
def test_words_heard_right_and_written_wrong_are_put_right(heard: str, meant: str) -> None:
    assert as_meant(heard, known_words()) == meant


@pytest.mark.parametrize("text", ["小卖部", "樱花", "宝贝", "土都没动过", "一直", "限制"])
def test_words_of_their_own_are_left_alone(text: str) -> None:
    assert as_meant(text, known_words()) == text


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("全是杨树", Standing.HERE),
        ("东头有一片杨树", Standing.PART),
        ("杨树沟村", Standing.PLACE),
        ("挨着一片杨树", Standing.NEIGHBOUR),
        ("原先是杨树", Standing.PAST),
        ("去年栽的杨树", Standing.HERE),
        ("报的杨树", Standing.REGISTERED),
        ("打算栽杨树", Standing.PLANNED),
        ("杨树都砍了", Standing.GONE),
        ("没有杨树", Standing.DENIED),
    ],
)
def test_the_same_word_stands_differently_to_the_parcel(text: str, standing: Standing) -> None:
    said = plain(text)
    assert [m.standing for m in mentions(said, clauses(said)) if m.thing.land_class] == [standing]


def test_an_answer_like_two_options_is_offered() -> None:
    options = [Choice("a", "上游来水"), Choice("b", "上游引水"), Choice("c", "井水")]
    assert chosen("井水", options) == (["c"], [])
    assert chosen("上游", options) == ([], ["a", "b"])
    assert chosen("今天真热", options) == ([], [])
