"""One case with all its evidence: the parcel, the answers, each photo with what was said of it,
the earlier pictures of the same parcel, and what happened."""

from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry
from sqlmodel import Session, col, select

from field_app import trail
from field_app.captures.told import Told, told_by_records
from field_app.db import reading
from field_app.findings import Found, worst_first
from field_app.inspections.examining import boundary_of
from field_app.inspections.ownership import whose_visit
from field_app.review import records
from field_app.review.answers import Answer, answers_of
from field_app.review.readings import ReadingShown, odd_first
from field_app.review.records import DecisionMade, Opinions
from field_app.review.standing import Decision, open_question
from field_app.roles import Action, Who, may, require
from field_app.second_look import outcomes
from field_app.second_look.outcomes import DrawnFor
from field_app.trail import Happening
from models.geo import MU_M2
from models.tables import (
    Entry,
    Finding,
    Inspection,
    Parcel,
    Person,
    Photo,
    Project,
    Task,
)
from models.taxonomy import categories, land_class_label, problem_types, township_name
from models.vocabulary import Grade, InspectionState, Verdict


@dataclass(frozen=True, slots=True)
class PhotoShown:
    """A photo as it is judged. Positions in EPSG:4490 degrees; angles in degrees from true
    north; distances in metres. `standing` is the person's word that counts now."""

    id: int
    kind: str
    grade: Grade
    verdict: Verdict
    cited: bool
    undecided: bool
    standing: Decision | None
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    heading_deg: float | None
    view_deg: float | None
    distance_m: float | None
    bearing_deg: float | None
    taken_at: datetime | None
    received_at: datetime
    sha256: str
    reshoot_why: str
    for_close_out: bool  # an entry that waits for its close-out may rest on it
    results: tuple[Found, ...]
    readings: tuple[ReadingShown, ...]
    decisions: tuple[DecisionMade, ...]
    recorded: tuple[Told, ...]  # what the phone's record says; empty where none came

    @property
    def url(self) -> str:
        """Where the full picture is served, to those who may see it."""
        return f"/evidence/{self.id}"

    @property
    def small_url(self) -> str:
        return f"/evidence/{self.id}?size=small"


@dataclass(frozen=True, slots=True)
class FindingShown:
    """What the inspector says is wrong."""

    category: int
    category_name: str
    problem_type: str
    problem_name: str
    facts: str
    area_mu: float | None
    cultivated_mu: float | None
    measure: str


@dataclass(frozen=True, slots=True)
class EarlierPhoto:
    """A picture of the same parcel from an earlier visit, to lay beside the new one."""

    id: int
    kind: str
    verdict: Verdict
    visited_at: datetime
    purpose: str
    url: str
    small_url: str


@dataclass(frozen=True, slots=True)
class CaseShown:
    """Everything about one visit. `boundary` is the shape of the visit's day in EPSG:4490;
    `newer_shape` says that the parcel has been redrawn since."""

    inspection_id: int
    edition: int
    state: InspectionState
    returned_why: str
    submitted_at: datetime | None
    inspector: str
    hands: frozenset[int]  # who inspected or took a photo for it
    decided_by: str
    decided_at: datetime | None
    purpose: str
    parcel_id: int
    number: str
    parcel_name: str
    project: str
    township_code: str | None
    township: str
    village: str
    area_mu: float
    land_class: str
    flags: tuple[str, ...]
    boundary: BaseGeometry
    newer_shape: bool
    answers: tuple[Answer, ...]
    finding: FindingShown | None
    entry_id: int | None
    entry_number: str
    drawn_for: DrawnFor | None
    photos: tuple[PhotoShown, ...]
    earlier: tuple[EarlierPhoto, ...]
    history: tuple[Happening, ...]

    @property
    def undecided(self) -> tuple[PhotoShown, ...]:
        """The photos that a person must speak on before the case can be confirmed."""
        return tuple(p for p in self.photos if p.undecided)


def may_decide(case: CaseShown, who: Who) -> bool:
    """Whether `who` may decide this case now: it waits, and they had no hand in it."""
    return (
        case.state == InspectionState.SUBMITTED
        and may(who, Action.REVIEW)
        and who.id not in case.hands
    )


def may_speak(case: CaseShown, photo: PhotoShown, who: Who) -> bool:
    """Whether `who` may put a word beside this photo now."""
    if photo.for_close_out:
        return may(who, Action.REVIEW) and who.id not in case.hands
    return may_decide(case, who)


def detail(inspection_id: int, who: Who) -> CaseShown:
    """One visit with all its evidence. Raises NOT_FOUND, NOT_ALLOWED or NOT_YOURS."""
    with reading() as session:
        inspection = records.inspection_or_refusal(session, inspection_id)
        require(who, Action.SEE_INSPECTION, whose_visit(session, inspection))
        parcel = session.get_one(Parcel, inspection.parcel_id)
        project = session.get(Project, parcel.project_id) if parcel.project_id else None
        finding = records.finding_of(session, inspection_id)
        photos = records.photos_of(session, inspection_id)
        said = records.opinions(session, [p.id for p in photos if p.id])
        recorded = told_by_records(session, [p.id for p in photos if p.id])
        entry = session.exec(
            select(Entry).where(Entry.inspection_id == inspection_id)
        ).one_or_none()
        relied = {p.id for p in records.cited(finding, photos)}
        # The history tells of the removed photos too: what was shot again did happen.
        ever = session.exec(select(Photo.id).where(Photo.inspection_id == inspection_id)).all()
        records_of_case = {
            "inspection": [inspection_id],
            "photo": [photo_id for photo_id in ever if photo_id],
            "entry": [entry.id] if entry and entry.id else [],
        }
        return CaseShown(
            inspection_id=inspection_id,
            edition=inspection.edition,
            state=InspectionState(inspection.state),
            returned_why=inspection.returned_why,
            submitted_at=inspection.submitted_at,
            inspector=_display(session, inspection.person_id),
            hands=frozenset({inspection.person_id, *(p.person_id for p in photos)}),
            decided_by=_display(session, inspection.decided_by),
            decided_at=inspection.decided_at,
            purpose=session.get_one(Task, inspection.task_id).purpose,
            parcel_id=inspection.parcel_id,
            number=parcel.number,
            parcel_name=parcel.name,
            project=project.name if project else "",
            township_code=parcel.township_code,
            township=township_name(parcel.township_code),
            village=parcel.village,
            area_mu=parcel.area_m2 / MU_M2,
            land_class=land_class_label(parcel.land_class, parcel.land_class_scheme),
            flags=tuple(str(flag.get("text") or flag.get("label", "")) for flag in parcel.flags),
            boundary=boundary_of(session, parcel, inspection.shape_no),
            newer_shape=inspection.shape_no != parcel.shape_no,
            answers=answers_of(session, inspection),
            finding=_finding(finding) if finding else None,
            entry_id=entry.id if entry else None,
            entry_number=entry.number if entry else "",
            drawn_for=outcomes.of_task(session, inspection.task_id),
            photos=tuple(
                _photo(
                    p,
                    said[p.id or 0],
                    p.id in relied,
                    recorded.get(p.id or 0, ()),
                    records.proves_rectification(session, inspection, p),
                )
                for p in photos
            ),
            earlier=_earlier(session, inspection, who),
            history=tuple(trail.of(session, records_of_case)),
        )


def _display(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.display if person else ""


def _finding(finding: Finding) -> FindingShown:
    category = categories().get(finding.category)
    kind = problem_types().get(finding.problem_type)
    return FindingShown(
        finding.category,
        category.name if category else "",
        finding.problem_type,
        kind.name if kind else "",
        finding.facts,
        finding.area_mu,
        finding.cultivated_mu,
        finding.measure,
    )


def _photo(
    photo: Photo, said: Opinions, cited: bool, recorded: tuple[Told, ...], for_close_out: bool
) -> PhotoShown:
    return PhotoShown(
        id=photo.id or 0,
        kind=photo.kind,
        grade=Grade(photo.grade),
        verdict=Verdict(photo.verdict),
        cited=cited,
        undecided=cited and open_question(photo.verdict, said.standing),
        standing=said.standing,
        lon=photo.lon,
        lat=photo.lat,
        accuracy_m=photo.accuracy_m,
        heading_deg=photo.heading_deg,
        view_deg=photo.view_deg,
        distance_m=photo.distance_m,
        bearing_deg=photo.bearing_deg,
        taken_at=photo.taken_at,
        received_at=photo.received_at,
        sha256=photo.sha256,
        reshoot_why=photo.reshoot_why,
        for_close_out=for_close_out,
        results=tuple(worst_first(said.results)),
        readings=odd_first(said.readings, said.results),
        decisions=said.decisions,
        recorded=recorded,
    )


def _earlier(session: Session, inspection: Inspection, who: Who) -> tuple[EarlierPhoto, ...]:
    """Photos of earlier visits to the same parcel, newest visit first, as far as `who` may see
    them."""
    query = (
        select(Inspection, Task.purpose)
        .join(Task, col(Task.id) == Inspection.task_id)
        .where(
            Inspection.parcel_id == inspection.parcel_id,
            col(Inspection.id) < inspection.id,
            col(Inspection.submitted_at).is_not(None),
        )
        .order_by(col(Inspection.submitted_at).desc(), col(Inspection.id).desc())
    )
    shown: list[EarlierPhoto] = []
    for visit, purpose in session.exec(query).all():
        if visit.id is None or visit.submitted_at is None:
            continue
        if not may(who, Action.SEE_INSPECTION, whose_visit(session, visit)):
            continue
        shown += [
            EarlierPhoto(
                p.id or 0,
                p.kind,
                Verdict(p.verdict),
                visit.submitted_at,
                purpose,
                f"/evidence/{p.id}",
                f"/evidence/{p.id}?size=small",
            )
            for p in records.photos_of(session, visit.id)
        ]
    return tuple(shown)
