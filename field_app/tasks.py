"""核查任务: whose, where, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from field_app import events
from field_app.db import reading, writing
from field_app.parcels.search import called, ids_in_box
from field_app.problems import BAD_INPUT, NOT_FOUND
from field_app.roles import Action, Scope, Who, Whose, require, scope
from models import geo
from models.geo import MU_M2, Position
from models.tables import Inspection, Parcel, Project, Task, Team
from models.taxonomy import township_name
from models.vocabulary import InspectionState, Purpose

_Query = Select[Task, Parcel, str, Inspection]


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


def whose(task: Task) -> Whose:
    """Whom a task belongs to."""
    return Whose(task.person_id, task.team_id)


def listing(who: Who, wanted: Wanted) -> tuple[list[TaskRow], int]:
    """The tasks that `who` may see, returned work first, and how many there are in all."""
    require(who, Action.SEE_TASKS)
    newest = (
        select(Inspection.task_id, func.max(Inspection.id).label("newest"))
        .group_by(col(Inspection.task_id))
        .subquery()
    )
    query = (
        select(Task, Parcel, Project.name, Inspection)
        .join(Parcel, col(Parcel.id) == Task.parcel_id)
        .outerjoin(Project, col(Project.id) == Parcel.project_id)
        .outerjoin(newest, newest.c.task_id == Task.id)
        .outerjoin(Inspection, col(Inspection.id) == newest.c.newest)
    )
    if scope(who, Action.SEE_TASKS) != Scope.ALL:
        mine = [col(Task.person_id) == who.id]
        if who.team_id is not None:
            # A task of my team that names nobody, or me.
            mine.append((col(Task.team_id) == who.team_id) & col(Task.person_id).is_(None))
        query = query.where(or_(*mine))
    if not wanted.finished:
        query = query.where(col(Task.done_at).is_(None))
    if wanted.township_code:
        query = query.where(Parcel.township_code == wanted.township_code)
    condition = called(wanted.words)
    if condition is not None:
        query = query.where(condition)
    with reading() as session:
        if wanted.near is not None:
            return _nearest(session, query, wanted, wanted.near)
        total = session.exec(select(func.count()).select_from(query.subquery())).one()
        returned_first = (col(Inspection.state) == InspectionState.RETURNED).desc()
        query = query.order_by(
            func.coalesce(returned_first.element, False).desc(), col(Task.closes_at), col(Task.id)
        )
        found = session.exec(query.limit(wanted.limit).offset(wanted.offset)).all()
        return [_row(*each) for each in found], total


def _nearest(
    session: Session, query: _Query, wanted: Wanted, at: Position
) -> tuple[list[TaskRow], int]:
    radius = wanted.radius_m or 5000.0
    ids = ids_in_box(session, geo.box_around(at, radius))
    rows: list[TaskRow] = []
    for start in range(0, len(ids), 500):
        part = query.where(col(Parcel.id).in_(ids[start : start + 500]))
        for task, parcel, project, inspection in session.exec(part):
            distance = geo.distance_to_m(parcel.boundary, at)
            if distance <= radius:
                row = _row(task, parcel, project, inspection)
                bearing = geo.bearing_to_deg(parcel.boundary, at)
                rows.append(replace(row, distance_m=distance, bearing_deg=bearing))
    rows.sort(key=lambda r: r.distance_m or 0.0)
    return rows[wanted.offset : wanted.offset + wanted.limit], len(rows)


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


def plan(
    parcel_ids: Sequence[int],
    *,
    team_id: int,
    purpose: Purpose,
    opens_at: datetime,
    closes_at: datetime,
    who: Who,
    now: datetime,
) -> int:
    """Makes a task for each parcel that has no open one for this purpose; returns how many."""
    require(who, Action.PLAN_TASKS)
    if closes_at <= opens_at:
        raise BAD_INPUT(what="任务的截止时间须晚于开始时间。")
    with writing() as session:
        if session.get(Team, team_id) is None:
            raise NOT_FOUND(what="工作组")
        open_ones: set[int] = set()
        for start in range(0, len(parcel_ids), 500):
            query = select(Task.parcel_id).where(
                col(Task.parcel_id).in_(parcel_ids[start : start + 500]),
                Task.purpose == purpose,
                col(Task.done_at).is_(None),
            )
            open_ones.update(session.exec(query))
        made = [p for p in dict.fromkeys(parcel_ids) if p not in open_ones]
        session.add_all(
            Task(
                parcel_id=p,
                team_id=team_id,
                purpose=purpose,
                opens_at=opens_at,
                closes_at=closes_at,
                created_at=now,
            )
            for p in made
        )
        events.note(
            session,
            "team",
            team_id,
            "安排任务",
            at=now,
            person_id=who.id,
            new={"tasks": len(made), "purpose": str(purpose)},
        )
    return len(made)
