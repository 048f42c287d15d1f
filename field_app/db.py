"""The engine and its transactions, for SQLite and PostgreSQL.

SQLite: WAL, foreign keys on, `synchronous=FULL` (evidence must survive a power cut), and writes
begin IMMEDIATE: a deferred BEGIN that turns into a write fails with "locked" under load.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from field_app.settings import ROOT, settings

_BUSY_MS = 30_000


def _to_json(value: Any) -> str:
    """Chinese stays readable in the database, and takes half the room."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def make_engine(url: str) -> Engine:
    """An engine with this product's habits."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=20, json_serializer=_to_json
        )
    engine = create_engine(
        url, connect_args={"check_same_thread": False}, pool_size=20, json_serializer=_to_json
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",
            f"busy_timeout={_BUSY_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The process's engine; the data folder is made at first use."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    return make_engine(settings().database)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading; what it read stays usable after it ends. All of it is as it was at
    one moment, as SQLite does by itself: never an old verdict beside its new reasons."""
    source = engine()
    if source.dialect.name == "postgresql":
        source = source.execution_options(isolation_level="REPEATABLE READ")
    with Session(source, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction: all of it is kept, or nothing."""
    connection = engine().connect().execution_options(writes=True)
    with connection, Session(connection, expire_on_commit=False) as session:
        yield session
        session.commit()


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def add_if_new(session: Session, table: Table, row: dict[str, Any]) -> bool:
    """Inserts a row where none has its key, also when another request does the same at this very
    moment; whether it was new."""
    insert = _insert_if_new(table, session.get_bind().dialect.name)
    return bool(session.connection().execute(insert, row).rowcount == 1)


@lru_cache(maxsize=64)
def _insert_if_new(table: Table, dialect: str) -> Any:
    # Built once: it is executed for each photo, and building costs as much as executing.
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return insert.on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "models" / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate() -> None:
    """Brings the database to this version's tables."""
    connection = engine().connect().execution_options(writes=True)
    with connection, connection.begin():
        command.upgrade(_alembic(connection), "head")
