"""`verify --database`: all photos in force, from the bytes in the store, and nothing is written."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, text
from typer.testing import CliRunner

from field_app import inspections
from field_app.__main__ import app
from field_app.clock import local
from field_app.inspections.held import store
from field_app.problems import Problem
from field_app.verifying import database as verifying
from photos.stores import path_of
from tests import rows
from tests.databases import environment
from tests.inspections.conftest import Visit


def verified(*words: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["verify", "--database", "--json", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_photo_is_judged_as_when_it_came_in(visit: Visit) -> None:
    receipt = visit.shoot()
    (line,) = verified()
    assert (line["photo"], line["verdict"]) == (receipt.photo_id, "核验通过")
    assert (line["person"], line["same_as"]) == ("何映", [])
    (stored,) = visit.view().photos
    told = {r["check"]: r["outcome"] for r in line["results"]}
    assert told == {r["check"]: r["outcome"] for r in stored.results}


def test_every_photo_in_force_has_its_line_and_no_other(visit: Visit) -> None:
    before = local(visit.now - timedelta(hours=2))
    honest, away = visit.shoot(), visit.shoot(1, "近景", away_m=1240.0, taken_at=before)
    removed = visit.shoot(2)
    assert removed.photo_id is not None
    inspections.remove_photo(removed.photo_id, visit.who, now=visit.now)
    lines = verified()
    assert [line["photo"] for line in lines] == [honest.photo_id, away.photo_id]
    assert [line["recorded_verdict"] for line in lines] == [honest.verdict, away.verdict]
    assert [line["verdict"] for line in lines] == ["核验通过", "不符"]


def test_a_picture_of_an_earlier_visit_is_found_in_the_later_one(visit: Visit) -> None:
    first = visit.shoot(size=(1600, 1200), scene="building")
    other = rows.a_task(rows.a_parcel_row(number="N411321009"))
    again = Visit(
        visit.who, 0, other, inspections.open_visit(other, visit.who, now=visit.now), visit.now
    )
    copy = again.attach(visit.photo(size=(1600, 1200), scene="building", unique_id="another"))
    earlier, later = verified()
    assert (first.photo_id, copy.photo_id) == (earlier["photo"], later["photo"])
    told = [
        next(r["outcome"] for r in line["results"] if r["check"] == "same_picture")
        for line in (earlier, later)
    ]
    assert told == ["PASS", "FAIL"]  # the one who was first stays in the right
    assert [len(line["alike"]) for line in (earlier, later)] == [0, 1]


def test_a_photo_that_the_store_lost_has_its_line(visit: Visit) -> None:
    receipt = visit.shoot()
    folder = store()._folder  # type: ignore[attr-defined]
    (folder / path_of(receipt.sha256)).write_bytes(b"something else")
    (line,) = verified()
    assert line["error"]["id"] == "photo-not-stored"


def test_the_records_cannot_be_written_on_this_way(visit: Visit) -> None:
    visit.shoot()
    engine = verifying._read_only()
    with Session(engine) as session, pytest.raises(DBAPIError):
        session.connection().execute(text("DELETE FROM photo"))
    engine.dispose()


def test_a_system_that_was_never_started_has_no_records(tmp_path: Path) -> None:
    with (
        environment(DATA_DIR=str(tmp_path / "none"), DATABASE_URL=""),
        pytest.raises(Problem, match="数据库"),
    ):
        verified()
    assert not (tmp_path / "none").exists()


def test_a_database_of_another_version_is_not_guessed_at(visit: Visit) -> None:
    from field_app.db import writing

    def stands_at(version: str) -> str:
        with writing() as session:
            connection = session.connection()
            before: str = connection.execute(
                text("SELECT version_num FROM alembic_version")
            ).scalar_one()
            connection.execute(
                text("UPDATE alembic_version SET version_num = :new"), {"new": version}
            )
        return before

    ours = stands_at("0000")
    try:
        with pytest.raises(Problem, match="另一个版本"):
            verified()
    finally:
        stands_at(ours)  # the tables are shared by the tests of a run
