"""What one file says about itself: readings, each with its tag and the source that read it.

Nothing here judges. A value that is absent stays absent, and two sources that disagree stay side
by side: that they disagree is evidence as well.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from PIL import Image

from models.geo import Position

CHINA = timezone(timedelta(hours=8), "北京时间")

Rational = tuple[int, int]
"""Numerator and denominator as they stand in the file, not reduced: 0/0 and 0/1 are not alike."""
Value = str | int | float | tuple[int, ...] | tuple[Rational, ...]


class Source(StrEnum):
    """Which reader a reading came from."""

    EXIF = "exif"  # our own parser, on the Exif block
    EXIFREAD = "exif:exifread"  # the second reader, on the same block
    XMP = "xmp"
    JPEG = "jpeg"  # the segments of the file
    HEIC = "heic"  # the boxes of the file
    PNG = "png"  # the chunks of the file
    WEBP = "webp"
    TIFF = "tiff"
    C2PA = "c2pa"  # the manifest of provenance


class Reading(NamedTuple):
    """One value. `name` is the name in the EXIF or XMP standard, `tag` where it stood.

    A tuple, for a photo has some sixty of them, and a frozen class takes three times as long to fill.
    """

    name: str
    value: Value
    tag: str
    source: Source


class GpsState(StrEnum):
    """What the Exif block says about a position. Only PRESENT gives one; none is an accusation."""

    PRESENT = "PRESENT"
    ABSENT = "ABSENT"  # no GPS block, or one without a fix
    BLANKED = "BLANKED"  # emptied by the phone's system or browser: zeros and empty references
    ZERO_ISLAND = "ZERO_ISLAND"  # (0, 0) with real references: a program's placeholder
    INVALID = "INVALID"  # out of range, a reference missing, or no numbers


class HeadingRef(StrEnum):
    TRUE = "T"
    MAGNETIC = "M"
    UNSTATED = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the camera looked: degrees clockwise from north, 0 ≤ deg < 360."""

    deg: float
    ref: HeadingRef


@dataclass(frozen=True, slots=True)
class CameraTime:
    """The camera's own clock: wall time, and its zone where the file states one."""

    wall: datetime  # naive, as written
    offset: timedelta | None
    tag: str  # the tag that spoke

    @property
    def zone_assumed(self) -> bool:
        """Whether Chinese local time had to be assumed, because no offset is stated."""
        return self.offset is None

    @property
    def at(self) -> datetime:
        """The moment, aware; without a stated offset the wall time is taken as UTC+8."""
        zone = CHINA if self.offset is None else timezone(self.offset)
        return self.wall.replace(tzinfo=zone)


@dataclass(frozen=True, slots=True)
class ExifLayout:
    """How an Exif block is laid out: each writer has its own way, which a reading does not show."""

    big_endian: bool
    ifds: tuple[str, ...]  # in the order of their offsets: "IFD0", "ExifIFD", "GPS", "IFD1" …
    tags: Mapping[str, tuple[int, ...]]  # the tags of each IFD in the order in which they stand
    maker_note: bool
    packed: bool  # each IFD and its values follow the one before without a gap
    unterminated: tuple[str, ...] = ()
    """IFDs whose values begin where the offset of the next IFD (four bytes) belongs."""


@dataclass(frozen=True, slots=True)
class Structure:
    """How a file is put together, as far as that tells who wrote it. Nothing here is a judgement."""

    container: str  # "jpeg", "heic", "png", "webp", "tiff"
    parts: tuple[str, ...] = ()
    """Segments before the first scan, or top boxes or chunks, in the order of the file:
    "APP0:JFIF", "APP1:Exif", "APP2:ICC_PROFILE", "DQT", "SOF0", "DHT", "SOS" …"""
    quantisation: tuple[tuple[int, ...], ...] = ()  # by table number, 64 values in file order
    standard_huffman: bool | None = None  # the tables of ITU-T T.81 annex K; None: none were read
    progressive: bool = False
    subsampling: str = ""  # of the first component against the others: "2x2", "1x1" …
    trailing_bytes: int | None = 0
    """Behind the end of the picture: motion photos, MPF, appended data. None where it was not looked
    for: only the coded picture itself tells where it ends."""
    exif: ExifLayout | None = None


@dataclass(frozen=True, slots=True)
class C2pa:
    """What a manifest of provenance says, and whether it still holds. One more witness: our own
    check is offline, so a signer is named but not vouched for."""

    state: str  # "valid", "broken" (a hash or signature does not hold), "unreadable"
    problems: tuple[str, ...] = ()  # validation status codes of the C2PA specification
    generator: str = ""
    signer: str = ""
    signed_at: datetime | None = None
    source_types: tuple[str, ...] = ()  # IPTC digital source types of its actions, last part only
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of a picture that differs most from its preview: by how many times the usual, by
    how many grey levels, and its middle as parts of the stored width and height."""

    ratio: float
    grey_levels: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class PreviewFit:
    """The preview in the Exif block beside the picture, compared where both were at hand
    (`photos.previews`) and kept when they are dropped.

    `correlation` (−1 to 1) is the best that any way of laying it gives, None where either is too
    small or shows nothing; `how` it lay then: "whole" (turned, bars cut, squeezed, cut to the
    middle, moved by a few hundredths), "part" (one shows a part of the other) or "mirrored".
    """

    correlation: float | None = None
    how: str = ""
    spot: Spot | None = None  # of a whole that agrees


@dataclass(frozen=True, slots=True)
class ReadError:
    """Why a file could not be read as a photo: an id for the machine, a sentence for the person."""

    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was read from one file. `width` and `height` are of the stored picture."""

    sha256: str
    size: int
    media_type: str | None
    width: int | None = None
    height: int | None = None
    readings: tuple[Reading, ...] = ()
    gps: GpsState = GpsState.ABSENT
    position: Position | None = None
    heading: Heading | None = None
    camera_time: CameraTime | None = None
    gps_time: datetime | None = None
    error: ReadError | None = None
    structure: Structure | None = None
    c2pa: C2pa | None = None
    preview_fit: PreviewFit | None = None  # None: there is no preview, or the picture is not seen
    thumbnail: Image.Image | None = field(default=None, compare=False, repr=False)
    """The embedded preview in grey: of the Exif block (IFD1) as stored, not turned; of a HEIC file
    turned upright, as `grey` is."""
    grey: Image.Image | None = field(default=None, compare=False, repr=False)
    """The picture at about 1/8 scale in grey (mode L), so that nothing decodes it twice."""
    _named: dict[str, list[Reading]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        named: dict[str, list[Reading]] = {}
        for reading in self.readings:
            if reading.name in named:
                named[reading.name].append(reading)
            else:
                named[reading.name] = [reading]
        object.__setattr__(self, "_named", named)  # the checks ask some fifty times

    @property
    def readable(self) -> bool:
        return self.error is None

    def all(self, name: str) -> Iterator[Reading]:
        return iter(self._named.get(name, ()))

    def value(self, name: str) -> Value | None:
        """The first reading of that name: our own parser speaks before the second reader."""
        found = self._named.get(name)
        return found[0].value if found else None

    def text(self, name: str) -> str | None:
        value = self.value(name)
        return value if isinstance(value, str) and value else None

    def number(self, name: str) -> float | None:
        """The first reading of that name as a finite number; None where it is none."""
        value = self.value(name)
        return None if value is None else as_number(value)

    @property
    def altitude_m(self) -> float | None:
        """Metres above the sea, as the file says; None where it does not."""
        height = self.number("GPSAltitude")
        if height is None:
            return None
        return -height if self.number("GPSAltitudeRef") in (1.0, 3.0) else height

    def disagreements(self) -> dict[str, list[Reading]]:
        """Names that two readers of the Exif block read differently, with all their readings."""
        found: dict[str, list[Reading]] = {}
        for name, read in self._named.items():
            ours = [r for r in read if r.source is Source.EXIF]
            theirs = [r for r in read if r.source is Source.EXIFREAD]
            if ours and theirs and not any(alike(a.value, b.value) for a in ours for b in theirs):
                found[name] = ours + theirs
        return found

    def as_json(self) -> dict[str, Any]:
        """The readings and what follows from them, as plain JSON values."""
        return {
            "sha256": self.sha256,
            "size": self.size,
            "media_type": self.media_type,
            "width": self.width,
            "height": self.height,
            "gps": self.gps.value,
            "error": None
            if self.error is None
            else {"id": self.error.id, "message": self.error.message},
            "readings": [
                as_plain({"name": r.name, "value": r.value, "tag": r.tag, "source": r.source.value})
                for r in self.readings
            ],
        }


def as_number(value: Value) -> float | None:
    """The single number in a value; None for text, lists, and fractions over zero.

    >>> as_number(((8, 2),)), as_number(7), as_number(((1, 0),)), as_number("7")
    (4.0, 7.0, None, None)
    """
    if isinstance(value, tuple):
        if len(value) != 1:
            return None
        only = value[0]
        if isinstance(only, tuple):
            return only[0] / only[1] if only[1] else None
        value = only
    if isinstance(value, str) or not math.isfinite(value):
        return None
    return float(value)


def as_plain(value: Any) -> Any:
    """A value as JSON in any database takes it: no NaN, no infinity, no NUL in text. Such things
    stand in real files; they are kept as readable text.

    >>> as_plain({"a": (1.5, float("nan")), "b": "x\\x00y"})
    {'a': [1.5, 'nan'], 'b': 'x\ufffdy'}
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, Mapping):
        return {str(as_plain(k)): as_plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(v) for v in value]
    return value


def alike(a: Value, b: Value) -> bool:
    """Whether two readings say the same: fractions by their worth, text without its padding.

    >>> alike(((100, 100),), ((1, 1),)), alike("NIKON  ", "NIKON"), alike(3, (3,)), alike(1, 2)
    (True, True, True, False)
    """
    return _plain(a) == _plain(b)


def _plain(value: Value) -> object:
    if isinstance(value, str):
        return value.strip()
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(_worth(part) for part in parts)


def _worth(part: int | float | Rational) -> object:
    if not isinstance(part, tuple):
        return part
    return Fraction(*part) if part[1] else ("over zero", part[0])
