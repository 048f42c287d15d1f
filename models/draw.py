"""抽查与回头看: draws by lot, and whom they drew."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class Draw(Row, table=True):
    """One draw. The list is frozen first, with where its seed will come from; the seed is added at
    the draw itself. Neither is changed afterwards, and no draw is ever deleted."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=40)
    purpose: str = Field(max_length=10)  # 回头看 of closed entries, or 抽查 of what was in order
    why: str = Field(max_length=1000)
    wanted: dict[str, Any] = Field(default_factory=dict, sa_type=Json)  # by what it was filtered
    period_from: date | None = None
    period_to: date | None = None
    strata: list[str] = Field(default_factory=list, sa_type=Json)
    sizes: dict[str, int] = Field(default_factory=dict, sa_type=Json)  # of each stratum
    n: int
    size: int  # of the list
    left_out: int = 0  # closed without a parcel: there is nowhere to go
    population: str  # the list as `second_look.published.frozen_text` writes it
    population_sha256: str = Field(max_length=64)
    method: str = Field(max_length=40)
    seed_random: bool  # of the system's own randomness, not a number from outside
    seed_source: str = Field(max_length=200)
    seed: str = Field(default="", max_length=200)
    frozen_at: datetime = Field(sa_type=UtcDateTime)
    frozen_by: int | None = Field(default=None, foreign_key="person.id")
    drawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    drawn_by: int | None = Field(default=None, foreign_key="person.id")


class DrawnParcel(Row, table=True):
    """One that was drawn, who may not go there again, and who is to go."""

    __tablename__ = "drawn_parcel"

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    stratum: str = Field(max_length=140)
    place: int  # within its stratum, from 1
    lot: str = Field(max_length=64)
    key: str = Field(max_length=140)  # its number in the list
    parcel_id: int = Field(foreign_key="parcel.id", index=True)
    entry_id: int | None = Field(default=None, foreign_key="entry.id", index=True)
    barred: list[int] = Field(default_factory=list, sa_type=Json)  # persons, on the day of the draw
    team_id: int | None = Field(default=None, foreign_key="team.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
