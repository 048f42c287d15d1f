"""Reading a zip that anybody may have made: what it lists, what is odd about it, and its bytes in
parts. Nothing is unpacked to a disk, and nothing grows beyond what the caller allows.

Packages are stored, not packed; one that somebody packed anew is still read, so that what differs
in it can be named.
"""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from field_app.packages.archive import (
    CENTRAL,
    CENTRAL_MARK,
    END,
    END_MARK,
    LOCAL,
    LOCAL_MARK,
    MOST_MEMBERS,
)

_CHUNK = 1 << 20
_LONGEST_COMMENT = 0xFFFF
_MOST_DIRECTORY = 4_000_000
_LONG = 0xFFFFFFFF  # the mark of a ZIP64 size
STORED, DEFLATED = 0, 8


class NotAZip(ValueError):
    """A file that cannot be read as a zip at all; says in Chinese why."""


class CannotRead(ValueError):
    """A member whose bytes cannot be had; says in Chinese why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A member as the directory of the zip lists it. `odd` says what is wrong with it by itself;
    `start` is where its bytes begin, None where its local header is not sound."""

    name: str
    method: int
    size: int
    packed: int
    crc32: int
    start: int | None
    odd: tuple[tuple[str, str], ...] = ()  # (kind, sentence)


@dataclass(frozen=True, slots=True)
class Opened:
    """A zip's directory; `odd` says what is wrong around it."""

    file: BinaryIO
    size: int
    members: tuple[Listed, ...]
    odd: tuple[str, ...]

    def at(self, offset: int, count: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(count)


def open_zip(file: BinaryIO) -> Opened:
    """The directory of a zip. Raises NotAZip."""
    size = file.seek(0, os.SEEK_END)
    tail_at = max(0, size - END.size - _LONGEST_COMMENT)
    file.seek(tail_at)
    tail = file.read()
    found = _end(tail)
    if found is None:
        raise NotAZip("不是 zip 文件，或者文件尾部被截断、损坏")
    _, disk, first_disk, here, count, length, offset, comment = END.unpack_from(tail, found)
    end_at = tail_at + found
    odd = []
    if disk or first_disk or here != count:
        raise NotAZip("是分卷的 zip，证据包不会分卷")
    if count > MOST_MEMBERS or length > _MOST_DIRECTORY or _LONG in (offset, length):
        raise NotAZip(f"目录太大，证据包里最多 {MOST_MEMBERS} 个文件")
    after = size - end_at - END.size
    if after:
        odd.append(f"zip 末尾多出 {after} 字节")
    if comment != after:
        odd.append("zip 注释的长度与文件不符")
    start = end_at - length
    shift = start - offset
    if shift < 0 or start < 0:
        raise NotAZip("目录的位置不对，文件被截断或损坏")
    if shift:
        odd.append(f"zip 前面或中间多出 {shift} 字节")
    file.seek(start)
    members, rest = _directory(file, file.read(length), count, shift, start)
    if rest:
        odd.append(f"目录里多出 {rest} 字节")
    return Opened(file, size, tuple(members), tuple(odd))


def _end(tail: bytes) -> int | None:
    """Where the end record stands: the one that ends with the file, or else the last one."""
    exact = len(tail) - END.size
    if exact >= 0 and tail[exact : exact + 4] == END_MARK:
        return exact
    last = tail.rfind(END_MARK)
    return last if 0 <= last <= exact else None


def _directory(
    file: BinaryIO, data: bytes, count: int, shift: int, end: int
) -> tuple[list[Listed], int]:
    found, at = [], 0
    for n in range(count):
        if len(data) - at < CENTRAL.size or data[at : at + 4] != CENTRAL_MARK:
            raise NotAZip(f"目录从第 {n + 1} 项起损坏")
        entry = CENTRAL.unpack_from(data, at)
        name_end = at + CENTRAL.size + entry[10]
        next_at = name_end + entry[11] + entry[12]
        if next_at > len(data):
            raise NotAZip(f"目录从第 {n + 1} 项起损坏")
        name = data[at + CENTRAL.size : name_end]
        found.append(_listed(file, name, entry, shift, end))
        at = next_at
    return found, len(data) - at


def _listed(file: BinaryIO, raw: bytes, entry: tuple[int, ...], shift: int, end: int) -> Listed:
    flags, method, crc32, packed, size = entry[3], entry[4], *entry[7:10]
    name = raw.decode("utf-8", "replace")
    odd: list[tuple[str, str]] = []
    if not name.isprintable() or name.startswith("/") or "\\" in name or ":" in name:
        odd.append(("unsafe-name", "文件名不安全（绝对路径、盘符或控制字符）"))
    if ".." in name.replace("\\", "/").split("/"):
        odd.append(("unsafe-name", "文件名不安全（含 ..，会写到别的目录）"))
    if flags & 1:
        odd.append(("encrypted", "被加了密，证据包里的文件都不加密"))
    if method not in (STORED, DEFLATED):
        odd.append(("unreadable", f"用了不认识的压缩方法 {method}"))
    if _LONG in (packed, size):
        odd.append(("unreadable", "用了 ZIP64 的大小，证据包不会这么大"))
    start = None
    at = entry[16] + shift
    file.seek(at)
    head = file.read(LOCAL.size)
    if len(head) < LOCAL.size or head[:4] != LOCAL_MARK:
        odd.append(("header", "本地文件头损坏"))
    else:
        local = LOCAL.unpack(head)
        local_name = file.read(local[9])
        same = (local[2], local[3], local[6], local[7], local[8]) == (
            flags, method, crc32, packed, size,
        )  # fmt: skip
        # Bit 3: the sizes come after the bytes. Only packages that were packed anew have it.
        deferred = bool(flags & 8) and local[2:4] == (flags, method)
        if local_name != raw:
            shown = local_name.decode("utf-8", "replace")[:80]
            odd.append(("header", f"目录与本地文件头的名字不同（本地为 {shown!r}）"))
        elif not same and not deferred:
            odd.append(("header", "目录与本地文件头的大小、校验或方法不同"))
        begins = at + LOCAL.size + local[9] + local[10]
        if begins + packed <= end:
            start = begins
        else:
            odd.append(("header", "内容超出了文件的范围"))
    return Listed(name, method, size, packed, crc32, start, tuple(odd))


def read(opened: Opened, member: Listed, most: int) -> Iterator[bytes]:
    """The bytes of a member in parts, `most` at most. CannotRead where there are more, or none."""
    if member.start is None or any(k in ("encrypted", "unreadable") for k, _ in member.odd):
        raise CannotRead("内容读不出来")
    if member.method == STORED:
        if member.packed > most:
            raise CannotRead(f"内容有 {member.packed} 字节，应不超过 {most} 字节")
        yield from _raw(opened, member)
        return
    unpack = zlib.decompressobj(-15)
    given = 0
    try:
        for part in _raw(opened, member):
            left = part
            while left:
                out = unpack.decompress(left, min(_CHUNK, most - given + 1))
                given += len(out)
                if given > most:
                    raise CannotRead(f"解压后超过应有的 {most} 字节，没有再解压")
                yield out
                left = unpack.unconsumed_tail
        out = unpack.flush()
    except zlib.error as error:
        raise CannotRead("压缩内容损坏") from error
    if given + len(out) > most or not unpack.eof:
        raise CannotRead("压缩内容损坏")
    yield out


def _raw(opened: Opened, member: Listed) -> Iterator[bytes]:
    assert member.start is not None
    at, left = member.start, member.packed
    while left:
        part = opened.at(at, min(_CHUNK, left))
        if not part:
            raise CannotRead("文件被截断")
        yield part
        at, left = at + len(part), left - len(part)


def overlapping(members: tuple[Listed, ...]) -> list[str]:
    """The names of members whose bytes lie over those of another: a way to make bombs."""
    placed = sorted((m.start, m.start + m.packed, m.name) for m in members if m.start is not None)
    return [after[2] for before, after in pairwise(placed) if after[0] < before[1]]
