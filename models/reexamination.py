"""重新核验: all photos examined again by proposed rules, beside what is in force."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, UniqueConstraint

from models.base import Json, Row, UtcDateTime


class Reexamination(Row, table=True):
    """One run over all photos that count. Nothing of it is in force before somebody says so."""

    id: int | None = Field(default=None, primary_key=True)
    # 1 while the run is open, then NULL: the database itself refuses a second open one.
    slot: int | None = Field(default=None, unique=True)
    state: str = Field(max_length=10)
    thresholds: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # the county's, proposed
    base: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # of the settings
    engine: str = Field(max_length=16)
    why: str = Field(max_length=1000)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    started_at: datetime = Field(sa_type=UtcDateTime)
    total: int = 0  # photos that counted when it began
    newest_photo: int = 0  # the highest id then
    tally: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # over its trials, kept true
    cursor: int = 0  # every photo up to this id was looked at in the first pass
    # The batch under way, kept so that a photo that kills the process is found out.
    doing_from: int = 0
    doing_to: int = 0
    doing_tries: int = 0
    lease_by: str = Field(default="", max_length=40)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stumbles: int = 0  # failures in a row
    note: str = Field(default="", max_length=200)  # why it waits or stopped
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rule_book_id: int | None = Field(default=None, foreign_key="rule_book.id")
    summary: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # once it is decided


class Trial(Row, table=True):
    """What a run says of one photo, beside the examination that counts: all that an examination
    would write, written nowhere else before the rules are put in force."""

    __table_args__ = (
        UniqueConstraint("run_id", "photo_id"),
        Index("ix_trial_run_verdicts", "run_id", "old_verdict", "verdict", "draw", "photo_id"),
        Index(
            "ix_trial_unread",
            "run_id",
            "photo_id",
            sqlite_where=text("error <> ''"),
            postgresql_where=text("error <> ''"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="reexamination.id")
    photo_id: int = Field(foreign_key="photo.id", index=True)
    examination_id: int | None = Field(default=None, foreign_key="examination.id")  # compared with
    at: datetime = Field(sa_type=UtcDateTime)
    error: str = Field(
        default="", max_length=200
    )  # why it could not be examined; it stays as it is
    old_verdict: str = Field(max_length=10)
    verdict: str = Field(max_length=10)
    draw: int = 0  # by lot, so that photos to look at are the first of an index
    columns: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # of the photo, that differ
    results: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    readings: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)


class TrialChange(Row, table=True):
    """A check that says otherwise of a photo than before; empty where it said nothing."""

    __tablename__ = "trial_change"
    __table_args__ = (Index("ix_trial_change_run_photo", "run_id", "photo_id"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="reexamination.id")
    photo_id: int = Field(foreign_key="photo.id")
    check_id: str = Field(max_length=60)
    old: str = Field(max_length=10)
    new: str = Field(max_length=10)
