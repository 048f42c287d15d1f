"""Positions, boundaries and metres: the only place that knows coordinate systems.

Everything inside the product is EPSG:4490 (CGCS2000), longitude first, in degrees. At the
accuracy of a phone CGCS2000 and WGS 84 are the same. Areas and distances are ellipsoidal.
"""

import math
import threading
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from pygeomag import GeoMag
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

EPSG_STORED = 4490
MU_M2 = 2000.0 / 3.0
"""Square metres of one 亩."""
HECTARE_M2 = 10_000.0

_GEOD = Geod(a=6378137.0, rf=298.257222101)  # the CGCS2000 ellipsoid, GB/T 30168
_ORIGIN = Point(0.0, 0.0)
_local = threading.local()  # neither a pyproj Transformer nor a GeoMag may be shared by threads


@dataclass(frozen=True, slots=True)
class Position:
    """A point in EPSG:4490 degrees; `accuracy_m` is the radius the device itself gave, if any."""

    lon: float
    lat: float
    accuracy_m: float | None = None

    def __post_init__(self) -> None:
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            raise ValueError(f"not a longitude and latitude: {self.lon}, {self.lat}")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in EPSG:4490 degrees."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float

    def contains(self, at: Position) -> bool:
        return self.min_lon <= at.lon <= self.max_lon and self.min_lat <= at.lat <= self.max_lat


def box_of(boundary: BaseGeometry) -> Box:
    return Box(*(float(v) for v in boundary.bounds))


def box_around(at: Position, radius_m: float) -> Box:
    """The box that holds every point within `radius_m` of `at`."""
    north, east = _metres_per_degree(at.lat)
    dlat, dlon = radius_m / north, radius_m / max(east, 1.0)
    return Box(
        max(at.lon - dlon, -180.0),
        max(at.lat - dlat, -90.0),
        min(at.lon + dlon, 180.0),
        min(at.lat + dlat, 90.0),
    )


def _metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres of one degree of latitude and of longitude at `lat`, from the radii of curvature."""
    e2 = 0.006694380022900787  # first eccentricity squared of CGCS2000
    s = math.sin(math.radians(lat))
    w2 = 1.0 - e2 * s * s
    meridian = 6378137.0 * (1.0 - e2) / (w2 * math.sqrt(w2))
    normal = 6378137.0 / math.sqrt(w2)
    rad = math.pi / 180.0
    return meridian * rad, normal * math.cos(math.radians(lat)) * rad


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """Metres east and north of a point; true to 1 part in 1,000 within 10 km."""

    origin: Position

    def to_metres(self, geometry: BaseGeometry) -> BaseGeometry:
        north, east = _metres_per_degree(self.origin.lat)
        shift, scale = np.array([self.origin.lon, self.origin.lat]), np.array([east, north])
        return shapely.transform(geometry, lambda xy: (xy - shift) * scale)

    def to_degrees(self, geometry: BaseGeometry) -> BaseGeometry:
        north, east = _metres_per_degree(self.origin.lat)
        shift, scale = np.array([self.origin.lon, self.origin.lat]), np.array([east, north])
        return shapely.transform(geometry, lambda xy: xy / scale + shift)


def distance_between_m(a: Position, b: Position) -> float:
    """Geodesic distance in metres."""
    return float(_GEOD.inv(a.lon, a.lat, b.lon, b.lat)[2])


def bearing_between_deg(a: Position, b: Position) -> float:
    """True bearing from `a` to `b`, 0 ≤ bearing < 360, clockwise from north."""
    return float(_GEOD.inv(a.lon, a.lat, b.lon, b.lat)[0]) % 360.0


def moved(at: Position, *, east_m: float = 0.0, north_m: float = 0.0) -> Position:
    """`at`, moved by metres along the ellipsoid; the accuracy is kept."""
    length = math.hypot(east_m, north_m)
    azimuth = math.degrees(math.atan2(east_m, north_m))
    lon, lat, _ = _GEOD.fwd(at.lon, at.lat, azimuth, length)
    return Position(float(lon), float(lat), at.accuracy_m)


def nearest_on(boundary: BaseGeometry, at: Position) -> Position:
    """The point of the parcel (its inside included) that is nearest to `at`."""
    near = shapely.shortest_line(LocalPlane(at).to_metres(boundary), _ORIGIN)
    x, y = shapely.get_coordinates(near)[0].tolist()
    north, east = _metres_per_degree(at.lat)
    return Position(x / east + at.lon, y / north + at.lat)


def way_to(boundary: BaseGeometry, at: Position) -> tuple[float, float | None]:
    """(metres, true bearing) from `at` to the nearest part of the parcel; (0, None) inside and on
    the outline, where every way looks at it."""
    if shapely.intersects_xy(boundary, at.lon, at.lat):
        return 0.0, None
    near = nearest_on(boundary, at)
    bearing, _, distance = _GEOD.inv(at.lon, at.lat, near.lon, near.lat)
    return float(distance), float(bearing) % 360.0


def distance_to_m(boundary: BaseGeometry, at: Position) -> float:
    """Metres from `at` to the parcel; 0 inside and on the outline."""
    return way_to(boundary, at)[0]


def bearing_to_deg(boundary: BaseGeometry, at: Position) -> float | None:
    """True bearing to the nearest part of the parcel; None inside, where every way looks at it."""
    return way_to(boundary, at)[1]


def angles_spanned_deg(
    boundary: BaseGeometry, at: Position, *, bearing_deg: float | None = None
) -> tuple[float, float] | None:
    """The parcel as seen from `at`: (middle bearing, half width) in degrees; None from inside.

    `bearing_deg` is that to its nearest part, where it is known already.
    """
    middle = bearing_to_deg(boundary, at) if bearing_deg is None else bearing_deg
    if middle is None:
        return None
    xy = shapely.get_coordinates(LocalPlane(at).to_metres(boundary))
    angles = np.degrees(np.arctan2(xy[:, 0], xy[:, 1]))
    off = (angles - middle + 180.0) % 360.0 - 180.0
    low, high = float(off.min()), float(off.max())
    return (middle + (low + high) / 2.0) % 360.0, (high - low) / 2.0


def angle_between_deg(a: float, b: float) -> float:
    """The smaller angle between two bearings, 0 to 180."""
    return abs((a - b + 180.0) % 360.0 - 180.0)


def area_m2(boundary: BaseGeometry) -> float:
    """Ellipsoidal area in square metres, holes taken off, whatever the ring direction."""
    total = 0.0
    for part in shapely.get_parts(boundary):
        if isinstance(part, Polygon):
            total += abs(_GEOD.polygon_area_perimeter(*part.exterior.coords.xy)[0])
            for hole in part.interiors:
                total -= abs(_GEOD.polygon_area_perimeter(*hole.coords.xy)[0])
    return total


def areas_m2(boundaries: np.ndarray) -> np.ndarray:
    """`area_m2` of an array of Polygons and MultiPolygons, several times faster.

    A self-crossing ring counts by its signed area. Not a number where a coordinate is none.
    """
    parts, of_boundary = shapely.get_parts(boundaries, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    lonlat, of_ring = shapely.get_coordinates(rings, return_index=True)
    areas = np.zeros(len(boundaries))
    if not len(rings):
        return areas
    lon, lat = np.ascontiguousarray(lonlat[:, 0]), np.ascontiguousarray(lonlat[:, 1])
    ends = np.cumsum(np.bincount(of_ring, minlength=len(rings)))
    measured = np.empty(len(rings))
    start = 0
    for n, end in enumerate(ends):
        measured[n] = abs(_GEOD.polygon_area_perimeter(lon[start:end], lat[start:end])[0])
        start = end
    is_hole = np.r_[False, of_part[1:] == of_part[:-1]]  # the first ring of a part is its outside
    np.add.at(areas, of_boundary[of_part], np.where(is_hole, -measured, measured))
    return areas


def inside_point(boundary: BaseGeometry) -> Position:
    """A point that is surely inside the parcel, for a label or a marker."""
    p = shapely.point_on_surface(boundary)
    return Position(float(p.x), float(p.y))


def view_cone(at: Position, heading_deg: float, *, width_deg: float, length_m: float) -> Polygon:
    """The ground that a camera sees, as a fan in EPSG:4490; `heading_deg` is true."""
    steps = np.radians(np.linspace(heading_deg - width_deg / 2, heading_deg + width_deg / 2, 13))
    fan = [(0.0, 0.0)] + [(length_m * math.sin(a), length_m * math.cos(a)) for a in steps]
    return LocalPlane(at).to_degrees(Polygon(fan))


def declination_deg(at: Position, on: date) -> float:
    """Degrees that magnetic north lies east of true north (WMM2025; −5.0 in 南召, −5.6 in 郑州)."""
    year = on.year + (on.timetuple().tm_yday - 1) / 365.25
    # The model is issued for 2025.0–2030.0. The change in a decade is under half a degree here,
    # far below any tolerance of a compass, so other years take the nearest end.
    year = min(max(year, 2025.0), 2029.999)
    return float(_geomag().calculate(glat=at.lat, glon=at.lon, alt=0.3, time=year).d)


def _geomag() -> GeoMag:
    if not hasattr(_local, "geomag"):
        _local.geomag = GeoMag()
    geomag: GeoMag = _local.geomag
    return geomag


# --- coordinate systems of files -----------------------------------------------------------


def epsg_of_zone(zone: int, *, degrees: int, banded: bool) -> int:
    """The CGCS2000 Gauss–Krüger system of a 带号.

    `degrees` is 几度分带 (3 or 6); `banded` tells whether the easting carries the 带号.
    Source: EPSG registry; 3°: 4488 + N with band, 4534 + (N − 25) without; 6°: 4478 + N with
    band, 4489 + N without.
    """
    if degrees == 3 and 25 <= zone <= 45:
        return 4488 + zone if banded else 4509 + zone
    if degrees == 6 and 13 <= zone <= 23:
        return 4478 + zone if banded else 4489 + zone
    raise ValueError(f"no CGCS2000 zone {zone} of {degrees} degrees")


def parse_crs(text: str) -> CRS:
    """A coordinate system from `EPSG:n`, WKT or PROJ text; ValueError where it is none."""
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise ValueError(str(error)) from error


def to_stored(geometry: BaseGeometry, crs: CRS | str) -> BaseGeometry:
    """A geometry in `crs` (x, y order) as EPSG:4490 lon/lat.

    CGCS2000 and WGS 84 are taken as one datum; Beijing 1954 and Xi'an 1980 need seven local
    parameters that are not public, so `needs_local_parameters` is asked first.
    """
    move = _transformer(str(crs) if isinstance(crs, str) else crs.to_wkt())

    def shift(xy: np.ndarray) -> np.ndarray:
        x, y = move.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(geometry, shift)


def from_stored(geometry: BaseGeometry, epsg: int) -> BaseGeometry:
    """An EPSG:4490 geometry in another system, x (east) first."""
    move = _transformer(f"EPSG:{EPSG_STORED}", f"EPSG:{epsg}")

    def shift(xy: np.ndarray) -> np.ndarray:
        x, y = move.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(geometry, shift)


def needs_local_parameters(crs: CRS) -> bool:
    """Whether the datum is Beijing 1954 or Xi'an 1980, whose shift to CGCS2000 is not public."""
    name = (crs.geodetic_crs.name if crs.geodetic_crs else crs.name).lower()
    return "beijing" in name or "xian" in name or "xi'an" in name


def _transformer(source: str, target: str = f"EPSG:{EPSG_STORED}") -> Transformer:
    cache: dict[tuple[str, str], Transformer] = _local.__dict__.setdefault("transformers", {})
    key = (source, target)
    if key not in cache:
        cache[key] = Transformer.from_crs(source, target, always_xy=True)
    return cache[key]


# --- the shifted systems of Chinese web maps -------------------------------------------------
# The formulas are the widely published ones; evidence: four steps of the inverse are within 1 µm.

_GCJ_A = 6378245.0
_GCJ_E2 = 0.00669342162296594323
_SHIFTED = Box(72.004, 0.8293, 137.8347, 55.8271)
"""Outside this box the web maps shift nothing, and the formulas run off the globe."""


def to_gcj02(at: Position) -> Position:
    """The position as 高德 and 腾讯 show it; in 南召 558–578 m east, 159–213 m south.

    Outside China, where those maps shift nothing, the position itself.
    """
    if not _SHIFTED.contains(at):
        return at
    x, y = at.lon - 105.0, at.lat - 35.0
    pi = math.pi
    wave = 20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)
    dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    dlat += (wave + 20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    dlat += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    dlon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    dlon += (wave + 20.0 * math.sin(x * pi) + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    dlon += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0
    s = math.sin(math.radians(at.lat))
    magic = 1.0 - _GCJ_E2 * s * s
    dlat = dlat * 180.0 / ((_GCJ_A * (1.0 - _GCJ_E2)) / (magic * math.sqrt(magic)) * pi)
    dlon = dlon * 180.0 / (_GCJ_A / math.sqrt(magic) * math.cos(math.radians(at.lat)) * pi)
    return Position(at.lon + dlon, at.lat + dlat, at.accuracy_m)


def from_gcj02(at: Position) -> Position:
    """The true position of a GCJ-02 one, by fixed-point iteration."""
    guess = at
    for _ in range(4):
        image = to_gcj02(guess)
        guess = Position(
            guess.lon + at.lon - image.lon, guess.lat + at.lat - image.lat, at.accuracy_m
        )
    return guess


def from_bd09(at: Position) -> Position:
    """The true position of a 百度 (BD-09) one; outside China the position itself."""
    if not _SHIFTED.contains(at):
        return at
    k = math.pi * 3000.0 / 180.0
    x, y = at.lon - 0.0065, at.lat - 0.006
    z = math.hypot(x, y) - 0.00002 * math.sin(y * k)
    theta = math.atan2(y, x) - 0.000003 * math.cos(x * k)
    return from_gcj02(Position(z * math.cos(theta), z * math.sin(theta), at.accuracy_m))


def unshifted_between_m(a: Position, b: Position) -> float:
    """Metres between the two when the shift of a web map is undone in one of them: the shortest."""
    undone = [(undo(a), b) for undo in (from_gcj02, from_bd09)]
    undone += [(a, undo(b)) for undo in (from_gcj02, from_bd09)]
    return min(distance_between_m(x, y) for x, y in [(a, b), *undone])
