"""Rings into polygons. Which ring is a hole is told by containment, never by its number."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon


def loops(ring: np.ndarray, xy: np.ndarray) -> Iterator[np.ndarray]:
    """The rings of one parcel as closed arrays of x, y.

    `ring` holds each point's ring number, which starts a new ring where it changes. A ring also
    ends where it comes back to its first point, for exporters that number all rings 1. A single
    point that repeats the first one of an earlier ring is its closing point, put last.
    """
    firsts: set[tuple[float, float]] = set()
    for run in np.split(np.arange(len(ring)), np.flatnonzero(np.diff(ring)) + 1):
        points: list[tuple[float, float]] = []
        for n in run:
            here = (float(xy[n, 0]), float(xy[n, 1]))
            if not points and n == run[-1] and here in firsts:
                continue
            points.append(here)
            if len(points) > 3 and here == points[0]:
                firsts.add(here)
                yield np.array(points)
                points = []
        if points:
            firsts.add(points[0])
            yield np.array(points if points[-1] == points[0] else [*points, points[0]])


def assemble(rings: Sequence[np.ndarray]) -> tuple[Polygon | MultiPolygon, list[str]]:
    """Shells with their holes from closed rings, each of at least three distinct points.

    A ring inside an odd number of others is a hole of the smallest of them. Rings that cross
    stay shells, so that the judging of the shape sees the crossing. A ring given twice counts
    once, which the second value tells.
    """
    faces = np.array([Polygon(r) for r in rings], dtype=object)
    valid = shapely.make_valid(faces, method="structure", keep_collapsed=False)
    areas = shapely.area(valid)
    inside: list[set[int]] = [set() for _ in rings]
    for n, k in zip(*shapely.STRtree(valid).query(valid, predicate="covered_by"), strict=True):
        if n != k:
            inside[n].add(int(k))
    twice = {n for n in range(len(rings)) if any(k < n and n in inside[k] for k in inside[n])}
    holes: dict[int, list[np.ndarray]] = {}
    hole_of: dict[int, int] = {}
    for n in range(len(rings)):
        around = inside[n] - twice
        if n not in twice and len(around) % 2 == 0:
            holes[n] = []
        elif n not in twice:
            hole_of[n] = min(around, key=lambda k: areas[k])
    for n, shell in hole_of.items():
        holes[shell].append(rings[n])
    parts = [Polygon(rings[n], own) for n, own in holes.items()]
    notes = ["有一圈界址点重复给出，只取一次"] if twice else []
    return (parts[0] if len(parts) == 1 else MultiPolygon(parts)), notes
