"""What the others say of our entries: kept beside the entry, never in its place.

An answer that comes again, late or out of order changes nothing. Where their state disagrees with
ours, both stay, and a person decides (`deciding.settle`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from field_app import events
from field_app.db import reading, writing
from field_app.problems import BAD_SIGNATURE
from field_app.settings import settings
from field_app.sync import channels, protocol, signing
from field_app.sync.protocol import Said, TheirWord
from field_app.sync.states import HOLDS_UP
from models.base import words
from models.tables import Counterpart, Delivery, Entry, Outbox, SignedCall
from models.vocabulary import EntryState

_SHOWN = ("number", "state", "words")


def take(session: Session, channel: str, number: str, word: TheirWord, *, now: datetime) -> bool:
    """Keeps what `channel` says of the entry `number`. False where nothing is new in it, or where
    there is no such entry."""
    # Two answers about one entry, by a call and by a question, come one after the other.
    entry = session.exec(
        select(Entry).where(Entry.number == number).with_for_update(key_share=True)
    ).first()
    if entry is None or entry.id is None:
        return False
    kept = session.exec(
        select(Counterpart).where(Counterpart.entry_id == entry.id, Counterpart.channel == channel)
    ).first()
    if kept is None:
        kept = Counterpart(entry_id=entry.id, channel=channel, at=now)
    elif _late(kept, word):
        return False
    old = {name: getattr(kept, name) for name in _SHOWN}
    new = {
        "number": word.their_number or kept.number,
        "state": word.their_state or kept.state,
        "words": word.words or kept.words,
    }
    whole = new | {
        "edition": word.edition if word.edition is not None else kept.edition,
        "version": word.version if word.version is not None else kept.version,
    }
    if all(getattr(kept, name) == value for name, value in whole.items()):
        return False
    for name, value in whole.items():
        setattr(kept, name, value)
    kept.at = now
    if old != new:
        changed = [name for name in _SHOWN if old[name] != new[name]]
        _note(
            session,
            entry,
            "对方答复",
            now,
            {name: old[name] for name in changed},
            {name: new[name] for name in changed} | {"channel": channels.title(channel)},
        )
    _compare(session, entry, kept, now)
    session.add(kept)
    session.flush()
    return True


def _late(kept: Counterpart, word: TheirWord) -> bool:
    """Whether something newer is known already."""
    if word.version is not None and kept.version is not None:
        return word.version <= kept.version
    # Without a version of theirs only our own edition tells the order. A receipt that is repeated
    # may be older than an answer: it says nothing against one that had a version.
    if kept.version is not None and word.version is None:
        return word.edition is None or kept.edition is None or word.edition <= kept.edition
    return word.edition is not None and kept.edition is not None and word.edition < kept.edition


def meaning(state: str) -> EntryState | None:
    """Their state in our words; None where nobody has said what theirs means."""
    if state in settings().sync_states:
        return settings().sync_states[state]
    return EntryState(state) if state in set(EntryState) else None


def _compare(session: Session, entry: Entry, kept: Counterpart, now: datetime) -> None:
    theirs = meaning(kept.state)
    if theirs is None or not _up_to_date(session, entry, kept):
        return  # they speak in words of their own, or of an edition that we have left behind
    if theirs == entry.state:
        if kept.clash:
            kept.clash, kept.clash_at = "", None
            _note(session, entry, "双方状态已一致", now, {}, {"state": str(theirs)})
    elif kept.clash != theirs:
        kept.clash, kept.clash_at = str(theirs), now
        _note(
            session,
            entry,
            "双方状态不一致",
            now,
            {"state": entry.state},
            {"state": str(theirs), "channel": channels.title(kept.channel)},
        )


def _up_to_date(session: Session, entry: Entry, kept: Counterpart) -> bool:
    if kept.edition is not None:
        return kept.edition >= entry.edition
    under_way = (
        select(Delivery.id)
        .join(Outbox, col(Outbox.id) == Delivery.outbox_id)
        .where(
            Outbox.line == channels.entry_line(entry.number),
            Delivery.channel == kept.channel,
            col(Delivery.state).in_(words(HOLDS_UP)),
        )
    )
    return session.exec(under_way.limit(1)).first() is None


def _note(
    session: Session,
    entry: Entry,
    action: str,
    now: datetime,
    old: dict[str, Any],
    new: dict[str, Any],
) -> None:
    assert entry.id is not None
    events.note(session, "entry", entry.id, action, at=now, person_id=None, old=old, new=new)


def take_all(session: Session, channel: str, said: Sequence[Said], *, now: datetime) -> int:
    """Keeps a page of answers; how many had something new."""
    # In the order of their numbers: two pages that meet must not lock each other out.
    ordered = sorted(enumerate(said), key=lambda pair: (pair[1].number, pair[0]))
    return sum(take(session, channel, each.number, each, now=now) for _, each in ordered)


def by_webhook(moment: str, signature: str, body: bytes, *, now: datetime) -> int:
    """Takes answers that the other side calls us with; how many had something new.

    Raises BAD_SIGNATURE, and UnknownAnswer where a signed body cannot be read. The same call a
    second time takes nothing.
    """
    key = settings().sync_webhook_key.get_secret_value()
    if not signing.holds(key, moment, signature, body, now=now):
        raise BAD_SIGNATURE()
    said, _, _, _ = protocol.answers(body)
    mark = signing.signature(key, moment, body)
    with reading() as session:
        if session.get(SignedCall, mark) is not None:
            return 0
    try:
        with writing() as session:
            session.exec(delete(SignedCall).where(col(SignedCall.at) < now - 3 * signing.WINDOW))
            session.add(SignedCall(signature=mark, at=now))
            session.flush()
            return take_all(session, "http", said, now=now)
    except IntegrityError:
        # The same call at the same moment, or an entry's first answer by two ways at once.
        with reading() as session:
            if session.get(SignedCall, mark) is not None:
                return 0
        raise


@dataclass(frozen=True, slots=True)
class Theirs:
    """An entry as another system has it, for its page. `clash` is their state in our words while
    it disagrees with ours."""

    channel: str
    number: str
    state: str
    words: str
    at: datetime
    clash: str


def of_entry(number: str) -> list[Theirs]:
    """What the others said of an entry; for whoever may see the entry."""
    query = (
        select(Counterpart, Entry.state)
        .join(Entry, col(Entry.id) == Counterpart.entry_id)
        .where(Entry.number == number)
        .order_by(Counterpart.channel)
    )
    with reading() as session:
        found = session.exec(query).all()
    return [
        Theirs(
            channels.title(kept.channel),
            kept.number,
            kept.state,
            kept.words,
            kept.at,
            kept.clash if kept.clash != state else "",
        )
        for kept, state in found
    ]
