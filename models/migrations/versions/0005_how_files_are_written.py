"""How the file of a photo is written, so that later ones of its device are compared with it"""

import sqlalchemy as sa
from alembic import op

from models.base import Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Photos from before teach nothing until they are examined again.
    op.add_column(
        "photo", sa.Column("file_signature", Json, nullable=False, server_default=sa.text("'{}'"))
    )
    op.create_index("ix_photo_device_software", "photo", ["device", "software", "id"])
