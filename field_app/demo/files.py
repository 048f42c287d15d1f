"""The files that townships and bureaus would send: 报备坐标 TXT in its variants, a Shapefile, and
the project list."""

import io
import json
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely
import xlsxwriter
from shapely.geometry.base import BaseGeometry

from field_app.demo.parcels import Field, Project, ProjectSpec, rings_of
from field_app.demonstration import MARK
from field_app.parcels.project_columns import SERIAL, spec_of, titles
from models import geo

_NAMES = {"0101": "水田", "0102": "水浇地", "0103": "旱地", "0301": "乔木林地"}


def file_of(project: Project) -> tuple[str, bytes]:
    """The name and the bytes of a project's file of parcels."""
    if project.spec.form == "shp":
        return f"{project.spec.code}.zip", _shapefile(project)
    return f"{project.spec.code}.txt", _txt(project).encode(project.spec.encoding)


def _epsg(spec: ProjectSpec) -> int:
    return geo.epsg_of_zone(spec.zone, degrees=3, banded=spec.banded)


def _txt(project: Project) -> str:
    spec = project.spec
    lines = [
        "[属性描述]",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={spec.zone}",
        "精度=0.001",
        "转换参数=,,,,,,",
        "[地块坐标]",
    ]
    for field in project.fields:
        shape = geo.from_stored(field.shape, _epsg(spec))
        points = _points(shape, swapped=spec.swapped)
        area = f"{geo.area_m2(field.shape) * field.claims / geo.HECTARE_M2:.4f}"
        lines += [_header(spec.form, len(points), area, field), *points]
    return "\r\n".join(lines) + "\r\n"


def _header(form: str, points: int, area: str, field: Field) -> str:
    """A parcel's header row: A as the ministry's, B and D with more columns, C by the template of
    补充耕地, which alone tells year and slope."""
    if form == "C":
        return (
            f"{points},{area},{field.number},{field.name},{field.year},{field.slope_grade},面,"
            f"I49G0{field.number[-5:]},补充耕地,,{_NAMES[field.land_class]},{field.quality_grade},@"
        )
    row = f"{points},{area},{field.number},{field.name},面,I49G0{field.number[-5:]},补充耕地,"
    row += f"{field.land_class},"
    more = {
        "A": "",
        "B": f"耕地,{_NAMES[field.land_class]},9,{field.quality_grade},,",
        "D": "演示,",
    }
    return f"{row}{more[form]}@"


def _points(shape: BaseGeometry, *, swapped: bool) -> list[str]:
    lines: list[str] = []
    label = 0
    for number, ring in enumerate(rings_of(shape), 1):
        xy = shapely.get_coordinates(ring)
        first = label + 1
        for k, (x, y) in enumerate(xy):
            label += k < len(xy) - 1
            third, fourth = (x, y) if swapped else (y, x)
            at = first if k == len(xy) - 1 else label
            lines.append(f"J{at},{number},{third:.3f},{fourth:.3f}")
    return lines


def _shapefile(project: Project) -> bytes:
    """Zipped, with attributes in GBK and no .cpg, as most come."""
    spec, fields = project.spec, project.fields
    columns = {
        "DKBH": [f.number for f in fields],
        "DKMC": [f.name for f in fields],
        "DLBM": [f.land_class for f in fields],
        "ZLDWDM": [f"{spec.township_code}201" for _ in fields],
        "ZLDWMC": [spec.village for _ in fields],
        "GDPDJB": [f.slope_grade for f in fields],
        "ZLDJ": [f.quality_grade for f in fields],
        "SSNF": [f.year for f in fields],
        "DKMJ": [round(geo.area_m2(f.shape) * f.claims, 2) for f in fields],
    }
    shapes = [geo.from_stored(f.shape, _epsg(spec)) for f in fields]
    with tempfile.TemporaryDirectory() as folder:
        pyogrio.raw.write(
            str(Path(folder, f"{spec.code}.shp")),
            np.array([shapely.to_wkb(s) for s in shapes], dtype=object),
            [np.array(v, dtype=None if name == "DKMJ" else object) for name, v in columns.items()],
            list(columns),
            geometry_type="Polygon",
            crs=f"EPSG:{_epsg(spec)}",
            driver="ESRI Shapefile",
            encoding="GBK",
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                if path.suffix != ".cpg":
                    archive.write(path, path.name)
    return packed.getvalue()


def whole_county(projects: dict[str, Project]) -> str:
    """All parcels as one GeoJSON, to hold photos against without the database."""
    features = [
        {
            "type": "Feature",
            "properties": {"地块编号": f.number, "地块名称": f.name, "项目编号": p.spec.code},
            "geometry": json.loads(shapely.to_geojson(shapely.make_valid(f.shape))),
        }
        for p in projects.values()
        for f in p.fields
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def project_list(projects: dict[str, Project]) -> bytes:
    """附件3 as an .xlsx."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("补充耕地项目清单")
        sheet.write_row(0, 0, titles())
        for row, project in enumerate(projects.values(), 1):
            known = _listed(project)
            for at, title in enumerate(titles()):
                spec = spec_of(title)
                value = row if title == SERIAL else known.get(spec.field if spec else "", "")
                sheet.write(row, at, value)
    return made.getvalue()


def _listed(project: Project) -> dict[str, str | float]:
    """A project's row, by the field that each column holds."""
    spec = project.spec
    new_ha = sum(f.area_mu * f.claims for f in project.fields) / 15.0
    known: dict[str, str | float] = {
        "code": spec.code,
        "name": spec.name,
        "kind": spec.kind,
        "place": f"{spec.place}{spec.village}",
        "stage": spec.stage,
        "approval": f"演示土整立〔{spec.year}〕{spec.serial}号，{spec.year}-03-12",
        "scale_ha": round(new_ha * 1.12, 4),
        "new_farmland_ha": round(new_ha, 4),
        "quality": "8等",
        "capacity_kg": round(new_ha * 6_750.0),
        "used_ha": 0.0,
        "left_ha": round(new_ha, 4),
        "parcels_declared": len(project.fields),
        "coordinate_file": file_of(project)[0],
        "builder": "演示土地整治有限公司",
        "funding": "财政",
        "named_by_audit": "是" if spec.named_by_audit else "否",
        "frozen_2021": "是" if spec.frozen_2021 else "否",
        "remark": MARK,
    }
    if spec.registered:
        known |= {
            "acceptance": f"演示土整验〔{spec.year + 1}〕{spec.serial}号，{spec.year + 1}-05-30",
            "registered_on": date(spec.year + 1, 6, 20).isoformat(),
        }
    return known
