"""Where a picture differs from its own preview: a piece put in, taken out, or written over.

Cameras sharpen, brighten and scale previews, which differs a little everywhere and most at edges.
A change of the picture afterwards differs much in one place. Measured with grey values brought to
each other by a straight line that most of the picture fits.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photos.evidence import Spot

Grid = NDArray[np.float32]

_SIDE = 32
_CELLS = (32, 24)
_WINDOW = 4  # cells: 2 % of the picture
_ALIKE = 0.90  # below, the whole picture is in question and not a spot of it
_SURE = 0.985  # no further way is tried
_LEAST_LEVELS = 1.5  # grey levels of usual difference that any two copies have
_LEAST_SPOT_LEVELS = 12.0  # a spot that differs by less is seen by nobody
_FITS = 3  # rounds of fitting, each without what lay far off in the one before


def strongest_spot(ways: Iterable[tuple[Image.Image, Image.Image]]) -> Spot | None:
    """The strongest spot in the best of the ways in which a preview lies on its picture; None
    where none makes them one picture."""
    best, laid = -1.0, None
    for one, other in ways:
        a, b = pixels(one, _CELLS), pixels(other, _CELLS)
        found = correlation(a, b)
        if found > best:
            best, laid = found, (a, b)
        if best >= _SURE:
            break
    if laid is None or best < _ALIKE:
        return None
    windows = _means(_differences(*laid))
    row, column = np.unravel_index(int(windows.argmax()), windows.shape)
    levels = float(windows[row, column])
    usual = max(float(np.quantile(windows, 0.75)), _LEAST_LEVELS)
    ratio = levels / usual if levels >= _LEAST_SPOT_LEVELS else min(levels / usual, 1.0)
    half = _WINDOW / 2.0
    return Spot(ratio, levels, (int(column) + half) / _CELLS[0], (int(row) + half) / _CELLS[1])


def pixels(picture: Image.Image, size: tuple[int, int]) -> Grid:
    """Grey values (0 to 255) of the picture brought to `size` (width, height)."""
    return np.asarray(picture.resize(size, Image.Resampling.BOX), dtype=np.float32)


def grid(picture: Image.Image) -> Grid:
    """The picture brought to a square, whatever its shape."""
    return pixels(picture, (_SIDE, _SIDE))


def correlation(a: Grid, b: Grid) -> float:
    """Pearson's correlation of two grids of one shape; 0 where either is even."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / scale) if scale > 0.0 else 0.0


def _differences(a: Grid, b: Grid) -> Grid:
    """By how many grey levels each cell lies off the line that most cells fit."""
    values, given = a.ravel(), b.ravel()
    kept = np.ones(values.size, dtype=bool)
    off = np.zeros_like(values)
    for _ in range(_FITS):
        x, y = given[kept], values[kept]
        apart = x - x.mean()
        spread = float((apart * apart).sum())
        slope = float((apart * y).sum()) / spread if spread > 0.0 else 0.0
        off = np.abs(values - y.mean() - slope * (given - x.mean()))
        kept = off < 6.0 * float(np.median(off)) + 2.0
    return off.reshape(a.shape).astype(np.float32)


def _means(cells: Grid) -> Grid:
    """The mean of every window of `_WINDOW` × `_WINDOW` cells."""
    n = _WINDOW
    sums = np.cumsum(np.cumsum(np.pad(cells, ((1, 0), (1, 0))), axis=0), axis=1)
    total = sums[n:, n:] - sums[:-n, n:] - sums[n:, :-n] + sums[:-n, :-n]
    return (total / (n * n)).astype(np.float32)
