"""Outlines that cross themselves: mended where it is plain what was meant."""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from models import geo

MOST_CROSSINGS = 200
"""Above that an outline is noise, and mending it takes minutes (4,000 random points: 72 s)."""
_CHINESE = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界自相接",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环相套",
    "Nested shells": "各部分重叠",
    "Interior is disconnected": "内部被边界切断",
    "Duplicate Rings": "有重复的环",
}


def mended(
    shape: BaseGeometry, before: float, most_change: float
) -> tuple[BaseGeometry | None, str]:
    """(the valid shape, what was done), or (None, why it cannot be mended).

    `shape` is in EPSG:4490, `before` its area in m². Where the repair changes the area by more
    than the share `most_change`, nobody can tell what was meant.
    """
    why = reason(shape)
    crossings = crossings_up_to(shape, MOST_CROSSINGS)
    if crossings > MOST_CROSSINGS:
        return None, f"{why}，超过 {MOST_CROSSINGS} 处，请改正界址点次序"
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    after = geo.area_m2(valid) if isinstance(valid, Polygon | MultiPolygon) else 0.0
    if not after > 0.0:
        return None, f"{why}，修复后没有面积"
    if not abs(after - before) <= most_change * after:
        return None, (
            f"{why}，修复后面积由 {before:.1f} m² 变为 {after:.1f} m²，"
            "无法判断原意，请改正界址点次序"
        )
    return valid, f"{why}，已修复：面积 {before:.1f} → {after:.1f} m²"


def crossings_up_to(shape: BaseGeometry, most: int) -> int:
    """How many pairs of edges cross; counting stops soon after `most`."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring[1:] == ring[:-1])
    a, b = xy[starts], xy[starts + 1]
    boxes = shapely.box(*np.minimum(a, b).T, *np.maximum(a, b).T)
    tree = shapely.STRtree(boxes)
    count = 0
    for start in range(0, len(boxes), 64):
        one, other = tree.query(boxes[start : start + 64])
        one = one + start
        once = one < other  # each pair is found from both sides
        count += int(np.count_nonzero(_cross(a, b, one[once], other[once])))
        if count > most:
            break
    return count


def _cross(a: np.ndarray, b: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether edge a[one]–b[one] crosses a[other]–b[other] in the inside of both."""

    def sides(p: np.ndarray, q: np.ndarray, at: np.ndarray) -> np.ndarray:
        way, to = q - p, at - p
        return way[:, 0] * to[:, 1] - way[:, 1] * to[:, 0]

    a1, b1, a2, b2 = a[one], b[one], a[other], b[other]
    across = sides(a1, b1, a2) * sides(a1, b1, b2) < 0.0
    return across & (sides(a2, b2, a1) * sides(a2, b2, b1) < 0.0)


def reason(shape: BaseGeometry) -> str:
    """What GEOS finds wrong, in Chinese, with the place in degrees."""
    text = shapely.is_valid_reason(shape)
    for english, chinese in _CHINESE.items():
        if text.startswith(english):
            place = text.partition("[")[2].rstrip("]").split()
            if len(place) == 2:
                return f"{chinese}（{float(place[0]):.6f}°，{float(place[1]):.6f}°）"
            return chinese
    return "图形不合规范"
