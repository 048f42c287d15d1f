"""Loads the demonstration county: all of it, or a state that the next try cleans up.

The mark 演示数据 is set before the first invented row, so that no page ever shows one without it. A
second fact says that loading is under way; whoever finds it left behind by a load that was killed
takes the rows away and starts afresh. Only a database that held nothing of anybody gets that far.
"""

import fcntl
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select

from field_app import db, demonstration, tasks
from field_app.db import reading, writing
from field_app.demo import files, milestones, parcels, people, second_look
from field_app.demo.cases import KnownPhoto, known_photos
from field_app.demo.entries import clues
from field_app.demo.parcels import Project
from field_app.demo.playing import Player
from field_app.demo.script import OnEntry, ShootAgain, Visit, on_day
from field_app.demo.shots import Shot, developed
from field_app.demo.visits import visits
from field_app.packages import keys
from field_app.parcels.intake import Choice, import_parcels
from field_app.parcels.projects import import_projects
from field_app.problems import DEMO_BUSY, DEMO_REFUSED
from field_app.roles import Who
from field_app.settings import settings
from field_app.units import ensure_units
from models import taxonomy
from models.tables import Entry, Fact, Parcel, Person, Team, metadata
from models.tables import Project as ProjectRow
from models.vocabulary import Purpose

Say = Callable[[str], None]

_LOADING = "demonstration/loading"
_KEPT_TABLES = ("team", "unit")  # the county's own list, put there at every start
_OPENED_DAYS_AGO, _OPEN_DAYS = 25, 75
_TEAM_FOR_THE_REST = "二组"  # who looks at the few parcels of 皇后乡 that are visited
_MOST_WORKERS = 4


def load(*, now: datetime, say: Say) -> list[dict[str, str]]:
    """Loads the county and returns its sign-ins; where it is already there, only the sign-ins.

    `say` hears how far it is, in Chinese. Raises DEMO_REFUSED where the database holds anything
    else, DEMO_BUSY while another process loads.
    """
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    with _alone():
        db.migrate()
        begun = _begin(now)
        if not keys.place().exists():
            keys.make(keys.place())  # so that packages can be tried
        if begun:
            _load(now, say)
        else:
            say("演示县已经在数据目录里，没有重新装入。")
    return people.sign_ins()


@contextmanager
def _alone() -> Iterator[None]:
    """One load at a time; the system lets go of the lock when the process dies."""
    with (settings().data_dir / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DEMO_BUSY(folder=settings().data_dir) from error
        yield


def _begin(now: datetime) -> bool:
    """Marks the database, or clears a load that was cut off; False where the county is whole."""
    marked = demonstration.loaded()
    with writing() as session:
        if session.get(Fact, _LOADING) is not None:
            for table in reversed(metadata.sorted_tables):
                if table.name not in _KEPT_TABLES:
                    session.connection().execute(table.delete())
            session.expunge_all()
        elif marked:
            return False
        elif any(
            session.exec(select(table).limit(1)).first() is not None
            for table in (Person, Parcel, ProjectRow, Entry)
        ):
            raise DEMO_REFUSED(folder=settings().data_dir)
        demonstration.mark(session)
        session.add(Fact(name=_LOADING, value=now.isoformat()))
    return True


def _load(now: datetime, say: Say) -> None:
    county = parcels.county()
    story, known = visits(county, now), known_photos(county, now)
    wanted = [s for v in story for s in _all_shots(v)] + [k.shot for k in known if k.shot]
    with _drawing() as pictures:  # slow, and done by other processes meanwhile
        pictures.ask(wanted)
        say(f"共 {len(county)} 个项目、{parcels.total(county)} 个地块、{len(wanted)} 张照片。")
        started = now - timedelta(days=_OPENED_DAYS_AGO + 2)
        ensure_units()
        staff = people.add_people(now=started)
        say("导入项目清单和地块……")
        _add_projects(county, staff["xianban1"], started + timedelta(minutes=30))
        _import(county, staff["xianban1"], started + timedelta(hours=1))
        ids = _parcel_ids()
        visited = {v.field.number for v in story} | {k.field.number for k in known}
        _plan(county, ids, visited, staff["xianban1"], now)
        say("绘制照片，走完核查、审核、登记台账……")
        quarter = max(len(story) // 4, 1)

        def done(count: int) -> None:
            if count % quarter == 0:
                say(f"  核查 {count}/{len(story)}")

        player = Player(staff, ids, pictures.of, now)
        beside = [
            milestones.course(staff, now),
            second_look.course(player, county, now, pictures.ask),
        ]
        player.play(story, clues(), done, beside)
        photos = _write_known(known, pictures.of)
    _write_report(county, photos, now)
    with writing() as session:
        session.delete(session.get_one(Fact, _LOADING))
    say("演示县已装入。")


def _all_shots(visit: Visit) -> list[Shot]:
    again = [s for step in visit.then if isinstance(step, ShootAgain | OnEntry) for s in step.shots]
    return [*visit.shots, *again]


class _Pictures:
    """Files of shots, drawn by other processes in the order in which they are asked for."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self._drawn: dict[Shot, Future[bytes]] = {}

    def ask(self, shots: list[Shot]) -> None:
        for shot in shots:
            if shot not in self._drawn:  # one photo may be filed for two parcels
                self._drawn[shot] = self._pool.submit(developed, shot)

    def of(self, shot: Shot) -> bytes:
        """The file of a shot that was asked for, when it is ready."""
        return self._drawn[shot].result()


@contextmanager
def _drawing() -> Iterator[_Pictures]:
    # spawn: a forked child would inherit the threads of the photo store.
    context = multiprocessing.get_context("spawn")
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_the_load)
    try:
        yield _Pictures(pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with_the_load() -> None:
    """In a drawing process: a load that is killed leaves nobody behind waiting for work."""
    load_process = multiprocessing.parent_process()
    assert load_process is not None

    def watch() -> None:
        load_process.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _add_projects(county: dict[str, Project], who: Who, now: datetime) -> None:
    """The list of 附件3, through its own door."""
    name, data = "projects.xlsx", files.project_list(county)
    (_files_folder() / name).write_bytes(data)
    import_projects(data, name, who=who, now=now)


def _files_folder() -> Path:
    folder = settings().data_dir / "demo_files"
    folder.mkdir(exist_ok=True)
    return folder


def _import(county: dict[str, Project], who: Who, now: datetime) -> None:
    """Through the same door as any file; the files themselves are left beside the data."""
    folder = _files_folder()
    for n, project in enumerate(county.values()):
        name, data = files.file_of(project)
        (folder / name).write_bytes(data)
        at = now + timedelta(minutes=4 * n)
        import_parcels(data, name, Choice(project_code=project.spec.code), who=who, now=at)


def _parcel_ids() -> dict[str, int]:
    with reading() as session:
        rows = session.exec(select(Parcel.number, Parcel.id)).all()
    return {number: parcel_id for number, parcel_id in rows if parcel_id is not None}


def _plan(
    county: dict[str, Project], ids: dict[str, int], visited: set[str], who: Who, now: datetime
) -> None:
    """Tasks for the team of each township. Of one that no team covers only the parcels that the
    story needs: the rest waits for the office, as it does in life."""
    team_of = {u.township_code: u.team for u in taxonomy.units(settings().county_code)}
    with reading() as session:
        teams = {t.name: t.id for t in session.exec(select(Team))}
    opens = on_day(now, _OPENED_DAYS_AGO)
    for project in county.values():
        team = team_of.get(project.spec.township_code, "")
        numbers = [f.number for f in project.fields if team or f.number in visited]
        team_id = teams[team or _TEAM_FOR_THE_REST]
        assert team_id is not None
        tasks.plan(
            [ids[n] for n in numbers],
            team_id=team_id,
            purpose=Purpose.FIRST,
            opens_at=opens,
            closes_at=opens + timedelta(days=_OPEN_DAYS),
            who=who,
            now=opens,
        )


def _write_known(
    known: list[KnownPhoto], bytes_of: Callable[[Shot], bytes]
) -> list[dict[str, str]]:
    """The photos of known verdict as files; returns their lines of the report."""
    folder = settings().data_dir / "demo_photos"
    folder.mkdir(exist_ok=True)
    lines = []
    for each in known:
        path = folder / each.file
        if each.shot is not None:
            path.write_bytes(bytes_of(each.shot))
        lines.append(
            {
                "path": str(path),
                "parcel": each.field.number,
                "expected_verdict": str(each.expected),
                "what": each.what,
            }
        )
    return lines


def _write_report(county: dict[str, Project], photos: list[dict[str, str]], now: datetime) -> None:
    """`demo.json`, and the parcels in one file to hold the photos against."""
    parcels_file = _files_folder() / "all_parcels.geojson"
    parcels_file.write_text(files.whole_county(county), encoding="utf-8")
    opens = on_day(now, _OPENED_DAYS_AGO).date()
    report: dict[str, Any] = {
        "mark": demonstration.MARK,
        "users": people.sign_ins(),
        "photos": photos,
        "parcels_file": str(parcels_file),
        "window": f"{opens}..{opens + timedelta(days=_OPEN_DAYS)}",
    }
    _replace(
        settings().data_dir / "demo.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    )


def _replace(path: Path, text: str) -> None:
    """Writes a file so that it is there whole or not at all."""
    fresh = path.with_suffix(".part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
