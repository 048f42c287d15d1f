"""The first reading of an Exif block: a small TIFF parser, bounded whatever the bytes.

It walks IFD0, the Exif, GPS and interoperability IFDs and that of the preview, and decodes only
the tags of `TAGS`; of all others it keeps the order. Every count and offset is checked against the
block and the limits below before it is used, so the work is at most `MAX_ENTRIES` entries and
`MAX_VALUES` values. Source: EXIF 3.0 (CIPA DC-008-2023), TIFF 6.0.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from photos.evidence import ExifLayout, Reading, Source, Value

MAX_ENTRIES = 1_024  # in one block; phones write under 120
MAX_TEXT_BYTES = 8_192
MAX_VALUES = 64  # of one tag; none of ours has more than 4

IFD0, EXIF_IFD, GPS_IFD, INTEROP_IFD, IFD1 = "IFD0", "ExifIFD", "GPS", "Interop", "IFD1"
_POINTERS = {
    IFD0: {0x8769: EXIF_IFD, 0x8825: GPS_IFD},
    EXIF_IFD: {0xA005: INTEROP_IFD},
}
_UNDEFINED = 7
_MAKER_NOTE, _PREVIEW_AT, _PREVIEW_BYTES = 0x927C, 0x0201, 0x0202
MAX_PREVIEW_BYTES = 1_048_576

TAGS: dict[tuple[str, int], str] = {
    (IFD0, 0x000B): "ProcessingSoftware",
    (IFD0, 0x010E): "ImageDescription",
    (IFD0, 0x010F): "Make",
    (IFD0, 0x0110): "Model",
    (IFD0, 0x0112): "Orientation",
    (IFD0, 0x0131): "Software",
    (IFD0, 0x0132): "DateTime",
    (IFD0, 0x013B): "Artist",
    (IFD0, 0x013C): "HostComputer",
    (IFD0, 0x8298): "Copyright",
    (EXIF_IFD, 0x829A): "ExposureTime",
    (EXIF_IFD, 0x829D): "FNumber",
    (EXIF_IFD, 0x8827): "PhotographicSensitivity",
    (EXIF_IFD, 0x9000): "ExifVersion",
    (EXIF_IFD, 0x9003): "DateTimeOriginal",
    (EXIF_IFD, 0x9004): "DateTimeDigitized",
    (EXIF_IFD, 0x9010): "OffsetTime",
    (EXIF_IFD, 0x9011): "OffsetTimeOriginal",
    (EXIF_IFD, 0x9012): "OffsetTimeDigitized",
    (EXIF_IFD, 0x9201): "ShutterSpeedValue",
    (EXIF_IFD, 0x9202): "ApertureValue",
    (EXIF_IFD, 0x9203): "BrightnessValue",
    (EXIF_IFD, 0x9204): "ExposureBiasValue",
    (EXIF_IFD, 0x9206): "SubjectDistance",
    (EXIF_IFD, 0x9209): "Flash",
    (EXIF_IFD, 0x9286): "UserComment",
    (EXIF_IFD, 0x9290): "SubSecTime",
    (EXIF_IFD, 0x9291): "SubSecTimeOriginal",
    (EXIF_IFD, 0x9292): "SubSecTimeDigitized",
    (EXIF_IFD, 0x920A): "FocalLength",
    (EXIF_IFD, 0xA002): "PixelXDimension",
    (EXIF_IFD, 0xA003): "PixelYDimension",
    (EXIF_IFD, 0xA401): "CustomRendered",
    (EXIF_IFD, 0xA404): "DigitalZoomRatio",
    (EXIF_IFD, 0xA405): "FocalLengthIn35mmFilm",
    (EXIF_IFD, 0xA406): "SceneCaptureType",
    (EXIF_IFD, 0xA420): "ImageUniqueID",
    (EXIF_IFD, 0xA430): "CameraOwnerName",
    (EXIF_IFD, 0xA431): "BodySerialNumber",
    (EXIF_IFD, 0xA432): "LensSpecification",
    (EXIF_IFD, 0xA433): "LensMake",
    (EXIF_IFD, 0xA434): "LensModel",
    (EXIF_IFD, 0xA435): "LensSerialNumber",
    (EXIF_IFD, 0xA436): "ImageTitle",
    (EXIF_IFD, 0xA43B): "ImageEditingSoftware",
    (EXIF_IFD, 0xA43C): "MetadataEditingSoftware",
    (EXIF_IFD, 0xA460): "CompositeImage",
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

_PLACES: dict[str, dict[int, tuple[str, str]]] = {
    ifd: {tag: (name, f"{ifd} 0x{tag:04X}") for (where, tag), name in TAGS.items() if where == ifd}
    for ifd in (IFD0, EXIF_IFD, GPS_IFD)
}
"""What is decoded of an IFD: tag → its name and where it stands, as a reading tells it."""

# type: (bytes of one value, struct code); EXIF 3.0 table 3, and FLOAT/DOUBLE of TIFF 6.0
_TYPES = {
    1: (1, "B"), 2: (1, "c"), 3: (2, "H"), 4: (4, "I"), 5: (8, "II"), 6: (1, "b"), 7: (1, "c"),
    8: (2, "h"), 9: (4, "i"), 10: (8, "ii"), 11: (4, "f"), 12: (8, "d"), 13: (4, "I"),
    129: (1, "c"),
}  # fmt: skip
_SURE = frozenset({1, 2, 3, 4, 5, 7, 9, 10})  # numbers that are whole or fractions, and text
_PLAIN_MARKS, _UNICODE_MARK = (b"ASCII\0\0\0", bytes(8)), b"UNICODE\0"
_MARKS = frozenset({*_PLAIN_MARKS, _UNICODE_MARK})
_WIDTHS = {kind: width for kind, (width, _) in _TYPES.items()}


@dataclass(frozen=True, slots=True)
class Tiff:
    """What stood in the block. `faults` name, in English, what was broken or cut off."""

    readings: tuple[Reading, ...]
    gps_entries: int | None  # None: no GPS IFD at all
    faults: tuple[str, ...]
    layout: ExifLayout | None = None
    preview: bytes | None = None  # the JPEG of IFD1
    plain: bool = False
    """Whether the block leaves no room for a second reading of what stands in `readings`: nothing is
    broken or cut off, no tag stands twice, every pointer is one LONG, and every value is of a type
    that readers agree upon; texts are ASCII. A test holds exifread to it."""


def read_tiff(block: bytes) -> Tiff:
    """Readings of one Exif block, which begins with its TIFF header (II*\\0 or MM\\0*)."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Tiff((), None, ("no TIFF header",))
    walk = _Walk(block, order)
    following = walk.ifd(IFD0, walk.u32(4))
    if following:
        walk.ifd(IFD1, following)
    return Tiff(
        tuple(walk.readings),
        walk.gps_entries,
        tuple(walk.faults),
        walk.layout(),
        walk.preview(),
        walk.plain and not walk.faults,
    )


class _Walk:
    def __init__(self, block: bytes, order: str) -> None:
        self.block, self.order = block, order
        self.readings: list[Reading] = []
        self.faults: list[str] = []
        self.gps_entries: int | None = None
        self.left = MAX_ENTRIES
        self.starts: dict[str, int] = {}
        self.tags: dict[str, tuple[int, ...]] = {}
        # Where each IFD and each value outside an entry stands: (start, end, whose).
        self.spans: list[tuple[int, int, str]] = []
        self.preview_at: dict[int, int] = {}
        self.plain = True

    def u16(self, at: int) -> int:
        return int(struct.unpack_from(self.order + "H", self.block, at)[0])

    def u32(self, at: int) -> int:
        return int(struct.unpack_from(self.order + "I", self.block, at)[0])

    def ifd(self, name: str, at: int) -> int:
        """Reads one IFD; the offset of the one that follows it, 0 where there is none."""
        # Each kind of IFD is entered once, so a block that points back at itself ends.
        if name in self.starts:
            self.faults.append(f"{name} is pointed at twice")
            return 0
        self.starts[name] = at
        if at < 8 or at + 2 > len(self.block):
            self.faults.append(f"{name} lies outside the block")
            return 0
        count = self.u16(at)
        fitting = min(count, (len(self.block) - at - 2) // 12, self.left)
        if fitting < count:
            self.faults.append(f"{name} claims {count} entries, {fitting} were read")
        self.left -= fitting
        if name == GPS_IFD:
            self.gps_entries = fitting
        end = at + 2 + 12 * fitting
        follows = fitting == count and end + 4 <= len(self.block)
        self.spans.append((at, end + 4 if follows else end, name))
        entries = list(struct.iter_unpack(self.order + "HHII", self.block[at + 2 : end]))
        self.tags[name] = tuple([entry[0] for entry in entries])
        self.plain &= len(set(self.tags[name])) == len(entries)
        self.entries(name, at + 10, entries)
        return self.u32(end) if follows else 0

    def entries(self, ifd: str, at: int, entries: list[tuple[int, ...]]) -> None:
        """What the entries of one IFD say; `at` is the value field of the first."""
        places, pointers = _PLACES.get(ifd, {}), _POINTERS.get(ifd, {})
        for tag, kind, count, where in entries:
            size = _WIDTHS.get(kind, 0) * count
            if tag in pointers:
                self.plain &= kind == 4 and count == 1
                self.ifd(pointers[tag], where)
            else:
                if size > 4:
                    self.spans.append((where, where + size, ifd))
                if tag in places:
                    name, place = places[tag]
                    value = self.value(kind, count, where if size > 4 else at)
                    self.plain &= kind in _SURE and count > 0
                    if value is None:
                        self.faults.append(f"{name} of {ifd} cannot be read")
                    else:
                        self.readings.append(Reading(name, value, place, Source.EXIF))
                elif ifd == IFD1 and tag in (_PREVIEW_AT, _PREVIEW_BYTES):
                    self.preview_at[tag] = where
            at += 12

    def preview(self) -> bytes | None:
        start, size = self.preview_at.get(_PREVIEW_AT, 0), self.preview_at.get(_PREVIEW_BYTES, 0)
        found = self.block[start : start + size] if size <= MAX_PREVIEW_BYTES else b""
        return found if found[:3] == b"\xff\xd8\xff" else None

    def layout(self) -> ExifLayout:
        read = sorted(self.tags, key=lambda name: self.starts[name])
        return ExifLayout(
            big_endian=self.order == ">",
            ifds=tuple(read),
            tags=dict(self.tags),
            maker_note=_MAKER_NOTE in self.tags.get(EXIF_IFD, ()),
            packed=self.packed(),
            unterminated=tuple(self.unterminated(read)),
        )

    def unterminated(self, names: list[str]) -> Iterator[str]:
        """The IFDs with a value where the offset of the next IFD belongs."""
        begins = {first for first, _, _ in self.spans}
        for name in names:
            end = self.starts[name] + 2 + 12 * len(self.tags[name])
            if not begins.isdisjoint(range(end, end + 4)):
                yield name

    def packed(self) -> bool:
        """Whether each IFD is followed by its own values and then by the next IFD, with no more
        than a byte of padding between them: so a library that writes all of it at once."""
        start, size = self.preview_at.get(_PREVIEW_AT, 0), self.preview_at.get(_PREVIEW_BYTES, 0)
        spans = [*self.spans, (start, start + size, IFD1)] if start and size else self.spans
        at, whose, done = 8, "", set()
        for first, last, name in sorted(spans):
            if not 0 <= first - at <= 1 or (name != whose and name in done):
                return False
            at, whose = last, name
            done.add(name)
        return bool(spans)

    def value(self, kind: int, count: int, start: int) -> Value | None:
        """What stands at `start`; None where it is too much, outside the block, or of no type."""
        if kind not in _TYPES:
            return None
        width, code = _TYPES[kind]
        if start + width * count > len(self.block):
            return None
        if code == "c":
            if count > MAX_TEXT_BYTES:
                return None
            raw = self.block[start : start + count]
            self.plain &= kind == _UNDEFINED or (raw.isascii() and raw[:8] not in _MARKS)
            return text_of(raw)
        if count > MAX_VALUES:
            return None
        numbers = _struct(self.order, code * count).unpack_from(self.block, start)
        if len(code) == 2:
            return tuple(zip(numbers[0::2], numbers[1::2], strict=True))
        return numbers[0] if count == 1 else numbers


@lru_cache(maxsize=1_024)
def _struct(order: str, codes: str) -> struct.Struct:
    return struct.Struct(order + codes)


def text_of(raw: bytes) -> str:
    """Text of an ASCII or UNDEFINED field: to the first NUL, UTF-8, or GB18030 as here in use.

    >>> text_of(b"ASCII\\0\\0\\0fused\\0"), text_of("小米".encode("gb18030"))
    ('fused', '小米')
    """
    if raw[:8] in _PLAIN_MARKS and len(raw) > 8:
        raw = raw[8:]  # the character code that EXIF puts before a comment
    elif raw[:8] == _UNICODE_MARK:
        return raw[8:].decode("utf-16-be", "replace").split("\0", 1)[0].strip()
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace").strip()
