"""Every figure of the reports and the dashboard, defined once: its name, its unit, what it counts in
one sentence, and the rule itself. docs/figures.md is made from this table.

Figures of a moment (截至) look at the entry as it stood at the end of the period; figures of a period
(本期) at what happened within it and was not taken back by its end. An entry counts once in each,
however often a step was done to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from field_app.ledger import deadlines
from field_app.ledger.workflow import Step
from field_app.reports.marks import Marks, Sums, Tally, summed
from models.vocabulary import EntryState


class Unit(StrEnum):
    COUNT = "条"
    AREA = "亩"
    SHARE = "%"


class About(StrEnum):
    """What a figure is of."""

    MOMENT = "截至统计时点"
    PERIOD = "统计期内"


Counts = Callable[[Marks], bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `counts` says which entries; `of` sums a column of them instead; a share is the
    count of `counts` in that of `among`, in percent, and None where there is nothing to share."""

    id: str
    name: str
    unit: Unit
    about: About
    says: str
    counts: Counts
    of: str = "count"
    among: Counts | None = None

    def of_tally(self, tally: Mapping[Marks, Sums]) -> float | None:
        """Its value over the entries of a tally: a whole number of 条, 亩 or percent."""
        sums = summed(tally, self.counts)
        if self.among is not None:
            whole = summed(tally, self.among).count
            return round(100.0 * sums.count / whole, 1) if whole else None
        value: float = getattr(sums, self.of)
        return value if self.of == "count" else round(value, 2)


def _any(_marks: Marks) -> bool:
    return True


def _closed(marks: Marks) -> bool:
    return marks.state == EntryState.CLOSED


def _open(marks: Marks) -> bool:
    return marks.verified and not _closed(marks)


def _ever_closed(marks: Marks) -> bool:
    return _closed(marks) or marks.looked


def _in(*states: EntryState) -> Counts:
    wanted = frozenset(map(str, states))
    return lambda marks: marks.verified and marks.state in wanted


def _did(*steps: Step) -> Counts:
    wanted = frozenset(steps)
    return lambda marks: not wanted.isdisjoint(marks.did)


def _moment(id: str, name: str, says: str, counts: Counts) -> Figure:
    return Figure(id, name, Unit.COUNT, About.MOMENT, says, counts)


def _period(id: str, name: str, says: str, counts: Counts) -> Figure:
    return Figure(id, name, Unit.COUNT, About.PERIOD, says, counts)


def _area(id: str, name: str, about: About, says: str, counts: Counts) -> Figure:
    return Figure(id, name, Unit.AREA, about, says, counts, "area_mu")


def _share(id: str, name: str, says: str, counts: Counts, among: Counts) -> Figure:
    return Figure(id, name, Unit.SHARE, About.MOMENT, says, counts, among=among)


_S = EntryState
FIGURES: tuple[Figure, ...] = (
    _moment("registered", "登记问题", "台账里登记过的全部条目，各种状态都算。", _any),
    _area(
        "registered_area", "登记问题面积", About.MOMENT,
        "登记问题的“涉及面积”之和，没有填面积的按 0 计。", _any,
    ),
    Figure(
        "registered_cultivated", "其中耕地面积", Unit.AREA, About.MOMENT,
        "登记问题的“其中耕地”面积之和，没有填的按 0 计。", _any, "cultivated_mu",
    ),
    _moment(
        "unmeasured", "未填面积",
        "登记问题中没有填“涉及面积”的条目，它们不在各项面积里。",
        lambda m: not m.measured,
    ),
    _moment("to_verify", "待核实", "已登记、还没有核实是否属实的线索。",
            lambda m: m.state == _S.TO_VERIFY),
    _moment("untrue", "核实不属实", "核实后认为不属实、已退回登记人的线索，不计入销号。",
            lambda m: m.state == _S.RETURNED and not m.verified),
    _moment("true", "属实问题",
            "实地核查确认的问题和核实属实的线索；登记问题 = 属实问题 + 待核实 + 核实不属实。",
            lambda m: m.verified),
    _moment("open", "未销号", "属实问题中还没有销号的条目，挂账的也在内。", _open),
    _area("open_area", "未销号面积", About.MOMENT, "未销号条目的“涉及面积”之和。", _open),
    _moment("to_rectify", "待整改", "属实、还没有开始整改的条目。", _in(_S.TO_RECTIFY)),
    _moment("rectifying", "整改中", "已经开始整改、还没有申请销号的条目，退回后未继续的不算。",
            _in(_S.RECTIFYING)),
    _moment("sent_back", "退回整改", "申请销号未获同意、退回后还没有继续整改的条目。",
            _in(_S.RETURNED)),
    _moment("to_close", "待销号", "责任单位已申请销号、等待审批的条目。", _in(_S.TO_CLOSE)),
    _moment("rectified", "已整改完成",
            "责任单位已整改完成并申请销号的条目：待销号与已销号之和。",
            _in(_S.TO_CLOSE, _S.CLOSED)),
    _moment("closed", "已销号", "统计时点处于已销号状态的条目；回头看重新打开的不算。", _closed),
    _area("closed_area", "已销号面积", About.MOMENT, "已销号条目的“涉及面积”之和。", _closed),
    _share("closed_rate", "销号率", "已销号条目占属实问题的百分比，没有属实问题时不计算。",
           _closed, lambda m: m.verified),
    _moment("late", "逾期",
            "等责任单位整改、期限已过的条目；期限落在休息日的顺延到下一个工作日，挂账的按新期限，"
            "已申请销号的不算。",
            lambda m: m.late),
    _moment("soon", "即将到期", f"等责任单位整改、{deadlines.SOON_DAYS} 个工作日内到期的条目。",
            lambda m: m.soon),
    _area("late_area", "逾期面积", About.MOMENT, "逾期条目的“涉及面积”之和。",
          lambda m: m.late),
    _share("late_rate", "逾期率", "逾期条目占未销号条目的百分比，没有未销号条目时不计算。",
           lambda m: m.late, _open),
    _moment("undated", "未定期限", "等责任单位整改而没有期限的条目；它们不会逾期，须尽快定期限。",
            lambda m: m.undated),
    _moment("carried", "挂账", "已办理挂账、还没有解除也没有销号的条目。",
            lambda m: m.carried and not _closed(m)),
    _moment("handed", "已移送", "已向纪检监察、司法等机关移送线索的条目，已销号的也算。",
            lambda m: m.handed),
    _moment("arose", "边整治边发生", "由人认定为边整治边发生的条目，各种状态都算。",
            lambda m: m.arose_during),
    _moment("looked", "回头看过", "销号后做过回头看（通过或重新打开）的条目。",
            lambda m: m.looked),
    _share("looked_rate", "回头看率", "回头看过的条目占销过号的条目的百分比，没有销过号时不计算。",
           lambda m: m.looked, _ever_closed),
    _period("found", "新发现", "统计期内登记进台账的条目，按登记的时间算，不按发现日期。",
            lambda m: m.new),
    _area("found_area", "新发现面积", About.PERIOD, "新发现条目在统计时点的“涉及面积”之和。",
          lambda m: m.new),
    _period("found_arose", "新发现中边整治边发生", "新发现条目中认定为边整治边发生的条目。",
            lambda m: m.new and m.arose_during),
    _period("verified_in", "核实属实", "统计期内线索经核实属实的条目。", _did(Step.VERIFY)),
    _period("begun_in", "开始整改", "统计期内开始整改的条目。", _did(Step.BEGIN)),
    _period("rectified_in", "整改完成", "统计期内责任单位申请了销号的条目。", _did(Step.APPLY)),
    _period("closed_in", "销号", "统计期内同意了销号的条目，其后又重新打开的也算。",
            _did(Step.CLOSE)),
    _area("closed_in_area", "销号面积", About.PERIOD,
          "统计期内销号的条目在统计时点的“涉及面积”之和。", _did(Step.CLOSE)),
    _period("sent_back_in", "退回整改", "统计期内申请销号被退回的条目。", _did(Step.SEND_BACK)),
    _period("late_in", "新增逾期", "统计时点逾期、统计期开始时还没有逾期的条目。",
            lambda m: m.late and not m.was_late),
    _period("carried_in", "办理挂账", "统计期内办理了挂账的条目。", _did(Step.CARRY)),
    _period("handed_in", "移送", "统计期内移送了线索的条目。", _did(Step.HAND_OVER)),
    _period("looked_in", "回头看", "统计期内做了回头看（通过或重新打开）的条目。",
            _did(Step.LOOKED, Step.REOPEN)),
    _period("reopened_in", "回头看重新打开", "统计期内回头看未通过、重新打开整改的条目。",
            _did(Step.REOPEN)),
)  # fmt: skip
BY_ID: Mapping[str, Figure] = {figure.id: figure for figure in FIGURES}

Values = Mapping[str, float | None]


def values(tally: Tally) -> Values:
    """Every figure over the entries of a tally, by its id."""
    return {figure.id: figure.of_tally(tally) for figure in FIGURES}


def said(figure_id: str, value: float | None) -> str:
    """A value as a table shows it; a dash where there is nothing to share.

    >>> said("closed", 1200), said("open_area", 1234.5), said("closed_rate", 62.5)
    ('1200', '1234.50', '62.5%')
    >>> said("closed_rate", None)
    '—'
    """
    if value is None:
        return "—"
    unit = BY_ID[figure_id].unit
    if unit == Unit.AREA:
        return f"{value:.2f}"
    return f"{value:.1f}%" if unit == Unit.SHARE else f"{value:.0f}"
