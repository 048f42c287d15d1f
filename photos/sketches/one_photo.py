"""One photo beside its parcel, as a picture that is understood at a glance, and the same in words.

Parcel, standpoint, accuracy circle, view cone, the way to the boundary. From far away the way is
broken, and what is not drawn to scale says so. Pure; nothing in it comes from outside.
"""

import math

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from models.geo import LocalPlane, distance_to_m, inside_point
from models.vocabulary import Verdict
from photos.case import direction_text
from photos.sets.case import SetPhoto
from photos.sets.coverage import USUAL_VIEW_DEG, fan_m
from photos.sketches.drawing import (
    FOOT,
    HEIGHT,
    INK,
    PARCEL_EDGE,
    PARCEL_FILL,
    SIGNS,
    SOFT,
    WIDTH,
    Point2,
    Sheet,
)

_FAR_TIMES = 3.0  # times the parcel's length: farther away the parcel would be a dot
_LEAST_ACROSS_M = 30.0
_WIDE_REACH_M, _CLOSE_REACH_M = 150.0, 8.0
PARCEL_STYLE = (
    f'fill="{PARCEL_FILL}" fill-opacity="0.35" stroke="{PARCEL_EDGE}" stroke-width="2.5" '
    'stroke-linejoin="round"'
)


def photo_sketch(boundary: BaseGeometry, photo: SetPhoto) -> str:
    """The SVG of one photo. `boundary` in EPSG:4490, not empty."""
    said = photo_words(boundary, photo)
    plane = LocalPlane(inside_point(boundary))
    parcel = plane.to_metres(boundary)
    if photo.at is None:
        sheet = Sheet(parcel.bounds)
        _parcel(sheet, parcel)
        sheet.add(
            '<rect x="8" y="8" width="222" height="34" rx="8" fill="#fff" fill-opacity="0.9"/>'
        )
        sheet.sign((26.0, 25.0), photo.verdict)
        sheet.text((44.0, 30.0), "照片没有位置，无法标在图上", anchor="start", colour=INK)
        return _done(sheet, photo, said)
    there = shapely.get_coordinates(plane.to_metres(Point(photo.at.lon, photo.at.lat)))[0]
    distance = distance_to_m(boundary, photo.at)
    west, south, east, north = parcel.bounds
    across = max(math.hypot(east - west, north - south), _LEAST_ACROSS_M)
    if distance > _FAR_TIMES * across:
        return _from_afar(parcel, photo, there, distance, said)
    blur = min(photo.at.accuracy_m or 0.0, across)
    reach = Point(there).buffer(max(blur, 4.0))
    sheet = Sheet(shapely.total_bounds([parcel, reach]))
    _parcel(sheet, parcel)
    at = sheet.at((float(there[0]), float(there[1])))
    _accuracy(sheet, at, (photo.at.accuracy_m or 0.0) * sheet.scale)
    long = _WIDE_REACH_M if photo.standpoint.wide else _CLOSE_REACH_M
    _cone(sheet, photo, at, max(long * sheet.scale, 26.0))
    if distance > 0.0:
        way = shapely.shortest_line(Point(there), parcel)
        _way(sheet, at, sheet.at(tuple(shapely.get_coordinates(way)[1])), metres_text(distance))
    sheet.sign(at, photo.verdict)
    return _done(sheet, photo, said, distance_m=distance)


def photo_words(boundary: BaseGeometry, photo: SetPhoto) -> str:
    """What the sketch shows, for those who do not see it."""
    said = [f"第 {photo.number} 张 {photo.kind}，{photo.verdict}"]
    if photo.at is None:
        return f"{said[0]}：照片没有位置，无法标在图上"
    distance = distance_to_m(boundary, photo.at)
    said.append("拍摄点在地块内" if distance == 0.0 else f"拍摄点距地块 {metres_text(distance)}")
    if distance:
        plane = LocalPlane(inside_point(boundary))
        middle = plane.to_metres(boundary).centroid
        there = plane.to_metres(Point(photo.at.lon, photo.at.lat))
        bearing = math.degrees(math.atan2(there.x - middle.x, there.y - middle.y))
        said[-1] += f"，在地块{direction_text(bearing % 360.0)}面"
    if photo.at.accuracy_m:
        said.append(f"定位精度 ±{photo.at.accuracy_m:.0f} m")
    else:
        said.append("没有定位精度")
    said.append(
        "没有镜头方向"
        if photo.heading_deg is None
        else f"镜头朝{direction_text(photo.heading_deg)}（{photo.heading_deg:.0f}°）"
    )
    return f"{said[0]}：{'，'.join(said[1:])}"


def metres_text(distance_m: float) -> str:
    """A distance as exact as it is read.

    >>> metres_text(0.4), metres_text(48.3), metres_text(1240.5), metres_text(40_210.0)
    ('0 m', '48 m', '1.2 km', '40 km')
    """
    if distance_m < 1000.0:
        return f"{distance_m:.0f} m"
    return f"{distance_m / 1000:.1f} km" if distance_m < 10_000 else f"{distance_m / 1000:.0f} km"


# --- pieces -------------------------------------------------------------------------------------


def _from_afar(
    parcel: BaseGeometry, photo: SetPhoto, there: np.ndarray, distance_m: float, said: str
) -> str:
    """The parcel to scale on one side, the standpoint at the rim on its bearing, a broken way."""
    west, south, east, north = parcel.bounds
    middle = ((west + east) / 2.0, (south + north) / 2.0)
    aside = np.array([there[0] - middle[0], there[1] - middle[1]])
    aside = aside / math.hypot(*aside)
    across = max(math.hypot(east - west, north - south), _LEAST_ACROSS_M)
    # The frame reaches one parcel's length towards the standpoint, which stands at its far end.
    stand = (middle[0] + 1.9 * across * aside[0], middle[1] + 1.9 * across * aside[1])
    around = shapely.total_bounds([parcel, Point(stand).buffer(0.25 * across)])
    sheet = Sheet(around)
    _parcel(sheet, parcel)
    at = sheet.at(stand)
    near = shapely.get_coordinates(shapely.shortest_line(Point(stand), parcel))[1]
    _cone(sheet, photo, at, 46.0)
    if photo.at is not None and photo.at.accuracy_m:
        _accuracy(sheet, at, 17.0)
    _way(sheet, at, sheet.at(tuple(near)), metres_text(distance_m), broken=True)
    sheet.sign(at, photo.verdict)
    sheet.text(
        (10.0, HEIGHT - FOOT - 10.0),
        "拍摄点太远，连线未按比例",
        size=12.0,
        anchor="start",
        colour=SOFT,
    )
    return _done(sheet, photo, said, distance_m=distance_m)


def _parcel(sheet: Sheet, parcel: BaseGeometry) -> None:
    sheet.area(parcel, PARCEL_STYLE)


def _accuracy(sheet: Sheet, at: Point2, radius: float) -> None:
    if radius > 0.0:
        sheet.add(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{min(radius, 4 * WIDTH):.1f}" '
            f'fill="#0b57d0" fill-opacity="0.07" stroke="#0b57d0" stroke-width="1.5" '
            'stroke-dasharray="5 4"/>'
        )


def _cone(sheet: Sheet, photo: SetPhoto, at: Point2, length: float) -> None:
    if photo.heading_deg is None:
        return
    # On the sheet y grows downwards: the fan is made upright and turned over.
    view = photo.view_deg or USUAL_VIEW_DEG
    fan = fan_m((0.0, 0.0), photo.heading_deg, view, min(length, 2 * WIDTH))
    corners = [(at[0] + x, at[1] - y) for x, y in shapely.get_coordinates(fan)]
    colour = SIGNS.get(photo.verdict, SIGNS[Verdict.INCOMPLETE])[2]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
    sheet.add(
        f'<path d="M{path}Z" fill="{colour}" fill-opacity="0.18" stroke="{colour}" '
        'stroke-width="1.5" stroke-linejoin="round"/>'
    )


def _way(sheet: Sheet, a: Point2, b: Point2, words: str, *, broken: bool = False) -> None:
    """The way from the standpoint to the boundary, with its length where there is room."""
    sheet.line(
        a, b, f'stroke="{INK}" stroke-width="2" stroke-dasharray="2 4" stroke-linecap="round"'
    )
    sheet.add(f'<circle cx="{b[0]:.1f}" cy="{b[1]:.1f}" r="3" fill="{INK}"/>')
    long = math.hypot(b[0] - a[0], b[1] - a[1])
    middle = ((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0)
    if broken and long:
        along = ((b[0] - a[0]) / long, (b[1] - a[1]) / long)
        for step in (-4.0, 4.0):
            x, y = middle[0] + along[0] * step, middle[1] + along[1] * step
            tilt = (along[0] * 0.4 - along[1], along[1] * 0.4 + along[0])
            ends = [(x + s * 9 * tilt[0], y + s * 9 * tilt[1]) for s in (-1, 1)]
            sheet.line(ends[0], ends[1], f'stroke="{INK}" stroke-width="2.5"')
    if long > 40.0:
        # Beside the line: above one that runs level, to the right of one that runs down.
        level = abs(b[0] - a[0]) > abs(b[1] - a[1])
        aside = 24.0 if broken else 14.0
        place = (middle[0], middle[1] - aside) if level else (middle[0] + aside, middle[1] + 5.0)
        sheet.text(place, words, anchor="middle" if level else "start", bold=True)


def _done(sheet: Sheet, photo: SetPhoto, said: str, *, distance_m: float | None = None) -> str:
    letter = SIGNS.get(photo.verdict, SIGNS[Verdict.INCOMPLETE])[1]
    where = (
        ""
        if distance_m is None
        else f" · 距地块 {metres_text(distance_m)}"
        if distance_m
        else " · 在地块内"
    )
    sheet.foot(f"{letter} {photo.verdict}{where}", _caption(photo))
    return sheet.svg(said)


def _caption(photo: SetPhoto) -> str:
    if photo.at is None:
        return ""
    accuracy = f"定位 ±{photo.at.accuracy_m:.0f} m" if photo.at.accuracy_m else "定位精度未知"
    looks = (
        "没有镜头方向"
        if photo.heading_deg is None
        else f"镜头朝{direction_text(photo.heading_deg)}"
    )
    return f"{accuracy}，{looks}"
