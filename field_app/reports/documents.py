"""周报, 月调度 and 阶段性报告 as .docx: what stands in each, in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from field_app import demonstration
from field_app.db import reading
from field_app.reports import contents, facts, wording
from field_app.reports.contents import MOST_LISTED, Told
from field_app.reports.facts import Facts
from field_app.reports.overview import RANKING, Overview, first_day, overview
from field_app.reports.paper import Paper, Signature
from field_app.reports.periods import Kind, of_kind
from field_app.reports.tables import Table
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.vocabulary import EntryState

CAMPAIGN = "耕地占补平衡专项整治"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLE = {Kind.WEEKLY: "工作周报", Kind.MONTHLY: "工作月调度报告", Kind.STAGE: "阶段性报告"}
_OFFICE = "专项整治办公室"
_LINE = 19
"""Letters of 二号 that a line holds."""


@dataclass(frozen=True, slots=True)
class Report:
    """A paper as a file."""

    name: str
    data: bytes


def title(kind: Kind, unit: str) -> str:
    """What a paper is called, of the county or of a unit."""
    return f"{unit or settings().county_name}{CAMPAIGN}{_TITLE[kind]}"


def report(
    who: Who,
    kind: Kind,
    last: date,
    *,
    unit: str = "",
    first: date | None = None,
    now: datetime,
) -> Report:
    """The report that ends on `last`, of the county or of one unit's entries. The same ledger, day
    and moment give the same bytes. Raises NOT_ALLOWED, NOT_YOURS or BAD_INPUT."""
    require(who, Action.MAKE_REPORTS)
    if kind == Kind.STAGE and first is None:
        first = first_day(last)
    found = overview(who, of_kind(kind, last, now, first), unit)
    whose = found.unit or settings().county_name
    name = title(kind, found.unit)
    mark = demonstration.MARK if demonstration.loaded() else ""
    span = wording.days(found.period.first, found.period.last)
    about = f"（{span}）" if kind != Kind.STAGE else f"（{wording.until(found.period)}）"
    # A long title is broken where it may be, not where the line ends.
    broken = name if len(name) <= _LINE else f"{whose}\n{name.removeprefix(whose)}"
    paper = Paper(broken, about, at=found.period.moment, mark=mark)
    _WRITE[kind](paper, found, kind)
    seal = found.unit or f"{settings().county_name}{CAMPAIGN.removesuffix('专项整治')}{_OFFICE}"
    paper.sign(Signature(seal))
    return Report(f"{name}_{last}.docx", paper.bytes())


def _of_county(paper: Paper, found: Overview, kind: Kind) -> None:
    _how_it_stands(paper, found, kind)
    if found.empty:
        if found.milestones:
            _next(paper, found)
        return
    if not found.unit:
        paper.heading("各乡镇整治情况")
        if said := wording.ranking(found):
            paper.text(said)
        paper.table("各乡镇整治情况", contents.townships(found, kind))
        paper.text(f"排名办法：{RANKING}")
        chart = contents.township_chart(found)
        if chart.labels:
            paper.chart("各乡镇销号情况（条）", chart)
    _by_category(paper, found)
    paper.heading("责任单位情况")
    answering = contents.units(found)
    if answering.rows:
        paper.text(
            "一条问题有几个责任单位的，各单位分别计。"
            + (
                ""
                if len(answering.rows) < contents.MOST_UNITS
                else f"表中列前{contents.MOST_UNITS}个。"
            )
        )
        paper.table("责任单位未销号问题", answering)
    else:
        paper.text("没有未销号的问题。")
    if kind == Kind.MONTHLY:
        _beside(paper, found)
    _late(paper, found)
    _next(paper, found)


def _of_stage(paper: Paper, found: Overview, kind: Kind) -> None:
    if not found.unit:
        _of_county(paper, found, kind)
        return
    _how_it_stands(paper, found, kind)
    if not found.empty:
        _by_category(paper, found)
        paper.heading("问题整改清单")
        order = {str(state): n for n, state in enumerate(EntryState)}
        entries = sorted(found.entries, key=lambda f: (order[f.state], f.due_on or date.max, f.id))
        _list(paper, found, "问题整改清单", entries, contents.ledger)
        _beside(paper, found)
        _late(paper, found)
    if not found.empty or found.milestones:
        _next(paper, found)
    paper.heading("典型案例、存在的困难和建议")
    paper.text("（由填报单位补充）")
    paper.room(4)


_WRITE: dict[Kind, Callable[[Paper, Overview, Kind], None]] = {
    Kind.WEEKLY: _of_county,
    Kind.MONTHLY: _of_county,
    Kind.STAGE: _of_stage,
}


def _how_it_stands(paper: Paper, found: Overview, kind: Kind) -> None:
    paper.heading("总体情况")
    for sentence in wording.standing(found):
        paper.text(sentence)
    if found.empty:
        return
    paper.heading(f"{wording.PERIOD_WORD[kind]}进展")
    for sentence in wording.happened(found, kind):
        paper.text(sentence)
    paper.table("主要指标", contents.main(found, kind))
    paper.chart(
        "近十二周新发现、整改完成和销号（条，按每周最后一天标注）", contents.week_chart(found)
    )


def _by_category(paper: Paper, found: Overview) -> None:
    paper.heading("六类问题整改情况")
    paper.text(wording.categories(found))
    paper.table("六类问题整改情况", contents.categories(found))
    paper.chart("六类问题销号和逾期情况（条）", contents.category_chart(found))


def _beside(paper: Paper, found: Overview) -> None:
    """挂账 and 移送, by entry."""
    paper.heading("挂账和移送情况")
    on = [f for f in found.entries if f.carried and f.state != EntryState.CLOSED]
    away = [f for f in found.entries if f.handed]
    if not on and not away:
        paper.text("没有挂账和移送的问题。")
        return
    paper.text(f"挂账{len(on)}条，已移送{len(away)}条。")
    if on:
        _list(paper, found, "挂账问题清单", on, contents.carried)
    if away:
        _list(paper, found, "移送问题清单", away, contents.handed)


def _late(paper: Paper, found: Overview) -> None:
    paper.heading("逾期问题清单")
    if not found.late:
        paper.text("没有逾期问题。")
        return
    today = contents.today_of(found)
    _list(paper, found, "逾期问题清单", found.late, lambda told: contents.late(told, today))


def _next(paper: Paper, found: Overview) -> None:
    paper.heading("下一步需办理事项")
    owed = contents.owed(found)
    if owed.rows:
        paper.table("需办理事项", owed)
    else:
        paper.text("没有等待办理的事项。")


def _list(
    paper: Paper,
    found: Overview,
    name: str,
    entries: Sequence[Facts],
    table: Callable[[Sequence[Told]], Table],
) -> None:
    """A list of entries, cut where it would fill a book; what is cut is counted."""
    shown = entries[:MOST_LISTED]
    with reading() as session:
        texts = facts.texts(session, [f.id for f in shown], found.period.moment)
    if len(shown) < len(entries):
        paper.text(
            f"共{len(entries)}条，下表列前{MOST_LISTED}条，其余{len(entries) - len(shown)}条见台账。"
        )
    paper.table(name, table([Told(f, texts[f.id]) for f in shown]))
