"""整改举证: the visit in which somebody of a responsible unit proves the rectification of an entry.

Its photos come in by the same door as all others and are examined against the same parcel. It opens
and closes with its entry: handed in when the unit applies, given back when the entry is sent back,
confirmed by the close-out. So every function here is called inside the transaction of that step.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from field_app import events
from field_app.forms import versions
from field_app.inspections.visits import EDITABLE
from models.base import words
from models.tables import EntryProof, Inspection, Parcel, Task
from models.vocabulary import InspectionState, Purpose

_OPEN_FOR = timedelta(days=3650)
"""A deadline that has passed makes a photo late, not untrue: the window only says from when on."""


def task_of(
    session: Session,
    entry_id: int,
    parcel_id: int,
    person_id: int,
    *,
    since: datetime,
    now: datetime,
) -> Task:
    """The open task of this person for the entry, or a new one: it names what is to be shot to a phone
    that goes out, and is no visit yet. What was shot before `since` lies outside its window."""
    task = session.exec(
        select(Task)
        .join(EntryProof, col(EntryProof.task_id) == Task.id)
        .where(
            EntryProof.entry_id == entry_id,
            EntryProof.person_id == person_id,
            col(EntryProof.closed_at).is_(None),
        )
    ).one_or_none()
    if task is None:
        task = Task(
            parcel_id=parcel_id,
            person_id=person_id,
            purpose=Purpose.PROOF,
            opens_at=since,
            closes_at=since + _OPEN_FOR,
            created_at=now,
        )
        session.add(task)
        session.flush()
        assert task.id is not None
        session.add(EntryProof(task_id=task.id, entry_id=entry_id, person_id=person_id))
    return task


def open_proof(
    session: Session,
    entry_id: int,
    parcel_id: int,
    person_id: int,
    *,
    since: datetime,
    now: datetime,
) -> int:
    """The open visit of this person for the entry, or a new one; `since` as for `task_of`."""
    task = task_of(session, entry_id, parcel_id, person_id, since=since, now=now)
    visit = session.exec(select(Inspection).where(Inspection.task_id == task.id)).one_or_none()
    if visit is None:
        assert task.id is not None
        visit = Inspection(
            task_id=task.id,
            parcel_id=parcel_id,
            person_id=person_id,
            state=InspectionState.DRAFT,
            shape_no=session.get_one(Parcel, parcel_id).shape_no,
            form=versions.newest(session, now=now).sha256,
            opened_at=now,
            changed_at=now,
        )
        session.add(visit)
        session.flush()
        assert visit.id is not None
        events.note(session, "inspection", visit.id, "开始整改举证", at=now, person_id=person_id)
    assert visit.id is not None
    return visit.id


def open_of(session: Session, entry_id: int, person_id: int) -> int | None:
    """The visit of this person for the entry that takes photos now, if it has been opened."""
    query = (
        select(Inspection.id)
        .join(EntryProof, col(EntryProof.task_id) == Inspection.task_id)
        .where(
            EntryProof.entry_id == entry_id,
            EntryProof.person_id == person_id,
            col(Inspection.state).in_(words(EDITABLE)),
        )
    )
    return session.exec(query).one_or_none()


def hand_in(session: Session, entry_id: int, *, person_id: int, now: datetime) -> None:
    """The unit applied: nothing is added or taken away any more."""
    _turn(session, entry_id, EDITABLE, InspectionState.SUBMITTED, "提交", person_id, now)


def give_back(session: Session, entry_id: int, *, why: str, person_id: int, now: datetime) -> None:
    """Sent back, or the application was undone: photos may be added again."""
    submitted = (InspectionState.SUBMITTED,)
    for visit in _turn(
        session, entry_id, submitted, InspectionState.RETURNED, "退回", person_id, now
    ):
        visit.returned_why = why


def confirm_all(session: Session, entry_id: int, *, person_id: int, now: datetime) -> None:
    """The entry is closed on these proofs."""
    submitted = (InspectionState.SUBMITTED,)
    for visit in _turn(
        session, entry_id, submitted, InspectionState.CONFIRMED, "确认", person_id, now
    ):
        visit.decided_by, visit.decided_at = person_id, now
        _close(session, visit, now)
    for proof in _without_visit(session, entry_id, None):
        _close(session, proof, now)


def take_back(
    session: Session, entry_id: int, *, since: datetime, person_id: int, now: datetime
) -> None:
    """The close-out of the moment `since` was undone: its proofs wait again."""
    confirmed = (InspectionState.CONFIRMED,)
    for visit in _turn(
        session, entry_id, confirmed, InspectionState.SUBMITTED, "撤销确认", person_id, now, since
    ):
        visit.decided_by = visit.decided_at = None
        _close(session, visit, None)
    for proof in _without_visit(session, entry_id, since):
        _close(session, proof, None)


def _close(session: Session, of: Inspection | EntryProof, at: datetime | None) -> None:
    session.get_one(Task, of.task_id).done_at = at
    session.get_one(EntryProof, of.task_id).closed_at = at


def _without_visit(
    session: Session, entry_id: int, closed_at: datetime | None
) -> Sequence[EntryProof]:
    """Proofs of the entry that were taken along and never shot, closed at that moment or open."""
    query = (
        select(EntryProof)
        .outerjoin(Inspection, col(Inspection.task_id) == EntryProof.task_id)
        .where(
            EntryProof.entry_id == entry_id,
            EntryProof.closed_at == closed_at,
            col(Inspection.id).is_(None),
        )
    )
    return session.exec(query).all()


def _turn(
    session: Session,
    entry_id: int,
    of: tuple[InspectionState, ...],
    to: InspectionState,
    action: str,
    person_id: int,
    now: datetime,
    decided_at: datetime | None = None,
) -> list[Inspection]:
    """Every proof of the entry that is in one of the states `of`, turned to `to`."""
    query = (
        select(Inspection)
        .join(EntryProof, col(EntryProof.task_id) == Inspection.task_id)
        .where(EntryProof.entry_id == entry_id, col(Inspection.state).in_(words(of)))
        .with_for_update(of=Inspection)
    )
    if decided_at is not None:
        query = query.where(Inspection.decided_at == decided_at)
    visits = list(session.exec(query))
    for visit in visits:
        old, visit.state = visit.state, to
        visit.changed_at = now
        visit.edition += 1
        if to == InspectionState.SUBMITTED and visit.submitted_at is None:
            visit.submitted_at = now
        assert visit.id is not None
        events.note(
            session,
            "inspection",
            visit.id,
            action,
            at=now,
            person_id=person_id,
            old={"state": old},
            new={"state": str(to)},
        )
    return visits
