"""Fixtures that many tests share: a clock that stands, and a clean database of either kind.

A test that takes `database` runs on SQLite and on a real PostgreSQL.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from field_app import clock, db
from tests.databases import (
    a_migrated_file,
    another_database,
    empty_postgres,
    empty_sqlite,
    environment,
    postgres_server,
)

NOON = datetime(2026, 4, 15, 4, 0, tzinfo=UTC)  # 12:00 in China


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands at noon of a spring day."""
    with clock.frozen(NOON):
        yield NOON


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL of this test run; gives the address of a database."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database with this version's tables."""
    url = another_database(postgres, "migrated")
    with environment(DATA_DIR=str(tmp_path_factory.mktemp("migrated")), DATABASE_URL=url):
        db.migrate()
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with this version's tables."""
    return a_migrated_file(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, noon: datetime) -> Iterator[str]:
    """A migrated, empty database; the name of its kind."""
    data_dir = tmp_path / "data"
    if request.param == "sqlite":
        with empty_sqlite(request.getfixturevalue("migrated_sqlite"), data_dir):
            yield "sqlite"
    else:
        with empty_postgres(request.getfixturevalue("migrated_postgres"), data_dir):
            yield "postgres"
