"""The door for captures: keep, then place, then examine.

A record and its bytes may come in any order, twice, and days late. What arrives is kept in one short
transaction before anything is made of it; placing may fail or be cut off and is done again at the
next repeat, and by `sweep`. The same captures lead to the same visit whatever the order.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from field_app import accounts, events, inspections
from field_app.captures import claims, hand_ins
from field_app.captures.deciding import found_after_all
from field_app.captures.keeping import Envelope, bytes_for, find, keep, sent_by, signature_state
from field_app.captures.placing import visit_for
from field_app.captures.receipts import Receipt, receipt_of
from field_app.captures.record import PhotoRecord, Record, Unreadable, read_record
from field_app.captures.states import (
    FINAL,
    OTHER_OWNER,
    OTHER_UUID,
    SELF_HEALING,
    UNREADABLE,
    Held,
    State,
)
from field_app.db import reading, writing
from field_app.inspections.held import bytes_of
from field_app.inspections.photos import attach_told
from field_app.problems import NOT_FOUND, Problem
from field_app.roles import Action, Who, require
from models.tables import Capture, Photo, SentBytes
from photos.hashing import Hashed
from photos.witness import Signature

log = logging.getLogger(__name__)

_AT_ONCE = 100
_LOOK_AGAIN = timedelta(minutes=10)  # at what is held, and may heal by itself


def receive(uuid: str, sent: Envelope, who: Who, *, now: datetime) -> tuple[Receipt, bool]:
    """Takes a capture in; its receipt, and whether it came for the first time. Everything from
    who may bring photos is kept. Raises CAPTURE_DIFFERS."""
    require(who, Action.TAKE_PHOTOS)
    number, first = _kept(uuid, sent, who, now)
    _try(number, now)
    return receipt(uuid, who), first


def _kept(uuid: str, sent: Envelope, who: Who, now: datetime) -> tuple[int, bool]:
    for last in (False, True):
        try:
            with writing() as session:
                capture, first = keep(session, uuid, sent, who, now)
                assert capture.id is not None
                return capture.id, first
        except IntegrityError:  # sent twice at this very moment: the other one has kept it
            if last:
                raise
    raise AssertionError("unreachable")


def receipt(uuid: str, who: Who) -> Receipt:
    """The receipt as it is now, for the one who sent the capture."""
    require(who, Action.TAKE_PHOTOS)
    with reading() as session:
        capture = find(session, uuid, who)
        if capture is None:
            raise NOT_FOUND(what="这条采集记录")
        return receipt_of(session, capture)


def receive_bytes(
    photo: Hashed, who: Who, *, capture: str = "", now: datetime
) -> tuple[inspections.PhotoReceipt, list[Receipt]]:
    """Takes bytes into the store, and places the captures that waited for them: the one that is
    named by its uuid, else all of this person's whose record names these bytes."""
    received = inspections.receive_blob(
        photo, who, now=now, also=sent_by(photo.sha256, capture, who, now)
    )
    which = Capture.uuid == capture if capture else Capture.sha256 == photo.sha256
    with reading() as session:
        query = select(Capture.id).where(Capture.person_id == who.id, which)
        numbers = [n for n in session.exec(query) if n is not None]
    if not numbers:
        return received, []
    for number in numbers:
        _try(number, now)
    with reading() as session:
        found = [receipt_of(session, session.get_one(Capture, n)) for n in numbers]
    return received, found


def _try(number: int, now: datetime, *, asked: bool = True) -> None:
    """Places a capture. Whatever goes wrong, it is kept, its sender is told so, and the sweep tries
    again: no photo stays on a phone for a fault in what comes after it was received."""
    try:
        place(number, now=now, asked=asked)
    except Exception:
        log.exception("capture %s is kept and not placed yet", number)


def place(number: int, *, now: datetime, asked: bool = True) -> None:
    """Does what there is to do for a capture; harmless where nothing is. `asked`: for somebody who
    waits for it, not by the sweep. Raises a Problem only where coming again may help."""
    with reading() as session:
        capture = session.get_one(Capture, number)
        who = accounts.who_is(session, capture.person_id)
    if capture.hold == UNREADABLE or (capture.state in FINAL and _settled(capture)):
        return
    try:
        record = _own_record(capture, who)
        if isinstance(record, PhotoRecord):
            _place_photo(capture, record, who, now)
        else:
            hand_ins.place(number, record, who, now, asked=asked)
    except Held as held:
        _settle(number, State.HELD, now, held.hold, held.why)
    except Problem as problem:
        if problem.kind.retry and problem.kind.status >= 500:
            raise
        _settle(number, State.HELD, now, problem.id, problem.message)
    if capture.type == "photo":
        for waiting in hand_ins.waiting_for(capture):
            place(waiting, now=now, asked=asked)


def _settled(capture: Capture) -> bool:
    return capture.type != "photo" or capture.bytes_sha256 == capture.sha256


def _own_record(capture: Capture, who: Who) -> Record:
    try:
        record = read_record(capture.record)
    except Unreadable as error:
        raise Held(UNREADABLE, str(error)) from error
    if record.uuid != capture.uuid:
        raise Held(OTHER_UUID, "采集记录里的编号与送来的编号不同")
    if accounts.clean_name(record.owner) != who.name:
        raise Held(OTHER_OWNER, "采集记录写的采集人不是送来的账号；请采集人用自己的账号登录后再送")
    return record


def _place_photo(capture: Capture, record: PhotoRecord, who: Who, now: datetime) -> None:
    number = capture.id or 0
    with writing() as session:
        capture = session.get_one(Capture, number)
        found = bytes_for(session, capture)
        if found is None:
            capture.looked_at = now
            if capture.photo_id is None:
                capture.state, capture.hold, capture.why = State.WAITING_PHOTO, "", ""
            return
        if capture.photo_id is not None and capture.bytes_sha256 == found:
            return
        found_after_all(session, capture, now)
        if capture.signature_state == Signature.UNKNOWN_KEY:  # it may be registered by now
            capture.signature_state = signature_state(session, capture, record, who, now)
        capture.bytes_sha256, replaced = found, capture.photo_id
        visit_id = visit_for(session, capture, record, who, now)
        told = claims.signed(capture, record)
        received_at = capture.received_at
    attach_told(
        Hashed(bytes_of(found), found),
        inspection_id=visit_id,
        kind=record.kind,
        told=told,
        claim=told.kept(),
        who=who,
        now=now,
        received_at=received_at,
        made_at=record.made,
        also=_complete(number, replaced, who, now),
    )


def _complete(
    number: int, replaced: int | None, who: Who, now: datetime
) -> Callable[[Session, int], None]:
    def note(session: Session, photo_id: int) -> None:
        capture = session.get_one(Capture, number)
        capture.photo_id, capture.state = photo_id, State.COMPLETE
        capture.hold = capture.why = ""
        capture.looked_at = now
        old = session.get(Photo, replaced) if replaced and replaced != photo_id else None
        if old is not None and old.removed_at is None:
            # The bytes that came first were not those of the record; now the right ones are here.
            old.removed_at = now
            events.note(
                session,
                "photo",
                replaced or 0,
                "移除照片",
                at=now,
                person_id=who.id,
                new={"replaced_by": photo_id},
                why="与采集记录相符的原片已到",
            )

    return note


def _settle(number: int, state: State, now: datetime, hold: str = "", why: str = "") -> None:
    with writing() as session:
        capture = session.get_one(Capture, number, with_for_update=True)
        capture.looked_at = now
        # Another request may have brought it home meanwhile.
        if capture.state not in FINAL:
            capture.state, capture.hold, capture.why = state, hold[:30], why[:1000]


def sweep(*, now: datetime) -> int:
    """Places what a crash or an outage left behind, and looks again at what may have healed by
    itself; how many were looked at. Called at the start of a server and every minute."""
    state, hold = col(Capture.state), col(Capture.hold)
    longer_ago = col(Capture.looked_at).is_(None) | (col(Capture.looked_at) < now - _LOOK_AGAIN)
    sent = select(SentBytes.sha256).where(
        SentBytes.person_id == Capture.person_id,
        (col(SentBytes.sha256) == Capture.sha256) | (col(SentBytes.capture) == Capture.uuid),
    )
    may_heal = hold.in_(SELF_HEALING) | (col(Capture.type) == "visit")
    query = (
        select(Capture.id)
        .where(
            (state == State.KEPT)
            | ((state == State.WAITING_PHOTO) & sent.exists())
            | ((state == State.WAITING_PHOTOS) & longer_ago)
            | ((state == State.HELD) & longer_ago & may_heal)
        )
        .order_by(col(Capture.looked_at), col(Capture.id))
        .limit(_AT_ONCE)
    )
    with reading() as session:
        numbers = [n for n in session.exec(query) if n is not None]
    for number in numbers:
        _try(number, now, asked=False)
    return len(numbers)
