"""Rule books, and examining all photos again"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "rule_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thresholds", JSON, nullable=False),
        sa.Column("base", JSON, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("rule_book", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_book")),
    )
    # Said in full, because SQLite adds a reference only together with its column.
    op.execute(
        "ALTER TABLE examination ADD COLUMN rule_book_id INTEGER "
        "CONSTRAINT fk_examination_rule_book_id_rule_book REFERENCES rule_book (id)"
    )
    op.add_column(
        "examination", sa.Column("engine", sa.String(16), nullable=False, server_default="")
    )
    op.create_table(
        "reexamination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("thresholds", JSON, nullable=False),
        sa.Column("base", JSON, nullable=False),
        sa.Column("engine", sa.String(16), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("doing_from", sa.Integer(), nullable=False),
        sa.Column("doing_to", sa.Integer(), nullable=False),
        sa.Column("doing_tries", sa.Integer(), nullable=False),
        sa.Column("lease_by", sa.String(40), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("stumbles", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("rule_book_id", sa.Integer(), nullable=True),
        sa.Column("summary", JSON, nullable=False),
        _to("reexamination", "person_id", "person"),
        _to("reexamination", "decided_by", "person"),
        _to("reexamination", "rule_book_id", "rule_book"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reexamination")),
        sa.UniqueConstraint("slot", name=op.f("uq_reexamination_slot")),
    )
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("examination_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("error", sa.String(200), nullable=False),
        sa.Column("old_verdict", sa.String(10), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("results", JSON, nullable=False),
        sa.Column("readings", JSON, nullable=False),
        _to("trial", "run_id", "reexamination"),
        _to("trial", "photo_id", "photo"),
        _to("trial", "examination_id", "examination"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sa.UniqueConstraint("run_id", "photo_id", name=op.f("uq_trial_run_id_photo_id")),
    )
    op.create_index(op.f("ix_trial_photo_id"), "trial", ["photo_id"])
    op.create_index("ix_trial_run_verdicts", "trial", ["run_id", "old_verdict", "verdict"])
    op.create_table(
        "trial_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.String(60), nullable=False),
        sa.Column("old", sa.String(10), nullable=False),
        sa.Column("new", sa.String(10), nullable=False),
        _to("trial_change", "run_id", "reexamination"),
        _to("trial_change", "photo_id", "photo"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_change")),
    )
    op.create_index("ix_trial_change_run_photo", "trial_change", ["run_id", "photo_id"])
