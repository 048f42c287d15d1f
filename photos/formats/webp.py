"""The chunks of a WebP file, walked with bounds. Source: RFC 9649, RFC 6386 (VP8)."""

import struct
from dataclasses import dataclass, field

from photos.evidence import Structure

MAX_CHUNKS = 4_096  # a picture has under ten; the rest are frames of a film


@dataclass(slots=True)
class Webp:
    """What stands in the chunks. `width` and `height` are of the canvas; None: none is stated."""

    width: int | None = None
    height: int | None = None
    largest: int = 0  # pixels of the largest picture in it: a decoder may meet any
    exif: bytes | None = None  # from its TIFF header on
    xmp: bytes | None = None
    manifest_bytes: int = 0  # of a C2PA manifest
    parts: list[str] = field(default_factory=list)
    whole: bool = True  # no chunk is cut short
    end: int = 12

    def structure(self, data: bytes) -> Structure:
        return Structure("webp", tuple(self.parts), trailing_bytes=max(0, len(data) - self.end))


def walk_webp(data: bytes) -> Webp:
    """The structure of `data`, which begins with RIFF and WEBP."""
    found = Webp()
    at, stop = 12, 8 + struct.unpack_from("<I", data.ljust(12, b"\0"), 4)[0]
    stop = min(stop + stop % 2, len(data))
    for _ in range(MAX_CHUNKS):
        if at + 8 > stop:
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        start, end = at + 8, at + 8 + length
        if end > len(data):
            found.whole = False
            break
        _chunk(found, kind, data, start, end)
        at = end + length % 2
        found.end = at
    return found


def _chunk(found: Webp, kind: bytes, data: bytes, start: int, end: int) -> None:
    found.parts.append(kind.decode("latin-1"))
    size = _size(kind, data[start : min(end, start + 40)])
    if size is not None:
        found.largest = max(found.largest, size[0] * size[1])
        if found.width is None:
            found.width, found.height = size
    elif kind == b"EXIF" and found.exif is None:
        block = data[start:end]
        found.exif = block[6:] if block.startswith(b"Exif\0\0") else block
    elif kind == b"XMP " and found.xmp is None:
        found.xmp = data[start:end]
    elif kind == b"C2PA":
        found.manifest_bytes += end - start


def _size(kind: bytes, head: bytes) -> tuple[int, int] | None:
    """The size that a chunk states: of the canvas, of a frame, or of a coded picture."""
    if kind == b"VP8X" and len(head) >= 10:
        return _three(head, 4) + 1, _three(head, 7) + 1
    if kind == b"ANMF" and len(head) >= 12:
        return _three(head, 6) + 1, _three(head, 9) + 1
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a" and len(head) >= 10:
        width, height = struct.unpack_from("<HH", head, 6)
        return width & 0x3FFF, height & 0x3FFF  # above are hints of scaling
    if kind == b"VP8L" and len(head) >= 5 and head[0] == 0x2F:
        bits = struct.unpack_from("<I", head, 1)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _three(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 3], "little")
