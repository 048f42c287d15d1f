"""Which tasks somebody sees: by name, place or nearness, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import sqlalchemy
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, or_, true
from sqlmodel import Session, col, select

from field_app.db import reading
from field_app.parcels.nearest import Ranking
from field_app.parcels.search import called, ids_in_box
from field_app.roles import Action, Scope, Who, require, scope
from models import geo
from models.geo import MU_M2, Box, Position
from models.tables import Inspection, Parcel, Project, Task
from models.taxonomy import township_name
from models.vocabulary import InspectionState, Purpose, Role

_Shown = tuple[Task, Parcel, str | None, Inspection | None]
_BOX = ("id", "min_lon", "min_lat", "max_lon", "max_lat")
_AT_ONCE = 500  # databases bound the length of a list of values
# In few questions: SQLite may go through all tasks of the team for each.
_IN_REACH = 20_000


class Progress(StrEnum):
    """How far a task is, from its newest inspection."""

    OPEN = "待核查"
    DRAFT = "草稿"
    RETURNED = "退回补拍"
    SUBMITTED = "待审核"
    DONE = "已完成"


_PROGRESS = {
    None: Progress.OPEN,
    InspectionState.DRAFT: Progress.DRAFT,
    InspectionState.RETURNED: Progress.RETURNED,
    InspectionState.SUBMITTED: Progress.SUBMITTED,
    InspectionState.CONFIRMED: Progress.DONE,
    InspectionState.REJECTED: Progress.DONE,
}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as the list shows it; `at` is a point inside the parcel."""

    id: int
    parcel_id: int
    number: str
    project: str
    township: str
    village: str
    area_mu: float
    purpose: str
    opens_at: datetime
    closes_at: datetime
    progress: Progress
    inspection_id: int | None
    at: Position
    flags: tuple[str, ...] = ()
    distance_m: float | None = None
    bearing_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for. `near` sorts by distance and keeps what lies within
    `radius_m`; `words` search number, village and project."""

    words: str = ""
    township_code: str = ""
    near: Position | None = None
    radius_m: float | None = None
    finished: bool = False
    limit: int = 100
    offset: int = 0


def listing(who: Who, wanted: Wanted) -> tuple[list[TaskRow], int]:
    """The tasks that `who` may see, returned work first, and how many there are in all."""
    require(who, Action.SEE_TASKS)
    conditions = _asked_for(who, wanted)
    with reading() as session:
        if wanted.near is not None:
            return _nearest(session, who, conditions, wanted, wanted.near)
        query = _first_to_last(who, conditions)
        total = session.exec(
            select(func.count()).select_from(query.order_by(None).subquery())
        ).one()
        found = session.exec(query.limit(wanted.limit).offset(wanted.offset)).all()
        return [_row(*each) for each in found], total


def to_take_along(session: Session, who: Who, most: int) -> list[TaskRow]:
    """The open tasks that an inspector may work on, returned work first."""
    require(who, Action.INSPECT)
    found = session.exec(_first_to_last(who, _asked_for(who, Wanted())).limit(most)).all()
    # Who had a hand in what is looked at again may have come to the team later.
    return [_row(task, *more) for task, *more in found if who.id not in task.barred]


def _first_to_last(who: Who, conditions: Sequence[ColumnElement[bool]]) -> Any:
    """Tasks with parcel, project and newest visit: what was sent back first, then by deadline."""
    newest = (
        select(Inspection.task_id, func.max(Inspection.id).label("newest"))
        .where(_counts_for(who))
        .group_by(col(Inspection.task_id))
        .subquery()
    )
    returned = col(Inspection.state) == InspectionState.RETURNED
    return (
        select(Task, Parcel, Project.name, Inspection)
        .join(Parcel, col(Parcel.id) == Task.parcel_id)
        .outerjoin(Project, col(Project.id) == Parcel.project_id)
        .outerjoin(newest, newest.c.task_id == Task.id)
        .outerjoin(Inspection, col(Inspection.id) == newest.c.newest)
        .where(*conditions)
        .order_by(func.coalesce(returned, False).desc(), col(Task.closes_at), col(Task.id))
    )


def _counts_for(who: Who) -> ColumnElement[bool]:
    """Which visits tell `who` how far a task is. To an inspector a colleague's draft or returned
    visit says nothing: it must not hide that his own was sent back."""
    if who.role != Role.INSPECTOR:
        return true()
    told = (InspectionState.SUBMITTED, InspectionState.CONFIRMED, InspectionState.REJECTED)
    return or_(
        col(Inspection.person_id) == who.id, col(Inspection.state).in_([str(s) for s in told])
    )


def _asked_for(who: Who, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Which tasks are listed, as conditions on Task, Parcel and Project."""
    # What a unit proves for an entry stands with the entry.
    conditions: list[ColumnElement[bool]] = [col(Task.purpose) != Purpose.PROOF]
    if scope(who, Action.SEE_TASKS) != Scope.ALL:
        mine = [col(Task.person_id) == who.id]
        if who.team_id is not None:
            # A task of my team that names nobody, or me.
            mine.append((col(Task.team_id) == who.team_id) & col(Task.person_id).is_(None))
        conditions.append(or_(*mine))
    if not wanted.finished:
        conditions.append(col(Task.done_at).is_(None))
    if wanted.township_code:
        conditions.append(col(Parcel.township_code) == wanted.township_code)
    condition = called(wanted.words)
    if condition is not None:
        conditions.append(condition)
    return conditions


def _nearest(
    session: Session,
    who: Who,
    conditions: Sequence[ColumnElement[bool]],
    wanted: Wanted,
    at: Position,
) -> tuple[list[TaskRow], int]:
    """The nearest tasks of the asked page, and how many there are within the radius.

    Boxes tell of most parcels whether they are within it, and bound how far they are; outlines
    are read only where that leaves it open, and for the page.
    """
    radius = wanted.radius_m or 5000.0
    ids = ids_in_box(session, geo.box_around(at, radius))
    hits: list[tuple[int, int]] = []  # task, parcel
    boxes: dict[int, Box] = {}
    for start in range(0, len(ids), _IN_REACH):
        query = (
            sqlalchemy.select(col(Task.id), *(col(getattr(Parcel, name)) for name in _BOX))
            .join(Parcel, col(Parcel.id) == Task.parcel_id)
            .where(col(Parcel.id).in_(ids[start : start + _IN_REACH]), *conditions)
        )
        if wanted.words:  # they are looked for in the project, too
            query = query.outerjoin(Project, col(Project.id) == Parcel.project_id)
        for task_id, parcel_id, *edges in session.connection().execute(query).all():
            hits.append((task_id, parcel_id))
            boxes[parcel_id] = Box(*edges)
    ranking = Ranking(boxes, at, partial(_boundaries, session))
    page, total = ranking.page(hits, radius, wanted.limit, wanted.offset)
    shown = _shown(session, who, [task_id for task_id, _ in page])
    rows = []
    for task_id, parcel_id in page:
        task, parcel, project, inspection = shown[task_id]
        rows.append(
            replace(
                _row(task, parcel, project, inspection),
                distance_m=ranking.distance_m(parcel_id),
                bearing_deg=geo.bearing_to_deg(parcel.boundary, at),
            )
        )
    return rows, total


def _boundaries(session: Session, parcel_ids: Sequence[int]) -> dict[int, BaseGeometry]:
    found: dict[int, BaseGeometry] = {}
    for start in range(0, len(parcel_ids), _AT_ONCE):
        query = select(Parcel.id, Parcel.boundary).where(
            col(Parcel.id).in_(parcel_ids[start : start + _AT_ONCE])
        )
        found.update((i, boundary) for i, boundary in session.exec(query) if i is not None)
    return found


def _shown(session: Session, who: Who, task_ids: Sequence[int]) -> dict[int, _Shown]:
    """What a row needs of each task."""
    found: dict[int, _Shown] = {}
    for start in range(0, len(task_ids), _AT_ONCE):
        part = task_ids[start : start + _AT_ONCE]
        newest = (
            select(func.max(Inspection.id))
            .where(col(Inspection.task_id).in_(part), _counts_for(who))
            .group_by(col(Inspection.task_id))
        )
        visits = session.exec(select(Inspection).where(col(Inspection.id).in_(newest)))
        latest = {visit.task_id: visit for visit in visits}
        query = (
            select(Task, Parcel, Project.name)
            .join(Parcel, col(Parcel.id) == Task.parcel_id)
            .outerjoin(Project, col(Project.id) == Parcel.project_id)
            .where(col(Task.id).in_(part))
        )
        for task, parcel, project in session.exec(query):
            assert task.id is not None
            found[task.id] = (task, parcel, project, latest.get(task.id))
    return found


def _row(task: Task, parcel: Parcel, project: str | None, inspection: Inspection | None) -> TaskRow:
    assert task.id is not None
    state = InspectionState(inspection.state) if inspection else None
    progress = _PROGRESS[state]
    if task.done_at is not None:
        progress = Progress.DONE
    return TaskRow(
        task.id,
        task.parcel_id,
        parcel.number,
        project or "",
        township_name(parcel.township_code),
        parcel.village,
        parcel.area_m2 / MU_M2,
        task.purpose,
        task.opens_at,
        task.closes_at,
        progress,
        inspection.id if inspection else None,
        geo.inside_point(parcel.boundary),
        tuple(str(f.get("label", "")) for f in parcel.flags),
    )
