"""My own visits: the list of them, and the one that I worked on last."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from field_app.db import reading
from field_app.inspections.visits import EDITABLE
from field_app.roles import Action, Who, require
from models.tables import Finding, Inspection, Parcel, Photo, Project
from models.taxonomy import township_name
from models.vocabulary import InspectionState


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One of my visits, as the list shows it."""

    id: int
    number: str
    project: str
    township: str
    village: str
    state: str
    changed_at: datetime
    problem: str
    photos: int
    why: str


def mine(who: Who, *, limit: int = 100, offset: int = 0) -> list[RecordRow]:
    """My visits, those that want something of me first, then the newest."""
    require(who, Action.INSPECT)
    urgent = (InspectionState.RETURNED, InspectionState.DRAFT)
    with reading() as session:
        query = (
            select(Inspection, Parcel, Project.name, Finding)
            .join(Parcel, col(Parcel.id) == Inspection.parcel_id)
            .outerjoin(Project, col(Project.id) == Parcel.project_id)
            .outerjoin(Finding, col(Finding.inspection_id) == Inspection.id)
            .where(Inspection.person_id == who.id)
            .order_by(
                (col(Inspection.state) == urgent[0]).desc(),
                (col(Inspection.state) == urgent[1]).desc(),
                col(Inspection.changed_at).desc(),
            )
            .limit(limit)
            .offset(offset)
        )
        found = session.exec(query).all()
        photos = session.exec(
            select(Photo.inspection_id, Photo.kind, Photo.reshoot_why).where(
                col(Photo.inspection_id).in_([v.id for v, *_ in found]),
                col(Photo.removed_at).is_(None),
            )
        ).all()
        held = Counter(visit_id for visit_id, _kind, _why in photos)
        asked: dict[int, list[str]] = {}
        for visit_id, kind, why in photos:
            if why:
                asked.setdefault(visit_id, []).append(f"重拍{kind}：{why}")
        return [
            RecordRow(
                visit.id or 0,
                parcel.number,
                project or "",
                township_name(parcel.township_code),
                parcel.village,
                visit.state,
                visit.changed_at,
                finding.problem_type if finding else "",
                held[visit.id or 0],
                "；".join(filter(None, [visit.returned_why, *asked.get(visit.id or 0, [])])),
            )
            for visit, parcel, project, finding in found
        ]


def newest_draft(who: Who) -> int | None:
    """The visit that I worked on last and that is still open; the page comes back to it."""
    require(who, Action.INSPECT)
    with reading() as session:
        query = (
            select(Inspection.id)
            .where(
                Inspection.person_id == who.id,
                col(Inspection.state).in_([str(s) for s in EDITABLE]),
            )
            .order_by(col(Inspection.changed_at).desc())
            .limit(1)
        )
        return session.exec(query).first()
