"""Captures: devices, one-time codes, packages, and the signed records themselves"""

import sqlalchemy as sa
from alembic import op

from models.base import Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=name)


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        _to("device", "person_id", "person"),
        _to("device", "revoked_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("key_id", name=op.f("uq_device_key_id")),
    )
    op.create_index(op.f("ix_device_person_id"), "device", ["person_id"])
    op.create_table(
        "capture_code",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_by", sa.String(36), nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        _to("capture_code", "person_id", "person"),
        _to("capture_code", "device_id", "device"),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_capture_code")),
    )
    op.create_index(op.f("ix_capture_code_device_id"), "capture_code", ["device_id"])
    op.create_index(
        "ix_capture_code_person_unused", "capture_code", ["person_id", "used_by", "expires_at"]
    )
    op.create_table(
        "package_issue",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        _to("package_issue", "person_id", "person"),
        _to("package_issue", "task_id", "task"),
        sa.PrimaryKeyConstraint("person_id", "task_id", name=op.f("pk_package_issue")),
    )
    op.create_table(
        "sent_bytes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("capture", sa.String(36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to("sent_bytes", "person_id", "person"),
        _to("sent_bytes", "sha256", "blob", "sha256"),
        sa.PrimaryKeyConstraint("person_id", "sha256", "capture", name=op.f("pk_sent_bytes")),
    )
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(5), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("bytes_sha256", sa.String(64), nullable=True),
        sa.Column("visit", sa.String(36), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("signature_state", sa.String(12), nullable=False),
        sa.Column("code_state", sa.String(12), nullable=False),
        sa.Column("code_offline", sa.Boolean(), nullable=False),
        sa.Column("code_issued_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(14), nullable=False),
        sa.Column("hold", sa.String(30), nullable=False),
        sa.Column("why", sa.String(1000), nullable=False),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.Column("inspection_id", sa.Integer(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("filled_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_why", sa.String(1000), nullable=False),
        sa.Column("facts", Json, nullable=False),
        _to("capture", "person_id", "person"),
        _to("capture", "inspection_id", "inspection"),
        _to("capture", "photo_id", "photo"),
        _to("capture", "decided_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("person_id", "uuid", name=op.f("uq_capture_person_id_uuid")),
    )
    op.create_index("ix_capture_person_sha256", "capture", ["person_id", "sha256"])
    op.create_index("ix_capture_person_visit", "capture", ["person_id", "visit"])
    op.create_index("ix_capture_state_looked", "capture", ["state", "looked_at"])
    for column in ("task_id", "inspection_id", "photo_id"):
        op.create_index(op.f(f"ix_capture_{column}"), "capture", [column])
