"""Messages on their way to other systems, their answers, and who may read from outside"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def upgrade() -> None:
    op.add_column("outbox", sa.Column("line", sa.String(80), nullable=False, server_default=""))
    # What was written before is of entries, whose keys are `entry/<number>/<edition>`.
    op.execute("UPDATE outbox SET line = 'entry/' || (body ->> 'number')")
    op.create_index("ix_outbox_line", "outbox", ["line", "id"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("unclear", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("lease_by", sa.String(60), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("handed_at", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("said", sa.String(400), nullable=False),
        sa.Column("receipt", JSON, nullable=False),
        _to("delivery", "outbox_id", "outbox"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("outbox_id", "channel", name=op.f("uq_delivery_outbox_id_channel")),
    )
    op.create_index("ix_delivery_due", "delivery", ["channel", "state", "next_at", "outbox_id"])
    op.create_table(
        "sync_channel",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("contact_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("said", sa.String(400), nullable=False),
        sa.Column("cursor", sa.String(200), nullable=False),
        sa.Column("polled_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sync_channel")),
    )
    op.create_table(
        "counterpart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("clash", sa.String(20), nullable=False),
        sa.Column("clash_at", MOMENT, nullable=True),
        _to("counterpart", "entry_id", "entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counterpart")),
        sa.UniqueConstraint("entry_id", "channel", name=op.f("uq_counterpart_entry_id_channel")),
    )
    op.create_index(op.f("ix_counterpart_clash"), "counterpart", ["clash"])
    op.create_table(
        "signed_call",
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_signed_call")),
    )
    op.create_index(op.f("ix_signed_call_at"), "signed_call", ["at"])
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("starts_with", sa.String(12), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("used_from", sa.String(60), nullable=False),
        _to("access_token", "made_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_access_token_token_sha256")),
    )
    op.create_table(
        "access_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("mark", sa.String(8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_try")),
        sa.UniqueConstraint("address", "mark", name=op.f("uq_access_try_address_mark")),
    )
    op.create_index(op.f("ix_access_try_at"), "access_try", ["at"])
    # What changed since, and the photos of a map's window.
    op.create_index("ix_event_about_at", "event", ["about", "at", "about_id"])
    op.create_index(op.f("ix_parcel_created_at"), "parcel", ["created_at"])
    op.create_index(op.f("ix_parcel_shape_until"), "parcel_shape", ["until"])
    op.create_index("ix_photo_lon_lat", "photo", ["lon", "lat"])
