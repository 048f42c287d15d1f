"""How much of a parcel the photos of a visit can have seen. Pure geometry, in metres.

A view cone says which ground lay before the lens: hills, maize and walls in between are not known.
So there are two figures. What the cones reach as they were read is *seen*. What they could reach
at most, each moved anywhere within its position's accuracy and a camera of unknown heading turned
all round, is the bound that a demand may rest on: ground beyond it no photo can show.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from models.geo import LocalPlane, Position, angle_between_deg, inside_point
from models.vocabulary import PhotoKind
from photos.checks.on_parcel import CLOSE_KINDS

SIDES = {
    PhotoKind.NORTH: 0.0,
    PhotoKind.EAST: 90.0,
    PhotoKind.SOUTH: 180.0,
    PhotoKind.WEST: 270.0,
}
"""The four directions of a large parcel, and their true bearings."""

USUAL_VIEW_DEG = 65.0  # a phone's main camera held level, where the file names no focal length
_WIDEST_VIEW_DEG = 170.0
_FAN_STEPS = 9
# Above so many points an outline is measured with half a metre's tolerance: no cone is so exact.
_MOST_POINTS = 400
_FINE_M = 0.5


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where a camera stood and looked. `at` is EPSG:4490 with the position's accuracy in metres;
    `heading_deg` is from true north; `view_deg` the whole angle of view."""

    kind: str
    at: Position | None
    heading_deg: float | None = None
    view_deg: float | None = None

    @property
    def wide(self) -> bool:
        """Whether the photo shows ground further off than a few metres."""
        return self.kind not in CLOSE_KINDS


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of a parcel of several. `middle` lies inside it, EPSG:4490."""

    middle: Position
    area_m2: float
    seen_ratio: float  # of its area
    at_most_ratio: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen of a parcel; ratios are 0 to 1, of the outer outline and of the area."""

    outline_ratio: float
    area_ratio: float
    outline_at_most_ratio: float
    area_at_most_ratio: float
    sides: frozenset[str]  # of SIDES: directions in which a wide photo looked
    parts: tuple[PartSeen, ...]  # in the order of the boundary; one where the parcel is in one
    outline_between_ratio: float
    """The share of the outline that lies between the standpoints: 0 where all stood at one point
    of it, near 1 where they go round it. From inside, the nearest point of the outline counts."""
    apart_m: float  # between the two standpoints farthest from each other
    across_m: float  # between the two corners of the parcel farthest from each other
    off_middle_m: float  # from the parcel's middle to that of the standpoints
    off_middle_deg: float  # and the true bearing to it
    area_m2: float
    placed: int  # photos with a usable position at the parcel
    placed_wide: int  # of them those that show more than the ground at one's feet
    unturned: int  # wide photos at the parcel whose direction is not known
    plane: LocalPlane = field(compare=False, repr=False)
    parcel_m: BaseGeometry = field(compare=False, repr=False)  # metres in `plane`
    seen_m: BaseGeometry = field(compare=False, repr=False)  # ground before the lenses, in `plane`
    at_most_m: BaseGeometry = field(compare=False, repr=False)


def coverage(
    boundary: BaseGeometry,
    standpoints: Sequence[Standpoint],
    *,
    wide_range_m: float = 150.0,
    close_range_m: float = 5.0,
    near_m: float = 50.0,
    floor_m: float = 20.0,
    unusable_m: float = 100.0,
    quarter_deg: float = 45.0,
    kind_off_deg: float = 60.0,
) -> Coverage:
    """The coverage of `boundary` (EPSG:4490, one or several polygons, not empty).

    A wide photo shows ground up to `wide_range_m`, a close one (近景, 利用特征, 剖面) up to
    `close_range_m`. Positions are taken as exact for what is seen and as exact as their accuracy,
    at least `floor_m`, for what could be seen; one worse than `unusable_m` shows nothing for sure.
    Standpoints within `near_m` beyond that accuracy stand at the parcel. A wide photo looks in a
    direction when its heading is within `quarter_deg` of it; without a heading its kind (东向 …)
    speaks, and a kind whose heading is more than `kind_off_deg` off does not. Ranges are ours.

    Neither the order of the photos nor one more of them ever makes less of the coverage.
    """
    plane = LocalPlane(inside_point(boundary))
    parcel = _fit_to_measure(plane.to_metres(boundary))
    placed = [s for s in standpoints if s.at is not None]
    xy = _metres(plane, [s.at for s in placed if s.at is not None])
    points = shapely.points(xy)
    away = np.asarray(shapely.distance(parcel, points), dtype=float)
    ranges = np.array([wide_range_m if s.wide else close_range_m for s in placed])
    accuracy = np.array([s.at.accuracy_m or 0.0 for s in placed if s.at is not None])
    within = np.maximum(accuracy, floor_m)
    turned = np.array([s.heading_deg is not None for s in placed], dtype=bool)
    exact = accuracy <= unusable_m

    fans = np.array(
        [_fan(s, at, reach) for s, at, reach in zip(placed, xy, ranges, strict=True)], dtype=object
    )
    seen = shapely.union_all(fans[exact & turned & (away <= ranges)])
    possible = away <= ranges + within
    shapes = np.where(turned, fans, shapely.buffer(points, ranges, quad_segs=8))
    could = shapely.buffer(shapes[possible], within[possible], quad_segs=4)
    at_most = shapely.union_all([seen, *could])

    near = exact & (away <= near_m + within)
    there = [s for s, is_near in zip(placed, near, strict=True) if is_near]
    rings = shapely.get_exterior_ring(shapely.get_parts(parcel))
    outline = shapely.multilinestrings(rings)
    middle = shapely.get_coordinates(parcel.centroid)[0]
    off = xy[near].mean(axis=0) - middle if near.any() else np.zeros(2)
    return Coverage(
        outline_ratio=_share(outline, seen),
        area_ratio=_share(parcel, seen),
        outline_at_most_ratio=_share(outline, at_most),
        area_at_most_ratio=_share(parcel, at_most),
        sides=_sides(
            [*there, *(s for s in standpoints if s.at is None)], quarter_deg, kind_off_deg
        ),
        parts=_parts(plane, parcel, seen, at_most),
        outline_between_ratio=_between(rings, points[near]),
        apart_m=_farthest(xy[near]),
        across_m=_farthest(shapely.get_coordinates(shapely.convex_hull(parcel))),
        off_middle_m=float(np.hypot(*off)),
        off_middle_deg=math.degrees(math.atan2(off[0], off[1])) % 360.0,
        area_m2=float(parcel.area),
        placed=len(there),
        placed_wide=sum(s.wide for s in there),
        unturned=sum(s.wide and s.heading_deg is None for s in there),
        plane=plane,
        parcel_m=parcel,
        seen_m=seen,
        at_most_m=at_most,
    )


def fan_m(at: tuple[float, float], heading_deg: float, view_deg: float, reach_m: float) -> Polygon:
    """The ground in front of a camera, in the metres of its plane; `heading_deg` is true."""
    half = math.radians(min(max(view_deg, 1.0), _WIDEST_VIEW_DEG)) / 2.0
    middle = math.radians(heading_deg)
    angles = np.linspace(middle - half, middle + half, _FAN_STEPS)
    arc = np.column_stack([at[0] + reach_m * np.sin(angles), at[1] + reach_m * np.cos(angles)])
    return Polygon([at, *arc])


def _fan(s: Standpoint, at: np.ndarray, reach_m: float) -> Polygon:
    heading = 0.0 if s.heading_deg is None else s.heading_deg
    return fan_m((float(at[0]), float(at[1])), heading, s.view_deg or USUAL_VIEW_DEG, reach_m)


def _fit_to_measure(parcel: BaseGeometry) -> BaseGeometry:
    if shapely.get_num_coordinates(parcel) > _MOST_POINTS:
        parcel = shapely.simplify(parcel, _FINE_M)
    return parcel if parcel.is_valid else shapely.make_valid(parcel, method="structure")


def _metres(plane: LocalPlane, places: Sequence[Position]) -> np.ndarray:
    degrees = shapely.points(np.array([(p.lon, p.lat) for p in places]).reshape(-1, 2))
    together = plane.to_metres(shapely.multipoints(degrees))
    return shapely.get_coordinates(together).reshape(-1, 2)


def _share(whole: BaseGeometry, seen: BaseGeometry) -> float:
    """How much of a line or an area lies in `seen`, 0 to 1."""
    measure = shapely.area if whole.area > 0.0 else shapely.length
    total = float(measure(whole))
    part = float(measure(shapely.intersection(whole, seen))) if total > 0.0 else 0.0
    return min(max(part / total, 0.0), 1.0) if total > 0.0 else 0.0


def _sides(there: Sequence[Standpoint], quarter_deg: float, kind_off_deg: float) -> frozenset[str]:
    def looks(s: Standpoint, side: PhotoKind) -> bool:
        if s.heading_deg is None:
            return s.kind == side
        off = angle_between_deg(s.heading_deg, SIDES[side])
        return off <= (kind_off_deg if s.kind == side else quarter_deg)

    return frozenset(str(side) for side in SIDES if any(s.wide and looks(s, side) for s in there))


def _parts(
    plane: LocalPlane, parcel: BaseGeometry, seen: BaseGeometry, at_most: BaseGeometry
) -> tuple[PartSeen, ...]:
    found = []
    for part in shapely.get_parts(parcel):
        middle = plane.to_degrees(shapely.point_on_surface(part))
        found.append(
            PartSeen(
                Position(float(middle.x), float(middle.y)),
                float(part.area),
                _share(part, seen),
                _share(part, at_most),
            )
        )
    return tuple(found)


def _between(rings: np.ndarray, points: np.ndarray) -> float:
    """One less the longest stretch of the outlines, laid end to end, without a standpoint."""
    lengths = shapely.length(rings)
    total = float(lengths.sum())
    if not len(points) or total <= 0.0:
        return 0.0
    nearest = np.argmin(shapely.distance(rings[:, None], points[None, :]), axis=0)
    before = np.concatenate([[0.0], np.cumsum(lengths)])[nearest]
    along = np.sort(before + shapely.line_locate_point(rings[nearest], points))
    gaps = np.diff(np.append(along, along[0] + total))
    return min(max(1.0 - float(gaps.max()) / total, 0.0), 1.0)


def _farthest(xy: np.ndarray) -> float:
    """The largest distance between two of the points; 0 for fewer than two."""
    if len(xy) < 2:
        return 0.0
    return float(np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1)).max())
