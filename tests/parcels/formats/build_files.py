"""Files of parcels, made for tests: every variant of the TXT, and what GDAL writes."""

import io
import json
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely
from shapely import MultiPolygon, Polygon

from models import geo

NANZHAO = (37_632_900.0, 3_708_000.0)  # easting with 带号, northing: 112.43° E, 33.49° N


def a_square(east_m: float = 0.0, north_m: float = 0.0, side_m: float = 50.0) -> Polygon:
    """A square near 南召 in EPSG:4525, by its south-west corner; 0.25 ha by default."""
    x, y = NANZHAO[0] + east_m, NANZHAO[1] + north_m
    return shapely.box(x, y, x + side_m, y + side_m)


def in_degrees(shape: Polygon | MultiPolygon, epsg: int = 4525) -> Polygon | MultiPolygon:
    return geo.to_stored(shape, f"EPSG:{epsg}")


def rings_of(shape: Polygon | MultiPolygon) -> list[np.ndarray]:
    """All rings of a shape, closed, each as x, y."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return [shapely.get_coordinates(ring) for ring in rings]


def properties(zone: int | None = 37, **changed: str | None) -> str:
    """[属性描述], with keys changed; None leaves one out."""
    keys: dict[str, str | None] = {
        "坐标系": "2000国家大地坐标系",
        "几度分带": "3",
        "投影类型": "高斯克吕格",
        "计量单位": "米",
        "带号": None if zone is None else str(zone),
        "精度": "0.001",
        "转换参数": ",,,,,,",
    }
    keys |= changed
    return "[属性描述]\n" + "".join(f"{k}={v}\n" for k, v in keys.items() if v is not None)


def header(variant: str, n: int, area: str, number: str, name: str) -> str:
    """A parcel's header row."""
    classical = f"{n},{area},{number},{name},面,I49G000000,补充耕地,0103,"
    return {
        "A": classical + "@",
        "B": classical + "耕地,旱地,9,8,备注一,@",
        "C": f"{n},{area},{number},{name},2022,1,面,J50G017037,占补平衡,,水浇地,3,@",
        "D": classical + "一块地,@",
    }[variant]


def points(
    rings: Iterable[np.ndarray],
    *,
    swapped: bool = False,
    closed: bool = True,
    restart: bool = False,
    one_ring: bool = False,
) -> list[str]:
    """界址点 lines. `restart`: J1 again for each ring; `one_ring`: all rings are numbered 1."""
    lines, label = [], 0
    for ring_no, ring in enumerate(rings, 1):
        label = 0 if restart else label
        first = label + 1
        for k, (x, y) in enumerate(ring[:-1]):
            label += 1
            first = label if k == 0 else first
            lines.append(_point(label, 1 if one_ring else ring_no, x, y, swapped))
        if closed:
            lines.append(_point(first, 1 if one_ring else ring_no, *ring[0], swapped))
    return lines


def _point(label: int, ring: int, x: float, y: float, swapped: bool) -> str:
    third, fourth = (x, y) if swapped else (y, x)
    return f"J{label},{ring},{third:.3f},{fourth:.3f}"


def a_parcel_text(
    shape: Polygon | MultiPolygon,
    *,
    number: str = "N41132120230001000001",
    name: str = "示例地块1",
    variant: str = "A",
    area: str | None = None,
    count_less: int = 0,
    swapped: bool = False,
    closed: bool = True,
    restart: bool = False,
    one_ring: bool = False,
) -> str:
    """One parcel of a TXT file. `area` defaults to the plane area in hectares."""
    lines = points(
        rings_of(shape), swapped=swapped, closed=closed, restart=restart, one_ring=one_ring
    )
    area = f"{shape.area / 1e4:.4f}" if area is None else area
    return "\n".join([header(variant, len(lines) - count_less, area, number, name), *lines]) + "\n"


def a_txt(*parcels: str, head: str | None = None) -> str:
    return (properties() if head is None else head) + "[地块坐标]\n" + "".join(parcels)


def a_layer(
    shapes: Sequence[Polygon | MultiPolygon | None],
    columns: Mapping[str, Sequence[object]],
    suffix: str,
    *,
    crs: str | None = "EPSG:4525",
    encoding: str | None = None,
    kind: str = "Polygon",
) -> dict[str, bytes]:
    """What GDAL writes for a layer: bytes by suffix."""
    driver = {
        ".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON", ".kml": "LIBKML",
        ".gdb": "OpenFileGDB",
    }[suffix]  # fmt: skip
    wkb = np.array([None if s is None else shapely.to_wkb(s) for s in shapes], dtype=object)
    values = [_column(column) for column in columns.values()]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a FileGDB's narrower integers
        path = Path(folder, f"layer{suffix}")
        pyogrio.raw.write(
            str(path), wkb, values, list(columns), geometry_type=kind, crs=crs, driver=driver,
            encoding=encoding,
        )  # fmt: skip
        if path.is_dir():
            return {f.name: f.read_bytes() for f in path.iterdir()}
        return {f.suffix: f.read_bytes() for f in Path(folder).iterdir()}


def _column(values: Sequence[object]) -> np.ndarray:
    texts = any(isinstance(v, str) for v in values)
    return np.array(values, dtype=object if texts else None)


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def a_shapefile(
    shapes: Sequence[Polygon | MultiPolygon | None],
    columns: Mapping[str, Sequence[object]] | None = None,
    *,
    crs: str | None = "EPSG:4525",
    encoding: str = "GBK",
    without: Sequence[str] = (".cpg",),
    stem: str = "地块",
    kind: str = "Polygon",
) -> bytes:
    """A zipped Shapefile; as most come, with GBK attributes and no .cpg."""
    columns = columns or {"DKBH": [f"N{n}" for n in range(1, len(shapes) + 1)]}
    parts = a_layer(shapes, columns, ".shp", crs=crs, encoding=encoding, kind=kind)
    return zipped({f"{stem}{s}": data for s, data in parts.items() if s not in without})


def a_geojson(
    features: Iterable[tuple[Mapping[str, object], object]], crs: object = "absent"
) -> bytes:
    """GeoJSON of (properties, shape or None or a ready geometry)."""
    document: dict[str, object] = {"type": "FeatureCollection"}
    if crs is None:
        document["crs"] = None
    elif crs != "absent":
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    document["features"] = [
        {
            "type": "Feature",
            "properties": dict(known),
            "geometry": shape
            if shape is None or isinstance(shape, dict)
            else shapely.geometry.mapping(shape),
        }
        for known, shape in features
    ]
    return json.dumps(document, ensure_ascii=False).encode()


def a_kml(placemarks: Iterable[tuple[str, Polygon]], extra: str = "") -> bytes:
    """KML of (name, polygon in degrees)."""
    body = "".join(
        f"<Placemark><name>{name}</name><Polygon>"
        + "".join(
            f"<{side}BoundaryIs><LinearRing><coordinates>"
            + " ".join(f"{x:.9f},{y:.9f},0" for x, y in shapely.get_coordinates(ring))
            + f"</coordinates></LinearRing></{side}BoundaryIs>"
            for side, ring in [
                ("outer", polygon.exterior),
                *[("inner", hole) for hole in polygon.interiors],
            ]
        )
        + "</Polygon></Placemark>"
        for name, polygon in placemarks
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{extra}{body}</Document></kml>'
    ).encode()
