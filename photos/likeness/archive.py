"""The search for the same picture among all that were taken before, in memory.

Every fingerprint is compared (`photos.likeness.rows` says how), so nothing that is alike as it is
can be missed; of turned and mirrored ones as good as nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import RLock

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
from photos.likeness.rows import Rows

WHOLE_BITS = 73
"""Two pictures within this are likely one; under one in a million pairs of fields is not."""
OTHER_BITS = 66
"""For windows, borders cut off and other orientations: many more comparisons are made."""
RECENT = 20_000
"""Pictures whose windows are kept in memory, at 704 bytes each: crops of older ones are found
by a join over the whole archive only (`photos.likeness.joining`)."""


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
        self._wholes, self._trimmed = Rows(1, turning=True), Rows(1)
        self._windows = Rows(WINDOWS, keep=recent)
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
        windowed = [(key, one.windows) for key, one in listed if one.windows]
        newest = windowed[-self._recent :] if self._recent else []
        with self._lock:
            self._wholes.add([key for key, _ in listed], b"".join(f.whole for _, f in listed))
            self._trimmed.add([key for key, _ in bordered], b"".join(code for _, code in bordered))
            self._windows.add([key for key, _ in newest], b"".join(code for _, code in newest))

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
