"""The parcels of a run: by number, and the nearest to a position."""

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from models.geo import LocalPlane, Position, distance_to_m

FAR_M = 20_000.0
"""Farther than this from every parcel, which one is nearest no longer matters to anybody."""


class ParcelIndex:
    """Parcels by number, and the nearest to a position. Boundaries in EPSG:4490 (lon, lat)."""

    def __init__(self, parcels: Iterable[tuple[str, BaseGeometry]]) -> None:
        listed = [(number, boundary) for number, boundary in parcels if not boundary.is_empty]
        self.by_number = dict(listed)
        if len(self.by_number) < len(listed):
            raise ValueError("two parcels have the same number")
        self._numbers = list(self.by_number)
        self._tree = shapely.STRtree(list(self.by_number.values()))

    def nearest(self, at: Position) -> str | None:
        """The number of the parcel nearest in metres; None where there are no parcels."""
        if not self._numbers:
            return None
        # Degrees of longitude are shorter than degrees of latitude, so the tree's nearest in
        # degrees only bounds the search; among those in reach the metres decide.
        guess = int(self._tree.nearest(shapely.Point(at.lon, at.lat)))
        reach = distance_to_m(self._tree.geometries[guess], at)
        if reach > FAR_M:
            return self._numbers[guess]
        plane = LocalPlane(at)
        around = plane.to_degrees(shapely.Point(0.0, 0.0).buffer(max(reach * 1.02, 1.0)))
        close = np.append(self._tree.query(around), guess)
        best = min(close, key=lambda i: (distance_to_m(self._tree.geometries[i], at), i))
        return self._numbers[int(best)]
