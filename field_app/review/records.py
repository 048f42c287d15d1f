"""Reading what a review is about: which visits, their photos, what was said of them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from field_app.inspections.examining import whole
from field_app.inspections.wanted import AFTER_RECTIFYING
from field_app.problems import NOT_FOUND
from field_app.review.standing import Decision, Said, decision_that_stands
from field_app.roles import Action, Scope, Who, scope
from models.tables import (
    Entry,
    EntryUnit,
    Examination,
    Finding,
    Inspection,
    Person,
    Photo,
    PhotoDecision,
    Task,
)
from models.vocabulary import EntryState, InspectionState, PhotoKind, Purpose


def visible(who: Who) -> list[ColumnElement[bool]]:
    """The conditions that keep a query over inspections (joined with their task and inspector) to
    those that `who` may see. A draft is its inspector's alone and never under review; what a
    unit proves is judged with its entry."""
    conditions = [
        col(Inspection.state) != InspectionState.DRAFT,
        col(Task.purpose) != Purpose.PROOF,
    ]
    allowed = scope(who, Action.SEE_INSPECTION)
    if allowed == Scope.ALL:
        return conditions
    if allowed == Scope.UNIT:
        answered = (
            select(Entry.inspection_id)
            .join(EntryUnit, col(EntryUnit.entry_id) == Entry.id)
            .where(EntryUnit.unit_id == who.unit_id)
        )
        return [*conditions, col(Inspection.id).in_(answered)]
    mine = [col(Inspection.person_id) == who.id]
    if allowed == Scope.TEAM and who.team_id is not None:
        # As `whose_visit` says it: a task of no team is the inspector's team's.
        mine.append(func.coalesce(col(Task.team_id), col(Person.team_id)) == who.team_id)
    return [*conditions, or_(*mine)]


def inspection_or_refusal(session: Session, inspection_id: int) -> Inspection:
    """The inspection; NOT_FOUND where there is none or it is still a draft."""
    found = session.get(Inspection, inspection_id)
    if found is None or found.state == InspectionState.DRAFT:
        raise NOT_FOUND(what="核查记录")
    return found


def proves_rectification(session: Session, inspection: Inspection, photo: Photo) -> bool:
    """Whether an entry that waits for its close-out may rest on this photo, although the visit it
    belongs to was confirmed before: then it may still be spoken on."""
    if photo.kind != PhotoKind.AFTER or inspection.state != InspectionState.CONFIRMED:
        return False
    query = select(Entry.id).where(
        Entry.parcel_id == inspection.parcel_id,
        Entry.state == EntryState.TO_CLOSE,
        col(Entry.evidence_after) < photo.received_at,
    )
    task = session.get_one(Task, inspection.task_id)
    if task.purpose not in AFTER_RECTIFYING:
        return False
    return session.exec(query).first() is not None


def finding_of(session: Session, inspection_id: int) -> Finding | None:
    return session.exec(select(Finding).where(Finding.inspection_id == inspection_id)).one_or_none()


def photos_of(session: Session, inspection_id: int) -> list[Photo]:
    """The photos that still count, in the order they arrived."""
    query = (
        select(Photo)
        .where(Photo.inspection_id == inspection_id, col(Photo.removed_at).is_(None))
        .order_by(col(Photo.id))
    )
    return list(session.exec(query))


def cited(finding: Finding | None, photos: list[Photo]) -> list[Photo]:
    """The photos that the conclusion rests on: those the finding names, or all of them where it
    names none or nothing was found."""
    named = set(finding.photo_ids) if finding else set()
    return [p for p in photos if p.id in named] if named else photos


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """One decision of a person, as it is shown."""

    decision: str
    why: str
    by: str
    said: Said


@dataclass(frozen=True, slots=True)
class Opinions:
    """What machine and people said of one photo. `results` and `readings` are those of the newest
    examination, as it stored them."""

    results: tuple[dict[str, Any], ...] = ()
    readings: tuple[dict[str, Any], ...] = ()
    exams: tuple[Said, ...] = ()
    decisions: tuple[DecisionMade, ...] = ()

    @property
    def standing(self) -> Decision | None:
        return decision_that_stands(self.exams, [d.said for d in self.decisions])


def opinions(session: Session, photo_ids: Collection[int]) -> dict[int, Opinions]:
    """What was said of each photo, in two or three queries however many there are."""
    exams: dict[int, list[Examination]] = defaultdict(list)
    for exam in session.exec(
        select(Examination)
        .where(col(Examination.photo_id).in_(list(photo_ids)))
        .order_by(col(Examination.at), col(Examination.id))
    ):
        exams[exam.photo_id].append(exam)
    whole(session, [of_photo[-1] for of_photo in exams.values()])
    decisions: dict[int, list[DecisionMade]] = defaultdict(list)
    for made, by in session.exec(
        select(PhotoDecision, Person.display)
        .join(Person, col(Person.id) == PhotoDecision.person_id)
        .where(col(PhotoDecision.photo_id).in_(list(photo_ids)))
        .order_by(col(PhotoDecision.at), col(PhotoDecision.id))
    ):
        said = Said(made.decision, made.at)
        decisions[made.photo_id].append(DecisionMade(made.decision, made.why, by, said))
    return {
        photo_id: Opinions(
            tuple(exams[photo_id][-1].results) if exams[photo_id] else (),
            tuple(exams[photo_id][-1].readings) if exams[photo_id] else (),
            tuple(Said(exam.verdict, exam.at) for exam in exams[photo_id]),
            tuple(decisions[photo_id]),
        )
        for photo_id in photo_ids
    }


def standings(session: Session, photo_ids: Collection[int]) -> dict[int, Decision | None]:
    """The person's word that counts now for each photo, without what the machine found."""
    ids = list(photo_ids)
    exams: dict[int, list[Said]] = defaultdict(list)
    for photo_id, verdict, at in session.exec(
        select(Examination.photo_id, Examination.verdict, Examination.at)
        .where(col(Examination.photo_id).in_(ids))
        .order_by(col(Examination.at), col(Examination.id))
    ):
        exams[photo_id].append(Said(verdict, at))
    said: dict[int, list[Said]] = defaultdict(list)
    for photo_id, decision, at in session.exec(
        select(PhotoDecision.photo_id, PhotoDecision.decision, PhotoDecision.at)
        .where(col(PhotoDecision.photo_id).in_(ids))
        .order_by(col(PhotoDecision.at), col(PhotoDecision.id))
    ):
        said[photo_id].append(Said(decision, at))
    return {i: decision_that_stands(exams[i], said[i]) for i in ids}
