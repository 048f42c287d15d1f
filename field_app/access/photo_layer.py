"""Where photos were taken, with what was said of them; no picture and no name is among it."""

from collections.abc import Sequence
from typing import Any

from shapely import Point
from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col

from field_app.access import asking
from field_app.access.asking import Wanted
from field_app.access.ground_layers import wide
from field_app.access.layers import Item, Layer, equals, iso
from field_app.access.tokens import Scope
from field_app.db import is_sqlite
from field_app.roles import Action
from models.base import words
from models.geo import Box
from models.tables import Inspection, Parcel, Photo
from models.vocabulary import InspectionState, PhotoKind, Verdict


def _photos(session: Session, query: Any, wanted: Wanted) -> list[Item]:
    columns: tuple[Any, ...] = (
        col(Photo.id),
        col(Photo.sha256),
        col(Photo.kind),
        col(Photo.grade),
        col(Photo.verdict),
        col(Photo.lon),
        col(Photo.lat),
        col(Photo.accuracy_m),
        col(Photo.heading_deg),
        col(Photo.distance_m),
        col(Photo.taken_at),
        col(Photo.received_at),
        col(Photo.inspection_id),
        col(Parcel.number).label("parcel"),
        col(Parcel.township_code),
    )
    return [
        Item(
            row.id,
            {
                "id": row.id,
                "sha256": row.sha256,
                "kind": row.kind,
                "grade": row.grade,
                "verdict": row.verdict,
                "accuracy_m": row.accuracy_m,
                "heading_deg": row.heading_deg,
                "distance_m": row.distance_m,
                "taken_at": iso(row.taken_at),
                "received_at": iso(row.received_at),
                "inspection": row.inspection_id,
                "parcel": row.parcel,
                "township_code": row.township_code,
            },
            Point(row.lon, row.lat) if wanted.geometry else None,
        )
        for row in session.exec(query(columns))
    ]


def _stands_in(session: Session, boxes: Sequence[Box]) -> ColumnElement[bool]:
    # SQLite would take the index for any window; a sum is in no index. PostgreSQL weighs it.
    past_index = is_sqlite(session) and wide(boxes)
    lon: Any = col(Photo.lon) + 0 if past_index else col(Photo.lon)
    return or_(
        *(
            and_(
                lon.between(box.min_lon, box.max_lon),
                col(Photo.lat).between(box.min_lat, box.max_lat),
            )
            for box in boxes
        )
    )


PHOTOS = Layer(
    name="photos",
    title="照片位置",
    description="举证照片的拍摄点；只有位置、时间和核验结论，不含照片",
    scope=Scope.PHOTOS,
    action=Action.SEE_INSPECTION,
    filters={
        "kind": (asking.one_of(words(PhotoKind)), equals(Photo.kind)),
        "verdict": (asking.one_of(words(Verdict)), equals(Photo.verdict)),
        "parcel": (asking.text, equals(Parcel.number)),
        "township_code": (asking.text, equals(Parcel.township_code)),
    },
    id=col(Photo.id),
    source=lambda chosen: (
        chosen.select_from(Photo)
        .join(Inspection, col(Inspection.id) == Photo.inspection_id)
        .join(Parcel, col(Parcel.id) == Photo.parcel_id)
    ),
    items=_photos,
    boxed=_stands_in,
    timed=col(Photo.taken_at),
    always=(
        col(Photo.removed_at).is_(None),
        col(Photo.lon).is_not(None),
        col(Photo.lat).is_not(None),
        col(Inspection.state) != str(InspectionState.DRAFT),  # nobody has handed it in
    ),
)
