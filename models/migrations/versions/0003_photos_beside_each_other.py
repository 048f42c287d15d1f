"""What photos of one person or one device are compared by"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Photos from before keep empty columns: they are compared once they are examined again.
    for column in (
        sa.Column("taken_source", sa.String(6), nullable=True),
        sa.Column("zone_assumed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("fixed_at", MOMENT, nullable=True),
        sa.Column("altitude_m", sa.Float(), nullable=True),
        sa.Column("device", sa.String(320), nullable=True),
        sa.Column("lens", sa.String(100), nullable=True),
        sa.Column("software", sa.String(100), nullable=True),
        sa.Column("file_series", sa.String(10), nullable=True),
        sa.Column("file_number", sa.Integer(), nullable=True),
    ):
        op.add_column("photo", column)
    op.create_index("ix_photo_person_taken", "photo", ["person_id", "taken_at"])
    op.create_index("ix_photo_device_taken", "photo", ["device", "taken_at"])
