"""台账条目: a confirmed finding in one of the six ledgers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class Entry(Row, table=True):
    """One row of a ledger; the common columns of 附件2 are columns here, the extra ones of each
    ledger stand in `extra` by their name."""

    # The lists ask by ledger, township or state, and sort by deadline.
    __table_args__ = (
        Index("ix_entry_state_due", "state", "due_on"),
        Index("ix_entry_category_state_due", "category", "state", "due_on"),
        Index("ix_entry_township_state_due", "township_code", "state", "due_on"),
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
    due_on: date | None = Field(default=None, index=True)
    progress: str = ""
    rectified_on: date | None = None
    closed_on: date | None = None
    carried: str = ""  # 挂账: reason
    handed_to: str = ""  # 移送机关及文号
    second_look: str = ""  # 回头看结果
    state: str = Field(max_length=10)
    remark: str = ""
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    edition: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: int | None = Field(default=None, foreign_key="person.id")


class EntryUnit(Row, table=True):
    """责任主体: the units that answer an entry; the first in order leads."""

    __tablename__ = "entry_unit"

    entry_id: int = Field(foreign_key="entry.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, index=True)
    place: int = 0
