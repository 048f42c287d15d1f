"""From a kept capture to the claim that the examination judges: the one place that does it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from field_app.captures.record import Fix, PhotoRecord, read_record
from field_app.outside import FIX_MAX_AGE
from models.geo import Position
from models.tables import Capture, Photo
from models.vocabulary import PhotoKind
from photos import witness
from photos.claims import Claim
from photos.evidence import Heading, HeadingRef
from photos.witness import Code, Signature, Witness

BY = "capture"
"""The key under which a photo's claim names the capture (its uuid) that it came by."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A record with what the server found of it. It stands where an `X-Capture` stands."""

    record: PhotoRecord
    witness: Witness
    sent_at: datetime | None

    @property
    def file_name(self) -> str | None:
        return self.record.file_name

    def claim(self, kind: PhotoKind) -> Claim:
        """The claim, of the photo's kind as it is now. Of a chosen file nothing is claimed of the
        moment of the shot: where somebody chose a picture says nothing about where it was taken."""
        record = self.record
        if record.way == "file":
            return Claim(kind, sent_at=self.sent_at, witness=self.witness)
        look = record.look
        return Claim(
            kind,
            position=self._position(),
            fix_at=record.position.fixed_at if record.position else None,
            heading=Heading(look.heading_deg % 360.0, HeadingRef(look.heading_ref))
            if look
            else None,
            pitch_deg=look.pitch_deg if look else None,
            live_capture=record.way == "live",
            captured_at=self._shot_at,
            sent_at=self.sent_at,
            witness=self.witness,
        )

    @property
    def _shot_at(self) -> datetime | None:
        return self.record.shot_at or self.record.chosen_at

    def _position(self) -> Position | None:
        fix, shot = self.record.position, self._shot_at
        if fix is None or (shot is not None and shot - fix.fixed_at > FIX_MAX_AGE):
            return None
        return _at(fix)

    def kept(self) -> dict[str, Any]:
        """What stands with the photo itself: how it came, and by which capture. The rest is read
        from the record, which never changes."""
        return {
            "source": "file" if self.record.way == "file" else "camera",
            "live": self.record.way == "live",
            "file_name": self.record.file_name,
            BY: self.record.uuid,
        }


def signed(capture: Capture, record: PhotoRecord) -> Signed:
    """What a kept capture says of its photo. Its bytes must have come."""
    found = Witness(
        signature=Signature(capture.signature_state),
        code=Code(capture.code_state),
        code_offline=capture.code_offline,
        code_issued_at=capture.code_issued_at,
        bytes_agree=capture.bytes_sha256 == record.sha256,
        track=tuple(_fix(fix) for fix in record.fixes),
        clock_offset_s=_seconds(record.offset),
    )
    return Signed(record, found, capture.sent_at)


def of_photo(session: Session, photo: Photo) -> Signed | None:
    """What the capture of a photo says; None where it did not come by one."""
    uuid = photo.claim.get(BY)
    if not uuid:
        return None
    query = select(Capture).where(Capture.person_id == photo.person_id, Capture.uuid == uuid)
    capture = session.exec(query).one()
    record = read_record(capture.record)
    assert isinstance(record, PhotoRecord)  # no other brings a photo
    return signed(capture, record)


def _at(fix: Fix) -> Position:
    return Position(fix.lon, fix.lat, fix.accuracy_m)


def _fix(fix: Fix) -> witness.Fix:
    return witness.Fix(
        _at(fix),
        fix.fixed_at,
        fix.received_at,
        fix.altitude_m,
        fix.altitude_accuracy_m,
        fix.speed_m_s,
        fix.heading_deg,
    )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
