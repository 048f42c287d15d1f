import json
from datetime import datetime
from typing import Any

import pytest
import shapely
from sqlmodel import col, select

from field_app import db
from field_app.parcels.intake import Choice, Intake, import_parcels
from field_app.problems import Problem
from models.geo import Position, from_stored, moved
from models.tables import Event, ImportBatch, Parcel, ParcelShape
from models.vocabulary import Role
from tests import rows


def txt(
    *shapes: tuple[str, shapely.Polygon], zone: int = 37, declared: float | None = None
) -> bytes:
    """A 报备坐标 file of parcels in EPSG:4490, as a surveyor would write it."""
    lines = [
        "[属性描述]",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={zone}",
        "[地块坐标]",
    ]
    for number, shape in shapes:
        ring = list(from_stored(shape, 4488 + zone).exterior.coords)
        area = declared if declared is not None else shapely.Polygon(ring).area / 10_000
        lines.append(f"{len(ring)},{area:.4f},{number},,面,,,0103,@")
        lines += [f"J{i + 1},1,{y:.3f},{x:.3f}" for i, (x, y) in enumerate(ring)]
    return "\r\n".join(lines).encode("gb18030")


BOW_TIE = "\r\n".join(
    (
        "[属性描述]",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "计量单位=米",
        "带号=37",
        "[地块坐标]",
        "2,0.25,坏的,,面,,,0103,@",
        "J1,1,3708008.614,37632899.954",
        "J2,1,3708008.614,37632949.954",
    )
).encode("gb18030")


def take(data: bytes, now: datetime, **choice: object) -> Intake:
    return import_parcels(data, "a.txt", Choice(**choice), who=None, now=now)  # type: ignore[arg-type]


def stored() -> list[str]:
    with db.reading() as session:
        return sorted(session.exec(select(Parcel.number)))


def test_a_file_becomes_parcels_with_place_and_area(database: str, noon: datetime) -> None:
    result = take(txt(("A1", rows.a_square())), noon)
    assert (result.imported, result.count("taken")) == (1, 1)
    with db.reading() as session:
        parcel = session.exec(select(Parcel)).one()
    assert parcel.area_m2 == pytest.approx(2500, rel=0.001)
    assert shapely.contains_xy(parcel.boundary, rows.HERE.lon, rows.HERE.lat)
    assert parcel.source_crs == "EPSG:4525"


def test_one_bad_parcel_keeps_the_whole_file_out(database: str, noon: datetime) -> None:
    good = txt(("A1", rows.a_square()))
    both = good + b"\r\n" + BOW_TIE.split(b"\r\n", 6)[-1]
    result = take(both, noon)
    assert (result.imported, result.count("refused")) == (0, 1)
    assert stored() == []
    assert take(both, noon, take_good=True).imported == 1
    assert stored() == ["A1"]


def test_looking_first_writes_nothing(database: str, noon: datetime) -> None:
    assert take(txt(("A1", rows.a_square())), noon, dry_run=True).count("taken") == 1
    assert stored() == []
    with db.reading() as session:
        assert session.exec(select(ImportBatch)).all() == []


def test_the_same_file_twice_adds_nothing(database: str, noon: datetime) -> None:
    data = txt(("A1", rows.a_square()))
    take(data, noon)
    again = take(data, noon)
    assert (again.imported, again.unchanged, again.count("taken")) == (0, 1, 0)
    assert again.lines[0].messages[-1] == "系统中已有相同地块，未重复导入"
    assert stored() == ["A1"]
    with db.reading() as session:
        batches = session.exec(select(ImportBatch).order_by(col(ImportBatch.id))).all()
    assert [b.taken for b in batches] == [1, 0]  # the second offers nothing to plan


def test_another_shape_under_a_known_number_wants_a_word(database: str, noon: datetime) -> None:
    take(txt(("A1", rows.a_square())), noon)
    wider = txt(("A1", rows.a_square(side_m=80.0)))
    refused = take(wider, noon)
    assert refused.lines[0].status == "refused"
    assert "更新已有地块" in refused.lines[0].messages[-1]
    assert take(wider, noon, update_existing=True).imported == 1
    with db.reading() as session:
        parcel = session.exec(select(Parcel)).one()
        old = session.exec(select(ParcelShape)).one()
        said = session.exec(select(Event).where(Event.about == "parcel")).one()
    assert parcel.area_m2 == pytest.approx(6400, rel=0.001)
    assert parcel.shape_no == 2
    assert old.area_m2 == pytest.approx(2500, rel=0.001)  # photos were judged against it
    assert said.action == "更新边界"


def test_the_same_number_in_another_project_is_another_parcel(
    database: str, noon: datetime
) -> None:
    rows.a_project("P1")
    rows.a_project("P2", name="另一项目")
    for code in ("P1", "P2"):
        assert take(txt(("A1", rows.a_square())), noon, project_code=code).imported == 1
    assert stored() == ["A1", "A1"]


def test_an_unknown_project_is_named(database: str, noon: datetime) -> None:
    with pytest.raises(Problem) as told:
        take(txt(("A1", rows.a_square())), noon, project_code="没有")
    assert told.value.id == "not-found"


def test_overlap_is_flagged_on_both_parcels_and_neighbours_are_not(
    database: str, noon: datetime
) -> None:
    east = moved(rows.HERE, east_m=50.0)  # shares an edge with A1
    across = moved(rows.HERE, east_m=-30.0)  # reaches 20 m into A1
    take(txt(("A1", rows.a_square())), noon)
    take(txt(("B1", rows.a_square(east)), ("B2", rows.a_square(across))), noon)
    with db.reading() as session:
        flags = {p.number: p.flags for p in session.exec(select(Parcel))}
    assert [f["other"] for f in flags["A1"]] == ["B2"]
    assert [f["other"] for f in flags["B2"]] == ["A1"]
    assert flags["A1"][0]["area_m2"] == pytest.approx(1000, rel=0.01)
    assert flags["B1"] == []


def test_zone_38_lands_east_of_the_boundary(database: str, noon: datetime) -> None:
    at = Position(112.60, 33.40)
    take(txt(("E1", rows.a_square(at)), zone=38), noon)
    with db.reading() as session:
        parcel = session.exec(select(Parcel)).one()
    assert shapely.contains_xy(parcel.boundary, at.lon, at.lat)
    assert parcel.source_crs == "EPSG:4526"


def test_an_inspector_may_not_import(database: str, noon: datetime) -> None:
    who = rows.a_person(Role.INSPECTOR)
    with pytest.raises(Problem) as told:
        import_parcels(b"x", "a.txt", Choice(), who=who, now=noon)
    assert told.value.id == "not-allowed"


def test_a_declared_area_that_is_off_is_a_warning_not_a_refusal(
    database: str, noon: datetime
) -> None:
    result = take(txt(("A1", rows.a_square()), declared=0.30), noon)
    assert result.imported == 1
    assert any("面积" in m for m in result.lines[0].messages)


def geojson(*features: tuple[dict[str, Any], shapely.Polygon]) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": properties,
                    "geometry": shapely.geometry.mapping(shape),
                }
                for properties, shape in features
            ],
        }
    ).encode()


EAST = rows.a_square(moved(rows.HERE, east_m=50.0))


def test_a_parcel_goes_into_the_project_that_the_file_names(database: str, noon: datetime) -> None:
    homes = {code: rows.a_project(code, name=code) for code in ("P1", "P2")}
    data = geojson(
        ({"DKBH": "1", "XMBH": "P1"}, rows.a_square()), ({"DKBH": "1", "XMBH": "P2"}, EAST)
    )
    result = take(data, noon)
    assert result.imported == 2
    assert any("P1" in m for m in result.messages)
    with db.reading() as session:
        found = session.exec(select(Parcel.project_id).order_by(col(Parcel.id))).all()
    assert found == [homes["P1"], homes["P2"]]
    assert take(data, noon).unchanged == 2


def test_a_project_that_is_chosen_goes_before_the_one_in_the_file(
    database: str, noon: datetime
) -> None:
    rows.a_project("P1")
    chosen = rows.a_project("P2", name="另一项目")
    data = geojson(({"DKBH": "1", "XMBH": "P1"}, rows.a_square()))
    assert take(data, noon, project_code="P2").imported == 1
    with db.reading() as session:
        assert session.exec(select(Parcel.project_id)).one() == chosen


@pytest.mark.parametrize("chosen", ["", "P3"])
def test_two_projects_of_one_name_space_may_not_share_a_number(
    database: str, noon: datetime, chosen: str
) -> None:
    rows.a_project("P3")
    data = geojson(
        ({"DKBH": "1", "XMBH": "没有1"}, rows.a_square()), ({"DKBH": "1", "XMBH": "没有2"}, EAST)
    )
    result = take(data, noon, take_good=True, project_code=chosen)
    assert [line.status for line in result.lines] == ["taken", "refused"]
    assert "分属项目“没有1”和“没有2”" in result.lines[1].messages[0]
    assert stored() == ["1"]
    assert any("没有文件写明的项目" in m for m in result.messages) == (not chosen)


def flags_of() -> dict[str, list[tuple[str, int]]]:
    """Overlaps by parcel number: with whom, and by how many m²."""
    with db.reading() as session:
        return {
            p.number: sorted(
                (f["other"], round(f["area_m2"], -2)) for f in p.flags if f["kind"] == "overlap"
            )
            for p in session.exec(select(Parcel))
        }


def test_another_shape_takes_its_overlaps_along(database: str, noon: datetime) -> None:
    far = moved(rows.HERE, east_m=500.0)
    take(txt(("A1", rows.a_square()), ("B1", rows.a_square(moved(rows.HERE, east_m=30.0)))), noon)
    take(txt(("C1", rows.a_square(moved(far, east_m=20.0))), ("D1", EAST)), noon)
    before = flags_of()
    assert before["A1"] == [("B1", 1000)]
    assert before["B1"] == [("A1", 1000), ("D1", 1500)]
    assert before["C1"] == []
    take(txt(("A1", rows.a_square(far))), noon, update_existing=True)
    assert flags_of() == {
        "A1": [("C1", 1500)],
        "B1": [("D1", 1500)],
        "C1": [("A1", 1500)],
        "D1": [("B1", 1500)],
    }


def test_another_shape_keeps_the_flag_of_steep_ground(database: str, noon: datetime) -> None:
    steep = {"DKBH": "S1", "GDPDJB": "5"}
    take(geojson((steep, rows.a_square())), noon)
    take(geojson((steep, rows.a_square(side_m=80.0))), noon, update_existing=True)
    with db.reading() as session:
        assert [f["kind"] for f in session.exec(select(Parcel)).one().flags] == ["steep"]


def test_what_is_too_long_is_cut_and_told_and_a_number_is_refused(
    database: str, noon: datetime
) -> None:
    long = {"DKBH": "L1", "DKMC": "名" * 201, "村名": "村" * 61, "DKYT": "用" * 61}
    short = {"DKBH": "L2", "DKMC": "名" * 200, "村名": "村" * 60, "DKYT": "用" * 60}
    number = {"DKBH": "9" * 61}
    at = [rows.a_square(moved(rows.HERE, east_m=100.0 * n)) for n in range(3)]
    result = take(geojson((long, at[0]), (short, at[1]), (number, at[2])), noon, take_good=True)
    assert [line.status for line in result.lines] == ["repaired", "taken", "refused"]
    assert result.lines[0].messages == [
        "名称超过 200 字，已截断",
        "村名超过 60 字，已截断",
        "用途超过 60 字，已截断",
    ]
    assert result.lines[1].messages == []
    with db.reading() as session:
        parcels = {p.number: p for p in session.exec(select(Parcel))}
    assert len(parcels["L1"].name) == 200
    assert parcels["L1"].attributes["DKMC"] == "名" * 201  # whole, as the file has it


def test_control_characters_of_a_file_reach_no_table(database: str, noon: datetime) -> None:
    data = txt(("A\x01\x7f1", rows.a_square())).replace(b"0103", b"01\x0203")
    result = import_parcels(data, "a\x00b\x1f.txt", Choice(), who=None, now=noon)
    assert result.imported == 1
    assert result.file == "ab.txt"
    odd = geojson(({"DKBH": "G\x001", "备\x00注": "一\x00二\n三"}, EAST))
    assert import_parcels(odd, "\x00.geojson", Choice(), who=None, now=noon).imported == 1
    with db.reading() as session:
        found = session.exec(select(Parcel).order_by(col(Parcel.id))).all()
        names = session.exec(select(ImportBatch.file_name).order_by(col(ImportBatch.id))).all()
    assert found[0].number == "A1"
    assert found[0].land_class == "0103"
    assert all(v.isprintable() for p in found for v in (p.number, *p.attributes.values()))
    assert names == ["ab.txt", ".geojson"]
