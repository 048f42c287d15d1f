"""What stands behind the page's words: the signed record of a capture, as the server found it.

The server verifies signatures and codes and hands in what it found; nothing is verified here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.geo import Position


class Signature(StrEnum):
    """What the server found of the record's signature."""

    GOOD = "good"  # by a key that is registered for this person
    BAD = "bad"  # the record, or the signature, is not what the device made
    UNKNOWN_KEY = "unknown-key"  # nobody has registered the key (yet)
    REVOKED = "revoked"
    OTHER_PERSON = "other-person"  # good, by a key registered for somebody else
    NONE = "none"


class Code(StrEnum):
    """What the server found of the one-time code that the record names."""

    GOOD = "good"  # issued to this person, in time, used here first
    EXPIRED = "expired"
    USED = "used"  # by another capture
    UNKNOWN = "unknown"  # never issued by this server
    OTHER_PERSON = "other-person"
    OTHER_DEVICE = "other-device"  # issued to another phone of this person
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Fix:
    """One position of the track, as the browser gave it. `received_at` is the phone's clock when
    the page got the fix; `fixed_at` is dated by whoever made it, satellites or system. A `speed`
    below zero is how some phones say that they do not know."""

    at: Position  # with its accuracy
    fixed_at: datetime  # aware
    received_at: datetime | None = None  # aware
    altitude_m: float | None = None
    altitude_accuracy_m: float | None = None
    speed_m_s: float | None = None
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """The record of one capture. `track` holds the fixes of the two minutes before the shot,
    oldest first; `clock_offset_s` is the server's clock minus the phone's, where it was measured."""

    signature: Signature = Signature.NONE
    code: Code = Code.NONE
    code_offline: bool = False
    code_issued_at: datetime | None = None  # server clock, aware
    bytes_agree: bool = True  # the photo's sha256 is the one that the record names
    track: tuple[Fix, ...] = ()
    clock_offset_s: float | None = None

    @property
    def disowned(self) -> bool:
        """Whether the record is not what the person's device signed of these bytes: then the
        page's words count for nothing."""
        return not self.bytes_agree or self.signature in _DISOWNED

    def times(self) -> Iterator[datetime | None]:
        """Every moment that the record names."""
        yield self.code_issued_at
        for fix in self.track:
            yield from (fix.fixed_at, fix.received_at)


_DISOWNED = (Signature.BAD, Signature.REVOKED, Signature.OTHER_PERSON)
