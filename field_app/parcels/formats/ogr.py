"""Layers that GDAL reads: Shapefile, GeoPackage, GeoJSON, FileGDB.

GDAL is given files of our own naming in a private folder, one format each, so that neither a
name nor a foreign format hidden behind it reaches a driver that was not meant.
"""

import sqlite3
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyogrio.raw
import shapely
from pyproj import CRS

from field_app.parcels.formats import layers, text
from field_app.parcels.formats.layers import Layer
from field_app.parcels.formats.reading import Advance, Batch
from field_app.problems import FILE_BROKEN

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
MOST_LAYERS = 100
_warnings = threading.Lock()  # the warnings filters belong to the process, not to a thread


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
    if len(kinds) > MOST_LAYERS:
        raise FILE_BROKEN(file=file, what=f"图层超过 {MOST_LAYERS} 个")
    batches = []
    for n, kind in enumerate(kinds):
        advance(n / len(kinds))
        if kind is None:
            continue  # a table without shapes
        layer = _read(path, n, file, form)
        name = label + (f"图层 {listed[n][0]} " if len(kinds) > 1 else "")
        batches.append(layers.batch_of(layer, file, form, given, label=name, remarks=remarks))
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
    shapes, closed = _shapes(wkb)
    return Layer(names, [_texts(v, encoding) for v in values], shapes, meta["crs"], closed)


def _shapes(wkb: np.ndarray | None) -> tuple[np.ndarray, set[int]]:
    """Shapes, None where there is none; and whose open rings were closed."""
    if wkb is None:
        return np.zeros(0, dtype=object), set()
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    lost = shapely.is_missing(shapes) & (wkb != None)  # noqa: E711 — elementwise
    if lost.any():
        shapes[lost] = shapely.from_wkb(wkb[lost], on_invalid="fix")
    return shapes, set(np.flatnonzero(lost & ~shapely.is_missing(shapes)).tolist())


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
