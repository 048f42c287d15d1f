"""Sets of a visit, honest and staged: what only all photos of a parcel show together.

A set's photos have been examined one by one; here they are what the examination left of them.
"""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import shapely

from field_app.demo.shots import outside, towards
from models.geo import Position, area_m2, inside_point, moved
from models.vocabulary import PhotoKind, Verdict
from photos.evidence import CHINA
from photos.sets.case import SetCase, SetPhoto
from tests.corpus.kinds import Kind, honest, withheld
from tests.corpus.setting import a_field

_SMALL = {PhotoKind.OVERVIEW: 1, PhotoKind.CLOSE: 1, PhotoKind.FEATURE: 2}
_SIDES = {PhotoKind.NORTH: 0.0, PhotoKind.EAST: 90.0, PhotoKind.SOUTH: 180.0, PhotoKind.WEST: 270.0}
_LARGE = _SMALL | dict.fromkeys(_SIDES, 1)
_START = datetime(2026, 4, 11, 9, 0, tzinfo=CHINA)
_VIEW_DEG = 66.0


def _photo(number: int, kind: PhotoKind, at: Position, heading_deg: float) -> SetPhoto:
    return SetPhoto(
        number=number, kind=str(kind), verdict=Verdict.PASSED, at=at, heading_deg=heading_deg % 360.0,
        view_deg=_VIEW_DEG, taken_at=_START + timedelta(minutes=3 * number),
    )  # fmt: skip


def _parcel(dice: Random, side_m: tuple[float, float]) -> shapely.Polygon:
    return a_field(dice, Position(dice.uniform(112.1, 112.8), dice.uniform(33.3, 33.7)), side_m)


def _case(
    boundary: shapely.geometry.base.BaseGeometry,
    wanted: dict[PhotoKind, int],
    photos: list[SetPhoto],
) -> SetCase:
    mu = area_m2(boundary) * 3.0 / 2000.0
    return SetCase(boundary, mu, {str(k): n for k, n in wanted.items()}, photos)


def _ground(boundary: shapely.Polygon, dice: Random, first: int) -> list[SetPhoto]:
    """近景 and two 利用特征, from inside."""
    kinds = (PhotoKind.CLOSE, PhotoKind.FEATURE, PhotoKind.FEATURE)
    middle = inside_point(boundary)
    return [
        _photo(first + n, kind,
               replace(moved(middle, east_m=dice.uniform(-9, 9), north_m=dice.uniform(-9, 9)), accuracy_m=6.0),
               dice.uniform(0, 360))
        for n, kind in enumerate(kinds)
    ]  # fmt: skip


@honest("set/small", "小地块：一张全景、近景和利用特征", count=6)
def small(dice: Random) -> SetCase:
    boundary = _parcel(dice, (30.0, 55.0))
    at = outside(boundary, 6.0, dice.uniform(0, 360))
    wide = _photo(1, PhotoKind.OVERVIEW, at, towards(at, boundary))
    return _case(boundary, _SMALL, [wide, *_ground(boundary, dice, 2)])


@honest("set/large", "大地块：绕着走一圈，四向拍齐", count=6)
def large(dice: Random) -> SetCase:
    boundary = _parcel(dice, (105.0, 130.0))
    photos = []
    for n, (kind, looks) in enumerate(_SIDES.items()):
        at = outside(boundary, 4.0, looks + 180.0)  # a photo that looks north stands in the south
        photos.append(_photo(n + 1, kind, at, looks + dice.uniform(-10, 10)))
    wide = outside(boundary, 8.0, 45.0)
    photos.append(_photo(5, PhotoKind.OVERVIEW, wide, towards(wide, boundary)))
    return _case(boundary, _LARGE, [*photos, *_ground(boundary, dice, 6)])


@withheld("F17/one-corner", "大地块只在好的一角拍了几张")
def one_corner(dice: Random) -> SetCase:
    boundary = _parcel(dice, (180.0, 240.0))
    corner = outside(boundary, 2.0, dice.uniform(0, 360))
    out = towards(corner, boundary)
    photos = [
        _photo(n + 1, kind, replace(moved(corner, east_m=dice.uniform(-6, 6), north_m=dice.uniform(-6, 6)),
                                    accuracy_m=5.0), out + dice.uniform(-25, 25))
        for n, kind in enumerate((PhotoKind.OVERVIEW, PhotoKind.CLOSE, PhotoKind.FEATURE, PhotoKind.FEATURE))
    ]  # fmt: skip
    return _case(boundary, _SMALL, photos)


@withheld("F17/one-part", "分成两处的地块只拍了一处")
def one_part(dice: Random) -> SetCase:
    boundary = _parcel(dice, (40.0, 60.0))
    other = moved(
        inside_point(boundary), east_m=420.0 * math.copysign(1, dice.random() - 0.5), north_m=160.0
    )
    both = shapely.MultiPolygon([boundary, a_field(dice, other, (40.0, 60.0))])
    at = outside(boundary, 6.0, dice.uniform(0, 360))
    wide = _photo(1, PhotoKind.OVERVIEW, at, towards(at, boundary))
    return _case(both, _SMALL, [wide, *_ground(boundary, dice, 2)])


@withheld("F07/sides-missing", "大地块四向没有拍齐，只朝好的一面拍")
def sides_missing(dice: Random) -> SetCase:
    boundary = _parcel(dice, (105.0, 130.0))
    at = outside(boundary, 5.0, dice.uniform(0, 360))
    photos = [_photo(n, PhotoKind.OVERVIEW, at, towards(at, boundary)) for n in (1, 2)]
    return _case(boundary, _LARGE, [*photos, *_ground(boundary, dice, 3)])


@withheld("F23/kinds-missing", "只交了一张近景，其余种类没有拍")
def kinds_missing(dice: Random) -> SetCase:
    boundary = _parcel(dice, (30.0, 55.0))
    return _case(boundary, _SMALL, _ground(boundary, dice, 1)[:1])


@withheld("F23/one-contradicted", "其中一张与地块不符")
def one_contradicted(dice: Random) -> SetCase:
    case = small.make(dice)
    assert isinstance(case, SetCase)
    bad = replace(case.photos[1], verdict=Verdict.CONTRADICTED)
    return replace(case, photos=[case.photos[0], bad, *case.photos[2:]])


HONEST_SETS: tuple[Kind, ...] = (small, large)
FORGED_SETS: tuple[Kind, ...] = (
    one_corner, one_part, sides_missing, kinds_missing, one_contradicted,
)  # fmt: skip
