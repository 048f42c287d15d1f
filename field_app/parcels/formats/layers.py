"""A layer of features into a batch of parcels: whichever reader it comes from.

Which column numbers the parcels, what the others hold, and in which system the shapes stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from pyproj import CRS

from field_app.parcels.formats import fields, systems
from field_app.parcels.formats.reading import Batch, Found
from field_app.problems import CRS_CONTRADICTORY, CRS_NEEDED

_NOT_DEGREES = 10_000.0
_WHY_UNKNOWN = {
    "Shapefile": "缺少 .prj，或 .prj 里没有坐标系",
    "GeoJSON": "crs 为空",
}


@dataclass(slots=True)
class Layer:
    """One layer: columns as text, shapes in the layer's own system, x first."""

    names: list[str]
    columns: list[list[str]]
    shapes: np.ndarray
    crs: str | None  # as the file has it; None where it does not say
    closed: set[int] = field(default_factory=set)  # features whose open ring was closed
    faults: dict[int, str] = field(default_factory=dict)  # why a feature has no shape


def batch_of(
    layer: Layer,
    file: str,
    form: str,
    given: CRS | None,
    *,
    label: str = "",
    remarks: Sequence[str] = (),
) -> Batch:
    """The features of a layer as parcels found. `label` goes before 第 n 个要素; `remarks` tell
    what was mended of the file. Raises CRS_NEEDED where neither the file nor the user says it."""
    crs, said = _system(layer, file, form, given)
    _check_band(layer, crs, file)
    cut = form == "Shapefile"
    columns = fields.recognise(layer.names, cut=cut)
    rows = list(zip(*layer.columns, strict=True)) or [()] * len(layer.shapes)
    columns, note = _numbered(columns, layer, cut)
    found = []
    for n, (row, shape) in enumerate(zip(rows, layer.shapes, strict=True), 1):
        one = Found(
            f"{label}第 {n} 个要素",
            columns.fields(row),
            {name: value for name, value in zip(layer.names, row, strict=True) if value},
            shape,
            crs,
            repairs=[*remarks],
            refusal=layer.faults.get(n - 1, ""),
        )
        one.fields.name = one.fields.name or one.fields.number
        if n - 1 in layer.closed:
            one.repairs.append("边界没有闭合，已闭合")
        _declare(one, columns.area(row))
        found.append(one)
    return Batch(form, found, columns.area_unit, [*said, *note])


def _declare(one: Found, area: str) -> None:
    try:
        declared = float(area) if area else None
    except ValueError:
        one.messages.append(f"面积“{area[:20]}”不是数字")
        return
    one.declared = declared if declared and np.isfinite(declared) else None


def _system(layer: Layer, file: str, form: str, given: CRS | None) -> tuple[str, list[str]]:
    """The layer's system, and what is to be said of it. The file is believed before the user."""
    chosen = systems.text_of(given) if given is not None else None
    if layer.crs is None:
        if chosen is None:
            raise CRS_NEEDED(file=file, why=_WHY_UNKNOWN.get(form, "图层没有写坐标系"))
        return chosen, []
    crs = systems.understood(layer.crs, file)
    if crs.is_geographic and _usual_x(layer) > _NOT_DEGREES:
        # GeoJSON that says nothing is WGS 84 by RFC 7946; metres show that it is not.
        if chosen is None:
            raise CRS_NEEDED(file=file, why="坐标是以米为单位的平面坐标，文件却没有写明投影")
        return chosen, []
    if given is not None and systems.name_of(given) != systems.name_of(crs):
        note = f"文件写明坐标系 {systems.name_of(crs)}，没有采用指定的 {systems.name_of(given)}"
        return systems.text_of(crs), [note]
    return systems.text_of(crs), []


def _usual_x(layer: Layer) -> float:
    """The x that is usual in the layer; 0 where it has no shapes."""
    if not len(layer.shapes):
        return 0.0
    west = shapely.bounds(layer.shapes)[:, 0]
    west = west[np.isfinite(west)]
    return float(np.median(west)) if len(west) else 0.0


def _check_band(layer: Layer, crs: str, file: str) -> None:
    """Raises CRS_CONTRADICTORY where the eastings carry another 带号 than their system has."""
    code = crs.removeprefix("EPSG:")
    zone = systems.BAND_OF.get(int(code)) if code.isdecimal() else None
    if zone is None:
        return
    usual = _usual_x(layer)
    band = int(usual // 1e6) if usual >= 10_000_000.0 else 0
    if usual > 0.0 and band != zone:
        what = (
            f"坐标系是 {crs}（横坐标{f'带带号 {zone}' if zone else '不带带号'}），"
            f"坐标的横坐标却{f'带带号 {band}' if band else '不带带号'}"
        )
        raise CRS_CONTRADICTORY(file=file, what=what)


def _numbered(columns: fields.Columns, layer: Layer, cut: bool) -> tuple[fields.Columns, list[str]]:
    """The column that numbers the parcels: the likeliest one that is filled.

    图斑编号 is unique only within a village; where it repeats, 标识码 (BSM) stands in.
    """
    filled = [n for n in fields.number_candidates(layer.names, cut=cut) if any(layer.columns[n])]
    if not filled:
        return columns, []
    first = filled[0]
    if layer.names[first].upper() in fields.VILLAGE_NUMBERS and not _unique(layer.columns[first]):
        for n in filled[1:]:
            if layer.names[n].upper() in fields.SURVEY_IDS and _unique(layer.columns[n]):
                note = f"{layer.names[first]} 有重复，地块编号改用 {layer.names[n]}"
                return columns.numbered_by(n), [note]
    return columns.numbered_by(first), []


def _unique(column: Sequence[str]) -> bool:
    return len(set(column)) == len(column)
