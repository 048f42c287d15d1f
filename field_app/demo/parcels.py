"""The projects and parcels of the demonstration county, laid over real places of 南召.

Townships and their codes are real, and the middles are near the real seats; villages, projects and
every outline are invented. The dice are seeded, so the county is the same on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from field_app.demo import ground
from models import geo
from models.geo import LocalPlane, Position

_SIZES = {  # least and greatest width, least and greatest depth, bend: metres
    "plain": ((30.0, 70.0), (45.0, 105.0), 12.0),
    "terrace": ((38.0, 105.0), (9.5, 27.0), 26.0),
    "large": ((66.0, 105.0), (80.0, 125.0), 10.0),
}
_COLUMNS = _ROWS = 4
_BLOCKS_APART_M = 900.0
_STEEP = "5"  # 坡度级别 5: over 25°

_KINDS = {"土地整治": "土地整治", "高标": "高标准农田建设", "复垦": "土地复垦"}
"""What the list calls a kind, and what a project's name calls it."""


@dataclass(frozen=True, slots=True)
class ProjectSpec:
    """A project and how its file is written.

    `form` is the header row of the TXT (A to D, see `files`), or `shp`. `zone` is the 带号 of the
    file; `banded` tells whether eastings carry it.
    """

    key: str
    year: int
    serial: int
    township_code: str
    village: str
    place: str  # township as the name says it
    at: Position
    size: str
    form: str
    zone: int
    encoding: str = "utf-8"
    banded: bool = True
    swapped: bool = False
    steep: int = 0
    forest: int = 0  # parcels whose land class before was forest
    overdeclared: int = 0  # parcels that claim more than they measure
    crossing: int = 0  # parcels whose outline crosses itself
    kind: str = "土地整治"
    stage: str = "已入库未核销"
    named_by_audit: bool = False
    frozen_2021: bool = False

    @property
    def code(self) -> str:
        """项目备案编号: county, year, serial; 14 digits as the upper levels number their files."""
        return f"411321{self.year}{self.serial:04d}"

    @property
    def registered(self) -> bool:
        """Whether its land has been entered in the county's reserve."""
        return self.stage == "已入库未核销"

    @property
    def name(self) -> str:
        return f"南召县{self.place}{self.village}{_KINDS[self.kind]}项目"


PROJECTS = (
    ProjectSpec("liushan", 2020, 1, "411321101", "柳泉村", "留山镇", Position(112.561, 33.447),
                "plain", "C", 38, forest=3, overdeclared=2, named_by_audit=True),
    ProjectSpec("yunyang", 2020, 2, "411321102", "云岭村", "云阳镇", Position(112.706, 33.462),
                "large", "C", 38, encoding="gb18030"),
    ProjectSpec("chengjiao", 2019, 3, "411321300", "清水沟村", "城郊乡", Position(112.436, 33.478),
                "plain", "A", 37, encoding="gb18030", crossing=1, frozen_2021=True),
    ProjectSpec("chengjiao2", 2022, 4, "411321300", "清水沟村", "城郊乡", Position(112.446, 33.471),
                "plain", "C", 37, kind="高标", overdeclared=1),
    ProjectSpec("nanhedian", 2021, 5, "411321104", "南坪村", "南河店镇", Position(112.438, 33.376),
                "plain", "B", 37, encoding="gb18030"),
    ProjectSpec("banshanping", 2020, 6, "411321105", "石梯村", "板山坪镇", Position(112.196, 33.441),
                "terrace", "C", 37, steep=4, forest=2, named_by_audit=True),
    ProjectSpec("qiaoduan", 2021, 7, "411321106", "松林沟村", "乔端镇", Position(112.101, 33.612),
                "terrace", "C", 37, steep=3, forest=2),
    ProjectSpec("baitugang", 2021, 8, "411321107", "白土坡村", "白土岗镇", Position(112.356, 33.512),
                "plain", "A", 37, swapped=True, kind="复垦"),
    ProjectSpec("xiaodian", 2022, 9, "411321301", "双泉村", "小店乡", Position(112.612, 33.528),
                "plain", "C", 38, crossing=1),
    ProjectSpec("huanghou", 2021, 10, "411321302", "东寨村", "皇后乡", Position(112.583, 33.583),
                "terrace", "A", 38, encoding="gb18030", overdeclared=1),
    ProjectSpec("taishanmiao", 2022, 11, "411321303", "庙湾村", "太山庙乡", Position(112.548, 33.372),
                "large", "shp", 38, steep=1),
    ProjectSpec("sikeshu", 2022, 12, "411321305", "四槐村", "四棵树乡", Position(112.236, 33.528),
                "terrace", "D", 37, banded=False),
    ProjectSpec("cuizhuang", 2023, 13, "411321310", "麦岭村", "崔庄乡", Position(112.4985, 33.596),
                "plain", "C", 37, stage="正在实施"),
)  # fmt: skip

_LAND_CLASSES = ("0103", "0103", "0103", "0102", "0101")


@dataclass(frozen=True, slots=True)
class Field:
    """A parcel as its surveyor drew it; `shape` is EPSG:4490 (lon, lat)."""

    number: str
    name: str
    shape: Polygon | MultiPolygon
    land_class: str
    slope_grade: str
    quality_grade: str
    year: str
    claims: float = 1.0  # declared area by the measured one

    @property
    def area_mu(self) -> float:
        return geo.area_m2(self.shape) / geo.MU_M2

    @property
    def plain(self) -> bool:
        """One part, no hole, no crossing."""
        return (
            isinstance(self.shape, Polygon)
            and not self.shape.interiors
            and bool(self.shape.is_valid)
        )

    @property
    def simple(self) -> bool:
        """Plain, and small enough to need no photos of its four sides."""
        return self.plain and 1.0 < self.area_mu < 9.5


@dataclass(frozen=True, slots=True)
class Project:
    """A project with its parcels."""

    spec: ProjectSpec
    fields: tuple[Field, ...]
    overlapping: tuple[tuple[str, str], ...] = ()  # numbers: mine, and one of an earlier project


def county() -> dict[str, Project]:
    """All projects by key, in the order of their files."""
    made: dict[str, Project] = {}
    for spec in PROJECTS:
        dice = Random(spec.code)  # noqa: S311 — a county that is the same everywhere
        shapes = list(_shapes(spec, dice))
        pairs: list[int] = []
        if spec.key == "chengjiao2":
            # The same ground entered a second time, drawn anew within the old outlines.
            again = [f for f in made["chengjiao"].fields if f.simple][:5]
            pairs = list(range(len(shapes), len(shapes) + len(again)))
            numbers = [f.number for f in again]
            shapes += [_redrawn(f.shape) for f in again]
        fields = _numbered(spec, shapes, dice)
        overlapping = tuple(
            (fields[n].number, old) for n, old in zip(pairs, numbers if pairs else (), strict=True)
        )
        made[spec.key] = Project(spec, fields, overlapping)
    return made


def _shapes(spec: ProjectSpec, dice: Random) -> Iterator[BaseGeometry]:
    """Two blocks of fields, some joined, one with a pond, some land between them left out."""
    width_m, depth_m, bend_m = _SIZES[spec.size]
    for side in (-0.5, 0.5):
        middle = geo.moved(
            spec.at,
            east_m=side * _BLOCKS_APART_M * dice.uniform(0.8, 1.0),
            north_m=side * _BLOCKS_APART_M * dice.uniform(-0.5, 0.5),
        )
        cells = ground.block(
            dice,
            columns=_COLUMNS,
            rows=_ROWS,
            width_m=width_m,
            depth_m=depth_m,
            turn_deg=dice.uniform(-35.0, 35.0),
            bend_m=bend_m,
        )
        for left_out in dice.sample([(0, 0), (3, 0), (0, 3), (3, 3)], 2):
            del cells[left_out]
        joined = ground.joined(cells.pop((1, 1)), cells.pop((2, 1)))
        pond = max(cells, key=lambda c: cells[c].area)
        shapes: list[BaseGeometry] = [joined]
        if side > 0:
            shapes.append(ground.joined(cells.pop((1, 0)), cells.pop((1, 2))))
            pond = max(cells, key=lambda c: cells[c].area)
            cells[pond] = ground.with_pond(cells[pond])
        shapes += [cells[c] for c in sorted(cells)]
        plane = LocalPlane(middle)
        yield from (plane.to_degrees(s) for s in shapes)


def _redrawn(shape: BaseGeometry) -> BaseGeometry:
    """The ground of a parcel, drawn again by somebody else: a little smaller, fewer points."""
    plane = LocalPlane(geo.inside_point(shape))
    return plane.to_degrees(plane.to_metres(shape).buffer(-2.5, join_style="mitre").simplify(1.0))


def _numbered(spec: ProjectSpec, shapes: list[BaseGeometry], dice: Random) -> tuple[Field, ...]:
    """Numbers, grades and the faults of this project's file."""
    fields = []
    for n, shape in enumerate(shapes, 1):
        assert isinstance(shape, Polygon | MultiPolygon)
        fields.append(
            Field(
                f"N411321{spec.year}{spec.serial:04d}{n:06d}",
                f"{spec.village}{n}号地",
                shape,
                dice.choice(_LAND_CLASSES),
                dice.choice("234" if spec.size == "terrace" else "112"),
                str(dice.randint(6, 10)),
                str(spec.year),
            )
        )
    plain = [n for n, f in enumerate(fields) if f.plain]
    # From the end, so that the first ones stay plain for the visits that look at them.
    faulty = iter(reversed(plain))
    for _ in range(spec.steep):
        n = next(faulty)
        fields[n] = replace(fields[n], slope_grade=_STEEP)
    for _ in range(spec.forest):
        n = next(faulty)
        fields[n] = replace(fields[n], land_class="0301")
    for _ in range(spec.overdeclared):
        n = next(faulty)
        fields[n] = replace(fields[n], claims=dice.uniform(1.06, 1.18))
    for _ in range(spec.crossing):
        n = next(faulty)
        shape = fields[n].shape
        assert isinstance(shape, Polygon)
        plane = LocalPlane(geo.inside_point(shape))
        crossed = ground.with_crossing(_polygon(plane.to_metres(shape)))
        fields[n] = replace(fields[n], shape=_polygon(plane.to_degrees(crossed)))
    return tuple(fields)


def _polygon(shape: BaseGeometry) -> Polygon:
    assert isinstance(shape, Polygon)
    return shape


def total(projects: dict[str, Project]) -> int:
    return sum(len(p.fields) for p in projects.values())


def rings_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """All rings of a parcel, closed."""
    return list(shapely.get_rings(shapely.get_parts(shape)))
