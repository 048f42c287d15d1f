"""Works through the outbox, and asks for answers: in the application's background, or by
`python -m field_app sync run`, or both at once.

Nothing is done inside a transaction that waits for others: a message is claimed, sent, and marked
in three steps, and a worker may die between any two of them.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, update

from field_app import clock
from field_app.chat.model.breaker import Breaker
from field_app.db import reading, writing
from field_app.reminding import making
from field_app.reminding.digest import stale
from field_app.settings import settings
from field_app.sync import answers, channels, outbox, protocol
from field_app.sync.channels import Channel
from field_app.sync.http_line import LineDown
from field_app.sync.protocol import SAID_MAX
from field_app.sync.states import Ending, Outcome, UnknownAnswer
from models.tables import SyncChannel

log = logging.getLogger(__name__)

_IDLE_S = 3.0
_MOST_PAGES = 50  # of answers at a time: a side that always has more must not stop the sending


class Worker:
    """One worker; `now` is its clock and `dice` what its waits are drawn from."""

    def __init__(
        self,
        *,
        dice: Random,
        now: Callable[[], datetime] = clock.now,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._name = uuid.UUID(int=dice.getrandbits(128)).hex
        self._dice = dice
        self._now = now
        self._stopping = stopping
        self._claims = 0
        self._caught_up: set[str] = set()
        self._breakers: dict[str, Breaker] = {}
        self._reminded: date | None = None

    def step(self) -> bool:
        """One message and one look for answers on each line. False where nothing is to do now."""
        busy = self._remind()
        for channel in channels.configured():
            if self._stopping():
                break
            busy = self._step(channel) or busy
        return busy

    def _step(self, channel: Channel) -> bool:
        self._catch_up(channel)
        breaker = self._breakers.setdefault(channel.name, Breaker(rest=timedelta(seconds=30)))
        if not breaker.may_call(self._now()):
            return False
        asked = self._ask(channel)
        return self._deliver(channel, breaker) or asked

    def _remind(self) -> bool:
        """Makes the reminders of the day, once; a worker that begins later finds them made."""
        now = self._now()
        today = clock.local(now).date()
        if self._reminded == today or not making.wanted():
            return False
        try:
            made = making.make(now=now)
        except Exception:
            log.exception("the reminders of the day could not be made")  # what is there is sent
            return False
        if made is not None:
            self._reminded = today
        return bool(made)

    def _catch_up(self, channel: Channel) -> None:
        if channel.name in self._caught_up:
            return
        _ensure(channel.name)
        while channel.catches_up and outbox.catch_up(channel, now=self._now()):
            pass
        self._caught_up.add(channel.name)

    def _deliver(self, channel: Channel, breaker: Breaker) -> bool:
        self._claims += 1
        claimed = outbox.claim(channel, f"{self._name}.{self._claims}", now=self._now())
        if claimed is None:
            return False
        try:
            if stale(claimed.message, self._now()):
                outcome = Outcome(Ending.DROPPED, "当天没有发成，已过期，没有再发")
            else:
                outcome = channel.send(claimed.message, claimed.handed)
        except Exception:
            # A fault of ours: the message waits, the others go on, the log has the trace.
            log.exception("a message could not be sent by %s", channel.name)
            outcome = Outcome(Ending.PASSING, "发送时程序出错，已记录")
        now = self._now()
        if outcome.ending is Ending.PASSING:
            breaker.failed(now)
        else:
            breaker.worked()
        with writing() as session:
            kept = outbox.finish(session, claimed, outcome, now=now, dice=self._dice)
            if kept:
                _of_channel(session, channel.name, outcome, now)
                self._heard(session, channel, claimed, outcome, now)
        if not kept:
            log.info("a message was taken over by another worker")
        return True

    @staticmethod
    def _heard(
        session: Session, channel: Channel, claimed: outbox.Claim, outcome: Outcome, now: datetime
    ) -> None:
        """What a receipt, or a refusal because of their state, says of the entry."""
        if claimed.message.topic != channels.ENTRY or not outcome.receipt:
            return
        body = claimed.message.body
        word = protocol.TheirWord.model_validate(outcome.receipt)
        if word.edition is None:  # a receipt speaks of what it is the receipt for
            word = word.model_copy(update={"edition": body.get("edition")})
        answers.take(session, channel.name, str(body.get("number", "")), word, now=now)

    def _ask(self, channel: Channel) -> bool:
        """Asks for answers, where it is time and no other worker does."""
        if channel.answers is None or not channel.asked():
            return False
        now = self._now()
        with reading() as session:
            seen = session.get(SyncChannel, channel.name)
        if seen is None or not _time_to_ask(seen.polled_at, now):
            return False
        with writing() as session:
            polled = col(SyncChannel.polled_at)
            mine = session.exec(
                update(SyncChannel)
                .where(
                    col(SyncChannel.name) == channel.name,
                    polled.is_(None) if seen.polled_at is None else polled == seen.polled_at,
                )
                .values(polled_at=now)
                .execution_options(synchronize_session=False)
            )
        if mine.rowcount != 1:
            return False
        cursor = seen.cursor
        for _ in range(_MOST_PAGES):
            try:
                said, odd, after, more = protocol.answers(channel.answers(cursor))
            except (LineDown, UnknownAnswer) as error:
                self._note_failure(channel.name, f"问答复：{error}")
                return True
            with writing() as session:
                answers.take_all(session, channel.name, said, now=self._now())
                values: dict[str, Any] = {"contact_at": self._now()}
                if odd:
                    values |= {"failed_at": self._now(), "said": f"有 {odd} 条答复不合规，没有采用"}
                if after:
                    values["cursor"] = after
                session.exec(
                    update(SyncChannel)
                    .where(col(SyncChannel.name) == channel.name, col(SyncChannel.cursor) == cursor)
                    .values(**values)
                    .execution_options(synchronize_session=False)
                )
            if not more or after in ("", cursor) or self._stopping():
                break
            cursor = after
        return True

    def _note_failure(self, name: str, said: str) -> None:
        with writing() as session:
            _note(session, name, {"failed_at": self._now(), "said": said[:SAID_MAX]})


def _time_to_ask(before: datetime | None, now: datetime) -> bool:
    # Later than now: the clock was set back since.
    every = timedelta(seconds=settings().sync_poll_s)
    return before is None or before > now or now - before >= every


def _ensure(name: str) -> None:
    with reading() as session:
        if session.get(SyncChannel, name) is not None:
            return
    try:
        with writing() as session:
            session.add(SyncChannel(name=name))
    except IntegrityError:
        return  # another worker was faster


def _of_channel(session: Session, name: str, outcome: Outcome, now: datetime) -> None:
    if outcome.ending is Ending.PASSING:
        _note(session, name, {"failed_at": now, "said": outcome.said[:SAID_MAX]})
    else:
        _note(session, name, {"contact_at": now})


def _note(session: Session, name: str, values: dict[str, Any]) -> None:
    session.exec(
        update(SyncChannel)
        .where(col(SyncChannel.name) == name)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def work_until(stop: threading.Event) -> None:
    """The background's loop. Ends at once where no line is set."""
    worker = Worker(dice=Random(), stopping=stop.is_set)  # noqa: S311 — waits, not secrets
    while channels.configured() and not stop.is_set():
        try:
            busy = worker.step()
        except Exception:
            log.exception("the sync could not work")  # the database is away
            busy = False
        if not busy:
            stop.wait(_IDLE_S)
