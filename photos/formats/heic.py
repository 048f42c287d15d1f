"""The boxes of a HEIC file, walked with bounds. Source: ISO/IEC 14496-12 and 23008-12.

Only what evidence needs: the size of the primary picture, the Exif item, the XMP item, and in what
order the boxes stand.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from photos.evidence import Structure

MAX_BOXES = 4_096  # in one box; a 12 MP picture of 512 px tiles has about 60 items
MAX_BOXES_IN_ALL = 65_536  # boxes may hold boxes without end
MAX_EXTENTS = 16_384  # in one file: an entry of no bytes may claim any number of them
MAX_ITEM_BYTES = 1_048_576
MAX_PARTS = 64
_C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")

BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class Heic:
    width: int | None
    height: int | None
    exif: bytes | None  # from its TIFF header on
    xmp: bytes | None
    parts: tuple[str, ...] = ()  # top boxes in order; behind "meta" the types of its items
    manifest_bytes: int = 0  # of a C2PA manifest
    trailing_bytes: int = 0  # behind the last whole box

    def structure(self) -> Structure:
        return Structure("heic", self.parts, trailing_bytes=self.trailing_bytes)


@dataclass(slots=True)
class _Meta:
    primary: int | None = None
    kinds: dict[int, bytes] = field(default_factory=dict)
    extents: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    sizes: list[tuple[int, int] | None] = field(default_factory=list)
    properties: dict[int, list[int]] = field(default_factory=dict)
    idat: bytes = b""
    boxes_left: Iterator[int] = field(default_factory=lambda: iter(range(MAX_BOXES_IN_ALL)))
    extents_left: int = MAX_EXTENTS


class _Broken(Exception):
    """The box ends before its content."""


def walk_heic(data: bytes) -> Heic:
    """The structure of `data`; parts that are broken or absent are None."""
    meta = _Meta()
    parts: list[str] = []
    whole_to = manifest_bytes = 0
    try:
        for kind, start, end in _boxes(data, 0, len(data), meta):
            name = kind.decode("latin-1")
            if kind == b"ftyp":
                name += ":" + data[start : start + 4].decode("latin-1")
            elif kind == b"uuid" and data[start : start + 16] == _C2PA_UUID:
                name += ":c2pa"
                manifest_bytes += end - start
            parts.append(name)
            if kind == b"meta" and not meta.kinds:
                _read_meta(data, start + 4, end, meta)
                items = dict.fromkeys(meta.kinds.values())
                parts += [f"meta:{item.decode('latin-1')}" for item in items]
            whole_to = end
    except (_Broken, struct.error, IndexError):
        # Whatever was read before the break is kept; the rest stays absent.
        pass
    width, height = _primary_size(meta)
    return Heic(
        width=width,
        height=height,
        exif=_exif(data, meta),
        xmp=_item(data, meta, b"mime"),
        parts=tuple(parts[:MAX_PARTS]),
        manifest_bytes=manifest_bytes,
        trailing_bytes=len(data) - whole_to,
    )


def _boxes(data: bytes, at: int, end: int, meta: _Meta) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of content, end) of each box between `at` and `end`."""
    for _ in islice(meta.boxes_left, MAX_BOXES):
        if at + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            size = struct.unpack_from(">Q", data, start)[0]
            start += 8
        elif size == 0:
            size = end - at
        if at + size > end or at + size < start:
            raise _Broken
        yield kind, start, at + size
        at += size


def _read_meta(data: bytes, at: int, end: int, meta: _Meta) -> None:
    for kind, start, stop in _boxes(data, at, end, meta):
        if kind == b"pitm":
            wide = data[start] > 0
            meta.primary = struct.unpack_from(">I" if wide else ">H", data, start + 4)[0]
        elif kind == b"iinf":
            first = start + (6 if data[start] == 0 else 8)
            for entry, inner, _ in _boxes(data, first, stop, meta):
                if entry == b"infe" and data[inner] >= 2:
                    wide = data[inner] > 2
                    item = struct.unpack_from(">I" if wide else ">H", data, inner + 4)[0]
                    at_kind = inner + (10 if wide else 8)
                    meta.kinds[item] = data[at_kind : at_kind + 4]
        elif kind == b"iloc":
            _read_iloc(data[start:stop], meta)
        elif kind == b"idat":
            meta.idat = data[start:stop]
        elif kind == b"iprp":
            for inner_kind, inner, inner_end in _boxes(data, start, stop, meta):
                if inner_kind == b"ipco":
                    for prop, body, _ in _boxes(data, inner, inner_end, meta):
                        size = (
                            struct.unpack_from(">II", data, body + 4) if prop == b"ispe" else None
                        )
                        meta.sizes.append(size)
                elif inner_kind == b"ipma":
                    _read_ipma(data[inner:inner_end], meta)


def _number(body: bytes, at: int, width: int) -> int:
    if at + width > len(body):
        raise _Broken
    return int.from_bytes(body[at : at + width], "big")


_FIELDS = {0: "", 4: "I", 8: "Q"}  # the widths that the standard allows; an absent one counts as 0


def _read_iloc(body: bytes, meta: _Meta) -> None:
    """Where the bytes of each item stand: (construction method, offset, length)."""
    version, widths = body[0], _number(body, 4, 2)
    of = [_FIELDS.get(widths >> shift & 15) for shift in (12, 8, 4, 0)]
    if version == 0:
        of[3] = ""
    offset, length, base, index = of
    if offset is None or length is None or base is None or index is None:
        raise _Broken
    item_w = 4 if version == 2 else 2
    # Item, method, data reference (always this file in a photo), base, count of extents.
    head = struct.Struct(f">{'I' if version == 2 else 'H'}{'H' if version else ''}H{base}H")
    extent = struct.Struct(f">{index}{offset}{length}")
    at = 6 + item_w
    for _ in range(min(_number(body, 6, item_w), MAX_BOXES)):
        found = head.unpack_from(body, at)
        at += head.size
        count = min(found[-1], MAX_BOXES)
        meta.extents_left -= count
        if meta.extents_left < 0:
            raise _Broken
        start = found[-2] if base else 0
        extents = []
        for _ in range(count):
            numbers = extent.unpack_from(body, at)
            at += extent.size
            size = numbers[-1] if length else 0
            where = numbers[1 if index else 0] if offset else 0
            extents.append((found[1] & 15 if version else 0, start + where, size))
        meta.extents[found[0]] = extents


def _read_ipma(body: bytes, meta: _Meta) -> None:
    """Which properties belong to which item."""
    item_w, mark_w, mask = 4 if body[0] else 2, 1 + (body[3] & 1), 0x7FFF if body[3] & 1 else 0x7F
    items, at = _number(body, 4, 4), 8
    for _ in range(min(items, MAX_BOXES)):
        item, count, at = _number(body, at, item_w), _number(body, at + item_w, 1), at + item_w + 1
        if at + count * mark_w > len(body):
            raise _Broken
        marks = struct.unpack_from(f">{count}{'BH'[mark_w - 1]}", body, at)
        at += count * mark_w
        meta.properties.setdefault(item, [mark & mask for mark in marks])


def _primary_size(meta: _Meta) -> tuple[int | None, int | None]:
    if meta.primary is not None:
        for mark in meta.properties.get(meta.primary, ()):
            size = meta.sizes[mark - 1] if 0 < mark <= len(meta.sizes) else None
            if size is not None:
                return size
    return None, None


def _item(data: bytes, meta: _Meta, kind: bytes) -> bytes | None:
    """The bytes of the first item of that type; None where it is absent, broken or too large."""
    for item, its_kind in meta.kinds.items():
        if its_kind != kind:
            continue
        parts, total = [], 0
        for method, offset, length in meta.extents.get(item, ()):
            store = {0: data, 1: meta.idat}.get(method, b"")
            total += length
            if total > MAX_ITEM_BYTES or offset + length > len(store):
                return None
            parts.append(store[offset : offset + length])
        return b"".join(parts) or None
    return None


def _exif(data: bytes, meta: _Meta) -> bytes | None:
    block = _item(data, meta, b"Exif")
    if block is None or len(block) < 8:
        return None
    # The first four bytes say how far behind them the TIFF header stands (mostly 6: "Exif\0\0").
    at = 4 + int.from_bytes(block[:4], "big")
    if block[at : at + 2] in (b"II", b"MM"):
        return block[at:]
    return None
