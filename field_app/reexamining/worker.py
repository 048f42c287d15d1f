"""Works through the open run, a few photos at a time, in the background.

A batch is claimed by a lease and written in one short transaction; reading and examining happen
outside of any. A worker that dies leaves its lease to run out, and the next one goes on where it
stopped. A photo that kills the process is found out, because the batch under way is kept: after a
death its photos are taken one by one, and one that kills again and again is left as it is.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from field_app import alarms, clock, events, rulebook
from field_app.db import reading, writing
from field_app.reexamining import applying, runs
from field_app.reexamining.otherwise import count_where_due
from field_app.reexamining.states import WORKED_ON, RunState, Step, after
from field_app.reexamining.trials import (
    KILLED,
    Tried,
    forget,
    keep,
    settle_down,
    todo,
    try_photo,
)
from models.tables import Reexamination, Trial
from photos.engine import engine_digest
from photos.stores import StoreDown

log = logging.getLogger(__name__)

BATCH = 20
_LEASE = timedelta(minutes=3)
_BATCH_S = 30.0  # a batch of slow photos ends early, far inside its lease
_WAIT = timedelta(minutes=1)  # after a failure
_TRIES_ALONE = 2  # a photo that did not survive so many is not read again
_MOST_STUMBLES = 5
_IDLE_S = 30.0
_TIDY = 200


class LeaseLost(Exception):
    """Somebody else works on the run, or it was cancelled: what was found is thrown away."""


class Worker:
    """One worker; `stopping` says that it should put down what it holds."""

    def __init__(self, stopping: Callable[[], bool] = lambda: False) -> None:
        self.name = uuid.uuid4().hex
        self._stopping = stopping

    def step(self, *, now: datetime) -> bool:
        """One batch, or the end of a pass. False where there is nothing to do for now."""
        with reading() as session:
            run = session.exec(select(Reexamination).where(Reexamination.slot == 1)).first()
        if run is None:
            return self._tidy() or count_where_due(now=now)
        if run.engine != engine_digest() or run.base != runs.base_now():
            return self._begin_again(run, now)
        if run.state not in WORKED_ON or not _free(run, self.name, now):
            return False
        try:
            return self._work(run, now)
        except LeaseLost:
            return False
        except StoreDown:
            log.warning("the photo store does not answer; the run waits", exc_info=True)
            self._wait(run, now, "照片库暂时连不上，稍后自动接着做。", stumble=False)
        except Exception:
            # Whatever it is, the application goes on serving, and the run says that it stumbled.
            log.exception("a batch of a re-examination broke")
            self._wait(run, now, "出了错，已记录，稍后自动再试。", stumble=True)
        return False

    def _work(self, run: Reexamination, now: datetime) -> bool:
        assert run.id is not None
        with reading() as session:
            ids = todo(session, run.id, beyond=run.cursor, limit=BATCH)
            if not ids and run.cursor:
                ids = todo(session, run.id, beyond=0, limit=BATCH)
        if not ids:
            return self._end_of_pass(run, now)
        ids, values = _planned(run, ids)
        self._claim(run, now, values)
        thresholds = rulebook.over_settings(run.thresholds)
        dead = values["doing_tries"] > _TRIES_ALONE
        tried: list[Tried] = []
        last, began = 0, time.monotonic()
        for photo_id in ids:
            if last and (self._stopping() or time.monotonic() - began > _BATCH_S):
                break
            found = try_photo(photo_id, run.id, thresholds, now=now, error=KILLED if dead else "")
            if found is not None:
                tried.append(found)
            last = photo_id
        with writing() as session:
            careful = values["doing_to"] if len(ids) == 1 and last < values["doing_to"] else 0
            done: dict[str, Any] = {
                "cursor": max(run.cursor, last),
                "doing_from": 0,
                "doing_to": careful,
                "doing_tries": 0,
                "stumbles": 0,
                "note": "",
            }
            if self._stopping():
                done["lease_until"] = None  # the next one need not wait
            _hold(session, run, self.name, done)
            keep(session, run.id, tried)
        return True

    def _claim(self, run: Reexamination, now: datetime, values: dict[str, Any]) -> None:
        with writing() as session:
            _lease(session, run, self.name, now, values)

    def _end_of_pass(self, run: Reexamination, now: datetime) -> bool:
        assert run.id is not None
        if run.state == RunState.RUNNING:
            with writing() as session:
                _lease(session, run, self.name, now, {"doing_from": 0, "doing_to": 0})
                to = after(run.state, Step.FINISH)
                done = {"state": to, "finished_at": now, "note": "", "lease_until": None}
                _hold(session, run, self.name, done)
                events.note(
                    session,
                    "rules",
                    run.id,
                    "重新核验完成",
                    at=now,
                    person_id=None,
                    new={"state": str(to)},
                )
            return False
        with writing() as session:
            _lease(session, run, self.name, now, {"doing_from": 0, "doing_to": 0})
            # New photos wait for this transaction from here on, and are examined by the new rules.
            rulebook.lock(session)
            if todo(session, run.id, beyond=0, limit=1):
                return True  # one came in between: it is examined first
            applying.put_in_force(session, run, now=now)
        return True

    def _begin_again(self, run: Reexamination, now: datetime) -> bool:
        """The program or the server's settings are others than when the run began."""
        assert run.id is not None
        values = {
            "state": after(run.state, Step.AGAIN),
            "engine": engine_digest(),
            "base": runs.base_now(),
            "cursor": 0,
            "tally": {},
            "doing_from": 0,
            "doing_to": 0,
            "doing_tries": 0,
            "finished_at": None,
            "note": "检查程序或服务器设置在这期间有变化，已从头再核验一遍。",
        }
        with writing() as session:
            began = session.exec(
                update(Reexamination)
                .where(
                    col(Reexamination.id) == run.id,
                    col(Reexamination.state) == run.state,
                    col(Reexamination.engine) == run.engine,
                )
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            if began.rowcount == 1:
                forget(session, run.id)
        return True

    def _wait(self, run: Reexamination, now: datetime, note: str, *, stumble: bool) -> None:
        """Lets the run rest a while; after too many failures in a row it stops for good."""
        stumbles = run.stumbles + 1 if stumble else run.stumbles
        values: dict[str, Any] = {
            "note": note,
            "stumbles": stumbles,
            "lease_by": "",
            "lease_until": now + _WAIT,
            "doing_from": 0,
            "doing_to": 0,
            "doing_tries": 0,
        }
        if stumbles >= _MOST_STUMBLES:
            values["state"] = after(run.state, Step.FAIL)
            values["slot"] = None
            values["note"] = "多次出错，已停止；生效的规则没有变。请联系管理员查看日志。"
        try:
            with writing() as session:
                _hold(session, run, self.name, values)
        except LeaseLost:
            log.info("the run was taken over or called off meanwhile")
        except Exception:
            log.exception("a run could not be told to wait")  # the database itself is away

    def _tidy(self) -> bool:
        """Clears what runs that are over had found of each photo, a little at a time: what is in
        force goes into its examination, the rest goes."""
        with reading() as session:
            over = session.exec(
                select(Reexamination)
                .where(
                    col(Reexamination.slot).is_(None),
                    select(Trial.id).where(Trial.run_id == Reexamination.id).exists(),
                )
                .limit(1)
            ).first()
        if over is None:
            return False
        assert over.id is not None
        with writing() as session:
            if over.state == RunState.IN_FORCE:
                settle_down(session, over.id, limit=_TIDY)
            else:
                forget(session, over.id, limit=_TIDY)
        return True


def _planned(run: Reexamination, ids: list[int]) -> tuple[list[int], dict[str, Any]]:
    """The photos of the next batch, and what is kept of it before it begins. Where the batch
    before was never finished, its photos are taken one by one."""
    if not run.doing_to or ids[0] > run.doing_to:
        return ids, {"doing_from": ids[0], "doing_to": ids[-1], "doing_tries": 0}
    again = run.doing_tries if run.doing_from == ids[0] else 0
    return ids[:1], {"doing_from": ids[0], "doing_to": run.doing_to, "doing_tries": again + 1}


def _free(run: Reexamination, name: str, now: datetime) -> bool:
    return run.lease_by == name or run.lease_until is None or run.lease_until < now


def _lease(
    session: Session, run: Reexamination, name: str, now: datetime, values: dict[str, Any]
) -> None:
    """Takes the run for a while, where nobody else has it. Raises LeaseLost."""
    taken = session.exec(
        update(Reexamination)
        .where(
            col(Reexamination.id) == run.id,
            col(Reexamination.state) == run.state,
            or_(
                col(Reexamination.lease_by) == name,
                col(Reexamination.lease_until).is_(None),
                col(Reexamination.lease_until) < now,
            ),
        )
        .values(lease_by=name, lease_until=now + _LEASE, **values)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise LeaseLost


def _hold(session: Session, run: Reexamination, name: str, values: dict[str, Any]) -> None:
    """Writes to the run while it is still ours and in the state that it was in."""
    held = session.exec(
        update(Reexamination)
        .where(
            col(Reexamination.id) == run.id,
            col(Reexamination.state) == run.state,
            col(Reexamination.lease_by) == name,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:
        raise LeaseLost


def work_until(stop: threading.Event) -> None:
    """The background's loop: after each batch it rests as long as the batch took, so that people
    at work never wait for it, and while there is no run it does nothing."""
    worker = Worker(stop.is_set)
    while not stop.is_set():
        began = time.monotonic()
        try:
            busy = worker.step(now=clock.now())
        except Exception:
            log.exception("the re-examination could not look for work")  # the database is away
            busy = False
        if busy:
            stop.wait(max(time.monotonic() - began, 0.1))
        elif not stop.is_set():
            alarms.REEXAMINING.wait(_IDLE_S)
