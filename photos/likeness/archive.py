"""The search for the same picture among all that were taken before, in memory.

Every fingerprint is compared: graphs and inverted lists lose most matches at this radius. As it
is, a picture is compared in all its bits and nothing within the radius is missed. For the other
seven orientations only those are compared whose 64 signs of even frequencies are near, which no
mirroring changes: two passes over a quarter of the bits stand for seven over all of them. That
misses a match whose differences crowd into this quarter; a turned or mirrored copy differs in so
few bits that none of the measured ones was missed (`bench/bench_search.py`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import RLock

import faiss
import numpy as np
from numpy.typing import NDArray

from photos.likeness.fingerprints import (
    BYTES,
    WINDOWS,
    Codes,
    Fingerprint,
    How,
    Turn,
    oriented,
)

WHOLE_BITS = 73
"""Two pictures within this are likely one; under one in a million pairs of fields is not."""
OTHER_BITS = 66
"""For windows, borders cut off and other orientations: many more comparisons are made."""
RECENT = 50_000
"""Pictures whose windows are kept in memory, at 704 bytes each: crops of older ones are found
by a join over the whole archive only (`photos.likeness.joining`)."""

_EVEN_BYTES = BYTES // 4
_SLACK = 4  # bits by which the quarter may exceed its share of the radius
_SEGMENT = 1 << 20  # rows: memory grows by pieces, not by doubling all of it
_INVERTED = ((), (1, 2), (1, 3), (2, 3))
"""By the mirrorings of a `Turn`: which of the four parts of 64 signs it inverts."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A picture of the archive that looks the same: `bits` differ of 256."""

    key: int
    bits: int
    how: How
    turn: Turn  # how the one that was looked for lies against it

    @property
    def mirrored(self) -> bool:
        return self.turn.reversed


class Archive:
    """Fingerprints by a number of the caller's, up to tens of millions.

    Takes 48 bytes a picture, and 712 more for each of the `recent` newest. Many threads may add
    and search.
    """

    def __init__(self, *, recent: int = RECENT) -> None:
        self._wholes, self._trimmed = _Rows(1, turning=True), _Rows(1)
        self._windows = _Rows(WINDOWS, keep=recent)
        self._recent = recent
        self._lock = RLock()

    def __len__(self) -> int:
        return self._wholes.count

    @property
    def nbytes(self) -> int:
        """Bytes of memory that its rows take."""
        return sum(rows.nbytes for rows in (self._wholes, self._trimmed, self._windows))

    def add(self, key: int, fingerprint: Fingerprint) -> None:
        self.extend([(key, fingerprint)])

    def extend(self, many: Iterable[tuple[int, Fingerprint]]) -> None:
        listed = list(many)
        if not listed:
            return
        bordered = [(key, one.trimmed) for key, one in listed if one.trimmed]
        newest = listed[-self._recent :] if self._recent else []
        with self._lock:
            self._wholes.add([key for key, _ in listed], b"".join(f.whole for _, f in listed))
            self._trimmed.add([key for key, _ in bordered], b"".join(code for _, code in bordered))
            self._windows.add([key for key, _ in newest], b"".join(f.windows for _, f in newest))

    def add_wholes(self, keys: NDArray[np.int64], codes: Codes) -> None:
        """Wholes only, many at once: (n,) and (n, 32)."""
        with self._lock:
            self._wholes.add(keys, codes.tobytes())

    def search(
        self,
        fingerprint: Fingerprint,
        *,
        whole_bits: int = WHOLE_BITS,
        other_bits: int = OTHER_BITS,
        thorough: bool = False,
    ) -> list[Hit]:
        """Every picture that looks the same, the nearest first, one hit for each.

        `thorough` also asks whether an earlier picture is a part of this one: twenty-two more
        passes, for a second look without anybody waiting.
        """
        best: dict[int, Hit] = {}
        for hit in self._hits(fingerprint, whole_bits, other_bits, thorough):
            known = best.get(hit.key)
            if known is None or _rank(hit) < _rank(known):
                best[hit.key] = hit
        return sorted(best.values(), key=lambda hit: (_rank(hit), hit.key))

    def _hits(
        self, sought: Fingerprint, whole_bits: int, other_bits: int, thorough: bool
    ) -> Iterator[Hit]:
        turned = oriented(sought.whole)
        with self._lock:
            for key, bits, _ in self._wholes.near(turned[:1], whole_bits):
                yield Hit(key, bits, How.WHOLE, Turn.AS_IS)
            for key, bits, turn in self._wholes.near_turned(turned, other_bits):
                yield Hit(key, bits, How.MIRRORED if turn.reversed else How.TURNED, turn)
            upright = turned[:1]
            if sought.trimmed:
                inner = oriented(sought.trimmed)[: Turn.MIRRORED + 1]
                yield from _named(self._wholes.near(inner, other_bits), How.TRIMMED)
                upright = np.concatenate([upright, inner[:1]])
            yield from _named(
                self._trimmed.near(turned[: Turn.MIRRORED + 1], other_bits), How.TRIMMED
            )
            if sought.trimmed:
                yield from _named(self._trimmed.near(inner, other_bits), How.TRIMMED)
            for key, bits, _ in self._windows.near(upright, other_bits):
                yield Hit(key, bits, How.WINDOW, Turn.AS_IS)
            if thorough:
                parts = np.frombuffer(sought.windows, np.uint8).reshape(WINDOWS, BYTES)
                for key, bits, _ in self._wholes.near(parts, other_bits):
                    yield Hit(key, bits, How.WINDOW, Turn.AS_IS)


def _named(found: Iterable[tuple[int, int, int]], how: How) -> Iterator[Hit]:
    """Of two codes: as it is, mirrored."""
    return (Hit(key, bits, how, Turn(turn)) for key, bits, turn in found)


def _rank(hit: Hit) -> tuple[bool, int]:
    """A whole picture that matches says more than a part that does."""
    return hit.how is How.WINDOW, hit.bits


class _Rows:
    """Codes in order of their arrival, `each` to a key; the newest `keep` keys at least."""

    def __init__(self, each: int, *, keep: int | None = None, turning: bool = False) -> None:
        self._each, self._keep, self._turning = each, keep, turning
        # So that a whole segment can go once enough newer ones have come.
        self._most = _SEGMENT // each if keep is None else max(1, min(_SEGMENT // each, keep // 4))
        self._segments: list[_Segment] = []

    @property
    def count(self) -> int:
        return sum(segment.keys.size for segment in self._segments)

    @property
    def nbytes(self) -> int:
        return self.count * (self._each * BYTES + 8 + self._turning * _EVEN_BYTES)

    def add(self, keys: Iterable[int] | NDArray[np.int64], codes: bytes) -> None:
        if self._keep == 0:
            return
        every = np.asarray(keys, dtype=np.int64)
        rows = np.frombuffer(codes, np.uint8).reshape(-1, BYTES)
        at = 0
        while at < len(every):
            if not self._segments or self._segments[-1].keys.size >= self._most:
                self._segments.append(_Segment(self._each, self._turning))
            room = self._most - self._segments[-1].keys.size
            upto = min(at + room, len(every))
            self._segments[-1].add(every[at:upto], rows[at * self._each : upto * self._each])
            at = upto
        while self._keep and self.count - self._segments[0].keys.size >= self._keep:
            del self._segments[0]

    def near(self, codes: Codes, bits: int) -> Iterator[tuple[int, int, int]]:
        """(key, differing bits, which of `codes`) for every row within `bits`."""
        for segment in self._segments:
            yield from segment.near(codes, bits)

    def near_turned(self, turned: Codes, bits: int) -> Iterator[tuple[int, int, Turn]]:
        """(key, differing bits, turn) for the rows near one of the seven other orientations."""
        for segment in self._segments:
            yield from segment.near_turned(turned, bits)


class _Segment:
    def __init__(self, each: int, turning: bool) -> None:
        self._each = each
        self._all = faiss.IndexBinaryFlat(8 * BYTES)
        self._even = faiss.IndexBinaryFlat(8 * _EVEN_BYTES) if turning else None
        self.keys = np.empty(0, dtype=np.int64)

    def add(self, keys: NDArray[np.int64], rows: Codes) -> None:
        self._all.add(rows)
        if self._even is not None:
            self._even.add(np.ascontiguousarray(rows[:, :_EVEN_BYTES]))
        self.keys = np.concatenate([self.keys, keys])

    def near(self, codes: Codes, bits: int) -> Iterator[tuple[int, int, int]]:
        # faiss means less than its radius.
        starts, apart, rows = self._all.range_search(np.ascontiguousarray(codes), bits + 1)
        which = np.repeat(np.arange(len(codes)), np.diff(starts.astype(np.int64)))
        for code, row, differ in zip(which, rows, apart, strict=True):
            yield int(self.keys[row // self._each]), int(differ), int(code)

    def near_turned(self, turned: Codes, bits: int) -> Iterator[tuple[int, int, Turn]]:
        assert self._even is not None
        bases = turned[[Turn.AS_IS, Turn.TRANSPOSED]]
        even = np.ascontiguousarray(bases[:, :_EVEN_BYTES])
        starts, _, rows = self._even.range_search(even, bits // 4 + _SLACK + 1)
        # The index's own memory: four parts of 64 signs in each row.
        own = self._all.xb.data()  # type: ignore[attr-defined]  # the stubs do not know it
        parts = faiss.rev_swig_ptr(own, self._all.ntotal * BYTES)
        parts = parts.view(np.uint64).reshape(-1, 4)
        for base, begins, ends in zip((0, 4), starts[:-1], starts[1:], strict=True):
            near = rows[begins:ends]
            differing = parts[near] ^ bases[base // 4].view(np.uint64)
            counts = np.bitwise_count(differing).T.astype(np.int16)
            for mirrorings, inverted in enumerate(_INVERTED):
                turn = Turn(base + mirrorings)
                if turn is Turn.AS_IS:
                    continue
                apart = sum(64 - c if k in inverted else c for k, c in enumerate(counts))
                for at in np.flatnonzero(apart <= bits):
                    yield int(self.keys[near[at] // self._each]), int(apart[at]), turn
