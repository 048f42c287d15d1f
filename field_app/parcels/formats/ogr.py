"""Layers that GDAL reads: Shapefile, GeoPackage, GeoJSON, KML, FileGDB.

GDAL is given files of our own naming in a private folder, one format each, so that neither a
name nor a foreign format hidden behind it reaches a driver that was not meant.
"""

import sqlite3
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS

from field_app.parcels.formats import fields, systems, text
from field_app.parcels.formats.reading import Advance, Batch, Found
from field_app.problems import CRS_NEEDED, FILE_BROKEN

_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.CRSError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
    OSError,
    ValueError,
    IndexError,
    OverflowError,
)
_BYTES = "ISO-8859-1"  # carries every byte through GDAL unchanged; decoded here afterwards
_OF_KML = {
    "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon", "description",
}  # fmt: skip
_NOT_DEGREES = 10_000.0
_warnings = threading.Lock()  # the warnings filters belong to the process, not to a thread


@dataclass(slots=True)
class Layer:
    """One layer as GDAL gives it: columns as text, shapes in the layer's system."""

    names: list[str]
    columns: list[list[str]]
    shapes: np.ndarray
    closed: np.ndarray  # whether an open ring had to be closed
    crs: str | None
    remarks: list[str] = field(default_factory=list)


def read_layers(
    path: Path,
    file: str,
    form: str,
    given: CRS | None,
    *,
    remarks: Sequence[str] = (),
    label: str = "",
    advance: Advance = lambda _: None,
) -> list[Batch]:
    """Every layer of the dataset at `path` as a batch. `label` goes before 第 n 个要素."""
    listed = _quietly(lambda: pyogrio.list_layers(path), file, form)
    kinds = [kind for _, kind in listed]
    batches = []
    for n, kind in enumerate(kinds):
        advance(n / len(kinds))
        if kind is None:
            continue  # a table without shapes
        layer = _read(path, n, file, form)
        name = label + (f"图层 {listed[n][0]} " if len(kinds) > 1 and form != "KML" else "")
        batches.append(_batch(layer, file, form, given, name, remarks))
    advance(1.0)
    return batches


def refuse_views(path: Path, file: str) -> None:
    """A GeoPackage may name a view as a layer, and a view may never end. Only tables are read."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            db.text_factory = bytes  # a name in a spoilt file need not be text
            views = _names(db, "select name from sqlite_master where type = 'view'")
            layers = set()
            if not any(name.startswith(b"gpkg_") for name in views):
                layers = _names(db, "select table_name from gpkg_contents")
    except (sqlite3.Error, UnicodeDecodeError) as error:  # its message may quote spoilt bytes
        raise FILE_BROKEN(file=file, what="GeoPackage 数据库打不开") from error
    if not layers or layers & views:
        raise FILE_BROKEN(file=file, what="GeoPackage 没有图层，或图层是视图而不是表")


def _names(db: sqlite3.Connection, query: str) -> set[bytes]:
    return {bytes(name).lower() for (name,) in db.execute(query) if isinstance(name, bytes)}


def _quietly(read: Callable[[], Any], file: str, form: str) -> Any:
    """Runs GDAL; what it warns of (measures dropped, rings open) is told of the parcels."""
    with _warnings, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read()
        except _ERRORS as error:
            raise FILE_BROKEN(file=file, what=f"{form} 内容不完整或有错误") from error


def _read(path: Path, n: int, file: str, form: str) -> Layer:
    meta, _, wkb, values = _quietly(
        lambda: pyogrio.raw.read(
            path, layer=n, force_2d=True, datetime_as_string=True, encoding=_BYTES
        ),
        file,
        form,
    )
    encoding = _encoding_of(values)
    names = [text.decode_cut(_raw(str(name))) for name in meta["fields"]]
    keep = [k for k, name in enumerate(names) if form != "KML" or name not in _OF_KML]
    shapes, closed = _shapes(wkb)
    return Layer(
        [names[k] for k in keep],
        [_texts(values[k], encoding) for k in keep],
        shapes,
        closed,
        meta["crs"],
    )


def _batch(
    layer: Layer, file: str, form: str, given: CRS | None, label: str, remarks: Sequence[str]
) -> Batch:
    crs, said = _system(layer, file, form, given)
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
        )
        one.fields.name = one.fields.name or one.fields.number
        if layer.closed[n - 1]:
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
            raise CRS_NEEDED(file=file, why=_WHY_UNKNOWN[form])
        return chosen, []
    crs = systems.understood(layer.crs, file)
    size = np.abs(shapely.bounds(layer.shapes).ravel()) if len(layer.shapes) else np.zeros(0)
    size = size[np.isfinite(size)]
    if crs.is_geographic and len(size) and np.median(size) > _NOT_DEGREES:
        # GeoJSON that says nothing is WGS 84 by RFC 7946; metres show that it is not.
        if chosen is None:
            raise CRS_NEEDED(file=file, why="坐标是以米为单位的平面坐标，文件却没有写明投影")
        return chosen, []
    if given is not None and systems.name_of(given) != systems.name_of(crs):
        note = f"文件写明坐标系 {systems.name_of(crs)}，没有采用指定的 {systems.name_of(given)}"
        return systems.text_of(crs), [note]
    return systems.text_of(crs), []


_WHY_UNKNOWN = {
    "Shapefile": "缺少 .prj，或 .prj 里没有坐标系",
    "GeoPackage": "图层没有写坐标系",
    "GeoJSON": "crs 为空",
    "KML": "没有写坐标系",
    "FileGDB": "图层没有写坐标系",
}


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


def _shapes(wkb: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Shapes, None where there is none; rings that are open are closed, and marked."""
    if wkb is None:
        return np.zeros(0, dtype=object), np.zeros(0, dtype=bool)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    lost = shapely.is_missing(shapes) & (wkb != None)  # noqa: E711 — elementwise
    if lost.any():
        shapes[lost] = shapely.from_wkb(wkb[lost], on_invalid="fix")
    return shapes, lost & ~shapely.is_missing(shapes)


def _encoding_of(values: Sequence[np.ndarray]) -> str:
    """What the layer's text is encoded in, by all its different values."""
    different = {
        value
        for column in values
        if column.dtype == object
        for value in column
        if isinstance(value, str) and not value.isascii()
    }
    return text.sniff(_raw(value) for value in different)


def _raw(value: str) -> bytes:
    return value.encode(_BYTES, errors="replace")


def _decoded(value: str, encoding: str) -> str:
    return value if value.isascii() else _raw(value).decode(encoding, errors="replace")


def _texts(values: np.ndarray, encoding: str) -> list[str]:
    """A column as text; empty where there is nothing."""
    if values.dtype == object:
        known: dict[str, str] = {}
        texts = []
        for value in values:
            if value is None:
                texts.append("")
            elif isinstance(value, str):
                if value not in known:
                    known[value] = _decoded(value, encoding).strip("\0 ")
                texts.append(known[value])
            else:
                texts.append(str(value))
        return texts
    if values.dtype.kind == "f":
        digits = ".7g" if values.dtype.itemsize == 4 else ".15g"
        return [_number(v, digits) for v in values.tolist()]
    return ["" if v is None else str(v) for v in values.tolist()]


def _number(value: float, digits: str) -> str:
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e18 else format(value, digits)
