"""The migrations make just the tables that the code believes in."""

import warnings
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from field_app import db
from models.tables import metadata
from tests.databases import environment


def _ours(_obj: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    return not (kind == "table" and str(name).startswith("parcel_box"))


def test_migrated_tables_are_the_declared_ones(database: str) -> None:
    with db.engine().connect() as connection, warnings.catch_warnings():
        # SQLite cannot be asked about an index over an expression; the next test looks at it.
        warnings.filterwarnings("ignore", message=".*expression-based index.*")
        context = MigrationContext.configure(connection, opts={"include_object": _ours})
        found = compare_metadata(context, metadata)
    if database == "postgres":  # it compares the text of expressions, which PostgreSQL rewrites
        found = [
            d for d in found if "uq_parcel_number" not in repr(d) and "ix_parcel_box" not in repr(d)
        ]
    assert found == []


def test_a_parcel_number_is_unique_within_its_project_and_without_one(database: str) -> None:
    with db.engine().connect() as connection:
        if database == "postgres":
            query = "SELECT indexdef FROM pg_indexes WHERE indexname = 'uq_parcel_number'"
        else:
            query = "SELECT sql FROM sqlite_master WHERE name = 'uq_parcel_number'"
        made = str(connection.execute(text(query)).scalar_one()).lower()
    assert "unique" in made
    assert "coalesce(project_id, 0)" in made


def test_migrating_twice_changes_nothing(database: str) -> None:
    with db.engine().connect() as connection:
        before = sorted(inspect(connection).get_table_names())
    db.migrate()
    with db.engine().connect() as connection:
        assert sorted(inspect(connection).get_table_names()) == before


def test_sqlite_runs_as_evidence_needs_it(tmp_path: Path) -> None:
    with (
        environment(DATA_DIR=str(tmp_path), DATABASE_URL=""),
        db.engine().connect() as connection,
    ):
        said = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert said == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 30000,
    }
