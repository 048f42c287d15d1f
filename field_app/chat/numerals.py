"""Numbers as they are spoken and written: 三点二, 一千五, 1,200, 幺零五."""

import re
from functools import lru_cache

import cn2an

DIGITS = "零〇一二两三四五六七八九"
_SAID = r"[零〇一二两俩仨三四五六七八九十百千万]+"
NUMBER = rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?[十百千万]?\d?|{_SAID}(?:点[零〇一二两三四五六七八九]+)?)"
_TWO_GUESSES = re.compile(r"[一二两三四五六七八九]{2}")  # 五六亩: between the two
_READ_OUT = {
    **{c: str(n) for n, c in enumerate("零一二三四五六七八九")},
    "〇": "0",
    "洞": "0",
    "幺": "1",
    "两": "2",
    "俩": "2",
    "拐": "7",
    "勾": "9",
}
SPELT = rf"[\d{''.join(_READ_OUT)}]"


@lru_cache(maxsize=4096)
def number(said: str) -> float | None:
    """The number, or None where it is none or lies between two.

    >>> number("三点二"), number("一千五"), number("1,200"), number("俩"), number("五六")
    (3.2, 1500.0, 1200.0, 2.0, None)
    """
    said = said.replace(",", "")
    if re.fullmatch(r"\d+(\.\d+)?", said):
        return float(said) if len(said) < 13 else None
    said = said.replace("俩", "两").replace("仨", "三").replace("〇", "零")
    if _TWO_GUESSES.search(said.partition("点")[0]):
        return None
    try:
        return float(cn2an.cn2an(said, "smart"))
    except (ValueError, LookupError, OverflowError):
        return None


def digits(said: str) -> str:
    """Digits that were read out one by one, or a number in words, as figures; leading zeros stay.

    >>> digits("零零一二"), digits("幺零五"), digits("十二"), digits("0012"), digits("很多")
    ('0012', '105', '12', '0012', '')
    """
    if all(c.isdigit() or c in _READ_OUT for c in said):
        return "".join(_READ_OUT.get(c, c) for c in said)
    value = number(said)
    return str(int(value)) if value is not None and value == int(value) else ""
