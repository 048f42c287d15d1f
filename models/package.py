"""证据包: what was sealed of an entry, when, by whom, with which key; and what is asked for."""

from datetime import datetime

from sqlmodel import Field, UniqueConstraint

from models.base import Row, UtcDateTime


class EvidencePackage(Row, table=True):
    """One sealed package. The file follows from its small members and the photos' own bytes:
    `rest_sha256` names the small ones in the photo store, photos are there already."""

    __tablename__ = "evidence_package"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)
    sha256: str = Field(max_length=64)  # of the file
    size: int
    photos: int
    rest_sha256: str = Field(max_length=64)
    key_id: str = Field(max_length=64)
    purpose: str = Field(max_length=10)
    person_id: int | None = Field(default=None, foreign_key="person.id")  # None: at the console
    at: datetime = Field(sa_type=UtcDateTime)


class PackageOrder(Row, table=True):
    """Somebody wants an entry sealed. A worker does it, and the order stays as who asked for which
    package."""

    __tablename__ = "package_order"
    __table_args__ = (UniqueConstraint("slot", "entry_id", "purpose"),)

    id: int | None = Field(default=None, primary_key=True)
    # 1 while the order is open, then NULL: the database itself refuses the same one twice.
    slot: int | None = None
    entry_id: int = Field(foreign_key="entry.id", index=True)
    entry_edition: int  # as the entry was when it was asked for; sealed is what it is then
    purpose: str = Field(max_length=10)
    person_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=10)
    tries: int = 0  # how often a worker began
    next_at: datetime = Field(sa_type=UtcDateTime)  # not to be tried before
    lease_by: str = Field(default="", max_length=40)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    said: str = Field(default="", max_length=500)  # why it waits or failed
    package_id: int | None = Field(default=None, foreign_key="evidence_package.id")
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
