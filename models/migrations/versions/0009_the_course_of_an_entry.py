"""The course of an entry: progress, hand-overs, presets, and proofs of rectification"""

import sqlalchemy as sa
from alembic import op

from models.base import Json

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _text(name: str, limit: int) -> sa.Column:
    return sa.Column(name, sa.String(limit), nullable=False, server_default="")


def upgrade() -> None:
    # SQLite adds a column that must not be empty only with a default; every row gets its own below.
    some_day = sa.text("'2000-01-01 00:00:00+00:00'")
    for column in (
        _text("application", 1000),
        _text("returned_why", 1000),
        _text("closed_why", 1000),
        sa.Column("carried_until", sa.Date(), nullable=True),
        _text("carried_approver", 80),
        sa.Column("state_since", MOMENT, nullable=False, server_default=some_day),
        sa.Column("verified_at", MOMENT, nullable=True),
        sa.Column("evidence_after", MOMENT, nullable=False, server_default=some_day),
    ):
        op.add_column("entry", column)
    # What is in a ledger so far was confirmed when it came in, and found when the visit was
    # handed in.
    op.execute(
        "UPDATE entry SET state_since = created_at, verified_at = created_at, evidence_after = "
        "coalesce((SELECT submitted_at FROM inspection WHERE inspection.id = entry.inspection_id),"
        " created_at)"
    )
    op.create_table(
        "entry_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        _to("entry_progress", "entry_id", "entry"),
        _to("entry_progress", "person_id", "person"),
        _to("entry_progress", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_progress")),
    )
    op.create_index(op.f("ix_entry_progress_entry_id"), "entry_progress", ["entry_id"])
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("organ", sa.String(80), nullable=False),
        sa.Column("document_no", sa.String(80), nullable=False),
        sa.Column("nature", sa.String(10), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("clue", sa.String(2000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("feedback", sa.String(2000), nullable=False),
        sa.Column("feedback_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        _to("hand_over", "entry_id", "entry"),
        _to("hand_over", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(op.f("ix_hand_over_entry_id"), "hand_over", ["entry_id"])
    op.create_table(
        "preset_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("presets", Json, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("preset_book", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preset_book")),
    )
    op.create_table(
        "entry_proof",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        _to("entry_proof", "task_id", "task"),
        _to("entry_proof", "entry_id", "entry"),
        _to("entry_proof", "person_id", "person"),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_entry_proof")),
    )
    op.create_index(op.f("ix_entry_proof_entry_id"), "entry_proof", ["entry_id"])
    _unique("uq_entry_proof_open", "entry_proof", ["entry_id", "person_id"], "closed_at IS NULL")
    op.drop_index("uq_task_open", "task")
    planned = "done_at IS NULL AND purpose <> '整改举证'"
    _unique("uq_task_open", "task", ["parcel_id", "purpose"], planned)


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    told = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=told, postgresql_where=told)
