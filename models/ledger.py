"""台账条目: a confirmed finding or a registered clue in one of the six ledgers, what its unit
reported, and where it was handed over to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime

_COUNTED = ("verified_at", "state_since")
_NO_PLAN = text("due_on IS NULL OR measure = ''")


class Entry(Row, table=True):
    """One row of a ledger; the common columns of 附件2 are columns here, the extra ones of each
    ledger stand in `extra` by their name."""

    # The lists ask by ledger, township or state, and sort by deadline; what they count is in the
    # indexes whole, so that the entries themselves need not be read.
    __table_args__ = (
        Index("ix_entry_counts", "state", "due_on", *_COUNTED, "township_code", "category"),
        Index(
            "ix_entry_category_counts", "category", "state", "due_on", *_COUNTED, "township_code"
        ),
        Index(
            "ix_entry_township_counts", "township_code", "state", "due_on", *_COUNTED, "category"
        ),
        # Few of the entries that wait: what the office has to settle.
        Index("ix_entry_no_plan", "state", sqlite_where=_NO_PLAN, postgresql_where=_NO_PLAN),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=40)  # 问题编号
    category: int  # 1…6, the ledger
    problem_type: str = Field(index=True, max_length=10)
    finding_id: int | None = Field(default=None, foreign_key="finding.id", unique=True)
    inspection_id: int | None = Field(default=None, foreign_key="inspection.id", index=True)
    parcel_id: int | None = Field(default=None, foreign_key="parcel.id", index=True)
    project_id: int | None = Field(default=None, foreign_key="project.id", index=True)
    township_code: str | None = Field(default=None, max_length=9)
    village: str = Field(default="", max_length=60)
    source: str = Field(max_length=10)  # 问题来源
    found_on: date
    description: str
    area_mu: float | None = None
    cultivated_mu: float | None = None
    responsible_person: str = Field(default="", max_length=40)
    nature: str = Field(default="", max_length=10)  # 问题性质, empty until a person says
    arose_during: bool = False  # 边整治边发生
    measure: str = ""
    due_on: date | None = None
    progress: str = ""  # the newest of EntryProgress
    rectified_on: date | None = None
    application: str = Field(default="", max_length=1000)  # what the unit says when it applies
    returned_why: str = Field(default="", max_length=1000)
    closed_on: date | None = None
    closed_why: str = Field(default="", max_length=1000)
    carried: str = ""  # 挂账: reason
    carried_until: date | None = None
    carried_approver: str = Field(default="", max_length=80)
    handed_to: str = ""  # 移送机关及文号, of all that stand in HandOver
    second_look: str = ""  # 回头看结果
    state: str = Field(max_length=10)
    state_since: datetime = Field(sa_type=UtcDateTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # What proves the rectification was shot after this moment: the finding, or the reopening.
    evidence_after: datetime = Field(sa_type=UtcDateTime)
    remark: str = ""
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    edition: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = Field(default=None, foreign_key="person.id")


class EntryUnit(Row, table=True):
    """责任主体: the units that answer an entry; the first in order leads."""

    __tablename__ = "entry_unit"
    __table_args__ = (Index("ix_entry_unit_of_unit", "unit_id", "entry_id"),)

    entry_id: int = Field(foreign_key="entry.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    place: int = 0


class EntryProgress(Row, table=True):
    """整改进展: one report of a unit. Never edited; one that was undone stays, marked."""

    __tablename__ = "entry_progress"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    text: str
    at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EntryProof(Row, table=True):
    """整改举证: the task in which one person of a unit proves the rectification of an entry; one
    open at a time."""

    __tablename__ = "entry_proof"
    __table_args__ = (
        Index(
            "uq_entry_proof_open",
            "entry_id",
            "person_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    task_id: int = Field(foreign_key="task.id", primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HandOver(Row, table=True):
    """移送: one clue handed to an organ under a document number, and what came back."""

    __tablename__ = "hand_over"

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="entry.id", index=True)
    organ: str = Field(max_length=80)
    document_no: str = Field(max_length=80)
    nature: str = Field(max_length=10)  # as a person had said it by then
    handed_on: date
    clue: str = Field(max_length=2000)
    person_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
    feedback: str = Field(default="", max_length=2000)
    feedback_on: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PresetBook(Row, table=True):
    """分类预设: one version of what a new entry is preset with, over the product's own file. The
    newest is in force; a version is never edited. Its id is its number."""

    __tablename__ = "preset_book"

    id: int | None = Field(default=None, primary_key=True)
    presets: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # {category: {name: value}}
    person_id: int | None = Field(default=None, foreign_key="person.id")
    why: str = Field(max_length=1000)
    at: datetime = Field(sa_type=UtcDateTime)
