"""How many photos stand by other rules: counted by the worker, read by the page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from field_app.inspections.photos import remove_photo
from field_app.problems import Problem
from field_app.reexamining import runs
from field_app.reexamining.otherwise import count_where_due, otherwise_examined
from field_app.roles import Who
from models.vocabulary import Role
from tests import rows
from tests.inspections.conftest import Visit

Work = Callable[[], None]


def test_it_is_unknown_until_somebody_has_counted(
    visit: Visit, office: Who, noon: datetime
) -> None:
    visit.shoot(1)
    assert otherwise_examined(office) is None
    assert count_where_due(now=noon)
    assert otherwise_examined(office) == 0


def test_it_is_counted_again_for_another_program_and_after_an_hour_but_not_before(
    visit: Visit, office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.shoot(1)
    count_where_due(now=noon)
    assert not count_where_due(now=noon + timedelta(minutes=59))
    assert count_where_due(now=noon + timedelta(minutes=61))
    monkeypatch.setattr("field_app.rulebook.engine_digest", lambda: "another")
    assert otherwise_examined(office) is None
    assert count_where_due(now=noon + timedelta(minutes=62))
    assert otherwise_examined(office) == 1


def test_a_photo_that_was_taken_out_is_not_counted(
    visit: Visit, office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.shoot(1)
    visit.shoot(2, kind="全景", away_m=20)
    remove_photo(1, visit.who, now=noon)
    monkeypatch.setattr("field_app.rulebook.engine_digest", lambda: "another")
    count_where_due(now=noon)
    assert otherwise_examined(office) == 1


def test_while_new_rules_wait_the_old_count_is_not_told_as_theirs(
    strict_run: int, work: Work, office: Who, noon: datetime
) -> None:
    count_where_due(now=noon)
    work()
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    assert otherwise_examined(office) == 0
    assert count_where_due(now=noon + timedelta(hours=3))


def test_an_inspector_is_not_told(database: str) -> None:
    with pytest.raises(Problem):
        otherwise_examined(rows.a_person(Role.INSPECTOR, "甲"))
