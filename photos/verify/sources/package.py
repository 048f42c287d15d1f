"""A 举证 package: the SQLite file that upper levels exchange, photos and parcels in one.

Table FJ holds the photos as BLOBs with what the shooting program noted; CCJZ, BCJZ, ZXJZ and their
like hold the parcels with TBFW, the boundary as WKT. Fields: evidence_db_schema of the domain
notes; their meaning there is partly inferred, so a missing column is no error.

The file may come from anybody. It is opened read-only, through `photos.verify.sources.hostile`.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from models.geo import Position, epsg_of_zone, to_stored
from models.vocabulary import PhotoKind
from photos.case import Recorded
from photos.evidence import CHINA, ReadError
from photos.verify.given import PhotoFile
from photos.verify.places import Unread
from photos.verify.sources.hostile import Hostile, PackageRefused

__all__ = ["Package", "PackageRefused", "is_package", "open_package"]

_MAGIC = b"SQLite format 3\0"
_MOST_WKT = 4_000_000  # characters; a parcel of 100,000 corners has about 3 million
_NOTED = ("TCBM", "TBYBH", "FJMC", "FJLX", "PSSJ", "PSJD", "PSRY", "Longitude", "Latitude",
          "JYM", "MD5", "LYSB")  # fmt: skip
_KINDS = {"E": PhotoKind.EAST, "S": PhotoKind.SOUTH, "W": PhotoKind.WEST, "N": PhotoKind.NORTH}
_MD5 = re.compile(r"[0-9a-f]{32}")
_DRONE = "1"  # LYSB: 0 is a phone or tablet
GONE = ReadError("package-photo-gone", "举证包里的这张照片读不出来；请向提供方要完整的举证包。")
NO_PHOTO = ReadError("package-without-blob", "举证包的这一行没有照片内容；请向提供方补齐。")


@dataclass(frozen=True, slots=True)
class PackagePhoto:
    """The BLOB of one row of FJ, read where it is needed."""

    package: Path
    row: int
    wants_md5: bool  # what the table holds looks like one

    @property
    def key(self) -> str:
        return f"{self.package.resolve()}#{self.row}"

    def stamp(self) -> str | None:
        try:
            seen = self.package.stat()
        except OSError:
            return None
        return f"{seen.st_size}:{seen.st_mtime_ns}"

    def read(self) -> bytes:
        try:
            with Hostile(self.package) as package:
                blob = package.one('SELECT "FJ" FROM "FJ" WHERE rowid = ?', (self.row,))
        except PackageRefused as error:
            raise Unread(GONE) from error
        if not isinstance(blob, bytes) or not blob:
            raise Unread(NO_PHOTO)
        return blob


@dataclass(frozen=True, slots=True)
class Package:
    """What a package holds. Boundaries in EPSG:4490 (lon, lat), by the number that photos name."""

    photos: tuple[PhotoFile, ...]
    parcels: dict[str, BaseGeometry]
    messages: tuple[str, ...]  # what could not be used, in Chinese


def is_package(path: Path) -> bool:
    """Whether the file is a SQLite database, by its first bytes."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def open_package(path: Path) -> Package:
    """The photos and parcels of a package. PackageRefused where it has no table FJ of photos."""
    with Hostile(path) as package:
        if not {"fj", "tbybh"} <= package.columns("FJ"):
            raise PackageRefused("里面没有附件表 FJ（含 FJ、TBYBH 两列），不是举证包")
        parcels, messages = _parcels(package, path.name)
        return Package(tuple(_photos(package, path, parcels)), parcels, tuple(messages))


def _photos(package: Hostile, path: Path, parcels: dict[str, BaseGeometry]) -> Iterator[PhotoFile]:
    has = package.columns("FJ")
    names = [name for name in _NOTED if name.lower() in has]
    wanted = ", ".join(f'"{name}"' for name in names)
    query = f'SELECT rowid, {wanted} FROM "FJ" ORDER BY rowid'  # noqa: S608 — names of ours
    for row in package.all(query):
        said = dict(zip(names, row[1:], strict=True))
        number, table = _text(said.get("TBYBH")), _text(said.get("TCBM"))
        title = _text(said.get("FJMC")) or str(row[0])
        noted = _recorded(said)
        yield PhotoFile(
            f"{path}#{title}",
            PackagePhoto(path, int(row[0]), bool(_MD5.fullmatch(noted.digest))),
            _named(number, table, parcels) or number or None,
            _kind(_text(said.get("FJLX")), _text(said.get("LYSB"))),
            person=_text(said.get("PSRY")),
            recorded=noted,
            title=title,
        )


def _named(number: str, table: str, parcels: dict[str, BaseGeometry]) -> str | None:
    """The parcel by its number, or by table and number where two tables differ."""
    return next((n for n in (f"{table}/{number}", number) if n in parcels), None)


def _kind(letter: str, source: str) -> PhotoKind | None:
    """FJLX: the four directions by their letter; W is a drone where LYSB says so, and then, like
    any other letter, leaves the kind to the run."""
    if letter.upper() == "W" and source in ("", _DRONE):
        return None
    return _KINDS.get(letter.upper())


def _recorded(said: dict[str, Any]) -> Recorded:
    digest = (_text(said.get("MD5")) or _text(said.get("JYM"))).lower()
    return Recorded(
        position=_position(said.get("Longitude"), said.get("Latitude")),
        taken_at=_moment(_text(said.get("PSSJ"))),
        heading_deg=_heading(said.get("PSJD")),
        person=_text(said.get("PSRY")),
        digest=digest[:128],
    )


def _position(lon: Any, lat: Any) -> Position | None:
    x, y = _number(lon), _number(lat)
    # Zeros stand where the program had no fix.
    if x is None or y is None or (x == 0.0 and y == 0.0):
        return None
    return Position(x, y) if -180.0 <= x <= 180.0 and -90.0 <= y <= 90.0 else None


def _heading(value: Any) -> float | None:
    deg = _number(value)
    return round(deg % 360.0, 3) % 360.0 if deg is not None and -360.0 <= deg <= 720.0 else None


def _moment(text: str) -> datetime | None:
    """PSSJ: local time of China unless it says another; separators differ between programs."""
    plain = text.strip().replace("/", "-").replace("年", "-").replace("月", "-")
    plain = plain.replace("日", "")
    if plain.isdecimal() and len(plain) == 14:
        plain = f"{plain[:8]}T{plain[8:]}"
    for form in (None, "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            at = datetime.fromisoformat(plain) if form is None else datetime.strptime(plain, form)  # noqa: DTZ007 — the zone is added below
        except ValueError:
            continue
        return at if at.tzinfo is not None else at.replace(tzinfo=CHINA)
    return None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, bytes) else str(value).strip()[:400]


# --- parcels --------------------------------------------------------------------------------


def _parcels(package: Hostile, name: str) -> tuple[dict[str, BaseGeometry], list[str]]:
    found: dict[str, dict[str, BaseGeometry]] = {}
    messages: list[str] = []
    for table in package.tables():
        has = package.columns(table)
        number = next((n for n in ("TBYBH", "JCBH") if n.lower() in has), None)
        if number is None or "tbfw" not in has:
            continue
        query = f'SELECT "{number}", "TBFW" FROM "{table}" ORDER BY rowid'  # noqa: S608 — names that the file itself lists, quoted
        for code, wkt in package.all(query):
            said = _boundary(wkt)
            if isinstance(said, str):
                messages.append(f"{name} 表 {table} 图斑 {_text(code)}：{said}，这块图斑没有用上")
            else:
                found.setdefault(_text(code), {})[table] = said
    return dict(_by_number(found)), messages


def _by_number(
    found: dict[str, dict[str, BaseGeometry]],
) -> Iterator[tuple[str, BaseGeometry]]:
    for code, tables in found.items():
        shapes = list(tables.values())
        if all(shape.equals(shapes[0]) for shape in shapes[1:]):
            yield code, shapes[0]
        else:
            yield from ((f"{table}/{code}", shape) for table, shape in tables.items())


def _boundary(wkt: Any) -> BaseGeometry | str:
    """The polygon in EPSG:4490, or what is wrong with it."""
    text = wkt if isinstance(wkt, str) else ""
    if not text.strip():
        return "没有范围（TBFW 为空）"
    if len(text) > _MOST_WKT:
        return "范围（TBFW）异常长"
    try:
        shape = shapely.force_2d(shapely.from_wkt(text))
    except shapely.errors.GEOSException:
        return "范围（TBFW）不是合格的 WKT"
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        return "范围（TBFW）不是面"
    placed = _placed(shape)
    if placed is None:
        return "范围（TBFW）的坐标既不是经纬度，也没有带号"
    whole = shapely.make_valid(placed, method="structure", keep_collapsed=False)
    return whole if not whole.is_empty else "范围（TBFW）没有面积"


def _placed(shape: BaseGeometry) -> BaseGeometry | None:
    """As lon/lat: degrees as they are, metres by the 带号 that their easting carries."""
    west, south, east, north = (float(v) for v in shape.bounds)
    if not all(map(math.isfinite, (west, south, east, north))):
        return None
    if west >= 70.0 and east <= 140.0 and south >= 0.0 and north <= 60.0:
        return shape
    zone = int(west // 1_000_000)
    if zone != int(east // 1_000_000) or not 0.0 <= south <= north <= 7_000_000.0:
        return None
    try:
        epsg = epsg_of_zone(zone, degrees=3 if zone >= 25 else 6, banded=True)
    except ValueError:
        return None
    return to_stored(shape, f"EPSG:{epsg}")
