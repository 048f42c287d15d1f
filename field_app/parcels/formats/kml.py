"""KML, read as the XML it is: one list of Placemarks, whatever folders they lie in.

GDAL makes a layer of each folder and parses the whole file for each; a file with a folder a
parcel is common. Coordinates are WGS 84 by the standard (OGC 12-007r2).
"""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import numpy as np
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from field_app.parcels.formats.layers import Layer
from field_app.problems import FILE_BROKEN

MOST_DEPTH = 200


class _Fault(ValueError):
    """Why a Placemark has no shape."""


def read(words: str, file: str) -> Layer:
    """The Placemarks of a KML text. Raises FILE_BROKEN where it is no whole XML, or has
    entities, which could swell it or read other files."""
    if "<!DOCTYPE" in words or "<!ENTITY" in words:
        raise FILE_BROKEN(file=file, what="KML 里有实体声明，为安全起见没有读取")
    body = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", words, count=1)
    rows: list[dict[str, str]] = []
    shapes: list[BaseGeometry | None] = []
    layer = Layer([], [], np.zeros(0, dtype=object), "EPSG:4326")
    try:
        for placemark in _placemarks(body.encode()):
            rows.append(_attributes(placemark))
            opened: list[bool] = []
            try:
                shapes.append(_shape(placemark, opened))
            except _Fault as fault:
                shapes.append(None)
                layer.faults[len(shapes) - 1] = str(fault)
            if any(opened):
                layer.closed.add(len(shapes) - 1)
    except (ET.ParseError, ValueError) as error:
        raise FILE_BROKEN(file=file, what="KML 内容不完整或有错误") from error
    layer.names = list(dict.fromkeys(name for row in rows for name in row))
    layer.columns = [[row.get(name, "") for row in rows] for name in layer.names]
    layer.shapes = np.empty(len(shapes), dtype=object)
    layer.shapes[:] = shapes
    return layer


def _placemarks(data: bytes) -> Iterator[ET.Element]:
    """Each Placemark once it is whole; it is let go afterwards."""
    depth = 0
    # Entities were refused above, which is all that makes this parser dangerous.
    for event, element in ET.iterparse(io.BytesIO(data), ("start", "end")):  # noqa: S314
        depth += 1 if event == "start" else -1
        if depth > MOST_DEPTH:
            raise ValueError("nested too deep")
        if event == "end" and _tag(element) == "Placemark":
            yield element
            element.clear()


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(placemark: ET.Element) -> dict[str, str]:
    """The name and the ExtendedData of a Placemark, without what is empty."""
    found: dict[str, str] = {}
    for child in placemark:
        if _tag(child) == "name":
            found["name"] = (child.text or "").strip()
        elif _tag(child) == "ExtendedData":
            for data in child.iter():
                if _tag(data) == "SimpleData":
                    found[data.get("name", "")] = (data.text or "").strip()
                elif _tag(data) == "Data":
                    value = next((v.text for v in data if _tag(v) == "value"), None)
                    found[data.get("name", "")] = (value or "").strip()
    return {name: value for name, value in found.items() if name and value}


def _shape(placemark: ET.Element, opened: list[bool]) -> BaseGeometry | None:
    """The shape of a Placemark; `opened` gathers whether its rings had to be closed."""
    parts = [part for child in placemark for part in _parts(child, opened)]
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part, Polygon) for part in parts):
        return MultiPolygon(parts)
    return GeometryCollection(parts)


def _parts(element: ET.Element, opened: list[bool]) -> Iterator[BaseGeometry]:
    tag = _tag(element)
    if tag == "MultiGeometry":
        for child in element:
            yield from _parts(child, opened)
    elif tag == "Polygon":
        outer = [r for b in element if _tag(b) == "outerBoundaryIs" for r in _rings(b, opened)]
        inner = [r for b in element if _tag(b) == "innerBoundaryIs" for r in _rings(b, opened)]
        if len(outer) != 1:
            raise _Fault(f"一个面有 {len(outer)} 个外环")
        yield Polygon(outer[0], inner)
    elif tag == "Point":
        yield Point(0.0, 0.0)  # refused for what it is; where it lies is no matter
    elif tag in ("LineString", "LinearRing", "Track"):
        yield LineString([(0.0, 0.0), (1.0, 1.0)])


def _rings(boundary: ET.Element, opened: list[bool]) -> Iterator[np.ndarray]:
    for ring in boundary.iter():
        if _tag(ring) != "coordinates":
            continue
        xy = _coordinates(ring.text or "")
        if len(xy) <= 4 and len(set(map(tuple, xy.tolist()))) < 3:
            raise _Fault("一圈不足 3 个不同的点")  # a longer ring of two points has no area
        is_open = not bool((xy[0] == xy[-1]).all())
        opened.append(is_open)
        yield np.vstack([xy, xy[:1]]) if is_open else xy


def _coordinates(text: str) -> np.ndarray:
    """`lon,lat[,height]` tuples as x, y; blanks around the commas are let pass."""
    # Not by a pattern: one that looks for blanks before a comma is quadratic in blanks.
    tuples = ",".join(part.strip() for part in text.split(",")).split()
    try:
        xy = np.array([one.split(",", 2)[:2] for one in tuples], dtype=float)
    except ValueError as error:
        raise _Fault("坐标不是“经度,纬度,高程”") from error
    if xy.ndim != 2 or xy.shape[1] != 2 or not np.isfinite(xy).all():
        raise _Fault("坐标不是“经度,纬度,高程”")
    return xy
