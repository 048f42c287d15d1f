"""Which options of a question are named, by what they are called, by everyday words, by rank."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from field_app.chat.numerals import number
from field_app.forms import Choice

_MOST_OFFERED = 3
_NEARLY, _PERHAPS, _MARGIN = 78.0, 62.0, 12.0  # likeness of rapidfuzz, 0 to 100
_PARTS = re.compile(r"[,，、：:；;“”\"\s（）()/]+")
_BEFORE = re.compile(
    r"^(?:那个?|这个?|就|应该|可能|我|要|给我|嗯|啊|是|选|填|写|算|属于|为|有|用的?|改成|的|它|按)+"
)
_AFTER = re.compile(
    r"(?:那个|那类|那种|那项|这个|这类|这种|一类|的|吧|啊|呀|呢|嘛|了|哩|呗|那一?个?)+$"
)
_RANK = re.compile(
    r"(?P<last>倒数)?第(?P<n>[一二两三四五六七八九十]{1,3}|\d{1,2})(?:个|项|条|种|类|款)?(?!块|张|次|遍|季|年|茬)"
)
_THE_LAST = re.compile(r"最后(?:那|这)?(?:一)?(?:个|项|条|种|类)(?!张)")
_DENIED_AFTER = re.compile(r"(?:这个|倒是|就|也|都|的)*(?:没有?(?!问题|坏)|无(?!问题)|不是)")
_DENIED = re.compile(r"(?:不是|没有|并非|不用|不|没|无|非)$")


def bare(text: str) -> str:
    """An answer without what stands around it.

    >>> bare("就是选撂荒那个吧")
    '撂荒'
    """
    text = text.strip(" ,。.!;?~")
    return _AFTER.sub("", _BEFORE.sub("", text)) or text


def by_rank(text: str, options: Sequence[Choice]) -> list[str]:
    """第二个, 倒数第一个, 最后一个.

    >>> by_rank("第二个", [Choice("a", "甲"), Choice("b", "乙")])
    ['b']
    """
    found = []
    for m in _RANK.finditer(text):
        n = int(number(m["n"]) or 0)
        at = len(options) - n if m["last"] else n - 1
        if n and 0 <= at < len(options):
            found.append(options[at].value)
    if options and _THE_LAST.search(text):
        found.append(options[-1].value)
    return found


def names(choice: Choice) -> list[str]:
    """What an option is called: its label, the parts of it, and everyday words."""
    label = re.sub(r"[（(][^（）()]*[）)]\s*$", "", choice.label).lower()
    label = re.sub(rf"^{re.escape(choice.value.lower())}\s+", "", label)
    parts = [p for p in _PARTS.split(label) if len(p) > 1]
    return list(dict.fromkeys([label, *parts, *(s.lower() for s in choice.say)]))


def named(text: str, options: Sequence[Choice]) -> list[str]:
    """The options whose name stands in the text, in the options' order; of two names of which one
    lies within the other only the longer counts."""
    spans: list[tuple[int, int, str]] = []
    for choice in options:
        for name in names(choice):
            at = text.find(name) if name else -1
            if (
                at >= 0
                and not _DENIED.search(text[:at])
                and not _DENIED_AFTER.match(text, at + len(name))
            ):
                spans.append((at, at + len(name), choice.value))
    kept = {
        value
        for a, b, value in spans
        if not any(c <= a and b <= d and d - c > b - a for c, d, _ in spans)
    }
    return [c.value for c in options if c.value in kept]


def chosen(
    text: str, options: Sequence[Choice], *, rough: bool = True
) -> tuple[list[str], list[str]]:
    """The options that an answer names, and else those that it may mean. `rough` allows what is
    only like a name."""
    parts = [bare(p) for p in re.split(r"[\s,。;、]+|和|跟|还有|以及", text) if p]
    values = {c.value.lower(): c.value for c in options}
    by_value = [values[p] for p in [bare(text), *parts] if p in values]
    if found := list(dict.fromkeys(by_value)) or by_rank(text, options) or named(text, options):
        return found, []
    answer = bare(text)
    whole = [c.value for c in options if any(n == answer for n in names(c))]
    inside = whole or _inside([answer, *parts], options)
    if len(inside) == 1:
        return inside, []
    if inside:
        return [], inside[:_MOST_OFFERED]
    return _like(answer, options) if rough else ([], [])


def _inside(parts: Sequence[str], options: Sequence[Choice]) -> list[str]:
    """The options of which the answer is a part."""
    for part in parts:
        if len(part) > 1 and (
            found := [c.value for c in options if any(part in n for n in names(c))]
        ):
            return found
    return []


def _like(answer: str, options: Sequence[Choice]) -> tuple[list[str], list[str]]:
    if len(answer) < 2:
        return [], []
    scores = {c.value: max((fuzz.ratio(answer, n) for n in names(c)), default=0.0) for c in options}
    best = sorted(scores, key=lambda v: -scores[v])
    if not best or scores[best[0]] < _PERHAPS:
        return [], []
    second = scores[best[1]] if len(best) > 1 else 0.0
    if scores[best[0]] >= _NEARLY and scores[best[0]] - second >= _MARGIN:
        return [best[0]], []
    return [], [v for v in best[:_MOST_OFFERED] if scores[v] >= _PERHAPS]
