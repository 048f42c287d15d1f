"""Uploads that nobody applied are not kept for ever; what was applied is history."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from field_app import clock, db
from field_app.ledger.reading_back import applying, keeping
from field_app.problems import Problem
from field_app.roles import Who
from field_app.sweeping import sweep_until
from models.tables import Event, LedgerReturn
from models.vocabulary import Role
from tests import rows
from tests.ledger.reading_back.books import brought, exported

ONE = "411321-2-2026-0001"
MONTH = timedelta(days=30)


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    rows.an_entry(["留山镇人民政府"], number=ONE)
    return rows.a_person(Role.OFFICE, "钱主任")


def uploaded(office: Who, at: datetime, remark: str) -> int:
    book = exported(office, at)
    book.put(ONE, "备注", remark)
    return brought(book, office, at).id


def kept() -> list[int | None]:
    with db.reading() as session:
        return list(session.exec(select(LedgerReturn.id).order_by(col(LedgerReturn.id))))


def told(upload: int) -> list[str]:
    with db.reading() as session:
        query = select(Event.action).where(Event.about == keeping.ABOUT, Event.about_id == upload)
        return list(session.exec(query.order_by(col(Event.id))))


def test_an_upload_that_was_never_applied_is_gone_after_a_month_and_no_day_sooner(
    office: Who, noon: datetime
) -> None:
    upload = uploaded(office, noon, "只看了看")
    assert keeping.prune(now=noon + MONTH) == 0
    assert kept() == [upload]
    assert keeping.prune(now=noon + MONTH + timedelta(minutes=1)) == 1
    assert keeping.prune(now=noon + MONTH + timedelta(minutes=2)) == 0
    assert kept() == []
    assert told(upload) == ["上传台账", "清理没有应用的导入"]
    assert keeping.newest_open(office) is None
    with pytest.raises(Problem) as refused:
        keeping.preview(upload, who=office)
    assert refused.value.id == "not-found"


def test_what_was_put_away_goes_too_and_what_was_applied_stays(office: Who, noon: datetime) -> None:
    applied = uploaded(office, noon, "已核实")
    applying.apply(applied, why="镇里来函", who=office, now=noon)
    dropped = uploaded(office, noon, "放弃的")
    keeping.drop(dropped, who=office, now=noon)
    young = uploaded(office, noon + MONTH, "刚上传的")
    assert keeping.prune(now=noon + MONTH + timedelta(days=1)) == 1
    assert kept() == [applied, young]


def test_an_application_that_was_cut_is_history_too(office: Who, noon: datetime) -> None:
    upload = uploaded(office, noon, "写了一半")
    with db.writing() as session:
        session.get_one(LedgerReturn, upload).results = [
            {"number": ONE, "entry_id": 1, "done": ["备注"], "failed": []}
        ]
    assert keeping.prune(now=noon + MONTH * 2) == 0
    assert kept() == [upload]


def test_the_background_does_it(office: Who, noon: datetime) -> None:
    uploaded(office, noon, "只看了看")
    stop = threading.Event()
    stop.set()  # after one round
    with clock.frozen(noon + MONTH * 2):
        sweep_until(stop)
    assert kept() == []
