"""What a row of a file would do to its entry as it is here now, for this person: the comparison, their
rights by the table of steps, and the checks of each column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from field_app.ledger import fields, workflow
from field_app.ledger.printed.columns import UNITS_JOIN, Column, Kind, Line, columns_of
from field_app.ledger.printed.machine import plain
from field_app.ledger.reading_back.comparing import Outcome, of_row, outcome
from field_app.ledger.reading_back.matching import Brought, Wish
from field_app.ledger.workflow import Step
from field_app.problems import BAD_INPUT, WRONG_STATE, Problem
from field_app.roles import Action, Who, Whose, may
from models.tables import Entry
from models.taxonomy import townships
from models.vocabulary import EntryState, Nature

_NOT_HERE = "这里没有这条，可能是别的系统导出的"
_NOT_YOURS = "不是您单位的条目，不能改"


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell with its three values, as printed."""

    heading: str
    at: str
    base: Any
    here: Any
    file: Any
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of the preview; `why` where it is refused whole."""

    entry_id: int
    number: str
    where: str
    outcome: Outcome
    why: str
    cells: tuple[CellShown, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A row as shown, and what it would write: by step, the new value of each name, as the step
    takes it; `labels` says which columns a step is about."""

    row: RowShown
    wishes: Mapping[Step, dict[str, Any]] = field(default_factory=dict)
    labels: Mapping[Step, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Here:
    """An entry as it is now, its units in order, and all units of the county by name."""

    entry: Entry
    unit_ids: tuple[int, ...]
    unit_names: tuple[str, ...]
    units: Mapping[str, int]


def judge(brought: Brought, here: Here | None, who: Who) -> Judged:
    """Nothing is written here; what is said of an entry that is not this person's is nothing."""
    if brought.bad or here is None or here.entry.number != brought.number:
        return _refused(brought, brought.bad or _NOT_HERE)
    whose = Whose(unit_ids=here.unit_ids)
    if not may(who, Action.SEE_LEDGER, whose):
        return _refused(brought, _NOT_YOURS)
    columns = {c.name: c for c in columns_of(here.entry.category) if c.step is not None}
    # The loaded columns: to ask for each of them takes longer than all the rest.
    line = Line(0, vars(here.entry), UNITS_JOIN.join(here.unit_names))
    cells: list[CellShown] = []
    wishes: dict[Step, dict[str, Any]] = {}
    labels: dict[Step, list[str]] = {}
    for wish in brought.wishes:
        column = columns.get(wish.name)
        if wish.bad or column is None or column.step is None:
            cells.append(_cell(wish, None, Outcome.REFUSED, wish.bad or "这一列不能在表格里改"))
            continue
        now = plain(column.write(line))
        met, why = outcome(wish.base, now, wish.file), ""
        if met == Outcome.CHANGED:
            try:
                workflow.found(EntryState(here.entry.state), column.step, who, whose)
                wishes.setdefault(column.step, {})[wish.name] = _typed(column, wish.file, here)
                labels.setdefault(column.step, []).append(column.label)
            except Problem as problem:
                met, why = Outcome.REFUSED, _said(problem)
        cells.append(_cell(wish, now, met, why))
    wrong = _together(here.entry, wishes, columns)
    if wrong:
        del wishes[Step.AMEND], labels[Step.AMEND]
        cells = [_struck(c, columns, wrong) for c in cells]
    row = RowShown(
        brought.entry_id, brought.number, brought.where, of_row([c.outcome for c in cells]), "",
        tuple(cells),
    )  # fmt: skip
    return Judged(row, wishes, {step: tuple(names) for step, names in labels.items()})


def _said(problem: Problem) -> str:
    """Why a cell is refused. What a page advises besides, to load it anew, is no help with a file."""
    if problem.kind is WRONG_STATE:
        return f"条目现在是“{problem.facts['state']}”，这一列不能改"
    return problem.message


def amendment(wishes: Mapping[str, Any]) -> dict[str, Any]:
    """The wishes of the step 修改条目 as `entries.change` takes them."""
    own = {name: value for name, value in wishes.items() if not _is_field(name)}
    common = {name: value for name, value in wishes.items() if _is_field(name)}
    return common | ({fields.EXTRA: own} if own else {})


def _is_field(name: str) -> bool:
    return name in fields.FIELDS or name == fields.UNITS


def _together(
    entry: Entry, wishes: Mapping[Step, dict[str, Any]], columns: Mapping[str, Column]
) -> str:
    """What does not go together among the changed columns; empty where all does."""
    if Step.AMEND not in wishes:
        return ""
    try:
        fields.changed(entry, {n: v for n, v in wishes[Step.AMEND].items() if n in fields.FIELDS})
    except Problem as problem:
        return problem.message
    return ""


def _struck(cell: CellShown, columns: Mapping[str, Column], why: str) -> CellShown:
    step = next((c.step for c in columns.values() if c.heading == cell.heading), None)
    if cell.outcome != Outcome.CHANGED or step != Step.AMEND:
        return cell
    return CellShown(cell.heading, cell.at, cell.base, cell.here, cell.file, Outcome.REFUSED, why)


def _typed(column: Column, value: Any, here: Here) -> Any:
    """A printed value as its step takes it. Raises BAD_INPUT where the column does not."""
    if column.own is not None:
        return fields.own_value(column.own, value)
    if column.kind == Kind.UNITS:
        return _unit_ids(str(value), here.units)
    typed: Any = value
    if column.kind == Kind.PROBLEM:
        typed = str(value).partition(" ")[0]
    elif column.kind == Kind.TOWNSHIP:
        typed = next((t.code for t in townships().values() if t.name == value), None)
    elif column.kind == Kind.DATE:
        typed = date.fromisoformat(value) if value else None
    elif column.kind == Kind.NUMBER:
        typed = None if value == "" else float(value)
    if column.step == Step.AMEND:
        check = fields.FIELDS[column.name]
        return check.clean(check.label, typed, here.entry)
    if value == "":
        raise BAD_INPUT(what=f"“{column.label}”不能清空。")
    if column.step == Step.MARK_NEW:
        return value == fields.YES_NO[0]
    return Nature(value) if column.step == Step.CLASSIFY else value


def _unit_ids(names: str, units: Mapping[str, int]) -> tuple[int, ...]:
    wanted = [name for name in names.split(UNITS_JOIN) if name]
    unknown = [name for name in wanted if name not in units]
    if unknown:
        raise BAD_INPUT(what=f"没有叫“{'、'.join(unknown)[:60]}”的单位，请写全称。")
    if len(set(wanted)) != len(wanted):
        raise BAD_INPUT(what="同一责任单位写了两次。")
    return tuple(units[name] for name in wanted)


def _cell(wish: Wish, here: Any, met: Outcome, why: str) -> CellShown:
    return CellShown(wish.heading, wish.at, wish.base, here, wish.file, met, why)


def _refused(brought: Brought, why: str) -> Judged:
    return Judged(RowShown(brought.entry_id, brought.number, brought.where, Outcome.REFUSED, why))
