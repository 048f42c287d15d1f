"""A ledger brought back by the command line."""

from datetime import datetime

import pytest

from field_app import db
from field_app.ledger.reading_back import console, keeping
from field_app.problems import Problem
from field_app.roles import CONSOLE
from models.tables import Entry
from tests import rows
from tests.ledger.reading_back.books import exported

ONE = "411321-2-2026-0001"


def the(entry_id: int) -> Entry:
    with db.reading() as session:
        return session.get_one(Entry, entry_id)


def test_a_dry_run_tells_and_writes_nothing_and_then_it_is_applied(
    database: str, noon: datetime
) -> None:
    entry = rows.an_entry(number=ONE)
    book = exported(CONSOLE, noon)
    book.put(ONE, "备注", "补")
    told: list[str] = []

    def bring(*, dry_run: bool, why: str = "") -> int:
        return console.bring(
            book.saved(), "六月.xlsx", why=why, dry_run=dry_run, now=noon, say=told.append
        )

    assert bring(dry_run=True) == 0
    assert told == [f"{ONE} 备注：空 → 补"]
    assert the(entry).remark == ""
    with pytest.raises(Problem) as refused:
        bring(dry_run=False)
    assert refused.value.id == "reason-needed"
    assert bring(dry_run=False, why="县办统一补录") == 0
    assert told[-1] == "六月.xlsx：已应用 1 条，未变 0 条"
    assert the(entry).remark == "补"
    assert keeping.newest_open(CONSOLE) is None


def test_what_cannot_be_taken_is_told_with_its_cell(database: str, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    book = exported(CONSOLE, noon)
    at = book.put(ONE, "涉及面积", "约三亩")
    told: list[str] = []
    assert (
        console.bring(book.saved(), "x.xlsx", why="x", dry_run=False, now=noon, say=told.append)
        == 1
    )
    assert told[0].startswith(f"{ONE} 涉及面积(亩)（台账2 补而不实 {at}）：不采用 “约三亩”不是数字")
