"""A county with a visit under way, an office that decides on the rules, and a worker."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from field_app.db import reading
from field_app.reexamining import runs
from field_app.reexamining.states import RunState
from field_app.reexamining.worker import Worker
from field_app.roles import Who
from models.tables import Event, Examination, Photo, Reexamination
from models.vocabulary import Role
from photos.examine import Thresholds
from tests import rows
from tests.inspections.conftest import Visit, visit

__all__ = ["visit"]

STRICT: Thresholds = {"on_parcel": {"tolerance_m": 10.0, "fail_m": 15.0}}
"""Rules by which a photo from 40 m away is 不符; by the declared ones it passes."""


@pytest.fixture
def office(database: str) -> Who:
    return rows.a_person(Role.OFFICE, "县办")


@pytest.fixture
def work(noon: datetime) -> Callable[[], None]:
    """Lets a worker do all there is to do, an hour after noon."""

    def until_done(worker: Worker | None = None) -> None:
        worker = worker or Worker()
        for _ in range(200):
            if not worker.step(now=noon + timedelta(hours=1)):
                return
        raise AssertionError("the worker never ends")

    return until_done


@pytest.fixture
def strict_run(visit: Visit, office: Who, noon: datetime) -> int:
    """Two photos of the visit, one from 40 m away, and a run of strict rules over them."""
    visit.shoot(1, kind="全景")
    visit.shoot(2, kind="全景", away_m=40)
    return runs.propose(STRICT, why="专班要求收紧距离", who=office, now=noon)


def verdicts() -> list[str]:
    with reading() as session:
        return list(session.exec(select(Photo.verdict).order_by(col(Photo.id))))


def examinations(photo_id: int) -> list[Examination]:
    with reading() as session:
        query = select(Examination).where(Examination.photo_id == photo_id)
        return list(session.exec(query.order_by(col(Examination.id))))


def state_of(run_id: int) -> RunState:
    with reading() as session:
        return RunState(session.get_one(Reexamination, run_id).state)


def events_of(about: str, about_id: int) -> list[Event]:
    with reading() as session:
        query = select(Event).where(Event.about == about, Event.about_id == about_id)
        return list(session.exec(query.order_by(col(Event.id))))
