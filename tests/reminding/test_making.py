"""Each unit is reminded once a working day, by whichever worker; on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlmodel import col, select

from field_app import db
from field_app.milestones import campaigns
from field_app.milestones.campaigns import Frame, Wish
from field_app.reminding import making
from field_app.sync.worker import Worker
from models.tables import Delivery, Outbox, Reminder
from models.vocabulary import EntryState, Ower, Rhythm, Role
from tests import rows
from tests.conftest import environment

TODAY = date(2026, 4, 15)  # a Wednesday, noon
LIUSHAN, HUANGHOU = "留山镇人民政府", "皇后乡人民政府"


@pytest.fixture
def robot(database: str) -> Iterator[None]:
    rows.units_of_the_plan()
    with environment(ROBOT_URL="http://127.0.0.1:9/robot"):
        yield


def messages() -> list[Outbox]:
    with db.reading() as session:
        return list(session.exec(select(Outbox).order_by(col(Outbox.id))))


def owing_entries() -> None:
    rows.an_entry([LIUSHAN], number="later", due_on=TODAY - timedelta(days=2))
    rows.an_entry([LIUSHAN, "林业局"], number="sooner", due_on=TODAY - timedelta(days=6))
    rows.an_entry([LIUSHAN], number="soon", due_on=TODAY + timedelta(days=2))
    rows.an_entry([LIUSHAN], number="applied", due_on=TODAY, state=EntryState.TO_CLOSE)
    rows.an_entry([HUANGHOU], number="far", due_on=TODAY + timedelta(days=60))


def test_who_owes_something_is_reminded_once_that_day(robot: None, noon: datetime) -> None:
    owing_entries()
    assert making.make(now=noon) == 2
    assert making.make(now=noon + timedelta(hours=2)) == 0
    by_unit = {m.body["unit"]: m.body for m in messages()}
    assert set(by_unit) == {LIUSHAN, "林业局"}
    told = by_unit[LIUSHAN]
    assert (told["late"], told["late_numbers"]) == (2, ["sooner", "later"])
    assert (told["soon"], told["soon_numbers"]) == (1, ["soon"])
    assert "下店村" not in str(told)
    assert making.make(now=noon + timedelta(days=1)) == 2  # and again the next day
    with db.reading() as session:
        kept = session.exec(select(Reminder).order_by(col(Reminder.id))).all()
        assert [r.day for r in kept] == [TODAY] * 2 + [TODAY + timedelta(days=1)] * 2
        assert session.exec(select(Delivery.channel)).all() == ["robot"] * 4


def test_milestones_are_reminded_of_too(robot: None, noon: datetime) -> None:
    office = rows.a_person(Role.OFFICE, "钱主任")
    frame = Frame("整治", "", date(2026, 4, 1), date(2026, 12, 31))
    campaign = campaigns.set_up(frame, with_plan=False, who=office, now=noon)
    wish = Wish("周报告", Rhythm.WEEKLY, day=5, owers=(Ower.TOWNSHIPS,))
    campaigns.add(campaign, wish, who=office, now=noon)
    assert making.make(now=noon) == 2
    assert {(m.body["milestones_late"], m.body["milestones_soon"]) for m in messages()} == {(2, 1)}


@pytest.mark.parametrize(
    "at",
    [
        datetime.fromisoformat("2026-04-18T10:00+08:00"),
        datetime.fromisoformat("2026-05-04T10:00+08:00"),
        datetime.fromisoformat("2026-04-15T08:59+08:00"),
        datetime.fromisoformat("2026-04-15T17:00+08:00"),
    ],
)
def test_at_rest_nobody_is_reminded(robot: None, at: datetime) -> None:
    owing_entries()
    assert making.make(now=at) is None
    assert messages() == []


def test_of_many_workers_at_once_one_reminds(robot: None, noon: datetime) -> None:
    owing_entries()
    with ThreadPoolExecutor(4) as many:
        made = list(many.map(lambda _: making.make(now=noon), range(4)))
    assert sum(n or 0 for n in made) == 2
    assert len(messages()) == 2


def test_without_a_line_for_it_nothing_is_made(database: str, noon: datetime) -> None:
    rows.units_of_the_plan()
    owing_entries()
    assert not making.wanted()
    Worker(dice=Random(1), now=lambda: noon).step()
    assert messages() == []


def test_a_line_that_is_set_up_later_is_not_sent_the_reminders_of_before(
    robot: None, noon: datetime
) -> None:
    owing_entries()
    making.make(now=noon)
    with environment(
        MAIL_HOST="127.0.0.1", MAIL_PORT="9", MAIL_TLS="none",
        MAIL_FROM="a@x.example", MAIL_TO='{"*": "b@x.example"}',
    ):  # fmt: skip
        Worker(dice=Random(1), now=lambda: noon).step()
        with db.reading() as session:
            assert set(session.exec(select(Delivery.channel))) == {"robot"}
