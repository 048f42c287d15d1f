"""What becomes of each parcel found: taken, repaired or refused. One code path for all formats.

Everything that costs is done on arrays: a county has a hundred thousand parcels.
"""

from collections.abc import Iterable

import numpy as np
import shapely
from pyproj import CRS
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from field_app.parcels.formats import repair, systems
from field_app.parcels.formats.fields import UNITS
from field_app.parcels.formats.reading import Advance, Batch, Found, ReadParcel
from field_app.words import clean
from models import geo

LONGEST_NUMBER = 60
LEAST_AREA_M2 = 1.0  # a line, bent by the projection, has some square decimetres
_CHUNK = 5_000  # parcels between two words to the progress bar
_NAMES = {
    "Point": "点", "MultiPoint": "点", "LineString": "线", "MultiLineString": "线",
    "LinearRing": "线", "GeometryCollection": "几何集合",
}  # fmt: skip


def judge(
    batch: Batch,
    file: str,
    *,
    area_difference: float = 0.01,
    repair_change: float = 0.05,
    advance: Advance = lambda _: None,
) -> list[ReadParcel]:
    """The parcels of a batch, in its order, in EPSG:4490.

    `area_difference`: declared against computed area, above which a warning is given (1 %).
    `repair_change`: the change of area by the repair of a self-crossing outline above which the
    parcel is refused, since nobody can tell what was meant.
    """
    for one in batch.found:
        _clean(one)
    shapes = np.empty(len(batch.found), dtype=object)
    areas = np.zeros(len(batch.found))
    for start in range(0, len(batch.found), _CHUNK):
        span = slice(start, start + _CHUNK)
        shapes[span], areas[span] = _shaped(batch.found[span], file, repair_change)
        advance(min(start + _CHUNK, len(batch.found)) / len(batch.found))
    unit = batch.area_unit or _unit_that_fits(batch.found, areas)
    parcels = []
    for found, shape, area in zip(batch.found, shapes, areas, strict=True):
        declared = None if found.declared is None else found.declared * UNITS[unit]
        if not found.refusal and declared is not None:
            _compare(found, float(area), declared, unit, area_difference)
        parcels.append(_parcel(found, shape, float(area), declared))
    return parcels


def _clean(found: Found) -> None:
    """Takes control characters out of all that the file says of a parcel."""
    found.where = clean(found.where)
    for name in found.fields.__slots__:
        setattr(found.fields, name, clean(getattr(found.fields, name)).strip())
    found.attributes = {clean(name): clean(value) for name, value in found.attributes.items()}
    found.messages = [clean(message) for message in found.messages]
    found.repairs = [clean(message) for message in found.repairs]
    found.refusal = clean(found.refusal)


def _parcel(
    found: Found, shape: BaseGeometry | None, area: float, declared: float | None
) -> ReadParcel:
    known = {name: getattr(found.fields, name) for name in found.fields.__slots__}
    parcel = ReadParcel(
        **known,
        where=found.where,
        declared_area_m2=declared,
        crs=systems.shown(found.crs),
        messages=[*found.repairs, *found.messages],
        attributes=found.attributes,
    )
    if found.refusal:
        parcel.status = "refused"
        parcel.messages.insert(0, f"{found.where}：{found.refusal}")
    else:
        assert isinstance(shape, Polygon | MultiPolygon)
        parcel.status = "repaired" if found.repairs else "taken"
        parcel.boundary, parcel.area_m2 = shape, area
    return parcel


def _shaped(found: list[Found], file: str, repair_change: float) -> tuple[np.ndarray, np.ndarray]:
    """Shapes in EPSG:4490 and areas in m²; writes into each `found` what came up."""
    for one in found:
        one.refusal = one.refusal or _unfit(one)
    shapes = np.full(len(found), None, dtype=object)
    areas = np.zeros(len(found))
    by_system: dict[str, list[int]] = {}
    for n, one in enumerate(found):
        if not one.refusal:
            by_system.setdefault(one.crs, []).append(n)
    for text, members in by_system.items():
        crs = systems.understood(text, file)
        at = np.array(members)
        given = np.array([found[n].shape for n in members], dtype=object)
        moved = geo.to_stored(shapely.force_2d(given), crs)
        for n, why in _misplaced(moved, crs):
            found[members[n]].refusal = why
        inside = np.array([not found[n].refusal for n in members])
        shapes[at[inside]] = moved[inside]
    good = np.array([n for n, one in enumerate(found) if not one.refusal], dtype=np.int64)
    areas[good] = geo.areas_m2(shapes[good])
    crossing = good[~shapely.is_valid(shapes[good])]
    for n in crossing:
        shapes[n], what = repair.mended(shapes[n], float(areas[n]), repair_change)
        if shapes[n] is None:
            found[n].refusal = what
        else:
            found[n].repairs.append(what)
            areas[n] = geo.area_m2(shapes[n])
    for n in good:
        if not found[n].refusal and not areas[n] >= LEAST_AREA_M2:
            found[n].refusal = f"图形面积只有 {areas[n]:.2g} m²（界址点重合或在一条线上）"
    return shapes, areas


def _unfit(one: Found) -> str:
    """Why this is no area at all; empty where it is one."""
    if one.shape is None:
        return "没有图形"
    if not isinstance(one.shape, Polygon | MultiPolygon):
        kind = _NAMES.get(one.shape.geom_type, one.shape.geom_type)
        return f"图形是{kind}，只能导入面"
    if one.shape.is_empty:
        return "图形是空的"
    if len(one.fields.number) > LONGEST_NUMBER:
        return f"地块编号超过 {LONGEST_NUMBER} 个字符"
    return ""


def _misplaced(moved: np.ndarray, crs: CRS) -> Iterable[tuple[int, str]]:
    """The shapes that lie where no parcel of this system can lie, with the reason."""
    west, south, east, north = shapely.bounds(moved).T
    box = systems.CHINA
    with np.errstate(invalid="ignore"):
        inside = (
            (west >= box.min_lon) & (east <= box.max_lon)
            & (south >= box.min_lat) & (north <= box.max_lat)
        )  # fmt: skip
        meridian = systems.central_meridian_deg(crs)
        if meridian is None:
            off = np.zeros(len(moved), dtype=bool)
        else:
            reach = systems.reach_deg(crs)
            off = (west < meridian - reach) | (east > meridian + reach)
    for n in np.flatnonzero(~inside | off):
        if not inside[n]:
            where = f"经度 {west[n]:.6g}～{east[n]:.6g}，纬度 {south[n]:.6g}～{north[n]:.6g}"
            yield int(n), f"坐标不在中国范围内（{where}），请检查坐标和坐标系"
        else:
            yield (
                int(n),
                (
                    f"离中央经线 {meridian:g}° 超过 {systems.reach_deg(crs):g}°"
                    f"（经度 {west[n]:.4f}°），带号或坐标有误"
                ),
            )


def _unit_that_fits(found: list[Found], areas: np.ndarray) -> str:
    """In which unit the declared areas lie nearest to the computed ones, as a whole."""
    pairs = [
        (one.declared, area)
        for one, area in zip(found, areas, strict=True)
        if not one.refusal and one.declared and one.declared > 0.0 and area > 0.0
    ]
    if not pairs:
        return "公顷"
    declared, computed = np.array(pairs).T
    return min(
        UNITS, key=lambda unit: float(np.median(abs(np.log(declared * UNITS[unit] / computed))))
    )


def _compare(found: Found, area: float, declared: float, unit: str, most: float) -> None:
    if not abs(declared - area) <= most * area:
        found.messages.append(
            f"申报面积 {found.declared:g} {unit}（{declared:.1f} m²）与计算面积 {area:.1f} m² "
            f"相差 {abs(declared - area) / area:.1%}，超过 {most:.0%}"
        )
