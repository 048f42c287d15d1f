"""A case on one sheet: the parcel, where each photo was taken from, and what each could see.

Photos from before the rectification have whole cones, those from after it broken ones. Pure;
nothing in it comes from outside.
"""

import math
from collections.abc import Sequence

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from models.geo import LocalPlane, distance_to_m, inside_point
from photos.case import direction_text
from photos.sets.case import SetPhoto
from photos.sets.coverage import USUAL_VIEW_DEG, fan_m
from photos.sketches.drawing import SIGNS, SOFT, Point2, Sheet
from photos.sketches.one_photo import PARCEL_STYLE, metres_text
from photos.sketches.whole_set import clusters, draw_cluster, ranges_text

_HEIGHT = 330.0
_FAR_TIMES, _FAR_LEAST_M = 1.5, 120.0  # farther away than this, a photo would shrink the parcel
_REACH_M = 60.0
_CROWD = 24  # cones of more photos than this hide each other


def case_map(boundary: BaseGeometry, before: Sequence[SetPhoto], after: Sequence[SetPhoto]) -> str:
    """The SVG. `boundary` in EPSG:4490, not empty; photos carry the numbers they are drawn with."""
    plane = LocalPlane(inside_point(boundary))
    parcel = plane.to_metres(boundary)
    west, south, east, north = parcel.bounds
    limit = max(_FAR_TIMES * math.hypot(east - west, north - south), _FAR_LEAST_M)
    photos = [*before, *after]
    near: list[SetPhoto] = []
    far: list[tuple[SetPhoto, float]] = []
    for photo in photos:
        if photo.at is not None:
            away = distance_to_m(boundary, photo.at)
            if away <= limit:
                near.append(photo)
            else:
                far.append((photo, away))
    spots = {p.number: _metres(plane, p) for p in near}
    sheet = Sheet(shapely.total_bounds([parcel, *map(Point, spots.values())]), _HEIGHT)
    sheet.area(parcel, PARCEL_STYLE)
    broken = {p.number for p in after}
    for photo in near if len(near) <= _CROWD else ():
        _cone(sheet, photo, spots[photo.number], broken=photo.number in broken)
    for cluster in clusters(sheet, near, spots):
        draw_cluster(sheet, cluster)
    _aside(sheet, plane, photos, far)
    used = {str(p.verdict) for p in photos}
    signs = "　".join(f"{sign[1]}{verdict}" for verdict, sign in SIGNS.items() if verdict in used)
    sheet.foot(signs or "没有照片", "实线为整改前照片的视野，虚线为整改后")
    return sheet.svg(f"地块边界，照片 {len(photos)} 张的站位和视野，其中图上 {len(near)} 张")


def _metres(plane: LocalPlane, photo: SetPhoto) -> Point2:
    assert photo.at is not None
    there = plane.to_metres(Point(photo.at.lon, photo.at.lat))
    return float(there.x), float(there.y)


def _cone(sheet: Sheet, photo: SetPhoto, at: Point2, *, broken: bool) -> None:
    if photo.heading_deg is None:
        return
    view = photo.view_deg or USUAL_VIEW_DEG
    fan = fan_m(at, photo.heading_deg, view, max(_REACH_M, 40.0 / sheet.scale))
    colour = SIGNS[photo.verdict][2]
    dash = ' stroke-dasharray="4 3"' if broken else ""
    sheet.area(
        shapely.intersection(fan, sheet.frame),
        f'fill="{colour}" fill-opacity="0.12" stroke="{colour}" stroke-width="1.3"{dash}',
    )


def _aside(
    sheet: Sheet,
    plane: LocalPlane,
    photos: Sequence[SetPhoto],
    far: Sequence[tuple[SetPhoto, float]],
) -> None:
    """Photos that are not on the sheet, and why."""
    lines = []
    for photo, away in far[:3]:
        side = direction_text(math.degrees(math.atan2(*_metres(plane, photo))) % 360.0)
        lines.append(f"照片 {photo.number} 在{side}面 {metres_text(away)} 外")
    if len(far) > 3:
        lines.append(f"另有 {len(far) - 3} 张也在图外")
    without = [p.number for p in photos if p.at is None]
    if without:
        said = ranges_text(without)
        lines.append(f"照片 {said} 没有位置" if len(said) < 14 else f"{len(without)} 张没有位置")
    for n, line in enumerate(lines):
        sheet.text((10.0, 19.0 + 16.0 * n), line, size=12.5, anchor="start", colour=SOFT)
