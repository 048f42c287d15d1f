"""Rows of 256 bits, every one of them compared: graphs and inverted lists lose most matches at the
radius of a fingerprint.

As it is, a code is compared in all its bits, and nothing within the radius is missed. For the other
seven orientations only those rows are compared whose 64 signs of even frequencies are near, which
no mirroring changes: two passes over a quarter of the bits stand for seven over all of them. That
misses a match whose differences crowd into this quarter; turned and mirrored copies differ in so
few bits that none of those measured was missed (`bench/bench_search.py`).
"""

from collections.abc import Iterable, Iterator

import faiss
import numpy as np
from numpy.typing import NDArray

from photos.likeness.fingerprints import BYTES, Codes, Turn

_EVEN_BYTES = BYTES // 4
_SLACK = 4  # bits by which the quarter may exceed its share of the radius
_SEGMENT = 1 << 20  # rows: memory grows by pieces, not by doubling all of it
_INVERTED = ((), (1, 2), (1, 3), (2, 3))
"""By the mirrorings of a `Turn`: which of the four parts of 64 signs it inverts."""


class Rows:
    """Codes in order of their arrival, `each` to a key; the newest `keep` keys at least."""

    def __init__(self, each: int, *, keep: int | None = None, turning: bool = False) -> None:
        self._each, self._keep, self._turning = each, keep, turning
        # So that a whole segment can go once enough newer ones have come.
        self._most = _SEGMENT // each if keep is None else max(1, min(_SEGMENT // each, keep // 4))
        self._segments: list[_Segment] = []

    @property
    def count(self) -> int:
        return sum(segment.count for segment in self._segments)

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
            if not self._segments or self._segments[-1].count >= self._most:
                self._segments.append(_Segment(self._most, self._each, self._turning))
            room = self._most - self._segments[-1].count
            upto = min(at + room, len(every))
            self._segments[-1].add(every[at:upto], rows[at * self._each : upto * self._each])
            at = upto
        while self._keep and self._segments and self._spare() >= self._keep:
            del self._segments[0]

    def _spare(self) -> int:
        """Keys that would be left without the oldest segment."""
        return self.count - self._segments[0].count

    def near(self, codes: Codes, bits: int) -> Iterator[tuple[int, int, int]]:
        """(key, differing bits, which of `codes`) for every row within `bits`."""
        _alone()
        for segment in self._segments:
            yield from segment.near(codes, bits)

    def near_turned(self, turned: Codes, bits: int) -> Iterator[tuple[int, int, Turn]]:
        """(key, differing bits, turn) for the rows near one of the seven other orientations."""
        _alone()
        for segment in self._segments:
            yield from segment.near_turned(turned, bits)


def _alone() -> None:
    """One thread for the passes to come, said in the thread that makes them: OpenMP keeps it for
    each. Its threads wait for each other in a busy loop, and on a busy core that is a hundred times
    what a pass takes."""
    faiss.omp_set_num_threads(1)


class _Segment:
    def __init__(self, most: int, each: int, turning: bool) -> None:
        self._each = each
        self._all = faiss.IndexBinaryFlat(8 * BYTES)
        self._even = faiss.IndexBinaryFlat(8 * _EVEN_BYTES) if turning else None
        self._keys = np.empty(most, dtype=np.int64)  # not touched, not yet in memory
        self.count = 0

    def add(self, keys: NDArray[np.int64], rows: Codes) -> None:
        self._all.add(np.ascontiguousarray(rows))
        if self._even is not None:
            self._even.add(np.ascontiguousarray(rows[:, :_EVEN_BYTES]))
        self._keys[self.count : self.count + len(keys)] = keys
        self.count += len(keys)

    def near(self, codes: Codes, bits: int) -> Iterator[tuple[int, int, int]]:
        # faiss means less than its radius.
        starts, apart, rows = self._all.range_search(np.ascontiguousarray(codes), bits + 1)
        which = np.repeat(np.arange(len(codes)), np.diff(starts.astype(np.int64)))
        for code, row, differ in zip(which, rows, apart, strict=True):
            yield int(self._keys[row // self._each]), int(differ), int(code)

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
                    yield int(self._keys[near[at] // self._each]), int(apart[at]), turn
