"""What only a person settles: a message that was refused, a state that disagrees."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select, update

from field_app import events
from field_app.db import writing
from field_app.ledger import steps
from field_app.ledger.listing import unit_names
from field_app.problems import CHANGED_MEANWHILE, NOT_FOUND, REASON_NEEDED
from field_app.roles import Action, Who, require
from field_app.sync import channels, outbox
from field_app.sync.states import Sending
from models.tables import Counterpart, Delivery, Entry, Outbox

WHY_MAX = 400


class Side(StrEnum):
    """Whose state holds."""

    OURS = "以本系统为准"
    THEIRS = "以对方为准"


def retry(delivery_id: int, who: Who, *, now: datetime) -> None:
    """Sends a refused message once more. Raises NOT_FOUND, or CHANGED_MEANWHILE where it is not
    refused any more."""
    require(who, Action.SYNC)
    with writing() as session:
        _again(session, delivery_id, who, now)


def retry_all(who: Who, *, now: datetime) -> int:
    """Sends everything that was refused once more; how many that is."""
    require(who, Action.SYNC)
    with writing() as session:
        query = select(Delivery.id).where(Delivery.state == Sending.REFUSED)
        ids = [each for each in session.exec(query) if each is not None]
        for each in ids:
            _again(session, each, who, now)
    return len(ids)


def skip(delivery_id: int, who: Who, *, why: str, now: datetime) -> None:
    """Gives a refused message up, so that later ones of its line go on. Each of them carries the
    whole entry. Raises NOT_FOUND, REASON_NEEDED, CHANGED_MEANWHILE."""
    require(who, Action.SYNC)
    why = _reason(why, "跳过这条变更")
    with writing() as session:
        _give_up(session, delivery_id, who, why, now)


def settle(counterpart_id: int, side: Side, who: Who, *, why: str, now: datetime) -> None:
    """Decides on a state that disagrees. Ours: the entry is sent once more, said to be insisted
    on. Theirs: it is noted, and the steps are then taken in the ledger by whoever may; nothing of
    the entry is changed from here. What was refused because of it is not sent again.

    Raises NOT_FOUND, REASON_NEEDED, and CHANGED_MEANWHILE where nothing disagrees any more.
    """
    require(who, Action.SYNC)
    why = _reason(why, f"“{side}”")
    with writing() as session:
        kept = session.get(Counterpart, counterpart_id)
        if kept is None:
            raise NOT_FOUND(what="这条不一致")
        cleared = session.exec(
            update(Counterpart)
            .where(col(Counterpart.id) == counterpart_id, col(Counterpart.clash) != "")
            .values(clash="", clash_at=None)
            .execution_options(synchronize_session=False)
        )
        if cleared.rowcount != 1:
            raise CHANGED_MEANWHILE()
        # Held until the end: another change of the entry must not slip between.
        entry = session.exec(
            select(Entry).where(Entry.id == kept.entry_id).with_for_update(key_share=True)
        ).one()
        events.note(
            session,
            "entry",
            kept.entry_id,
            "裁定不一致",
            at=now,
            person_id=who.id,
            old={"state": entry.state},
            new={"side": str(side), "theirs": kept.clash, "channel": channels.title(kept.channel)},
            why=why,
        )
        for delivery_id in _refused_of(session, entry.number, kept.channel):
            _give_up(session, delivery_id, who, why, now)
        if side is Side.OURS:
            _insist(session, entry, now)


def _insist(session: Session, entry: Entry, now: datetime) -> None:
    assert entry.id is not None
    names = unit_names(session, [entry.id]).get(entry.id, ())
    time = events.next_number(session, f"again/{entry.number}")
    outbox.put(
        session,
        channels.ENTRY,
        line=channels.entry_line(entry.number),
        key=f"entry/{entry.number}/{entry.edition}/again-{time}",
        body=steps.snapshot(entry, names)
        | {"edition": entry.edition, "step": str(Side.OURS), "insist": True},
        now=now,
    )


def _refused_of(session: Session, number: str, channel: str) -> list[int]:
    query = (
        select(Delivery.id)
        .join(Outbox, col(Outbox.id) == Delivery.outbox_id)
        .where(
            Outbox.line == channels.entry_line(number),
            Delivery.channel == channel,
            Delivery.state == Sending.REFUSED,
        )
    )
    return [each for each in session.exec(query) if each is not None]


def _again(session: Session, delivery_id: int, who: Who, now: datetime) -> None:
    fresh = {"next_at": now, "failures": 0, "unclear": 0, "handed_at": None, "receipt": {}}
    outbox_id = outbox.decided(session, delivery_id, {"state": Sending.WAITING} | fresh)
    _note(session, outbox_id, "重试", who, now)


def _give_up(session: Session, delivery_id: int, who: Who, why: str, now: datetime) -> None:
    done = {"state": Sending.SKIPPED, "done_at": now}
    outbox_id = outbox.decided(session, delivery_id, done)
    outbox.all_arrived(session, outbox_id, now)
    _note(session, outbox_id, "跳过", who, now, why)


def _note(
    session: Session, outbox_id: int, action: str, who: Who, now: datetime, why: str = ""
) -> None:
    events.note(session, "outbox", outbox_id, action, at=now, person_id=who.id, why=why)


def _reason(why: str, action: str) -> str:
    why = why.strip()[:WHY_MAX]
    if not why:
        raise REASON_NEEDED(action=action)
    return why
