"""The totals of a run are kept while it works, and are those that one would count."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import select

from field_app.db import reading, writing
from field_app.inspections.photos import change_kind, remove_photo
from field_app.reexamining import difference, runs, tally
from field_app.roles import Who
from models.tables import Inspection, Photo, Reexamination, Trial
from models.vocabulary import InspectionState, Verdict
from tests.inspections.conftest import Visit
from tests.reexamining.conftest import STRICT

Work = Callable[..., None]


def kept_is_what_one_would_count(run_id: int) -> bool:
    with reading() as session:
        run = session.get_one(Reexamination, run_id)
        every = list(session.exec(select(Trial.photo_id).where(Trial.run_id == run_id)))
        return tally.kept(run) == tally.over(session, run, every)


def test_a_photo_that_is_tried_again_is_counted_once(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    work()
    assert difference.of(strict_run, office).total == 2
    change_kind(2, "近景", visit.who, now=noon)
    visit.shoot(3, away_m=40)
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    with reading() as session:
        summary = session.get_one(Reexamination, strict_run).summary
    assert summary["total"] == 3
    assert sum(n for _, _, n in summary["shifts"]) == 3


def test_what_is_kept_is_what_one_would_count(
    strict_run: int, visit: Visit, work: Work, noon: datetime
) -> None:
    work()
    assert kept_is_what_one_would_count(strict_run)


def test_a_case_that_is_decided_while_the_run_waits_is_told_and_one_that_is_removed_is_not(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    work()
    assert difference.of(strict_run, office).settled == ()
    with writing() as session:
        case = session.get_one(Inspection, visit.id)
        case.state = InspectionState.CONFIRMED
        case.decided_at = noon + timedelta(hours=2)
    (settled,) = difference.of(strict_run, office).settled
    assert (settled.old, settled.new, settled.count) == (Verdict.PASSED, Verdict.CONTRADICTED, 1)
    with writing() as session:
        session.get_one(Photo, 2).removed_at = noon + timedelta(hours=3)
    assert difference.of(strict_run, office).settled == ()


def test_photos_that_came_and_went_are_counted_among_all(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    visit.shoot(3)
    visit.shoot(4)
    remove_photo(1, visit.who, now=noon)
    remove_photo(4, visit.who, now=noon)
    shown = runs.open_run(office)
    assert shown is not None
    assert (shown.total, shown.done) == (2, 0)
    work()
    shown = runs.open_run(office)
    assert shown is not None
    assert (shown.total, shown.done) == (2, 2)


def test_a_run_that_begins_again_counts_from_nothing(
    visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    visit.shoot(2, away_m=40)
    run = runs.propose(STRICT, why="收紧", who=office, now=noon)
    work()
    with writing() as session:
        session.get_one(Reexamination, run).engine = "another"
    work()
    assert difference.of(run, office).total == 1
    assert kept_is_what_one_would_count(run)
