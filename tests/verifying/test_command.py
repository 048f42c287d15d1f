"""The `verify` command, as an office that checks an archive runs it."""

import csv
import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from field_app.__main__ import app
from field_app.problems import Problem
from models.geo import moved
from tests import build, rows
from tests.parcels.test_intake import txt
from tests.photos.verify.made_package import a_package, a_row

NEAR = rows.a_square()
FAR = build.a_parcel(moved(rows.HERE, east_m=900.0))


@dataclass
class Ran:
    code: int
    out: str
    err: str
    problem: Problem | None

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def verify(*words: object) -> Ran:
    done = CliRunner().invoke(app, ["verify", *map(str, words)])
    problem = done.exception if isinstance(done.exception, Problem) else None
    if done.exception is not None and not isinstance(done.exception, SystemExit | Problem):
        raise done.exception
    return Ran(2 if problem else done.exit_code, done.stdout, done.stderr, problem)


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    path = tmp_path / "parcels.txt"
    path.write_bytes(txt(("A1", NEAR), ("A2", FAR)))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "=cmd.jpg").write_bytes(build.a_photo(NEAR))
    (folder / "b.jpg").write_bytes(build.a_photo(NEAR, away_m=1240.0, scene="pond"))
    (folder / "c.jpg").write_bytes(b"not a photo")
    return folder


def test_results_go_to_json_lines_and_excel_and_the_screen_says_what_came_out(
    tmp_path: Path, folder: Path, parcels: Path
) -> None:
    (folder / "copy.jpg").write_bytes((folder / "=cmd.jpg").read_bytes())
    jsonl, xlsx = folder / "out.jsonl", folder / "out.xlsx"
    words = (folder, "--parcels", parcels, "--out", jsonl, "--out", xlsx)
    done = verify(*words)
    assert done.code == 0
    assert "共 4 张：核验通过 2，待补证 1，存疑 0，不符 1" in done.out
    assert str(xlsx) in done.out
    found = [json.loads(line) for line in jsonl.read_text(encoding="utf-8").splitlines()]
    assert [Path(line["file"]).name for line in found] == ["=cmd.jpg", "b.jpg", "c.jpg", "copy.jpg"]
    book = openpyxl.load_workbook(xlsx)
    assert book.sheetnames == ["结果", "汇总", "重复照片"]
    results = book["结果"]
    assert results.freeze_panes == "C2"
    heads = [cell.value for cell in results[1]]
    first = dict(zip(heads, [cell.value for cell in results[2]], strict=True))
    assert first["核验结论"] == "核验通过"
    assert first["照片"].endswith("=cmd.jpg")
    assert (first["地块"], first["距地块（米）"], first["来源等级"]) == ("A1", 0, "C")
    assert first["拍摄时间"] == "2026-03-02 08:11:09"
    second = dict(zip(heads, [cell.value for cell in results[3]], strict=True))
    assert "1240 m" in second["主要理由"]
    assert results.cell(2, heads.index("打开") + 1).hyperlink.target.endswith("cmd.jpg")
    summary = {row[0].value: row[1].value for row in book["汇总"].iter_rows()}
    assert (summary["核验通过"], summary["照片总数"]) == (2, 4)
    again = list(book["重复照片"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], Path(row[1]).name, row[5]) for row in again] == [
        (1, "=cmd.jpg", "逐字节相同"),
        (1, "copy.jpg", "逐字节相同"),
    ]
    # The run's own files are no photos the next time.
    assert "共 4 张" in verify(*words).out


def test_no_text_of_a_photo_runs_as_a_formula(tmp_path: Path, parcels: Path) -> None:
    photo, xlsx = tmp_path / "a.jpg", tmp_path / "a.xlsx"
    photo.write_bytes(build.a_photo(NEAR))
    verify(
        photo, "--parcels", parcels, "--person", "=HYPERLINK(1)", "--device", "@x", "--out", xlsx
    )
    book = openpyxl.load_workbook(xlsx)
    risky = [
        cell
        for row in book["结果"].iter_rows(min_row=2)
        for cell in row
        if str(cell.value).startswith(("=", "@"))
    ]
    assert [cell.value for cell in risky] == ["=HYPERLINK(1)", "@x"]
    for cell in risky:
        assert cell.data_type != "f"
        assert cell.quotePrefix


def test_a_list_names_parcel_kind_and_person_of_each_photo(folder: Path, parcels: Path) -> None:
    path = folder / "清单.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["照片", "地块", "种类", "拍摄人"])
        writer.writerows(
            [["=cmd.jpg", "A1", "全景", "李工"], ["b.jpg", "A9", "", ""], ["", "", "", ""]]
        )
        writer.writerow(["", "A1", "全景", ""])
    done = verify(path, "--parcels", parcels, "--person", "王工", "--json")
    a, b, c = done.lines
    assert (a["parcel"], a["person"], a["verdict"]) == ("A1", "李工", "核验通过")
    assert (b["error"]["id"], b["person"]) == ("photo-parcel-unknown", "王工")
    assert c["error"]["id"] == "pairs-row-not-understood"


def test_a_package_needs_no_other_file_of_parcels(tmp_path: Path, folder: Path) -> None:
    photo = (folder / "=cmd.jpg").read_bytes()
    one = a_package(tmp_path / "甲县.db", [a_row(photo, "0001")], {"0001": NEAR, "0002": "x"})
    two = a_package(
        tmp_path / "乙县.db", [a_row(build.a_photo(FAR, scene="pond"), "0001")], {"0001": FAR}
    )
    done = verify(one, two, "--json")
    assert [(n["parcel"], n["distance_m"]) for n in done.lines] == [
        ("0001", 0.0),
        ("0001@乙县.db", 0.0),
    ]
    assert "图斑 0002" in done.err
    assert "--parcels" in str(verify(folder / "b.jpg").problem)


def test_a_long_run_shows_its_progress_beside_clean_lines(folder: Path, parcels: Path) -> None:
    done = verify(folder, "--parcels", parcels, "--json", "--progress", "--workers", 2)
    assert len(done.lines) == 3
    assert "3/3" in done.err
    assert verify(folder, "--parcels", parcels, "--json").err == ""


def test_a_run_is_taken_up_again(
    tmp_path: Path, folder: Path, parcels: Path, noon: datetime
) -> None:
    state = folder / "续查.db"
    words = (folder, "--parcels", parcels, "--json", "--state", state)
    first = verify(*words)
    assert len(first.lines) == 3
    assert verify(*words).lines == first.lines
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE precious(x)")
    db.close()
    assert "未改动" in str(verify(*words, "--state", tmp_path / "other.db").problem)


def test_dask_gives_the_same_lines(folder: Path, parcels: Path, noon: datetime) -> None:
    words = (folder, "--parcels", parcels, "--json")
    assert verify(*words, "--engine", "dask").lines == verify(*words).lines


def test_a_cluster_that_is_away_is_one_sentence_and_leaves_no_half_result(
    tmp_path: Path, folder: Path, parcels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photos.verify.cluster._START_S", 0.5)
    away = ("--engine", "dask", "--dask-address", "tcp://127.0.0.1:9")
    out = tmp_path / "out.jsonl"
    done = verify(folder, "--parcels", parcels, "--out", out, *away)
    assert (done.code, done.out) == (2, "")
    assert "连不上 Dask 集群" in str(done.problem)
    assert not out.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--parcel", "NO_SUCH"), "NO_SUCH"),
        (("--window", "tomorrow"), "时段"),
        (("--parcels", "/none"), "/none"),
        (("--out", "x.docx"), "x.docx"),
        (("--out", "/nowhere/x.xlsx"), "文件夹不存在"),
        (("--dask-address", "tcp://127.0.0.1:9"), "--engine dask"),
    ],
)
def test_bad_usage_is_one_chinese_sentence(
    wrong: tuple[str, str], words: str, folder: Path, parcels: Path
) -> None:
    done = verify(folder, "--parcels", parcels, *wrong)
    assert (done.code, done.out) == (2, "")
    assert words in str(done.problem)


@pytest.mark.parametrize("wrong", [("--kind", "自拍"), ("--engine", "spark"), ("--workers", "0")])
def test_a_word_that_no_option_knows_is_refused(
    wrong: tuple[str, str], folder: Path, parcels: Path
) -> None:
    assert verify(folder, "--parcels", parcels, *wrong).code == 2


def test_what_is_not_there_or_is_no_list_is_said(tmp_path: Path, parcels: Path) -> None:
    assert "nowhere" in str(verify(tmp_path / "nowhere.jpg", "--parcels", parcels).problem)
    assert "--database" in str(verify("--parcels", parcels).problem)
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert "空的" in str(verify(empty, "--parcels", parcels).problem)
    with sqlite3.connect(tmp_path / "x.db") as db:
        db.execute("CREATE TABLE t(x)")
    db.close()
    assert "FJ" in str(verify(tmp_path / "x.db").problem)


def test_a_refused_run_leaves_the_results_of_the_last_one(
    tmp_path: Path, folder: Path, parcels: Path
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("of the last run")
    assert verify(folder, "--parcels", parcels, "--parcel", "A9", "--out", out).code == 2
    assert out.read_text() == "of the last run"
    assert [p.name for p in tmp_path.glob(".*")] == []
