"""举证照片: the bytes received, their use for an inspection, and what examination said."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, UniqueConstraint

from models.base import Json, Row, UtcDateTime


class Blob(Row, table=True):
    """Bytes that were received, named by their content. The receipt of a delivery."""

    sha256: str = Field(primary_key=True, max_length=64)
    size: int
    media_type: str = Field(max_length=40)
    person_id: int = Field(foreign_key="person.id", index=True)
    received_at: datetime = Field(sa_type=UtcDateTime)


class Fingerprint(Row, table=True):
    """What is compared to find the same picture again (`photos.likeness`): of the whole picture,
    of it without its borders where it has some, and of its windows. All empty where a picture
    shows too little to be told from others. Written once and never changed; servers read what is
    new by its number."""

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(foreign_key="blob.sha256", unique=True, max_length=64)
    whole: bytes
    trimmed: bytes
    windows: bytes


class Photo(Row, table=True):
    """One use of a blob as evidence in one inspection. Position columns are the ones judged.

    What other photos are compared with stands in columns, so that nobody reads a file again for
    it: the device, the number in the file's name, and whose clock the times are.
    """

    __table_args__ = (
        UniqueConstraint("inspection_id", "sha256"),
        Index("ix_photo_person_taken", "person_id", "taken_at"),
        Index("ix_photo_device_taken", "device", "taken_at"),
        Index("ix_photo_device_software", "device", "software", "id"),
        Index("ix_photo_lon_lat", "lon", "lat"),
        Index(
            "ix_photo_removed",
            "removed_at",
            sqlite_where=text("removed_at IS NOT NULL"),
            postgresql_where=text("removed_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    inspection_id: int = Field(foreign_key="inspection.id", index=True)
    parcel_id: int = Field(foreign_key="parcel.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    sha256: str = Field(foreign_key="blob.sha256", index=True, max_length=64)
    kind: str = Field(max_length=10)
    claim: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    received_at: datetime = Field(sa_type=UtcDateTime)
    grade: str = Field(max_length=1)
    verdict: str = Field(index=True, max_length=10)
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    heading_deg: float | None = None  # true
    view_deg: float | None = None
    distance_m: float | None = None
    bearing_deg: float | None = None
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_source: str | None = Field(default=None, max_length=6)  # "page", "camera" or "gps"
    zone_assumed: bool = False  # taken_at is Chinese local time by assumption
    fixed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # of the position
    altitude_m: float | None = None
    device: str | None = Field(default=None, max_length=320)  # as photos.devices names it
    lens: str | None = Field(default=None, max_length=100)
    software: str | None = Field(default=None, max_length=100)
    file_signature: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    """How the file is written, as photos.profile tells it; empty where that was not read."""
    file_series: str | None = Field(default=None, max_length=10)
    file_number: int | None = None
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reshoot_why: str = Field(default="", max_length=400)  # the supervisor asks for it again


class Examination(Row, table=True):
    """What the checks said of a photo, once; the newest counts, older ones stay as history."""

    id: int | None = Field(default=None, primary_key=True)
    photo_id: int = Field(foreign_key="photo.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    verdict: str = Field(max_length=10)
    results: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    readings: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    # By which rules; both empty for what was examined before versions were kept.
    rule_book_id: int | None = Field(default=None, foreign_key="rule_book.id")
    engine: str = Field(default="", max_length=16)
    # Results and readings stand with this trial still, for the minutes after new rules came into
    # force: `inspections.examining.whole` reads them. No foreign key: the trial goes soon.
    trial_id: int | None = None


class PhotoDecision(Row, table=True):
    """A supervisor's word on a photo. It stands beside the machine's verdict, with the reason."""

    __tablename__ = "photo_decision"

    id: int | None = Field(default=None, primary_key=True)
    photo_id: int = Field(foreign_key="photo.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    decision: str = Field(max_length=10)  # 采信 or 不采信
    why: str
    at: datetime = Field(sa_type=UtcDateTime)
