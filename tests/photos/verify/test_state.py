"""What was read stays read; what changed, on the disk or in the program, is read anew."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from photos.verify import Readings, StateRefused, verify_many
from photos.verify.reading import R, ReadPhoto, T, read_place, reading_version
from tests.build import RECEIVED_AT, a_parcel, a_photo

PARCELS = [("N1", a_parcel())]
ROOT = Path(__file__).parents[3]


class Counting:
    """Reads here, and remembers what it was asked to read."""

    def __init__(self) -> None:
        self.read_paths: list[str] = []

    def each(
        self, work: Callable[[T], R], items: Iterable[tuple[int, T]]
    ) -> Iterator[tuple[int, R | None]]:
        for number, item in items:
            if work is read_place:
                self.read_paths.append(Path(str(item)).name)
            yield number, work(item)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{n}.jpg" for n in range(4)]
    for n, path in enumerate(paths):
        path.write_bytes(a_photo(away_m=10.0 * n, seed=n))
    return paths


def verified(paths: list[Path], state: Path) -> tuple[list[dict], list[str]]:
    engine = Counting()
    given = [(str(path), path) for path in paths]
    lines = list(verify_many(given, PARCELS, received_at=RECEIVED_AT, engine=engine, state=state))
    return lines, engine.read_paths


def test_a_second_run_reads_only_what_is_new_or_changed(photos: list[Path], tmp_path: Path):
    state = tmp_path / "readings.db"
    first, read = verified(photos[:3], state)
    assert read == ["0.jpg", "1.jpg", "2.jpg"]
    photos[1].write_bytes(a_photo(away_m=500.0, seed=9))
    second, read = verified(photos, state)
    assert read == ["1.jpg", "3.jpg"]
    assert second[0]["results"][0] == first[0]["results"][0]
    assert (first[1]["distance_m"], second[1]["distance_m"]) == (10.0, 500.0)


def test_what_could_not_be_read_is_tried_again(tmp_path: Path):
    later, state = tmp_path / "later.jpg", tmp_path / "readings.db"
    (line,), _ = verified([later], state)
    assert line["error"]["id"] == "photo-not-found"
    later.write_bytes(a_photo())
    (line,), read = verified([later], state)
    assert (line["verdict"], read) == ("核验通过", ["later.jpg"])


def test_another_version_of_the_readers_reads_everything_again(
    photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    state = tmp_path / "readings.db"
    verified(photos, state)
    monkeypatch.setattr("photos.verify.state.reading_version", lambda: "another")
    _, read = verified(photos, state)
    assert len(read) == 4


def test_the_version_of_the_readers_knows_no_check(tmp_path: Path):
    assert reading_version() == reading_version()
    with Readings(version="a") as readings:
        read = read_place(a_photo())
        assert isinstance(read, ReadPhoto)
        readings.keep(("key", "stamp"), read)
        assert readings.known(("key", "stamp")) == (read.sha256, "")
        assert readings.known(("key", "changed")) is None
        with pytest.raises(KeyError):
            readings.kept("0" * 64)


def test_a_damaged_reading_is_read_again_and_not_believed(photos: list[Path], tmp_path: Path):
    state = tmp_path / "readings.db"
    first, _ = verified(photos, state)
    with sqlite3.connect(state) as db:
        db.execute("UPDATE reading SET kept = substr(kept, 1, 40)")
    db.close()
    again, read = verified(photos, state)
    assert (again, len(read)) == (first, 4)


def test_a_reading_put_under_another_name_is_not_believed(photos: list[Path], tmp_path: Path):
    state = tmp_path / "readings.db"
    first, _ = verified(photos, state)
    with sqlite3.connect(state) as db:
        db.execute(
            "UPDATE reading SET kept = (SELECT kept FROM reading WHERE sha256 = ?)",
            (first[0]["sha256"],),
        )
    db.close()
    again, read = verified(photos, state)
    assert (again, read) == (first, ["1.jpg", "2.jpg", "3.jpg"])


@pytest.mark.parametrize("what", ["text", "other", "folder"])
def test_a_file_of_something_else_is_not_written_over(what: str, tmp_path: Path):
    path = tmp_path / "precious"
    if what == "text":
        path.write_text("珍贵的内容，不是数据库" * 100)
    elif what == "folder":
        path.mkdir()
    else:
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE t(x)")
        db.close()
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StateRefused):
        verify_many([], PARCELS, received_at=RECEIVED_AT, state=path)
    assert (path.read_bytes() if path.is_file() else b"") == before


KILLED = """
import sys, time
from pathlib import Path
from photos.verify import verify_many
from tests.build import RECEIVED_AT, a_parcel

class Slow:
    def each(self, work, items):
        for number, item in items:
            if number == 3:
                time.sleep(600)
            yield number, work(item)
            print(number, flush=True)
            time.sleep(0.6)

paths = [Path(p) for p in sys.argv[2:]]
list(verify_many([(str(p), p) for p in paths], [("N1", a_parcel())],
                 received_at=RECEIVED_AT, engine=Slow(), state=Path(sys.argv[1])))
"""


def test_a_run_that_was_killed_goes_on_where_it_was(photos: list[Path], tmp_path: Path):
    state = tmp_path / "readings.db"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(state), *map(str, photos)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for _ in range(3):
        assert process.stdout.readline()
    time.sleep(0.7)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    lines, read = verified(photos, state)
    assert read == ["3.jpg"]
    assert json.dumps(lines) == json.dumps(verified(photos, tmp_path / "fresh.db")[0])
