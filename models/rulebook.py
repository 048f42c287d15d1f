"""核验规则: the thresholds that photos are examined with, version by version."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class RuleBook(Row, table=True):
    """One version: what the county set over what the server's settings say. The newest is in
    force; a version is never edited. Its id is its number."""

    __tablename__ = "rule_book"

    id: int | None = Field(default=None, primary_key=True)
    thresholds: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # {check: {name: value}}
    base: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # of the settings, that day
    person_id: int | None = Field(default=None, foreign_key="person.id")
    why: str = Field(max_length=1000)
    at: datetime = Field(sa_type=UtcDateTime)
