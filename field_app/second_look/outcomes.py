"""How far each that was drawn is, from its task and the visits of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from models.tables import Draw, DrawnParcel, Entry, Finding, Inspection
from models.vocabulary import InspectionState


@dataclass(frozen=True, slots=True)
class DrawnFor:
    """The draw that a task was made for, and the closed entry that is looked at again, if it is of
    one."""

    draw_id: int
    number: str
    entry_id: int | None
    entry_number: str


class Outcome(StrEnum):
    """How far one that was drawn is, and what its visit found."""

    UNPLANNED = "未安排"
    OPEN = "待核查"
    UNDER_WAY = "核查中"
    SUBMITTED = "待审核"
    AS_BEFORE = "一致"
    OTHERWISE = "不一致"


DECIDED = (Outcome.AS_BEFORE, Outcome.OTHERWISE)
# A colleague's draft says nothing once somebody's visit was decided.
_RANKS = (
    InspectionState.DRAFT,
    InspectionState.RETURNED,
    InspectionState.SUBMITTED,
    InspectionState.REJECTED,
    InspectionState.CONFIRMED,
)


Visit = tuple[int, str, int | None]
"""Its id, its state, and its finding's id."""
Of = tuple[str, Outcome, Visit | None]
"""Stratum, outcome, and the visit that counts."""


def of_draws(session: Session, draw_ids: Collection[int]) -> dict[int, dict[int, Of]]:
    """By draw and drawn row, in the order of the draw: stratum, outcome and visit."""
    of_these = col(DrawnParcel.draw_id).in_(list(draw_ids))
    visits: dict[int, list[Visit]] = defaultdict(list)
    query: Any = (
        select(Inspection.task_id, Inspection.id, Inspection.state, Finding.id)
        .outerjoin(Finding, col(Finding.inspection_id) == Inspection.id)
        .where(col(Inspection.task_id).in_(select(DrawnParcel.task_id).where(of_these)))
    )
    for task_id, *visit in session.exec(query):
        visits[task_id].append(tuple(visit))
    drawn = (
        select(DrawnParcel.draw_id, DrawnParcel.id, DrawnParcel.stratum, DrawnParcel.task_id)
        .where(of_these)
        .order_by(col(DrawnParcel.id))
    )
    found: dict[int, dict[int, Of]] = {draw_id: {} for draw_id in draw_ids}
    for draw_id, drawn_id, stratum, task_id in session.exec(drawn):
        best = max(
            visits.get(task_id or 0, ()),
            key=lambda v: (_RANKS.index(InspectionState(v[1])), v[0]),
            default=None,
        )
        found[draw_id][drawn_id or 0] = (stratum, _outcome(task_id, best), best)
    return found


def _outcome(task_id: int | None, visit: Visit | None) -> Outcome:
    if task_id is None:
        return Outcome.UNPLANNED
    if visit is None:
        return Outcome.OPEN
    _, state, finding = visit
    if state == InspectionState.CONFIRMED:
        return Outcome.AS_BEFORE if finding is None else Outcome.OTHERWISE
    if state == InspectionState.REJECTED:  # what was found does not hold
        return Outcome.AS_BEFORE
    return Outcome.SUBMITTED if state == InspectionState.SUBMITTED else Outcome.UNDER_WAY


def of_task(session: Session, task_id: int) -> DrawnFor | None:
    """What a task was drawn for; None where the office planned it otherwise."""
    query = (
        select(Draw.id, Draw.number, DrawnParcel.entry_id, Entry.number)
        .join(DrawnParcel, col(DrawnParcel.draw_id) == Draw.id)
        .outerjoin(Entry, col(Entry.id) == DrawnParcel.entry_id)
        .where(DrawnParcel.task_id == task_id)
        .order_by(col(DrawnParcel.id))
        .limit(1)
    )
    found = session.exec(query).first()
    if found is None:
        return None
    draw_id, number, entry_id, entry = found
    return DrawnFor(draw_id or 0, number, entry_id, entry or "")
