"""专项整治行动: a campaign with its milestones (节点), what was sent for them, and the reminders that
went out."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class Campaign(Row, table=True):
    """One 专项整治行动, as its document sets it up."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=60)
    document: str = Field(default="", max_length=120)  # 文号
    starts_on: date
    ends_on: date
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    edition: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = Field(default=None, foreign_key="person.id")


class Milestone(Row, table=True):
    """节点: what is owed in a campaign, by whom, once or again and again. One that was taken out
    stays, marked, with what was sent for it."""

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    task: str = Field(max_length=200)
    rhythm: str = Field(max_length=10)
    due_on: date | None = None  # of what is owed once
    day: int | None = None  # weekly: 1 Monday … 7; monthly: day of the month
    owers: list[str] = Field(default_factory=list, sa_type=Json)  # kinds of units, offices
    unit_ids: list[int] = Field(default_factory=list, sa_type=Json)  # single units besides
    source: str = Field(default="", max_length=120)
    edition: int = 1
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Submission(Row, table=True):
    """报送: what one unit, or the office (`unit_id` None), sent for one period of a milestone. Never
    edited but for what the office says to it; one that was returned stays beside the next."""

    __table_args__ = (
        Index("ix_submission_milestone", "milestone_id", "period"),
        Index(
            "uq_submission_standing",
            "milestone_id",
            "period",
            "ower",
            unique=True,
            sqlite_where=text("state <> '退回'"),
            postgresql_where=text("state <> '退回'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    milestone_id: int = Field(foreign_key="milestone.id")
    period: str = Field(max_length=12)  # 一次, 2026-W40, 2026-10, or a day
    due_on: date | None = None  # as it was when this was sent
    ower: str = Field(max_length=20)  # `unit/12` or `office`
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    note: str = Field(default="", max_length=1000)
    document_no: str = Field(default="", max_length=80)
    document_on: date | None = None
    file_sha256: str | None = Field(default=None, max_length=64)
    file_type: str = Field(default="", max_length=8)  # pdf, docx, xlsx or jpg
    file_size: int = 0
    at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=10)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_why: str = Field(default="", max_length=1000)


class Reminder(Row, table=True):
    """A unit was reminded on a day; that it is there keeps it from being reminded twice."""

    __table_args__ = (UniqueConstraint("unit_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    day: date
    late: int = 0
    soon: int = 0
    milestones: int = 0
    at: datetime = Field(sa_type=UtcDateTime)
