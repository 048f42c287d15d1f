"""Photos of a visit: stored by content, gathered into a case, examined, written down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from field_app import events, findings
from field_app.db import add_if_new, reading, writing
from field_app.inspections.capture import Told, kept, parse_capture
from field_app.inspections.examining import judge, newest_results, prepare
from field_app.inspections.held import bytes_of, is_held, store, store_answers
from field_app.inspections.ownership import whose_photo
from field_app.inspections.told import told_of
from field_app.inspections.visits import editable_visit
from field_app.problems import (
    NO_SUCH_KIND,
    NOT_FOUND,
    RESHOOT_FIRST,
    TOO_MANY_PHOTOS,
)
from field_app.roles import Action, Who, require
from models.tables import (
    Blob,
    Photo,
    metadata,
)
from models.vocabulary import InspectionState, PhotoKind, Verdict
from photos.hashing import Hashed
from photos.reading import media_type_of

MOST_PHOTOS = 60


@dataclass(frozen=True, slots=True)
class PhotoReceipt:
    """What the sender is told: the photo is held, and what it proves."""

    sha256: str
    received_at: datetime
    photo_id: int | None = None
    grade: str = ""
    verdict: str = ""
    sentences: tuple[str, ...] = ()
    first: bool = True


def receive_blob(
    photo: Hashed,
    who: Who,
    *,
    now: datetime,
    also: Callable[[Session], None] | None = None,
) -> PhotoReceipt:
    """Takes bytes into the store and gives the receipt; the same bytes twice are harmless. `also`
    is written in the same transaction."""
    require(who, Action.TAKE_PHOTOS)
    sha256 = photo.sha256
    with reading() as session:
        held = session.get(Blob, sha256)
    if held is not None and is_held(sha256):
        if also is not None:
            with writing() as session:
                also(session)
        return PhotoReceipt(sha256, held.received_at, first=False)
    with store_answers():
        store().put(photo)  # first the bytes: an orphan is harmless, a missing proof is not
    row = {
        "sha256": sha256,
        "size": len(photo.data),
        "media_type": media_type_of(photo.data) or "application/octet-stream",
        "person_id": who.id,
        "received_at": now,
    }
    with writing() as session:
        # The same bytes may arrive twice at the same moment; the first row stays.
        first = add_if_new(session, metadata.tables["blob"], row)
        if also is not None:
            also(session)
        return PhotoReceipt(
            sha256, now if first else session.get_one(Blob, sha256).received_at, first=first
        )


def attach_photo(
    data: bytes,
    *,
    sha256: str,
    inspection_id: int,
    kind: str,
    capture: dict[str, Any],
    who: Who,
    now: datetime,
) -> PhotoReceipt:
    """Stores a photo, examines it against the parcel, and writes it into the open visit.

    `sha256` is the hash of `data`, already verified. Sending it again gives the same receipt.
    Raises NO_SUCH_KIND, BAD_CAPTURE, NOT_FOUND, NOT_OPEN or TOO_MANY_PHOTOS.
    """
    told = parse_capture(capture)
    return attach_told(
        Hashed(data, sha256),
        inspection_id=inspection_id,
        kind=_kind(kind),
        told=told,
        claim=kept(told, now),
        who=who,
        now=now,
    )


def attach_told(
    sent: Hashed,
    *,
    inspection_id: int,
    kind: PhotoKind,
    told: Told,
    claim: dict[str, Any],
    who: Who,
    now: datetime,
    received_at: datetime | None = None,
    made_at: datetime | None = None,
    also: Callable[[Session, int], None] | None = None,
) -> PhotoReceipt:
    """`attach_photo` with what was told of the photo already read; `claim` is what is kept of it.

    `received_at` is when what was told arrived, where the bytes came at another time; `made_at` is
    the moment of the shot as far as it is known: what was shot before the visit was sent back does
    not answer what it was sent back for. `also` is written in the same transaction as the photo,
    whose number it gets.
    """
    with reading() as session:
        _check_open(session, inspection_id, who)
        again = _same_in_visit(session, inspection_id, sent.sha256)
        receipt = None
        if again is not None and again.removed_at is None:
            receipt = _receipt(session, again, first=False)
    if receipt is not None:
        if also is not None:
            with writing() as session:
                also(session, receipt.photo_id or 0)
        return receipt
    received = receive_blob(sent, who, now=now)
    prepared = prepare(sent.data, inspection_id=inspection_id)
    with writing() as session:
        visit = editable_visit(session, inspection_id, who, Action.TAKE_PHOTOS)
        photo = _same_in_visit(session, inspection_id, sent.sha256)
        if photo is None:
            _room(session, inspection_id)
            photo = Photo(
                inspection_id=inspection_id,
                parcel_id=visit.parcel_id,
                person_id=who.id,
                sha256=sent.sha256,
                kind=kind,
                claim=claim,
                received_at=received_at or now,
                grade="D",
                verdict="",
            )
        elif photo.removed_at is not None:
            # Sent again after it was taken out: judged, and kept, by what is claimed now.
            _room(session, inspection_id)
            photo.claim, photo.received_at = claim, received_at or now
        photo.removed_at, photo.kind = None, kind
        judge(session, photo, visit, prepared, told, now)
        assert photo.id is not None
        events.note(
            session,
            "photo",
            photo.id,
            "收到照片",
            at=now,
            person_id=who.id,
            new={
                "sha256": photo.sha256,
                "kind": photo.kind,
                "verdict": photo.verdict,
                "claim": photo.claim,
            },
        )
        before = made_at and visit.decided_at and made_at < visit.decided_at
        if visit.state == InspectionState.RETURNED and not before:
            _answer_reshoot(session, photo, who, now)
        if also is not None:
            also(session, photo.id)
        visit.changed_at = now
        return _receipt(session, photo, first=received.first)


def attach_held(
    sha256: str, *, inspection_id: int, kind: str, who: Who, now: datetime
) -> PhotoReceipt:
    """Like `attach_photo`, for bytes that `receive_blob` has taken already. They came as a file:
    nothing is claimed of the moment of the shot."""
    return attach_photo(
        bytes_of(sha256),
        sha256=sha256,
        inspection_id=inspection_id,
        kind=kind,
        capture={"source": "file"},
        who=who,
        now=now,
    )


def held_photo(sha256: str, who: Who) -> bytes:
    """The bytes that `receive_blob` took from this person's own message."""
    require(who, Action.INSPECT)
    return bytes_of(sha256)


def _kind(kind: str) -> PhotoKind:
    try:
        return PhotoKind(kind)
    except ValueError as error:
        raise NO_SUCH_KIND(kind=kind[:20]) from error


def _check_open(session: Session, inspection_id: int, who: Who) -> None:
    editable_visit(session, inspection_id, who, Action.TAKE_PHOTOS)


def _same_in_visit(session: Session, inspection_id: int, sha256: str) -> Photo | None:
    query = select(Photo).where(Photo.inspection_id == inspection_id, Photo.sha256 == sha256)
    return session.exec(query).one_or_none()


def _room(session: Session, inspection_id: int) -> None:
    query = select(func.count()).where(
        Photo.inspection_id == inspection_id, col(Photo.removed_at).is_(None)
    )
    if session.exec(query).one() >= MOST_PHOTOS:
        raise TOO_MANY_PHOTOS(most=MOST_PHOTOS)


def _answer_reshoot(session: Session, photo: Photo, who: Who, now: datetime) -> None:
    """A new photo of a kind that was sent back takes the place of the oldest one of that kind;
    one that contradicts its parcel answers nothing."""
    if photo.verdict == Verdict.CONTRADICTED:
        return
    query = (
        select(Photo)
        .where(
            Photo.inspection_id == photo.inspection_id,
            Photo.kind == photo.kind,
            Photo.reshoot_why != "",
            col(Photo.removed_at).is_(None),
            Photo.id != photo.id,
        )
        .order_by(col(Photo.id))
    )
    old = session.exec(query).first()
    if old is None:
        return
    old.removed_at = now
    assert old.id is not None
    events.note(
        session,
        "photo",
        old.id,
        "已重拍",
        at=now,
        person_id=who.id,
        new={"replaced_by": photo.id},
        why=old.reshoot_why,
    )


def _receipt(session: Session, photo: Photo, *, first: bool) -> PhotoReceipt:
    results = newest_results(session, [photo.id or 0]).get(photo.id or 0, [])
    told = findings.told(results)
    return PhotoReceipt(
        photo.sha256,
        photo.received_at,
        photo.id,
        photo.grade,
        photo.verdict,
        tuple(str(r["message"]) for r in (*told.first, *told.further)),
        first,
    )


def change_kind(photo_id: int, kind: str, who: Who, *, now: datetime) -> None:
    """Another kind for a photo of an open visit; it is examined again, as limits differ."""
    asked = _kind(kind)
    with reading() as session:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.removed_at is not None:
            raise NOT_FOUND(what="照片")
        editable_visit(session, photo.inspection_id, who, Action.TAKE_PHOTOS)
    # Fetched and read before the transaction: nobody else's writing waits for a slow store.
    prepared = prepare(bytes_of(photo.sha256), inspection_id=photo.inspection_id)
    with writing() as session:
        photo = session.get_one(Photo, photo_id)
        visit = editable_visit(session, photo.inspection_id, who, Action.TAKE_PHOTOS)
        if photo.removed_at is not None:
            raise NOT_FOUND(what="照片")
        old, photo.kind = photo.kind, asked
        if old == asked:
            return
        judge(session, photo, visit, prepared, told_of(session, photo), now)
        events.note(
            session,
            "photo",
            photo_id,
            "改照片种类",
            at=now,
            person_id=who.id,
            old={"kind": old},
            new={"kind": str(asked), "verdict": photo.verdict},
        )
        visit.changed_at = now


def remove_photo(photo_id: int, who: Who, *, now: datetime, why: str = "") -> None:
    """Takes a photo out of an open visit. Bytes, row and examination stay in the archive."""
    with writing() as session:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.removed_at is not None:
            raise NOT_FOUND(what="照片")
        visit = editable_visit(session, photo.inspection_id, who, Action.TAKE_PHOTOS)
        if photo.reshoot_why:
            raise RESHOOT_FIRST(kind=photo.kind)
        photo.removed_at = now
        visit.changed_at = now
        events.note(session, "photo", photo_id, "移除照片", at=now, person_id=who.id, why=why)


def photo_bytes(photo_id: int, who: Who) -> tuple[bytes, str]:
    """The original bytes and their type, for those who may see the visit."""
    with reading() as session:
        photo = session.get(Photo, photo_id)
        if photo is None:
            raise NOT_FOUND(what="照片")
        require(who, Action.SEE_INSPECTION, whose_photo(session, photo))
        blob = session.get_one(Blob, photo.sha256)
    return bytes_of(photo.sha256), blob.media_type
