"""What waits for a supervisor: captures and hand-ins that could not go into a visit, or could not be
submitted. They are let through or kept aside, with a reason; the evidence stays as it came."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from field_app import tasks
from field_app.accounts import who_is
from field_app.captures import hand_ins, intake
from field_app.captures.deciding import decide
from field_app.captures.keeping import bytes_for
from field_app.captures.states import (
    OTHER_OWNER,
    OTHER_UUID,
    UNKNOWN_TASK,
    UNREADABLE,
    Decision,
    State,
)
from field_app.db import reading, writing
from field_app.inspections.held import is_held
from field_app.problems import NOT_FOUND, WRONG_STATE
from field_app.roles import Action, Who, require
from models.tables import Capture, Inspection, Parcel, Person, Task
from models.taxonomy import township_name
from models.vocabulary import Purpose

MOST_ASKED = 500
_WITHOUT_HOPE = (UNREADABLE, OTHER_UUID, OTHER_OWNER, UNKNOWN_TASK)


class Found(StrEnum):
    """What is held of a capture, for 今日收工."""

    COMPLETE = "complete"
    NO_PHOTO = "no-photo"
    UNKNOWN = "unknown"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A held capture as the supervisor's list shows it. `admissible`: letting it through can help.
    `sha256` is of the bytes that came with it, None where none did; `answers` are questions and what
    was answered, in words."""

    id: int
    type: str
    person: str
    number: str
    place: str
    purpose: str
    kind: str
    made_at: datetime | None
    received_at: datetime
    hold: str
    why: str
    inspection_id: int | None
    sha256: str | None
    admissible: bool
    decision: str
    decided_why: str
    answers: tuple[tuple[str, str], ...]


def what_is_held(asked: Sequence[tuple[str, str | None]], who: Who) -> dict[str, Found]:
    """For each (uuid, sha256 or None) of one's own captures, whether record and bytes are here; the
    store itself is asked for the bytes."""
    require(who, Action.TAKE_PHOTOS)
    uuids = [uuid for uuid, _ in asked]
    with reading() as session:
        query = select(Capture).where(Capture.person_id == who.id, col(Capture.uuid).in_(uuids))
        kept = {capture.uuid: capture for capture in session.exec(query)}
        mine = _sent(session, kept.values())
    with ThreadPoolExecutor(8) as pool:  # a bucket answers each question in some milliseconds
        stored = dict(zip(mine, pool.map(is_held, mine), strict=True))
    return {uuid: _found(kept.get(uuid), sha256, stored) for uuid, sha256 in asked}


def _sent(session: Session, kept: Iterable[Capture]) -> list[str]:
    """Of the hashes that the records name, those whose bytes this person sent."""
    named = {c.sha256 for c in kept if c.sha256 and bytes_for(session, c) == c.sha256}
    return sorted(sha256 for sha256 in named if sha256)


def _found(capture: Capture | None, sha256: str | None, stored: dict[str, bool]) -> Found:
    if capture is None:
        return Found.UNKNOWN
    if capture.type != "photo" and sha256 is None:
        return Found.COMPLETE
    if capture.type == "photo" and sha256 != capture.sha256:
        return Found.DIFFERS
    return Found.COMPLETE if sha256 and stored.get(sha256) else Found.NO_PHOTO


def waiting_count(who: Who) -> int:
    """How many wait for a decision."""
    require(who, Action.REVIEW)
    with reading() as session:
        query = select(func.count()).where(Capture.state == State.HELD, Capture.decision == "")
        return session.exec(query).one()


def listing(who: Who, *, decided: bool = False, limit: int = 50, offset: int = 0) -> list[HeldRow]:
    """What is held and waits for a decision, oldest first; with `decided` what is held still
    although it was decided on, newest first."""
    require(who, Action.REVIEW)
    with reading() as session:
        query = (
            select(Capture, Person, Task, Parcel)
            .join(Person, col(Person.id) == Capture.person_id)
            .outerjoin(Task, col(Task.id) == Capture.task_id)
            .outerjoin(Parcel, col(Parcel.id) == Task.parcel_id)
            .where(Capture.state == State.HELD)
            .limit(limit)
            .offset(offset)
        )
        if decided:
            query = query.where(Capture.decision != "").order_by(col(Capture.id).desc())
        else:
            query = query.where(Capture.decision == "").order_by(col(Capture.id))
        return [_row(session, *found) for found in session.exec(query)]


def _row(
    session: Session, capture: Capture, person: Person, task: Task | None, parcel: Parcel | None
) -> HeldRow:
    known = f"{township_name(parcel.township_code)} {parcel.village}".strip() if parcel else ""
    return HeldRow(
        id=capture.id or 0,
        type=capture.type,
        person=person.display,
        number=parcel.number if parcel else str(capture.facts.get("parcel", "")),
        place=known,
        purpose=task.purpose if task else "",
        kind=str(capture.facts.get("kind", "")),
        made_at=capture.made_at,
        received_at=capture.received_at,
        hold=capture.hold,
        why=capture.why,
        inspection_id=capture.inspection_id,
        sha256=bytes_for(session, capture) if capture.type != "visit" else None,
        admissible=capture.hold not in _WITHOUT_HOPE and not (task and _proves(task)),
        decision=capture.decision,
        decided_why=capture.decided_why,
        answers=hand_ins.told_answers(session, capture) if capture.type == "visit" else (),
    )


def _proves(task: Task) -> bool:
    """What a unit proves goes in by itself once its entry takes photos again; that is the ledger's."""
    return task.purpose == Purpose.PROOF


def held_bytes(number: int, who: Who) -> str:
    """The sha256 of the bytes of a held photo, for those who decide on it."""
    require(who, Action.REVIEW)
    with reading() as session:
        capture = session.get(Capture, number)
        found = bytes_for(session, capture) if capture and capture.type != "visit" else None
    if found is None:
        raise NOT_FOUND(what="这张照片")
    return found


def keep_aside(number: int, *, why: str, who: Who, now: datetime) -> None:
    """Leaves a held capture where it is, as evidence beside the record."""
    with writing() as session:
        decide(session, number, Decision.KEPT_ASIDE, why, who, now)


def admit(number: int, *, why: str, who: Who, now: datetime) -> str:
    """Lets a held capture through: the task is given back to its person and opened again, photos go
    into the visit, a hand-in is submitted beside whatever was. Returns why it is held still, empty
    where it is not: what is incomplete stays a draft for its person to complete."""
    with writing() as session:
        capture = decide(session, number, Decision.ADMITTED, why, who, now)
        if capture.hold in _WITHOUT_HOPE:
            raise WRONG_STATE(what="这条记录", state=capture.why, action="准予提交")
        _give_back(session, capture, why, who, now)
        others = select(Capture.id).where(
            Capture.person_id == capture.person_id,
            Capture.visit == capture.visit,
            Capture.state == State.HELD,
            Capture.id != capture.id,
            Capture.type == "photo",
        )
        photos = [n for n in session.exec(others) if n is not None]
    for each in (*photos, number):  # its photos first: a hand-in waits for them
        intake.place(each, now=now)
    with reading() as session:
        after = session.get_one(Capture, number)
        return after.why if after.state == State.HELD else ""


def _give_back(session: Session, capture: Capture, why: str, who: Who, now: datetime) -> None:
    task_id = capture.task_id
    if task_id is None and capture.inspection_id is not None:
        task_id = session.get_one(Inspection, capture.inspection_id).task_id
    if task_id is None:
        return
    if _proves(session.get_one(Task, task_id)):
        raise WRONG_STATE(what="这条记录", state="整改举证", action="准予提交")
    tasks.give_back(session, task_id, who_is(session, capture.person_id), why=why, by=who, now=now)
