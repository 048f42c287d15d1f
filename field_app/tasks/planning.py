"""Tasks are made for parcels, and opened again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from field_app import events
from field_app.db import is_sqlite, writing
from field_app.problems import BAD_INPUT, NOT_FOUND, TASK_OPEN_ALREADY, WRONG_STATE
from field_app.roles import Action, Who, require
from field_app.tasks.rights import may_work
from models.tables import Inspection, Task, Team, metadata
from models.vocabulary import Purpose

_ELSEWHERE = {
    Purpose.PROOF: "由责任单位在台账条目里办理",
    Purpose.SECOND_LOOK: "由“抽查与回头看”抽取后安排，参与过的人不再派去",
    Purpose.SPOT_CHECK: "由“抽查与回头看”抽取后安排，参与过的人不再派去",
}
PLANNED = tuple(purpose for purpose in Purpose if purpose not in _ELSEWHERE)
"""What the office sends a team for. A second look is drawn: here nobody would be kept away from what
he did himself."""
_AT_ONCE = 500  # databases bound the length of a list of values


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
    if purpose not in PLANNED:
        raise BAD_INPUT(what=f"不能在这里安排“{purpose}”任务，{_ELSEWHERE[purpose]}。")
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
        made = _insert(
            session,
            [
                {
                    "parcel_id": p,
                    "team_id": team_id,
                    "purpose": purpose,
                    "opens_at": opens_at,
                    "closes_at": closes_at,
                    "created_at": now,
                }
                for p in dict.fromkeys(parcel_ids)
                if p not in open_ones
            ],
        )
        events.note(
            session,
            "team",
            team_id,
            "安排任务",
            at=now,
            person_id=who.id,
            new={"tasks": made, "purpose": str(purpose)},
        )
    return made


def assign(
    session: Session,
    parcel_id: int,
    purpose: Purpose,
    *,
    team_id: int | None,
    person_id: int | None,
    barred: Sequence[int],
    window: tuple[datetime, datetime],
    now: datetime,
) -> int | None:
    """A task for one parcel, for a team or a person of it, closed to those who are `barred`; its
    id, or None where an open one of this purpose is there already."""
    if window[1] <= window[0]:
        raise BAD_INPUT(what="任务的截止时间须晚于开始时间。")
    table = metadata.tables["task"]
    row = {
        "parcel_id": parcel_id,
        "team_id": team_id,
        "person_id": person_id,
        "purpose": str(purpose),
        "opens_at": window[0],
        "closes_at": window[1],
        "created_at": now,
        "barred": sorted(barred),
    }
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    adding = insert(table).values(row).on_conflict_do_nothing().returning(table.c.id)
    made: int | None = session.connection().execute(adding).scalar_one_or_none()
    return made


def hand_to(
    session: Session,
    task_id: int,
    *,
    team_id: int | None,
    person_id: int | None,
    by: Who,
    now: datetime,
) -> None:
    """Gives a task that nobody has begun to another team or person; WRONG_STATE where somebody
    has."""
    task = session.get_one(Task, task_id, with_for_update=True)
    begun = select(Inspection.id).where(Inspection.task_id == task_id)
    if session.exec(begun).first() is not None:
        raise WRONG_STATE(what="这个任务", state="已开始核查", action="改派")
    old = {"team": task.team_id, "person": task.person_id}
    task.team_id, task.person_id = team_id, person_id
    new = {"team": team_id, "person": person_id}
    events.note(session, "task", task_id, "改派任务", at=now, person_id=by.id, old=old, new=new)


def give_back(
    session: Session, task_id: int, inspector: Who, *, why: str, by: Who, now: datetime
) -> None:
    """Opens a task again for the person who was out for it; another open one for the same parcel
    and purpose keeps it closed (TASK_OPEN_ALREADY)."""
    task = session.get_one(Task, task_id, with_for_update=True)
    old = {"person": task.person_id, "done_at": task.done_at and task.done_at.isoformat()}
    if task.done_at is not None:
        other = select(Task.id).where(
            Task.parcel_id == task.parcel_id,
            Task.purpose == task.purpose,
            col(Task.done_at).is_(None),
        )
        if session.exec(other).first() is not None:
            raise TASK_OPEN_ALREADY()
        task.done_at = None
    if not may_work(inspector, task):
        task.person_id = inspector.id
    new = {"person": task.person_id, "done_at": None}
    if new != old:
        events.note(
            session,
            "task",
            task_id,
            "重新打开任务",
            at=now,
            person_id=by.id,
            old=old,
            new=new,
            why=why,
        )


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Adds the tasks whose parcel has got no open one for the purpose meanwhile; how many."""
    table = metadata.tables["task"]
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    made = 0
    for start in range(0, len(rows), _AT_ONCE):
        adding = insert(table).values(rows[start : start + _AT_ONCE]).on_conflict_do_nothing()
        made += len(session.connection().execute(adding.returning(table.c.id)).all())
    return made
