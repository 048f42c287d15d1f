"""Areas as they are spoken: 三亩二, 一亩二分五厘, 两亩半, 七分地, 一千五百平, 0.3公顷."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from field_app.chat.numerals import NUMBER, number
from models.geo import MU_M2

_HECTARE_MU = 15.0
_MORE = r"(?:几|个|来|多|余|把|来个|多个)?"
# After these a number is no part of an area any more: 三亩二十棵, 一亩一块.
_NOT_TENTHS = (
    r"(?![\d零一二两三四五六七八九十百千万亩平棵块个片处间户家条年月日号公度成半茬季斤厘])"
)
_AREA = re.compile(
    rf"""(?P<half>(?<![多大小])半)(?P<half_of>亩|分(?=地|[^\w]|$))
    |(?P<mu>{NUMBER})(?P<mu_more>{_MORE})亩(?P<mu_after>多|来)?(?:
        (?P<mu_half>半)
        |零(?P<hundredth>[一二两三四五六七八九1-9])(?:厘|(?![\d分亩]))
        |零?(?P<fen>{NUMBER})分(?!之)(?:(?P<li>{NUMBER})(?:厘|(?![\d平斤])))?
        |(?P<tenth>[一二两三四五六七八九1-9])(?:分(?!之))?{_NOT_TENTHS}
        )?
    |(?P<only_fen>{NUMBER})(?P<fen_more>多|来)?分(?![钟之钱数段批开析布别工配手子红])
        (?:(?P<fen_half>半)|(?P<only_li>[一二两三四五六七八九1-9])(?:厘|{_NOT_TENTHS}))?
    |(?P<just_li>{NUMBER})厘(?!米)
    |(?P<bare_half>(?<![{"零一二两三四五六七八九十百千万"}\d]))亩半
    |(?P<ha>{NUMBER}){_MORE}(?:公顷|ha\b)(?P<ha_half>半)?
    |(?P<m2>{NUMBER})(?P<m2_more>{_MORE})(?:平方(?!公里|千米)米?|平米|平(?![整坦方均原地])|m2|方(?=地|[^\w]|$))
    """,
    re.VERBOSE,
)
_ABOUT = re.compile(
    r"(?:大概|大约|大致|约摸?|差不多|估摸着?|估计|估算|目测|将近|接近|近|得有|有个|不到|也就)[\w]{0,6}$"
)
_ABOUT_AFTER = re.compile(r"^(?:地|的)?(?:左右|上下|多|来|的?样子|出头|吧|不到)")
_NOT_ONE = re.compile(r"(?:钱|地)?(?:都|也)?(?:没|不)(?!到|种|栽)")  # 一亩没补: none at all
_BETWEEN = re.compile(r"[到至~\-—或、]|或者|还是")
_FROM = re.compile(r"[\d一二两三四五六七八九十](?:亩|分|平)?[到至~\-—]$")
# 三。二亩, 点八亩: a number torn apart by the keyboard or by voice input.
_TORN = re.compile(
    r"(?:(?:^|[^\w])[\d零一二两三四五六七八九十]{1,3}[,。、 ]|(?:^|[^有差早晚快几一])点)$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An area in 亩 as it was said, and where; None where it was left between two values."""

    start: int
    end: int
    mu: float | None
    about: bool
    words: str


def areas(text: str) -> list[Amount]:
    """The areas of a text.

    >>> [a.mu for a in areas("占了三亩二分，其中耕地1200平方米，还有五六亩".replace("，", ","))]
    [3.2, 1.8, None]
    """
    found = [a for m in _AREA.finditer(text) if (a := _amount(m, text)) is not None]
    return list(_without_spans(found, text))


def _without_spans(found: list[Amount], text: str) -> Iterator[Amount]:
    """三到五亩, 三亩或四亩: said as a span, so neither end is the value."""
    spans = {
        i for i, (a, b) in enumerate(pairwise(found)) if _BETWEEN.fullmatch(text[a.end : b.start])
    }
    spans |= {i + 1 for i in spans}
    for i, a in enumerate(found):
        before = text[: a.start]
        vague = i in spans or _FROM.search(before) or _TORN.search(before)
        yield Amount(a.start, a.end, None, a.about, a.words) if vague else a


def _amount(m: re.Match[str], text: str) -> Amount | None:
    if m["only_fen"] == "十" and not text.startswith("地", m.end()):
        return None  # 十分: very
    if text[: m.start()].endswith("第") or (m[0][0] == "一" and _NOT_ONE.match(text, m.end())):
        return None
    value = _mu(m)
    about = bool({m["mu_more"], m["mu_after"], m["fen_more"], m["m2_more"]} - {None, "", "个"})
    about |= bool(_ABOUT.search(text[: m.start()]) or _ABOUT_AFTER.match(text[m.end() :]))
    return Amount(m.start(), m.end(), value, about, m[0])


def _mu(m: re.Match[str]) -> float | None:
    """The area of a match in 亩, rounded to what a form keeps."""
    if m["half"]:
        return 0.5 if m["half_of"] == "亩" else 0.05
    parts: list[tuple[str | None, float]]
    if m["mu"]:
        parts = [(m["mu"], 1.0), (m["fen"] or m["tenth"], 0.1), (m["li"] or m["hundredth"], 0.01)]
    elif m["only_fen"]:
        parts = [(m["only_fen"], 0.1), (m["only_li"], 0.01)]
    elif m["just_li"]:
        parts = [(m["just_li"], 0.01)]
    elif m["ha"]:
        parts = [(m["ha"], _HECTARE_MU)]
    elif m["m2"]:
        parts = [(m["m2"], 1.0 / MU_M2)]
    else:
        return 1.5  # 亩半
    if "几" in (m["mu_more"] or m["m2_more"] or ""):
        return None
    total = (0.5 if m["mu_half"] else 0.0) + (0.05 if m["fen_half"] else 0.0)
    total += 0.5 * _HECTARE_MU if m["ha_half"] else 0.0
    for said, worth in parts:
        if said is None:
            continue
        value = number(said)
        if value is None:
            return None
        total += value * worth
    return round(total, 4)
