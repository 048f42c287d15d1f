"""Keeping a capture, before anything else: its record and signature as they came, what was found of
the signature and the one-time code at that moment, and which bytes a person sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from field_app.captures import codes
from field_app.captures.record import PhotoRecord, Record, Unreadable, read_record
from field_app.captures.signing import from_base64url, is_signed
from field_app.captures.states import UNREADABLE, State
from field_app.db import add_if_new
from field_app.problems import CAPTURE_DIFFERS
from field_app.roles import Who
from field_app.words import clean
from models.tables import Blob, Capture, Device, SentBytes, metadata
from photos.witness import Signature


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is sent: the text that was signed, base64url of r‖s, the key, the phone's clock now."""

    record: str
    signature: str = ""
    key_id: str = ""
    sent_at: datetime | None = None


def keep(
    session: Session, uuid: str, sent: Envelope, who: Who, now: datetime
) -> tuple[Capture, bool]:
    """The capture as it is kept, and whether this was the first time. Raises CAPTURE_DIFFERS."""
    text, signature = _raw(sent.record), _raw(sent.signature)
    known = find(session, uuid, who)
    if known is not None:
        if (known.record, known.signature) != (text, signature):
            raise CAPTURE_DIFFERS()
        return known, False
    capture = Capture(
        uuid=uuid,
        person_id=who.id,
        type="",
        record=text,
        signature=signature,
        key_id=clean(sent.key_id)[:64],
        sent_at=sent.sent_at,
        received_at=now,
        signature_state=Signature.NONE,
        code_state="none",
        state=State.KEPT,
    )
    try:
        record = read_record(text)
    except Unreadable as error:
        capture.state, capture.hold, capture.why = State.HELD, UNREADABLE, str(error)
        capture.signature_state = signature_state(session, capture, None, who, now)
        record = None
    if record is not None:
        _note(session, capture, record, who, now)
    session.add(capture)
    session.flush()
    return capture, True


def _raw(text: str) -> bytes:
    """The bytes that were signed; halves of characters, which no signature covers, stay told apart."""
    return text.encode("utf-8", "surrogatepass")


def _note(session: Session, capture: Capture, record: Record, who: Who, now: datetime) -> None:
    capture.type = record.type
    capture.visit, capture.task_id, capture.made_at = record.visit, record.task, record.made_at
    capture.facts = {"parcel": clean(record.parcel or "")}
    if isinstance(record, PhotoRecord):
        capture.sha256 = record.sha256
        capture.facts |= {"kind": str(record.kind), "way": record.way}
    capture.signature_state = signature_state(session, capture, record, who, now)
    worth = codes.answer(
        session,
        record.code,
        person_id=who.id,
        key_id=capture.key_id,
        capture=capture.uuid,
        made_at=record.made,
        now=now,
    )
    capture.code_state = worth.state
    capture.code_offline, capture.code_issued_at = worth.offline, worth.issued_at


def signature_state(
    session: Session, capture: Capture, record: Record | None, who: Who, now: datetime
) -> Signature:
    """What the signature over a capture is worth as it arrives: a key that is revoked by now
    vouches for nothing, whatever moment the record names."""
    if not capture.signature or not capture.key_id:
        return Signature.NONE
    device = session.exec(select(Device).where(Device.key_id == capture.key_id)).one_or_none()
    if device is None:
        return Signature.UNKNOWN_KEY
    try:
        signature = from_base64url(capture.signature.decode("utf-8", "replace"))
    except ValueError:
        return Signature.BAD
    named = record is None or record.key_id == capture.key_id
    if not named or not is_signed(capture.record, signature, device.public_key):
        return Signature.BAD
    if device.person_id != who.id:
        return Signature.OTHER_PERSON
    if device.revoked_at is not None:
        return Signature.REVOKED
    device.used_at = now
    return Signature.GOOD


def find(session: Session, uuid: str, who: Who) -> Capture | None:
    """One's own capture of that uuid."""
    query = select(Capture).where(Capture.person_id == who.id, Capture.uuid == uuid)
    return session.exec(query).one_or_none()


def sent_by(sha256: str, capture: str, who: Who, now: datetime) -> Callable[[Session], None]:
    """Writes down that the person sent these bytes, for the capture of that uuid or for none."""

    def note(session: Session) -> None:
        row = {"person_id": who.id, "sha256": sha256, "capture": capture, "at": now}
        add_if_new(session, metadata.tables["sent_bytes"], row)

    return note


def bytes_for(session: Session, capture: Capture) -> str | None:
    """The sha256 of the bytes of a photo's capture, as they came: the ones that its record names,
    whichever way this person sent them; else the first that were sent for it."""
    if capture.sha256 is not None:
        named = select(SentBytes.sha256).where(
            SentBytes.person_id == capture.person_id, SentBytes.sha256 == capture.sha256
        )
        if session.exec(named.limit(1)).first() is not None:
            return capture.sha256
        blob = session.get(Blob, capture.sha256)
        if blob is not None and blob.person_id == capture.person_id:
            return capture.sha256
    other = (
        select(SentBytes.sha256)
        .where(SentBytes.person_id == capture.person_id, SentBytes.capture == capture.uuid)
        .order_by(col(SentBytes.at), col(SentBytes.sha256))
        .limit(1)
    )
    return session.exec(other).first()
