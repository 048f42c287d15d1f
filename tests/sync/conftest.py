"""A county with a line to another system: `them` is that system, `county` the office's person."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlmodel import select

from field_app.db import reading, writing
from field_app.roles import Who
from field_app.sync import channels, outbox
from field_app.sync.worker import Worker
from models.tables import Delivery, Outbox
from models.vocabulary import Role
from tests import rows
from tests.conftest import environment
from tests.sync.receiver import Receiver, receiver

SECRET = "a-secret-of-the-county"
WEBHOOK = "a-key-that-nobody-can-guess-123"


class Ticking:
    """A clock that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def them() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def line(database: str, them: Receiver) -> Iterator[Receiver]:
    """The other system, and a database that is set to send to it."""
    with environment(
        SYNC_URL=them.url,
        SYNC_KEY=SECRET,
        SYNC_TIMEOUT_S="20",
        SYNC_WEBHOOK_KEY=WEBHOOK,
        SYNC_ANSWERS_URL=them.answers_url,
        SYNC_STATES='{"已办结": "已销号"}',
    ):
        yield them


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


@pytest.fixture
def tick(noon: datetime) -> Ticking:
    return Ticking(noon)


def worker(tick: Ticking, seed: int = 1) -> Worker:
    return Worker(dice=Random(seed), now=tick)


def work(tick: Ticking, *, hours: float = 0.0, every_s: float = 20.0, seed: int = 1) -> None:
    """One worker, until nothing is to do; and then again, each while, for so many hours."""
    one = worker(tick, seed)
    until = tick.at + timedelta(hours=hours)
    while True:
        while one.step():
            pass
        if tick.at >= until:
            return
        tick.on(every_s)


def a_message(line: str, edition: int, at: datetime, **body: object) -> str:
    """Written as a change of the ledger would be; its key."""
    number = line.removeprefix("entry/")
    key = f"{line}/{edition}"
    with writing() as session:
        outbox.put(
            session,
            channels.ENTRY,
            line=line,
            key=key,
            body={"number": number, "edition": edition, "state": "待整改", **body},
            now=at,
        )
    return key


def deliveries() -> list[tuple[str, str, str]]:
    """(key, channel, state) of all, in order."""
    with reading() as session:
        query = (
            select(Outbox.key, Delivery.channel, Delivery.state)
            .join(Delivery, Delivery.outbox_id == Outbox.id)  # type: ignore[arg-type]
            .order_by(Delivery.outbox_id, Delivery.channel)  # type: ignore[arg-type]
        )
        return [tuple(row) for row in session.exec(query)]  # type: ignore[misc]


def the(key: str, channel: str = "http") -> Delivery:
    with reading() as session:
        query = (
            select(Delivery)
            .join(Outbox, Delivery.outbox_id == Outbox.id)  # type: ignore[arg-type]
            .where(Outbox.key == key, Delivery.channel == channel)
        )
        return session.exec(query).one()


@pytest.fixture
def exchange(database: str, tmp_path: Path) -> Iterator[Path]:
    """A folder where files are exchanged, instead of a line."""
    folder = tmp_path / "exchange"
    with environment(SYNC_FOLDER=str(folder)):
        yield folder
