"""Indexes that answer the counts of the ledger by themselves"""

from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

COUNTED = ["verified_at", "state_since"]


def upgrade() -> None:
    op.drop_index("ix_entry_due_on", "entry")
    op.drop_index("ix_entry_state_due", "entry")
    op.drop_index("ix_entry_category_state_due", "entry")
    op.drop_index("ix_entry_township_state_due", "entry")
    op.drop_index("ix_entry_unit_unit_id", "entry_unit")
    op.create_index(
        "ix_entry_counts", "entry", ["state", "due_on", *COUNTED, "township_code", "category"]
    )
    op.create_index(
        "ix_entry_category_counts",
        "entry",
        ["category", "state", "due_on", *COUNTED, "township_code"],
    )
    op.create_index(
        "ix_entry_township_counts",
        "entry",
        ["township_code", "state", "due_on", *COUNTED, "category"],
    )
    op.create_index("ix_entry_unit_of_unit", "entry_unit", ["unit_id", "entry_id"])
