"""What rows hold comes back as it was put in, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, func, select

from field_app import clock, db
from models.tables import Event


def keep(at: datetime) -> None:
    with db.writing() as session:
        session.add(Event(about="entry", about_id=1, action="开始整改", at=at))
        session.commit()


@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 999_999])
def test_a_moment_in_china_comes_back_as_the_same_moment_in_utc(
    microsecond: int, database: str
) -> None:
    at = datetime(2026, 4, 16, 7, 30, 5, microsecond, tzinfo=clock.CHINA)
    keep(at)
    with db.reading() as session:
        (event,) = session.exec(select(Event)).all()
        newest = session.exec(select(func.max(Event.at))).one()
        later = session.exec(select(Event.id).where(col(Event.at) > at)).all()
    assert event.at == newest == at
    assert event.at.utcoffset() == timedelta(0)
    assert event.at.tzinfo is not None
    assert event.at.astimezone(UTC).day == 15
    assert later == []


def test_a_moment_that_a_migration_set_by_default_says_its_zone(database: str) -> None:
    keep(datetime(2026, 4, 16, tzinfo=UTC))
    with db.writing() as session:
        session.connection().exec_driver_sql("UPDATE event SET at = '2000-01-01 00:00:00+00:00'")
        session.commit()
    with db.reading() as session:
        assert session.exec(select(Event.at)).one() == datetime(2000, 1, 1, tzinfo=UTC)
