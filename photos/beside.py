"""What stands beside a photo: other photos, earlier uses, the table that came with the file."""

from dataclasses import dataclass
from datetime import datetime

from models.geo import Position
from models.vocabulary import Grade, PhotoKind
from photos.devices import FileNumber
from photos.likeness.fingerprints import How


@dataclass(frozen=True, slots=True)
class PriorUse:
    """An earlier use of the very same bytes."""

    parcel: str  # number of the parcel it was filed for
    same_parcel: bool
    same_inspection: bool
    same_person: bool
    at: datetime | None  # None: of a pile of files nobody knows which was used first


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the table of a 举证 package says of a photo: a second witness beside the file."""

    position: Position | None = None
    taken_at: datetime | None = None  # aware
    heading_deg: float | None = None  # PSJD, clockwise from north; its reference is not said
    person: str = ""
    digest: str = ""  # JYM or MD5 as written, lower case
    digest_holds: bool | None = None  # of these bytes; None: it is no MD5, so it cannot be told


@dataclass(frozen=True, slots=True)
class Shot:
    """Another photo that the judged one is compared with: one of the same person or the same
    device, taken about a day before or after it at most. Removed photos are among them."""

    name: str  # of the file, or the beginning of its sha256
    parcel: str  # number of the parcel it was filed for
    kind: PhotoKind
    taken_at: datetime  # aware
    taken_source: str  # "page", "camera" or "gps"
    same_parcel: bool
    same_inspection: bool
    same_person: bool
    same_device: bool  # one and the same device for sure: a model alone is never enough
    zone_assumed: bool = False  # taken_at is Chinese local time by assumption
    grade: Grade = Grade.D
    position: Position | None = None  # with its accuracy
    position_source: str = ""  # "page" or "exif"
    fixed_at: datetime | None = None  # when that position was fixed, by the clock of its source
    altitude_m: float | None = None
    distance_m: float | None = None  # to its own parcel, 0 inside
    heading_deg: float | None = None  # true
    device: str | None = None  # as `photos.devices` names it
    lens: str | None = None
    file_number: FileNumber | None = None


@dataclass(frozen=True, slots=True)
class DeviceUse:
    """How many of a person's earlier photos name a device and a lens."""

    device: str
    lens: str | None
    photos: int


@dataclass(frozen=True, slots=True)
class LikePicture:
    """Another photo, not of the same bytes, whose picture looks like the judged one. `bits` differ
    of the 256 of a fingerprint; the rest comes of laying the two over each other, and is None
    where that could not be done (the other's bytes cannot be had)."""

    name: str  # of the file, or the beginning of its sha256
    parcel: str  # number of the parcel it was filed for
    same_parcel: bool
    same_task: bool
    same_inspection: bool
    same_person: bool
    bits: int
    how: How
    mirrored: bool = False
    inliers: int | None = None
    correlation: float | None = None
    at: datetime | None = None  # when it was received; None: of a pile of files nobody knows
    taken_at: datetime | None = None  # aware
    position: Position | None = None
