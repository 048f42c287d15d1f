"""The second reading of an Exif block: exifread, fed the block alone as a TIFF.

exifread has no limits of its own (a crafted block makes it loop over millions of entries), so
they are put where it cannot pass them in any thread: every number that it reads comes through
`s2n`, every text through `read` of the stream that it is given, and both count and stop it. Of the
IFDs it is asked for the first, and those that it finds from there, and of their tags for those
that the first reading has as well; MakerNotes and previews, where it hangs or copies, are not.
"""

import io
import logging
import struct
from typing import Any

from exifread.core.exceptions import ExifError
from exifread.core.exif_header import ExifHeader
from exifread.core.ifd_tag import IfdTag

from photos.evidence import Reading, Source, Value
from photos.formats.tiff import TAGS, text_of

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


_ASKED = {("Image", 0x8769), ("Image", 0x8825)} | {
    (prefix, tag) for prefix, ifd in _IFD_OF_PREFIX.items() for where, tag in TAGS if where == ifd
}


class _OverBudget(Exception):
    """The block made the reader do more work than any honest one."""


class _Metered(io.BytesIO):
    """The block as a stream of texts; numbers are read past it, by the header below."""

    reads = MAX_READS
    bytes_left = MAX_READ_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        got = super().read(size)
        self.reads -= 1
        self.bytes_left -= len(got)
        if self.reads < 0 or self.bytes_left < 0:
            raise _OverBudget
        return got


_NUMBERS = {
    (order, width, signed): struct.Struct(sign + (code.lower() if signed else code))
    for order, sign in (("I", "<"), ("M", ">"))
    for width, code in ((1, "B"), (2, "H"), (4, "I"))
    for signed in (False, True)
}


class _Header(ExifHeader):
    """exifread's walk with its numbers metered, and read straight from the block: half the time."""

    def __init__(self, block: bytes) -> None:
        order = "I" if block[:2] == b"II" else "M"
        super().__init__(
            _Metered(block), order, 0, fake_exif=False, strict=False, debug=False, detailed=False
        )
        self.block, self.numbers_left = block, MAX_READS

    def _process_tag(self, ifd: int, ifd_name: str, tag_entry: Any, entry: int, tag: int,
                     *rest: Any) -> None:  # fmt: skip
        # What is not compared with the first reading need not be read.
        if (ifd_name, tag) in _ASKED:
            super()._process_tag(ifd, ifd_name, tag_entry, entry, tag, *rest)

    def s2n(self, offset: int, length: int, signed: bool = False) -> int:
        self.numbers_left -= 1
        if self.numbers_left < 0:
            raise _OverBudget
        number = _NUMBERS.get((self.endian, length, signed))
        if number is None or offset < 0:
            raise ValueError("no such number")
        if offset + length > len(self.block):
            return 0  # as exifread does
        return int(number.unpack_from(self.block, offset)[0])


def read_again(block: bytes) -> tuple[Reading, ...]:
    """The same tags as `photos.formats.tiff` reads, by exifread; empty where it fails or is stopped."""
    if not 8 <= len(block) <= MAX_BLOCK_BYTES or block[:2] not in (b"II", b"MM"):
        return ()
    try:
        header = _Header(block)
        header.dump_ifd(header.s2n(4, 4), "Image")
        inner = header.tags.get("Image ExifOffset")
        if inner is not None:
            header.dump_ifd(inner.values[0], "EXIF")
    except (_OverBudget, *_KNOWN_FAILURES):
        return ()
    found = []
    for key, tag in header.tags.items():
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
