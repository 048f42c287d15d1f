import random

import pytest
import shapely
from sqlalchemy import text
from sqlmodel import Session, select

from field_app import db
from field_app.parcels.search import called, ids_in_box, within
from models import geo
from models.geo import Box, Position, moved
from models.tables import Parcel, Project
from tests import rows


def scatter(count: int = 120) -> None:
    """Squares of 50 m strewn over 6 × 6 km."""
    chance = random.Random(7)
    for _ in range(count):
        at = moved(
            rows.HERE, east_m=chance.uniform(-3000, 3000), north_m=chance.uniform(-3000, 3000)
        )
        rows.a_parcel_row(at)


def test_within_200_m_finds_exactly_what_is_that_near(database: str) -> None:
    scatter()
    with db.reading() as session:
        everything = session.exec(select(Parcel)).all()
        for east in (-2500, -700, 0, 900, 2400):
            at = moved(rows.HERE, east_m=east, north_m=east / 3)
            found = {n.parcel.id: n.distance_m for n in within(session, at, 200.0)}
            true = {
                p.id: d for p in everything if (d := geo.distance_to_m(p.boundary, at)) <= 200.0
            }
            assert found == pytest.approx(true)


def test_the_nearest_comes_first_and_inside_is_nought(database: str) -> None:
    scatter(30)
    mine = rows.a_parcel_row()
    with db.reading() as session:
        found = within(session, rows.HERE, 3000.0)
    assert found[0].parcel.id == mine
    assert found[0].distance_m == 0.0
    assert [n.distance_m for n in found] == sorted(n.distance_m for n in found)


def test_a_box_finds_what_it_meets_and_nothing_else(database: str) -> None:
    scatter()
    box = Box(112.42, 33.485, 112.44, 33.495)
    asked = shapely.box(box.min_lon, box.min_lat, box.max_lon, box.max_lat)
    with db.reading() as session:
        everything = session.exec(select(Parcel)).all()
        found = set(ids_in_box(session, box))
    surely = {
        p.id for p in everything if shapely.intersects(shapely.box(*p.boundary.bounds), asked)
    }
    assert surely <= found
    # SQLite's index keeps single precision: about a metre too many is allowed, no more.
    wider = asked.buffer(3e-5)
    assert found <= {
        p.id for p in everything if shapely.intersects(shapely.box(*p.boundary.bounds), wider)
    }


def plan_of(session: Session, kind: str) -> str:
    box = "box(point(112.44, 33.495), point(112.42, 33.485))"
    query = {
        "sqlite": "EXPLAIN QUERY PLAN SELECT id FROM parcel_box WHERE min_lon <= 112.44 AND "
        "max_lon >= 112.42 AND min_lat <= 33.495 AND max_lat >= 33.485",
        "postgres": "EXPLAIN SELECT id FROM parcel WHERE "
        f"box(point(max_lon, max_lat), point(min_lon, min_lat)) && {box}",
    }[kind]
    if kind == "postgres":  # a small table is scanned whatever the index; ask what it could do
        session.connection().execute(text("SET LOCAL enable_seqscan = off"))
    return " ".join(str(row[-1]) for row in session.connection().execute(text(query)))


def test_the_question_is_answered_by_the_index_not_by_a_scan(database: str) -> None:
    scatter(20)
    with db.reading() as session:
        plan = plan_of(session, database)
    assert ("VIRTUAL TABLE INDEX" in plan) or ("ix_parcel_box" in plan)


def test_a_parcel_that_moves_or_goes_is_found_where_it_is_now(database: str) -> None:
    number = rows.a_parcel_row()
    far = Position(112.60, 33.40)
    with db.writing() as session:
        row = session.get_one(Parcel, number)
        shape = rows.a_square(far)
        row.boundary = shape
        row.min_lon, row.min_lat, row.max_lon, row.max_lat = shape.bounds
    with db.writing() as session:
        assert [n.parcel.id for n in within(session, far, 100.0)] == [number]
        assert within(session, rows.HERE, 100.0) == []
        session.delete(session.get_one(Parcel, number))
    with db.reading() as session:
        assert within(session, far, 100.0) == []


def numbers(session: Session, words: str) -> list[str]:
    condition = called(words)
    assert condition is not None
    query = select(Parcel.number).outerjoin(Project, Project.id == Parcel.project_id)  # type: ignore[arg-type]
    return sorted(session.exec(query.where(condition)))


def test_a_search_knows_number_village_and_project_and_takes_each_word(database: str) -> None:
    project = rows.a_project(name="云阳镇西花园村土地整治项目")
    rows.a_parcel_row(number="N4113211", village="西花园村", project_id=project)
    rows.a_parcel_row(number="N4113212", village="老龙庙村", project_id=project)
    rows.a_parcel_row(number="X_9", village="100%村")
    with db.reading() as session:
        assert numbers(session, "n4113211") == ["N4113211"]
        assert numbers(session, "云阳镇 老龙") == ["N4113212"]
        assert numbers(session, "云阳镇") == ["N4113211", "N4113212"]
        assert numbers(session, "%") == ["X_9"]
        assert numbers(session, "_") == ["X_9"]
    assert called("   ") is None


def test_a_search_survives_what_a_hostile_hand_types(database: str) -> None:
    rows.a_parcel_row(number="N1")
    with db.reading() as session:
        assert numbers(session, "N\x001") == ["N1"]
        assert numbers(session, "N\ud8001") == ["N1"]
        assert numbers(session, "N " * 100_000) == ["N1"]
        assert numbers(session, "N" * 100_000) == []
    assert called("\x00\x01") is None
