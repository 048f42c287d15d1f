"""The nearest of many parcels, exactly, from as few outlines as can be."""

import heapq
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from models import geo
from models.geo import Box, LocalPlane, Position

Read = Callable[[Sequence[int]], Mapping[int, BaseGeometry]]
_FEW = 64  # outlines read at a time while looking for the nearest
_PLANE = 1e-3  # the local plane is true to this within 10 km, and errs more in proportion beyond
_PLANE_PER_M = 3.3e-7


class Ranking:
    """Parcels by their distance to a place.

    `boxes` are the parcels' exact boxes; `read` gets the outlines of some of them.
    """

    def __init__(self, boxes: Mapping[int, Box], at: Position, read: Read) -> None:
        self._at, self._read = at, read
        self._known: dict[int, float] = {}
        self._least, self._most = _bounds_m(boxes, at)

    def distance_m(self, parcel: int) -> float:
        """Metres to the outline, 0 inside."""
        self._measure([parcel])
        return self._known[parcel]

    def page(
        self, hits: Sequence[tuple[int, int]], radius_m: float, limit: int, offset: int
    ) -> tuple[list[tuple[int, int]], int]:
        """The (thing, parcel) pairs within the radius by distance, then by thing; and how many
        there are within it. Only `limit` of them from `offset` on are given."""
        near = [hit for hit in hits if self._least[hit[1]] <= radius_m]
        self._measure([p for _, p in near if self._most[p] > radius_m])
        near = [(t, p) for t, p in near if self._known.get(p, 0.0) <= radius_m]
        near.sort(key=lambda hit: (self._least[hit[1]], hit[0]))
        wanted = offset + limit
        best: list[float] = []  # the `wanted` smallest distances so far, negated: a max-heap
        ranked: list[tuple[float, int, int]] = []
        for start in range(0, len(near), _FEW):
            part = near[start : start + _FEW]
            if len(best) >= wanted and self._least[part[0][1]] > -best[0]:
                break  # nothing that follows can be nearer than what is found
            self._measure([p for _, p in part])
            for thing, parcel in part:
                distance = self._known[parcel]
                ranked.append((distance, thing, parcel))
                heapq.heappush(best, -distance)
                if len(best) > wanted:
                    heapq.heappop(best)
        ranked.sort()
        return [(thing, parcel) for _, thing, parcel in ranked[offset:wanted]], len(near)

    def _measure(self, parcels: Sequence[int]) -> None:
        missing = [p for p in dict.fromkeys(parcels) if p not in self._known]
        if missing:
            for parcel, boundary in self._read(missing).items():
                self._known[parcel] = geo.distance_to_m(boundary, self._at)


def _bounds_m(boxes: Mapping[int, Box], at: Position) -> tuple[dict[int, float], dict[int, float]]:
    """The least and the most that each parcel can be away, from its box alone.

    The outline touches all four sides of its box, so it is no further than the far end of the
    nearest side. Both bounds leave room for the error of the plane they are measured in.
    """
    if not boxes:
        return {}, {}
    edges = np.array([(b.min_lon, b.min_lat, b.max_lon, b.max_lat) for b in boxes.values()])
    plane = LocalPlane(at)
    low = shapely.get_coordinates(plane.to_metres(shapely.points(edges[:, :2])))
    high = shapely.get_coordinates(plane.to_metres(shapely.points(edges[:, 2:])))
    least = np.hypot(*np.maximum(np.maximum(low, -high), 0.0).T)
    near = np.minimum(abs(low), abs(high))
    far = np.maximum(abs(low), abs(high))
    most = np.minimum(np.hypot(near[:, 0], far[:, 1]), np.hypot(far[:, 0], near[:, 1]))
    room = _PLANE + _PLANE_PER_M * most
    least = np.maximum(least * (1.0 - room), 0.0)
    most = np.where(room < 1.0, most * (1.0 + room), math.inf)
    return (
        dict(zip(boxes, least.tolist(), strict=True)),
        dict(zip(boxes, most.tolist(), strict=True)),
    )
