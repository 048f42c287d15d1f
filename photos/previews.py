"""How alike two pictures of one scene are: the preview that a file carries, and its picture.

Cameras make previews in their own ways, all of them met in real files: with black bars where the
picture is wider than 4:3, cut to the middle, squeezed, or standing while the picture lies (the
picture was turned later without a loss, the preview was forgotten), or framed a little otherwise.
So the preview is tried as it stands and in all of these ways, and the best agreement counts.
"""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from PIL import Image

from photos.evidence import Evidence, PreviewFit
from photos.preview_spots import Grid, correlation, grid, pixels, strongest_spot

LEAST_SIDE = 24  # pixels of the smaller picture: below that there is too little to compare
_MOST_SIDE = 256  # no side is larger when the two are compared
_FLAT = 6.0  # standard deviation in grey levels below which a picture shows nothing
_ENOUGH = 0.95  # no further way is tried
_BAR_MEAN, _BAR_SPREAD, _BARS_AT_MOST = 24.0, 10.0, 0.6
_WINDOW_SIDE = 64  # of the preview, when the picture is looked for within it
_ALIGN_SIDE, _ALIGN_STEPS = 96, 60
_SLIGHT, _PLAUSIBLE = 0.08, 0.25  # how far a frame may be scaled or moved, as a part of its side
_TURNS = (0, 270, 90, 180)  # degrees, the usual ones first
_WINDOW_SCALES = (0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5)


Laid = tuple[Image.Image, Image.Image]
"""A picture and a preview as they may lie on each other."""


def compare(picture: Image.Image, preview: Image.Image) -> PreviewFit:
    """How a preview agrees with its picture, both in grey. At most some 20 ms, mostly under 1."""
    picture, preview = _reduced(picture), _reduced(preview)
    if min(*picture.size, *preview.size) < LEAST_SIDE:
        return PreviewFit()
    if min(grid(picture).std(), grid(preview).std()) < _FLAT:
        return PreviewFit()
    whole = -1.0
    for turn in _TURNS:
        whole = max(whole, _best(_correlations(ways(picture, preview, turn))))
        if whole >= _ENOUGH:
            # The spot is sought in the ways of this turn alone: none of another fits better.
            return PreviewFit(whole, "whole", strongest_spot(ways(picture, preview, turn)))
    aligned, moved = _aligned(picture, _without_bars(preview))
    other = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    found = (
        (whole, "whole"),
        (aligned, "whole" if moved <= _SLIGHT else "part"),
        (_best(_windows(picture, preview)), "part"),
        (_best(_correlations(_all_ways(other, preview))), "mirrored"),
    )
    best, how = max(found, key=lambda one: one[0])
    agrees = how == "whole" and best >= _ENOUGH
    return PreviewFit(best, how, strongest_spot(_all_ways(picture, preview)) if agrees else None)


def preview_fit(evidence: Evidence) -> PreviewFit | None:
    """How the preview of a file fits its picture: as it was kept, or worked out from both; None
    where there is no preview to compare."""
    preview, picture = evidence.thumbnail, evidence.grey
    if evidence.preview_fit is not None or preview is None or picture is None:
        return evidence.preview_fit
    return compare(picture, preview)


def ways(picture: Image.Image, preview: Image.Image, turn: int) -> Iterator[Laid]:
    """The pairs in which a whole preview, turned by so many degrees, may lie on its picture, the
    likely ones first."""
    ratio = picture.width / picture.height
    for one in _with_bars_and_without(preview):
        turned = one if turn == 0 else one.rotate(turn, expand=True)
        yield picture, turned
        yield picture, _middle(turned, ratio)
        yield _middle(picture, turned.width / turned.height), turned


def _with_bars_and_without(preview: Image.Image) -> Iterator[Image.Image]:
    yield preview
    without_bars = _without_bars(preview)  # looked for only where the whole does not fit
    if without_bars is not preview:
        yield without_bars


def _all_ways(picture: Image.Image, preview: Image.Image) -> Iterator[Laid]:
    return (pair for turn in _TURNS for pair in ways(picture, preview, turn))


def _correlations(pairs: Iterable[Laid]) -> Iterator[float]:
    return (correlation(grid(one), grid(other)) for one, other in pairs)


def _best(found: Iterator[float]) -> float:
    best = -1.0
    for value in found:
        best = max(best, value)
        if best >= _ENOUGH:
            break
    return best


def _reduced(picture: Image.Image) -> Image.Image:
    factor = -(-max(picture.size) // _MOST_SIDE)
    return picture if factor < 2 else picture.reduce(factor)


def _aligned(picture: Image.Image, preview: Image.Image) -> tuple[float, float]:
    """The correlation after the picture was moved and scaled to lie on the preview, and by how
    much of a side it had to be; (−1, 1) where no plausible way is found.

    Enhanced correlation coefficient (Evangelidis and Psarakis, 2008), from where they stand.
    """
    size = (_ALIGN_SIDE, max(LEAST_SIDE, round(_ALIGN_SIDE * preview.height / preview.width)))
    laid = [cv2.GaussianBlur(pixels(one, size), (0, 0), 1.2) for one in (preview, picture)]
    end = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ALIGN_STEPS, 1e-4)
    start = np.eye(2, 3, dtype=np.float32)
    try:
        found, way = cv2.findTransformECC(laid[0], laid[1], start, cv2.MOTION_AFFINE, end)
    except cv2.error:  # it does not converge: the two have nothing to lay upon each other
        return -1.0, 1.0
    scaled = float(np.abs(way[:, :2] - np.eye(2)).max())
    shifted = float(np.abs(way @ (size[0] / 2, size[1] / 2, 1.0) / size - 0.5).max())
    moved = max(scaled, shifted)
    if not np.isfinite(found) or not moved <= _PLAUSIBLE:
        return -1.0, 1.0
    return float(found), moved


def _windows(picture: Image.Image, preview: Image.Image) -> Iterator[float]:
    """Correlations of the picture with parts of the preview: what a crop leaves behind."""
    base = _without_bars(preview)
    for turn in _TURNS:
        turned = base if turn == 0 else base.rotate(turn, expand=True)
        scale = _WINDOW_SIDE / max(turned.size)
        size = (max(8, round(turned.width * scale)), max(8, round(turned.height * scale)))
        field = pixels(turned, size)
        for part in _WINDOW_SCALES:
            wide, high = size[0] * part, size[0] * part * picture.height / picture.width
            if high > size[1]:
                wide, high = size[1] * part * picture.width / picture.height, size[1] * part
            if min(wide, high) < 12 or wide > size[0]:
                continue
            window = pixels(picture, (round(wide), round(high)))
            found = cv2.matchTemplate(field, window, cv2.TM_CCOEFF_NORMED)
            yield float(np.nan_to_num(found, nan=-1.0, posinf=-1.0).max())


def _middle(picture: Image.Image, ratio: float) -> Image.Image:
    """The middle of the picture, cut to width ÷ height = `ratio`."""
    width, height = picture.size
    wide, high = min(width, round(height * ratio)), min(height, round(width / ratio))
    left, top = (width - wide) // 2, (height - high) // 2
    return picture.crop((left, top, left + max(1, wide), top + max(1, high)))


def _without_bars(preview: Image.Image) -> Image.Image:
    """The preview without dark even bars at its edges; itself where it has none."""
    grey = np.asarray(preview, dtype=np.float32)
    top, bottom = _bar(grey), _bar(grey[::-1])
    left, right = _bar(grey.T), _bar(grey.T[::-1])
    height, width = grey.shape
    if not top + bottom + left + right:
        return preview
    if top + bottom > height * _BARS_AT_MOST or left + right > width * _BARS_AT_MOST:
        return preview
    return preview.crop((left, top, width - right, height - bottom))


def _bar(lines: Grid) -> int:
    """How many lines from the first on are dark and even."""
    for count, line in enumerate(lines):
        if line.mean() >= _BAR_MEAN or line.std() >= _BAR_SPREAD:
            return count
    return len(lines)
