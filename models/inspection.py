"""实地核查 and the 问题线索 that it may report."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class Inspection(Row, table=True):
    """One visit. While 草稿 or 退回补拍 its answers are the draft that form and chat edit;
    `edition` grows with each change, so that two devices notice each other."""

    # One open draft a person and task: a second tap opens the first one again.
    __table_args__ = (
        Index("ix_inspection_state_submitted", "state", "submitted_at"),
        Index("ix_inspection_decided", "decided_at"),
        Index(
            "uq_inspection_open_draft",
            "task_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = '草稿'"),
            postgresql_where=text("state = '草稿'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    parcel_id: int = Field(foreign_key="parcel.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    state: str = Field(max_length=10)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    # By the question's name: who filled it but a hand on the form, by which words, and whether
    # the inspector has looked at it since. Kept with the record.
    marks: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    form: str = Field(
        default="", max_length=64
    )  # of FormVersion; empty: from before there were any
    edition: int = 1
    shape_no: int = 1
    opened_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    returned_why: str = Field(default="", max_length=1000)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Finding(Row, table=True):
    """What a submitted inspection says is wrong: category, type, facts, and the photos cited."""

    id: int | None = Field(default=None, primary_key=True)
    inspection_id: int = Field(foreign_key="inspection.id", unique=True)
    category: int
    problem_type: str = Field(max_length=10)
    facts: str
    area_mu: float | None = None
    cultivated_mu: float | None = None
    measure: str = ""
    photo_ids: list[int] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
