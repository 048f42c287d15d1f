"""What the sender says of a photo. Nothing in it is proof; `photos.grading` says what it is worth."""

from dataclasses import dataclass
from datetime import datetime

from models.geo import Position
from models.vocabulary import PhotoKind
from photos.evidence import Heading
from photos.witness import Witness


@dataclass(frozen=True, slots=True)
class Claim:
    """What the sender says of the photo. Of a mere file only the `kind` is claimed, and whether a
    record came with it.

    The rest is taken by our own capture page at the moment of the shot. A file's name is no claim.
    """

    kind: PhotoKind
    position: Position | None = None  # where the page said it was, with the device's own accuracy
    fix_at: datetime | None = None  # when the device took that fix, by its own clock
    heading: Heading | None = None  # compass of the page
    pitch_deg: float | None = None  # above the horizon is positive
    captured_at: datetime | None = None  # client clock at the shot
    sent_at: datetime | None = None  # client clock when the photo was sent off
    live_capture: bool = False  # the picture came from the live camera inside our page
    witness: Witness | None = None  # the signed record, where one came with the photo
