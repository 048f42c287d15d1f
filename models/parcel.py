"""地块: polygons with a number, their former shapes, and the imports they came from."""

from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Index, text
from sqlmodel import Field

from models.base import Geometry, Json, Row, UtcDateTime


class ImportBatch(Row, table=True):
    """One file that was read in, with what was said of it."""

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)  # 地块 or 项目
    file_name: str = Field(max_length=200)
    file_sha256: str = Field(max_length=64)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    taken: int = 0
    repaired: int = 0
    refused: int = 0
    messages: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)


class Parcel(Row, table=True):
    """A parcel. `boundary` is EPSG:4490; the box columns feed the spatial index (R*Tree on
    SQLite by triggers, GiST on PostgreSQL by expression; see the first migration)."""

    # A number is unique within its project; parcels of no project share one name space.
    __table_args__ = (
        Index("uq_parcel_number", "number", text("coalesce(project_id, 0)"), unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(index=True, max_length=60)
    name: str = Field(default="", max_length=200)
    project_id: int | None = Field(default=None, foreign_key="project.id", index=True)
    township_code: str | None = Field(default=None, index=True, max_length=9)
    village: str = Field(default="", index=True, max_length=60)
    boundary: BaseGeometry = Field(sa_type=Geometry)
    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float
    area_m2: float
    declared_area_m2: float | None = None
    land_class: str = Field(default="", max_length=10)  # 报备地类, as the file gave it
    land_class_scheme: str = Field(default="三调工作分类", max_length=40)
    sheet: str = Field(default="", max_length=40)
    use: str = Field(default="", max_length=60)
    slope_grade: str = Field(default="", max_length=4)
    quality_grade: str = Field(default="", max_length=10)
    year: str = Field(default="", max_length=10)
    source_crs: str = Field(max_length=40)
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    shape_no: int = 1
    import_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)

    model_config = {"arbitrary_types_allowed": True}


class ParcelShape(Row, table=True):
    """A former shape of a parcel: photos were judged against the shape of their day."""

    __tablename__ = "parcel_shape"

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int = Field(foreign_key="parcel.id", index=True)
    shape_no: int
    boundary: BaseGeometry = Field(sa_type=Geometry)
    area_m2: float
    until: datetime = Field(sa_type=UtcDateTime, index=True)
    import_id: int | None = Field(default=None, foreign_key="import_batch.id")

    model_config = {"arbitrary_types_allowed": True}
