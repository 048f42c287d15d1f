"""Sealing a package of an entry, and giving it out again: on both databases."""

import hashlib
import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from field_app import db
from field_app.ledger import listing
from field_app.packages import checking, keys, manifest, register
from field_app.packages.captures_checked import Captures
from field_app.packages.checking import Verdict
from field_app.problems import Problem
from field_app.roles import CONSOLE, Who
from field_app.settings import ROOT, settings
from models.tables import EvidencePackage, Photo
from models.vocabulary import PackagePurpose, Role
from tests import rows
from tests.packages.cases import Case, a_case
from tests.test_command_line import run


@pytest.fixture
def case(database: str, noon: datetime) -> Case:
    return a_case(noon)


def sealed(case: Case, noon: datetime, who: Who | None = None) -> tuple[register.Registered, bytes]:
    made = register.seal(case.entry, PackagePurpose.HAND_OVER, who=who or case.office, now=noon)
    return made, b"".join(register.give(made.id, case.office).parts)


def test_a_package_holds_the_whole_entry_and_checks_out(case: Case, noon: datetime) -> None:
    made, data = sealed(case, noon)
    said = checking.check(io.BytesIO(data), [keys.office_key().public])
    assert (said.verdict, said.faults) == (Verdict.WHOLE, ())
    assert hashlib.sha256(data).hexdigest() == made.sha256
    assert (len(data), made.photos, made.by) == (made.size, 3, "钱主任")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        entry = json.loads(package.read(manifest.ENTRY))
        record = package.read(next(n for n in names if n.endswith(".record")))
        for photo in entry["photos"]:
            assert hashlib.sha256(package.read(photo["file"])).hexdigest() == photo["sha256"]
            results = json.loads(package.read(photo["results"]))
            assert results["examinations"][-1]["results"]
        assert package.read(manifest.DOSSIER).startswith(b"%PDF")
        assert b"<svg" in package.read(manifest.MAP)
    assert json.loads(record)["sha256"] == entry["photos"][0]["sha256"]
    assert said.captures == Captures(records=1, signed=1, photos=1)
    assert {manifest.KEY, manifest.PAGE} <= set(names)
    assert [p["stage"] for p in entry["photos"]] == ["整改前", "整改前", "整改后"]
    assert entry["hand_overs"][0]["organ"] == "县纪委监委"
    assert entry["progress"][0]["text"] == "杨树已清除，正在平整。"
    actions = [e["action"] for e in entry["events"] if e["about"] == "entry"]
    assert actions == ["登记入账", "认定性质", "移送", "开始整改", "填报进展"]
    assert entry["parcel"]["boundary"]["type"] == "Polygon"
    assert set(entry["people"].values()) >= {"何映", "钱主任", "柳镇长"}
    text = json.dumps(entry, ensure_ascii=False)
    assert "password" not in text


def test_a_package_is_given_out_again_to_the_byte_whatever_the_entry_became(
    case: Case, noon: datetime
) -> None:
    made, data = sealed(case, noon)
    with db.writing() as session:
        session.get_one(Photo, case.before[0]).kind = "近景"
    keys.place().unlink()  # the key was changed since
    keys.make(keys.place())
    assert b"".join(register.give(made.id, case.office).parts) == data
    newer = register.seal(case.entry, PackagePurpose.ARCHIVE, who=case.office, now=noon)
    assert newer.key_id != made.key_id
    assert [p.id for p in register.listed(case.entry, case.office)] == [newer.id, made.id]


def test_sealing_is_written_down_beside_the_entry_and_keeps_nobody_from_undoing(
    case: Case, noon: datetime
) -> None:
    later = noon + timedelta(days=3)
    made, _ = sealed(case, later)
    shown = listing.detail(case.entry, case.unit, now=later)
    assert shown.history[-1].action == register.SEALED
    assert shown.history[-1].new["sha256"] == made.sha256
    assert shown.course.undo == "填报进展"


def test_only_who_may_hand_over_seals_lists_and_takes_packages(case: Case, noon: datetime) -> None:
    made, _ = sealed(case, noon, case.supervisor)
    for who in (case.unit, case.inspector, rows.a_person(Role.ADMIN)):
        for call in (
            lambda w=who: register.seal(case.entry, PackagePurpose.ARCHIVE, who=w, now=noon),
            lambda w=who: register.listed(case.entry, w),
            lambda w=who: register.give(made.id, w),
            lambda w=who: register.transfer_form(case.hand_over, w, now=noon),
        ):
            with pytest.raises(Problem) as told:
                call()
            assert told.value.id == "not-allowed"


def test_without_a_key_nothing_is_sealed_and_nothing_is_written(case: Case, noon: datetime) -> None:
    keys.place().unlink()
    with pytest.raises(Problem) as told:
        register.seal(case.entry, PackagePurpose.ARCHIVE, who=case.office, now=noon)
    assert told.value.id == "no-office-key"
    with db.reading() as session:
        assert session.exec(select(EvidencePackage)).first() is None


def test_a_damaged_photo_is_never_sealed_nor_given_out_as_if_it_were_whole(
    case: Case, noon: datetime
) -> None:
    made, _ = sealed(case, noon)
    with db.reading() as session:
        sha256 = session.get_one(Photo, case.before[0]).sha256
    assert settings().store_folder
    path = settings().store_folder / sha256[:2] / sha256[2:4] / sha256  # type: ignore[operator]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Problem) as told:
        register.seal(case.entry, PackagePurpose.ARCHIVE, who=case.office, now=noon)
    assert told.value.id == "evidence-damaged"
    with pytest.raises(Problem):
        b"".join(register.give(made.id, case.office).parts)


def test_an_entry_without_parcel_and_photos_can_be_sealed(database: str, noon: datetime) -> None:
    keys.make(keys.place())
    entry = rows.an_entry(["财政局"], category=1, village="")
    made = register.seal(entry, PackagePurpose.ARCHIVE, who=CONSOLE, now=noon)
    data = b"".join(register.give(made.id, CONSOLE).parts)
    said = checking.check(io.BytesIO(data), [keys.office_key().public])
    assert said.verdict == Verdict.WHOLE
    assert manifest.MAP not in zipfile.ZipFile(io.BytesIO(data)).namelist()
    for missing in (lambda: register.give(987654, CONSOLE), lambda: register.called("没有")):
        with pytest.raises(Problem) as told:
            missing()
        assert told.value.id == "not-found"


def test_the_version_that_a_package_names_is_this_programs() -> None:
    assert f'version = "{register.PROGRAM}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_package_is_sealed_and_checked_at_the_console(
    case: Case, noon: datetime, tmp_path: Path
) -> None:
    number = listing.detail(case.entry, CONSOLE, now=noon).row.number
    out, key = tmp_path / "a.zip", tmp_path / "key.pem"
    key.write_bytes(keys.office_key().public.pem)
    data = settings().data_dir
    done = run(data, "package", number, "--out", str(out), "--purpose", "移送")
    assert done.returncode == 0, done.stderr
    done = run(data, "package-verify", str(out), "--key", str(key), "--json")
    assert json.loads(done.stdout)["entry"] == number
    assert done.returncode == 0
    done = run(data, "package", "411321-9-2026-0001", "--out", str(out))
    assert done.returncode == 2
    assert "找不到" in done.stderr
