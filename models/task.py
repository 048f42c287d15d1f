"""核查任务: one parcel, one team, one window, one purpose."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class Task(Row, table=True):
    """What a team is asked to look at, and when."""

    # Planning the same parcels twice, or at the same moment, asks for nothing twice. 整改举证 is not
    # planned, and two entries may lie on one parcel.
    __table_args__ = (
        Index(
            "uq_task_open",
            "parcel_id",
            "purpose",
            unique=True,
            sqlite_where=text("done_at IS NULL AND purpose <> '整改举证'"),
            postgresql_where=text("done_at IS NULL AND purpose <> '整改举证'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int = Field(foreign_key="parcel.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    purpose: str = Field(max_length=10)
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Who may not work on it: they had a hand in what is looked at again.
    barred: list[int] = Field(
        default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": "[]"}
    )
