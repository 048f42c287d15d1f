"""What pages show of visits and parcels: read in one go, checked for who may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlmodel import Session, col, select

from field_app import drafts, tasks
from field_app.db import reading
from field_app.drafts import About
from field_app.forms import Form, versions
from field_app.inspections.examining import boundary_of
from field_app.inspections.last_time import suggested
from field_app.inspections.ownership import whose_visit
from field_app.inspections.photo_views import PhotoView, photo_views
from field_app.inspections.visits import EDITABLE, about, shortcomings, unconfirmed
from field_app.inspections.wanted import Counted, Wish, wanted, wishes
from field_app.parcels.search import ids_in_box
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Who, may, require
from field_app.settings import settings
from models import geo
from models.geo import MU_M2
from models.tables import (
    Inspection,
    Parcel,
    Person,
    Photo,
    Project,
    Task,
)
from models.taxonomy import township_name
from models.vocabulary import InspectionState

_MOST_NEIGHBOURS = 60
_NEIGHBOURS_M = 150.0


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel's facts, as every page shows them. Neighbours are (number, boundary)."""

    id: int
    number: str
    name: str
    project: str
    project_code: str
    township: str
    village: str
    boundary: BaseGeometry
    area_m2: float
    declared_area_m2: float | None
    land_class: str
    use: str
    slope_grade: str
    quality_grade: str
    flags: list[dict[str, Any]]
    neighbours: list[tuple[str, BaseGeometry]]
    photos: list[PhotoView]
    task_ids: list[int]

    @property
    def area_mu(self) -> float:
        return self.area_m2 / MU_M2


@dataclass(frozen=True, slots=True)
class InspectionView:
    """A visit with its parcel, photos, and what is still missing."""

    id: int
    edition: int
    state: InspectionState
    form: Form
    answers: dict[str, Any]
    marks: dict[str, Any]
    unconfirmed: list[str]
    wrongs: dict[str, str]
    required: set[str]
    suggested: dict[str, Any]  # what the last visit said and this one has not answered
    suggested_from: str
    answered: tuple[int, int]
    missing: list[str]
    wishes: list[Wish]
    photos: list[PhotoView]
    parcel: ParcelView
    about: About
    purpose: str
    opens_at: datetime
    closes_at: datetime
    returned_why: str
    inspector: str
    submitted_at: datetime | None
    editable: bool


def parcel_view(parcel_id: int, who: Who) -> ParcelView:
    """A parcel with its neighbours and the photos of earlier visits that `who` may see."""
    require(who, Action.SEE_PARCELS)
    with reading() as session:
        parcel = session.get(Parcel, parcel_id)
        if parcel is None:
            raise NOT_FOUND(what="地块")
        return _parcel_view(session, parcel, parcel.boundary, who, but_visit=None)


def _parcel_view(
    session: Session,
    parcel: Parcel,
    boundary: BaseGeometry,
    who: Who,
    *,
    but_visit: int | None,
) -> ParcelView:
    project = session.get(Project, parcel.project_id) if parcel.project_id else None
    middle = geo.inside_point(boundary)
    around = ids_in_box(session, geo.box_around(middle, _NEIGHBOURS_M))
    query = select(Parcel.number, Parcel.boundary).where(
        col(Parcel.id).in_(around[:_MOST_NEIGHBOURS]), Parcel.id != parcel.id
    )
    neighbours = [(number, shape) for number, shape in session.exec(query)]
    visits = list(session.exec(select(Inspection).where(Inspection.parcel_id == parcel.id)))
    mine = [
        v.id
        for v in visits
        if v.id != but_visit and may(who, Action.SEE_INSPECTION, whose_visit(session, v))
    ]
    photos = session.exec(
        select(Photo)
        .where(col(Photo.inspection_id).in_(mine), col(Photo.removed_at).is_(None))
        .order_by(col(Photo.id).desc())
        .limit(24)
    ).all()
    open_tasks = session.exec(
        select(Task).where(Task.parcel_id == parcel.id, col(Task.done_at).is_(None))
    )
    task_ids = [t.id for t in open_tasks if t.id and tasks.may_work(who, t)]
    assert parcel.id is not None
    return ParcelView(
        parcel.id,
        parcel.number,
        parcel.name,
        project.name if project else "",
        project.code if project else "",
        township_name(parcel.township_code),
        parcel.village,
        boundary,
        parcel.area_m2,
        parcel.declared_area_m2,
        parcel.land_class,
        parcel.use,
        parcel.slope_grade,
        parcel.quality_grade,
        list(parcel.flags),
        neighbours,
        photo_views(session, photos),
        task_ids,
    )


def view(inspection_id: int, who: Who) -> InspectionView:
    """A visit for the one who makes it, or for those who may look at it."""
    with reading() as session:
        visit = session.get(Inspection, inspection_id)
        if visit is None:
            raise NOT_FOUND(what="核查记录")
        require(who, Action.SEE_INSPECTION, whose_visit(session, visit))
        parcel = session.get_one(Parcel, visit.parcel_id)
        task = session.get_one(Task, visit.task_id)
        inspector = session.get_one(Person, visit.person_id)
        photos = session.exec(
            select(Photo)
            .where(Photo.inspection_id == visit.id, col(Photo.removed_at).is_(None))
            .order_by(col(Photo.id))
        ).all()
        known = about(session, visit)
        form = versions.of(session, visit.form)
        need = wanted(
            task.purpose, known.area_mu, four_sides_above_mu=settings().four_sides_above_mu
        )
        counted = [Counted(p.kind, p.verdict, bool(p.reshoot_why)) for p in photos]
        boundary = boundary_of(session, parcel, visit.shape_no)
        editable = visit.person_id == who.id and visit.state in EDITABLE
        assert visit.id is not None
        return InspectionView(
            visit.id,
            visit.edition,
            InspectionState(visit.state),
            form,
            dict(visit.answers),
            dict(visit.marks),
            [q.name for q in unconfirmed(form, visit, known)],
            drafts.wrongs(form, visit.answers, known),
            {q.name for q in drafts.required(form, visit.answers, known)},
            *(suggested(session, visit, form, known) if editable else ({}, "")),
            drafts.progress(form, visit.answers, known),
            shortcomings(session, visit),
            wishes(need, counted),
            photo_views(session, photos),
            _parcel_view(session, parcel, boundary, who, but_visit=visit.id),
            known,
            task.purpose,
            task.opens_at,
            task.closes_at,
            visit.returned_why,
            inspector.display,
            visit.submitted_at,
            editable,
        )
