"""What a look at the map already says of a parcel: overlaps with another, and steep ground.

A flag is a hint for the visit, with its measure; it is no finding.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from models import geo
from models.geo import MU_M2

# Surveyed neighbours share edges to a few centimetres; less than this is drawing, not overlap.
OVERLAP_M2 = 20.0
OVERLAP_SHARE = 0.01
STEEP_GRADE = "5"  # 坡度级别 5: over 25°, where no farmland may be made


def overlaps(
    new: Sequence[BaseGeometry], old: Sequence[BaseGeometry]
) -> list[tuple[int, int, float]]:
    """Pairs that overlap by more than a sliver, as (index in new, index in new + old, m²).

    A pair within `new` is told once, the smaller index first.
    """
    if not new:
        return []
    shapes = np.array([*new, *old], dtype=object)
    tree = shapely.STRtree(shapes)
    mine, other = tree.query(shapes[: len(new)], predicate="intersects")
    keep = mine < other
    mine, other = mine[keep], other[keep]
    # Interiors must meet: neighbours that only share an edge are the rule, and cheap to drop.
    inner = shapely.relate_pattern(shapes[mine], shapes[other], "2********")
    found: list[tuple[int, int, float]] = []
    for a, b in zip(mine[inner], other[inner], strict=True):
        common = geo.area_m2(_polygons(shapely.intersection(shapes[a], shapes[b])))
        smaller = min(geo.area_m2(shapes[a]), geo.area_m2(shapes[b]))
        if common >= OVERLAP_M2 and common >= OVERLAP_SHARE * smaller:
            found.append((int(a), int(b), common))
    return found


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return shapely.multipolygons(parts)


def overlap_flag(number: str, project: str, common_m2: float) -> dict[str, Any]:
    """The flag of a parcel that overlaps the one named."""
    with_project = f"（项目 {project}）" if project else ""
    return {
        "kind": "overlap",
        "label": "重叠",
        "other": number,
        "area_m2": round(common_m2, 1),
        "text": f"与地块 {number}{with_project}重叠 {common_m2 / MU_M2:.2f} 亩",
    }


def slope_flag(grade: str) -> dict[str, Any] | None:
    """The flag of a parcel on ground over 25°, by the slope grade of its file."""
    if grade != STEEP_GRADE:
        return None
    return {"kind": "steep", "label": "陡坡", "text": "坡度级别 5（25°以上），补充耕地禁选"}
