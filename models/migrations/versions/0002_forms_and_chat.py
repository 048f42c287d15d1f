"""Form versions, the chat, and the marks of a draft"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "form_version",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("definition", JSON, nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_from", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_form_version_person_id_person")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_form_version")),
    )
    op.create_index(op.f("ix_form_version_used_from"), "form_version", ["used_from"])
    op.create_table(
        "chat_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=True),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["chat_turn.id"], name=op.f("fk_chat_turn_answers_id_chat_turn")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_chat_turn_inspection_id_inspection"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_chat_turn_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_turn")),
        sa.UniqueConstraint("answers_id", name=op.f("uq_chat_turn_answers_id")),
    )
    op.create_index(op.f("ix_chat_turn_inspection_id"), "chat_turn", ["inspection_id"])
    op.create_index(
        "ix_chat_turn_person_inspection", "chat_turn", ["person_id", "inspection_id", "id"]
    )
    # Visits from before: nothing is marked, and the form is the one that came with the product.
    op.add_column("inspection", sa.Column("marks", JSON, nullable=False, server_default="{}"))
    op.add_column("inspection", sa.Column("form", sa.String(64), nullable=False, server_default=""))
