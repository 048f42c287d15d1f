"""What lies on the ground: parcels, and findings on them. No name of an inspector is among it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from field_app.access import asking
from field_app.access.asking import Wanted
from field_app.access.layers import Item, Layer, equals, iso, newest
from field_app.access.ledger_layer import category
from field_app.access.tokens import Scope
from field_app.parcels.search import meets
from field_app.roles import Action
from field_app.settings import settings
from models import geo
from models.base import words
from models.geo import Box
from models.tables import Finding, Inspection, Parcel, ParcelShape, Project
from models.taxonomy import categories, township_name
from models.vocabulary import InspectionState

_BOUNDARY = col(Parcel.boundary)


def wide(boxes: Sequence[Box]) -> bool:
    """Whether a window takes in so much of the county that an index would only be a detour: the
    rows are then looked at by their ids, until the page is full."""
    county = settings().county
    width, height = county.max_lon - county.min_lon, county.max_lat - county.min_lat
    return any(
        (box.max_lon - box.min_lon) * 2 > width and (box.max_lat - box.min_lat) * 2 > height
        for box in boxes
    )


def _lies_in(session: Session, boxes: Sequence[Box]) -> ColumnElement[bool]:
    if not wide(boxes):
        return meets(session, boxes)
    return or_(
        *(
            and_(
                col(Parcel.min_lon) <= box.max_lon,
                col(Parcel.max_lon) >= box.min_lon,
                col(Parcel.min_lat) <= box.max_lat,
                col(Parcel.max_lat) >= box.min_lat,
            )
            for box in boxes
        )
    )


def _parcels(session: Session, query: Any, wanted: Wanted) -> list[Item]:
    columns = [
        col(Parcel.id),
        col(Parcel.number),
        col(Parcel.name),
        col(Parcel.township_code),
        col(Parcel.village),
        col(Parcel.area_m2),
        col(Parcel.declared_area_m2),
        col(Parcel.land_class),
        col(Parcel.slope_grade),
        col(Parcel.shape_no),
        col(Parcel.min_lon),
        col(Parcel.min_lat),
        col(Parcel.max_lon),
        col(Parcel.max_lat),
        col(Parcel.created_at),
        col(Project.code),
        col(Project.name).label("project_name"),
        *([_BOUNDARY] if wanted.geometry else []),
    ]
    found = session.exec(query(columns)).all()
    shaped = select(col(ParcelShape.parcel_id), func.max(ParcelShape.until)).where(
        col(ParcelShape.parcel_id).in_([row.id for row in found])
    )
    changed = dict(session.connection().execute(shaped.group_by(col(ParcelShape.parcel_id))).all())
    return [
        Item(
            row.id,
            {
                "id": row.id,
                "number": row.number,
                "name": row.name,
                "project": row.code or "",
                "project_name": row.project_name or "",
                "township_code": row.township_code,
                "township": township_name(row.township_code),
                "village": row.village,
                "area_m2": round(row.area_m2, 2),
                "area_mu": round(row.area_m2 / geo.MU_M2, 2),
                "declared_area_m2": row.declared_area_m2,
                "land_class": row.land_class,
                "slope_grade": row.slope_grade,
                "shape_no": row.shape_no,
                "bbox": [row.min_lon, row.min_lat, row.max_lon, row.max_lat],
                "updated_at": newest(row.created_at, changed.get(row.id)),
            },
            row.boundary if wanted.geometry else None,
        )
        for row in found
    ]


def _shaped_since(since: datetime) -> ColumnElement[bool]:
    shaped = select(col(ParcelShape.parcel_id)).where(col(ParcelShape.until) >= since)
    return or_(col(Parcel.created_at) >= since, col(Parcel.id).in_(shaped))


PARCELS = Layer(
    name="parcels",
    title="地块",
    description="地块（图斑）的边界和属性",
    scope=Scope.PARCELS,
    action=Action.SEE_PARCELS,
    filters={
        "number": (asking.text, equals(Parcel.number)),
        "project": (asking.text, equals(Project.code)),
        "township_code": (asking.text, equals(Parcel.township_code)),
        "village": (asking.text, equals(Parcel.village)),
    },
    id=col(Parcel.id),
    source=lambda chosen: chosen.select_from(Parcel).outerjoin(
        Project, col(Project.id) == Parcel.project_id
    ),
    items=_parcels,
    since=_shaped_since,
    boxed=_lies_in,
)


# --- findings --------------------------------------------------------------------------------


def _findings(session: Session, query: Any, wanted: Wanted) -> list[Item]:
    columns = [
        col(Finding.id),
        col(Finding.category),
        col(Finding.problem_type),
        col(Finding.facts),
        col(Finding.area_mu),
        col(Finding.cultivated_mu),
        col(Finding.photo_ids),
        col(Finding.created_at),
        col(Inspection.id).label("inspection"),
        col(Inspection.state),
        col(Inspection.submitted_at),
        col(Inspection.changed_at),
        col(Inspection.decided_at),
        col(Parcel.number).label("parcel"),
        col(Parcel.township_code),
        col(Parcel.village),
        *([_BOUNDARY] if wanted.geometry else []),
    ]
    return [
        Item(
            row.id,
            {
                "id": row.id,
                "category": row.category,
                "category_name": categories()[row.category].name,
                "problem_type": row.problem_type,
                "facts": row.facts,
                "area_mu": row.area_mu,
                "cultivated_mu": row.cultivated_mu,
                "photos": len(row.photo_ids),
                "inspection": row.inspection,
                "state": row.state,
                "submitted_at": iso(row.submitted_at),
                "parcel": row.parcel,
                "township_code": row.township_code,
                "township": township_name(row.township_code),
                "village": row.village,
                "updated_at": newest(row.created_at, row.changed_at, row.decided_at),
            },
            row.boundary if wanted.geometry else None,
        )
        for row in session.exec(query(columns))
    ]


def _found_since(since: datetime) -> ColumnElement[bool]:
    return or_(
        col(Finding.created_at) >= since,
        col(Inspection.changed_at) >= since,
        col(Inspection.decided_at) >= since,
    )


FINDINGS = Layer(
    name="findings",
    title="问题线索",
    description="实地核查发现的问题线索，图形为所在地块的边界",
    scope=Scope.FINDINGS,
    action=Action.SEE_INSPECTION,
    filters={
        "category": (category, equals(Finding.category)),
        "problem_type": (asking.text, equals(Finding.problem_type)),
        "state": (asking.one_of(words(InspectionState)), equals(Inspection.state)),
        "township_code": (asking.text, equals(Parcel.township_code)),
        "parcel": (asking.text, equals(Parcel.number)),
    },
    id=col(Finding.id),
    source=lambda chosen: (
        chosen.select_from(Finding)
        .join(Inspection, col(Inspection.id) == Finding.inspection_id)
        .join(Parcel, col(Parcel.id) == Inspection.parcel_id)
    ),
    items=_findings,
    since=_found_since,
    boxed=_lies_in,
    timed=col(Finding.created_at),
)
