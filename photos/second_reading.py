"""The second reading of an Exif block: exifread, fed the block alone as a TIFF.

It is asked wherever two readers can differ, which the first one knows (`Tiff.plain`): a tag that
stands twice, something broken or cut off, a pointer or a value of an unusual type, text beyond ASCII.
A plain block leaves nothing to disagree upon, and costs a third of the time: 26,000 plain ones among
100,000 mangled blocks of cameras were read alike by both (tests/photos/test_parsers.py reads a share
of them again).

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
_POINTERS = {("Image", 0x8769), ("Image", 0x8825)}
_PLACES = {
    (prefix, tag): (TAGS[where, tag], f"{where} 0x{tag:04X}")
    for prefix, ifd in _IFD_OF_PREFIX.items()
    for where, tag in TAGS
    if where == ifd
}
"""What is asked of it: exifread's name of the IFD and the tag → our name and where it stands."""
_ASKED = _POINTERS | _PLACES.keys()


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
    order: {
        (width, signed): struct.Struct(sign + (code.lower() if signed else code)).unpack_from
        for width, code in ((1, "B"), (2, "H"), (4, "I"))
        for signed in (False, True)
    }
    for order, sign in (("I", "<"), ("M", ">"))
}


class _Tags(dict[str, IfdTag]):
    """What exifread has read. It takes each tag out again to print it into a log that is off."""

    def __getitem__(self, key: str) -> Any:
        return None


class _Header(ExifHeader):
    """exifread's walk with its numbers metered, and read straight from the block; nothing is made
    ready to be printed: a third of the time."""

    def __init__(self, block: bytes) -> None:
        order = "I" if block[:2] == b"II" else "M"
        super().__init__(
            _Metered(block), order, 0, fake_exif=False, strict=False, debug=False, detailed=False
        )
        self.tags = _Tags()
        self.block, self.numbers, self.numbers_left = block, _NUMBERS[order], MAX_READS

    def _process_tag(self, ifd: int, ifd_name: str, tag_entry: Any, entry: int, tag: int,
                     *rest: Any) -> None:  # fmt: skip
        # What is not compared with the first reading need not be read.
        if (ifd_name, tag) in _ASKED:
            super()._process_tag(ifd, ifd_name, tag_entry, entry, tag, *rest)

    def _get_printable_for_field(self, count: int, values: Any, field_type: Any, tag_entry: Any,
                                 stop_tag: str) -> tuple[str, bool]:  # fmt: skip
        # It follows the pointer to the GPS tags in here.
        if tag_entry and isinstance(tag_entry[1], tuple):
            return super()._get_printable_for_field(count, values, field_type, tag_entry, stop_tag)
        return "", False

    def s2n(self, offset: int, length: int, signed: bool = False) -> int:
        self.numbers_left -= 1
        if self.numbers_left < 0:
            raise _OverBudget
        if offset < 0:
            raise ValueError("no such number")
        try:
            return self.numbers[length, signed](self.block, offset)[0]
        except struct.error:
            return 0  # as exifread does behind the end


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
        place = _PLACES.get((key.partition(" ")[0], tag.tag))
        value = None if place is None else _value(tag)
        if place is not None and value is not None:
            found.append(Reading(place[0], value, place[1], Source.EXIFREAD))
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
