"""The commands, as a person at a console runs them.

Each way to end is tried once as a process of its own, the rest of the commands in this one: a
process spends two seconds on being there.
"""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from field_app import __main__ as console
from field_app.second_look.sheets import to_csv
from field_app.settings import ROOT
from tests import build, rows
from tests.databases import environment
from tests.parcels.test_intake import BOW_TIE, txt
from tests.second_look.test_published import a_draw


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def process(data: Path, *words: str, typed: str = "", **more: str) -> Done:
    """A command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "field_app", *words],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(data), "DATABASE_URL": "", **more},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def run(data: Path, *words: str, **more: str) -> Done:
    """The same in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as during,
        environment(**{"DATA_DIR": str(data), "DATABASE_URL": ""} | more),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        during.setattr(sys, "argv", ["field_app", *words])
        with pytest.raises(SystemExit) as ended:
            console.main()
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def lines(done: Done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def parcels(tmp_path: Path) -> Path:
    path = tmp_path / "parcels.txt"
    path.write_bytes(txt(("A1", rows.a_square()), ("A2", rows.a_square(side_m=400.0))))
    return path


def test_import_prints_a_line_a_parcel_and_a_bad_one_keeps_all_out(
    tmp_path: Path, parcels: Path
) -> None:
    done = process(tmp_path / "d", "import-parcels", str(parcels), "--json")
    assert done.returncode == 0, done.stderr
    first = lines(done)[0]
    assert (first["parcel"], first["status"], first["crs"]) == ("A1", "taken", "EPSG:4525")
    assert first["area_m2"] == pytest.approx(2500, rel=0.001)
    bad = tmp_path / "bad.txt"
    bad.write_bytes(BOW_TIE)
    done = process(tmp_path / "d", "import-parcels", str(bad), "--json")
    assert done.returncode == 1
    assert lines(done)[0]["status"] == "refused"


def test_import_asks_for_a_missing_coordinate_system(tmp_path: Path) -> None:
    bare = txt(("A1", rows.a_square())).replace("带号=37".encode("gb18030"), b"")
    path = tmp_path / "bare.txt"
    path.write_bytes(bare.replace(b",376", b",6"))
    done = run(tmp_path / "d", "import-parcels", str(path), "--json")
    assert done.returncode == 1
    assert lines(done)[0]["error"] == "crs-needed"
    done = run(tmp_path / "d", "import-parcels", str(path), "--crs", "EPSG:4546", "--json")
    assert done.returncode == 0
    assert lines(done)[0]["crs"] == "EPSG:4546"


def test_verify_gives_a_line_for_every_file_whatever_it_is(tmp_path: Path, parcels: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(build.a_photo(rows.a_square()))
    (folder / "b.jpg").write_bytes(build.a_photo(rows.a_square(), away_m=1240.0))
    (folder / "c.jpg").write_bytes(b"not a photo")
    window = "2026-01-01..2026-12-31"
    words = ("verify", str(folder), "--parcels", str(parcels), "--parcel", "A1", "--json")
    done = process(tmp_path / "d", *words, "--window", window)
    assert done.returncode == 0, done.stderr
    a, b, c = lines(done)
    assert (a["verdict"], a["grade"], a["distance_m"]) == ("核验通过", "C", 0)
    assert b["verdict"] == "不符"
    assert b["distance_m"] == pytest.approx(1240, abs=2)
    assert c["verdict"] == "待补证"
    assert set(c["error"]) == {"id", "message"}  # type: ignore[arg-type]
    assert not (tmp_path / "d").exists()  # without a database


@pytest.mark.parametrize(
    "wrong",
    [("--parcel", "NO_SUCH"), ("--window", "tomorrow"), ("--kind", "自拍"), ("--parcels", "/none")],
)
def test_verify_says_bad_usage_with_2(
    wrong: tuple[str, str], tmp_path: Path, parcels: Path
) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(build.a_photo(rows.a_square()))
    done = run(tmp_path / "d", "verify", str(photo), "--parcels", str(parcels), *wrong)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_verify_takes_the_device_along(tmp_path: Path, parcels: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(build.a_photo(rows.a_square()))
    words = ("verify", str(photo), "--parcels", str(parcels), "--parcel", "A1", "--json")
    done = run(tmp_path / "d", *words, "--engine", "local", "--device", "二组手机")
    assert lines(done)[0]["device"] == "二组手机"
    assert lines(run(tmp_path / "d", *words))[0]["device"] is None


def test_verify_does_not_guess_between_two_parcels_of_one_number(tmp_path: Path) -> None:
    photo, twice = tmp_path / "a.jpg", tmp_path / "twice.txt"
    photo.write_bytes(build.a_photo(rows.a_square()))
    twice.write_bytes(txt(("A1", rows.a_square()), ("A1", rows.a_square(side_m=400.0))))
    done = run(tmp_path / "d", "verify", str(photo), "--parcels", str(twice))
    assert done.returncode == 2
    assert "A1" in done.stderr


def test_what_the_system_refuses_is_one_sentence(tmp_path: Path) -> None:
    """A file where a folder is wanted, a folder that is not there, a database that is away."""
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "nowhere" / "x.xlsx")
    away = {"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/db"}
    for data, words, more in (
        ("d", ("ledger", "export", "--out", nowhere), {}),
        ("d", ("import-projects", nowhere), {}),
        ("file/d", ("ledger", "export", "--out", nowhere), {}),
        ("file/d", ("serve", "--port", "1"), {}),
        ("d", ("ledger", "export", "--out", nowhere), away),
        ("d", ("serve", "--port", "1"), away),
        ("d", ("serve", "--port", "1"), {"PHOTO_STORE": "ftp://x"}),
    ):
        done = run(tmp_path / data, *words, **more)
        assert done.returncode == 2, (words, done.stderr)
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert "geheim" not in done.stderr
        assert any("\u4e00" <= c <= "\u9fff" for c in done.stderr)


def test_the_project_list_and_the_ledgers_go_through_excel(tmp_path: Path) -> None:
    from field_app.parcels.projects import template

    sheet = tmp_path / "projects.xlsx"
    sheet.write_bytes(template())
    book = openpyxl.load_workbook(sheet)
    table = book.worksheets[0]
    heading = next(r for r in table.iter_rows() if any(c.value == "项目备案编号" for c in r))
    for cell in heading:
        values = {
            "项目备案编号": "411321202300001",
            "项目名称": "云阳镇土地整治",
            "项目所在乡镇、村": "云阳镇西花园村",
        }
        if cell.value in values:
            table.cell(cell.row + 1, cell.column, values[str(cell.value)])
    book.save(sheet)
    done = run(tmp_path / "d", "import-projects", str(sheet), "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    assert lines(done)[0]["project"] == "411321202300001"
    out = tmp_path / "ledger.xlsx"
    done = run(tmp_path / "d", "ledger", "export", "--out", str(out))
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(out)
    assert sum(name.startswith("台账") for name in book.sheetnames) == 6
    done = run(tmp_path / "d", "ledger", "import", str(out))
    assert done.returncode == 0, done.stderr
    assert "已应用 0 条，未变 0 条" in done.stdout
    done = run(tmp_path / "d", "ledger", "import", str(sheet), "--dry-run")
    assert done.returncode == 2
    assert "不是本系统导出的台账" in done.stderr


def test_an_account_is_made_at_the_console(tmp_path: Path, noon: datetime) -> None:
    typed = "足够长的口令一二三四\n足够长的口令一二三四\n"
    done = process(tmp_path / "d", "user", "add", "guanli", "--role", "管理员", typed=typed)
    assert done.returncode == 0, done.stderr
    again = process(tmp_path / "d", "user", "add", "guanli", "--role", "管理员", typed=typed)
    assert again.returncode == 2
    assert "已存在" in again.stderr


def test_serving_on_the_open_line_without_https_is_refused(tmp_path: Path) -> None:
    done = process(tmp_path / "d", "serve", "--host", "0.0.0.0", "--port", "1")
    assert done.returncode == 2
    assert "PUBLIC_URL" in done.stderr
    assert not (tmp_path / "d").exists()  # refused before anything is made


def test_the_demonstration_is_not_loaded_for_a_public_address(tmp_path: Path) -> None:
    with environment(PUBLIC_URL="https://hecha.example"):
        done = run(tmp_path / "d", "demo")
    assert done.returncode == 2
    assert "演示数据" in done.stderr
    assert not (tmp_path / "d").exists()


def test_a_draw_is_repeated_from_its_file_alone(tmp_path: Path) -> None:
    published = a_draw()
    path = tmp_path / "抽查2026-001.csv"
    path.write_bytes(to_csv(published))
    done = run(tmp_path / "d", "draw-verify", str(path), "--sha256", published.digest.upper())
    assert done.returncode == 0, done.stdout
    assert "一致：重做一遍，抽中的就是这 6 个" in done.stdout
    assert not (tmp_path / "d").exists()  # without a database
    done = run(tmp_path / "d", "draw-verify", str(path), "--sha256", "0" * 64)
    assert done.returncode == 1
    assert "公布的校验码是 000" in done.stdout
    path.write_bytes(to_csv(published).replace("种子,2026045".encode(), "种子,2026046".encode()))
    done = run(tmp_path / "d", "draw-verify", str(path))
    assert done.returncode == 1
    assert "重做应当抽中" in done.stdout
    path.write_bytes(b"no such list")
    done = run(tmp_path / "d", "draw-verify", str(path))
    assert done.returncode == 2
    assert "不是完整的抽取名单" in done.stderr
