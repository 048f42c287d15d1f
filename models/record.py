"""What happened: the events of every aggregate, the outbox, and running numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class Event(Row, table=True):
    """One change: what it was, what it became, who, why, when. Never edited, never deleted."""

    __table_args__ = (
        Index("ix_event_about", "about", "about_id"),
        Index("ix_event_about_at", "about", "at", "about_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    about: str = Field(max_length=20)  # inspection, photo, entry, parcel, person …
    about_id: int
    action: str = Field(max_length=20)
    old: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    new: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    why: str = ""
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class Outbox(Row, table=True):
    """A message to another system, written with the change that it tells of. Messages of one
    `line`, such as those of one entry, arrive in their order."""

    __table_args__ = (Index("ix_outbox_line", "line", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=80)  # the receiver de-duplicates by it
    topic: str = Field(max_length=40)
    line: str = Field(max_length=80)
    body: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Every channel that it goes by has its receipt.
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class Counter(Row, table=True):
    """A running number, such as the entries of one ledger in one year."""

    name: str = Field(primary_key=True, max_length=60)
    value: int = 0


class Fact(Row, table=True):
    """A fact about this database itself, such as that it holds demonstration data."""

    name: str = Field(primary_key=True, max_length=60)
    value: str = ""
