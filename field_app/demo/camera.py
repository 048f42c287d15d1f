"""A photo file as a phone would write it: a picture with its EXIF, in JPEG or HEIC."""

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pillow_heif
from PIL import Image

from field_app.demo.exif_writer import (
    ASCII,
    BYTE,
    LONG,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Tag,
    written,
)
from models.geo import Position

GpsBlock = Literal["present", "absent", "blanked", "blanked-0/0", "zero"]
PREVIEW = (160, 120)


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """What a camera knows of a shot. None leaves the tag out."""

    position: Position | None = None
    gps: GpsBlock = "present"  # with no position, "present" writes no GPS block
    heading_deg: float | None = None
    heading_ref: str = "T"  # T true, M magnetic
    taken_at: datetime | None = None  # aware; written as wall time of its own zone
    states_offset: bool = True
    gps_time: datetime | None = None  # aware; None: the same as taken_at, where there is a fix
    make: str | None = "HUAWEI"
    model: str | None = "ALN-AL00"
    software: str | None = "ALN-AL00 4.2.0.130"
    focal_35mm: int | None = 26
    unique_id: str | None = None
    orientation: int = 1
    stated_size: tuple[int, int] | None = None  # None: the size of the picture


def with_exif(
    image: Image.Image,
    facts: ExifFacts,
    *,
    form: Literal["jpeg", "heic"] = "jpeg",
    quality: int = 88,
    xmp: bytes | None = None,
) -> bytes:
    """The file's bytes. The same picture and facts give the same JPEG."""
    size = facts.stated_size or image.size
    out = io.BytesIO()
    if form == "heic":
        extra: dict[str, Any] = {} if xmp is None else {"xmp": xmp}
        exif = exif_block(facts, size)
        pillow_heif.from_pillow(image).save(out, format="HEIF", quality=quality, exif=exif, **extra)
        return out.getvalue()
    image.save(out, "JPEG", quality=quality)
    segments = _segment(exif_block(facts, size, _preview(image)))
    if xmp is not None:
        segments += _segment(b"http://ns.adobe.com/xap/1.0/\0" + xmp)
    # A phone begins with the Exif segment where a library writes a JFIF one.
    picture = out.getvalue()
    return picture[:2] + segments + picture[4 + int.from_bytes(picture[4:6], "big") :]


def _segment(body: bytes) -> bytes:
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _preview(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail(PREVIEW)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=75)
    return out.getvalue()


def exif_block(facts: ExifFacts, size: tuple[int, int], preview: bytes | None = None) -> bytes:
    """The Exif block, from its "Exif\\0\\0" on."""
    main = {
        0x0112: Tag(SHORT, [facts.orientation]),
        0x011A: Tag(RATIONAL, [(72, 1)]),
        0x011B: Tag(RATIONAL, [(72, 1)]),
        0x0128: Tag(SHORT, [2]),
        0x0213: Tag(SHORT, [1]),
    }
    for tag, text in ((0x010F, facts.make), (0x0110, facts.model), (0x0131, facts.software)):
        if text is not None:
            main[tag] = Tag(ASCII, text)
    inner = {
        0x9000: Tag(UNDEFINED, b"0232"),
        0x9101: Tag(UNDEFINED, b"\1\2\3\0"),
        0xA000: Tag(UNDEFINED, b"0100"),
        0xA001: Tag(SHORT, [1]),
        0xA002: Tag(LONG, [size[0]]),
        0xA003: Tag(LONG, [size[1]]),
        0x927C: Tag(UNDEFINED, (facts.make or "").encode()[:16].ljust(64, b"\0")),
    }
    inner |= _exposure(facts.taken_at)
    if facts.focal_35mm is not None:
        inner[0xA405] = Tag(SHORT, [facts.focal_35mm])
    if facts.unique_id is not None:
        inner[0xA420] = Tag(ASCII, facts.unique_id)
    if facts.taken_at is not None:
        wall = facts.taken_at.strftime("%Y:%m:%d %H:%M:%S")
        main[0x0132] = inner[0x9003] = inner[0x9004] = Tag(ASCII, wall)
        inner[0x9291] = Tag(ASCII, f"{facts.taken_at.microsecond // 1000:03d}")
        if facts.states_offset:
            offset = facts.taken_at.strftime("%z")
            inner[0x9010] = inner[0x9011] = inner[0x9012] = Tag(ASCII, f"{offset[:3]}:{offset[3:]}")
    return b"Exif\0\0" + written(main, inner, _gps_tags(facts), preview)


def _exposure(taken_at: datetime | None) -> dict[int, Tag]:
    """An exposure for daylight, or for dusk where the clock says so; none without a time."""
    if taken_at is None:
        return {}
    seconds, iso = ((1, 950), 50) if 8 <= taken_at.hour < 16 else ((1, 60), 100)
    return {
        0x829A: Tag(RATIONAL, [seconds]),
        0x829D: Tag(RATIONAL, [(180, 100)]),
        0x8827: Tag(SHORT, [iso]),
        0x9209: Tag(SHORT, [16]),  # the flash was off
        0x920A: Tag(RATIONAL, [(560, 100)]),
    }


def _gps_tags(facts: ExifFacts) -> dict[int, Tag]:
    zeros = Tag(RATIONAL, [(0, 1)] * 3)
    if facts.gps in ("blanked", "blanked-0/0"):
        empty = zeros if facts.gps == "blanked" else Tag(RATIONAL, [(0, 0)] * 3)
        return {1: Tag(ASCII, ""), 2: empty, 3: Tag(ASCII, ""), 4: empty}
    if facts.gps == "zero":
        return {1: Tag(ASCII, "N"), 2: zeros, 3: Tag(ASCII, "E"), 4: zeros}
    if facts.gps == "absent" or facts.position is None:
        return {}
    at = facts.position
    seconds_in = 100 if facts.make == "Apple" else 10_000
    tags = {
        0: Tag(BYTE, b"\2\3\0\0"),
        1: Tag(ASCII, "N" if at.lat >= 0 else "S"),
        2: _sexagesimal(abs(at.lat), seconds_in),
        3: Tag(ASCII, "E" if at.lon >= 0 else "W"),
        4: _sexagesimal(abs(at.lon), seconds_in),
    }
    if at.accuracy_m is not None:
        tags[0x1F] = Tag(RATIONAL, [(round(at.accuracy_m * 1000), 1000)])
    if facts.heading_deg is not None:
        tags[0x10] = Tag(ASCII, facts.heading_ref)
        tags[0x11] = Tag(RATIONAL, [(round(facts.heading_deg % 360.0 * 100), 100)])
    moment = facts.gps_time or facts.taken_at
    if moment is not None:
        # A satellite fix gives whole seconds, so a fraction is cut, not rounded.
        utc = moment.astimezone(UTC) - timedelta(microseconds=moment.microsecond)
        tags[7] = Tag(RATIONAL, [(n, 1) for n in (utc.hour, utc.minute, utc.second)])
        tags[0x1D] = Tag(ASCII, utc.strftime("%Y:%m:%d"))
    return tags


def _sexagesimal(degrees: float, seconds_in: int) -> Tag:
    """Degrees, minutes and seconds; Android phones write 0.0001″ (3 mm), iPhones 0.01″ (0.3 m)."""
    parts = math.floor(degrees * 3600 * seconds_in + 0.5)
    minute = 60 * seconds_in
    return Tag(
        RATIONAL,
        [(parts // (60 * minute), 1), (parts // minute % 60, 1), (parts % minute, seconds_in)],
    )
