"""All photos of a parcel on one sheet, numbered, with what was seen of it and where to shoot next.
Pure; nothing in it comes from outside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import shapely
from shapely import Point

from models.geo import distance_to_m
from models.vocabulary import Verdict
from photos.case import direction_text
from photos.sets.case import SetCase, SetPhoto
from photos.sets.examine import SetExamination
from photos.sets.next_shot import NextShot
from photos.sketches.drawing import INK, PARCEL_EDGE, PARCEL_FILL, SIGNS, SOFT, Point2, Sheet
from photos.sketches.one_photo import metres_text

_SET_HEIGHT = 320.0
_TOUCHING = 19.0  # units of the sheet: closer than this, signs hide each other
_CROWD = 20  # more photos than this are drawn by place, without the way each looked
_UNSEEN = "#b3261e"


@dataclass
class Cluster:
    """Photos that stand too close together on the sheet to be drawn one by one."""

    at: Point2
    photos: list[SetPhoto] = field(default_factory=list)


def set_sketch(case: SetCase, examined: SetExamination) -> str:
    """The SVG of the set."""
    seen = examined.coverage
    placed = [p for p in case.photos if p.at is not None]
    limit = max(seen.across_m, 120.0)
    near: list[tuple[SetPhoto, float]] = []
    far: list[tuple[SetPhoto, float]] = []
    for photo in placed:
        assert photo.at is not None
        away = distance_to_m(case.boundary, photo.at)
        (near if away <= limit else far).append((photo, away))
    spots = {p.number: _metres(case, p) for p, _ in near}
    walks = [w for w in examined.missing if w.at is not None]
    frame = [seen.parcel_m, *(Point(xy) for xy in spots.values())]
    sheet = Sheet(shapely.total_bounds(frame), _SET_HEIGHT)
    sheet.area(seen.parcel_m, f'fill="{PARCEL_FILL}" fill-opacity="0.22" stroke="none"')
    sheet.area(
        shapely.intersection(seen.parcel_m, seen.seen_m), 'fill="#2f9e62" fill-opacity="0.3"'
    )
    outline = shapely.boundary(seen.parcel_m)
    sheet.lines(outline, f'stroke="{_UNSEEN}" stroke-width="2.5" stroke-dasharray="6 5"')
    sheet.lines(
        shapely.intersection(outline, seen.seen_m), f'stroke="{PARCEL_EDGE}" stroke-width="3.5"'
    )
    for photo, _ in near if len(near) <= _CROWD else ():
        _look(sheet, photo, sheet.at(spots[photo.number]))
    for cluster in clusters(sheet, [p for p, _ in near], spots):
        draw_cluster(sheet, cluster)
    for walk in walks:
        _walk(sheet, case, walk)
    _notes(sheet, case, far)
    sheet.foot(*_legend(case, walks=bool(walks)))
    return sheet.svg(set_words(case, examined))


def set_words(case: SetCase, examined: SetExamination) -> str:
    """What the sketch shows, for those who do not see it."""
    count = {v: sum(p.verdict == v for p in case.photos) for v in reversed(Verdict)}
    photos = "、".join(f"{v} {n} 张" for v, n in count.items() if n)
    said = [f"本地块照片 {len(case.photos)} 张" + (f"（{photos}）" if photos else "")]
    said.append(examined.seen)
    without = sum(p.at is None for p in case.photos)
    if without:
        said.append(f"{without} 张没有位置，图上没有")
    walks = [w.text for w in examined.missing if w.at is not None]
    return "；".join([*said, *walks])


# --- pieces -------------------------------------------------------------------------------------


def _metres(case: SetCase, photo: SetPhoto) -> Point2:
    assert photo.at is not None
    there = case.coverage.plane.to_metres(Point(photo.at.lon, photo.at.lat))
    return float(there.x), float(there.y)


def _look(sheet: Sheet, photo: SetPhoto, at: Point2) -> None:
    """Which way it looked: a short line out of its sign, with a head."""
    if photo.heading_deg is None:
        return
    _arrow(
        sheet, at, photo.heading_deg, 27.0, SIGNS.get(photo.verdict, SIGNS[Verdict.INCOMPLETE])[2]
    )


def _arrow(sheet: Sheet, at: Point2, heading_deg: float, length: float, colour: str) -> None:
    angle = math.radians(heading_deg)
    way = (math.sin(angle), -math.cos(angle))
    tip = (at[0] + length * way[0], at[1] + length * way[1])
    sheet.line(at, tip, f'stroke="{colour}" stroke-width="2.5"')
    back = [
        (tip[0] - 7 * way[0] + s * 5 * way[1], tip[1] - 7 * way[1] - s * 5 * way[0])
        for s in (1, -1)
    ]
    corners = "L".join(f"{x:.1f} {y:.1f}" for x, y in (back[0], tip, back[1]))
    sheet.add(f'<path d="M{corners}Z" fill="{colour}"/>')


def clusters(sheet: Sheet, photos: Sequence[SetPhoto], spots: dict[int, Point2]) -> list[Cluster]:
    """The photos as they are drawn; `spots` are metres by a photo's number."""
    found: list[Cluster] = []
    close = _TOUCHING if len(photos) <= _CROWD else 2.0 * _TOUCHING
    for photo in photos:
        at = sheet.at(spots[photo.number])
        near = next((c for c in found if math.dist(c.at, at) < close), None)
        if near is None:
            near = Cluster(at)
            found.append(near)
        near.photos.append(photo)
    return found


def draw_cluster(sheet: Sheet, cluster: Cluster) -> None:
    """One sign for a photo, or one for all that stand there, in the colour of the worst verdict."""
    worst = max((Verdict(p.verdict) for p in cluster.photos), key=list(Verdict).index)
    numbers = [p.number for p in cluster.photos]
    if len(numbers) == 1:
        sheet.sign(cluster.at, worst, str(numbers[0]))
        return
    said = ranges_text(numbers)
    sheet.pill(cluster.at, worst, said if len(said) <= 7 else f"{len(numbers)} 张")


def ranges_text(numbers: Sequence[int]) -> str:
    """Numbers as they are read.

    >>> ranges_text([1, 2, 3, 7]), ranges_text([5]), ranges_text([4, 2])
    ('1-3,7', '5', '2,4')
    """
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    said = [f"{r[0]}-{r[-1]}" if len(r) > 2 else ",".join(map(str, r)) for r in runs]
    return ",".join(said)


def _walk(sheet: Sheet, case: SetCase, walk: NextShot) -> None:
    assert walk.at is not None
    there = case.coverage.plane.to_metres(Point(walk.at.lon, walk.at.lat))
    at = sheet.at((float(there.x), float(there.y)))
    if walk.heading_deg is not None:
        _arrow(sheet, at, walk.heading_deg, 30.0, INK)
    sheet.add(
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="11" fill="#fff" stroke="{INK}" '
        'stroke-width="2" stroke-dasharray="3 2"/>'
    )
    sheet.text((at[0], at[1] + 4.6), "补", size=13, bold=True)


def _notes(sheet: Sheet, case: SetCase, far: Sequence[tuple[SetPhoto, float]]) -> None:
    """Photos that are not on the sheet, and why, in its upper corner."""
    lines = []
    for photo, away in far[:3]:
        there = _metres(case, photo)
        side = direction_text(math.degrees(math.atan2(*there)) % 360.0)
        lines.append(f"第 {photo.number} 张在{side}面 {metres_text(away)} 外")
    if len(far) > 3:
        lines.append(f"另有 {len(far) - 3} 张也在图外")
    without = [p.number for p in case.photos if p.at is None]
    if without:
        said = ranges_text(without)
        lines.append(f"第 {said} 张没有位置" if len(said) < 14 else f"{len(without)} 张没有位置")
    for n, line in enumerate(lines):
        sheet.text((10.0, 19.0 + 16.0 * n), line, size=12.5, anchor="start", colour=SOFT)


def _legend(case: SetCase, *, walks: bool) -> tuple[str, str]:
    used = {str(p.verdict) for p in case.photos}
    signs = "　".join(f"{SIGNS[v][1]}{v}" for v in Verdict if v in used)
    return signs or "还没有照片", "绿色看到，红虚线没看到" + ("，补：去那里拍" if walks else "")
