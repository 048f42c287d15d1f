"""An index of the entries that have no deadline or no measure"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0019"
branch_labels = None
depends_on = None

NO_PLAN = sa.text("due_on IS NULL OR measure = ''")


def upgrade() -> None:
    op.create_index(
        "ix_entry_no_plan", "entry", ["state"], sqlite_where=NO_PLAN, postgresql_where=NO_PLAN
    )
