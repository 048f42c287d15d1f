"""采集记录: what a phone recorded and signed in the field, the devices and codes that vouch for it,
and who was given which tasks to take along."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, UniqueConstraint

from models.base import Json, Row, UtcDateTime


class Device(Row, table=True):
    """设备: one person in one browser, known by the public half of a key that never leaves it."""

    id: int | None = Field(default=None, primary_key=True)
    key_id: str = Field(unique=True, max_length=64)  # sha256 of `public_key`, lower hex
    public_key: bytes  # SubjectPublicKeyInfo, ECDSA P-256
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str = Field(default="", max_length=80)
    registered_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: int | None = Field(default=None, foreign_key="person.id")


class CaptureCode(Row, table=True):
    """一次性码: only its hash is kept. Used once: what carries it was made after it was issued."""

    __tablename__ = "capture_code"
    __table_args__ = (Index("ix_capture_code_person_unused", "person_id", "used_by", "expires_at"),)

    sha256: str = Field(primary_key=True, max_length=64)
    person_id: int = Field(foreign_key="person.id")
    device_id: int = Field(foreign_key="device.id", index=True)
    offline: bool
    issued_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_by: str | None = Field(default=None, max_length=36)  # uuid of the capture
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PackageIssue(Row, table=True):
    """Which tasks a person took along in an 离线包, and when first and last. What was shot with no
    signal counts for a task that was theirs then."""

    __tablename__ = "package_issue"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    task_id: int = Field(foreign_key="task.id", primary_key=True)
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)


class SentBytes(Row, table=True):
    """That a person sent these bytes, and for which capture (its uuid, or empty): bytes may come
    before the record that names them, and nobody has another's photo by knowing its hash."""

    __tablename__ = "sent_bytes"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    sha256: str = Field(foreign_key="blob.sha256", primary_key=True, max_length=64)
    capture: str = Field(default="", primary_key=True, max_length=36)
    at: datetime = Field(sa_type=UtcDateTime)


class Capture(Row, table=True):
    """One record as it came: `record` and `signature` are evidence and never change. What follows
    from them, where it was placed and why it waits, stands in the other columns.

    A person's uuids are a name space of their own, so that nobody can take one before its owner.
    """

    __table_args__ = (
        UniqueConstraint("person_id", "uuid"),
        Index("ix_capture_person_sha256", "person_id", "sha256"),
        Index("ix_capture_person_visit", "person_id", "visit"),
        Index("ix_capture_state_looked", "state", "looked_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(max_length=36)
    person_id: int = Field(foreign_key="person.id")  # who sent it, signed in
    type: str = Field(max_length=5)  # photo, visit; empty where the record cannot be read
    record: bytes  # the very bytes that were signed
    signature: bytes  # as it was sent
    key_id: str = Field(max_length=64)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the phone's clock
    received_at: datetime = Field(sa_type=UtcDateTime)
    sha256: str | None = Field(default=None, max_length=64)  # as the record names it
    bytes_sha256: str | None = Field(default=None, max_length=64)  # as they came
    visit: str | None = Field(default=None, max_length=36)  # the phone's uuid of the visit
    task_id: int | None = Field(default=None, index=True)  # as named; perhaps of no task
    made_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the phone's clock
    signature_state: str = Field(max_length=12)
    code_state: str = Field(max_length=12)
    code_offline: bool = False
    code_issued_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = Field(max_length=14)
    hold: str = Field(default="", max_length=30)  # the id of the reason why it is held
    why: str = Field(default="", max_length=1000)
    looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # placing was last tried
    inspection_id: int | None = Field(default=None, foreign_key="inspection.id", index=True)
    photo_id: int | None = Field(default=None, foreign_key="photo.id", index=True)
    filled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # answers went in
    decision: str = Field(default="", max_length=10)  # 准予提交 or 留存备查
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_why: str = Field(default="", max_length=1000)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    """What lists show of it without reading the record: kind, parcel, way."""
