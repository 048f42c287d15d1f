"""What the page 同步 shows: how each line does, what was refused, what disagrees."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from field_app.db import reading
from field_app.roles import Action, Who, require
from field_app.sync import channels
from field_app.sync.states import HOLDS_UP, TRIED, Sending
from models.base import words
from models.tables import Counterpart, Delivery, Entry, Event, Outbox, Person, SyncChannel

MOST = 50


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line. `counts` by state; `oldest` is when the oldest message that has not arrived was
    written; `retrying` counts those that failed and are tried again, `because` is the newest reason;
    `said` is the last failure of the line itself."""

    name: str
    title: str
    configured: bool
    counts: Mapping[Sending, int]
    oldest: datetime | None
    contact_at: datetime | None
    failed_at: datetime | None
    said: str
    retrying: int
    because: str

    @property
    def waiting(self) -> int:
        return sum(self.counts.get(state, 0) for state in TRIED)

    @property
    def sick(self) -> bool:
        """Whether the last that happened on it was a failure."""
        return self.failed_at is not None and (
            self.contact_at is None or self.contact_at <= self.failed_at
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that a person has to decide on. `behind` later ones of its line wait for it."""

    id: int
    channel: str
    what: str
    step: str
    said: str
    tries: int
    written_at: datetime
    tried_at: datetime | None
    behind: int
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Clash:
    """A state that disagrees. `theirs` is in our words, `said` in theirs."""

    id: int
    channel: str
    entry_id: int
    number: str
    ours: str
    theirs: str
    said: str
    their_number: str
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided on a message."""

    at: datetime
    by: str
    action: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All of the page; of long lists the first, with how many there are."""

    lines: tuple[LineShown, ...]
    refused: tuple[Refused, ...]
    clashes: tuple[Clash, ...]
    clash_count: int
    decided: tuple[Decided, ...]

    @property
    def refused_count(self) -> int:
        return sum(line.counts.get(Sending.REFUSED, 0) for line in self.lines)


def overview(who: Who) -> Overview:
    """How the sync does, for office and administrator."""
    require(who, Action.SYNC)
    with reading() as session:
        return Overview(
            _lines(session),
            _refused(session),
            _clashes(session),
            session.scalar(_disagreeing().with_only_columns(func.count())) or 0,
            _decided(session),
        )


def _lines(session: Session) -> tuple[LineShown, ...]:
    counts: dict[str, dict[Sending, int]] = {}
    query = select(Delivery.channel, Delivery.state, func.count()).group_by(
        col(Delivery.channel), col(Delivery.state)
    )
    for name, state, count in session.exec(query):
        counts.setdefault(name, {})[Sending(state)] = count
    known = {row.name: row for row in session.exec(select(SyncChannel))}
    set_up = {channel.name for channel in channels.configured()}
    return tuple(
        LineShown(
            channel.name,
            channel.title,
            channel.name in set_up,
            counts.get(channel.name, {}),
            _oldest(session, channel.name),
            known[channel.name].contact_at if channel.name in known else None,
            known[channel.name].failed_at if channel.name in known else None,
            known[channel.name].said if channel.name in known else "",
            *_retrying(session, channel.name),
        )
        for channel in channels.CHANNELS
        if channel.name in set_up or channel.name in counts
    )


def _retrying(session: Session, channel: str) -> tuple[int, str]:
    failing = (
        Delivery.channel == channel,
        col(Delivery.state).in_(words(TRIED)),
        col(Delivery.failures) > 0,
    )
    count = session.exec(select(func.count()).select_from(Delivery).where(*failing)).one()
    newest = select(Delivery.said).where(*failing).order_by(col(Delivery.tried_at).desc())
    return count, session.exec(newest.limit(1)).first() or ""


def _oldest(session: Session, channel: str) -> datetime | None:
    first = select(func.min(Delivery.outbox_id)).where(
        Delivery.channel == channel, col(Delivery.state).in_(words(HOLDS_UP))
    )
    query = select(Outbox.created_at).where(col(Outbox.id) == first.scalar_subquery())
    return session.exec(query).first()


def _refused(session: Session) -> tuple[Refused, ...]:
    behind, its = aliased(Outbox), aliased(Delivery)
    waiting = (
        select(func.count())
        .select_from(behind)
        .join(its, col(its.outbox_id) == behind.id)
        .where(
            behind.line == Outbox.line,
            col(behind.id) > Outbox.id,
            its.channel == Delivery.channel,
            col(its.state).in_(words(TRIED)),
        )
        .scalar_subquery()
    )
    query = (
        select(Delivery, Outbox, waiting)
        .join(Outbox, col(Outbox.id) == Delivery.outbox_id)
        .where(Delivery.state == Sending.REFUSED)
        .order_by(col(Delivery.outbox_id))
        .limit(MOST)
    )
    found = session.exec(query).all()
    ids = _entry_ids(session, [message for _, message, _ in found])
    return tuple(
        Refused(
            delivery.id or 0,
            channels.title(delivery.channel),
            _what(message),
            str(message.body.get("step", "")),
            delivery.said,
            delivery.tries,
            message.created_at,
            delivery.tried_at,
            count,
            ids.get(str(message.body.get("number", ""))),
        )
        for delivery, message, count in found
    )


def _what(message: Outbox) -> str:
    return str(message.body.get("number") or message.body.get("title") or message.key)


def _entry_ids(session: Session, messages: list[Outbox]) -> dict[str, int]:
    numbers = [str(m.body.get("number", "")) for m in messages if m.topic == channels.ENTRY]
    query = select(Entry.number, Entry.id).where(col(Entry.number).in_(numbers))
    return {number: each for number, each in session.exec(query) if each is not None}


def _disagreeing() -> Any:  # a Select of (Counterpart, Entry)
    # One that our own later change has settled is none any more.
    return (
        select(Counterpart, Entry)
        .join(Entry, col(Entry.id) == Counterpart.entry_id)
        .where(col(Counterpart.clash) != "", col(Counterpart.clash) != col(Entry.state))
    )


def _clashes(session: Session) -> tuple[Clash, ...]:
    query = _disagreeing().order_by(col(Counterpart.clash_at)).limit(MOST)
    return tuple(
        Clash(
            kept.id or 0,
            channels.title(kept.channel),
            kept.entry_id,
            entry.number,
            entry.state,
            kept.clash,
            kept.state,
            kept.number,
            kept.words,
            kept.clash_at,
        )
        for kept, entry in session.exec(query)
    )


def _decided(session: Session) -> tuple[Decided, ...]:
    query = (
        select(Event, Person.display, Outbox)
        .join(Outbox, col(Outbox.id) == Event.about_id)
        .outerjoin(Person, col(Person.id) == Event.person_id)
        .where(Event.about == "outbox")
        .order_by(col(Event.id).desc())
        .limit(10)
    )
    return tuple(
        Decided(event.at, by or "", event.action, _what(message), event.why)
        for event, by, message in session.exec(query)
    )
