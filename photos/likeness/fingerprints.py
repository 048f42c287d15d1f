"""A picture's fingerprint: 256 signs of its coarse structure, which a copy keeps.

The picture in grey is projected onto 16 × 16 cosines (the low corner of a DCT-II over the whole
picture, integrated over each pixel, so that no size has to be brought to another first); the sign
of each is a bit. Recompression, another size, brightness and small text leave nearly all signs as
they are; two pictures of different places differ in about half of them.

The signs lie in four parts of 64 by whether the row's and the column's frequency is even or odd:
mirroring the picture inverts whole parts, and a quarter turn swaps rows with columns, so all eight
orientations come from one projection.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photos.evidence import Evidence
from photos.reading import HEIC

BITS = 256
BYTES = BITS // 8
WINDOWS = 22
LEAST_CONTRAST = 0.02
"""Of the middle coefficient, in grey levels. Real photos measured 0.09 and more, a lens cap, a
white wall and a wall with a shadow under 0.01: their signs are those of noise, or of nothing."""

_SIDE = 16
_LONGEST = 128
"""Pixels of the longer side that is projected, at most: more changes no sign, and products of this
size stay with one thread. BLAS would share out larger ones, and on a busy core its threads wait for
each other a hundred times as long as the product takes."""
_SCALES = (0.92, 0.84)  # of the windows' sides; three positions along each side
# Of the spans of `_spans`, which rows with which columns: nine windows of each scale, and the
# picture without a strip at its top or bottom, where cameras write time and place.
_WINDOWS = (
    *((row, column) for first in (1, 4) for row in range(first, first + 3)
      for column in range(first, first + 3)),
    (1, 0), (3, 0), (4, 0), (6, 0),
)  # fmt: skip
_VERSION = b"\x01"

Codes = NDArray[np.uint8]
"""(n, 32) bytes: one fingerprint a row."""
Grey = NDArray[np.float32]


class Turn(IntEnum):
    """One of the eight orientations. Bits: 1 mirrored left to right, 2 top to bottom, 4 rows
    taken as columns first."""

    AS_IS = 0
    MIRRORED = 1
    FLIPPED = 2
    HALF = 3
    TRANSPOSED = 4
    QUARTER = 5
    QUARTER_BACK = 6
    TRANSVERSE = 7

    @property
    def reversed(self) -> bool:
        """Whether left and right are exchanged, which no way of holding a phone does."""
        return self.bit_count() % 2 == 1


class How(StrEnum):
    """What of the two pictures is alike."""

    WHOLE = "whole"
    MIRRORED = "mirrored"
    TURNED = "turned"
    TRIMMED = "trimmed"  # after plain borders were cut off: a screenshot, a viewer
    WINDOW = "window"  # one looks like a part of the other


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of one picture, upright: the whole, the whole without its plain borders (empty where it has
    none), and 22 windows of it, for the crops that others may have cut from it."""

    whole: bytes
    trimmed: bytes
    windows: bytes

    def to_bytes(self) -> bytes:
        return _VERSION + self.whole + self.windows + self.trimmed

    @classmethod
    def from_bytes(cls, data: bytes) -> "Fingerprint":
        """ValueError where these are not the bytes of a fingerprint."""
        whole, windows = 1 + BYTES, 1 + BYTES * (1 + WINDOWS)
        if data[:1] != _VERSION or len(data) not in (windows, windows + BYTES):
            raise ValueError("no bytes of a fingerprint")
        return cls(data[1:whole], data[windows:], data[whole:windows])


def fingerprint_of(evidence: Evidence) -> Fingerprint | None:
    """The fingerprint of a file that was read, brought upright by what its Exif block says; None
    where it could not be decoded, or shows too little to be told from others."""
    if evidence.grey is None:
        return None
    stated = evidence.number("Orientation")
    # A HEIC picture comes out of its decoder upright already.
    turned = stated is not None and evidence.media_type != HEIC
    return fingerprint(evidence.grey, orientation=int(stated) if turned and stated else 1)


def fingerprint(grey: Image.Image, *, orientation: int = 1) -> Fingerprint | None:
    """The fingerprint of a picture in grey (mode L, any size; 1/8 of a photo is plenty).

    `orientation` is the number of the Exif tag (1 to 8; others count as 1). None for a picture
    without structure: a lens cap, a white wall. Costs about 0.5 ms for 500 × 375.
    """
    factor = -(-max(grey.size) // _LONGEST)
    small = grey.reduce(factor) if factor > 1 else grey
    turn = _OF_EXIF.get(orientation)
    plane = np.asarray(small if turn is None else small.transpose(turn), dtype=np.float32)
    plane = plane - plane.mean()
    height, width = plane.shape
    rows, columns = _spans(height), _spans(width)
    # Every window's rows first, then every window's columns: (7, 7, 16, 16) in all.
    down = np.stack([_cosines(height, *span) for span in rows]) @ plane
    across = np.concatenate([_cosines(width, *span) for span in columns])
    every = (down @ across.T).reshape(len(rows), _SIDE, len(columns), _SIDE).swapaxes(1, 2)
    whole = every[0, 0]
    if np.median(np.abs(whole)) < LEAST_CONTRAST:
        return None
    return Fingerprint(
        whole=_signs(whole[None]).tobytes(),
        trimmed=_trimmed(plane),
        windows=_signs(np.stack([every[at] for at in _WINDOWS])).tobytes(),
    )


def oriented(code: bytes) -> Codes:
    """(8, 32): the code of the same picture in each `Turn`, in their order."""
    plain = np.frombuffer(code, dtype=np.uint8)
    bits = np.unpackbits(plain)
    both = np.stack([bits, bits[_TRANSPOSED]])
    return np.packbits(both[:, None, :] ^ _INVERTED[None], axis=-1).reshape(8, BYTES)


def distance(a: bytes, b: bytes) -> int:
    """Bits in which two codes differ."""
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


# --- the projection -----------------------------------------------------------------------------

_OF_EXIF = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _spans(pixels: int) -> list[tuple[float, float]]:
    """The whole side, then the windows' spans along it, in pixels."""
    spans = [(0.0, float(pixels))]
    for scale in _SCALES:
        rest = pixels * (1.0 - scale)
        spans += [(rest * at, rest * at + pixels * scale) for at in (0.0, 0.5, 1.0)]
    return spans


@lru_cache(maxsize=512)
def _cosines(pixels: int, begins: float, ends: float) -> Grey:
    """(16, pixels): the mean of each cosine over each pixel's share of the span."""
    edges = np.clip((np.arange(pixels + 1) - begins) / (ends - begins), 0.0, 1.0)
    frequency = np.arange(1, _SIDE)[:, None]
    waves = np.sin(np.pi * frequency * edges) / (np.pi * frequency)
    return np.diff(np.concatenate([edges[None], waves]), axis=1).astype(np.float32)


def _order() -> NDArray[np.intp]:
    """Places of the 256 coefficients, row by row, in the order of the four parts: rows and
    columns even, both odd, column odd, row odd."""
    row, column = np.divmod(np.arange(BITS), _SIDE)
    parts = ((0, 0), (1, 1), (0, 1), (1, 0))
    return np.concatenate([np.flatnonzero((row % 2 == r) & (column % 2 == c)) for r, c in parts])


_ORDER = _order()
_PLACE = np.argsort(_ORDER)
_TRANSPOSED = _PLACE[(_ORDER % _SIDE) * _SIDE + _ORDER // _SIDE]
_INVERTED = np.stack(
    [
        ((turn & 1) * (_ORDER % _SIDE % 2)) ^ ((turn >> 1) * (_ORDER // _SIDE % 2))
        for turn in range(4)
    ]
).astype(np.uint8)


def _signs(coefficients: NDArray[np.float32]) -> Codes:
    """(n, 16, 16) → (n, 32)."""
    flat = coefficients.reshape(-1, BITS)[:, _ORDER] > 0.0
    flat[:, 0] = False  # the mean was taken off: what is left of it has no sign
    return np.packbits(flat, axis=-1)


# --- plain borders ------------------------------------------------------------------------------

_PLAIN_LEVELS = 6.0  # grey levels about the border's own
_PLAIN_SHARE = 0.8  # of a line: the rest may be a clock or a button
_FILLED = 0.75  # of a border's lines: text and icons stand in between
_LEAST_BORDER = 0.03
_MOST_BORDER = 0.45  # of a side, at each end


def _trimmed(plane: Grey) -> bytes:
    """The code without the bars that a screenshot or a viewer lays about a picture."""
    height, width = plane.shape
    top, bottom = _border(plane), _border(plane[::-1])
    kept = plane[top : height - bottom]
    left, right = _border(kept.T), _border(kept.T[::-1])
    kept = kept[:, left : width - right]
    if kept.shape == plane.shape or min(kept.shape) < _SIDE:
        return b""
    kept = kept - kept.mean()
    rows, columns = _cosines(kept.shape[0], 0.0, kept.shape[0]), _cosines(
        kept.shape[1], 0.0, kept.shape[1]
    )  # fmt: skip
    coefficients = rows @ kept @ columns.T
    if np.median(np.abs(coefficients)) < LEAST_CONTRAST:
        return b""
    return _signs(coefficients[None]).tobytes()


def _border(plane: Grey) -> int:
    """Lines of the plain bar at the top of the plane."""
    level = np.median(plane[0])
    plain = (np.abs(plane - level) <= _PLAIN_LEVELS).mean(axis=1) >= _PLAIN_SHARE
    if not plain[0]:
        return 0
    filled = np.cumsum(plain) >= _FILLED * np.arange(1, len(plain) + 1)
    lines = int(np.flatnonzero(plain & filled)[-1]) + 1
    return lines if _LEAST_BORDER <= lines / len(plain) <= _MOST_BORDER else 0
