"""Transactions: all or nothing, and many writers at once."""

import threading
from datetime import datetime

import pytest
from sqlmodel import select

from field_app import events
from field_app.db import add_if_new, reading, writing
from models.tables import Blob, Event, Fact, metadata
from models.vocabulary import Role
from tests import rows


def test_what_fails_midway_leaves_nothing(database: str) -> None:
    def half_done() -> None:
        with writing() as session:
            session.add(Fact(name="half"))
            session.flush()
            raise RuntimeError("the battery died")

    with pytest.raises(RuntimeError):
        half_done()
    with reading() as session:
        assert session.get(Fact, "half") is None


def test_twenty_writers_at_once_all_get_their_own_number(database: str) -> None:
    numbers: list[int] = []
    errors: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(5):
                with writing() as session:
                    numbers.append(events.next_number(session, "entries of 2026"))
        except Exception as error:  # noqa: BLE001 — whatever it is, the test wants to see it
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(numbers) == list(range(1, 101))


def test_the_console_is_no_person(database: str, noon: datetime) -> None:
    with writing() as session:
        events.note(session, "team", 1, "安排任务", at=noon, person_id=0)
    with reading() as session:
        assert session.exec(select(Event)).one().person_id is None


def test_a_naive_moment_is_refused(database: str) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 — that is the point

    def store_it() -> None:
        with writing() as session:
            session.add(Event(about="x", about_id=1, action="y", at=naive))

    with pytest.raises(Exception, match="without a zone"):
        store_it()


def test_a_row_that_is_there_already_stays_as_it_is(database: str, noon: datetime) -> None:
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    row = {"sha256": "a" * 64, "size": 1, "media_type": "image/jpeg", "person_id": who.id,
           "received_at": noon}  # fmt: skip
    for size, new in ((1, True), (2, False)):
        with writing() as session:
            assert add_if_new(session, metadata.tables["blob"], row | {"size": size}) is new
    with reading() as session:
        assert session.get_one(Blob, "a" * 64).size == 1
