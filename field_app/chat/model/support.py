"""What a message really says: whether words stand in it, and which numbers.

A model may make things up. Its answers count only where these find them in what was said.
"""

import re
import unicodedata
from collections.abc import Iterator

from field_app.chat.numerals import number

_NUMERAL = r"\d〇零一二两俩三四五六七八九十百千万亿"
_MEASURE = "棵株间户个处栋头人年月日号时点次张块片条座口层只眼元组里"
_FIGURES = re.compile(
    rf"\d+(?:,\d{{3}})+(?!\d)(?:\.\d+)?|[{_NUMERAL}]+(?:[.点][{_NUMERAL}]+)?|半(?=亩)"
)
_ENDS_IN_NUMBER = re.compile(rf"[{_NUMERAL}半][,.点]?$")
_BEGINS_AS_NUMBER = re.compile(rf"^[,.点]?[{_NUMERAL}]")
# A quote straight after one of these says the opposite of what it says alone.
_DENIED = re.compile(
    r"(?:没有?|不是|不|未|无|非)(?:再|见|有|人|到|发现|见到|看见|看到|出现|存在|搞|种|建|属于){0,2}$"
)
_NEAR = 8  # as far as a denial reaches, and further
_MU = re.compile(r"[多来余]?亩")
# What follows a number that is no area in 亩.
_OTHER_UNIT = re.compile(rf"[多来余]?(?:公顷|顷|平|m|米|公里|厘|%|[{_MEASURE}])")
_AFTER_MU = re.compile(rf"([1-9一二两三四五六七八九])分?(?![\d十百千万亩平公米{_MEASURE}])")
_MEAN = ("几", "半")  # 十几亩, 一半: no number that could be checked


def _bare(text: str) -> list[tuple[str, int]]:
    """The letters and figures of a text, of one width and case, each with where it stood."""
    return [
        (char, at)
        for at, raw in enumerate(text)
        for char in unicodedata.normalize("NFKC", raw).casefold()
        if char.isalnum()
    ]


def quoted(words: str, text: str) -> str:
    """The part of `text` that `words` quote, as it was said; "" where it was not said, where it
    was denied, or where the quote would cut a number in two.

    >>> quoted("种了杨树", "西头 种了，杨树。")
    '种了，杨树'
    >>> quoted("有建房", "这里没有建房")
    ''
    """
    wanted = "".join(char for char, _ in _bare(words))
    found = _bare(text)
    said = "".join(char for char, _ in found)
    at = said.find(wanted) if wanted else -1
    while at >= 0:
        begin, end = found[at][1], found[at + len(wanted) - 1][1] + 1
        if _stands_alone(text, begin, end):
            return text[begin:end]
        at = said.find(wanted, at + 1)
    return ""


def _stands_alone(text: str, begin: int, end: int) -> bool:
    before, part, after = text[max(0, begin - _NEAR) : begin], text[begin:end], text[end:]
    if _DENIED.search(before):
        return False
    if _BEGINS_AS_NUMBER.match(part) and _ENDS_IN_NUMBER.search(before):
        return False
    return not (_ENDS_IN_NUMBER.search(part) and _BEGINS_AS_NUMBER.match(after))


def numbers(text: str, *, mu: bool = False) -> set[float]:
    """The numbers that a text says, in figures or in words. With `mu` only those that can be an
    area in 亩: what is said in another unit is left out.

    >>> sorted(numbers("十二棵树，占了三亩二", mu=True))
    [3.2]
    >>> sorted(numbers("2公顷", mu=True)), sorted(numbers("2公顷"))
    ([], [2.0])
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return set(_numbers(plain, mu))


def _numbers(text: str, mu: bool) -> Iterator[float]:
    for found in _FIGURES.finditer(text):
        value, before = _value(found[0]), text[: found.start()].rstrip()
        rest = text[found.end() :].lstrip()
        if value is None or rest.startswith(_MEAN):
            continue
        if unit := _MU.match(rest):
            yield round(value + _after_mu(rest[unit.end() :].lstrip()), 4)
        elif not mu:
            yield value
        elif before.endswith("亩") or _OTHER_UNIT.match(rest):
            continue  # 三亩二: the two belongs to the 亩 before it
        else:
            yield round(value / 10, 4) if rest.startswith("分") else value


def _after_mu(rest: str) -> float:
    """The tenths that follow: 三亩二, 三亩二分, 三亩半."""
    if rest.startswith("半"):
        return 0.5
    tenths = _AFTER_MU.match(rest)
    return (_value(tenths[1]) or 0.0) / 10 if tenths else 0.0


def _value(figures: str) -> float | None:
    return 0.5 if figures == "半" else number(figures)
