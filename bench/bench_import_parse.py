"""How long 100,000 parcels take to be read and judged, for each of the large formats.

    .venv/bin/python -m bench.bench_import_parse [count]

The floor beside each figure is what GDAL (or splitting the lines) alone takes for the same file.
"""

import io
import math
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio.raw
import shapely

from field_app.parcels.formats import read_parcels
from models import geo

CORNERS = 20
WEST, SOUTH, STEP = 37_600_000.0, 3_690_000.0, 60.0


def parcels(count: int) -> np.ndarray:
    """Round-ish parcels of about 0.2 ha on a grid, EPSG:4525."""
    angle = -2 * math.pi * np.arange(CORNERS) / CORNERS
    n = np.arange(count)[:, None]
    radius = 25.0 + 3.0 * np.sin(n + 5 * angle)
    x = WEST + n % 400 * STEP + radius * np.cos(angle)
    y = SOUTH + n // 400 * STEP + radius * np.sin(angle)
    return shapely.polygons(np.round(np.stack([x, y], axis=2), 3))


def as_txt(shapes: np.ndarray) -> bytes:
    lines = ["[属性描述]", "坐标系=2000国家大地坐标系", "几度分带=3", "计量单位=米", "带号=37"]
    lines.append("[地块坐标]")
    areas = shapely.area(shapes) / 1e4
    for n, (shape, area) in enumerate(zip(shapes, areas, strict=True)):
        xy = shapely.get_coordinates(shape)
        lines.append(f"{len(xy)},{area:.4f},N{n:06d},地块{n},面,I49G000000,补充耕地,0103,@")
        lines += [f"J{k % CORNERS + 1},1,{y:.3f},{x:.3f}" for k, (x, y) in enumerate(xy)]
    return "\r\n".join(lines).encode("gb18030")


def as_layer(shapes: np.ndarray, suffix: str, driver: str) -> bytes:
    count = len(shapes)
    columns = {
        "DKBH": np.array([f"N{n:06d}" for n in range(count)], dtype=object),
        "DKMC": np.array([f"地块{n}" for n in range(count)], dtype=object),
        "DLBM": np.array(["0103"] * count, dtype=object),
        "ZLDWDM": np.array(["4113211010010000000"] * count, dtype=object),
        "ZLDWMC": np.array(["某乡某村"] * count, dtype=object),
        "TBMJ": shapely.area(shapes).round(2),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"layer{suffix}")
        pyogrio.raw.write(
            str(path), shapely.to_wkb(shapes), list(columns.values()), list(columns),
            geometry_type="Polygon", crs="EPSG:4525", driver=driver,
            encoding="GBK" if suffix == ".shp" else None,
        )  # fmt: skip
        if suffix != ".shp":
            return path.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                if part.suffix != ".cpg":
                    archive.write(part, part.name)
        return packed.getvalue()


def as_kml(shapes: np.ndarray) -> bytes:
    """The parcels as KML, from EPSG:4490."""
    marks = []
    for n, shape in enumerate(shapes):
        points = " ".join(f"{x:.9f},{y:.9f},0" for x, y in shapely.get_coordinates(shape))
        marks.append(
            f"<Placemark><name>N{n:06d}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
            f"{points}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    body = "\n".join(marks)
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'.encode()


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    shapes = parcels(count)
    files = {
        "报备坐标 TXT": (as_txt(shapes), "a.txt"),
        "Shapefile": (as_layer(shapes, ".shp", "ESRI Shapefile"), "a.zip"),
        "GeoPackage": (as_layer(shapes, ".gpkg", "GPKG"), "a.gpkg"),
        "GeoJSON": (as_layer(shapes, ".geojson", "GeoJSON"), "a.geojson"),
    }
    print(f"{count} parcels of {CORNERS} corners, one process")
    kml = as_kml(geo.to_stored(shapes, "EPSG:4525"))
    files["KML"] = (kml, "a.kml")
    for name, (data, file) in files.items():
        if name == "报备坐标 TXT":
            floor = seconds(lambda d=data: [s.split(",") for s in d.decode("gb18030").split("\n")])
        elif name == "KML":
            floor = seconds(lambda d=data: ElementTree.fromstring(d))
        else:
            floor = seconds(lambda d=data: pyogrio.raw.read(d))
        reading = read_parcels(data, file)
        assert len(reading.parcels) == count, len(reading.parcels)
        assert not reading.refused
        busy = time.process_time()
        took = seconds(lambda d=data, f=file: read_parcels(d, f))
        busy = time.process_time() - busy
        print(
            f"{name:<12} {len(data) / 1e6:7.1f} MB  {took:6.2f} s"
            f"  {busy:6.2f} s of CPU  {busy / count * 1e6:5.0f} µs a parcel  floor {floor:5.2f} s"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB on Linux
    print(f"peak memory {peak / 1e3:.0f} MB, all the files and floors included")


if __name__ == "__main__":
    main()
