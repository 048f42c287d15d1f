"""Totals kept with a run, and indexes for what is put right in them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column(
        "reexamination",
        sa.Column("newest_photo", sa.Integer(), nullable=False, server_default="0"),
    )
    op.add_column("reexamination", sa.Column("tally", JSON, nullable=False, server_default="{}"))
    op.add_column("trial", sa.Column("draw", sa.Integer(), nullable=False, server_default="0"))
    # What an open run found was not added up: it begins again, as after a change of the program.
    op.execute("UPDATE reexamination SET engine = '' WHERE slot = 1")
    op.execute(
        "UPDATE reexamination SET newest_photo = (SELECT coalesce(max(id), 0) FROM photo) "
        "WHERE slot = 1"
    )
    op.drop_index("ix_trial_run_verdicts", "trial")
    op.create_index(
        "ix_trial_run_verdicts", "trial", ["run_id", "old_verdict", "verdict", "draw", "photo_id"]
    )
    op.create_index(
        "ix_trial_unread",
        "trial",
        ["run_id", "photo_id"],
        sqlite_where=sa.text("error <> ''"),
        postgresql_where=sa.text("error <> ''"),
    )
    op.create_index(
        "ix_photo_removed",
        "photo",
        ["removed_at"],
        sqlite_where=sa.text("removed_at IS NOT NULL"),
        postgresql_where=sa.text("removed_at IS NOT NULL"),
    )
    op.create_index("ix_inspection_decided", "inspection", ["decided_at"])
