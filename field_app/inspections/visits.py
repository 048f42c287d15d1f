"""The course of one visit: opened, kept as a draft, submitted."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from field_app import drafts, events, tasks
from field_app.db import reading, writing
from field_app.drafts import YES, About
from field_app.forms import Form, Question, versions
from field_app.inspections import marks as marking
from field_app.inspections.last_time import suggested
from field_app.inspections.wanted import Counted, wanted, wishes
from field_app.problems import (
    BAD_INPUT,
    CHANGED_MEANWHILE,
    HAD_A_HAND,
    INCOMPLETE,
    NOT_FOUND,
    NOT_OPEN,
    NOT_YOURS,
    TASK_CLOSED,
)
from field_app.roles import Action, Who, Whose, require
from field_app.settings import settings
from models.geo import MU_M2
from models.tables import Finding, Inspection, Parcel, Photo, Task
from models.vocabulary import FilledBy, InspectionState, Verdict

EDITABLE = (InspectionState.DRAFT, InspectionState.RETURNED)


def open_visit(task_id: int, who: Who, *, now: datetime) -> int:
    """The visit of this person for this task: the open draft, the returned one, or a new one."""
    with writing() as session:
        task = session.get(Task, task_id, with_for_update=True)  # two taps wait for each other
        if task is None:
            raise NOT_FOUND(what="核查任务")
        require(who, Action.INSPECT, tasks.whose(task))
        if who.id in task.barred:
            raise HAD_A_HAND(
                names=who.display, parcel=session.get_one(Parcel, task.parcel_id).number
            )
        if not tasks.may_work(who, task):
            raise NOT_YOURS(action=str(Action.INSPECT))
        query = (
            select(Inspection)
            .where(Inspection.task_id == task_id)
            .order_by(col(Inspection.id).desc())
        )
        earlier = list(session.exec(query))
        for visit in earlier:
            if visit.person_id == who.id and visit.state in EDITABLE:
                assert visit.id is not None
                return visit.id
        if task.done_at is not None:
            raise TASK_CLOSED(why="这个任务已经完成")
        if any(v.state == InspectionState.SUBMITTED for v in earlier):
            raise TASK_CLOSED(why="这个任务已有人提交，正在等待审核")
        shape_no = session.get_one(Parcel, task.parcel_id).shape_no
        form = versions.newest(session, now=now).sha256
        return new_draft(session, task, who, shape_no=shape_no, form=form, now=now)


def new_draft(
    session: Session, task: Task, who: Who, *, shape_no: int, form: str, now: datetime
) -> int:
    """A new visit of this person for a task that the caller has locked and found fit."""
    assert task.id is not None
    visit = Inspection(
        task_id=task.id,
        parcel_id=task.parcel_id,
        person_id=who.id,
        state=InspectionState.DRAFT,
        shape_no=shape_no,
        form=form,
        opened_at=now,
        changed_at=now,
    )
    session.add(visit)
    session.flush()
    assert visit.id is not None
    events.note(session, "inspection", visit.id, "开始核查", at=now, person_id=who.id)
    return visit.id


def editable_visit(
    session: Session, inspection_id: int, who: Who, action: Action = Action.INSPECT
) -> Inspection:
    """The visit, locked for this transaction; refused where it is not theirs or not open, or where
    they may not do `action`."""
    visit = session.get(Inspection, inspection_id, with_for_update=True)
    if visit is None:
        raise NOT_FOUND(what="核查记录")
    require(who, action, Whose(person_id=visit.person_id))
    if visit.person_id != who.id:
        raise NOT_FOUND(what="您自己的核查记录")
    if visit.state not in EDITABLE:
        raise NOT_OPEN(state=visit.state)
    return visit


def save(
    inspection_id: int,
    changes: Mapping[str, Any],
    who: Who,
    *,
    seen: Mapping[str, Any],
    now: datetime,
    marks: Mapping[str, Mapping[str, Any] | None] | None = None,
) -> dict[str, Any]:
    """Keeps an edit in the draft; returns the answers as they stand now.

    `seen` are the answers that the editor had before him. Two devices may fill different fields
    of one draft; a field that both changed is refused to the later one (CHANGED_MEANWHILE).
    `marks` are those of values that no hand on the form filled, by name.
    """
    with writing() as session:
        visit = editable_visit(session, inspection_id, who)
        before = {name: (seen.get(name),) for name in changes}
        return fill(session, visit, changes, before, now=now, marks=marks)


def fill(
    session: Session,
    visit: Inspection,
    changes: Mapping[str, Any],
    before: Mapping[str, Collection[Any]],
    *,
    now: datetime,
    marks: Mapping[str, Mapping[str, Any] | None] | None = None,
    confirmed: Collection[str] = (),
) -> dict[str, Any]:
    """`save` inside a transaction that has locked the visit. `before` says of each change which
    former answers the editor knew of; `confirmed` are names whose answer he looked at.

    Raises BAD_INPUT, and CHANGED_MEANWHILE with the `names` that another device changed.
    """
    form = versions.of(session, visit.form)
    try:
        answers = drafts.merged(form, visit.answers, changes)
    except (KeyError, ValueError, TypeError) as error:
        raise BAD_INPUT(what="填写的内容格式不对，请重新选择或填写。") from error
    other = [n for n in changes if visit.answers.get(n) not in (*before[n], answers.get(n))]
    if other:
        raise CHANGED_MEANWHILE(names=other)
    given = dict.fromkeys(changes) | dict(marks or {})
    left = marking.after_edit(visit.marks, visit.answers, answers, given)
    left = marking.confirmed(left, confirmed)
    if answers == visit.answers and left == visit.marks:
        return answers
    # New dicts: changes inside a JSON value are not seen.
    visit.answers, visit.marks = answers, left
    visit.edition += 1
    visit.changed_at = now
    return answers


def confirm(inspection_id: int, values: Mapping[str, Any], who: Who, *, now: datetime) -> None:
    """The inspector has looked at these values, by name, and they are right. Refused where one
    is not what he looked at (CHANGED_MEANWHILE)."""
    with writing() as session:
        visit = editable_visit(session, inspection_id, who)
        if any(visit.answers.get(name) != value for name, value in values.items()):
            raise CHANGED_MEANWHILE()
        left = marking.confirmed(visit.marks, values)
        if left == visit.marks:
            return
        visit.marks = left
        visit.edition += 1
        visit.changed_at = now


def fill_like_last(inspection_id: int, who: Who, *, now: datetime) -> dict[str, Any]:
    """Fills what is still empty with what the last visit said; it is marked as such."""
    with reading() as session:
        visit = session.get(Inspection, inspection_id)
        if visit is None or visit.person_id != who.id:
            raise NOT_FOUND(what="您自己的核查记录")
        form, known = versions.of(session, visit.form), about(session, visit)
        changes, number = suggested(session, visit, form, known)
    marks = {n: marking.mark(FilledBy.LAST, number) for n in changes}
    return save(inspection_id, changes, who, seen=visit.answers, now=now, marks=marks)


def about(session: Session, visit: Inspection) -> About:
    """What the questions of a visit may know of its parcel and task."""
    parcel = session.get_one(Parcel, visit.parcel_id)
    task = session.get_one(Task, visit.task_id)
    return About(parcel.area_m2, parcel.land_class, parcel.number, task.purpose)


def shortcomings(session: Session, visit: Inspection) -> list[str]:
    """What keeps the visit from being submitted, one sentence each; empty where nothing does."""
    parcel = session.get_one(Parcel, visit.parcel_id)
    task = session.get_one(Task, visit.task_id)
    form, known = versions.of(session, visit.form), about(session, visit)
    wrong = drafts.wrongs(form, visit.answers, known)
    found = list(wrong.values())
    found += [
        f"请核对“{q.label}”：{drafts.said(form, q, visit.answers[q.name])}"
        f"（{visit.marks[q.name]['by']}填入，还没有确认）"
        for q in unconfirmed(form, visit, known)
        if q.name not in wrong
    ]
    query = select(Photo).where(Photo.inspection_id == visit.id, col(Photo.removed_at).is_(None))
    photos = list(session.exec(query))
    again = [p for p in photos if p.reshoot_why]
    found += [f"请重拍{p.kind}照片：{p.reshoot_why}" for p in again]
    if drafts.empty(visit.answers.get("no_photo_reason")):
        need = wanted(
            task.purpose,
            parcel.area_m2 / MU_M2,
            four_sides_above_mu=settings().four_sides_above_mu,
        )
        # What is to be shot again has been named above; it is not asked for twice.
        counted = [Counted(p.kind, Verdict.PASSED if p.reshoot_why else p.verdict) for p in photos]
        found += [
            f"还差 {w.short} 张{w.kind}照片（需 {w.wanted} 张可用的）"
            for w in wishes(need, counted)
            if w.short
        ]
    return found


def unconfirmed(form: Form, visit: Inspection, known: About) -> list[Question]:
    """The questions whose answer was filled for the inspector and waits for his word."""
    asked = {q.name: q for q in drafts.applicable(form, visit.answers, known)}
    return [asked[n] for n in marking.open_ones(visit.marks, asked) if n in visit.answers]


def submit(inspection_id: int, edition: int, who: Who, *, now: datetime) -> None:
    """Hands the visit to the supervisors; refused with all that is missing."""
    with writing() as session:
        visit = editable_visit(session, inspection_id, who)
        if edition != visit.edition:
            raise CHANGED_MEANWHILE()
        hand_in(session, visit, who, now=now)


def hand_in(
    session: Session, visit: Inspection, who: Who, *, now: datetime, first: bool = True
) -> None:
    """`submit` inside a transaction that has locked the visit. `first`: only where nobody of the
    team was before; a supervisor may have let it through beside another."""
    assert visit.id is not None
    if first:
        _first_to_submit(session, visit)
    missing = shortcomings(session, visit)
    if missing:
        raise INCOMPLETE(list="；".join(missing), missing=missing)
    old = visit.state
    form = versions.of(session, visit.form)
    answers = drafts.settled(form, visit.answers, about(session, visit))
    visit.answers = answers
    visit.marks = {n: m for n, m in visit.marks.items() if n in answers}
    visit.state = InspectionState.SUBMITTED
    visit.submitted_at = visit.changed_at = now
    visit.edition += 1
    _write_finding(session, visit, answers, now)
    events.note(
        session,
        "inspection",
        visit.id,
        "提交",
        at=now,
        person_id=who.id,
        old={"state": old},
        new={"state": visit.state, "answers": answers},
    )


def _first_to_submit(session: Session, visit: Inspection) -> None:
    """Two of a team may start on one task; the first to submit has it, the other is told."""
    task = session.get_one(Task, visit.task_id, with_for_update=True)
    if task.done_at is not None:
        raise TASK_CLOSED(why="这个任务已经完成")
    query = select(Inspection.id).where(
        Inspection.task_id == task.id,
        Inspection.id != visit.id,
        Inspection.state == InspectionState.SUBMITTED,
    )
    if session.exec(query).first() is not None:
        raise TASK_CLOSED(why="同组已有人提交了这个任务，正在等待审核；您的草稿和照片都还在")


def _write_finding(
    session: Session, visit: Inspection, answers: dict[str, Any], now: datetime
) -> None:
    assert visit.id is not None
    finding = session.exec(select(Finding).where(Finding.inspection_id == visit.id)).one_or_none()
    if answers.get("has_problem") != YES:
        if finding is not None:  # sent back, and the inspector now says there is nothing
            session.delete(finding)
        return
    query = select(Photo.id).where(Photo.inspection_id == visit.id, col(Photo.removed_at).is_(None))
    finding = finding or Finding(
        inspection_id=visit.id, category=0, problem_type="", facts="", created_at=now
    )
    finding.category = int(answers["category"])
    finding.problem_type = answers["problem_type"]
    finding.facts = answers["facts"]
    finding.area_mu = answers.get("area_mu")
    finding.cultivated_mu = answers.get("cultivated_mu")
    finding.measure = answers.get("measure", "")
    finding.photo_ids = [i for i in session.exec(query) if i is not None]
    session.add(finding)
