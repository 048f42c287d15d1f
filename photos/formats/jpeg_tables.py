"""The coding tables of a JPEG file and the end of its picture: what tells encoders apart.

Source: ITU-T T.81 (09/92), annex B for the segments, annex K.3 for the tables that it gives as
typical. Libraries write just those unless told to optimise; most cameras have their own.
"""

import struct
from collections.abc import Iterator

import numpy as np

MAX_TABLES = 16  # in one file; there are four numbers, and writers repeat a table at most
_CHUNK = 1 << 18  # of the sizes tried the fastest: it stays in the processor's cache

# Annex K.3: (class, number) → counts of codes by length 1 to 16, then their symbols.
_STANDARD = {
    (0, 0): "00010501010101010100000000000000000102030405060708090a0b",
    (0, 1): "00030101010101010101010000000000000102030405060708090a0b",
    (1, 0): "0002010303020403050504040000017d"
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
    "2433627282090a161718191a25262728292a3435363738393a43444546474849"
    "4a535455565758595a636465666768696a737475767778797a83848586878889"
    "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
    "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8"
    "f9fa",
    (1, 1): "00020102040403040705040400010277"
    "000102031104052131061241510761711322328108144291a1b1c109233352f0"
    "156272d10a162434e125f11718191a262728292a35363738393a434445464748"
    "494a535455565758595a636465666768696a737475767778797a828384858687"
    "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3"
    "c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8"
    "f9fa",
}
STANDARD_HUFFMAN = frozenset((kind, bytes.fromhex(table)) for (kind, _), table in _STANDARD.items())
"""(class, counts and symbols): 0 for means, 1 for the rest of a block."""


def quantisation_tables(body: bytes) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(number, its 64 values in file order) of each table in a DQT segment."""
    at = 0
    for _ in range(MAX_TABLES):
        if at >= len(body):
            return
        wide, number = body[at] >> 4, body[at] & 15
        end = at + 1 + (128 if wide else 64)
        if end > len(body):
            return
        yield number, struct.unpack_from(">64H" if wide else ">64B", body, at + 1)
        at = end


def are_standard_huffman(body: bytes) -> bool | None:
    """Whether all tables in a DHT segment are those of annex K; None where it holds none."""
    at, read = 0, 0
    while at + 17 <= len(body) and read < MAX_TABLES:
        end = at + 17 + sum(body[at + 1 : at + 17])
        if end > len(body):
            break
        if (body[at] >> 4, body[at + 1 : end]) not in STANDARD_HUFFMAN:
            return False
        at, read = end, read + 1
    return True if read else None


def subsampling(factors: bytes) -> str:
    """How many samples of the first component meet one of the next: "2x2", "1x1"; "" of grey.

    `factors` has three bytes a component: its number, both factors, its quantisation table.

    >>> subsampling(bytes([1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])), subsampling(bytes([1, 0x11, 0]))
    ('2x2', '')
    """
    if len(factors) < 6:
        return ""
    first, other = factors[1], factors[4]
    pairs = ((first >> 4, other >> 4), (first & 15, other & 15))
    return "x".join(f"{a / b:g}" if b else "?" for a, b in pairs)


def end_of_picture(data: bytes, scan_at: int) -> int | None:
    """Where the picture that begins its first scan at `scan_at` ends; None where it does not.

    Within coded data FF is never followed by D9, so the first such pair is the end: whatever
    follows (a second picture, a film) has its own. All of it is looked at: 0.2 ms for 2 MB.
    """
    for low in range(scan_at, len(data) - 1, _CHUNK):
        high = min(low + _CHUNK + 1, len(data))
        ends = []
        for start in (low, low + 1):
            pairs = np.frombuffer(data, "<u2", (high - start) // 2, start) == 0xD9FF
            first = int(pairs.argmax()) if pairs.size else 0
            if pairs.size and pairs[first]:
                ends.append(start + 2 * first + 2)
        if ends:
            return min(ends)
    return None
