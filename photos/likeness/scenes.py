"""The second stage: do two pictures show the same scene from nearly the same standpoint?

Corners of both are matched (ORB), a plane mapping is fitted to them (MAGSAC), one picture is laid
over the other by it, and what lies on top of each other is correlated block by block. Look-alike
fields find a mapping now and then, and then do not correlate.

A yes says no more than: same scene, nearly same standpoint. Two honest shots within a step of each
other give it too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photos.evidence import ReadError
from photos.formats.heic import walk_heic
from photos.formats.jpeg import walk_jpeg
from photos.pixels import decode_heic, decode_jpeg
from photos.reading import HEIC, JPEG, MAX_FILE_BYTES, media_type_of

LEAST_INLIERS = 20
LEAST_CORRELATION = 0.85
"""Measured on look-alike fields: none of 455 pairs reached both."""

SCENE_PIXELS = 1000
"""The longer side of a picture that is compared: about a quarter of a photo's."""

_CORNERS = 6000
_CELLS = 10  # by as many: lettering in one place must not use up all corners
_CORNERS_A_CELL = 18
_RATIO = 0.8  # a match whose runner-up is as near says nothing
_REACH = 4.0  # pixels
_BLOCKS = 12  # along the longer side
_BLOCK_PIXELS = 20  # the pictures are laid over each other at 240 pixels
_LEAST_TEXTURE = 1.5  # grey levels within a block: plain sky correlates with anything, or nothing
_LEAST_OVERLAP = 0.25
_COVERED = 250
_MOST_SCALE = 5.0

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SceneMatch:
    """Corners that agree on one mapping, and the median correlation of the blocks laid over each
    other by it: 1 is identical, 0 where no mapping was found."""

    inliers: int
    correlation: float

    @property
    def same(self) -> bool:
        return self.inliers >= LEAST_INLIERS and self.correlation >= LEAST_CORRELATION


NO_MATCH = SceneMatch(0, 0.0)


def scene_picture(data: bytes) -> Image.Image | None:
    """The picture of a JPEG or HEIC file in grey, its longer side at most `SCENE_PIXELS`; None
    where it cannot be decoded within the limits of `photos.pixels`. About 60 ms for 12 MP."""
    kind = media_type_of(data)
    if len(data) > MAX_FILE_BYTES:
        return None
    if kind == JPEG:
        jpeg = walk_jpeg(data)
        seen = decode_jpeg(data, jpeg, _scale(jpeg.width, jpeg.height))
    elif kind == HEIC:
        heic = walk_heic(data)
        seen = decode_heic(data, heic.width, heic.height, _scale(heic.width, heic.height))
    else:
        return None
    return None if isinstance(seen, ReadError) else _bounded(seen)


def _scale(width: int | None, height: int | None) -> int:
    """The largest of 8, 4, 2, 1 that leaves `SCENE_PIXELS`."""
    longest = max(width or 0, height or 0)
    return next((scale for scale in (8, 4, 2) if longest // scale >= SCENE_PIXELS), 1)


def _bounded(picture: Image.Image) -> Image.Image:
    grey = picture if picture.mode == "L" else picture.convert("L")
    longest = max(grey.size)
    # Corners are looked for 31 pixels inside the frame: of a thumbnail little would be left.
    wanted = min(max(longest, SCENE_PIXELS // 2), SCENE_PIXELS)
    if longest == wanted:
        return grey
    size = [max(1, round(side * wanted / longest)) for side in grey.size]
    shrinks = wanted < longest
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return grey.resize((size[0], size[1]), how)


def same_scene(one: Image.Image, other: Image.Image, *, mirrored: bool = False) -> SceneMatch:
    """How well two pictures in grey agree; the same two give the same answer. 20 to 60 ms.

    `mirrored` compares with the left and right of `other` exchanged. Turned pictures need no
    word: corners are found whichever way they lie.
    """
    a, b = np.asarray(_bounded(one)), np.asarray(_bounded(other))
    if mirrored:
        b = np.ascontiguousarray(b[:, ::-1])
    corners_a, words_a = _corners(a)
    corners_b, words_b = _corners(b)
    if min(len(corners_a), len(corners_b)) < LEAST_INLIERS:
        return NO_MATCH
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(words_a, words_b, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < _RATIO * p[1].distance]
    if len(good) < LEAST_INLIERS:
        return NO_MATCH
    at_a = np.array([corners_a[m.queryIdx].pt for m in good], dtype=np.float64)
    at_b = np.array([corners_b[m.trainIdx].pt for m in good], dtype=np.float64)
    # Its dice are thrown anew from the same seed for each call.
    fitted, agrees = cv2.findHomography(at_b, at_a, cv2.USAC_MAGSAC, _REACH, maxIters=2000)
    if fitted is None:
        return NO_MATCH
    onto = np.asarray(fitted, dtype=np.float64)
    if not _plausible(onto, b.shape):
        return NO_MATCH
    # The one that is covered best is the one to lay on: a screenshot holds all of its picture.
    back = np.asarray(np.linalg.inv(onto), dtype=np.float64)
    if _share(a.shape, b.shape, onto) >= _share(b.shape, a.shape, back):
        return SceneMatch(int(agrees.sum()), _correlation(a, b, onto))
    return SceneMatch(int(agrees.sum()), _correlation(b, a, back))


def _corners(plane: Plane) -> tuple[Sequence[cv2.KeyPoint], NDArray[np.uint8]]:
    """The strongest corners of each cell of the picture, and their words of 256 bits."""
    orb = cv2.ORB.create(nfeatures=_CORNERS)
    found = sorted(orb.detect(plane, None), key=lambda corner: -corner.response)
    height, width = plane.shape
    taken: Counter[tuple[int, int]] = Counter()
    kept = []
    for corner in found:
        cell = (int(corner.pt[0] * _CELLS / width), int(corner.pt[1] * _CELLS / height))
        taken[cell] += 1
        if taken[cell] <= _CORNERS_A_CELL:
            kept.append(corner)
    corners, words = orb.compute(plane, kept)
    return corners, np.empty((0, 32), np.uint8) if words is None else words.astype(np.uint8)


def _frame(shape: tuple[int, ...]) -> NDArray[np.float64]:
    height, width = shape[:2]
    return np.array([[(0, 0), (width, 0), (width, height), (0, height)]], dtype=np.float64)


def _share(onto_shape: tuple[int, ...], shape: tuple[int, ...], onto: NDArray[np.float64]) -> float:
    """How much of the one picture the other, laid over it, covers."""
    mapped = cv2.perspectiveTransform(_frame(shape), onto)[0].astype(np.float32)
    inside, _ = cv2.intersectConvexConvex(mapped, _frame(onto_shape)[0].astype(np.float32))
    return float(inside) / (onto_shape[0] * onto_shape[1])


def _plausible(onto: NDArray[np.float64], shape: tuple[int, ...]) -> bool:
    """Whether the mapping keeps a picture a picture: convex, not turned over, of like size."""
    height, width = shape[:2]
    mapped = cv2.perspectiveTransform(_frame(shape), onto)[0]
    if not np.isfinite(mapped).all():
        return False
    sides = np.roll(mapped, -1, axis=0) - mapped
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    if not (turns > 0).all():
        return False
    scale = float(np.sqrt(cv2.contourArea(mapped.astype(np.float32)) / (width * height)))
    return 1.0 / _MOST_SCALE <= scale <= _MOST_SCALE


def _correlation(a: Plane, b: Plane, onto: NDArray[np.float64]) -> float:
    """The median correlation of the blocks of `a` that `b`, laid over it, covers."""
    height, width = a.shape
    # What is laid over at a smaller scale is softened first, as a smaller copy is.
    smaller = 1.0 / np.sqrt(max(abs(np.linalg.det(onto[:2, :2])), 1e-6))
    soft = b if smaller < 1.5 else cv2.GaussianBlur(b, (0, 0), 0.4 * float(smaller))
    laid = cv2.warpPerspective(soft, onto, (width, height), flags=cv2.INTER_LINEAR)
    covered = cv2.warpPerspective(np.full_like(b, 255), onto, (width, height))
    shrink = _BLOCKS * _BLOCK_PIXELS / max(a.shape)
    size = (round(width * shrink), round(height * shrink))
    small, laid, covered = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in (a, laid, covered)
    )
    found = []
    whole = 0
    for y in range(0, size[1] - _BLOCK_PIXELS + 1, _BLOCK_PIXELS):
        for x in range(0, size[0] - _BLOCK_PIXELS + 1, _BLOCK_PIXELS):
            block = np.s_[y : y + _BLOCK_PIXELS, x : x + _BLOCK_PIXELS]
            whole += 1
            if covered[block].min() < _COVERED:
                continue
            one, other = small[block], laid[block]
            if min(one.std(), other.std()) >= _LEAST_TEXTURE:
                found.append(float(np.corrcoef(one.ravel(), other.ravel())[0, 1]))
    return (
        round(float(np.median(found)), 4) if len(found) >= max(4, _LEAST_OVERLAP * whole) else 0.0
    )
