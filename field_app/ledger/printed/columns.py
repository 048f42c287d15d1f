"""The columns of the ledgers as printed: what stands in each, how wide it is, and by which step a
file that comes back may bring a new value.

A column without a step belongs to the system: its cells are locked and never read back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from field_app import clock
from field_app.ledger import fields
from field_app.ledger.listing import problem_label
from field_app.ledger.workflow import RIGHTS, TRANSITIONS, Step
from field_app.roles import Who, scope
from field_app.settings import settings
from models.base import words
from models.taxonomy import (
    OwnColumn,
    categories,
    ledger_columns,
    own_columns,
    problem_types,
    township_name,
    townships,
)
from models.vocabulary import EntryState, Nature

COMMON_FORM = "附件2(1-6)"
OWN_GROUP = "本台账专有"
UNITS_JOIN = "、"


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    UNITS = "units"
    PROBLEM = "problem"
    TOWNSHIP = "township"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is written: its row of the database, its units, the place in its sheet."""

    place: int
    row: Mapping[Any, Any]
    units: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A common column. `name` is the entry's field that a file may change, by `step`."""

    group: str
    width: int  # in Latin characters, as Excel counts; narrow, since all is to fit one A3 page
    write: Callable[[Line], Any]
    name: str = ""
    kind: Kind = Kind.TEXT
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one ledger's sheet. `own` is set for those that only this ledger has; `choices`
    is what its cells choose from, empty where they are typed."""

    heading: str
    group: str
    width: int
    write: Callable[[Line], Any]
    name: str
    kind: Kind
    step: Step | None
    choices: tuple[str, ...] = ()
    own: OwnColumn | None = None

    @property
    def label(self) -> str:
        """The heading without its explanation."""
        return heading_key(self.heading)


# By their name in the annex up to the bracket, which only explains them.
COMMON: dict[str, Spec] = {
    "序号": Spec("基本情况", 5, lambda e: e.place),
    "问题编号": Spec("基本情况", 11, lambda e: e.row["number"]),
    "乡镇/部门": Spec(
        "基本情况", 8, lambda e: township_name(e.row["township_code"]),
        "township_code", Kind.TOWNSHIP, Step.AMEND,
    ),
    "村": Spec("基本情况", 8, lambda e: e.row["village"], "village", Kind.TEXT, Step.AMEND),
    "问题来源": Spec("基本情况", 12, lambda e: e.row["source"]),
    "发现日期": Spec("基本情况", 10, lambda e: e.row["found_on"], kind=Kind.DATE),
    "项目编号": Spec("基本情况", 10, lambda e: e.row["project_code"]),
    "项目名称": Spec("基本情况", 12, lambda e: e.row["project"]),
    "地块/图斑编号": Spec("基本情况", 10, lambda e: e.row["parcel"]),
    "问题大类": Spec(
        "问题", 8, lambda e: f"{e.row['category']} {categories()[e.row['category']].name}"
    ),
    "问题子类": Spec(
        "问题", 14, lambda e: problem_label(e.row["problem_type"]),
        "problem_type", Kind.PROBLEM, Step.AMEND,
    ),
    "问题描述": Spec(
        "问题", 26, lambda e: e.row["description"], "description", Kind.TEXT, Step.AMEND
    ),
    "涉及面积": Spec("问题", 8, lambda e: e.row["area_mu"], "area_mu", Kind.NUMBER, Step.AMEND),
    "其中耕地": Spec(
        "问题", 8, lambda e: e.row["cultivated_mu"], "cultivated_mu", Kind.NUMBER, Step.AMEND
    ),
    "责任主体": Spec("责任与定性", 14, lambda e: e.units, fields.UNITS, Kind.UNITS, Step.AMEND),
    "责任人": Spec(
        "责任与定性", 7, lambda e: e.row["responsible_person"],
        "responsible_person", Kind.TEXT, Step.AMEND,
    ),
    "问题性质": Spec(
        "责任与定性", 10, lambda e: e.row["nature"], "nature", Kind.CHOICE, Step.CLASSIFY
    ),
    "是否边整治边发生": Spec(
        "责任与定性", 6, lambda e: yes_no(e.row["arose_during"]),
        "arose_during", Kind.YES_NO, Step.MARK_NEW,
    ),
    "整改措施": Spec("整改", 24, lambda e: e.row["measure"], "measure", Kind.TEXT, Step.AMEND),
    "整改期限": Spec("整改", 10, lambda e: e.row["due_on"], "due_on", Kind.DATE, Step.AMEND),
    "整改进展": Spec("整改", 20, lambda e: e.row["progress"], "progress", Kind.TEXT, Step.REPORT),
    "整改完成日期": Spec("整改", 10, lambda e: e.row["rectified_on"], kind=Kind.DATE),
    "核查人": Spec("核查", 7, lambda e: e.row["inspector"]),
    "核查日期": Spec("核查", 10, lambda e: _day(e.row["submitted_at"]), kind=Kind.DATE),
    "核查结论": Spec("核查", 7, lambda e: e.row["conclusion"]),
    "佐证材料": Spec(
        "核查", 9, lambda e: "、".join(str(number) for number in e.row["photo_ids"] or ())
    ),
    "是否销号": Spec("销号与后续", 5, lambda e: yes_no(e.row["state"] == EntryState.CLOSED)),
    "销号日期": Spec("销号与后续", 10, lambda e: e.row["closed_on"], kind=Kind.DATE),
    "是否移送": Spec("销号与后续", 5, lambda e: yes_no(e.row["handed_to"])),
    "移送机关及文号": Spec("销号与后续", 11, lambda e: e.row["handed_to"]),
    "是否拉条挂账": Spec(
        "销号与后续", 9, lambda e: f"是：{e.row['carried']}" if e.row["carried"] else "否"
    ),
    "回头看结果": Spec("销号与后续", 10, lambda e: e.row["second_look"]),
    "备注": Spec("备注", 10, lambda e: e.row["remark"], "remark", Kind.TEXT, Step.AMEND),
}  # fmt: skip
NUMBER_LABEL = "问题编号"
PLACE_LABEL = "序号"

_OWN_WIDTH = {"text": 10, "number": 9, "year": 6, "date": 10, "choice": 8, "yes_no": 6}


def heading_key(column: str) -> str:
    """The column's name without its explanation: `涉及面积(亩)` is `涉及面积`."""
    return column.partition("(")[0]


def columns_of(category: int) -> tuple[Column, ...]:
    """All columns of a ledger's sheet, in the annex's order."""
    return _columns(category, settings().county_code)


@lru_cache(maxsize=16)
def _columns(category: int, county_code: str) -> tuple[Column, ...]:
    common = (_common(heading, category, county_code) for heading in ledger_columns(COMMON_FORM))
    return tuple(common) + tuple(_own(column) for column in own_columns(category).values())


def _common(heading: str, category: int, county_code: str) -> Column:
    spec = COMMON[heading_key(heading)]
    choices: tuple[str, ...] = ()
    if spec.kind == Kind.PROBLEM:
        codes = (t.code for t in problem_types().values() if t.category == category)
        choices = tuple(problem_label(code) for code in codes)
    elif spec.kind == Kind.TOWNSHIP:
        choices = tuple(t.name for t in townships().values() if t.county_code == county_code)
    elif spec.name == "nature":
        choices = tuple(words(Nature))
    elif spec.kind == Kind.YES_NO:
        choices = fields.YES_NO
    return Column(
        heading, spec.group, spec.width, spec.write, spec.name, spec.kind, spec.step, choices
    )


def _own(column: OwnColumn) -> Column:
    choices = fields.YES_NO if column.type == "yes_no" else column.choices

    def write(line: Line) -> Any:
        return own_printed(column, (line.row["extra"] or {}).get(column.name, ""))

    return Column(
        column.name, OWN_GROUP, _OWN_WIDTH[column.type], write, column.name, Kind(column.type),
        Step.AMEND, choices, column,
    )  # fmt: skip


def own_printed(column: OwnColumn, value: Any) -> Any:
    """A kept value of a ledger's own column as a cell takes it: a day is a day."""
    if column.type == "date":
        try:
            return date.fromisoformat(str(value)) if value else value
        except ValueError:  # from before dates were asked
            return value
    number = column.type == "number" and isinstance(value, int | float)
    return float(value) if number and not isinstance(value, bool) else value


@lru_cache(maxsize=64)
def open_steps(who: Who, state: str) -> frozenset[Step]:
    """The steps for which the cells of an entry in this state are open in what this person exports.
    The progress is open whoever exports: the office sends its file on to the units. Whether the
    entry is theirs who bring it is asked when it comes back."""
    return frozenset(
        step
        for step in (Step.AMEND, Step.CLASSIFY, Step.MARK_NEW, Step.REPORT)
        if (EntryState(state), step) in TRANSITIONS
        and (step == Step.REPORT or scope(who, RIGHTS[step]) is not None)
    )


def yes_no(value: object) -> str:
    return fields.YES_NO[0] if value else fields.YES_NO[1]


def _day(at: datetime | None) -> date | None:
    return clock.local(at).date() if at else None
