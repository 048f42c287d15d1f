"""The one writing module of the outbox: a message in, claimed, and what became of it.

A message is claimed by compare-and-swap with a lease, sent outside of any transaction, and marked
only once its receipt is there. A worker that dies in between leaves a lease that runs out; the
message is then sent again under the same key, by which the other side knows it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select, update

from field_app.db import reading, writing
from field_app.problems import CHANGED_MEANWHILE, NOT_FOUND
from field_app.settings import settings
from field_app.sync import channels
from field_app.sync.backoff import CLOCK_SLACK, MOST_UNCLEAR, wait
from field_app.sync.channels import Channel
from field_app.sync.protocol import SAID_MAX
from field_app.sync.states import HOLDS_UP, TRIED, Ending, Message, Outcome, Sending
from models.base import words
from models.tables import Delivery, Outbox

# How soon to look for a receipt that comes as a file: less often the longer it has been lying.
_LOOK_AGAIN, _LOOK_LATEST, _LOOK_SHARE = timedelta(seconds=20), timedelta(minutes=10), 10
_CATCH_UP = 500


def put(
    session: Session, topic: str, *, line: str, key: str, body: Mapping[str, Any], now: datetime
) -> None:
    """Writes a message into the outbox, inside the transaction of the change that it tells of.

    Messages of one `line` arrive in the order of their transactions, so those must not overlap:
    the caller holds the row that the line is about. `key` is unique for ever (A-Z a-z 0-9 / . -).
    """
    message = Outbox(key=key, topic=topic, line=line, body=dict(body), created_at=now)
    session.add(message)
    session.flush()
    assert message.id is not None
    session.add_all(
        _fresh(message.id, channel.name, now)
        for channel in channels.configured()
        if topic in channel.topics
    )


def _fresh(outbox_id: int, channel: str, now: datetime) -> Delivery:
    return Delivery(outbox_id=outbox_id, channel=channel, state=Sending.WAITING, next_at=now)


def catch_up(channel: Channel, *, now: datetime) -> bool:
    """Puts messages on a line that was set up after they were written, the oldest first, some at
    a time. False once none is left."""
    there = exists().where(
        col(Delivery.outbox_id) == Outbox.id, col(Delivery.channel) == channel.name
    )
    query = (
        select(Outbox.id)
        .where(col(Outbox.topic).in_(sorted(channel.topics)), ~there)
        .order_by(col(Outbox.id))
        .limit(_CATCH_UP)
    )
    with reading() as session:
        missing = list(session.exec(query))
    if not missing:
        return False
    try:
        with writing() as session:
            session.add_all(_fresh(each, channel.name, now) for each in missing if each is not None)
    except IntegrityError:
        return True  # another worker was faster with some of them
    return True


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker has for a while. Only who holds the claim writes its end."""

    delivery_id: int
    by: str
    message: Message
    handed: bool


def claim(channel: Channel, by: str, *, now: datetime) -> Claim | None:
    """The next message of a line to try now, or None. `by` is new for each claim."""
    with reading() as session:
        # Each state for itself: so the index gives them in order, and the search ends early.
        found = [
            pair for state in TRIED for pair in session.exec(_due(channel, state, now).limit(3))
        ]
    for delivery, message in found:
        # What was seen is swapped for the claim: of two workers one gets it.
        with writing() as session:
            swapped = session.exec(
                update(Delivery)
                .where(
                    col(Delivery.id) == delivery.id,
                    col(Delivery.state) == delivery.state,
                    col(Delivery.tries) == delivery.tries,
                )
                .values(
                    tries=delivery.tries + 1,
                    lease_by=by,
                    lease_until=now + lease(),
                    tried_at=now,
                )
                .execution_options(synchronize_session=False)
            )
        if swapped.rowcount == 1:
            assert delivery.id is not None
            assert message.id is not None
            told = Message(message.id, message.key, message.topic, message.line, message.body)
            return Claim(delivery.id, by, told, delivery.state == Sending.HANDED)
    return None


def lease() -> timedelta:
    """How long a claim holds: well beyond the longest attempt."""
    return timedelta(seconds=settings().sync_timeout_s + 60)


def _due(channel: Channel, state: Sending, now: datetime) -> Any:  # a Select of (Delivery, Outbox)
    # A moment too far ahead was written by a clock that has been set back since.
    late, gone = now + CLOCK_SLACK, now + lease() + CLOCK_SLACK
    return (
        select(Delivery, Outbox)
        .join(Outbox, col(Outbox.id) == Delivery.outbox_id)
        .where(
            Delivery.channel == channel.name,
            Delivery.state == state,
            or_(col(Delivery.next_at) <= now, col(Delivery.next_at) > late),
            or_(
                col(Delivery.lease_until).is_(None),
                col(Delivery.lease_until) < now,
                col(Delivery.lease_until) > gone,
            ),
            ~earlier_open(channel.name, channel.topics),
        )
        .order_by(col(Delivery.next_at), col(Delivery.outbox_id))
    )


def earlier_open(channel: str, topics: Collection[str]) -> ColumnElement[bool]:
    """Whether an earlier message of the same line has not arrived yet by this channel; one that
    was not even put on it counts."""
    before, its = aliased(Outbox), aliased(Delivery)
    query = (
        select(before.id)
        .outerjoin(its, and_(col(its.outbox_id) == before.id, col(its.channel) == channel))
        .where(
            before.line == Outbox.line,
            col(before.id) < Outbox.id,
            col(before.topic).in_(sorted(topics)),
            or_(col(its.id).is_(None), col(its.state).in_(words(HOLDS_UP))),
        )
    )
    return query.exists()


def finish(
    session: Session, claimed: Claim, outcome: Outcome, *, now: datetime, dice: Random
) -> bool:
    """Writes what an attempt ended in. False where the claim was lost meanwhile: another worker
    has the message, and nothing is written."""
    delivery = session.get(Delivery, claimed.delivery_id)
    if delivery is None or delivery.lease_by != claimed.by or delivery.state not in TRIED:
        return False
    written = session.exec(
        update(Delivery)
        .where(col(Delivery.id) == claimed.delivery_id, col(Delivery.lease_by) == claimed.by)
        .values(
            lease_by="",
            lease_until=None,
            said=outcome.said[:SAID_MAX],
            **_end(delivery, outcome, now, dice),
        )
        .execution_options(synchronize_session=False)
    )
    if written.rowcount != 1:
        return False
    if outcome.ending in (Ending.TAKEN, Ending.DROPPED):
        all_arrived(session, delivery.outbox_id, now)
    return True


def _end(delivery: Delivery, outcome: Outcome, now: datetime, dice: Random) -> dict[str, Any]:
    match outcome.ending:
        case Ending.TAKEN:
            return {"state": Sending.SENT, "done_at": now, "receipt": outcome.receipt} | _NO_FAILURE
        case Ending.HANDED:
            since = delivery.handed_at or now
            again = min(max((now - since) / _LOOK_SHARE, _LOOK_AGAIN), _LOOK_LATEST)
            handed = {"state": Sending.HANDED, "handed_at": since, "next_at": now + again}
            return handed | _NO_FAILURE
        case Ending.DROPPED:
            return {"state": Sending.SKIPPED, "done_at": now} | _NO_FAILURE
        case Ending.REFUSED | Ending.CLASH:
            return {"state": Sending.REFUSED, "receipt": outcome.receipt}
        case _:
            unclear = delivery.unclear + 1 if outcome.ending is Ending.UNCLEAR else 0
            if unclear >= MOST_UNCLEAR:
                return {"state": Sending.REFUSED, "unclear": unclear}
            failures = delivery.failures + 1
            later = now + wait(failures, dice, outcome.again_s)
            return {"next_at": later, "failures": failures, "unclear": unclear}


_NO_FAILURE = {"failures": 0, "unclear": 0}


def all_arrived(session: Session, outbox_id: int, now: datetime) -> None:
    """Notes that a message is through, once no channel has it open any more."""
    still = exists().where(
        col(Delivery.outbox_id) == outbox_id, col(Delivery.state).in_(words(HOLDS_UP))
    )
    session.exec(
        update(Outbox)
        .where(col(Outbox.id) == outbox_id, ~still)
        .values(sent_at=now)
        .execution_options(synchronize_session=False)
    )


def decided(session: Session, delivery_id: int, values: Mapping[str, Any]) -> int:
    """Writes what a person decided on a refused message; gives the message's number. Raises
    NOT_FOUND, or CHANGED_MEANWHILE where it is not refused any more."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise NOT_FOUND(what="这条变更")
    written = session.exec(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == Sending.REFUSED)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount != 1:
        raise CHANGED_MEANWHILE()
    return delivery.outbox_id
