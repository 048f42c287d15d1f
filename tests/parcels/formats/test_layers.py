"""Shapefile, GeoPackage, GeoJSON, KML and FileGDB: one answer whatever the vessel."""

import json
import time
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from field_app.parcels.formats import Reading, ReadParcel, read_parcels
from field_app.problems import Problem
from models import geo
from tests.parcels.formats.build_files import (
    a_geojson,
    a_kml,
    a_layer,
    a_shapefile,
    a_square,
    in_degrees,
    zipped,
)

COLUMNS: dict[str, list[object]] = {
    "DKBH": ["N1", "N2"],
    "DKMC": ["南召一号", "南召二号"],
    "DLBM": ["0103", "0101"],
    "ZLDWDM": ["4113211010010000000", ""],
    "ZLDWMC": ["某村", ""],
    "GDPDJB": ["2", "5"],
    "ZZSXDM": ["LS", ""],
    "SJNF": [2023, 2022],
    "TBMJ": [2500.0, 2500.0],
}
SHAPES = [a_square(), a_square(100)]


def refused_whole(data: bytes, **options: str) -> Problem:
    with pytest.raises(Problem) as caught:
        read_parcels(data, "文件", **options)
    return caught.value


def contents(form: str) -> bytes:
    if form == "Shapefile":
        return a_shapefile(SHAPES, COLUMNS)
    if form == "FileGDB":
        parts = a_layer(SHAPES, COLUMNS, ".gdb")
        return zipped({f"数据/县库.gdb/{name}": part for name, part in parts.items()})
    if form == "GeoPackage":
        return a_layer(SHAPES, COLUMNS, ".gpkg")[".gpkg"]
    return a_layer(SHAPES, COLUMNS, ".geojson")[".geojson"]


@pytest.mark.parametrize("form", ["Shapefile", "FileGDB", "GeoPackage", "GeoJSON"])
def test_each_format_gives_the_same_parcels(form: str) -> None:
    reading = read_parcels(contents(form), "任意名字.bin")
    assert (reading.format, reading.crs, reading.messages) == (form, "EPSG:4525", [])
    first, second = reading.parcels
    assert [p.status for p in reading.parcels] == ["taken", "taken"]
    assert (first.number, first.name, first.land_class) == ("N1", "南召一号", "0103")
    assert (first.township_code, first.village) == ("411321101", "某村")
    assert (first.slope_grade, first.planting, first.year) == ("2", "LS", "2023")
    assert (second.township_code, second.village, second.planting) == ("", "", "")
    assert first.declared_area_m2 == 2500.0
    assert first.area_m2 == pytest.approx(2498.9, abs=0.1)
    assert first.boundary is not None
    assert first.boundary.hausdorff_distance(in_degrees(a_square())) < 1e-9
    assert (first.where, second.where) == ("第 1 个要素", "第 2 个要素")
    assert first.attributes["TBMJ"] == "2500"


@pytest.mark.parametrize(("zone", "epsg"), [(37, 4525), (38, 4526)])
def test_the_prj_tells_the_zone(zone: int, epsg: int) -> None:
    inside = shapely.box(112.49, 33.4, 112.491, 33.401)
    data = a_shapefile([geo.from_stored(inside, epsg)], crs=f"EPSG:{epsg}")
    (parcel,) = read_parcels(data, "a.zip").parcels
    assert parcel.crs == f"EPSG:{epsg}"
    assert parcel.boundary is not None
    assert parcel.boundary.hausdorff_distance(inside) < 1e-9


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("without", [(".cpg",), ()])
def test_chinese_attributes_are_read_with_and_without_a_cpg(
    encoding: str, without: tuple[str, ...]
) -> None:
    data = a_shapefile(SHAPES, COLUMNS, encoding=encoding, without=without)
    assert [p.name for p in read_parcels(data, "a.zip").parcels] == ["南召一号", "南召二号"]


def test_a_wrong_cpg_is_not_believed() -> None:
    parts = a_layer(SHAPES, COLUMNS, ".shp", encoding="GBK")
    parts[".cpg"] = b"UTF-8"
    data = zipped({f"a{suffix}": part for suffix, part in parts.items()})
    assert read_parcels(data, "a.zip").parcels[0].name == "南召一号"


def test_a_value_cut_in_the_middle_of_a_character_spoils_no_other() -> None:
    parts = a_layer(SHAPES, COLUMNS, ".shp", encoding="GBK")
    whole = "南召一号".encode("gbk")
    assert whole in parts[".dbf"]
    parts[".dbf"] = parts[".dbf"].replace(whole, whole[:-1] + b" ")
    data = zipped({f"a{suffix}": part for suffix, part in parts.items()})
    first, second = read_parcels(data, "a.zip").parcels
    assert first.name.startswith("南召一")
    assert second.name == "南召二号"


def test_column_names_that_a_dbf_cut_off_are_still_known() -> None:
    columns = {"地块编": ["甲1", "甲2"], "坐落单位名": ["某村", "某村"], "面积": [0.25, 0.25]}
    first = read_parcels(a_shapefile(SHAPES, columns), "a.zip").parcels[0]
    assert (first.number, first.village, first.declared_area_m2) == ("甲1", "某村", 2500.0)


def test_a_survey_number_that_repeats_gives_way_to_the_unique_one() -> None:
    columns = {"TBBH": ["0001", "0001"], "BSM": ["4113210001", "4113210002"]}
    reading = read_parcels(a_shapefile(SHAPES, columns), "a.zip")
    assert [p.number for p in reading.parcels] == ["4113210001", "4113210002"]
    assert "TBBH 有重复" in reading.messages[0]
    unique = {"TBBH": ["0001", "0002"], "BSM": ["4113210001", "4113210002"]}
    assert read_parcels(a_shapefile(SHAPES, unique), "a.zip").parcels[0].number == "0001"


@pytest.mark.parametrize(
    ("column", "value"),
    [("面积_亩", 3.75), ("面积(公顷)", 0.25), ("TBMJ", 2500.0), ("MJ", 3.75), ("DKMJ", 0.25)],
)
def test_the_unit_of_an_area_is_named_or_fits(column: str, value: float) -> None:
    columns = {"DKBH": ["N1", "N2"], column: [value, value]}
    data = a_layer(SHAPES, columns, ".gpkg")[".gpkg"]
    for parcel in read_parcels(data, "a.gpkg").parcels:
        assert parcel.declared_area_m2 == pytest.approx(2500.0)
        assert parcel.messages == []


def test_no_prj_is_asked_for_and_the_answer_is_used() -> None:
    data = a_shapefile(SHAPES, without=(".prj", ".cpg"))
    problem = refused_whole(data)
    assert problem.id == "crs-needed"
    assert ".prj" in problem.message
    reading = read_parcels(data, "a.zip", crs="EPSG:4525")
    assert [p.status for p in reading.parcels] == ["taken", "taken"]


@pytest.mark.parametrize("wrong", ["EPSG:4526", "EPSG:4546"])
def test_an_answer_against_the_band_of_the_eastings_is_refused(wrong: str) -> None:
    data = a_shapefile(SHAPES, without=(".prj",))
    problem = refused_whole(data, crs=wrong)
    assert problem.id == "crs-contradictory"
    assert "带带号 37" in problem.message


def test_a_prj_against_the_band_of_the_eastings_is_refused() -> None:
    assert refused_whole(a_shapefile(SHAPES, crs="EPSG:4546")).id == "crs-contradictory"
    plain = [geo.from_stored(in_degrees(a_square()), 4546)]
    assert read_parcels(a_shapefile(plain, crs="EPSG:4546"), "a").parcels[0].status == "taken"
    assert refused_whole(a_shapefile(plain, crs="EPSG:4525")).id == "crs-contradictory"


def test_an_answer_that_is_no_system_or_an_old_one_is_refused() -> None:
    data = a_shapefile(SHAPES, without=(".prj",))
    assert read_parcels(data, "a.zip", crs="4525").crs == "EPSG:4525"
    assert refused_whole(data, crs="EPSG:99999").id == "crs-not-understood"
    assert refused_whole(data, crs="EPSG:2361").id == "datum-needs-parameters"


def test_the_file_is_believed_before_the_user_and_says_so() -> None:
    reading = read_parcels(a_shapefile(SHAPES), "a.zip", crs="EPSG:4526")
    assert reading.crs == "EPSG:4525"
    assert "没有采用指定的 EPSG:4526" in reading.messages[0]
    assert read_parcels(a_shapefile(SHAPES), "a.zip", crs="EPSG:4525").messages == []


@pytest.mark.parametrize("epsg", [2361, 2435, 4610, 4214])
def test_xian_and_beijing_need_local_parameters(epsg: int) -> None:
    assert refused_whole(a_shapefile(SHAPES, crs=f"EPSG:{epsg}")).id == "datum-needs-parameters"


def test_several_shapefiles_in_folders_are_read_and_told_apart() -> None:
    files = {}
    for folder, number in (("东片/地块", "E1"), ("西片/地块", "W1")):
        parts = a_layer([a_square(300 * len(files))], {"DKBH": [number]}, ".shp")
        files |= {f"{folder}{suffix}": part for suffix, part in parts.items()}
    reading = read_parcels(zipped(files), "a.zip")
    assert [p.number for p in reading.parcels] == ["E1", "W1"]
    assert reading.parcels[0].where == "东片/地块 第 1 个要素"


def test_names_in_capitals_belong_together() -> None:
    parts = a_layer([a_square()], {"DKBH": ["N1"]}, ".shp")
    files = {f"{'A' if n else 'a'}{s.upper()}": part for n, (s, part) in enumerate(parts.items())}
    assert read_parcels(zipped(files), "a.zip").parcels[0].status == "taken"


def test_a_feature_without_a_shape_is_refused_by_its_number() -> None:
    first, second = read_parcels(a_shapefile([a_square(), None]), "a.zip").parcels
    assert (first.status, second.status) == ("taken", "refused")
    assert second.messages[0] == "第 2 个要素：没有图形"


def test_points_and_lines_are_refused_one_by_one() -> None:
    line = {"type": "LineString", "coordinates": [[112, 33], [112.1, 33.1]]}
    point = {"type": "Point", "coordinates": [112, 33]}
    data = a_geojson([({"id": 1}, line), ({"id": 2}, point), ({"id": 3}, in_degrees(a_square()))])
    statuses = [(p.status, p.messages[:1]) for p in read_parcels(data, "a").parcels]
    assert statuses == [
        ("refused", ["第 1 个要素：图形是线，只能导入面"]),
        ("refused", ["第 2 个要素：图形是点，只能导入面"]),
        ("taken", []),
    ]


def test_coordinates_of_500_degrees_are_refused_and_the_others_taken() -> None:
    far = shapely.box(500, 33, 500.1, 33.1)
    data = a_geojson([({"id": 1}, far), ({"id": 2}, in_degrees(a_square()))])
    bad, good = read_parcels(data, "a").parcels
    assert bad.status == "refused"
    assert "不在中国范围内" in bad.messages[0]
    assert good.status == "taken"


def test_geojson_that_says_nothing_is_wgs84() -> None:
    reading = read_parcels(a_geojson([({"id": 1}, in_degrees(a_square()))]), "a")
    assert reading.crs == "EPSG:4326"
    assert reading.parcels[0].area_m2 == pytest.approx(2498.9, abs=0.1)


def test_geojson_in_metres_that_says_nothing_is_asked_for() -> None:
    data = a_geojson([({"id": 1}, a_square())])
    assert refused_whole(data).id == "crs-needed"
    assert read_parcels(data, "a", crs="EPSG:4525").parcels[0].status == "taken"


def test_geojson_may_name_its_system() -> None:
    data = a_geojson([({"id": 1}, a_square())], crs="urn:ogc:def:crs:EPSG::4525")
    assert read_parcels(data, "a").crs == "EPSG:4525"


def test_geojson_of_one_feature_or_of_heights_is_read() -> None:
    square = in_degrees(a_square())
    ring = [[x, y, 120.5] for x, y in shapely.get_coordinates(square)]
    feature = {
        "type": "Feature",
        "properties": {"地块编号": "甲"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (parcel,) = read_parcels(json.dumps(feature, ensure_ascii=False).encode("gbk"), "a").parcels
    assert (parcel.number, parcel.status, parcel.crs) == ("甲", "taken", "EPSG:4326")
    assert parcel.boundary is not None
    assert not parcel.boundary.has_z


def test_an_open_ring_is_closed_and_told() -> None:
    ring = shapely.get_coordinates(in_degrees(a_square()))[:-1].tolist()
    data = a_geojson([({"id": 1}, {"type": "Polygon", "coordinates": [ring]})])
    (parcel,) = read_parcels(data, "a").parcels
    assert parcel.status == "repaired"
    assert "闭合" in parcel.messages[0]
    assert parcel.area_m2 == pytest.approx(2498.9, abs=0.1)


def test_holes_and_parts_survive() -> None:
    ring = Polygon(a_square(side_m=100).exterior, [a_square(20, 20, 30).exterior])
    shape = MultiPolygon([ring, a_square(200)])
    data = a_shapefile([shape])
    (parcel,) = read_parcels(data, "a.zip").parcels
    assert parcel.boundary is not None
    assert len(parcel.boundary.geoms) == 2  # type: ignore[union-attr]
    back = geo.from_stored(parcel.boundary, 4525)
    assert shapely.symmetric_difference(back, shape).area < 0.01


def test_kml_gives_its_names_and_is_wgs84() -> None:
    ring = Polygon(a_square(side_m=100).exterior, [a_square(20, 20, 30).exterior])
    data = a_kml([("示例地块1", in_degrees(ring)), ("示例地块2", in_degrees(a_square(200)))])
    for packed in (data, zipped({"doc.kml": data})):
        reading = read_parcels(packed, "a.kml")
        assert (reading.format, reading.crs) == ("KML", "EPSG:4326")
        assert [(p.number, p.name) for p in reading.parcels] == [
            ("示例地块1", "示例地块1"),
            ("示例地块2", "示例地块2"),
        ]
        assert reading.parcels[0].area_m2 == pytest.approx(9095.9, abs=1.0)


def test_kml_in_folders_and_with_its_own_columns_is_one_list() -> None:
    ring = " ".join(f"{x},{y}" for x, y in shapely.get_coordinates(in_degrees(a_square())))
    placemark = (
        '<Placemark><name>甲</name><ExtendedData><Data name="DKBH"><value>{number}</value></Data>'
        "</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
    folders = "".join(
        f"<Folder><name>一片</name>{placemark.replace('{number}', number)}</Folder>"
        for number in ("K1", "K2")
    )
    parcels = read_parcels(a_kml([], extra=folders), "a.kml").parcels
    assert [p.number for p in parcels] == ["K1", "K2"]
    assert parcels[0].attributes["DKBH"] == "K1"
    assert "drawOrder" not in parcels[0].attributes


def test_kml_in_gbk_is_read_by_its_declaration() -> None:
    data = a_kml([("示例地块", in_degrees(a_square()))]).decode()
    gbk = data.replace("UTF-8", "GB2312").encode("gb2312")
    assert read_parcels(gbk, "a.kml").parcels[0].name == "示例地块"


def test_a_folder_a_parcel_is_no_burden() -> None:
    body = a_kml([("甲", in_degrees(a_square()))]).decode()
    placemark = body[body.index("<Placemark>") : body.index("</Document>")]
    folders = "".join(f"<Folder>{placemark.replace('甲', f'K{n}')}</Folder>" for n in range(2_000))
    (first, *_) = parcels = read_parcels(a_kml([], extra=folders), "a.kml").parcels
    assert len(parcels) == 2_000
    assert first.where == "第 1 个要素"


@pytest.mark.parametrize(
    ("shape", "status", "word"),
    [
        ("<Point><coordinates>112,33</coordinates></Point>", "refused", "点"),
        ("<LineString><coordinates>1,1 2,2</coordinates></LineString>", "refused", "线"),
        ("", "refused", "没有图形"),
        ("<Polygon>{outer}</Polygon>", "taken", ""),
        ("<Polygon>{outer}{outer}</Polygon>", "refused", "2 个外环"),
        ("<MultiGeometry><Polygon>{outer}</Polygon></MultiGeometry>", "taken", ""),
        (
            "<MultiGeometry><Polygon>{outer}</Polygon><Point><coordinates>1,1</coordinates></Point>"
            "</MultiGeometry>",
            "refused",
            "几何集合",
        ),
        ("<Polygon>{outer}</Polygon>|a,b c,d e,f", "refused", "经度,纬度"),
        ("<Polygon>{outer}</Polygon>|112,33 112,33 112,33", "refused", "不足 3 个"),
        ("<Polygon>{outer}</Polygon>|112,33 112.01,33 112.01,33.01", "repaired", "闭合"),
        ("<Polygon>{outer}</Polygon>|112, 33 112.01 ,33 112.01,33.01, 5 112,33", "taken", ""),
    ],
)
def test_each_shape_of_a_kml_is_taken_or_refused(shape: str, status: str, word: str) -> None:
    shape, _, ring = shape.partition("|")
    ring = ring or "112,33,0 112.01,33,0 112.01,33.01,0 112,33,0"
    outer = (
        f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
        "</outerBoundaryIs>"
    )
    body = f"<Placemark><name>甲</name>{shape.replace('{outer}', outer)}</Placemark>"
    (parcel,) = read_parcels(a_kml([], extra=body), "a.kml").parcels
    assert parcel.status == status
    assert word in "".join(parcel.messages)


@pytest.mark.parametrize("blank", [" ", "\n", "\t"])
def test_megabytes_of_blanks_in_a_kml_freeze_nobody(blank: str) -> None:
    ring = "112.43,33.49 112.431 , 33.49, 0\n112.431 ,33.491 112.43, 33.491"
    body = (
        "<Placemark><name>甲</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring} 112.43 {blank * 2_000_000}, 33.49"
        "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
    start = time.perf_counter()
    (parcel,) = read_parcels(a_kml([], extra=body), "a.kml").parcels
    assert time.perf_counter() - start < 2.0
    assert parcel.boundary is not None
    assert shapely.get_num_coordinates(parcel.boundary) == 5


def test_every_layer_of_a_geopackage_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for n, layer in enumerate(("东片", "西片")):
        pyogrio.raw.write(
            str(path), shapely.to_wkb(np.array([a_square(200 * n)])), [np.array([f"L{n}"])],
            ["DKBH"], layer=layer, geometry_type="Polygon", crs="EPSG:4525", append=n > 0,
            driver="GPKG",
        )  # fmt: skip
    parcels = read_parcels(path.read_bytes(), "a.gpkg").parcels
    assert [(p.number, p.where) for p in parcels] == [
        ("L0", "图层 东片 第 1 个要素"),
        ("L1", "图层 西片 第 1 个要素"),
    ]


def as_row(parcel: ReadParcel) -> tuple[str, str, list[str]]:
    return parcel.status, parcel.number, parcel.messages


def test_an_archive_may_hold_several_formats_and_a_read_me() -> None:
    def read(files: dict[str, bytes]) -> Reading:
        return read_parcels(zipped(files), "a.zip")

    reading = read(
        {
            "一.geojson": a_geojson([({"id": "G1"}, in_degrees(a_square()))]),
            "二.kml": a_kml([("K1", in_degrees(a_square(100)))]),
            "说明.txt": "请查收".encode("gbk"),
            "图.jpg": b"\xff\xd8\xff",
        }
    )
    assert reading.format == "GeoJSON、KML"
    assert [as_row(p) for p in reading.parcels] == [("taken", "G1", []), ("taken", "K1", [])]
    assert reading.messages == ["说明.txt 不是地块文件，没有读取"]
