"""In which coordinate system a parcel of a 报备坐标 TXT file stands, and in which order.

The 3rd column is X (north), the 4th Y (east). An easting of eight digits carries the 带号 before
its 500 km. [属性描述] says 坐标系, 几度分带, 计量单位 and 带号; where it is silent and the numbers
are too, the user is asked. Nothing is taken from the county: 南召 lies in two zones.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyproj import CRS

from field_app.parcels.formats import systems
from field_app.problems import (
    CRS_CONTRADICTORY,
    CRS_NEEDED,
    CRS_NOT_UNDERSTOOD,
    DATUM_NEEDS_PARAMETERS,
    UNIT_NOT_METRES,
)
from models import geo

_TODAY = re.compile("2000|CGCS|WGS")
_LOCAL = re.compile("80|西安|54|北京|XI.?AN|BEIJING")
_METRES = ("", "米", "M", "公尺", "METER", "METERS", "METRE", "METRES")
_DEGREES = ("度", "十进制度", "经纬度", "DEGREE", "DEGREES")  # not 度分秒: 112.3015 tells nothing
_WIDTHS = dict(systems.ZONES.values())
"""3 or 6 by 带号: the numbers in use, 25–45 and 13–23, do not overlap."""


@dataclass(frozen=True, slots=True)
class Said:
    """What [属性描述] says of the system. None: it does not."""

    datum: bool  # whether it names CGCS2000 or its like
    zone: int | None
    degrees: int | None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the numbers of one parcel look."""

    kind: str  # banded: the easting carries the 带号; plain; degrees
    swapped: bool  # the 3rd column is the easting
    zone: int | None = None


def said_by(properties: Mapping[str, str], file: str) -> Said:
    """Reads [属性描述]. Raises where the file stands in a system that cannot be taken."""
    datum = properties.get("坐标系", "").upper().replace(" ", "")
    if datum and not _TODAY.search(datum):
        kind = DATUM_NEEDS_PARAMETERS if _LOCAL.search(datum) else CRS_NOT_UNDERSTOOD
        raise kind(file=file, crs=properties["坐标系"])
    projection = properties.get("投影类型", "")
    if projection and not re.search("高斯|克吕格|克里格|GAUSS|经纬|无|地理", projection.upper()):
        raise CRS_NOT_UNDERSTOOD(file=file, crs=projection)
    unit = properties.get("计量单位", "")
    if unit.upper() not in _METRES + _DEGREES:
        raise UNIT_NOT_METRES(file=file, unit=unit)
    zone = _number(properties.get("带号", ""), "带号", file)
    degrees = _number(properties.get("几度分带", ""), "几度分带", file)
    if degrees not in (None, 3, 6):
        raise CRS_CONTRADICTORY(file=file, what=f"几度分带写“{degrees}”，只有 3 度带和 6 度带")
    said = Said(bool(datum), zone, degrees)
    if zone is not None and zone_degrees(zone, said.degrees) is None:
        what = f"带号 {zone} 不是 2000 坐标系 {degrees or '3/6'} 度分带的带号"
        raise CRS_CONTRADICTORY(file=file, what=what)
    return said


def layout_of(third: tuple[float, float], fourth: tuple[float, float]) -> Layout | None:
    """How a parcel's numbers look, by the (least, greatest) of both columns; None: like nothing.

    >>> layout_of((3707958.6, 3708008.6), (37632899.9, 37632949.9))
    Layout(kind='banded', swapped=False, zone=37)
    >>> layout_of((112.1, 112.2), (33.4, 33.5))
    Layout(kind='degrees', swapped=True, zone=None)
    """
    for swapped, (north, east) in ((False, (third, fourth)), (True, (fourth, third))):
        if not (north[0] > 0.0 and east[0] > 0.0):
            return None
        if north[1] <= 60.0 < east[0] and east[1] <= 180.0:
            return Layout("degrees", swapped)
        if not (north[0] >= 200_000.0 and north[1] < 10_000_000.0):
            continue
        if east[0] >= 10_000_000.0:
            zone = int(east[0] // 1e6)
            return Layout("banded", swapped, zone) if int(east[1] // 1e6) == zone else None
        if north[0] >= 1_000_000.0 > east[1]:
            return Layout("plain", swapped)
    return None


def system_of(layout: Layout, said: Said, given: CRS | None, file: str) -> tuple[str, str]:
    """(the system as `EPSG:n` or WKT, why the parcel is refused); one of the two is empty.

    Raises CRS_NEEDED where neither the file nor the user says it.
    """
    if not said.datum and given is None:
        raise CRS_NEEDED(file=file, why="[属性描述] 没有写坐标系")
    if layout.kind == "degrees":
        return f"EPSG:{geo.EPSG_STORED}", ""
    zone, degrees = said.zone, said.degrees
    if layout.zone is not None:
        if zone is not None and zone != layout.zone:
            return "", f"横坐标的带号前缀是 {layout.zone}，[属性描述] 写带号 {zone}，两者不一致"
        zone = layout.zone
    if given is not None and (zone is None or not said.datum):
        code = given.to_epsg()
        chosen = systems.ZONES.get(code or 0)
        if chosen is None:
            return systems.text_of(given), ""
        if zone is not None and zone != chosen[0]:
            return "", f"带号是 {zone}，与指定的坐标系 EPSG:{code} 不一致"
        zone, degrees = chosen
    if zone is None:
        raise CRS_NEEDED(file=file, why="[属性描述] 没有写带号，横坐标也不带带号")
    width = zone_degrees(zone, degrees)
    if width is None:
        return "", f"带号 {zone} 不是 2000 坐标系 {degrees or '3/6'} 度分带的带号"
    return f"EPSG:{geo.epsg_of_zone(zone, degrees=width, banded=layout.kind == 'banded')}", ""


def zone_degrees(zone: int, degrees: int | None) -> int | None:
    """3 or 6, the width of the zone; None where there is no such zone of `degrees`."""
    width = _WIDTHS.get(zone)
    return width if degrees in (None, width) else None


def _number(text: str, what: str, file: str) -> int | None:
    """The number in `37`, `37带`, `3度带`; None where nothing stands."""
    if not text.strip():
        return None
    match = re.fullmatch(r"\D*?(\d{1,3})\D*", text)
    if match is None:
        raise CRS_CONTRADICTORY(file=file, what=f"{what}写“{text[:20]}”，不是数字")
    return int(match.group(1))
