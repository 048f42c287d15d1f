"""JPEG files taken apart into segments and put together in a writer's own order. ITU-T T.81."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

APP0, APP1, APP2, APP4, APP7, APP11, APP13, DQT, DHT, SOS = (
    0xE0, 0xE1, 0xE2, 0xE4, 0xE7, 0xEB, 0xED, 0xDB, 0xC4, 0xDA,
)  # fmt: skip
EXIF_HEADER = b"Exif\0\0"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"

Segment = tuple[int, bytes]
"""A marker's second byte and its body, without the length."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A file: the segments before the scan, and everything from the scan on."""

    head: tuple[Segment, ...]
    scan: bytes  # from FF DA to the end of the file, what trails behind it included

    def joined(self) -> bytes:
        return b"\xff\xd8" + b"".join(_segment(*s) for s in self.head) + self.scan

    def exif(self) -> bytes | None:
        """The Exif block from its TIFF header on."""
        return next(
            (body[6:] for m, body in self.head if m == APP1 and body.startswith(b"Exif\0")), None
        )

    def with_exif(self, block: bytes | None) -> "Parts":
        """The same with another Exif block in the old one's place; where there was none, behind
        the JFIF segment, as libjpeg puts it."""
        if block is not None and self.exif() is None:
            first = 1 if self.head and self.head[0][0] == APP0 else 0
            exif = (APP1, EXIF_HEADER + block)
            return Parts((*self.head[:first], exif, *self.head[first:]), self.scan)
        changed = [
            (m, EXIF_HEADER + (block or b"")) if _is_exif(m, body) else (m, body)
            for m, body in self.head
            if block is not None or not _is_exif(m, body)
        ]
        return Parts(tuple(changed), self.scan)

    def exif_first(self) -> "Parts":
        """The Exif block in front, as Android's own library puts it when it changes a file."""
        ahead = tuple(s for s in self.head if _is_exif(*s))
        return Parts((*ahead, *(s for s in self.head if not _is_exif(*s))), self.scan)

    def without(self, *markers: int) -> "Parts":
        return Parts(tuple(s for s in self.head if s[0] not in markers), self.scan)


def _is_exif(marker: int, body: bytes) -> bool:
    return marker == APP1 and body.startswith(b"Exif\0")


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def take_apart(data: bytes) -> Parts:
    """The segments of a well-formed file."""
    head, at = [], 2
    while data[at + 1] != SOS:
        (length,) = struct.unpack_from(">H", data, at + 2)
        head.append((data[at + 1], data[at + 4 : at + 2 + length]))
        at += 2 + length
    return Parts(tuple(head), data[at:])


def merged(segments: Iterable[Segment], marker: int) -> tuple[Segment, ...]:
    """All tables of one kind in one segment, as hardware encoders write them."""
    listed = list(segments)
    body = b"".join(b for m, b in listed if m == marker)
    first = next((n for n, s in enumerate(listed) if s[0] == marker), None)
    return tuple(
        (m, body if m == marker else b)
        for n, (m, b) in enumerate(listed)
        if m != marker or n == first
    )
