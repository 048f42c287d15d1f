"""Everything that belongs to one entry, read once: what a package is made of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry
from sqlmodel import Session, col, or_, select

from field_app import demonstration, rulebook, trail
from field_app.captures.told import Told, told_by_records
from field_app.inspections.examining import boundary_of, whole
from field_app.ledger import evidence
from field_app.ledger.closeout import Judged
from field_app.ledger.listing import problem_label, unit_names
from field_app.problems import NOT_FOUND
from field_app.review import records
from field_app.review.answers import Answer, answers_of
from field_app.review.records import Opinions
from field_app.rulebook import Rules
from field_app.trail import Happening
from models.tables import (
    Blob,
    Capture,
    Device,
    Entry,
    EntryProgress,
    EntryProof,
    Examination,
    Finding,
    HandOver,
    Inspection,
    Parcel,
    Person,
    Photo,
    PhotoDecision,
    Project,
    RuleBook,
    Task,
    Unit,
)

BEFORE, AFTER, OTHER = "整改前", "整改后", "其他"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit that the entry rests on, or that proves or looked at its rectification."""

    row: Inspection
    purpose: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo. `number` is how the papers call it; `stage` whether the finding cites it, or it
    shows the rectification."""

    number: int
    row: Photo
    stage: str
    media_type: str
    size: int
    opinions: Opinions
    examinations: tuple[Examination, ...]
    decisions: tuple[PhotoDecision, ...]
    recorded: tuple[Told, ...]
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Report:
    """One report of progress, with the unit that sent it."""

    row: EntryProgress
    unit: str


@dataclass(frozen=True)
class Gathered:
    """All of it, as it was at one moment. `people` are names by id; `boundary` is the parcel's
    shape of the first visit's day, EPSG:4490; `invented` says that this is demonstration data."""

    entry: Entry
    problem: str
    units: tuple[str, ...]
    parcel: Parcel | None
    boundary: BaseGeometry | None
    project: Project | None
    finding: Finding | None
    visits: tuple[Visit, ...]
    shots: tuple[Shot, ...]
    captures: tuple[Capture, ...]
    devices: tuple[Device, ...]
    reports: tuple[Report, ...]
    hand_overs: tuple[HandOver, ...]
    history: tuple[Happening, ...]
    people: dict[int, str]
    rules: Rules
    rule_books: tuple[RuleBook, ...]
    invented: bool

    def name_of(self, person_id: int | None) -> str:
        """Who that is; empty where nobody is known."""
        return self.people.get(person_id or 0, "")


def gather(session: Session, entry_id: int) -> Gathered:
    """All that belongs to an entry. NOT_FOUND."""
    entry = session.get(Entry, entry_id)
    if entry is None:
        raise NOT_FOUND(what="台账条目")
    parcel = session.get(Parcel, entry.parcel_id) if entry.parcel_id else None
    visits = _visits(session, entry)
    shots = _shots(session, entry, [v.row.id for v in visits if v.row.id])
    ids = [shot.row.id for shot in shots if shot.row.id]
    visit_ids = [v.row.id for v in visits if v.row.id]
    captures = _captures(session, ids, visit_ids)
    keys = {c.key_id for c in captures}
    shape_no = visits[0].row.shape_no if visits and parcel else 0
    ever = session.exec(select(Photo.id).where(col(Photo.inspection_id).in_(visit_ids))).all()
    book_ids = {e.rule_book_id for s in shots for e in s.examinations if e.rule_book_id}
    handed = select(HandOver).where(HandOver.entry_id == entry_id).order_by(col(HandOver.id))
    found = Gathered(
        entry=entry,
        problem=problem_label(entry.problem_type),
        units=unit_names(session, [entry_id]).get(entry_id, ()),
        parcel=parcel,
        boundary=_boundary(session, parcel, shape_no),
        project=session.get(Project, entry.project_id) if entry.project_id else None,
        finding=session.get(Finding, entry.finding_id) if entry.finding_id else None,
        visits=visits,
        shots=shots,
        captures=captures,
        devices=tuple(session.exec(select(Device).where(col(Device.key_id).in_(keys)))),
        reports=_reports(session, entry_id),
        hand_overs=tuple(session.exec(handed)),
        history=tuple(
            trail.of(
                session,
                {"entry": [entry_id], "inspection": visit_ids, "photo": [i for i in ever if i]},
            )
        ),
        people={},
        rules=rulebook.in_force(session),
        rule_books=tuple(session.exec(select(RuleBook).where(col(RuleBook.id).in_(book_ids)))),
        invented=demonstration.loaded(),
    )
    found.people.update(_people(session, _named(found)))
    return found


def _boundary(session: Session, parcel: Parcel | None, shape_no: int) -> BaseGeometry | None:
    if parcel is None:
        return None
    return boundary_of(session, parcel, shape_no) if shape_no else parcel.boundary


def _visits(session: Session, entry: Entry) -> tuple[Visit, ...]:
    """The visit that found it first, then those of the rectification in their order."""
    proofs = (
        select(Inspection.id)
        .join(EntryProof, col(EntryProof.task_id) == Inspection.task_id)
        .where(EntryProof.entry_id == entry.id)
    )
    ids = {*session.exec(proofs), *(p.inspection_id for p in evidence.after_photos(session, entry))}
    if entry.inspection_id is not None:
        ids.add(entry.inspection_id)
    query = (
        select(Inspection, Task.purpose)
        .join(Task, col(Task.id) == Inspection.task_id)
        .where(col(Inspection.id).in_([i for i in ids if i is not None]))
        .order_by(col(Inspection.id) != (entry.inspection_id or 0), col(Inspection.id))
    )
    return tuple(
        Visit(row, purpose, answers_of(session, row)) for row, purpose in session.exec(query)
    )


def _shots(session: Session, entry: Entry, visit_ids: list[int]) -> tuple[Shot, ...]:
    photos = [p for visit_id in visit_ids for p in records.photos_of(session, visit_id)]
    ids = [p.id for p in photos if p.id]
    before = {p.id for p in evidence.before_photos(session, entry)}
    after = {p.id for p in evidence.after_photos(session, entry)}
    judged = {j.id: j for j in evidence.closing_of(session, entry).photos}
    said, recorded = records.opinions(session, ids), told_by_records(session, ids)
    blobs = {
        b.sha256: b
        for b in session.exec(select(Blob).where(col(Blob.sha256).in_([p.sha256 for p in photos])))
    }
    exams = list(
        session.exec(
            select(Examination)
            .where(col(Examination.photo_id).in_(ids))
            .order_by(col(Examination.at), col(Examination.id))
        )
    )
    whole(session, exams)
    decisions = session.exec(
        select(PhotoDecision)
        .where(col(PhotoDecision.photo_id).in_(ids))
        .order_by(col(PhotoDecision.at), col(PhotoDecision.id))
    ).all()
    return tuple(
        Shot(
            number,
            photo,
            BEFORE if photo.id in before else AFTER if photo.id in after else OTHER,
            blobs[photo.sha256].media_type,
            blobs[photo.sha256].size,
            said[photo.id or 0],
            tuple(e for e in exams if e.photo_id == photo.id),
            tuple(d for d in decisions if d.photo_id == photo.id),
            recorded.get(photo.id or 0, ()),
            judged.get(photo.id or 0),
        )
        for number, photo in enumerate(photos, 1)
    )


def _captures(
    session: Session, photo_ids: Collection[int], visit_ids: Collection[int]
) -> tuple[Capture, ...]:
    query = (
        select(Capture)
        .where(
            or_(
                col(Capture.photo_id).in_(photo_ids),
                col(Capture.inspection_id).in_(visit_ids) & (col(Capture.type) == "visit"),
            )
        )
        .order_by(col(Capture.id))
    )
    return tuple(session.exec(query))


def _reports(session: Session, entry_id: int) -> tuple[Report, ...]:
    query = (
        select(EntryProgress, Unit.name)
        .outerjoin(Unit, col(Unit.id) == EntryProgress.unit_id)
        .where(EntryProgress.entry_id == entry_id)
        .order_by(col(EntryProgress.id))
    )
    return tuple(Report(row, unit or "") for row, unit in session.exec(query))


def _named(found: Gathered) -> set[int]:
    """Everybody whose id stands somewhere in it."""
    rows: Iterable[int | None] = (
        found.entry.created_by,
        *(v.row.person_id for v in found.visits),
        *(v.row.decided_by for v in found.visits),
        *(s.row.person_id for s in found.shots),
        *(d.person_id for s in found.shots for d in s.decisions),
        *(c.person_id for c in found.captures),
        *(r.row.person_id for r in found.reports),
        *(h.person_id for h in found.hand_overs),
    )
    return {person_id for person_id in rows if person_id}


def _people(session: Session, ids: Collection[int]) -> dict[int, str]:
    found = session.exec(select(Person).where(col(Person.id).in_(ids)))
    return {p.id: p.display for p in found if p.id is not None}


def newest_classified(history: Iterable[Happening]) -> tuple[str, datetime | None]:
    """Why a person gave the entry its nature, and when; empty where nobody has."""
    told = [e for e in history if e.about == "entry" and "nature" in e.new and e.why]
    return (told[-1].why, told[-1].at) if told else ("", None)
