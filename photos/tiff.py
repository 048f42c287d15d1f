"""The first reading of an Exif block: a small TIFF parser, bounded whatever the bytes.

It walks IFD0, the Exif IFD and the GPS IFD, and decodes only the tags of `TAGS`. Every count and
offset is checked against the block and the limits below before it is used, so the work is at most
`MAX_ENTRIES` entries and `MAX_VALUES` values. Source: EXIF 2.32 (CIPA DC-008-2019), TIFF 6.0.
"""

import struct
from dataclasses import dataclass

from photos.evidence import Reading, Source, Value

MAX_ENTRIES = 1_024  # in one block; phones write under 120
MAX_TEXT_BYTES = 8_192
MAX_VALUES = 64  # of one tag; none of ours has more than 4

IFD0, EXIF_IFD, GPS_IFD = "IFD0", "ExifIFD", "GPS"
_POINTERS = {(IFD0, 0x8769): EXIF_IFD, (IFD0, 0x8825): GPS_IFD}

TAGS: dict[tuple[str, int], str] = {
    (IFD0, 0x000B): "ProcessingSoftware",
    (IFD0, 0x010E): "ImageDescription",
    (IFD0, 0x010F): "Make",
    (IFD0, 0x0110): "Model",
    (IFD0, 0x0112): "Orientation",
    (IFD0, 0x0131): "Software",
    (IFD0, 0x0132): "DateTime",
    (IFD0, 0x013C): "HostComputer",
    (EXIF_IFD, 0x829A): "ExposureTime",
    (EXIF_IFD, 0x829D): "FNumber",
    (EXIF_IFD, 0x8827): "PhotographicSensitivity",
    (EXIF_IFD, 0x9000): "ExifVersion",
    (EXIF_IFD, 0x9003): "DateTimeOriginal",
    (EXIF_IFD, 0x9004): "DateTimeDigitized",
    (EXIF_IFD, 0x9010): "OffsetTime",
    (EXIF_IFD, 0x9011): "OffsetTimeOriginal",
    (EXIF_IFD, 0x9012): "OffsetTimeDigitized",
    (EXIF_IFD, 0x9286): "UserComment",
    (EXIF_IFD, 0x9290): "SubSecTime",
    (EXIF_IFD, 0x9291): "SubSecTimeOriginal",
    (EXIF_IFD, 0x9292): "SubSecTimeDigitized",
    (EXIF_IFD, 0x920A): "FocalLength",
    (EXIF_IFD, 0xA002): "PixelXDimension",
    (EXIF_IFD, 0xA003): "PixelYDimension",
    (EXIF_IFD, 0xA405): "FocalLengthIn35mmFilm",
    (EXIF_IFD, 0xA420): "ImageUniqueID",
    (EXIF_IFD, 0xA431): "BodySerialNumber",
    (EXIF_IFD, 0xA434): "LensModel",
    (GPS_IFD, 0x00): "GPSVersionID",
    (GPS_IFD, 0x01): "GPSLatitudeRef",
    (GPS_IFD, 0x02): "GPSLatitude",
    (GPS_IFD, 0x03): "GPSLongitudeRef",
    (GPS_IFD, 0x04): "GPSLongitude",
    (GPS_IFD, 0x05): "GPSAltitudeRef",
    (GPS_IFD, 0x06): "GPSAltitude",
    (GPS_IFD, 0x07): "GPSTimeStamp",
    (GPS_IFD, 0x09): "GPSStatus",
    (GPS_IFD, 0x0A): "GPSMeasureMode",
    (GPS_IFD, 0x0B): "GPSDOP",
    (GPS_IFD, 0x0C): "GPSSpeedRef",
    (GPS_IFD, 0x0D): "GPSSpeed",
    (GPS_IFD, 0x10): "GPSImgDirectionRef",
    (GPS_IFD, 0x11): "GPSImgDirection",
    (GPS_IFD, 0x12): "GPSMapDatum",
    (GPS_IFD, 0x1B): "GPSProcessingMethod",
    (GPS_IFD, 0x1D): "GPSDateStamp",
    (GPS_IFD, 0x1F): "GPSHPositioningError",
}

# type: (bytes of one value, struct code); EXIF 2.32 table 3, and FLOAT/DOUBLE of TIFF 6.0
_TYPES = {
    1: (1, "B"), 2: (1, "c"), 3: (2, "H"), 4: (4, "I"), 5: (8, "II"), 6: (1, "b"), 7: (1, "c"),
    8: (2, "h"), 9: (4, "i"), 10: (8, "ii"), 11: (4, "f"), 12: (8, "d"), 13: (4, "I"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tiff:
    """What stood in the block. `faults` name, in English, what was broken or cut off."""

    readings: tuple[Reading, ...]
    gps_entries: int | None  # None: no GPS IFD at all
    faults: tuple[str, ...]


def read_tiff(block: bytes) -> Tiff:
    """Readings of one Exif block, which begins with its TIFF header (II*\\0 or MM\\0*)."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Tiff((), None, ("no TIFF header",))
    walk = _Walk(block, order)
    walk.ifd(IFD0, walk.u32(4))
    return Tiff(tuple(walk.readings), walk.gps_entries, tuple(walk.faults))


class _Walk:
    def __init__(self, block: bytes, order: str) -> None:
        self.block, self.order = block, order
        self.readings: list[Reading] = []
        self.faults: list[str] = []
        self.gps_entries: int | None = None
        self.left = MAX_ENTRIES
        self.seen: set[str] = set()

    def u16(self, at: int) -> int:
        return int(struct.unpack_from(self.order + "H", self.block, at)[0])

    def u32(self, at: int) -> int:
        return int(struct.unpack_from(self.order + "I", self.block, at)[0])

    def ifd(self, name: str, at: int) -> None:
        # Each kind of IFD is entered once, so a block that points back at itself ends.
        if name in self.seen:
            self.faults.append(f"{name} is pointed at twice")
            return
        self.seen.add(name)
        if at < 8 or at + 2 > len(self.block):
            self.faults.append(f"{name} lies outside the block")
            return
        count = self.u16(at)
        fitting = min(count, (len(self.block) - at - 2) // 12, self.left)
        if fitting < count:
            self.faults.append(f"{name} claims {count} entries, {fitting} were read")
        self.left -= fitting
        if name == GPS_IFD:
            self.gps_entries = fitting
        for entry in range(at + 2, at + 2 + 12 * fitting, 12):
            self.entry(name, entry)

    def entry(self, ifd: str, at: int) -> None:
        tag, kind, count = struct.unpack_from(self.order + "HHI", self.block, at)
        inner = _POINTERS.get((ifd, tag))
        if inner is not None:
            self.ifd(inner, self.u32(at + 8))
            return
        name = TAGS.get((ifd, tag))
        if name is None:
            return
        value = self.value(kind, count, at + 8)
        if value is None:
            self.faults.append(f"{name} of {ifd} cannot be read")
        else:
            self.readings.append(Reading(name, value, f"{ifd} 0x{tag:04X}", Source.EXIF))

    def value(self, kind: int, count: int, at: int) -> Value | None:
        if kind not in _TYPES:
            return None
        width, code = _TYPES[kind]
        is_text = code == "c"
        if count > (MAX_TEXT_BYTES if is_text else MAX_VALUES):
            return None
        size = width * count
        start = at if size <= 4 else self.u32(at)
        if start + size > len(self.block):
            return None
        if is_text:
            return text_of(self.block[start : start + size])
        numbers = struct.unpack_from(self.order + code * count, self.block, start)
        if len(code) == 2:
            return tuple(zip(numbers[0::2], numbers[1::2], strict=True))
        return numbers[0] if count == 1 else numbers


def text_of(raw: bytes) -> str:
    """Text of an ASCII or UNDEFINED field: to the first NUL, UTF-8, or GB18030 as here in use.

    >>> text_of(b"ASCII\\0\\0\\0fused\\0"), text_of("小米".encode("gb18030"))
    ('fused', '小米')
    """
    if raw[:8] in (b"ASCII\0\0\0", b"\0" * 8) and len(raw) > 8:
        raw = raw[8:]  # the character code that EXIF puts before a comment
    elif raw[:8] == b"UNICODE\0":
        return raw[8:].decode("utf-16-be", "replace").split("\0", 1)[0].strip()
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace").strip()
