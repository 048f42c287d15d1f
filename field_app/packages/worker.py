"""Seals what was asked for, one order after the other, in the background."""

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from field_app import alarms, clock
from field_app.db import writing
from field_app.packages import ordering, register
from field_app.packages.ordering import MOST_TRIES, Claim, LeaseLost
from field_app.problems import Problem
from field_app.roles import Action, may

log = logging.getLogger(__name__)

_RENEW = timedelta(seconds=20)
_IDLE_S = 30.0
_MAY_NOT = "提交人现在已不能办理移送，请由有权的人再试一次。"
_PASSES = "照片库暂时连不上，稍后自动再试。"
_BROKE = "封存时程序出错，已记录。请再试一次；若仍出错，请联系管理员。"


class _Stopped(Exception):
    """The worker was told to put down what it holds."""


class Worker:
    """One worker; `now` is its clock, `stopping` says that it should put down what it holds."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = clock.now,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._now = now
        self._stopping = stopping

    def step(self) -> bool:
        """One order. False where there is nothing to do for now."""
        claimed = ordering.claim(uuid.uuid4().hex, now=self._now())
        if claimed is None:
            return False
        try:
            self._seal(claimed)
        except LeaseLost:
            log.info("an order of a package was taken over by another worker")
        return True

    def _seal(self, claimed: Claim) -> None:
        if claimed.who is None or not may(claimed.who, Action.HAND_OVER):
            ordering.failed(claimed, _MAY_NOT, now=self._now())
            return
        try:
            row = register.made(
                claimed.entry_id,
                claimed.purpose,
                who=claimed.who,
                now=self._now(),
                still=self._holding(claimed),
            )
            with writing() as session:
                ordering.done(session, claimed, register.enter(session, row), now=self._now())
        except LeaseLost:
            raise
        except _Stopped:
            ordering.put_back(claimed)
        except Problem as problem:
            if problem.kind.retry and claimed.tries < MOST_TRIES:
                ordering.rest(claimed, _PASSES, now=self._now())
            else:
                ordering.failed(claimed, problem.message, now=self._now())
        except Exception:
            # Whatever it is, the application goes on serving, and who asked is told.
            log.exception("a package could not be sealed")
            ordering.failed(claimed, _BROKE, now=self._now())

    def _holding(self, claimed: Claim) -> Callable[[], None]:
        """Asked between the pieces: lengthens the lease from time to time, and ends where it was
        lost or the worker is to stop."""
        renewed = self._now()

        def still() -> None:
            nonlocal renewed
            if self._stopping():
                raise _Stopped
            if self._now() - renewed >= _RENEW:
                renewed = self._now()
                ordering.renew(claimed, now=renewed)

        return still


def seal_until(stop: threading.Event) -> None:
    """The background's loop: sleeps until somebody asks for a package."""
    worker = Worker(stopping=stop.is_set)
    while not stop.is_set():
        try:
            busy = worker.step()
        except Exception:
            log.exception("an order of a package could not be worked on")  # the database is away
            busy = False
        if not busy and not stop.is_set():
            alarms.SEALING.wait(_IDLE_S)
