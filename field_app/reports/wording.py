"""The sentences of a paper, from its figures. They state; what it means is for the office to add."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from field_app import clock
from field_app.reports.figures import BY_ID, Unit, Values, said
from field_app.reports.overview import Line, Overview
from field_app.reports.periods import Kind, Period

PERIOD_WORD = {Kind.WEEKLY: "本周", Kind.MONTHLY: "本月", Kind.STAGE: "本阶段"}
BEFORE_WORD = {Kind.WEEKLY: "上周", Kind.MONTHLY: "上月", Kind.STAGE: "上阶段"}
_HAPPENED = (
    "found", "verified_in", "begun_in", "rectified_in", "closed_in", "sent_back_in", "carried_in",
    "handed_in", "looked_in", "reopened_in",
)  # fmt: skip
_NAMED = 3
_COMPARED = ("found", "rectified_in", "closed_in")


def day(of: date) -> str:
    """A day as papers write it.

    >>> day(date(2026, 4, 5))
    '2026年4月5日'
    """
    return f"{of.year}年{of.month}月{of.day}日"


def days(first: date, last: date) -> str:
    """A span of days; what is the same is said once.

    >>> days(date(2026, 4, 9), date(2026, 4, 15)), days(date(2026, 3, 30), date(2026, 4, 5))
    ('2026年4月9日至15日', '2026年3月30日至4月5日')
    >>> days(date(2025, 12, 29), date(2026, 1, 4)), days(date(2026, 1, 1), date(2026, 1, 1))
    ('2025年12月29日至2026年1月4日', '2026年1月1日')
    """
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)}至{day(last)}"
    if first.month != last.month:
        return f"{day(first)}至{last.month}月{last.day}日"
    return f"{day(first)}至{last.day}日"


def until(period: Period) -> str:
    """`截至2026年4月15日`, with the hour where that day was not over."""
    if period.whole:
        return f"截至{day(period.last)}"
    return f"截至{day(period.last)}{clock.local(period.moment):%H时%M分}"


def amount(figure: str, values: Values) -> str:
    """`12条`, `3.20亩`, `62.5%`; `0条` where there is nothing."""
    unit = BY_ID[figure].unit
    text = said(figure, values[figure])
    return text if unit == Unit.SHARE or text == "—" else f"{text}{unit}"


def change(figure: str, now: Values, before: Values) -> str:
    """How a figure compares: 增加, 减少, 持平; a share goes up or down by 百分点.

    >>> change("found", {"found": 12}, {"found": 9}), change("found", {"found": 9}, {"found": 9})
    ('增加3条', '持平')
    >>> change("closed_rate", {"closed_rate": 50.0}, {"closed_rate": 52.5})
    '下降2.5个百分点'
    """
    new, old = now[figure], before[figure]
    if new is None or old is None:
        return "—"
    more = round(new - old, 2)
    if more == 0:
        return "持平"
    unit = BY_ID[figure].unit
    if unit == Unit.SHARE:
        return f"{'提高' if more > 0 else '下降'}{abs(more):.1f}个百分点"
    text = f"{abs(more):.2f}" if unit == Unit.AREA else f"{abs(more):.0f}"
    return f"{'增加' if more > 0 else '减少'}{text}{unit}"


def some(figures: Iterable[str], values: Values) -> list[str]:
    """`待整改10条`, … of those figures that are not nothing."""
    return [f"{BY_ID[f].name}{amount(f, values)}" for f in figures if values[f]]


def listed(parts: Sequence[str], nothing: str = "") -> str:
    """Joined by 、."""
    return "、".join(parts) or nothing


def standing(found: Overview) -> list[str]:
    """How things stand at the end of the period, in paragraphs."""
    v = found.total
    whose = found.unit or "全县"
    if found.empty:
        return [f"{until(found.period)}，{whose}台账没有登记问题。"]
    area = f"涉及面积{amount('registered_area', v)}"
    if v["registered_cultivated"]:
        area += f"，其中耕地{amount('registered_cultivated', v)}"
    if v["unmeasured"]:
        area += f"（有{amount('unmeasured', v)}未填面积，未计入）"
    first = f"{until(found.period)}，{whose}台账共登记问题{amount('registered', v)}，{area}。"
    unclear = some(("to_verify", "untrue"), v)
    first += f"其中属实问题{amount('true', v)}" + (f"，{listed(unclear)}" if unclear else "") + "。"
    if not v["true"]:
        return [first]
    second = "属实问题都还没有销号；"
    if v["closed"]:
        second = (
            f"属实问题中，已销号{amount('closed', v)}，面积{amount('closed_area', v)}，"
            f"销号率{amount('closed_rate', v)}；"
        )
    parts = some(("to_rectify", "rectifying", "sent_back", "to_close"), v)
    second += (
        f"未销号{amount('open', v)}，面积{amount('open_area', v)}，包括{listed(parts)}。"
        if parts
        else "没有未销号的问题。"
    )
    beside = some(("carried", "handed", "arose"), v)
    if beside:
        second += f"其中{listed(beside)}。"
    if v["looked"]:
        second += f"已回头看{amount('looked', v)}，回头看率{amount('looked_rate', v)}。"
    return [first, second, lateness(v)]


def lateness(v: Values) -> str:
    """What is late, or about to be."""
    parts = []
    if v["late"]:
        parts.append(
            f"逾期{amount('late', v)}，面积{amount('late_area', v)}，占未销号问题的{amount('late_rate', v)}"
        )
    parts += some(("soon", "undated"), v)
    late = "；".join(parts)
    return f"{late}。" if v["late"] else f"没有逾期问题{'；' + late if late else ''}。"


def happened(found: Overview, kind: Kind) -> list[str]:
    """What was done in the period, compared with the one before."""
    v, before = found.total, found.earlier
    word, earlier = PERIOD_WORD[kind], BEFORE_WORD[kind]
    names = some(_HAPPENED, v)
    span = days(found.period.first, found.period.last)
    if not names:
        return [f"{word}（{span}）没有新的变化。"]
    text = f"{word}（{span}）{listed(names)}。"
    if v["found_area"]:
        text += f"新发现问题面积{amount('found_area', v)}。"
    if v["found_arose"]:
        text += f"新发现中认定为边整治边发生的{amount('found_arose', v)}。"
    if v["closed_in_area"]:
        text += f"销号问题面积{amount('closed_in_area', v)}。"
    if kind == Kind.STAGE:
        return [text]
    compared = [f"{BY_ID[f].name}{change(f, v, before)}" for f in _COMPARED]
    text += f"与{earlier}相比，{'，'.join(compared)}。"
    late = (
        f"新增逾期{amount('late_in', v)}，逾期总数比{earlier}末{change('late', v, before)}；"
        f"销号率比{earlier}末{change('closed_rate', v, before)}。"
    )
    return [
        text,
        late.replace("比上周末持平", "与上周末持平").replace("比上月末持平", "与上月末持平"),
    ]


def ranking(found: Overview) -> str:
    """Who leads and who lags, and what the ranking leaves out."""
    ranked = [line for line in found.by_township if line.rank is not None]
    parts = []
    if len(ranked) > 1:
        before, behind = _first(ranked), _first(ranked[::-1])
        parts.append(f"销号率居前的是{listed(before)}")
        if before != behind:
            parts.append(f"居后的是{listed(behind)}")
    late = sorted(ranked, key=lambda x: -(x.values["late"] or 0))[:_NAMED]
    named = [f"{x.name}{amount('late', x.values)}" for x in late if x.values["late"]]
    if named:
        parts.append(f"逾期较多的是{listed(named)}")
    text = "；".join(parts) + "。" if parts else ""
    if found.without_team:
        names = [line.name for line in found.by_township if line.mark and line.values["registered"]]
        text += f"{listed(names)}未分片，有{found.without_team}条问题，已计入合计。"
    if found.without_township:
        text += f"有{found.without_township}条问题未定乡镇，不参加排名，已计入合计。"
    return text


def _first(ranked: Sequence[Line]) -> list[str]:
    """Up to three townships with their rates; where more share a rate, how many they are."""
    parts: list[str] = []
    for rate, group in groupby(ranked, key=lambda line: amount("closed_rate", line.values)):
        names = [line.name for line in group]
        if len(parts) + len(names) > _NAMED:
            return parts or [f"{len(names)}个乡镇（均为{rate}）"]
        parts += [f"{name}（{rate}）" for name in names]
    return parts


def categories(found: Overview) -> str:
    """Which of the six ledgers hold what."""
    there = [x for x in found.by_category if x.values["registered"]]
    told = [f"“{x.name}”{amount('registered', x.values)}" for x in there]
    none = [f"“{x.name}”" for x in found.by_category if not x.values["registered"]]
    text = f"六类问题中，{listed(told)}" if told else ""
    if told and none:
        text += f"；{listed(none)}没有登记问题"
    return f"{text}。" if text else "六类问题都没有登记。"
