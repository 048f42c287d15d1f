"""Campaigns with their milestones, what was sent for them, and reminders"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("document", sa.String(120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        _to("campaign", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("name", name=op.f("uq_campaign_name")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(200), nullable=False),
        sa.Column("rhythm", sa.String(10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("owers", JSON, nullable=False),
        sa.Column("unit_ids", JSON, nullable=False),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        _to("milestone", "campaign_id", "campaign"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_campaign_id"), "milestone", ["campaign_id"])
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("ower", sa.String(20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("document_no", sa.String(80), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("file_sha256", sa.String(64), nullable=True),
        sa.Column("file_type", sa.String(8), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_why", sa.String(1000), nullable=False),
        _to("submission", "milestone_id", "milestone"),
        _to("submission", "unit_id", "unit"),
        _to("submission", "person_id", "person"),
        _to("submission", "decided_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_unit_id"), "submission", ["unit_id"])
    op.create_index("ix_submission_milestone", "submission", ["milestone_id", "period"])
    op.create_index(
        "uq_submission_standing",
        "submission",
        ["milestone_id", "period", "ower"],
        unique=True,
        sqlite_where=sa.text("state <> '退回'"),
        postgresql_where=sa.text("state <> '退回'"),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("soon", sa.Integer(), nullable=False),
        sa.Column("milestones", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("reminder", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("unit_id", "day", name=op.f("uq_reminder_unit_id_day")),
    )
