"""Telling other systems: what is on its way, what they answer; and who may read from outside."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, UniqueConstraint

from models.base import Json, Row, UtcDateTime


class Delivery(Row, table=True):
    """One message of the outbox on its way by one channel. It is claimed by a lease: `lease_by`
    names the claim, and only that claim writes what became of it."""

    __table_args__ = (
        UniqueConstraint("outbox_id", "channel"),
        Index("ix_delivery_due", "channel", "state", "next_at", "outbox_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    outbox_id: int = Field(foreign_key="outbox.id")
    channel: str = Field(max_length=20)
    state: str = Field(max_length=10)
    tries: int = 0
    failures: int = 0  # in a row
    unclear: int = 0  # of them, answers that were no receipt and no refusal
    next_at: datetime = Field(sa_type=UtcDateTime)  # not before
    lease_by: str = Field(default="", max_length=60)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # its receipt comes later
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    said: str = Field(default="", max_length=400)  # the last answer in words
    receipt: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class SyncChannel(Row, table=True):
    """A line to another system: when it last worked, and how far its answers were read."""

    __tablename__ = "sync_channel"

    name: str = Field(primary_key=True, max_length=20)
    contact_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    said: str = Field(default="", max_length=400)  # of the last failure
    cursor: str = Field(default="", max_length=200)  # of the answers, as the other side names it
    polled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Counterpart(Row, table=True):
    """An entry as another system has it. `clash` is their state, in our words, while it disagrees
    with ours and nobody has decided; both sides stay as they are until somebody does."""

    __table_args__ = (UniqueConstraint("entry_id", "channel"),)

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id")
    channel: str = Field(max_length=20)
    number: str = Field(default="", max_length=60)
    state: str = Field(default="", max_length=20)
    words: str = Field(default="", max_length=400)
    edition: int | None = None  # of our entry, that they spoke of
    version: int | None = None  # of their record; grows
    at: datetime = Field(sa_type=UtcDateTime)
    clash: str = Field(default="", index=True, max_length=20)
    clash_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignedCall(Row, table=True):
    """The signature of a call that was taken, kept while the same call could be sent again."""

    __tablename__ = "signed_call"

    signature: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class AccessToken(Row, table=True):
    """Leave for another system to read. Only the hash of the token is kept."""

    __tablename__ = "access_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)  # whose it is, what for
    token_sha256: str = Field(unique=True, max_length=64)
    starts_with: str = Field(max_length=12)  # to tell it by
    scopes: list[str] = Field(default_factory=list, sa_type=Json)
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_from: str = Field(default="", max_length=60)


class AccessTry(Row, table=True):
    """A wrong token, kept to slow down guessing. `mark` tells different ones apart and is too
    short to find the token by: somebody may have sent a password."""

    __tablename__ = "access_try"
    __table_args__ = (UniqueConstraint("address", "mark"),)

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(max_length=60)
    mark: str = Field(max_length=8)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
