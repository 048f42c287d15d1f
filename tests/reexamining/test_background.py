"""The application itself works through a run, and goes down without waiting for it."""

import asyncio
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from field_app import app
from field_app.reexamining import runs, worker
from field_app.reexamining.states import RunState
from field_app.roles import Who
from tests.inspections.conftest import Visit
from tests.reexamining.conftest import STRICT, state_of

T = TypeVar("T")


def in_a_loop_of_its_own(work: Coroutine[object, object, T]) -> T:
    """What comes of `work`. A browser of other tests may have a loop running in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_a_run_is_done_in_the_background_of_the_serving_application(
    visit: Visit, office: Who, noon: datetime
) -> None:
    visit.shoot(1, away_m=40)

    async def serve() -> int:
        async with app._background(app.make_app()):
            run = await asyncio.to_thread(
                runs.propose, STRICT, why="收紧", who=office, now=noon
            )  # wakes the worker
            until = time.monotonic() + 20
            while state_of(run) == RunState.RUNNING and time.monotonic() < until:
                await asyncio.sleep(0.1)
            return run

    assert state_of(in_a_loop_of_its_own(serve())) == RunState.READY


def test_the_background_ends_with_the_application_and_survives_a_database_that_is_away(
    database: str, monkeypatch
) -> None:
    looked: list[float] = []

    def step(_self: object, *, now: datetime) -> bool:
        looked.append(1.0)
        raise OSError("no database")

    monkeypatch.setattr(worker.Worker, "step", step)

    async def serve() -> float:
        async with app._background(app.make_app()):
            while not looked:
                await asyncio.sleep(0.05)
        return time.monotonic()

    began = time.monotonic()
    assert in_a_loop_of_its_own(serve()) - began < 5
