"""The figures of a period for whoever asks: as a whole, by ledger, township, unit and state, and by
week. The dashboard shows it, the reports print it: the numbers are the same because the function is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, func, select

from field_app import clock
from field_app.db import reading
from field_app.ledger.filters import covered_townships, without_team
from field_app.ledger.workflow import Step
from field_app.milestones import owed, owers
from field_app.problems import BAD_INPUT, NOT_YOURS
from field_app.reports import facts as entries
from field_app.reports import happenings, weeks
from field_app.reports.facts import Facts
from field_app.reports.figures import Values, values
from field_app.reports.happenings import Happened
from field_app.reports.marks import Cells, Days, Marks, Tally, cells_of, marks_of, tallied
from field_app.reports.periods import Period
from field_app.reports.weeks import Week
from field_app.roles import Action, Scope, Who, require, scope
from field_app.settings import settings
from field_app.uncollected import uncollected
from models.tables import Entry, Unit
from models.taxonomy import categories, township_name, townships
from models.vocabulary import EntryState

NO_UNIT = "责任单位未定"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: what it is of (`key` filters the ledger by it), and the figures. `rank` is
    None for what is not ranked; `mark` says what is special about it."""

    key: str
    name: str
    values: Values
    rank: int | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a period. `unit` is empty for the whole county; `earlier` are the figures of
    the period before, at its end."""

    period: Period
    unit: str
    total: Values
    earlier: Values
    by_category: tuple[Line, ...]
    by_township: tuple[Line, ...]
    by_unit: tuple[Line, ...]
    by_state: tuple[Line, ...]
    weeks: tuple[Week, ...]
    without_team: int
    without_township: int
    milestones: tuple[owed.Outstanding, ...]
    late: tuple[Facts, ...]  # the longest late first
    entries: tuple[Facts, ...]

    @property
    def empty(self) -> bool:
        return not self.total["registered"]


def overview(who: Who, period: Period, unit: str = "") -> Overview:
    """The figures that `who` may see; of one unit's entries where `unit` names it, and always of
    their own for a unit's people. Raises NOT_ALLOWED, NOT_YOURS, or BAD_INPUT for no such unit."""
    require(who, Action.SEE_FIGURES)
    with uncollected():
        return _overview(who, period, unit)


def _overview(who: Who, period: Period, unit: str) -> Overview:
    earlier = period.earlier()
    with reading() as session:
        unit = _unit_of(session, who, unit)
        teamed = covered_townships(session)
        since = min(earlier.start, weeks.since(period))
        at_end, start, before = entries.as_of(
            session, [period.moment, period.before, earlier.before], since
        )
        happened = happenings.between(session, since, period.moment)
        only = owers.key(_id_of(session, unit)) if unit else ""
        milestones = owed.outstanding(session, period.moment, only=only)
    then = _of_unit(at_end, unit)
    marked = _marked(then, start, happened, period)
    cells = cells_of(marked)
    cells_before = cells_of(_marked(_of_unit(start, unit), before, happened, earlier))
    late = sorted((f for f, m in marked if m.late), key=lambda f: (f.due_on, f.id))
    return Overview(
        period,
        unit,
        _whole(cells),
        _whole(cells_before),
        _by_category(cells),
        _by_township(cells, teamed),
        _by_unit(cells),
        _by_state(cells),
        weeks.of(then, happened, period),
        sum(without_team(f.township_code, teamed) for f in then),
        sum(f.township_code is None for f in then),
        milestones,
        tuple(late),
        tuple(then),
    )


def today(now: datetime) -> date:
    """The day in China, the last one that can be looked at."""
    return clock.local(now).date()


def about(found: Overview) -> str:
    """What the figures are of, in one line: whose, from when, up to which moment."""
    period = found.period
    moment = "" if period.whole else f" {clock.local(period.moment):%H:%M}"
    text = f"{found.unit or '全县'}，{period.first} 至 {period.last}{moment}"
    if found.without_team:
        text += f"；未分片 {found.without_team} 条"
    if found.without_township:
        text += f"；未定乡镇 {found.without_township} 条"
    return text


def first_day(last: date) -> date:
    """The day in China on which the first entry came into the ledger, or `last` where none had by
    then: the beginning of the campaign, as far as the ledger knows."""
    with reading() as session:
        came = session.exec(select(func.min(Entry.created_at))).one()
    return min(clock.local(came).date(), last) if came else last


def _unit_of(session: Session, who: Who, unit: str) -> str:
    if scope(who, Action.SEE_FIGURES) == Scope.UNIT:
        own = session.get(Unit, who.unit_id) if who.unit_id is not None else None
        if own is None or unit not in ("", own.name):
            raise NOT_YOURS(action=str(Action.SEE_FIGURES))
        return own.name
    if unit and _id_of(session, unit) is None:
        raise BAD_INPUT(what=f"没有名为“{unit}”的责任单位，请核对名称。")
    return unit


def _id_of(session: Session, unit: str) -> int | None:
    return session.exec(select(Unit.id).where(Unit.name == unit)).first()


def _of_unit(all_of_them: list[Facts], unit: str) -> list[Facts]:
    return [f for f in all_of_them if unit in f.units] if unit else all_of_them


def _marked(
    then: Sequence[Facts],
    start: Sequence[Facts],
    happened: list[Happened],
    period: Period,
) -> list[tuple[Facts, Marks]]:
    was = {f.id: f for f in start}
    did = happenings.done(happened, period.start, period.moment)
    now = Days.of(clock.local(period.moment).date())
    before = Days.of(clock.local(period.before).date())
    none: frozenset[Step] = frozenset()
    return [(f, marks_of(f, was.get(f.id), did.get(f.id, none), now, before)) for f in then]


def _whole(cells: Cells) -> Values:
    return values(tallied(cells, lambda _marks, _place: ("",)).get("", {}))


def _by_category(cells: Cells) -> tuple[Line, ...]:
    """All six, those without entries too."""
    found = tallied(cells, lambda _marks, place: (place.category,))
    return tuple(
        Line(str(no), category.name, values(found.get(no, {})))
        for no, category in categories().items()
    )


def _by_state(cells: Cells) -> tuple[Line, ...]:
    found = tallied(cells, lambda marks, _place: (marks.state,))
    return tuple(Line(str(s), str(s), values(found.get(str(s), {}))) for s in EntryState)


def _by_unit(cells: Cells) -> tuple[Line, ...]:
    """Most late entries first. An entry of several units counts for each of them."""
    found = tallied(cells, lambda _marks, place: place.units or (NO_UNIT,))
    lines = [
        Line("" if name == NO_UNIT else name, name, values(tally)) for name, tally in found.items()
    ]

    def order(line: Line) -> Any:
        return (line.name == NO_UNIT, -_number(line, "late"), -_number(line, "open"), line.name)

    return tuple(sorted(lines, key=order))


def _number(line: Line, figure: str) -> float:
    return line.values[figure] or 0.0


# --- the ranking ---------------------------------------------------------------------------------

RANKING = (
    "按销号率从高到低排名；销号率相同的，逾期条数少的在前；仍相同的，名次并列，其后的名次顺延。"
    "没有属实问题的乡镇不排名。"
)


def _by_township(cells: Cells, teamed: frozenset[str]) -> tuple[Line, ...]:
    """The county's townships ranked; then those without true problems, and what stands in no
    township, which is counted like the rest."""
    found: dict[str, Tally] = tallied(cells, lambda _marks, place: (place.township_code or "",))
    county = [
        t.code
        for t in townships().values()
        if t.county_code == settings().county_code and (t.level != "其他" or t.code in found)
    ]
    codes = [*county, *sorted(found.keys() - set(county) - {""})]
    lines = [
        Line(
            code,
            township_name(code),
            values(found.get(code, {})),
            mark="未分片" if without_team(code, teamed) else "",
        )
        for code in codes
    ]
    ranked = sorted((x for x in lines if x.values["closed_rate"] is not None), key=_merit)
    answer: list[Line] = []
    for place, line in enumerate(ranked, start=1):
        same = bool(answer) and _merit(answer[-1])[:2] == _merit(line)[:2]
        rank = answer[-1].rank if same else place
        answer.append(Line(line.key, line.name, line.values, rank, line.mark))
    answer += [line for line in lines if line.values["closed_rate"] is None]
    if "" in found:
        answer.append(Line("", township_name(None), values(found[""])))
    return tuple(answer)


def _merit(line: Line) -> tuple[float, float, str]:
    return (-_number(line, "closed_rate"), _number(line, "late"), line.key)
