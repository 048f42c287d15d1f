"""证据包: what was sealed of an entry, when, by whom, with which key."""

from datetime import datetime

from sqlmodel import Field

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
