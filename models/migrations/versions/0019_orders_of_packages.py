"""Orders of evidence packages, which a worker seals"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "package_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("entry_edition", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_by", sa.String(40), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.String(500), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_package_order_entry_id_entry"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_package_order_person_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["evidence_package.id"],
            name="fk_package_order_package_id_evidence_package",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_package_order"),
        sa.UniqueConstraint(
            "slot", "entry_id", "purpose", name="uq_package_order_slot_entry_id_purpose"
        ),
    )
    op.create_index("ix_package_order_entry_id", "package_order", ["entry_id"])
