"""What a file of parcels is read into."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

Advance = Callable[[float], None]
"""Hears the share of a piece of work that is done, 0 to 1."""
Status = Literal["taken", "repaired", "refused"]


def portion(advance: Advance, start: float, width: float) -> Advance:
    """The ear of a piece of work that is `width` of the whole and begins at `start`."""
    return lambda share: advance(start + share * width)


@dataclass(slots=True)
class Fields:
    """What is known of a parcel by its attributes; empty where the file does not say."""

    number: str = ""
    name: str = ""
    land_class: str = ""  # 地类编码 (DLBM); the name of the class where the file has no code
    use: str = ""
    sheet: str = ""
    township_code: str = ""  # nine digits
    village: str = ""
    slope_grade: str = ""
    quality_grade: str = ""
    year: str = ""
    planting: str = ""  # 种植属性代码 (ZZSXDM)
    project_code: str = ""


@dataclass(slots=True)
class ReadParcel(Fields):
    """One parcel of a file, judged. Nothing is left out: a refused parcel is a value."""

    status: Status = "taken"
    where: str = ""  # 第 12 行, 第 3 个要素
    boundary: Polygon | MultiPolygon | None = None  # EPSG:4490, lon lat; None where refused
    area_m2: float | None = None  # ellipsoidal; None where refused
    declared_area_m2: float | None = None
    crs: str = ""  # the system of the file's coordinates, EPSG:4525
    messages: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)  # as the file has them


@dataclass(slots=True)
class Reading:
    """A file, read: as many parcels as the file has, in its order."""

    file: str
    format: str
    parcels: list[ReadParcel]
    messages: list[str] = field(default_factory=list)  # about the file as a whole

    @property
    def crs(self) -> str:
        """The systems of the file's coordinates, mostly one."""
        return "、".join(dict.fromkeys(p.crs for p in self.parcels if p.crs))

    @property
    def refused(self) -> list[ReadParcel]:
        return [p for p in self.parcels if p.status == "refused"]


@dataclass(slots=True)
class Found:
    """One parcel as it stands in the file, not yet judged.

    `shape` is in the file's own system `crs`, x (east or longitude) first. `refusal` tells what
    already speaks against it.
    """

    where: str
    fields: Fields
    attributes: dict[str, str]
    shape: BaseGeometry | None = None
    crs: str = ""
    declared: float | None = None  # in the unit of the file
    messages: list[str] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    refusal: str = ""


@dataclass(slots=True)
class Batch:
    """The parcels of one layer, whose declared areas share one unit."""

    format: str
    found: list[Found]
    area_unit: str = ""  # 平方米, 公顷, 亩; empty: told by which fits the computed areas
    messages: list[str] = field(default_factory=list)
