"""A photo file as a phone would write it: a picture with its EXIF, in JPEG or HEIC."""

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pillow_heif
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from models.geo import Position

GpsBlock = Literal["present", "absent", "blanked", "blanked-0/0", "zero"]
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825


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
    exif = exif_block(facts, facts.stated_size or image.size)
    out = io.BytesIO()
    if form == "heic":
        extra: dict[str, Any] = {} if xmp is None else {"xmp": xmp}
        pillow_heif.from_pillow(image).save(out, format="HEIF", quality=quality, exif=exif, **extra)
    else:
        image.save(out, "JPEG", quality=quality, exif=exif, xmp=xmp or b"")
    return out.getvalue()


def exif_block(facts: ExifFacts, size: tuple[int, int]) -> bytes:
    """The Exif block, from its "Exif\\0\\0" on."""
    exif = Image.Exif()
    exif[0x0112] = facts.orientation
    for tag, text in ((0x010F, facts.make), (0x0110, facts.model), (0x0131, facts.software)):
        if text is not None:
            exif[tag] = text
    inner = exif.get_ifd(_EXIF_IFD)
    inner[0x9000] = b"0232"
    inner[0xA002], inner[0xA003] = size
    if facts.focal_35mm is not None:
        inner[0xA405] = facts.focal_35mm
    if facts.unique_id is not None:
        inner[0xA420] = facts.unique_id
    if facts.taken_at is not None:
        wall = facts.taken_at.strftime("%Y:%m:%d %H:%M:%S")
        exif[0x0132] = inner[0x9003] = inner[0x9004] = wall
        inner[0x9291] = f"{facts.taken_at.microsecond // 1000:03d}"
        if facts.states_offset:
            offset = facts.taken_at.strftime("%z")
            inner[0x9010] = inner[0x9011] = inner[0x9012] = f"{offset[:3]}:{offset[3:]}"
    tags = _gps_tags(facts)
    if tags:  # asking for the block would write an empty one
        exif.get_ifd(_GPS_IFD).update(tags)
    return exif.tobytes()


def _gps_tags(facts: ExifFacts) -> dict[int, Any]:
    zeros = (IFDRational(0, 1),) * 3
    if facts.gps in ("blanked", "blanked-0/0"):
        empty = zeros if facts.gps == "blanked" else (IFDRational(0, 0),) * 3
        return {1: "", 2: empty, 3: "", 4: empty}
    if facts.gps == "zero":
        return {1: "N", 2: zeros, 3: "E", 4: zeros}
    if facts.gps == "absent" or facts.position is None:
        return {}
    at = facts.position
    tags: dict[int, Any] = {
        0: b"\2\3\0\0",
        1: "N" if at.lat >= 0 else "S",
        2: _sexagesimal(abs(at.lat)),
        3: "E" if at.lon >= 0 else "W",
        4: _sexagesimal(abs(at.lon)),
    }
    if at.accuracy_m is not None:
        tags[0x1F] = IFDRational(round(at.accuracy_m * 1000), 1000)
    if facts.heading_deg is not None:
        tags[0x10] = facts.heading_ref
        tags[0x11] = IFDRational(round(facts.heading_deg % 360.0 * 100), 100)
    moment = facts.gps_time or facts.taken_at
    if moment is not None:
        # A satellite fix gives whole seconds, so a fraction is cut, not rounded.
        utc = moment.astimezone(UTC) - timedelta(microseconds=moment.microsecond)
        tags[7] = tuple(IFDRational(n, 1) for n in (utc.hour, utc.minute, utc.second))
        tags[0x1D] = utc.strftime("%Y:%m:%d")
    return tags


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    """Degrees, minutes and seconds to 0.0001″ (3 mm), as phones write them."""
    parts = math.floor(degrees * 36_000_000 + 0.5)
    return (
        IFDRational(parts // 36_000_000, 1),
        IFDRational(parts // 600_000 % 60, 1),
        IFDRational(parts % 600_000, 10_000),
    )
