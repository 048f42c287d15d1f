"""What a new entry is preset with: units, measure, deadline, and what the files already know.

Everything here is a proposal that a person may change; nothing is guessed. What each category
presets is said by `preset_book`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from field_app.ledger import deadlines, preset_book
from models.tables import Inspection, Parcel, Project, Unit
from models.taxonomy import PLANTING, codes, land_class_label

EVERY_TOWNSHIP = "各乡镇人民政府"
"""How the plan writes it; for one parcel it means the township that the parcel lies in."""
STEEP = "5"  # 坡度级别 5: over 25°, 第三次全国国土调查


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit that can answer an entry."""

    id: int
    name: str
    kind: str
    township_code: str | None
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The preset of one finding in one category. `unknown_units` are named by the plan but kept
    in no list of units, so that a person is told instead of missing them."""

    category: int
    measure: str
    due_on: date
    units: tuple[UnitChoice, ...]
    unknown_units: tuple[str, ...]

    @property
    def unit_ids(self) -> tuple[int, ...]:
        return tuple(unit.id for unit in self.units)


def unit_choices(session: Session) -> list[UnitChoice]:
    """All units, townships first in the order of their codes."""
    query = select(Unit).order_by(
        col(Unit.township_code).is_(None), col(Unit.township_code), col(Unit.id)
    )
    return [
        UnitChoice(u.id or 0, u.name, u.kind, u.township_code, u.team_id)
        for u in session.exec(query)
    ]


def propose(
    session: Session, *, category: int, township_code: str | None, found_on: date, measure: str = ""
) -> Proposal:
    """The preset for a finding of `category` in a township; `measure` is the inspector's own. The
    days of the preset are working days."""
    plan = preset_book.in_force(session)[category]
    units, unknown = _units_for(plan.units, township_code, unit_choices(session))
    return Proposal(
        category,
        measure.strip() or plan.measure,
        deadlines.after(found_on, plan.days),
        units,
        unknown,
    )


def _units_for(
    named: tuple[str, ...], township_code: str | None, known: list[UnitChoice]
) -> tuple[tuple[UnitChoice, ...], tuple[str, ...]]:
    """The township's government leads, because what is found in a field is answered there."""
    by_name = {unit.name: unit for unit in known}
    lead: list[UnitChoice] = []
    if EVERY_TOWNSHIP in named and township_code:
        lead = [u for u in known if u.township_code == township_code][:1]
    bureaus = [name for name in named if name != EVERY_TOWNSHIP]
    found = [by_name[name] for name in bureaus if name in by_name]
    return (*lead, *found), tuple(name for name in bureaus if name not in by_name)


def own_columns(
    category: int,
    parcel: Parcel | None,
    project: Project | None,
    inspection: Inspection | None,
    photos_say: str,
) -> dict[str, Any]:
    """The ledger's own columns as far as the files know them; an unknown one is left out."""
    known: dict[str, Any] = {}
    if category == 2:
        if project:
            papers = "；".join(p for p in (project.approval, project.acceptance) if p)
            known |= {
                "项目备案编号": project.code,
                "立项/验收文号": papers,
                "报备入库日期": str(project.registered_on or ""),
            }
            if project.new_farmland_ha is not None:
                known["报备新增耕地面积"] = round(project.new_farmland_ha, 4)
        known["举证照片核验结论"] = photos_say
        if inspection:
            known["现状地类(DLBM)"] = land_class_label(_answer(inspection, "land_class"))
    if category == 3:
        if project:
            known |= {
                "项目备案编号": project.code,
                "督察冻结(2021)": {True: "是", False: "否", None: ""}[project.frozen_2021],
            }
        graded = (parcel.quality_grade if parcel else "") or (project.quality if project else "")
        known["报备质量等级/等别"] = graded
        if parcel and parcel.slope_grade:
            known["坡度级别"] = parcel.slope_grade
            known["是否25°以上"] = "是" if parcel.slope_grade == STEEP else "否"
        if inspection:
            planting = codes(PLANTING).get(_answer(inspection, "planting"))
            known["种植属性"] = planting.name if planting else ""
    return {name: value for name, value in known.items() if value not in ("", None)}


def _answer(inspection: Inspection, name: str) -> str:
    value = inspection.answers.get(name)
    return value if isinstance(value, str) else ""
