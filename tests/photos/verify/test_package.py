"""A 举证 package from anybody: its photos, its parcels, and what its table says beside the files."""

import contextlib
import hashlib
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geo import from_stored, moved
from models.vocabulary import PhotoKind
from photos.verify import verify_many
from photos.verify.parcels import ParcelIndex
from photos.verify.sources import PackageRefused, hostile, is_package, open_package, package
from tests.build import CHINA, HERE, RECEIVED_AT, TAKEN_AT, a_parcel, a_photo
from tests.photos.verify.made_package import a_package, a_row
from tests.soak import examples

NEAR = a_parcel()
FAR = a_parcel(moved(HERE, east_m=900.0))
PHOTO = a_photo(NEAR)
OTHER = a_photo(FAR, heading=90.0, scene="pond", taken_at=TAKEN_AT - timedelta(minutes=40))
SAID = {
    "PSSJ": "2026-03-02 08:11:09",
    "PSJD": 0,
    "Longitude": HERE.lon,
    "Latitude": HERE.lat,
    "JYM": hashlib.md5(PHOTO).hexdigest().upper(),
}


def lines(path: Path, **given: Any) -> list[dict[str, Any]]:
    opened = open_package(path)
    return list(
        verify_many(
            opened.photos,
            ParcelIndex(opened.parcels.items()),
            received_at=RECEIVED_AT,
            **given,
        )
    )


def result(line: dict[str, Any], check: str = "package_agrees") -> dict[str, Any]:
    return next(r for r in line["results"] if r["check"] == check)


def test_a_package_brings_its_photos_and_its_parcels(tmp_path: Path):
    path = a_package(
        tmp_path / "县.db",
        [
            a_row(PHOTO, "0001", FJMC="0001_N_001", **SAID),
            a_row(OTHER, "0002", FJLX="E"),
        ],
        {"0001": NEAR, "0002": FAR},
    )
    assert is_package(path)
    near, far = lines(path)
    assert near["file"] == f"{path}#0001_N_001"
    assert near["parcel"] == "0001"
    assert (near["verdict"], near["distance_m"], near["person"]) == ("核验通过", 0.0, "李工")
    assert result(near)["outcome"] == "PASS"
    assert near["package"]["digest_holds"] is True
    assert near["package"]["taken_at"] == "2026-03-02T08:11:09+08:00"
    assert (far["parcel"], far["verdict"]) == ("0002", "核验通过")
    assert [p.kind for p in open_package(path).photos] == [PhotoKind.NORTH, PhotoKind.EAST]


def test_parcels_in_metres_are_placed_by_the_zone_in_their_easting(tmp_path: Path):
    path = a_package(tmp_path / "a.db", [a_row(PHOTO, "1")], {"1": from_stored(NEAR, 4525).wkt})
    (line,) = lines(path)
    assert line["distance_m"] == 0.0


@pytest.mark.parametrize(
    ("said", "outcome", "words"),
    [
        ({"Longitude": HERE.lon + 0.01}, "DOUBT", "相距"),
        ({"Longitude": 0.0, "Latitude": 0.0}, "PASS", "相符"),  # no fix is no other place
        ({"Longitude": HERE.lon + 0.0003}, "PASS", "相符"),  # 28 m
        ({"PSSJ": "2026-03-02 09:11:09"}, "DOUBT", "相差"),
        ({"PSSJ": "2026/3/2 8:11"}, "PASS", "相符"),
        ({"PSSJ": "上午"}, "PASS", "相符"),
        ({"PSJD": 200}, "UNKNOWN", "方位角"),
        ({"JYM": "0" * 32}, "UNKNOWN", "校验码"),
        ({"JYM": "another code"}, "PASS", "相符"),  # nobody says how a province makes its codes
    ],
)
def test_what_the_table_says_is_held_against_the_file(
    said: dict[str, Any], outcome: str, words: str, tmp_path: Path
):
    path = a_package(tmp_path / "a.db", [a_row(PHOTO, "1", **SAID | said)], {"1": NEAR})
    (line,) = lines(path)
    found = result(line)
    assert found["outcome"] == outcome, found
    assert words in found["message"]


def test_a_table_that_says_nothing_is_asked_nothing(tmp_path: Path):
    path = a_package(tmp_path / "a.db", [a_row(PHOTO, "1")], {"1": NEAR})
    (line,) = lines(path)
    assert "package_agrees" not in [r["check"] for r in line["results"]]


def test_where_the_file_is_silent_the_table_is_judged_and_named_as_its_source(tmp_path: Path):
    bare = a_photo(NEAR, gps="absent", taken_at=None)
    rows = [
        a_row(bare, "1", **SAID),
        a_row(bare, "1", **SAID | {"Longitude": HERE.lon + 0.01}),
    ]
    here, away = lines(a_package(tmp_path / "a.db", rows, {"1": NEAR}))
    assert here["position"]["source"] == "package"
    assert (here["grade"], here["distance_m"]) == ("C", 0.0)
    assert here["taken_at"] == "2026-03-02T08:11:09+08:00"
    assert "举证包" in result(here, "source_grade")["message"]
    assert away["verdict"] == "不符"


def test_missing_columns_are_no_error(tmp_path: Path):
    path = a_package(
        tmp_path / "a.db",
        [a_row(PHOTO, "1")],
        {"1": NEAR},
        without=[
            "F_ID",
            "TCBM",
            "FJMC",
            "FJLX",
            "PSSJ",
            "PSJD",
            "PSRY",
            "Longitude",
            "JYM",
            "LYSB",
        ],
    )
    (line,) = lines(path)
    assert line["verdict"] == "核验通过"
    assert line["file"].endswith("#1")


def test_a_row_without_a_photo_and_a_photo_without_a_parcel_have_their_lines(tmp_path: Path):
    rows = [a_row(None, "1"), a_row(b"", "1"), a_row(PHOTO, "9"), a_row(PHOTO, "")]
    empty, blank, unknown, nearest = lines(a_package(tmp_path / "a.db", rows, {"1": NEAR}))
    assert empty["error"]["id"] == blank["error"]["id"] == "package-without-blob"
    assert unknown["error"]["id"] == "photo-parcel-unknown"
    assert nearest["parcel"] == "1"


def test_one_number_in_two_tables_is_told_apart_by_the_photos_own_table(tmp_path: Path):
    path = a_package(
        tmp_path / "a.db",
        [a_row(PHOTO, "1"), a_row(OTHER, "1", TCBM="BCJZ")],
        {"1": NEAR},
        tables={"BCJZ": {"1": FAR}},
    )
    assert [(n["parcel"], n["distance_m"]) for n in lines(path)] == [
        ("CCJZ/1", 0.0),
        ("BCJZ/1", 0.0),
    ]


@pytest.mark.parametrize(
    "wkt",
    [None, "", "POLYGON", "POINT (112 33)", "POLYGON EMPTY", "POLYGON ((1 1, 2 1, 2 2, 1 1))",
     "POLYGON ((5e5 37e5, 6e5 37e5, 6e5 38e5, 5e5 37e5))", "POLYGON ((112 33, 113 33, 112 33))",
     "POLYGON ((nan nan, 1 1, 2 2, nan nan))", "('; DROP TABLE FJ"],
)  # fmt: skip
def test_a_boundary_that_is_none_is_said_and_the_rest_goes_on(wkt: str | None, tmp_path: Path):
    rows = [a_row(PHOTO, "1"), a_row(PHOTO, "2")]
    path = a_package(tmp_path / "a.db", rows, {"1": NEAR, "2": wkt})
    opened = open_package(path)
    assert list(opened.parcels) == ["1"]
    assert len(opened.messages) == 1
    assert "图斑 2" in opened.messages[0]
    assert lines(path)[0]["verdict"] == "不符"  # the same photo for another parcel


def test_a_package_is_never_written_to_nor_given_company(tmp_path: Path):
    folder = tmp_path / "evidence"
    folder.mkdir()
    path = a_package(folder / "a.db", [a_row(PHOTO, "1")], {"1": NEAR})
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
    db.close()
    before = path.read_bytes()
    assert len(lines(path)) == 1
    assert path.read_bytes() == before
    assert list(folder.iterdir()) == [path]


def test_a_package_that_somebody_still_writes_is_refused(tmp_path: Path):
    path = a_package(tmp_path / "a.db", [a_row(PHOTO, "1")], {"1": NEAR})
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("INSERT INTO FJ(F_ID) VALUES ('x')")
    writer.commit()
    with pytest.raises(PackageRefused, match="-wal"):
        open_package(path)
    writer.close()


def made_by(path: Path, *statements: str) -> Path:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()
    return path


def test_views_and_virtual_tables_are_not_asked(tmp_path: Path):
    view = made_by(
        tmp_path / "view.db",
        "CREATE TABLE t(TBYBH, FJ)",
        "CREATE VIEW FJ AS SELECT 1 AS TBYBH, randomblob(1000000000) AS FJ",
    )
    virtual = made_by(tmp_path / "virtual.db", "CREATE VIRTUAL TABLE FJ USING fts5(TBYBH, PSRY)")
    for path in (view, virtual, made_by(tmp_path / "other.db", "CREATE TABLE x(y)")):
        with pytest.raises(PackageRefused, match="FJ"):
            open_package(path)


def test_a_blob_beyond_any_photo_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = a_package(
        tmp_path / "a.db", [a_row(b"x" * 400_000, "1"), a_row(PHOTO, "1")], {"1": NEAR}
    )
    monkeypatch.setattr(hostile, "MAX_FILE_BYTES", 300_000)
    assert len(PHOTO) < 300_000
    large, good = lines(path)
    assert large["error"]["id"] == "package-photo-gone"
    assert good["verdict"] == "核验通过"


def test_a_statement_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made_by(
        tmp_path / "a.db",
        "CREATE TABLE FJ(TBYBH, FJ)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)"
        " INSERT INTO FJ SELECT i, NULL FROM n",
    )
    monkeypatch.setattr(hostile, "_MOST_STEPS", 3)
    with pytest.raises(PackageRefused, match="读不下去"):
        open_package(tmp_path / "a.db")


def test_text_in_the_old_encoding_is_read(tmp_path: Path):
    path = a_package(tmp_path / "a.db", [a_row(PHOTO, "1", PSRY="x")], {"1": NEAR})
    with sqlite3.connect(path) as db:
        db.execute("UPDATE FJ SET PSRY = CAST(? AS TEXT)", ("王工".encode("gb18030"),))
    db.close()
    assert lines(path)[0]["person"] == "王工"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "whole.db"
    return a_package(path, [a_row(PHOTO, "1", **SAID)] * 3, {"1": NEAR}).read_bytes()


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_a_damaged_package_is_refused_or_gives_a_line_for_each_row_it_still_shows(
    data: st.DataObject, whole: bytes, tmp_path_factory: pytest.TempPathFactory
):
    broken = bytearray(whole)
    for at in data.draw(st.lists(st.integers(16, len(whole) - 1), min_size=1, max_size=20)):
        broken[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("p") / "broken.db"
    path.write_bytes(bytes(broken[: data.draw(st.integers(100, len(whole)))]))
    with contextlib.suppress(PackageRefused):
        opened = open_package(path)
        assert len(lines(path)) == len(opened.photos)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02 08:11:09", datetime(2026, 3, 2, 8, 11, 9, tzinfo=CHINA)),
        ("2026/03/02 08:11:09", datetime(2026, 3, 2, 8, 11, 9, tzinfo=CHINA)),
        ("2026年3月2日 08:11", datetime(2026, 3, 2, 8, 11, tzinfo=CHINA)),
        ("20260302081109", datetime(2026, 3, 2, 8, 11, 9, tzinfo=CHINA)),
        ("2026-03-02T00:11:09Z", datetime(2026, 3, 2, 8, 11, 9, tzinfo=CHINA)),
        ("", None),
        ("昨天", None),
        ("2026-13-02 08:11:09", None),
    ],
)
def test_the_times_that_programs_write_are_understood(text: str, moment: datetime | None):
    assert package._moment(text) == moment


@settings(max_examples=examples(200))
@given(st.text(max_size=30), st.one_of(st.none(), st.text(), st.floats(), st.integers()))
def test_no_cell_breaks_the_reading_of_a_row(text: str, value: Any):
    assert package._moment(text) is None or package._moment(text).tzinfo is not None  # type: ignore[union-attr]
    said = package._recorded({"PSSJ": text, "PSJD": value, "Longitude": value, "Latitude": value})
    assert said.heading_deg is None or 0 <= said.heading_deg < 360
