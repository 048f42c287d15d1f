"""Decides the 证据来源等级 of a photo, and says why it is no better. Pure.

A: the live camera of our page, a position with a track that hangs together, a record signed by the
person's own device, a one-time code in time, and the very bytes that were recorded. B: the position
is our page's, and something of that is missing. C: the position is only the file's or a table's, or
the page's and not to be believed. D: there is none. Where the record is not what the device signed,
the page's words count for nothing.

The limits are the declared ones of `photos.tracks`: a county that is stricter in its checks changes
verdicts, not grades, so that a grade means the same everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.vocabulary import Grade
from photos.claims import Claim
from photos.reasons import Reason
from photos.tracks import read_track
from photos.witness import Code, Signature, Witness

CODE_TOLERANCE_S = 300.0
"""A shot may be dated that long before its code was issued: clocks are never quite right."""


@dataclass(frozen=True, slots=True)
class Grading:
    """`reasons` are in the order in which they are shown; grade A has none."""

    grade: Grade
    reasons: tuple[Reason, ...] = ()


def told_by(claim: Claim) -> Claim:
    """The claim as far as it counts: all of it, or, of a record that the person's device did not
    sign or of other bytes, the kind, the clock at sending (no part of the record) and the witness."""
    if claim.witness is None or not claim.witness.disowned:
        return claim
    return Claim(claim.kind, sent_at=claim.sent_at, witness=claim.witness)


def grading_of(claim: Claim, *, of_file: bool) -> Grading:
    """The grade of a photo. `of_file`: without the page's word the file or a table has a position."""
    witness = claim.witness
    disowned = () if witness is None else tuple(_disowned(witness))
    if disowned or claim.position is None:
        asked = claim.live_capture or claim.captured_at is not None
        why = disowned or ((Reason.NO_PAGE_POSITION if asked else Reason.BY_FILE),)
        return Grading(Grade.C, why) if of_file else Grading(Grade.D, (*why, Reason.NO_POSITION))
    track = read_track(claim)
    if track.false:
        return Grading(Grade.C, track.false)
    short = (*_short_of_proof(claim), *track.odd)
    return Grading(Grade.B, short) if short else Grading(Grade.A)


_SIGNATURE = {
    Signature.BAD: Reason.SIGNATURE_BAD,
    Signature.REVOKED: Reason.KEY_REVOKED,
    Signature.OTHER_PERSON: Reason.KEY_OF_ANOTHER,
    Signature.UNKNOWN_KEY: Reason.KEY_UNKNOWN,
    Signature.NONE: Reason.NOT_SIGNED,
}
_CODE = {
    Code.EXPIRED: Reason.CODE_EXPIRED,
    Code.USED: Reason.CODE_USED,
    Code.UNKNOWN: Reason.CODE_UNKNOWN,
    Code.OTHER_PERSON: Reason.CODE_OF_ANOTHER,
    Code.OTHER_DEVICE: Reason.CODE_OF_OTHER_DEVICE,
    Code.NONE: Reason.NO_CODE,
}


def signature_reason(witness: Witness) -> Reason | None:
    """What is wrong with the signature; None where it is good."""
    return _SIGNATURE.get(witness.signature)


def code_reason(witness: Witness) -> Reason | None:
    """What is wrong with the one-time code; None where it is good."""
    return _CODE.get(witness.code)


def after_issue_s(claim: Claim) -> float | None:
    """Seconds from the issue of the code to the shot, by the phone's clock put right as far as its
    error was measured; None where a moment is missing."""
    witness, shot = claim.witness, claim.captured_at
    if witness is None or witness.code_issued_at is None or shot is None:
        return None
    return (shot - witness.code_issued_at).total_seconds() + (witness.clock_offset_s or 0.0)


def _disowned(witness: Witness) -> Iterator[Reason]:
    if not witness.disowned:
        return
    signed = signature_reason(witness)
    if signed is not None:
        yield signed
    if not witness.bytes_agree:
        yield Reason.BYTES_DIFFER


def _short_of_proof(claim: Claim) -> Iterator[Reason]:
    witness = claim.witness
    if not claim.live_capture:
        yield Reason.BY_CAMERA_APP
    if witness is None:
        yield Reason.NO_RECORD
        return
    for wrong in (signature_reason(witness), code_reason(witness)):
        if wrong is not None:
            yield wrong
    if (after_issue_s(claim) or 0.0) < -CODE_TOLERANCE_S:
        yield Reason.CODE_AFTER_SHOT
