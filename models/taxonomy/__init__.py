"""Categories, problem types, land classes and the other code lists, as data files and a loader.

A county may change the files. Each row keeps its `confidence`: what is inferred or ours is a
working default, not an official list.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

LAND_SCHEME = "三调工作分类"
PLANTING = "ZZSXDM_耕地(现行)"
RECOVERY = "ZZSXDM_恢复属性(现行)"
SLOPE = "GDPDJB_耕地坡度级别"
NO_PHOTO = "WJZLX_未举证类型"


@dataclass(frozen=True, slots=True)
class Category:
    """大类: one of the six ledgers, with the units and measures that the plan presets, and how many
    photos of the rectified parcel a close-out rests on (ours: the plan says "销号" and no more)."""

    no: int
    name: str
    scan_scope: str
    responsible_units: tuple[str, ...]
    measure: str
    after_photos: int
    source: str


@dataclass(frozen=True, slots=True)
class ProblemType:
    """小类 of a category; `field_visible` says whether a field visit can see it."""

    category: int
    code: str
    name: str
    field_visible: bool


@dataclass(frozen=True, slots=True)
class LandClass:
    """A land class of one scheme. The same code can mean another class in another scheme."""

    scheme: str
    code: str
    name: str
    level1_code: str
    level1_name: str
    cultivated: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A row of a small code list."""

    code: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Township:
    """A township by its nine-digit code."""

    county_code: str
    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A responsible unit as the plan names it; `team` is empty where no group covers it."""

    name: str
    kind: str
    township_code: str
    team: str


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A milestone as the plan has it. `when` is a day as 2023-08-02, or weekly, monthly, adhoc."""

    when: str
    task: str
    owers: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that only one ledger has, and what it takes: `type` is text, number, date, year,
    choice or yes_no. Types, units and choices are ours; the annex itself is not public."""

    category: int
    name: str
    type: str
    unit: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindRow:
    """A photo kind: how many a parcel needs, and how to shoot it."""

    name: str
    required: int
    hint: str


def _rows(file: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def categories() -> dict[int, Category]:
    """The six categories by number."""
    return {
        int(r["no"]): Category(
            int(r["no"]),
            r["name"],
            r["scan_scope"],
            tuple(r["responsible_units"].split("、")),
            r["measure"],
            int(r["after_photos"]),
            r["source"],
        )
        for r in _rows("categories.csv")
    }


@lru_cache(maxsize=1)
def problem_types() -> dict[str, ProblemType]:
    """The 28 problem types by code, such as `2-1`."""
    return {
        r["code"]: ProblemType(int(r["category"]), r["code"], r["name"], r["field_visible"] == "1")
        for r in _rows("problem_types.csv")
    }


@lru_cache(maxsize=4)
def land_classes(scheme: str = LAND_SCHEME) -> dict[str, LandClass]:
    """The land classes of one scheme by code."""
    return {
        r["code"]: LandClass(
            r["scheme"],
            r["code"],
            r["name"],
            r["level1_code"],
            r["level1_name"],
            r["is_cultivated"] == "1",
        )
        for r in _rows("land_classes.csv")
        if r["scheme"] == scheme
    }


def land_class_label(code: str, scheme: str = LAND_SCHEME) -> str:
    """`0103 旱地`, or the bare code where the scheme does not have it."""
    known = land_classes(scheme).get(code)
    return f"{code} {known.name}" if known else code


@lru_cache(maxsize=16)
def codes(name: str) -> dict[str, Code]:
    """A small code list, such as `PLANTING`, by code."""
    return {
        r["code"]: Code(r["code"], r["name"], r["note"])
        for r in _rows("attributes.csv")
        if r["dict"] == name
    }


@lru_cache(maxsize=1)
def townships() -> dict[str, Township]:
    """Townships by nine-digit code."""
    return {
        r["code"]: Township(r["county_code"], r["code"], r["name"], r["level"])
        for r in _rows("townships.csv")
    }


def township_name(code: str | None) -> str:
    """The name of a township, the code itself where it is unknown, `未定乡镇` where there is none."""
    if not code:
        return "未定乡镇"
    known = townships().get(code)
    return known.name if known else code


@lru_cache(maxsize=4)
def units(county_code: str) -> tuple[UnitRow, ...]:
    """The responsible units that the county's plan names; none where no file is kept for it."""
    file = f"units_{county_code}.csv"
    if not resources.files(__package__).joinpath(file).is_file():
        return ()
    return tuple(UnitRow(r["name"], r["kind"], r["township_code"], r["team"]) for r in _rows(file))


@lru_cache(maxsize=4)
def milestones(county_code: str) -> tuple[PlannedMilestone, ...]:
    """The milestones of the county's own plan; none where no file is kept for it."""
    file = f"milestones_{county_code}.csv"
    if not resources.files(__package__).joinpath(file).is_file():
        return ()
    return tuple(
        PlannedMilestone(r["date"], r["task"], _parties(r["who"]), r["source"]) for r in _rows(file)
    )


def _parties(who: str) -> tuple[str, ...]:
    """Who owes: what stands before an arrow, to whom it goes is no part of it.

    >>> _parties("乡镇、部门->县专项整治办"), _parties("乡镇、部门/县专项整治办")
    (('乡镇', '部门'), ('乡镇', '部门', '县专项整治办'))
    """
    return tuple(who.partition("->")[0].replace("/", "、").split("、"))


@lru_cache(maxsize=1)
def photo_kinds() -> dict[str, KindRow]:
    """Photo kinds by name, in the order they are asked for."""
    return {
        r["name"]: KindRow(r["name"], int(r["required"]), r["hint"])
        for r in _rows("photo_kinds.csv")
    }


@lru_cache(maxsize=8)
def own_columns(category: int) -> dict[str, OwnColumn]:
    """The columns that only this ledger has, by name, in the annex's order."""
    return {
        r["column"]: OwnColumn(
            category,
            r["column"],
            r["type"],
            r["unit"],
            tuple(c for c in r["choices"].split("|") if c),
        )
        for r in _rows("ledger_fields.csv")
        if r["category"] == str(category)
    }


@lru_cache(maxsize=16)
def ledger_columns(form: str) -> tuple[str, ...]:
    """The column names of one form of the annexes, matched by the start of its name:
    `附件2(1-6)` for the common ones, `附件2-3` for a ledger's own, `附件3` for the project list."""
    return tuple(r["column"] for r in _rows("ledger_columns.csv") if r["form"].startswith(form))
