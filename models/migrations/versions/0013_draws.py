"""Draws for second looks and spot checks, and who may not work on a task"""

import sqlalchemy as sa
from alembic import op

from models.base import Json

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def upgrade() -> None:
    op.add_column("task", sa.Column("barred", Json, nullable=False, server_default="[]"))
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("wanted", Json, nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("strata", Json, nullable=False),
        sa.Column("sizes", Json, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("population", sa.String(), nullable=False),
        sa.Column("population_sha256", sa.String(64), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("seed_random", sa.Boolean(), nullable=False),
        sa.Column("seed_source", sa.String(200), nullable=False),
        sa.Column("seed", sa.String(200), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("frozen_by", sa.Integer(), nullable=True),
        sa.Column("drawn_at", MOMENT, nullable=True),
        sa.Column("drawn_by", sa.Integer(), nullable=True),
        _to("draw", "frozen_by", "person"),
        _to("draw", "drawn_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("number", name=op.f("uq_draw_number")),
    )
    op.create_table(
        "drawn_parcel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(140), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("lot", sa.String(64), nullable=False),
        sa.Column("key", sa.String(140), nullable=False),
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("barred", Json, nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        _to("drawn_parcel", "draw_id", "draw"),
        _to("drawn_parcel", "parcel_id", "parcel"),
        _to("drawn_parcel", "entry_id", "entry"),
        _to("drawn_parcel", "team_id", "team"),
        _to("drawn_parcel", "person_id", "person"),
        _to("drawn_parcel", "task_id", "task"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn_parcel")),
    )
    for column in ("draw_id", "parcel_id", "entry_id", "task_id"):
        op.create_index(op.f(f"ix_drawn_parcel_{column}"), "drawn_parcel", [column])
