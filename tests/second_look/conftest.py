"""A small county in which things were closed and found in order by 何映 of 二组."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from field_app import db
from field_app.ledger.workflow import Step
from field_app.roles import Who
from models.tables import Event, Inspection
from models.vocabulary import EntryState, InspectionState, Role
from tests import rows


@dataclass(frozen=True)
class Cast:
    """Who there is; `heying` made every first visit, `zhou` closed, `wu` has no part in it."""

    heying: Who
    other: Who  # of the same team
    away: Who  # of another team
    zhou: Who
    wu: Who
    office: Who


@pytest.fixture
def cast(database: str) -> Cast:
    rows.units_of_the_plan()
    return Cast(
        rows.a_person(Role.INSPECTOR, "何映", team="二组"),
        rows.a_person(Role.INSPECTOR, "陆川", team="二组"),
        rows.a_person(Role.INSPECTOR, "康平", team="一组"),
        rows.a_person(Role.SUPERVISOR, "周督导"),
        rows.a_person(Role.SUPERVISOR, "吴督导"),
        rows.a_person(Role.OFFICE, "钱主任"),
    )


def a_visited(who: Who, now: datetime, *, category: int | None, **parcel: object) -> int:
    """A parcel whose visit was confirmed a day ago; returns the visit."""
    parcel_id = rows.a_parcel_row(**parcel)  # type: ignore[arg-type]
    task = rows.a_task(parcel_id)
    visit, _ = rows.a_submitted_inspection(who, task_id=task, category=category)
    with db.writing() as session:
        row = session.get_one(Inspection, visit)
        row.state, row.decided_at = InspectionState.CONFIRMED, now - timedelta(days=1)
        session.get_one(rows.Task, task).done_at = now - timedelta(days=1)
    return visit


def closed_entries(cast: Cast, now: datetime, count: int, **columns: object) -> list[int]:
    """Entries of 留山镇 and every fourth of 皇后乡, found by 何映, closed by 周督导 yesterday."""
    made = []
    for n in range(count):
        township = rows.HUANGHOU if n % 4 == 3 else rows.LIUSHAN
        visit = a_visited(cast.heying, now, category=2, township_code=township)
        with db.reading() as session:
            parcel = session.get_one(Inspection, visit).parcel_id
        given = {
            "number": f"411321-2-2026-{n + 1:04d}",
            "state": EntryState.CLOSED,
            "closed_on": rows.clock.local(now).date() - timedelta(days=1),
            "inspection_id": visit,
            "finding_id": rows.a_finding_of(visit),
            "parcel_id": parcel,
            "township_code": township,
        }
        entry = rows.an_entry(["留山镇人民政府"], **(given | columns))  # type: ignore[arg-type]
        with db.writing() as session:
            at = now - timedelta(days=1)
            closed = {"action": str(Step.CLOSE), "person_id": cast.zhou.id, "at": at}
            session.add(Event(about="entry", about_id=entry, **closed))
        made.append(entry)
    return made
