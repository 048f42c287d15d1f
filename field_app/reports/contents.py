"""Tables and charts of the papers, from the figures of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from field_app import clock
from field_app.ledger import deadlines
from field_app.ledger.listing import problem_label
from field_app.milestones.standing import Stand
from field_app.reports import wording
from field_app.reports.charts import Chart
from field_app.reports.facts import Facts
from field_app.reports.figures import BY_ID, About, said
from field_app.reports.overview import NO_UNIT, Line, Overview
from field_app.reports.periods import Kind
from field_app.reports.tables import Column, Table
from field_app.settings import settings
from models.taxonomy import township_name
from models.vocabulary import Role

MOST_LISTED = 100
"""Entries that a list of a paper names; of the others it gives the number."""
MOST_UNITS = 20
_MAIN = (
    "registered", "true", "closed", "closed_rate", "open", "late", "carried", "handed", "arose",
    "found", "rectified_in", "closed_in", "closed_in_area", "sent_back_in", "late_in", "carried_in",
    "handed_in", "looked_in", "reopened_in",
)  # fmt: skip
_TOWN = ("registered", "registered_area", "closed", "closed_rate", "open", "late")
_TOWN_IN = ("found", "closed_in")


def main(found: Overview, kind: Kind) -> Table:
    """The main figures, with those of the period before beside them."""
    word, before = wording.PERIOD_WORD[kind], wording.BEFORE_WORD[kind]
    columns: tuple[Column, ...]
    if kind == Kind.STAGE:
        columns = (Column("指标", 3, "left"), Column("单位", 1), Column("数值", 2))
    else:
        columns = (
            Column("指标", 3, "left"),
            Column("单位", 1),
            Column(f"{word}（末）", 2),
            Column(f"{before}（末）", 2),
            Column("增减", 3),
        )
    rows = []
    for name in _MAIN:
        figure = BY_ID[name]
        row = [
            f"{word}{figure.name}" if figure.about == About.PERIOD else figure.name,
            str(figure.unit),
            _plain(name, found.total),
        ]
        if kind != Kind.STAGE:
            row += [_plain(name, found.earlier), wording.change(name, found.total, found.earlier)]
        rows.append(tuple(row))
    return Table(columns, tuple(rows))


def _plain(figure: str, values: Any) -> str:
    """Without the sign that has a column of its own."""
    return said(figure, values[figure]).removesuffix("%")


def _figures(line: Line, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(said(name, line.values[name]) for name in names)


def townships(found: Overview, kind: Kind) -> Table:
    """The townships in order of rank, with the sum of all."""
    word = wording.PERIOD_WORD[kind]
    columns = (
        Column("名次", 1), Column("乡镇", 2.6, "left"), Column("登记问题", 1.3),
        Column("面积（亩）", 1.7, "right"), Column("已销号", 1.2), Column("销号率", 1.4, "right"),
        Column("未销号", 1.2), Column("逾期", 1), Column(f"{word}新发现", 1.3),
        Column(f"{word}销号", 1.3),
    )  # fmt: skip
    names = (*_TOWN, *_TOWN_IN)
    rows = [
        (
            "—" if line.rank is None else str(line.rank),
            line.name + (f"（{line.mark}）" if line.mark else ""),
            *_figures(line, names),
        )
        for line in found.by_township
    ]
    total = Line("", "合计", found.total)
    return Table(columns, (*rows, ("", "合计", *_figures(total, names))), summed=True)


def categories(found: Overview) -> Table:
    """The six ledgers, with the sum of all."""
    names = (
        "registered", "registered_area", "registered_cultivated", "closed", "closed_rate", "open",
        "late", "carried", "handed",
    )  # fmt: skip
    columns = (
        Column("问题大类", 4, "left"), Column("登记", 1.1), Column("面积（亩）", 1.8, "right"),
        Column("其中耕地（亩）", 1.8, "right"), Column("已销号", 1.2), Column("销号率", 1.4, "right"),
        Column("未销号", 1.2), Column("逾期", 1.1), Column("挂账", 1), Column("移送", 1),
    )  # fmt: skip
    rows = [(f"{x.key} {x.name}", *_figures(x, names)) for x in found.by_category]
    total = Line("", "合计", found.total)
    return Table(columns, (*rows, ("合计", *_figures(total, names))), summed=True)


def units(found: Overview) -> Table:
    """The units that answer open entries, those with most late ones first."""
    names = ("open", "open_area", "late", "soon", "undated", "closed", "closed_rate")
    columns = (
        Column("责任单位", 4, "left"), Column("未销号", 1.2), Column("面积（亩）", 1.8, "right"),
        Column("逾期", 1), Column("即将到期", 1.2), Column("未定期限", 1.2), Column("已销号", 1.2),
        Column("销号率", 1.4, "right"),
    )  # fmt: skip
    lines = [x for x in found.by_unit if x.values["open"]]
    return Table(columns, tuple((x.name, *_figures(x, names)) for x in lines[:MOST_UNITS]))


def owed(found: Overview) -> Table:
    """What waits, for whom, and by when: what entries wait for, then what is to be sent in."""
    v = found.total
    nobody = next((x.values["open"] for x in found.by_unit if x.name == NO_UNIT), 0)
    soon = f"{deadlines.SOON_DAYS} 个工作日内到期 {said('soon', v['soon'])} 条"
    decide = f"收到后 {settings().decide_days} 个工作日内"
    rows: list[tuple[str, str, float | None, str]] = [
        (Role.SUPERVISOR, "核实问题线索", v["to_verify"], decide),
        (Role.SUPERVISOR, "审批销号", v["to_close"], decide),
        (Role.UNIT, "开始整改", v["to_rectify"], "按整改期限"),
        (Role.UNIT, "完成整改、申请销号", v["rectifying"], "按整改期限"),
        (Role.UNIT, "按退回的理由继续整改", v["sent_back"], "按整改期限"),
        (Role.UNIT, "逾期问题限期整改（上三项中）", v["late"], f"已过期限；另有 {soon}"),
        (Role.OFFICE, "确定责任单位", nobody, "尽快"),
        (Role.OFFICE, "确定整改期限", v["undated"], "尽快"),
        (Role.OFFICE, "确定所在乡镇", found.without_township, "尽快"),
        (Role.OFFICE, "跟踪挂账问题", v["carried"], "按挂账期限"),
    ]
    columns = (
        Column("由谁办理", 1.6), Column("事项", 4, "left"), Column("条数", 1),
        Column("时限", 4, "left"),
    )  # fmt: skip
    told = [(str(who), what, f"{n:.0f}", when) for who, what, n, when in rows if n]
    sending = [
        (
            each.owers,
            f"报送：{each.task}",
            str(each.times),
            _SENDING[each.stand].format(each.due_on),
        )
        for each in found.milestones
    ]
    return Table(columns, (*told, *sending))


_SENDING = {
    Stand.LATE: "逾期未报，最早应于 {} 报送",
    Stand.RETURNED: "已退回，改正后重报；期限 {}",
    Stand.SOON: "{} 前",
}


# --- lists of entries ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with the texts that a list gives of it, as they were at the moment."""

    facts: Facts
    texts: dict[str, Any]

    @property
    def number(self) -> str:
        return str(self.texts["number"])

    @property
    def place(self) -> str:
        return f"{township_name(self.facts.township_code)}{self.texts['village']}"

    @property
    def problem(self) -> str:
        return problem_label(self.texts["problem_type"])

    @property
    def units(self) -> str:
        return "、".join(self.facts.units) or NO_UNIT


def late(entries: Sequence[Told], today: date) -> Table:
    """The late entries, the longest late first."""
    columns = (
        Column("序号", 1), Column("问题编号", 3.2, "left"), Column("乡镇、村", 2.4, "left"),
        Column("问题", 4.2, "left"), Column("责任单位", 3, "left"), Column("整改期限", 2),
        Column("逾期天数", 1.1),
    )  # fmt: skip
    rows = []
    for n, told in enumerate(entries, start=1):
        assert told.facts.due_on is not None
        over = (today - deadlines.last_day(told.facts.due_on)).days
        rows.append(
            (
                str(n),
                told.number,
                told.place,
                told.problem,
                told.units,
                str(told.facts.due_on),
                str(over),
            )
        )
    return Table(columns, tuple(rows))


def carried(entries: Sequence[Told]) -> Table:
    """拉条挂账: what is carried on, why, and until when."""
    columns = (
        Column("序号", 1), Column("问题编号", 3.2, "left"), Column("乡镇、村", 2.4, "left"),
        Column("责任单位", 3, "left"), Column("挂账原因", 4.6, "left"), Column("挂账期限", 2),
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (
                str(n),
                t.number,
                t.place,
                t.units,
                str(t.texts["carried"]),
                str(t.texts["carried_until"] or "—"),
            )
            for n, t in enumerate(entries, start=1)
        ),
    )


def handed(entries: Sequence[Told]) -> Table:
    """What was handed over, to whom, under which number."""
    columns = (
        Column("序号", 1), Column("问题编号", 3.2, "left"), Column("乡镇、村", 2.4, "left"),
        Column("问题", 4.4, "left"), Column("移送机关及文号", 5, "left"),
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (str(n), t.number, t.place, t.problem, str(t.texts["handed_to"]))
            for n, t in enumerate(entries, start=1)
        ),
    )


def ledger(entries: Sequence[Told]) -> Table:
    """The entries of one unit, each with what was to be done and what was done."""
    columns = (
        Column("序号", 1), Column("问题编号", 3, "left"), Column("乡镇、村", 2.2, "left"),
        Column("问题", 3.6, "left"), Column("整改措施", 3.6, "left"), Column("整改进展", 3, "left"),
        Column("期限", 2), Column("状态", 1.4),
    )  # fmt: skip
    return Table(
        columns,
        tuple(
            (
                str(n),
                t.number,
                t.place,
                t.problem,
                str(t.texts["measure"]),
                str(t.texts["progress"]) or "—",
                str(t.facts.due_on or "未定"),
                t.facts.state,
            )
            for n, t in enumerate(entries, start=1)
        ),
    )


# --- charts --------------------------------------------------------------------------------------


def _whole(lines: Sequence[Line], figure: str) -> tuple[int, ...]:
    return tuple(int(line.values[figure] or 0) for line in lines)


def township_chart(found: Overview) -> Chart:
    """Closed and open entries of the townships that have any, in order of rank."""
    lines = [x for x in found.by_township if x.values["true"]]
    return Chart(
        tuple(x.name for x in lines),
        (("已销号", _whole(lines, "closed")), ("未销号", _whole(lines, "open"))),
        stacked=True,
    )


def category_chart(found: Overview) -> Chart:
    """Closed, open and late entries of the six ledgers."""
    lines = found.by_category
    return Chart(
        tuple(x.name for x in lines),
        (
            ("已销号", _whole(lines, "closed")),
            ("未销号", _whole(lines, "open")),
            ("其中逾期", _whole(lines, "late")),
        ),
        lying=True,
    )


def week_chart(found: Overview) -> Chart:
    """What came and went by week, each called by its last day."""
    weeks = found.weeks
    return Chart(
        tuple(f"{w.last:%m-%d}" for w in weeks),
        (
            ("新发现", tuple(w.found for w in weeks)),
            ("整改完成", tuple(w.rectified for w in weeks)),
            ("销号", tuple(w.closed for w in weeks)),
        ),
    )


def today_of(found: Overview) -> date:
    """The day in China that deadlines are counted to."""
    return clock.local(found.period.moment).date()
