"""The coordinate systems of files: which are taken, how they are named, what lies too far off."""

import math
from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import ProjError
from shapely import Point

from field_app.problems import CRS_NOT_UNDERSTOOD, DATUM_NEEDS_PARAMETERS
from models import geo

CHINA = geo.Box(73.0, 3.0, 136.0, 54.0)
"""Land and sea of China with some margin; a parcel outside has wrong coordinates."""

ZONES = {
    geo.epsg_of_zone(zone, degrees=degrees, banded=banded): (zone, degrees)
    for degrees, zones in ((3, range(25, 46)), (6, range(13, 24)))
    for zone in zones
    for banded in (True, False)
}
"""带号 and 几度分带 of every CGCS2000 Gauss–Krüger system, by EPSG code."""
BAND_OF = {
    code: zone if code == geo.epsg_of_zone(zone, degrees=degrees, banded=True) else 0
    for code, (zone, degrees) in ZONES.items()
}
"""The 带号 that the eastings of each of them carry; 0 where they carry none."""


@lru_cache(maxsize=64)
def understood(text: str, file: str) -> CRS:
    """The system of `text` (EPSG:n or WKT).

    Raises CRS_NOT_UNDERSTOOD, and DATUM_NEEDS_PARAMETERS for Beijing 1954, Xi'an 1980 and any
    other datum that is not CGCS2000, WGS 84 or their like: a shift would be tens of metres.
    """
    try:
        crs = geo.parse_crs(f"EPSG:{text}" if text.strip().isdecimal() else text)
    except ValueError as error:
        raise CRS_NOT_UNDERSTOOD(file=file, crs=text[:80]) from error
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    crs = crs.to_2d()
    if not (crs.is_geographic or crs.is_projected):
        raise CRS_NOT_UNDERSTOOD(file=file, crs=crs.name)
    if geo.needs_local_parameters(crs) or not _earth_of_today(crs):
        raise DATUM_NEEDS_PARAMETERS(file=file, crs=crs.name)
    try:
        geo.to_stored(Point(0.0, 0.0), crs)
    except ProjError as error:  # a projection without its method, say
        raise CRS_NOT_UNDERSTOOD(file=file, crs=crs.name) from error
    return crs


def name_of(crs: CRS) -> str:
    """`EPSG:4525`, or the system's own name where no code fits."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.name


def text_of(crs: CRS) -> str:
    """`EPSG:4525`, or WKT where no code fits: what `understood` takes back."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.to_wkt()


@lru_cache(maxsize=64)
def shown(text: str) -> str:
    """The name of a system that stands as `text_of` gives it."""
    return text if text.startswith("EPSG:") or not text else name_of(geo.parse_crs(text))


def central_meridian_deg(crs: CRS) -> float | None:
    """Of a transverse Mercator system; None for any other."""
    operation = crs.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return None
    for parameter in operation.params:
        if parameter.name == "Longitude of natural origin":
            return float(parameter.value)
    return None


def reach_deg(crs: CRS) -> float:
    """How far from the central meridian a parcel may lie: half the zone, and half a zone more.

    Counties keep one zone across its edge; what lies further has the wrong 带号.
    """
    code = crs.to_epsg()
    return 6.0 if code is not None and ZONES.get(code, (0, 3))[1] == 6 else 3.0


def _earth_of_today(crs: CRS) -> bool:
    """Whether the ellipsoid is that of CGCS2000, WGS 84 or GRS 80: the datum is geocentric."""
    earth = crs.ellipsoid
    return (
        earth is not None
        and math.isclose(earth.semi_major_metre, 6378137.0, abs_tol=0.01)
        and math.isclose(earth.inverse_flattening, 298.2572, abs_tol=0.001)
    )
