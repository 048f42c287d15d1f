"""What to shoot next, and where to stand for it: computed from what no photo has reached. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from models import taxonomy
from models.geo import Position
from models.vocabulary import Outcome, PhotoKind, Verdict
from photos.case import Result, direction_text
from photos.sets.case import SetCase
from photos.sets.coverage import SIDES, USUAL_VIEW_DEG, Coverage, fan_m
from photos.sets.declare import numbers_text

_REACH_M = 150.0  # of a wide photo, as the coverage takes it
_LEAST_GAIN = 0.04  # of outline and area together: a walk for less is not worth it
_ENOUGH = 1.2  # of outline and area together: two walks for the last corner are not asked
_MOST_WALKS = 3
_NOTHING = shapely.GeometryCollection()


@dataclass(frozen=True, slots=True)
class NextShot:
    """One thing to do, as a short imperative sentence. `at` (EPSG:4490) and `heading_deg` say
    where to stand and which way to look, where that was computed."""

    text: str
    kind: str
    at: Position | None = None
    heading_deg: float | None = None


def next_shots(case: SetCase, results: Sequence[Result]) -> tuple[NextShot, ...]:
    """What is still to be shot, the most needed first; empty where nothing is."""
    found = {r.check: r for r in results}
    walks = _walks(case, found)
    return (*_again(case), *_kinds(case, walks), *_sides(case, found), *_parts(case, found), *walks)


def _again(case: SetCase) -> list[NextShot]:
    """What was sent back, and what contradicts the parcel."""
    shots = [
        NextShot(f"重拍第 {p.number} 张（{p.kind}）：{p.reshoot_why.rstrip('。')}", p.kind)
        for p in case.photos
        if p.reshoot_why
    ]
    bad = [
        p
        for p in case.photos
        if p.verdict == Verdict.CONTRADICTED and p.trusted is None and not p.reshoot_why
    ]
    if bad:
        shots.append(NextShot(f"移除{numbers_text(bad)}不符的照片，到地块旁重拍", bad[0].kind))
    return shots


def _kinds(case: SetCase, walks: list[NextShot]) -> list[NextShot]:
    """One sentence a kind; a missing 全景 is best shot where it shows what is not seen yet."""
    if case.cannot:
        return []
    hints = taxonomy.photo_kinds()
    shots = []
    sides = [kind for kind in case.short if kind in set(SIDES)]
    for kind, n in case.short.items():
        if kind in sides:
            continue
        if kind == PhotoKind.OVERVIEW and walks:
            shots.append(walks.pop(0))
            continue
        shots.append(NextShot(f"再拍 {n} 张{kind}：{hints[kind].hint}", kind))
    if sides:
        ways = "、".join(kind.removesuffix("向") for kind in sides)
        each = "各" if len(sides) > 1 else ""
        shots.append(
            NextShot(f"再拍{'、'.join(sides)}：站到地块中部，面朝{ways}{each}拍一张", sides[0])
        )
    return shots


def _sides(case: SetCase, found: dict[str, Result]) -> list[NextShot]:
    """A direction whose kind is there and whose compass says otherwise."""
    if not _lacking(found, "set_sides"):
        return []
    looked = found["set_sides"].measured["looked"]
    left = [s for s in case.wanted_sides if s not in looked and s not in case.short]
    return [
        NextShot(f"重拍{side}：站到地块中部，面朝正{side.removesuffix('向')}拍", side)
        for side in left
    ]


def _parts(case: SetCase, found: dict[str, Result]) -> list[NextShot]:
    """A part that nobody can have seen: go there."""
    if not _lacking(found, "set_parts"):
        return []
    asked = found["set_parts"]
    parts = [p for p in case.coverage.parts if p.area_m2 >= asked.threshold["least_part_m2"]]
    shots = []
    for number in asked.measured["unseen"]:
        part = parts[number - 1]
        side = direction_text(_bearing(_xy(case.coverage, part.middle)))
        shots.append(
            NextShot(
                f"再拍一张全景：走到{side}面的第 {number} 处，那里还没有照片",
                PhotoKind.OVERVIEW,
                part.middle,
            )
        )
    return shots


def _lacking(found: dict[str, Result], check: str) -> bool:
    return check in found and found[check].outcome == Outcome.UNKNOWN


def _walks(case: SetCase, found: dict[str, Result]) -> list[NextShot]:
    """Standpoints round the parcel from which a wide photo shows most of what is not seen yet."""
    lacking = _lacking(found, "set_coverage") or _lacking(found, "set_one_corner")
    if not lacking or case.cannot:
        return []
    parcel = case.coverage.parcel_m
    seen = shapely.union_all([case.coverage.seen_m, *_fans_of_short_sides(case)])
    stands = _stands(parcel)
    shots: list[NextShot] = []
    while stands and len(shots) < _MOST_WALKS:
        gains = [_gain(parcel, seen, fan) for _at, _to, fan in stands]
        best = int(np.argmax(gains))
        enough = _gain(parcel, _NOTHING, seen) >= _ENOUGH
        if gains[best] < _LEAST_GAIN or (enough and shots):
            break
        at, heading, fan = stands.pop(best)
        seen = shapely.union(seen, fan)
        place = case.coverage.plane.to_degrees(at)
        shots.append(
            NextShot(
                f"再拍一张全景：站到地块{direction_text(heading + 180.0)}侧朝{direction_text(heading)}",
                PhotoKind.OVERVIEW,
                Position(float(place.x), float(place.y)),
                heading,
            )
        )
    return shots


def _fans_of_short_sides(case: SetCase) -> list[BaseGeometry]:
    """What the directions that are asked for anyway will show, from the parcel's middle."""
    middle = shapely.point_on_surface(case.coverage.parcel_m)
    at = (float(middle.x), float(middle.y))
    short = [SIDES[side] for side in SIDES if str(side) in case.short]
    return [fan_m(at, bearing, USUAL_VIEW_DEG, _REACH_M) for bearing in short]


def _stands(parcel: BaseGeometry) -> list[tuple[Point, float, BaseGeometry]]:
    """Eight places on the outline, each with the bearing to the middle and what is seen so."""
    middle = parcel.centroid
    longest = float(np.hypot(*np.ptp(np.array(parcel.bounds).reshape(2, 2), axis=0))) + 1.0
    found = []
    for bearing in range(0, 360, 45):
        east, north = math.sin(math.radians(bearing)), math.cos(math.radians(bearing))
        ray = LineString(
            [middle, (middle.x + east * longest, middle.y + north * longest)]
        ).intersection(parcel.boundary)
        if ray.is_empty:  # the middle lies outside a bent parcel, on its other side
            continue
        corners = shapely.get_coordinates(ray)
        far = corners[np.argmax(np.hypot(*(corners - (middle.x, middle.y)).T))]
        heading = (bearing + 180.0) % 360.0
        fan = fan_m((float(far[0]), float(far[1])), heading, USUAL_VIEW_DEG, _REACH_M)
        found.append((Point(far), heading, fan))
    return found


def _gain(parcel: BaseGeometry, seen: BaseGeometry, fan: BaseGeometry) -> float:
    """The share of the area and that of the outline that `fan` shows anew, 0 to 2."""
    fresh = shapely.difference(fan, seen)
    area = shapely.area(shapely.intersection(parcel, fresh)) / parcel.area
    outline = parcel.boundary
    return float(area + shapely.length(shapely.intersection(outline, fresh)) / outline.length)


def _xy(seen: Coverage, at: Position) -> tuple[float, float]:
    """Metres from the parcel's middle."""
    there = seen.plane.to_metres(Point(at.lon, at.lat))
    middle = seen.parcel_m.centroid
    return float(there.x - middle.x), float(there.y - middle.y)


def _bearing(xy: tuple[float, float]) -> float:
    return math.degrees(math.atan2(*xy)) % 360.0
