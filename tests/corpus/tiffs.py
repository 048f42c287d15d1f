"""Exif blocks taken apart and put together, each in its writer's own manner.

A phone, a library and a tool lay the same tags out differently: byte order, the order of the
directories, whether the values follow their directory or all of them, padding to even offsets.
Source: TIFF 6.0, EXIF 2.32 (CIPA DC-008-2019).
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

IFD0, EXIF, INTEROP, GPS, IFD1 = "IFD0", "ExifIFD", "Interop", "GPS", "IFD1"
ORDER = (IFD0, EXIF, INTEROP, GPS, IFD1)
POINTERS = {EXIF: (IFD0, 0x8769), GPS: (IFD0, 0x8825), INTEROP: (EXIF, 0xA005)}
_THUMB_AT, _THUMB_LENGTH = 0x0201, 0x0202

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL = 1, 2, 3, 4, 5, 7, 10
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_CODES = {3: "H", 4: "I", 5: "I", 8: "h", 9: "i", 10: "i", 11: "f", 12: "d", 13: "I"}


@dataclass(frozen=True, slots=True)
class Tag:
    """One entry: `value` is bytes for BYTE, ASCII and UNDEFINED, else a flat tuple of numbers."""

    id: int
    type: int
    value: Any


@dataclass(frozen=True, slots=True)
class Block:
    """A whole Exif block. `order` is that of the directories in the file, by their offsets."""

    ifds: dict[str, tuple[Tag, ...]]
    big_endian: bool = True
    order: tuple[str, ...] = ORDER
    thumbnail: bytes | None = None
    values_last: bool = False  # all directories first, then all values
    even: bool = True  # values begin at even offsets
    gap: int = 0  # zero bytes between a directory's values and the next directory
    sorted_tags: bool = True  # in the order of their numbers, as TIFF demands and few do not

    def tags(self, ifd: str) -> dict[int, Tag]:
        return {tag.id: tag for tag in self.ifds.get(ifd, ())}

    def with_tags(self, ifd: str, *tags: Tag) -> "Block":
        """The same with these tags set; those already there keep their place."""
        given = {tag.id: tag for tag in tags}
        kept = [given.pop(tag.id, tag) for tag in self.ifds.get(ifd, ())]
        return replace(self, ifds=self.ifds | {ifd: (*kept, *given.values())})

    def without(self, ifd: str, *ids: int) -> "Block":
        kept = tuple(tag for tag in self.ifds.get(ifd, ()) if tag.id not in ids)
        return replace(self, ifds=self.ifds | {ifd: kept})


def text(tag: int, value: str) -> Tag:
    return Tag(tag, ASCII, value.encode() + b"\0")


def short(tag: int, *values: int) -> Tag:
    return Tag(tag, SHORT, values)


def long(tag: int, *values: int) -> Tag:
    return Tag(tag, LONG, values)


def rational(tag: int, *pairs: tuple[int, int], signed: bool = False) -> Tag:
    return Tag(tag, SRATIONAL if signed else RATIONAL, tuple(n for pair in pairs for n in pair))


def undefined(tag: int, value: bytes) -> Tag:
    return Tag(tag, UNDEFINED, value)


def _encoded(tag: Tag, end: str) -> tuple[int, bytes]:
    """(count, bytes) of a tag's value."""
    if isinstance(tag.value, bytes):
        return len(tag.value), tag.value
    data = struct.pack(f"{end}{len(tag.value)}{_CODES[tag.type]}", *tag.value)
    return len(data) // _SIZES[tag.type], data


@dataclass
class _Writer:
    block: Block
    end: str = field(init=False)

    def __post_init__(self) -> None:
        self.end = ">" if self.block.big_endian else "<"

    def directories(self) -> dict[str, list[Tag]]:
        """The entries of each directory, pointers with an offset still to be found."""
        block = self.block
        found = {name: list(block.ifds[name]) for name in block.order if block.ifds.get(name)}
        for name, (parent, pointer) in POINTERS.items():
            if name in found and parent in found and all(t.id != pointer for t in found[parent]):
                found[parent].append(Tag(pointer, LONG, (0,)))
        if block.thumbnail is not None and IFD1 in found:
            found[IFD1] += [long(_THUMB_AT, 0), long(_THUMB_LENGTH, len(block.thumbnail))]
        if block.sorted_tags:
            for tags in found.values():
                tags.sort(key=lambda tag: tag.id)
        return found

    def written(self) -> bytes:
        directories = self.directories()
        tables, at = {}, 8
        values: dict[tuple[str, int], int] = {}

        def place_values(name: str, at: int) -> int:
            for tag in directories[name]:
                _count, data = _encoded(tag, self.end)
                if len(data) > 4:
                    at += at % 2 if self.block.even else 0
                    values[name, tag.id] = at
                    at += len(data)
            return at

        for name, tags in directories.items():
            at += at % 2 if self.block.even else 0
            tables[name] = at
            at += 6 + 12 * len(tags)
            if not self.block.values_last:
                at = place_values(name, at) + self.block.gap
        if self.block.values_last:
            for name in directories:
                at = place_values(name, at)
        at += at % 2 if self.block.even else 0
        thumbnail = self.block.thumbnail if IFD1 in directories else None
        out = bytearray(at)
        out[:8] = (b"MM" if self.end == ">" else b"II") + struct.pack(
            f"{self.end}HI", 42, tables[IFD0]
        )
        for name, tags in directories.items():
            self._write_table(out, name, tags, tables, values, at)
        return bytes(out) + (thumbnail or b"")

    def _write_table(
        self,
        out: bytearray,
        name: str,
        tags: list[Tag],
        tables: dict[str, int],
        values: dict[tuple[str, int], int],
        thumbnail_at: int,
    ) -> None:
        pointed = {(p, t): tables[n] for n, (p, t) in POINTERS.items() if n in tables}
        pointed[IFD1, _THUMB_AT] = thumbnail_at
        at = tables[name]
        struct.pack_into(f"{self.end}H", out, at, len(tags))
        at += 2
        for tag in tags:
            count, data = _encoded(tag, self.end)
            if (name, tag.id) in pointed:
                data = struct.pack(f"{self.end}I", pointed[name, tag.id])
            elif len(data) > 4:
                start = values[name, tag.id]
                out[start : start + len(data)] = data
                data = struct.pack(f"{self.end}I", start)
            struct.pack_into(f"{self.end}HHI", out, at, tag.id, tag.type, count)
            out[at + 8 : at + 12] = data.ljust(4, b"\0")
            at += 12
        following = tables.get(IFD1, 0) if name == IFD0 else 0
        struct.pack_into(f"{self.end}I", out, at, following)


def write(block: Block) -> bytes:
    """The block's bytes, from its TIFF header on."""
    return _Writer(block).written()


def read(data: bytes) -> Block:
    """A whole block as it stands, so that it can be changed and written again. Well-formed only."""
    end = ">" if data[:2] == b"MM" else "<"
    ifds: dict[str, tuple[Tag, ...]] = {}
    offsets: dict[str, int] = {}

    def directory(name: str, at: int) -> int:
        offsets[name] = at
        (count,) = struct.unpack_from(f"{end}H", data, at)
        tags = []
        for n in range(count):
            place = at + 2 + 12 * n
            tag, kind, number = struct.unpack_from(f"{end}HHI", data, place)
            size = _SIZES[kind] * number
            start = place + 8
            if size > 4:
                (start,) = struct.unpack_from(f"{end}I", data, start)
            raw = data[start : start + size]
            code = _CODES.get(kind)
            value = raw if code is None else struct.unpack(f"{end}{size // struct.calcsize(code)}{code}", raw)  # fmt: skip
            tags.append(Tag(tag, kind, value))
        ifds[name] = tuple(tags)
        (following,) = struct.unpack_from(f"{end}I", data, at + 2 + 12 * count)
        return int(following)

    following = directory(IFD0, struct.unpack_from(f"{end}I", data, 4)[0])
    for name in (EXIF, GPS, INTEROP):
        parent, pointer = POINTERS[name]
        at = next((tag.value[0] for tag in ifds.get(parent, ()) if tag.id == pointer), None)
        if at is not None:
            directory(name, at)
    thumbnail = None
    if following:
        directory(IFD1, following)
        numbers = {tag.id: tag.value[0] for tag in ifds[IFD1] if tag.type in (SHORT, LONG)}
        if _THUMB_AT in numbers:
            start = numbers[_THUMB_AT]
            thumbnail = data[start : start + numbers[_THUMB_LENGTH]]
        ifds[IFD1] = _dropped(ifds[IFD1], {_THUMB_AT, _THUMB_LENGTH})
    in_order = all(
        [t.id for t in tags] == sorted(t.id for t in tags) for tags in ifds.values()
    )  # fmt: skip
    for _name, (parent, pointer) in POINTERS.items():
        if parent in ifds:
            ifds[parent] = _dropped(ifds[parent], {pointer})
    order = tuple(sorted(offsets, key=lambda name: offsets[name]))
    return Block(ifds, end == ">", order, thumbnail, sorted_tags=in_order)


def _dropped(tags: Iterable[Tag], ids: set[int]) -> tuple[Tag, ...]:
    return tuple(tag for tag in tags if tag.id not in ids)
