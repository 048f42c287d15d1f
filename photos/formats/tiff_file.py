"""A TIFF file as a picture: its first page, where it is plain enough to be shown.

The Exif reading is that of `photos.formats.tiff`: the whole file is one Exif block. For the pixels a new
file is written with nothing but the first page's size, coding and strips, all checked here, so
that no decoder meets the other tags and pages. Source: TIFF 6.0, Adobe's technical note of 2002.
"""

import struct
from dataclasses import dataclass, field

MAX_ENTRIES = 512  # of the first page
MAX_STRIPS = 65_536
MAX_XMP_BYTES = 1_048_576

_WIDTH, _HEIGHT, _BITS, _CODING, _COLOURS = 0x100, 0x101, 0x102, 0x103, 0x106
_OFFSETS, _SAMPLES, _ROWS, _COUNTS, _PLANES = 0x111, 0x115, 0x116, 0x117, 0x11C
_PREDICTOR, _PALETTE, _EXTRA, _XMP, _TILES, _C2PA = 0x13D, 0x140, 0x152, 0x2BC, 0x144, 0xCD41
_TURNED = 0x112
_NEEDED = (_WIDTH, _HEIGHT, _BITS, _CODING, _COLOURS, _OFFSETS, _SAMPLES, _ROWS, _COUNTS, _PLANES,
           _PREDICTOR, _PALETTE, _EXTRA)  # fmt: skip
_TYPES = {1: (1, "B"), 3: (2, "H"), 4: (4, "I"), 7: (1, "B")}  # byte, short, long, undefined
CODINGS = {1: "none", 5: "LZW", 8: "deflate", 32946: "deflate", 32773: "PackBits"}
"""Codings that are decoded: each gives no more bytes than the size of the page says."""


@dataclass(slots=True)
class TiffFile:
    width: int | None = None
    height: int | None = None
    xmp: bytes | None = None
    manifest_bytes: int = 0  # of a C2PA manifest
    order: str = "<"
    values: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def pixel_bytes(self) -> int:
        """Of the decoded page; at least one."""
        bits = max(8, *self.values.get(_BITS, (1,)))
        return max(1, self.one(_SAMPLES, 1) * bits // 8)

    def one(self, tag: int, default: int) -> int:
        return self.values.get(tag, (default,))[0]

    @property
    def orientation(self) -> int:
        return self.one(_TURNED, 1)

    def plain(self, data: bytes) -> bool:
        """Whether the page is of a kind that is decoded, and its strips stand in the file."""
        offsets, counts = self.values.get(_OFFSETS, ()), self.values.get(_COUNTS, ())
        return (
            _TILES not in self.values
            and self.one(_CODING, 1) in CODINGS
            and self.one(_COLOURS, -1) in (0, 1, 2, 3)
            and self.one(_PLANES, 1) == 1
            and 1 <= self.one(_SAMPLES, 1) <= 4
            and set(self.values.get(_BITS, (1,))) <= {1, 8, 16}
            and 0 < len(offsets) == len(counts)
            and all(o + c <= len(data) for o, c in zip(offsets, counts, strict=True))
            and sum(counts) <= len(data)  # strips that share bytes would multiply the work
        )

    def pixels(self, data: bytes) -> bytes:
        """A file with the picture alone. Only where it is `plain`."""
        strips = [
            data[offset : offset + count]
            for offset, count in zip(self.values[_OFFSETS], self.values[_COUNTS], strict=True)
        ]
        shown = {tag: self.values[tag] for tag in sorted(self.values) if tag in _NEEDED}
        outside = 8 + 2 + 12 * len(shown) + 4
        at = outside + sum(4 * len(v) for v in shown.values() if len(v) > 1)
        offsets = []
        for strip in strips:
            offsets.append(at)
            at += len(strip)
        shown[_OFFSETS] = tuple(offsets)
        head = {"<": b"II*\0", ">": b"MM\0*"}[self.order] + struct.pack(
            self.order + "IH", 8, len(shown)
        )
        entries, values = b"", b""
        for tag, value in shown.items():
            packed = struct.pack(f"{self.order}{len(value)}I", *value)
            where = packed
            if len(value) > 1:
                where = struct.pack(self.order + "I", outside + len(values))
                values += packed
            entries += struct.pack(self.order + "HHI", tag, 4, len(value)) + where
        return b"".join((head, entries, bytes(4), values, *strips))


def walk_tiff_file(data: bytes) -> TiffFile:
    """The first page of `data`, which begins with a TIFF header."""
    found = TiffFile(order="<" if data[:2] == b"II" else ">")
    if len(data) < 8:
        return found
    at = struct.unpack_from(found.order + "I", data, 4)[0]
    if not 8 <= at <= len(data) - 2:
        return found
    count = struct.unpack_from(found.order + "H", data, at)[0]
    for entry in range(at + 2, at + 2 + 12 * min(count, MAX_ENTRIES), 12):
        if entry + 12 > len(data):
            break
        tag, kind, many, where = struct.unpack_from(found.order + "HHII", data, entry)
        width, code = _TYPES.get(kind, (0, ""))
        start = entry + 8 if width * many <= 4 else where
        if not width or not many or start + width * many > len(data):
            continue
        if tag == _C2PA:
            found.manifest_bytes = width * many
        elif tag == _XMP and many <= MAX_XMP_BYTES:
            found.xmp = data[start : start + width * many]
        elif (tag in _NEEDED or tag in (_TILES, _TURNED)) and many <= MAX_STRIPS:
            found.values.setdefault(
                tag, struct.unpack_from(f"{found.order}{many}{code}", data, start)
            )
    found.width, found.height = found.one(_WIDTH, 0) or None, found.one(_HEIGHT, 0) or None
    return found
