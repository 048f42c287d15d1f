"""Which visit a capture belongs to. Called inside a transaction, after the record is safe.

The order: the visit that an earlier capture of the same visit on the phone went to; the visit that
the record names; the person's own visit for the task; a new draft. A task that was closed or given
to somebody else meanwhile takes photos still, where it was theirs when they went out: what was shot
is never lost for what happened at the office. Whether it may be submitted is another question. What a
unit proves goes into its visit for the entry, which the ledger opens, and not once the entry has gone on.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from field_app import tasks
from field_app.captures.record import Record
from field_app.captures.states import (
    ENTRY_GONE_ON,
    NOT_YOURS,
    UNKNOWN_TASK,
    UNKNOWN_VISIT,
    Decision,
    Held,
)
from field_app.forms import shipped, versions
from field_app.inspections.visits import EDITABLE, new_draft
from field_app.ledger import rectifying
from field_app.problems import WRONG_STATE, Problem
from field_app.roles import Who
from models.tables import (
    Capture,
    FormVersion,
    Inspection,
    PackageIssue,
    Parcel,
    ParcelShape,
    Task,
)
from models.vocabulary import InspectionState, Purpose

_OWN = (*EDITABLE, InspectionState.SUBMITTED, InspectionState.CONFIRMED)


def visit_for(session: Session, capture: Capture, record: Record, who: Who, now: datetime) -> int:
    """The visit of a capture, made where there is none; linked to the capture. Raises Held."""
    found = (
        _linked(session, capture, record)
        or _named(session, record, who)
        or _of_task(session, capture, record, who, now)
    )
    capture.inspection_id = found
    return found


def _linked(session: Session, capture: Capture, record: Record) -> int | None:
    query = (
        select(Inspection.id)
        .join(Capture, col(Capture.inspection_id) == Inspection.id)
        .where(Capture.person_id == capture.person_id, Capture.visit == capture.visit)
        .order_by(col(Capture.id))
        .limit(1)
    )
    if record.task is not None:
        query = query.where(Inspection.task_id == record.task)
    return session.exec(query).first()


def _named(session: Session, record: Record, who: Who) -> int | None:
    if record.inspection is None:
        return None
    visit = session.get(Inspection, record.inspection)
    if visit is not None and visit.person_id == who.id and record.task in (None, visit.task_id):
        return visit.id
    if record.task is None:
        raise Held(UNKNOWN_VISIT, f"采集记录所写的核查（编号 {record.inspection}）不是本人的")
    return None


def _of_task(session: Session, capture: Capture, record: Record, who: Who, now: datetime) -> int:
    if record.task is None:
        raise Held(UNKNOWN_TASK, "采集记录没有写明是哪个任务")
    task = session.get(Task, record.task, with_for_update=True)  # two captures wait for each other
    if task is None:
        raise Held(UNKNOWN_TASK, f"找不到采集记录所写的任务（编号 {record.task}）")
    if task.purpose == Purpose.PROOF:
        return _of_proof(session, record.task, who, now)
    if not (
        capture.decision == Decision.ADMITTED
        or tasks.may_work(who, task)
        or session.get(PackageIssue, (who.id, record.task)) is not None
    ):
        raise Held(NOT_YOURS, "这个任务没有分给采集人，采集人领的离线包里也没有它")
    query = (
        select(Inspection)
        .where(Inspection.task_id == task.id, Inspection.person_id == who.id)
        .order_by(col(Inspection.id).desc())
    )
    own = list(session.exec(query))
    for states in (EDITABLE, _OWN):  # an open one first
        for visit in own:
            if visit.state in states and visit.id is not None:
                return visit.id
    return new_draft(
        session,
        task,
        who,
        shape_no=_shape_no(session, task, record.shape_no),
        form=_form(session, record.form, now),
        now=now,
    )


def _of_proof(session: Session, task_id: int, who: Who, now: datetime) -> int:
    try:
        return rectifying.proof_for(session, task_id, who=who, now=now)
    except Problem as refused:
        if refused.kind is not WRONG_STATE:
            raise
        raise Held(
            ENTRY_GONE_ON,
            f"这条问题现在是“{refused.facts['state']}”，不收整改后照片；照片已收存，再转为“整改中”时自动归入",
        ) from refused


def _shape_no(session: Session, task: Task, seen: int | None) -> int:
    """The shape that the phone had before it, where there was one of that number."""
    current = session.get_one(Parcel, task.parcel_id).shape_no
    if seen is None or seen == current:
        return current
    former = select(ParcelShape.id).where(
        ParcelShape.parcel_id == task.parcel_id, ParcelShape.shape_no == seen
    )
    return current if session.exec(former).first() is None else seen


def _form(session: Session, asked_by: str | None, now: datetime) -> str:
    """The form that the phone asked by, where this server ever had it."""
    newest = versions.newest(session, now=now)
    if asked_by is None or asked_by == newest.sha256:
        return newest.sha256
    if asked_by == shipped().sha256:
        versions.keep(session, shipped(), own=False, person_id=None, now=now)
        return asked_by
    known = session.get(FormVersion, asked_by) is not None
    return asked_by if known else newest.sha256
