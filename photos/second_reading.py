"""The second reading of an Exif block: exifread, fed the block alone as a TIFF.

exifread has no limits of its own (a crafted block makes it loop over millions of entries), so
they are put where it cannot pass them in any thread: everything it does goes through `read` of
the stream that it is given, and that stream counts reads and bytes and stops it. MakerNotes and
thumbnails, where it hangs or copies, are not asked for.
"""

import io
import logging
import struct

import exifread
from exifread.core.exceptions import ExifError
from exifread.core.ifd_tag import IfdTag

from photos.evidence import Reading, Source, Value
from photos.tiff import TAGS, text_of

# It warns of every oddity of a file; here those are readings to compare, not events to report.
logging.getLogger("exifread").setLevel(logging.CRITICAL)

MAX_BLOCK_BYTES = 1_048_576  # a JPEG segment holds 64 kB at most; a HEIC item is not limited
MAX_READS = 6_000  # 395 real files needed at most 1,097
MAX_READ_BYTES = 4 * MAX_BLOCK_BYTES

# What exifread is known to raise on broken blocks (found by mutating files, and in its source).
_KNOWN_FAILURES = (
    ExifError, ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError,
    ArithmeticError, EOFError, MemoryError, RecursionError, struct.error,
)  # fmt: skip

_IFD_OF_PREFIX = {"Image": "IFD0", "EXIF": "ExifIFD", "GPS": "GPS"}


class _OverBudget(Exception):
    """The block made the reader do more work than any honest one."""


class _Metered(io.BytesIO):
    reads = MAX_READS
    bytes_left = MAX_READ_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        got = super().read(size)
        self.reads -= 1
        self.bytes_left -= len(got)
        if self.reads < 0 or self.bytes_left < 0:
            raise _OverBudget
        return got


def read_again(block: bytes) -> tuple[Reading, ...]:
    """The same tags as `photos.tiff` reads, by exifread; empty where it fails or is stopped."""
    if not 8 <= len(block) <= MAX_BLOCK_BYTES or block[:2] not in (b"II", b"MM"):
        return ()
    try:
        tags = exifread.process_file(_Metered(block), details=False, extract_thumbnail=False)
    except (_OverBudget, *_KNOWN_FAILURES):
        return ()
    found = []
    for key, tag in tags.items():
        ifd = _IFD_OF_PREFIX.get(key.partition(" ")[0])
        if ifd is None or not isinstance(tag, IfdTag):
            continue
        name = TAGS.get((ifd, tag.tag))
        value = _value(tag) if name else None
        if name and value is not None:
            found.append(Reading(name, value, f"{ifd} 0x{tag.tag:04X}", Source.EXIFREAD))
    return tuple(found)


def _value(tag: IfdTag) -> Value | None:
    raw = tag.values
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bytes):
        return text_of(raw)
    if not isinstance(raw, list) or not raw:
        return None
    if tag.field_type == 7:  # UNDEFINED: the numbers are bytes of text
        return text_of(bytes(raw))
    if all(isinstance(part, int) for part in raw):
        return raw[0] if len(raw) == 1 else tuple(raw)
    if all(hasattr(part, "numerator") for part in raw):
        return tuple((int(part.numerator), int(part.denominator)) for part in raw)
    return None
