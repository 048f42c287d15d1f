"""Examinations whose results stand with the run that found them, for a while"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("examination", sa.Column("trial_id", sa.Integer(), nullable=True))
