"""The demonstration county, loaded once, and what happens where it cannot or need not be."""

import fcntl
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func
from sqlmodel import select

from field_app import accounts, clock, db, demonstration, inspections, tasks
from field_app.accounts import NewPerson, credentials
from field_app.db import reading
from field_app.demo import county
from field_app.ledger import pressing
from field_app.problems import Problem
from field_app.roles import Who
from field_app.second_look import draws, published, results
from field_app.second_look.outcomes import Outcome
from field_app.tasks import Wanted
from field_app.verifying import Asked, verify_archive
from models.tables import (
    Entry,
    EntryUnit,
    Event,
    Inspection,
    Outbox,
    Parcel,
    Person,
    Photo,
    Project,
    Task,
    Unit,
)
from models.vocabulary import (
    EntryState,
    InspectionState,
    Purpose,
    Role,
    Verdict,
)
from tests.databases import environment

NOW = datetime(2026, 4, 15, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.xdist_group("county")  # one worker loads it, and all tests look at it


@dataclass(frozen=True)
class Loaded:
    """The county as it lies on the disk."""

    folder: Path
    users: list[dict[str, str]]
    report: dict[str, Any]
    said: list[str]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("county") / "data"
    said: list[str] = []
    with environment(DATA_DIR=str(folder), DATABASE_URL=""), clock.frozen(NOW):
        users = county.load(now=NOW, say=said.append)
        report = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        yield Loaded(folder, users, report, said)


@pytest.fixture
def a_copy(loaded: Loaded, tmp_path: Path) -> Iterator[Loaded]:
    """The same county for a test that changes it."""
    shutil.copytree(loaded.folder, tmp_path / "data")
    with environment(DATA_DIR=str(tmp_path / "data"), DATABASE_URL=""):
        yield loaded


def who(name: str) -> Who:
    with reading() as session:
        p = session.exec(select(Person).where(Person.name == name)).one()
    return Who(p.id or 0, p.name, p.display, Role(p.role), p.team_id, p.unit_id)


# --- what is there ------------------------------------------------------------------------------


def test_some_three_hundred_parcels_lie_in_the_county_on_both_sides_of_the_zone_boundary(
    loaded: Loaded,
) -> None:
    with reading() as session:
        parcels = session.exec(select(Parcel)).all()
        projects = session.exec(select(Project)).all()
    assert 280 <= len(parcels) <= 360
    assert len(projects) == 13
    systems = Counter(p.source_crs for p in parcels)
    assert systems["EPSG:4525"] > 100
    assert systems["EPSG:4526"] > 100
    assert all(p.min_lon > 111.9 and p.max_lon < 112.92 for p in parcels)
    assert all(p.min_lat > 33.15 and p.max_lat < 33.80 for p in parcels)
    east = {p.source_crs for p in parcels if p.min_lon > 112.52}
    west = {p.source_crs for p in parcels if p.max_lon < 112.48}
    assert east == {"EPSG:4526"}
    assert west == {"EPSG:4525", "EPSG:4546"}
    sizes = [p.area_m2 * 3 / 2000 for p in parcels]
    assert 0.5 <= min(sizes) < 1.5
    assert 20 < max(sizes) <= 40


def test_parcels_have_holes_and_parts_and_shared_edges(loaded: Loaded) -> None:
    with reading() as session:
        shapes = session.exec(select(Parcel.boundary)).all()
    assert sum(s.geom_type == "MultiPolygon" for s in shapes) >= 5
    assert sum(s.geom_type == "Polygon" and bool(s.interiors) for s in shapes) >= 5
    assert all(s.is_valid for s in shapes)
    assert any(a.relate_pattern(b, "****1****") for a in shapes[:25] for b in shapes[:25])


def test_the_parcels_entered_twice_are_flagged_on_both_sides(loaded: Loaded) -> None:
    with reading() as session:
        parcels = session.exec(select(Parcel)).all()
    overlaps = {
        p.number: flag["other"] for p in parcels for flag in p.flags if flag["kind"] == "overlap"
    }
    assert len(overlaps) == 10
    assert all(overlaps[other] == number for number, other in overlaps.items())
    project_of = {p.number: p.project_id for p in parcels}
    assert all(project_of[a] != project_of[b] for a, b in overlaps.items())


def test_the_steep_ones_are_flagged_and_no_others(loaded: Loaded) -> None:
    with reading() as session:
        parcels = session.exec(select(Parcel)).all()
    steep = {p.number for p in parcels if any(f["kind"] == "steep" for f in p.flags)}
    assert len(steep) >= 5
    assert steep == {p.number for p in parcels if p.slope_grade == "5"}


def test_the_imports_show_what_imports_show(loaded: Loaded) -> None:
    from field_app.parcels import batches

    rows = batches.recent(who("xianban1"))
    parcels = [r for r in rows if r.kind == "地块"]
    assert sum(r.repaired for r in parcels) > 20, "a file with X and Y exchanged, crossing outlines"
    assert not any(r.refused for r in rows)
    assert {r.by for r in rows} == {"方周全"}
    assert {Path(r.file_name).suffix for r in rows} == {".txt", ".zip", ".xlsx"}


def test_a_township_of_no_team_has_parcels_that_wait_for_the_office(loaded: Loaded) -> None:
    with reading() as session:
        of_huanghou = select(Parcel.id).where(Parcel.township_code == "411321302")
        parcels = set(session.exec(of_huanghou))
        planned = set(session.exec(select(Task.parcel_id)))
        entries = session.exec(select(Entry).where(Entry.township_code == "411321302")).all()
    assert parcels - planned
    assert parcels & planned
    assert entries


def test_every_state_of_a_visit_is_there(loaded: Loaded) -> None:
    with reading() as session:
        states = Counter(session.exec(select(Inspection.state)))
        verdicts = Counter(session.exec(select(Photo.verdict)))
        grades = set(session.exec(select(Photo.grade)))
    assert set(states) == {str(s) for s in InspectionState}
    assert 20 <= states.total() <= 50
    assert set(verdicts) == {str(v) for v in Verdict}
    assert verdicts[Verdict.PASSED] > 0.8 * verdicts.total()
    assert grades >= {"B", "C", "D"}


def test_entries_stand_in_three_ledgers_each_with_units_event_and_message(loaded: Loaded) -> None:
    with reading() as session:
        entries = session.exec(select(Entry)).all()
        units = set(session.exec(select(EntryUnit.entry_id)))
        told = set(session.exec(select(Event.about_id).where(Event.about == "entry")))
        messages = session.exec(select(func.count()).select_from(Outbox)).one()
    assert {e.category for e in entries} >= {1, 2, 3}
    assert {e.state for e in entries} == set(EntryState)
    assert any(e.carried for e in entries)
    assert {e.nature for e in entries} >= {"涉嫌违纪", "涉嫌犯罪"}
    assert any(e.handed_to for e in entries)
    assert any(e.arose_during for e in entries)
    owing = pressing.pressing(who("dudao1"), now=NOW).all_units
    assert owing.late
    assert owing.soon
    assert {e.second_look[11:13] for e in entries} >= {"通过", "未通"}
    assert {e.id for e in entries} == units == told
    assert messages > 3 * len(entries)
    assert all(e.measure and e.due_on and e.description for e in entries)


def test_a_second_look_was_drawn_and_anybody_can_draw_it_again(loaded: Loaded) -> None:
    ((row,), _total) = results.listing(who("dudao1"))
    shown = results.detail(row.id, who("dudao1"))
    assert row.n < row.size
    assert row.seed
    counts = {outcome: n for outcome, n in shown.counts.items() if n}
    assert counts == {Outcome.AS_BEFORE: 2, Outcome.OTHERWISE: 1, Outcome.OPEN: 1}
    assert row.undecided == 1, "one waits for the audience"
    assert {each.settled[11:13] for each in shown.looked if each.settled} == {"通过", "未通"}
    assert not any(each.by and each.by in each.first_hands for each in shown.looked)
    assert published.disagreements(draws.published(row.id, who("dudao1"))) == []


def test_nobody_is_in_two_places_at_once(loaded: Loaded) -> None:
    query = select(Photo.person_id, Photo.received_at, Photo.parcel_id)
    with reading() as session:
        photos = sorted(session.exec(query))
    for (person, at, parcel), (next_person, next_at, next_parcel) in pairwise(photos):
        if person == next_person and parcel != next_parcel:
            assert next_at - at > timedelta(minutes=15)


def test_work_that_began_has_a_visit_planned_to_look_at_it_again(loaded: Loaded) -> None:
    with reading() as session:
        again = session.exec(select(Task.parcel_id).where(Task.purpose == Purpose.RECTIFIED)).all()
        begun = session.exec(
            select(Entry.parcel_id)
            .join(Event, Event.about_id == Entry.id)  # type: ignore[arg-type]
            .join(Person, Person.id == Event.person_id)  # type: ignore[arg-type]
            .where(Event.about == "entry", Event.action == "开始整改", Person.role == Role.OFFICE)
        ).all()
    assert set(again) == set(begun) != set()


def test_everything_happened_in_the_order_of_the_clock_and_before_now(loaded: Loaded) -> None:
    with reading() as session:
        moments = session.exec(select(Event.at).order_by(Event.id)).all()  # type: ignore[arg-type]
    assert moments == sorted(moments)
    assert moments[-1] < NOW


def test_every_window_holds_now(loaded: Loaded) -> None:
    with reading() as session:
        windows = session.exec(select(Task.opens_at, Task.closes_at)).all()
    assert all(opens < NOW < closes for opens, closes in windows)


def test_both_teams_have_work_to_do_and_units_have_entries_to_answer(loaded: Loaded) -> None:
    for name in ("hecha1", "hecha2"):
        _rows, total = tasks.listing(who(name), Wanted())
        assert total > 50
    answering = select(Unit.name).join(EntryUnit, EntryUnit.unit_id == Unit.id)  # type: ignore[arg-type]
    with reading() as session:
        assert set(session.exec(answering)) >= {p.unit for p in county.people.PEOPLE if p.unit}


def test_it_says_that_it_is_a_demonstration(loaded: Loaded) -> None:
    assert demonstration.loaded()
    assert loaded.said


# --- people -------------------------------------------------------------------------------------


def test_everybody_can_sign_in_as_the_report_says(loaded: Loaded) -> None:
    assert loaded.report["users"] == loaded.users
    assert {u["role"] for u in loaded.users} == {str(r) for r in Role}
    for user in loaded.users:
        token = accounts.sign_in(
            user["name"], user["password"], address="127.0.0.1", browser="", now=NOW
        )
        person = accounts.who_by_token(token, now=NOW)
        assert person is not None
        assert str(person.role) == user["role"]
        assert not person.must_change_password


# --- the photos of known verdict ----------------------------------------------------------------


def expected(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(p["path"], p["parcel"], p["expected_verdict"]) for p in report["photos"]]


def test_each_photo_alone_gets_the_verdict_that_the_report_expects(loaded: Loaded) -> None:
    got = []
    for path, parcel, _verdict in expected(loaded.report):
        asked = Asked(
            [path],
            parcels_file=Path(loaded.report["parcels_file"]),
            parcel=parcel,
            window=None,
        )
        (line,) = verify_archive(asked, now=NOW)[0]
        got.append((path, parcel, line["verdict"]))
    assert got == expected(loaded.report)


def test_the_window_of_the_tasks_changes_no_expected_verdict(loaded: Loaded) -> None:
    first, last = (
        datetime.fromisoformat(day).replace(tzinfo=clock.CHINA)
        for day in loaded.report["window"].split("..")
    )
    for path, parcel, verdict in expected(loaded.report):
        asked = Asked(
            [path],
            parcels_file=Path(loaded.report["parcels_file"]),
            parcel=parcel,
            window=(first, last + timedelta(days=1)),
        )
        (line,) = verify_archive(asked, now=NOW + timedelta(days=20))[0]
        assert (path, line["verdict"]) == (path, verdict)


def test_handed_in_by_an_inspector_each_photo_gets_the_same_verdict(a_copy: Loaded) -> None:
    with reading() as session:
        rows = session.exec(
            select(Parcel.number, Task.id, Task.team_id).join(Task, Task.parcel_id == Parcel.id)  # type: ignore[arg-type]
        ).all()
    task_of = {number: (task, team) for number, task, team in rows}
    inspectors = [who(f"hecha{n}") for n in (1, 2)]
    for path, parcel, verdict in expected(a_copy.report):
        data = Path(path).read_bytes()
        task, team = task_of[parcel]
        inspector = next(p for p in inspectors if p.team_id == team)
        receipt = inspections.attach_photo(
            data,
            sha256=sha256(data).hexdigest(),
            inspection_id=inspections.open_visit(task, inspector, now=NOW),
            kind="全景",
            capture={},
            who=inspector,
            now=NOW,
        )
        assert (path, receipt.verdict) == (path, verdict)


def test_all_verdicts_are_shown_and_honest_photos_that_could_be_suspected(loaded: Loaded) -> None:
    verdicts = Counter(verdict for _path, _parcel, verdict in expected(loaded.report))
    assert set(verdicts) == {str(v) for v in Verdict}
    assert min(verdicts.values()) >= 4
    twice = Counter(path for path, _parcel, _verdict in expected(loaded.report))
    assert max(twice.values()) == 2, "one file is claimed for two parcels"


def test_the_county_is_small_enough_to_try(loaded: Loaded) -> None:
    size = sum(p.stat().st_size for p in loaded.folder.rglob("*") if p.is_file())
    assert size < 35e6


# --- loading where something is already ---------------------------------------------------------


@contextmanager
def empty(folder: Path) -> Iterator[None]:
    with environment(DATA_DIR=str(folder), DATABASE_URL=""):
        yield


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A county without visits and photos, whose passwords are hashed cheaply."""
    monkeypatch.setattr(county, "visits", lambda _county, _now: [])
    monkeypatch.setattr(county, "known_photos", lambda _county, _now: [])
    monkeypatch.setattr(county.second_look, "course", lambda *_given: iter([NOW]))
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(credentials, "_hasher", cheap)


def counts() -> dict[str, int]:
    with reading() as session:
        return {
            table.__name__: session.exec(select(func.count()).select_from(table)).one()
            for table in (Person, Project, Parcel, Task, Event)
        }


def test_loading_twice_is_harmless(loaded: Loaded) -> None:
    before = counts()
    said: list[str] = []
    assert county.load(now=NOW + timedelta(days=1), say=said.append) == loaded.users
    assert counts() == before
    assert "没有重新装入" in said[0]


@pytest.mark.usefixtures("quick")
def test_a_data_folder_with_other_data_is_refused_and_left_alone(tmp_path: Path) -> None:
    with empty(tmp_path):
        db.migrate()
        new = NewPerson("boss", "主任", Role.ADMIN, "a long password")
        accounts.add_person(new, by=None, now=NOW)
        with pytest.raises(Problem) as refused:
            county.load(now=NOW, say=lambda _text: None)
        assert refused.value.id == "demo-refused"
        assert "DATA_DIR" in refused.value.message
        assert not demonstration.loaded()
        assert counts() == {"Person": 1, "Project": 0, "Parcel": 0, "Task": 0, "Event": 1}
        assert not (tmp_path / "demo.json").exists()


@pytest.mark.usefixtures("quick")
def test_a_load_that_was_cut_off_is_marked_at_once_and_done_afresh_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with empty(tmp_path):
        with monkeypatch.context() as during:
            during.setattr(county, "_plan", killed)
            with pytest.raises(KeyboardInterrupt):
                county.load(now=NOW, say=lambda _text: None)
        assert demonstration.loaded(), "what is there is invented, and says so"
        assert not (tmp_path / "demo.json").exists(), "but nobody takes it for whole"
        half = counts()
        assert half["Parcel"] > 0

        county.load(now=NOW, say=lambda _text: None)
        whole = counts()
        assert whole["Parcel"] == half["Parcel"]
        assert whole["Person"] == half["Person"]
        assert whole["Task"] > half["Task"] == 0
        assert (tmp_path / "demo.json").exists()


@pytest.mark.usefixtures("quick")
def test_two_loads_at_once_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    with empty(tmp_path), (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Problem) as refused:
            county.load(now=NOW, say=lambda _text: None)
        assert refused.value.id == "demo-busy"
