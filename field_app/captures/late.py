"""Records whose photo never came: the page died with the picture in its memory, or the phone is lost.

The record is proof that somebody pressed the shutter, so it is not forgotten: its person is told at
今日收工, a supervisor after some hours, who may write down that the photo is lost. Nothing is deleted by
that: bytes that come after all are taken in as any others, and the word is taken back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from field_app.captures import deciding, hand_ins, intake
from field_app.captures.states import Decision, State
from field_app.db import reading, writing
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.tables import Capture, Parcel, Person, Task
from models.taxonomy import township_name

MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class LateRow:
    """A record without its photo. `made_at` is the phone's clock, `received_at` since when the server
    has waited for the bytes."""

    id: int
    uuid: str
    person: str
    number: str
    place: str
    purpose: str
    kind: str
    made_at: datetime | None
    received_at: datetime


def _waiting(since: datetime | None = None) -> ColumnElement[bool]:
    waits = (col(Capture.state) == State.WAITING_PHOTO) & (col(Capture.decision) == "")
    return waits if since is None else waits & (col(Capture.received_at) < since)


def _overdue(now: datetime) -> ColumnElement[bool]:
    return _waiting(now - timedelta(hours=settings().photo_late_hours))


def count(who: Who, *, now: datetime) -> int:
    """How many photos are overdue."""
    require(who, Action.REVIEW)
    with reading() as session:
        query = select(func.count()).select_from(Capture).where(_overdue(now))
        return session.exec(query).one()


def listing(who: Who, *, now: datetime, limit: int = 50) -> list[LateRow]:
    """The overdue ones, longest first."""
    require(who, Action.REVIEW)
    with reading() as session:
        return _rows(session, _overdue(now), limit)


def mine(who: Who) -> list[LateRow]:
    """One's own records whose photos have not come yet, however new they are."""
    require(who, Action.TAKE_PHOTOS)
    with reading() as session:
        return _rows(session, _waiting() & (col(Capture.person_id) == who.id), MOST_TOLD)


def _rows(session: Session, which: ColumnElement[bool], limit: int) -> list[LateRow]:
    query = (
        select(Capture, Person, Task, Parcel)
        .join(Person, col(Person.id) == Capture.person_id)
        .outerjoin(Task, col(Task.id) == Capture.task_id)
        .outerjoin(Parcel, col(Parcel.id) == Task.parcel_id)
        .where(which)
        .order_by(col(Capture.received_at), col(Capture.id))
        .limit(limit)
    )
    return [
        LateRow(
            id=capture.id or 0,
            uuid=capture.uuid,
            person=person.display,
            number=parcel.number if parcel else str(capture.facts.get("parcel", "")),
            place=f"{township_name(parcel.township_code)} {parcel.village}" if parcel else "",
            purpose=task.purpose if task else "",
            kind=str(capture.facts.get("kind", "")),
            made_at=capture.made_at,
            received_at=capture.received_at,
        )
        for capture, person, task, parcel in session.exec(query)
    ]


def confirm_lost(number: int, *, why: str, who: Who, now: datetime) -> None:
    """Writes down that a photo is lost; a hand-in waits for it no longer, and what is then missing
    its own rules say. Raises REASON_NEEDED, SECOND_PERSON_NEEDED, CHANGED_MEANWHILE where it came."""
    with writing() as session:
        capture = deciding.decide(
            session, number, Decision.LOST, why, who, now, state=State.WAITING_PHOTO
        )
    for waiting in hand_ins.waiting_for(capture):
        intake.place(waiting, now=now)
