"""The one form in which a package is written: a zip whose every byte follows from its members.

Stored, never packed: photos would not shrink, and no version of a packing library has a say in the
bytes. No extra fields, no comments, one moment for all. So whoever knows names, sizes, checksums
and the moment knows the whole file, and a byte that differs is found wherever it is. Pure.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from field_app import clock

LOCAL, CENTRAL, END = (
    struct.Struct("<4s5H3I2H"),
    struct.Struct("<4s6H3I5H2I"),
    struct.Struct("<4s4H2IH"),
)
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
MOST_BYTES = 2_000_000_000
"""A package of more is not made: browsers and old unpackers do not hold it (the form ends at 4 GiB)."""
MOST_MEMBERS = 4000
_VERSION = 20  # 2.0, what every unpacker knows


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a package: its ASCII name, its bytes counted, and their CRC-32."""

    name: str
    size: int
    crc32: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the form itself, where they stand, and which member they tell of; of the end of the
    directory, none."""

    offset: int
    data: bytes
    member: str
    place: str


def dos_moment(at: datetime) -> tuple[int, int]:
    """Day and time as a zip keeps them: in China, to two seconds.

    >>> from datetime import UTC
    >>> dos_moment(datetime(2026, 4, 15, 4, 0, 3, tzinfo=UTC))
    (23695, 24577)
    """
    there = clock.local(at)
    day = (there.year - 1980) << 9 | there.month << 5 | there.day
    return day, there.hour << 11 | there.minute << 5 | there.second // 2


def local_header(member: Member, moment: tuple[int, int]) -> bytes:
    """What stands before the bytes of a member."""
    name = member.name.encode("ascii")
    day, time = moment
    sizes = (member.crc32, member.size, member.size)
    return LOCAL.pack(LOCAL_MARK, _VERSION, 0, 0, time, day, *sizes, len(name), 0) + name


def _central_header(member: Member, offset: int, moment: tuple[int, int]) -> bytes:
    name = member.name.encode("ascii")
    day, time = moment
    sizes = (member.crc32, member.size, member.size)
    return (
        CENTRAL.pack(
            CENTRAL_MARK, _VERSION, _VERSION, 0, 0, time, day, *sizes, len(name), 0, 0, 0, 0, 0, offset
        )
        + name
    )  # fmt: skip


def pieces(members: Sequence[Member], at: datetime) -> Iterator[Piece]:
    """Everything of the file that is no member's own bytes, in the order in which it stands."""
    moment, offset, starts = dos_moment(at), 0, []
    for member in members:
        header = local_header(member, moment)
        yield Piece(offset, header, member.name, "本地文件头")
        starts.append(offset)
        offset += len(header) + member.size
    directory = offset
    for member, start in zip(members, starts, strict=True):
        header = _central_header(member, start, moment)
        yield Piece(offset, header, member.name, "目录")
        offset += len(header)
    count = len(members)
    yield Piece(
        offset,
        END.pack(END_MARK, 0, 0, count, count, offset - directory, directory, 0),
        "",
        "目录结尾",
    )


def size_of(members: Sequence[Member]) -> int:
    """Bytes of the whole file."""
    heads = sum(LOCAL.size + CENTRAL.size + 2 * len(m.name) for m in members)
    return heads + sum(m.size for m in members) + END.size
