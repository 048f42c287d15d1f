"""A ledger that came back as an Excel file: what it brings, until it is applied or dropped."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class LedgerReturn(Row, table=True):
    """One upload. `read` holds only the cells that differ from the export, so that the comparison
    can be made anew at any time; `results` what became of each entry."""

    __tablename__ = "ledger_return"
    __table_args__ = (Index("ix_ledger_return_person_at", "person_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    file_name: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    read: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    results: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # dropped, or put away
