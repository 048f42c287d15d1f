"""The commands of packages, as a receiver and the office run them."""

import json
from pathlib import Path

import pytest

from tests.packages.making import OFFICE, SMALL, STRANGER, a_package, members_of, packed_anew
from tests.test_command_line import run


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "published.pem"
    path.write_bytes(OFFICE.public.pem)
    return path


def test_a_receiver_checks_a_package_with_the_file_and_the_published_key(
    tmp_path: Path, key: Path
) -> None:
    package = tmp_path / "a.zip"
    package.write_bytes(a_package())
    done = run(tmp_path / "d", "package-verify", str(package), "--key", str(key))
    assert done.returncode == 0, done.stderr
    assert "核验结果：完好" in done.stdout
    assert not (tmp_path / "d").exists()  # no database, no settings of ours
    done = run(tmp_path / "d", "package-verify", str(package))
    assert done.returncode == 3
    assert "公布" in done.stdout


def test_an_altered_package_is_told_by_member_and_ends_with_1(tmp_path: Path, key: Path) -> None:
    package = tmp_path / "a.zip"
    had = members_of(a_package())
    package.write_bytes(packed_anew(had | {"entry.json": b"{}"}))
    done = run(tmp_path / "d", "package-verify", str(package), "--key", str(key), "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["verdict"] == "被改动"
    assert ("altered", "entry.json") in {(f["kind"], f["member"]) for f in told["faults"]}
    package.write_bytes(a_package(STRANGER, SMALL))
    done = run(tmp_path / "d", "package-verify", str(package), "--key", str(key))
    assert done.returncode == 1
    assert "另一把密钥" in done.stdout
    package.write_bytes(b"no zip at all")
    done = run(tmp_path / "d", "package-verify", str(package), "--key", str(key))
    assert done.returncode == 1
    assert "不是证据包" in done.stdout


def test_what_cannot_be_read_is_bad_usage(tmp_path: Path, key: Path) -> None:
    package = tmp_path / "a.zip"
    package.write_bytes(a_package())
    for words in (
        (str(tmp_path / "nowhere.zip"), "--key", str(key)),
        (str(package), "--key", str(tmp_path / "nowhere.pem")),
        (str(package), "--key", str(package)),
    ):
        done = run(tmp_path / "d", "package-verify", *words)
        assert done.returncode == 2, words
        assert len(done.stderr.splitlines()) == 1


def test_the_office_makes_its_key_once_and_is_told_what_to_publish(tmp_path: Path) -> None:
    done = run(tmp_path / "d", "office-key")
    assert done.returncode == 0, done.stderr
    assert "BEGIN PUBLIC KEY" in done.stdout
    assert "PRIVATE" not in done.stdout
    assert "指纹（SHA-256）" in done.stdout
    again = run(tmp_path / "d", "office-key")
    assert again.returncode == 2
    assert "已经在了" in again.stderr
    other = run(tmp_path / "d", "office-key", "--out", str(tmp_path / "k.pem"))
    assert "OFFICE_KEY" in other.stdout
