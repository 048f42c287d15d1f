"""Days as they are spoken: 昨天, 上周三, 3月5号, 2025年3月5日."""

import re
from datetime import date, timedelta

from field_app.chat.numerals import digits

_NEAR = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "今儿": 0}
_LATER = {"明天": 1, "后天": 2, "大后天": 3}
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_WEEK = re.compile(r"(上上|上|这|本|下)?个?(?:周|星期|礼拜)([一二三四五六日天1-6])")
_AGO = re.compile(rf"({_N})天(?:前|以前|之前)")
_FULL = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_SAID = re.compile(
    rf"(?:(\d{{4}}|[零〇一二三四五六七八九]{{4}}|今|去|前)年)?({_N})月(?:份)?({_N})[日号]?"
)
_DAYS = "一二三四五六日"


def day(text: str, today: date) -> tuple[date, str] | None:
    """The first day that a text names, and its words. A day without a year is the last such day;
    what names no single day (去年秋天, 三月初五) is none.

    >>> day("昨天去的", date(2026, 3, 5)), day("11月2号", date(2026, 3, 5))
    ((datetime.date(2026, 3, 4), '昨天'), (datetime.date(2025, 11, 2), '11月2号'))
    """
    if m := _FULL.search(text):
        return _dated(int(m[1]), int(m[2]), int(m[3]), m[0])
    if m := _SAID.search(text):
        return _spoken(m, today)
    for word in sorted({**_NEAR, **_LATER}, key=len, reverse=True):
        if word in text:
            return today + timedelta(days={**_NEAR, **_LATER}[word]), word
    if m := _AGO.search(text):
        return today - timedelta(days=int(digits(m[1]) or 0)), m[0]
    if m := _WEEK.search(text):
        monday = today - timedelta(days=today.weekday())
        weeks = {"上上": -2, "上": -1, "下": 1}.get(m[1] or "", 0)
        weekday = int(m[2]) - 1 if m[2].isdigit() else _DAYS.index(m[2].replace("天", "日"))
        return monday + timedelta(days=7 * weeks + weekday), m[0]
    return None


def _spoken(m: re.Match[str], today: date) -> tuple[date, str] | None:
    month, number = int(digits(m[2]) or 0), int(digits(m[3]) or 0)
    if m[1] in ("今", "去", "前"):
        year = today.year - ("今", "去", "前").index(m[1])
    elif m[1]:
        year = int(digits(m[1]))
    else:
        found = _dated(today.year, month, number, m[0])
        if found and found[0] > today:
            return _dated(today.year - 1, month, number, m[0])
        return found
    return _dated(year, month, number, m[0])


def _dated(year: int, month: int, number: int, words: str) -> tuple[date, str] | None:
    try:
        return date(year, month, number), words
    except ValueError:
        return None
