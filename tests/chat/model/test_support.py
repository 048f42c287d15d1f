"""What a message says: the worked examples hold, and no text breaks the reading of numbers."""

import doctest
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.chat.model import support
from field_app.chat.model.support import numbers, quoted
from tests.soak import examples

SPOKEN = st.text(alphabet="零一二两三十百千万亿半点亩分顷没不种树 ,，.。0123456789２①", max_size=40)


def test_the_examples_hold() -> None:
    assert doctest.testmod(support).failed == 0


@pytest.mark.parametrize(
    ("said", "mu"),
    [
        ("三亩", {3.0}),
        ("三亩二", {3.2}),
        ("三亩二分", {3.2}),
        ("一亩三分地", {1.3}),
        ("两亩半", {2.5}),
        ("半亩", {0.5}),
        ("七分地", {0.7}),
        ("三亩，五棵树", {3.0}),
        ("三亩三头牛", {3.0}),
        ("五十多亩", {50.0}),
        ("0.35 亩", {0.35}),
        ("１２．５亩", {12.5}),
        ("1,200平方米", set()),
        ("3 公顷", set()),
        ("一半", set()),
        ("十几亩", set()),
        ("没有数", set()),
    ],
)
def test_an_area_in_mu_is_read_as_it_is_spoken(said: str, mu: set[float]) -> None:
    assert numbers(said, mu=True) == mu


@settings(max_examples=examples(300))
@given(SPOKEN)
def test_any_text_gives_numbers_that_are_none_or_count(text: str) -> None:
    found = numbers(text) | numbers(text, mu=True)
    assert not any(math.isnan(n) or n < 0 for n in found)


@settings(max_examples=examples(300))
@given(SPOKEN, SPOKEN)
def test_a_quote_is_always_a_part_of_what_was_said(words: str, text: str) -> None:
    assert quoted(words, text) in text


@pytest.mark.parametrize(
    ("words", "said", "part"),
    [
        ("建房", "没有建房，西头建房", "建房"),
        ("建房", "没有建房", ""),
        ("没有建房", "没有建房", "没有建房"),
        ("三亩", "差不多三亩", "三亩"),
        ("有人建房", "不远处有人建房", "有人建房"),
        ("2亩", "12亩", ""),
        ("二亩", "三十二亩", ""),
        ("5亩", "3.5亩", ""),
        ("占3", "占3.5亩", ""),
        ("ＡＢ", "那个ab厂", "ab"),
        ("", "杨树", ""),
        ("。", "杨树。", ""),
    ],
)
def test_a_quote_neither_drops_a_denial_nor_cuts_a_number(words: str, said: str, part: str) -> None:
    assert quoted(words, said) == part
