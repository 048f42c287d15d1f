"""The row base class and the column types that both databases share."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


# Streamlit re-imports every project module when a file changes; with SQLModel's shared registry
# the second import says "Table … is already defined". A registry of our own starts afresh.
class Row(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Base class of every table row."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC; a naive one is refused at once."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # SQLite holds a text. Moments are read by the hundred thousand, and in one call that takes a
        # third of the time of SQLAlchemy's own reading followed by the zone.
        if dialect.name == "sqlite":
            return _from_text
        return super().result_processor(dialect, coltype)


def _from_text(value: str | None) -> datetime | None:
    if value is None:
        return None
    # Rows hold none; a default that a migration set says its zone.
    return datetime.fromisoformat(value if "+" in value else f"{value}+00:00")


class Geometry(TypeDecorator[BaseGeometry]):
    """An EPSG:4490 lon/lat shape, stored as WKB, the one form both databases keep unchanged."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        return None if value is None else shapely.to_wkb(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> BaseGeometry | None:
        return None if value is None else shapely.from_wkb(bytes(value))


Json = JSON().with_variant(JSONB(), "postgresql")


def words(values: Iterable[Any]) -> list[str]:
    """StrEnum members as the plain strings that a query compares with."""
    return [str(v) for v in values]
