"""Schedules of faults, each drawn from a seed: what is sent to whom while what goes wrong.

Two workers share one line. At any point between the steps of an attempt (before and after the
claim, before and after the sending, before and after the commit of the mark) a worker may die, the
other may take a whole step, the clock may jump. The database goes away for a minute, or takes a
commit and does not say so. The other side is slow, refuses, hangs up, loses its receipts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from field_app import db
from field_app.roles import Who
from field_app.sync import channels, deciding, outbox
from field_app.sync import worker as working
from field_app.sync.states import Message, Outcome
from field_app.sync.worker import Worker
from tests.sync import receiver as moods
from tests.sync.conftest import Ticking, a_message, deliveries
from tests.sync.receiver import Mood, Receiver

MOODS: tuple[Mood, ...] = (
    moods.refuses(500),
    moods.refuses(503, {}, {"Retry-After": "30"}),
    moods.refuses(409, {"title": "in progress"}),
    moods.refuses(401),
    moods.refuses(422, {"detail": "不行"}),
    moods.cut_before_writing,
    moods.cut_after_writing,
    moods.taken_but_500,
    moods.wrong_receipt,
    moods.no_receipt,
    moods.says_it_twice,
    moods.sends_elsewhere,
)
SLOW = moods.slow(0.4)  # longer than the line waits
LINES, EDITIONS = 3, 4


class Died(BaseException):
    """The process is gone: nothing catches this."""


class Fates:
    """What goes wrong from here on, drawn from the seed."""

    def __init__(self, seed: int, tick: Ticking, them: Receiver) -> None:
        self.dice, self.tick, self.them = Random(seed), tick, them
        self.on = True
        self.away_until = tick.at
        self.deep = False
        self.at_work = 0
        self.workers = [self._fresh(), self._fresh()]
        self.happened: list[str] = []

    def _fresh(self) -> Worker:
        return Worker(dice=Random(self.dice.random()), now=self.tick)

    def chance(self, share: float) -> bool:
        return self.on and self.dice.random() < share

    def database(self) -> None:
        """Called before each transaction of the workers."""
        if self.chance(0.01):
            self.away_until = self._later(60)
            self.happened.append("database away")
        if self.on and self.tick.at < self.away_until:
            raise OperationalError("away", None, Exception("away"))

    def _later(self, seconds: float) -> datetime:
        return self.tick.at + timedelta(seconds=seconds)

    def point(self, where: str) -> None:
        """Called at each point of an attempt."""
        if self.chance(0.06):
            self.happened.append(f"dies {where}")
            raise Died(where)
        if self.chance(0.03):
            jump = self.dice.choice((-86_400, -120, 90, 3_600, 200_000))
            self.happened.append(f"clock {jump:+} s {where}")
            self.tick.on(jump)
            self.away_until = min(self.away_until, self._later(60))
        if not self.deep and self.chance(0.08):
            self.deep = True
            self.happened.append(f"the other works {where}")
            try:
                self.step(1 - self.at_work)
            finally:
                self.deep = False

    def step(self, which: int) -> bool:
        """A step of one of the two workers; one that dies is replaced by a fresh one."""
        before, self.at_work = self.at_work, which
        try:
            return self.workers[which].step()
        except Died:
            self.workers[which] = self._fresh()
        except OperationalError:
            self.tick.on(3)  # what the background's loop does
        finally:
            self.at_work = before
        return False


@contextmanager
def meddled(fates: Fates) -> Iterator[None]:
    """The workers of this process with the points of `fates` in them."""
    honest_claim, honest_finish = outbox.claim, outbox.finish

    @contextmanager
    def writing() -> Iterator[Session]:
        fates.database()
        with db.writing() as session:
            yield session
        if fates.chance(0.01):
            fates.happened.append("commit not said")
            raise OperationalError("lost", None, Exception("lost"))

    @contextmanager
    def reading() -> Iterator[Session]:
        fates.database()
        with db.reading() as session:
            yield session

    def claim(*given: Any, **named: Any) -> Any:
        fates.point("before the claim")
        claimed = honest_claim(*given, **named)
        if claimed is not None:
            fates.point("after the claim")
        return claimed

    def finish(*given: Any, **named: Any) -> bool:
        done = honest_finish(*given, **named)
        if fates.chance(0.03):
            raise Died("before the commit")
        return done

    def meddled_send(send: Callable[[Message, bool], Outcome]) -> Callable[..., Outcome]:
        def sent(message: Message, handed: bool) -> Outcome:
            fates.point("before the sending")
            outcome = send(message, handed)
            fates.point("after the sending")
            return outcome

        return sent

    with pytest.MonkeyPatch.context() as patch:
        for module in (working, outbox):
            patch.setattr(module, "writing", writing)
            patch.setattr(module, "reading", reading)
        patch.setattr(outbox, "claim", claim)
        patch.setattr(outbox, "finish", finish)
        patch.setattr(
            channels,
            "CHANNELS",
            tuple(replace(c, send=meddled_send(c.send)) for c in channels.CHANNELS),
        )
        yield


def play(seed: int, tick: Ticking, them: Receiver, office: Who) -> Fates:
    """One schedule to its end, and what must hold then."""
    fates = Fates(seed, tick, them)
    dice = fates.dice
    lines = [f"entry/411321-2-2026-{seed:05d}{n}" for n in range(LINES)]
    to_write = [(line, edition) for edition in range(1, EDITIONS + 1) for line in lines]
    slow = 2
    with meddled(fates):
        while to_write or dice.random() < 0.97:
            if to_write and dice.random() < 0.3:
                a_message(*to_write.pop(0), tick.at)
            if dice.random() < 0.35:
                mood = dice.choice(MOODS)
                if slow and dice.random() < 0.1:
                    mood, slow = SLOW, slow - 1
                them.moods.append(mood)
            if not fates.step(dice.randrange(2)):
                tick.on(dice.choice((1, 5, 30, 400)))
            if dice.random() < 0.05:
                deciding.retry_all(office, now=tick.at)
    fates.on = False
    them.moods.clear()
    for _ in range(100):
        while fates.workers[0].step():
            pass
        if all(state == "已送达" for _, _, state in deliveries()):
            break
        deciding.retry_all(office, now=tick.at)
        tick.on(900)
    said = f"seed {seed}: {fates.happened}"
    for line in lines:
        wanted = [f"{line}/{edition}" for edition in range(1, EDITIONS + 1)]
        assert them.of(line) == wanted, said
    assert {state for _, _, state in deliveries()} == {"已送达"}, said
    return fates
