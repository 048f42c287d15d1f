"""Broken, cut off, hostile and strange files: a clear refusal, never half an answer."""

import io
import sqlite3
import struct
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from field_app.parcels import formats
from field_app.parcels.formats import archive, read_parcels
from field_app.problems import Problem
from models import geo
from tests.parcels.formats.build_files import (
    NANZHAO,
    a_geojson,
    a_kml,
    a_layer,
    a_parcel_text,
    a_shapefile,
    a_square,
    a_txt,
    in_degrees,
    zipped,
)
from tests.soak import examples


def refused_whole(data: bytes, name: str = "文件.zip") -> Problem:
    with pytest.raises(Problem) as caught:
        read_parcels(data, name)
    return caught.value


def shapefile_parts(count: int = 6) -> dict[str, bytes]:
    shapes = [a_square(100 * n) for n in range(count)]
    return a_layer(shapes, {"DKBH": [f"N{n}" for n in range(count)]}, ".shp")


def packed(parts: dict[str, bytes]) -> bytes:
    return zipped({f"地块{suffix}": part for suffix, part in parts.items()})


# --- Shapefiles ------------------------------------------------------------------------------


def test_a_half_copied_shp_is_refused_not_read_as_nulls() -> None:
    parts = shapefile_parts()
    parts[".shp"] = parts[".shp"][: len(parts[".shp"]) // 2]
    problem = refused_whole(packed(parts))
    assert problem.id == "file-broken"
    assert ".shp 不完整" in problem.message


def test_a_half_copied_shp_whose_header_was_mended_is_still_refused() -> None:
    parts = shapefile_parts()
    cut = parts[".shp"][: len(parts[".shp"]) // 2]
    parts[".shp"] = cut[:24] + struct.pack(">i", len(cut) // 2) + cut[28:]
    problem = refused_whole(packed(parts))
    assert problem.id == "file-broken"
    assert "个要素起" in problem.message


def test_a_half_copied_dbf_is_refused() -> None:
    parts = shapefile_parts()
    parts[".dbf"] = parts[".dbf"][:-20]
    assert ".dbf 不完整" in refused_whole(packed(parts)).message


def test_a_missing_shx_is_restored_and_told() -> None:
    parts = shapefile_parts()
    del parts[".shx"]
    reading = read_parcels(packed(parts), "a.zip")
    assert [p.number for p in reading.parcels] == [f"N{n}" for n in range(6)]
    assert {p.status for p in reading.parcels} == {"repaired"}
    assert "缺少 .shx" in reading.parcels[0].messages[0]


def test_a_missing_shx_that_cannot_be_restored_is_named() -> None:
    parts = shapefile_parts()
    del parts[".shx"]
    parts[".shp"] = parts[".shp"][:100] + b"\0" * (len(parts[".shp"]) - 100)
    problem = refused_whole(packed(parts))
    assert problem.id == "shapefile-incomplete"
    assert ".shx" in problem.message


def test_parts_of_two_sets_are_not_married() -> None:
    parts = shapefile_parts(6)
    parts[".dbf"] = shapefile_parts(5)[".dbf"]
    assert "不是同一套" in refused_whole(packed(parts)).message


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_a_missing_part_is_named(suffix: str) -> None:
    parts = shapefile_parts()
    del parts[suffix]
    problem = refused_whole(packed(parts))
    assert problem.id == "shapefile-incomplete"
    assert f"缺少 {suffix}" in problem.message


def test_a_lone_shp_asks_for_its_company() -> None:
    problem = refused_whole(shapefile_parts()[".shp"], "地块.shp")
    assert problem.id == "shapefile-incomplete"
    assert "zip" in problem.message


# --- archives --------------------------------------------------------------------------------


def test_a_zip_bomb_is_stopped_while_it_swells() -> None:
    start = time.monotonic()
    problem = refused_whole(zipped({"a.txt": b"0" * 200_000_000}))
    assert problem.id == "archive-unsafe"
    assert time.monotonic() - start < 20


def test_a_bomb_of_archives_in_archives_is_stopped() -> None:
    inner = zipped({"a.txt": b"0" * 5_000_000})
    bomb = zipped({f"{n}.zip": inner for n in range(40)})
    assert refused_whole(bomb).id == "archive-unsafe"


def test_archives_in_archives_are_read_to_the_fifth_level_only() -> None:
    data = zipped({"a.txt": a_txt(a_parcel_text(a_square())).encode()})
    for _ in range(archive.MOST_NESTED - 1):
        data = zipped({"下一层.zip": data})
    assert read_parcels(data, "a.zip").parcels[0].status == "taken"
    assert refused_whole(zipped({"下一层.zip": data})).id == "archive-unsafe"


def test_too_many_entries_are_not_even_listed() -> None:
    many = zipped({f"{n}": b"" for n in range(archive.MOST_ENTRIES + 1)})
    assert refused_whole(many).id == "archive-unsafe"


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "..\\a.txt", "C:\\a.txt", "x/../../a"])
def test_names_that_lead_outside_are_refused(name: str) -> None:
    assert refused_whole(zipped({name: b"x"})).id == "archive-unsafe"


def test_a_symbolic_link_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        info = zipfile.ZipInfo("a.txt")
        info.external_attr = 0o120777 << 16
        opened.writestr(info, "/etc/passwd")
    assert refused_whole(made.getvalue()).id == "archive-unsafe"


def test_a_locked_or_cut_archive_says_so() -> None:
    data = bytearray(zipped({"a.txt": a_txt(a_parcel_text(a_square())).encode()}))
    assert refused_whole(bytes(data[: len(data) // 2])).id == "archive-broken"
    directory = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[directory + 8] |= 1
    problem = refused_whole(bytes(data))
    assert problem.id == "archive-broken"
    assert "密码" in problem.message


def test_names_in_gbk_are_shown_as_written() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for folder in ("东", "西"):
            opened.writestr(f"{folder}aa.txt", a_txt(a_parcel_text(a_square(), number=folder)))
    data = made.getvalue()
    for folder in ("东", "西"):  # as Windows writes them: GBK bytes, and no word of it
        utf8, gbk = folder.encode(), folder.encode("gbk")
        data = data.replace(utf8 + b"aa.txt", gbk + b"_aa.txt")
    data = data.replace(b"\x00\x08", b"\x00\x00")  # the flag that says UTF-8
    reading = read_parcels(data, "a.zip")
    assert [p.where.split()[0] for p in reading.parcels] == ["东_aa.txt", "西_aa.txt"]


def test_an_archive_without_parcels_says_what_it_looked_for() -> None:
    problem = refused_whole(zipped({"a.pdf": b"%PDF", "__MACOSX/a.shp": b"x", ".hidden.txt": b"y"}))
    assert problem.id == "no-parcels"
    assert ".shp" in problem.message


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_parcels(a_shapefile([a_square()]), "a.zip")
    parts = shapefile_parts()
    parts[".shp"] = parts[".shp"][:60]
    refused_whole(packed(parts))
    assert list(tmp_path.iterdir()) == []


# --- other formats ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "problem", "word"),
    [
        (b"", "no-parcels", "空"),
        (b"\xff\xd8\xff\xe0photo", "unknown-format", "照片"),
        (b"Rar!\x1a\x07", "unknown-format", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "unknown-format", "7z"),
        (b"AC1032", "unknown-format", "CAD"),
        (b"\x00\x01\x02", "unknown-format", "TXT"),
        ("今天天气".encode("gbk"), "unknown-format", "TXT"),
        (b"\x81\xff\xfe" * 9, "not-text", "GBK"),
        (b"<html></html>", "unknown-format", "TXT"),
        (b'{"type":"FeatureCollection","features":[', "file-broken", "GeoJSON"),
        (b'{"a":1}', "file-broken", "GeoJSON"),
        (b'{"type":"FeatureCollection","features":[]}', "no-parcels", "要素"),
        (b"SQLite format 3\0" + b"\0" * 200, "file-broken", "GeoPackage"),
        (b"<kml><Document><Placemark>", "file-broken", "KML"),
    ],
)
def test_what_is_no_parcel_file_is_refused_by_what_it_is(
    data: bytes, problem: str, word: str
) -> None:
    got = refused_whole(data, "文件")
    assert got.id == problem
    assert word in got.message


def test_an_xml_with_entities_is_not_expanded() -> None:
    data = a_kml([("甲", in_degrees(a_square()))]).replace(
        b"<kml", b'<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml'
    )
    assert refused_whole(data).id == "file-broken"


def test_a_view_that_never_ends_is_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(a_layer([a_square()], {"DKBH": ["N1"]}, ".gpkg")[".gpkg"])
    db = sqlite3.connect(path)
    db.execute("alter table layer rename to hidden")
    db.execute(
        "create view layer as with recursive n(i) as (select 1 union all select i+1 from n)"
        " select * from hidden, n"
    )
    db.commit()
    db.close()
    problem = refused_whole(path.read_bytes())
    assert problem.id == "file-broken"


def test_a_file_beyond_the_bound_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MOST_BYTES", 10)
    assert refused_whole(b"x" * 11).id == "file-too-large"


# --- shapes ----------------------------------------------------------------------------------


def test_a_small_crossing_is_mended_with_both_areas_told() -> None:
    shape = Polygon(
        np.array([(0, 0), (50, 0), (50, 50), (24, 50), (26, 51), (25, 49), (0, 50)]) + NANZHAO
    )
    assert not shape.is_valid
    (parcel,) = read_parcels(a_shapefile([shape]), "a.zip").parcels
    assert parcel.status == "repaired"
    assert parcel.boundary is not None
    assert parcel.boundary.is_valid
    message = parcel.messages[0]
    assert "自相交" in message
    assert "→" in message
    assert f"{parcel.area_m2:.1f}" in message


def test_a_bow_tie_is_refused_since_nobody_knows_what_was_meant() -> None:
    bow = Polygon(np.array([(0, 0), (50, 50), (50, 0), (0, 50)]) + NANZHAO)
    for data in (a_shapefile([bow]), a_txt(a_parcel_text(bow, area="0.25")).encode()):
        (parcel,) = read_parcels(data, "a").parcels
        assert parcel.status == "refused"
        assert parcel.boundary is None
        assert "自相交" in parcel.messages[0]
        assert "无法判断原意" in parcel.messages[0]


def test_overlapping_parts_are_refused_when_their_area_counts_twice() -> None:
    overlap = MultiPolygon([a_square(), a_square(10, 10)])
    (parcel,) = read_parcels(a_shapefile([overlap]), "a.zip").parcels
    assert parcel.status == "refused"


def test_an_outline_of_noise_is_refused_at_once() -> None:
    noise = np.random.default_rng(1).uniform(0, 500, (3000, 2)) + NANZHAO
    start = time.monotonic()
    (parcel,) = read_parcels(a_geojson([({"id": 1}, in_degrees(Polygon(noise)))]), "a").parcels
    assert parcel.status == "refused"
    assert "超过" in parcel.messages[0]
    assert time.monotonic() - start < 10


def test_a_txt_of_noise_or_of_endless_rings_is_refused_at_once() -> None:
    random = np.random.default_rng(1)
    noise = MultiPolygon([Polygon(random.uniform(0, 500, (3000, 2)) + NANZHAO), a_square(900)])
    rings = [
        f"J{n},{n % 2},{y:.3f},{x:.3f}"
        for n, (x, y) in enumerate(random.uniform(0, 500, (50_000, 2)) + NANZHAO)
    ]
    endless = "\n".join(["50000,1,N2,二,面,I49,补充,0103,@", *rings]) + "\n"
    start = time.monotonic()
    first, second = read_parcels(a_txt(a_parcel_text(noise), endless).encode(), "a").parcels
    assert first.status == second.status == "refused"
    assert "自相交超过" in first.messages[0]
    assert "50000 圈" in second.messages[0]
    assert time.monotonic() - start < 10


def test_a_parcel_in_the_wrong_zone_is_refused_by_its_distance() -> None:
    far = shapely.box(116.0, 33.0, 116.001, 33.001)
    (parcel,) = read_parcels(a_shapefile([geo.from_stored(far, 4525)]), "a.zip").parcels
    assert parcel.status == "refused"
    assert "中央经线 111°" in parcel.messages[0]


# --- any bytes at all ------------------------------------------------------------------------

WHOLE = {
    "txt": a_txt(
        a_parcel_text(MultiPolygon([a_square(), a_square(100)]), number="N1"),
        a_parcel_text(a_square(300), number="N2", variant="C"),
    ).encode("gbk"),
    "shapefile": a_shapefile([a_square(), a_square(100)], {"DKBH": ["甲", "乙"]}),
    "geojson": a_geojson([({"地块编号": "甲", "面积": 0.25}, in_degrees(a_square()))]),
    "kml": a_kml([("甲", in_degrees(a_square()))]),
    "gpkg": a_layer([a_square()], {"DKBH": ["甲"]}, ".gpkg")[".gpkg"],
}
PARTS = shapefile_parts(2)


def survives(data: bytes) -> None:
    parcels = []
    with suppress(Problem):
        parcels = read_parcels(data, "文件").parcels
    for parcel in parcels:
        assert (parcel.boundary is None) == (parcel.status == "refused")
        assert parcel.status != "refused" or parcel.messages
        assert parcel.boundary is None or (parcel.boundary.is_valid and parcel.area_m2)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), form=st.sampled_from(sorted(WHOLE)))
def test_no_change_of_bytes_gives_anything_but_an_answer(data: st.DataObject, form: str) -> None:
    survives(_spoilt(data, WHOLE[form]))


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), suffix=st.sampled_from(sorted(PARTS)))
def test_no_spoilt_part_of_a_shapefile_gives_anything_but_an_answer(
    data: st.DataObject, suffix: str
) -> None:
    survives(packed(PARTS | {suffix: _spoilt(data, PARTS[suffix])}))


def _spoilt(data: st.DataObject, whole: bytes) -> bytes:
    spoilt = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(len(spoilt) - 1, 0)))
        match data.draw(st.sampled_from(["set", "cut", "drop", "double"])):
            case "set":
                spoilt[at : at + 1] = data.draw(st.binary(min_size=1, max_size=4))
            case "cut":
                del spoilt[max(at, 4) :]
            case "drop":
                del spoilt[at : at + data.draw(st.integers(1, 40))]
            case _:
                spoilt[at:at] = spoilt[at : at + 40]
    return bytes(spoilt)


LINES = st.one_of(
    st.sampled_from(
        [
            "[属性描述]", "[地块坐标]", "坐标系=2000国家大地坐标系", "带号=37", "几度分带=3", "@", ",,,,@",
            "5,0.25,N1,一,面,I49,补充,0103,@", "3,,,,面,,,,@", "9,1,2,3,线,@", "J1,1,3708008.6,37632899.9",
            "J2,1,3708008.6,37632949.9", "J3,1,3707958.6,37632949.9", "J1,2,nan,inf", "J1,1,1e400,3",
            "1,99999999999999999999,1,1", "J,-1,-5,-5", "33.4,112.3", "J1,1,33.4,112.4", "²,1,1,1",
            "J1,1,3708008.6,632899.9",
        ]
    ),
    st.text(alphabet="J1,2.面@[]=【】 ，-e37", max_size=30),
)  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(lines=st.lists(LINES, max_size=25))
def test_no_order_of_lines_gives_anything_but_an_answer(lines: list[str]) -> None:
    survives("\n".join(lines).encode())
