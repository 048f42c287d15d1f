"""A hand-in: the answers of a visit as they stood on the phone, and the wish to submit it.

The answers go in as soon as they come; the submit waits for the photos that the phone named. Of
several hand-ins of one visit the newest counts, whatever the order in which they arrive: each says
all that the phone knew.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from field_app import drafts, tasks
from field_app.captures.placing import visit_for
from field_app.captures.record import Unreadable, VisitRecord, read_record
from field_app.captures.states import (
    FINAL,
    NOT_YOURS,
    SELF_HEALING,
    SUBMITTED_ALREADY,
    Decision,
    Held,
    State,
)
from field_app.db import reading, writing
from field_app.forms import Form, versions
from field_app.inspections import marks as marking
from field_app.inspections.visits import EDITABLE, editable_visit, fill, hand_in
from field_app.problems import CHANGED_MEANWHILE, Problem
from field_app.roles import Who
from models.tables import Capture, FormVersion, Inspection, Photo, Task
from models.vocabulary import FilledBy, InspectionState

_SUPERSEDED = "已由手机上较新的一次填写代替"
_NAMED = 3  # so many questions are named in a reason


def waiting_for(photo: Capture) -> list[int]:
    """The hand-ins that a photo which just arrived may complete."""
    if photo.visit is None:
        return []
    with reading() as session:
        query = select(Capture.id).where(
            Capture.person_id == photo.person_id,
            Capture.visit == photo.visit,
            Capture.type == "visit",
            (Capture.state == State.WAITING_PHOTOS) | (Capture.hold == "incomplete"),
        )
        return [number for number in session.exec(query) if number is not None]


def place(number: int, record: VisitRecord, who: Who, now: datetime, *, asked: bool) -> None:
    """Fills the draft and submits it where the phone wants that and everything is there. Raises
    Held and the refusals of `submit`; what was filled stays filled.

    `asked`: somebody wants it now. The sweep never submits a draft that was refused before while
    its inspector may be mending it.
    """
    # Locks are taken in one order everywhere: the visit or the task, then captures.
    with writing() as session:
        capture = session.get_one(Capture, number)
        if any(_order(other) > _order(capture) for other, _ in _others(session, capture)):
            _supersede(capture, now)
            return
        visit_id = visit_for(session, capture, record, who, now)
    if _filled(number, visit_id, record, who, now, asked=asked):
        _submit(number, visit_id, who, now)


def _filled(
    number: int, visit_id: int, record: VisitRecord, who: Who, now: datetime, *, asked: bool
) -> bool:
    """Puts the answers in, once; whether the visit is to be submitted now."""
    refused: Held | None = None
    with writing() as session:
        visit = session.get_one(Inspection, visit_id, with_for_update=True)
        capture = session.get_one(Capture, number)
        others = _others(session, capture)
        if visit.state not in EDITABLE:
            _after_the_end(capture, record, visit, now)
            return False
        if not asked and capture.state == State.HELD and capture.hold not in SELF_HEALING:
            capture.looked_at = now
            return False
        for older, _ in others:
            if older.state not in FINAL:
                _supersede(older, now)
        if capture.filled_at is None:
            try:
                _fill(session, record, [said for _, said in others], visit, who, now)
                capture.filled_at = now
            except Problem as problem:
                refused = Held(problem.id, _why(session, problem, visit))
        if refused is None and not record.submit:
            _settle(capture, State.COMPLETE, now)
            return False
        missing = _missing(session, capture, record.photos, visit_id)
        if refused is None and missing:
            why = f"还差 {len(missing)} 张照片没有送到"
            _settle(capture, State.WAITING_PHOTOS, now, why=why)
            return False
    if refused is not None:
        raise refused
    return True


def _order(capture: Capture) -> tuple[datetime, str]:
    return capture.made_at or capture.received_at, capture.uuid


def _others(session: Session, capture: Capture) -> list[tuple[Capture, VisitRecord]]:
    """The other hand-ins of the same visit on the phone, oldest first."""
    mine = _read(capture)
    query = select(Capture).where(
        Capture.person_id == capture.person_id,
        Capture.visit == capture.visit,
        Capture.type == "visit",
        Capture.id != capture.id,
    )
    found = [(other, _read(other)) for other in sorted(session.exec(query), key=_order)]
    return [
        (other, record)
        for other, record in found
        if record and mine and record.uuid == other.uuid and record.owner == mine.owner
    ]


def _supersede(capture: Capture, now: datetime) -> None:
    _settle(capture, State.COMPLETE, now, why=_SUPERSEDED)


def _settle(capture: Capture, state: State, now: datetime, *, why: str = "") -> None:
    capture.state, capture.hold, capture.why, capture.looked_at = state, "", why, now


def _fill(
    session: Session,
    record: VisitRecord,
    earlier: Sequence[VisitRecord],
    visit: Inspection,
    who: Who,
    now: datetime,
) -> None:
    """The answers, over what the phone had before it and what it handed in itself before."""
    editable_visit(session, visit.id or 0, who)
    known = [record.seen, *(e.answers for e in earlier)]
    names = {name for said in (record.answers, *known) for name in said}
    changes = {
        n: record.answers.get(n)
        for n in sorted(names)
        if any(record.answers.get(n) != said.get(n) for said in known)
    }
    before = {n: [said.get(n) for said in known] for n in changes}
    right = [n for n in record.confirmed if visit.answers.get(n) == record.answers.get(n)]
    marks = {
        name: marking.mark(FilledBy.LAST, number) | {"confirmed": name in record.confirmed}
        for name, number in record.like_last.items()
        if name in changes
    }
    fill(session, visit, changes, before, now=now, marks=marks, confirmed=right)


def _read(capture: Capture) -> VisitRecord | None:
    try:
        record = read_record(capture.record)
    except Unreadable:
        return None
    return record if isinstance(record, VisitRecord) else None


def _why(session: Session, problem: Problem, visit: Inspection) -> str:
    if problem.kind is not CHANGED_MEANWHILE:
        return problem.message
    form = versions.of(session, visit.form)
    names = [str(n) for n in problem.facts.get("names", ())]
    labels = "、".join(f"“{form.question(n).label}”" for n in names[:_NAMED])
    return f"{labels}已在另一台设备上改成别的内容，手机上的填写没有并入；请打开草稿核对后再提交"


def _after_the_end(capture: Capture, record: VisitRecord, visit: Inspection, now: datetime) -> None:
    """The visit was submitted before: by this hand-in, or with the same answers, or otherwise."""
    same = capture.filled_at is not None or all(
        record.answers.get(name) == value for name, value in visit.answers.items()
    )
    if not same:
        raise Held(
            SUBMITTED_ALREADY,
            f"这次核查的状态已是“{visit.state}”，手机上后来的填写没有并入；如需更改，请督导退回",
        )
    _settle(capture, State.SUBMITTED, now)


def _missing(session: Session, capture: Capture, photos: Sequence[str], visit_id: int) -> list[str]:
    """What the phone named and is not in the visit; for what a supervisor called lost nobody waits."""
    here = set(session.exec(select(Photo.sha256).where(Photo.inspection_id == visit_id)))
    lost = select(Capture.sha256).where(
        Capture.person_id == capture.person_id,
        Capture.visit == capture.visit,
        Capture.decision == Decision.LOST,
    )
    here |= {sha256 for sha256 in session.exec(lost) if sha256}
    return [sha256 for sha256 in dict.fromkeys(photos) if sha256 not in here]


def _submit(number: int, visit_id: int, who: Who, now: datetime) -> None:
    with writing() as session:
        visit = editable_visit(session, visit_id, who)
        capture = session.get_one(Capture, number)
        admitted = capture.decision == Decision.ADMITTED
        task = session.get_one(Task, visit.task_id)
        if not admitted and not tasks.may_work(who, task):
            raise Held(NOT_YOURS, "任务已改派给他人；草稿和照片都已收存，由督导决定是否准予提交")
        hand_in(session, visit, who, now=now, first=not admitted)
        assert visit.state == InspectionState.SUBMITTED
        _settle(capture, State.SUBMITTED, now)


def told_answers(session: Session, capture: Capture) -> tuple[tuple[str, str], ...]:
    """The answers of a held hand-in as a person reads them, question and answer, in the order of the
    form that the phone asked by; what no form of ours asks comes last, by its name."""
    record = _read(capture)
    if record is None:
        return ()
    form = _asked_by(session, capture, record)
    # Whatever a phone may have sent: only texts can be looked up among the choices.
    answers = {
        name: [str(v) for v in value] if isinstance(value, list) else value
        for name, value in record.answers.items()
        if not drafts.empty(value)
    }
    asked = [q for q in form.questions if q.name in answers]
    others = answers.keys() - {q.name for q in asked}
    return (
        *((q.label, drafts.said(form, q, answers[q.name])) for q in asked),
        *((name, str(answers[name])) for name in sorted(others)),
    )


def _asked_by(session: Session, capture: Capture, record: VisitRecord) -> Form:
    known = record.form and session.get(FormVersion, record.form)
    if known:
        return versions.of(session, known.sha256)
    visit = session.get(Inspection, capture.inspection_id) if capture.inspection_id else None
    return versions.of(session, visit.form if visit else "")
