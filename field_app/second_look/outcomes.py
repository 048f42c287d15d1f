"""How far each that was drawn is, from its task and the visits of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from field_app.clock import local
from models.tables import Draw, DrawnParcel, Entry, Finding, Inspection
from models.vocabulary import EntryState, InspectionState


@dataclass(frozen=True, slots=True)
class DrawnFor:
    """The draw that a task was made for, and the closed entry that is looked at again, if it is of
    one; `entry_number` names all where several lie on the parcel."""

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
_RANKS = (
    InspectionState.DRAFT,
    InspectionState.RETURNED,
    InspectionState.SUBMITTED,
    InspectionState.REJECTED,
    InspectionState.CONFIRMED,
)


@dataclass(frozen=True, slots=True)
class Far:
    """How far one is: its stratum, its outcome, the visit that counts, and whether a person has yet
    to decide on its closed entry."""

    stratum: str
    outcome: Outcome
    visit_id: int | None
    undecided: bool


@dataclass(frozen=True, slots=True)
class _Visit:
    id: int
    state: InspectionState
    finding_id: int | None
    decided_at: datetime | None

    @property
    def weight(self) -> tuple[int, int]:
        """A colleague's draft says nothing once somebody's visit was decided."""
        return _RANKS.index(self.state), self.id


def of_draws(session: Session, draw_ids: Collection[int]) -> dict[int, dict[int, Far]]:
    """By draw and drawn row, in the order of the draw."""
    of_these = col(DrawnParcel.draw_id).in_(list(draw_ids))
    visits: dict[int, list[_Visit]] = defaultdict(list)
    query = (
        select(
            col(Inspection.task_id),
            col(Inspection.id),
            col(Inspection.state),
            col(Finding.id),
            col(Inspection.decided_at),
        )
        .outerjoin(Finding, col(Finding.inspection_id) == Inspection.id)
        .where(col(Inspection.task_id).in_(select(col(DrawnParcel.task_id)).where(of_these)))
    )
    for task_id, visit_id, state, finding, at in session.connection().execute(query):
        visits[task_id].append(_Visit(visit_id or 0, InspectionState(state), finding, at))
    drawn = (
        select(
            col(DrawnParcel.draw_id),
            col(DrawnParcel.id),
            col(DrawnParcel.stratum),
            col(DrawnParcel.task_id),
            col(Entry.state),
            col(Entry.second_look),
        )
        .outerjoin(Entry, col(Entry.id) == DrawnParcel.entry_id)
        .where(of_these)
        .order_by(col(DrawnParcel.id))
    )
    found: dict[int, dict[int, Far]] = {draw_id: {} for draw_id in draw_ids}
    for draw_id, row_id, stratum, task, entry, said in session.connection().execute(drawn):
        best = max(visits.get(task or 0, ()), key=lambda v: v.weight, default=None)
        outcome = _outcome(task, best)
        waits = outcome in DECIDED and entry == EntryState.CLOSED
        undecided = waits and not settled(said, best.decided_at if best else None)
        found[draw_id][row_id or 0] = Far(stratum, outcome, best.id if best else None, undecided)
    return found


def settled(second_look: str, decided_at: datetime | None) -> bool:
    """Whether what an entry says of a second look was said since the visit was decided: `closing`
    begins it with its day in China."""
    return decided_at is not None and second_look[:10] >= local(decided_at).date().isoformat()


def _outcome(task_id: int | None, visit: _Visit | None) -> Outcome:
    if task_id is None:
        return Outcome.UNPLANNED
    if visit is None:
        return Outcome.OPEN
    if visit.state == InspectionState.CONFIRMED:
        return Outcome.AS_BEFORE if visit.finding_id is None else Outcome.OTHERWISE
    if visit.state == InspectionState.REJECTED:  # what was found does not hold
        return Outcome.AS_BEFORE
    return Outcome.SUBMITTED if visit.state == InspectionState.SUBMITTED else Outcome.UNDER_WAY


def of_task(session: Session, task_id: int) -> DrawnFor | None:
    """What a task was drawn for; None where the office planned it otherwise."""
    query = (
        select(col(Draw.id), col(Draw.number), col(DrawnParcel.entry_id), col(Entry.number))
        .join(DrawnParcel, col(DrawnParcel.draw_id) == Draw.id)
        .outerjoin(Entry, col(Entry.id) == DrawnParcel.entry_id)
        .where(col(DrawnParcel.task_id) == task_id)
        .order_by(col(DrawnParcel.id))
    )
    found = session.connection().execute(query).all()
    if not found:
        return None
    draw_id, number, entry_id, _ = found[0]
    # Two entries may lie on the parcel; they share the task.
    return DrawnFor(draw_id or 0, number, entry_id, "、".join(e for *_, e in found if e))
