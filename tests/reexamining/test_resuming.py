"""A run survives what happens to a server: death, two workers, a store that is away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from field_app.db import reading
from field_app.reexamining import difference, runs, trials, worker
from field_app.reexamining.states import OPEN, TRANSITIONS, RunState, Step, after
from field_app.reexamining.worker import Worker
from field_app.roles import Who
from models.tables import Reexamination, Trial
from photos.stores import StoreDown
from tests.inspections.conftest import Visit
from tests.reexamining.conftest import STRICT, state_of, verdicts

Work = Callable[..., None]


class Died(BaseException):
    """The process is gone in the middle: nothing catches this."""


@pytest.fixture
def run(visit: Visit, office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> int:
    """Five photos, in batches of two."""
    monkeypatch.setattr(worker, "BATCH", 2)
    for seed in range(1, 6):
        visit.shoot(seed, away_m=40)
    return runs.propose(STRICT, why="收紧", who=office, now=noon)


def deadly(monkeypatch: pytest.MonkeyPatch, photo_id: int) -> None:
    """A photo that takes the process with it whenever it is read."""
    honest = trials.try_photo

    def try_photo(wanted: int, *given: object, **named: object) -> object:
        if wanted == photo_id and not named.get("error"):
            raise Died
        return honest(wanted, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "try_photo", try_photo)


def tried() -> list[int]:
    with reading() as session:
        return sorted(session.exec(select(Trial.photo_id)).all())


def test_a_worker_that_died_in_the_middle_is_followed_by_one_that_goes_on(
    run: int, noon: datetime, office: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        deadly(broken, 4)
        first = Worker()
        assert first.step(now=noon)
        with pytest.raises(Died):
            first.step(now=noon)
    assert tried() == [1, 2]
    second = Worker()
    assert not second.step(now=noon)  # the lease of the dead one still runs
    later = noon + timedelta(minutes=4)
    while second.step(now=later):
        pass
    assert tried() == [1, 2, 3, 4, 5]
    assert state_of(run) == RunState.READY
    assert difference.of(run, office).changed == 5


def test_a_photo_that_kills_every_time_is_found_out_and_left_as_it_is(
    run: int, noon: datetime, office: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly(monkeypatch, 4)
    deaths = 0
    for minutes in range(0, 200, 4):
        fresh = Worker()
        try:
            while fresh.step(now=noon + timedelta(minutes=minutes)):
                pass
        except Died:
            deaths += 1
        else:
            if state_of(run) == RunState.READY:
                break
    assert deaths == 3
    found = difference.of(run, office)
    assert [(u.photo_id, u.why) for u in found.unread] == [(4, trials.KILLED)]
    assert found.changed == 4


def test_of_two_workers_only_one_works(run: int, noon: datetime) -> None:
    first, second = Worker(), Worker()
    assert first.step(now=noon)
    assert not second.step(now=noon)
    assert first.step(now=noon)


def test_a_worker_whose_run_was_called_off_writes_nothing_more(
    run: int, noon: datetime, office: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = trials.try_photo

    def try_photo(*given: object, **named: object) -> object:
        if runs.open_run(office) is not None:
            runs.cancel(run, office, now=noon)
        return honest(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "try_photo", try_photo)
    assert not Worker().step(now=noon)
    assert tried() == []
    assert state_of(run) == RunState.CANCELLED


def test_while_the_store_is_away_the_run_waits_and_goes_on_by_itself(
    run: int, noon: datetime, office: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:

        def try_photo(*_given: object, **_named: object) -> object:
            raise StoreDown("no answer")

        away.setattr(worker, "try_photo", try_photo)
        for minutes in range(0, 20, 2):
            assert not Worker().step(now=noon + timedelta(minutes=minutes))
    shown = runs.open_run(office)
    assert shown is not None
    assert "照片库暂时连不上" in shown.note
    assert not Worker().step(now=noon + timedelta(minutes=18, seconds=30))  # it rests
    later, again = noon + timedelta(minutes=30), Worker()
    while again.step(now=later):
        pass
    shown = runs.open_run(office)
    assert shown is not None
    assert (shown.state, shown.note, shown.unread) == (RunState.READY, "", 0)


def test_a_run_that_only_stumbles_stops_and_lets_another_begin(
    run: int, noon: datetime, office: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def keep(*_given: object) -> None:
            raise OSError("disk full")

        broken.setattr(worker, "keep", keep)
        for minutes in range(0, 20, 2):
            Worker().step(now=noon + timedelta(minutes=minutes))
    assert state_of(run) == RunState.FAILED
    assert "多次出错" in runs.closed_runs(office)[0].note
    assert verdicts() == ["核验通过"] * 5
    assert runs.propose(STRICT, why="再来", who=office, now=noon) != run


def test_a_photo_that_cannot_be_judged_ends_no_run(
    run: int, noon: datetime, office: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = trials.prepare
    calls = iter(range(100))

    def prepare(data: bytes, **named: Any) -> object:
        if next(calls) == 1:
            raise ZeroDivisionError
        return honest(data, **named)

    monkeypatch.setattr(trials, "prepare", prepare)
    again = Worker()
    while again.step(now=noon):
        pass
    assert [u.why for u in difference.of(run, office).unread] == ["核验这张照片时程序出错"]


def test_a_worker_that_is_told_to_stop_keeps_what_it_has_and_leaves_the_rest(
    run: int, noon: datetime
) -> None:
    assert Worker(stopping=lambda: True).step(now=noon)
    assert tried() == [1]
    with reading() as session:
        assert session.get_one(Reexamination, run).doing_to == 0  # no death is suspected


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", RunState)
def test_the_table_of_states_is_all_there_is(state: RunState, step: Step) -> None:
    allowed = TRANSITIONS.get((state, step))
    if allowed is None:
        with pytest.raises(Exception, match="不能"):
            after(state, step)
    else:
        assert state in OPEN  # what is over stays over
        assert after(state, step) == allowed
