"""Putting a run in force: how long everybody else's writing waits, per photo, against copying the
same rows by the database alone; and what the page and the worker ask meanwhile."""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert, select, text
from sqlmodel import col

from field_app import clock, db
from field_app.db import reading, writing
from field_app.reexamining import applying, difference, runs, tally
from field_app.reexamining.otherwise import count_where_due, otherwise_examined
from field_app.reexamining.states import RunState
from field_app.reexamining.tally import Tally
from field_app.reexamining.trials import todo
from models.tables import Reexamination, Trial, metadata
from models.vocabulary import Role, Verdict
from photos.checks import declared
from tests import rows
from tests.databases import environment

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
_CHANGED = 20  # every twentieth photo
_READINGS = 60  # a phone's file has about so many


def _fill(count: int) -> int:
    """Photos with their examinations, and a finished run over them."""
    who, now = rows.a_person(Role.INSPECTOR, team="二组"), clock.now()
    visit = rows.an_inspection(who)
    results = [
        {
            "check": d.id, "outcome": "PASS", "needed": d.needed, "noted": False,
            "measured": {"distance_m": 12.0}, "threshold": dict(d.thresholds),
            "message": "拍摄点距地块 12 m，未超出 50 m（全景限差，另计定位误差 20 m）。",
        }
        for d in declared()
    ]  # fmt: skip
    readings = [
        {"name": f"Reading{n}", "value": [[33, 1], [29, 1]], "tag": "GPS 2", "source": "exif"}
        for n in range(_READINGS)
    ]
    office = rows.a_person(Role.OFFICE)
    blobs, photos, exams, trials = [], [], [], []
    for n in range(1, count + 1):
        key = f"{n:064x}"
        verdict = Verdict.CONTRADICTED if n % _CHANGED == 0 else Verdict.PASSED
        blobs.append(
            {
                "sha256": key, "size": 1, "media_type": "image/jpeg", "person_id": who.id,
                "received_at": now,
            }
        )  # fmt: skip
        photos.append(
            {
                "id": n, "inspection_id": visit, "parcel_id": 1, "person_id": who.id,
                "sha256": key, "kind": "全景", "claim": {}, "received_at": now, "grade": "C",
                "verdict": Verdict.PASSED, "reshoot_why": "", "zone_assumed": False,
            }
        )  # fmt: skip
        exams.append(
            {
                "id": n, "photo_id": n, "at": now, "verdict": Verdict.PASSED, "engine": "",
                "results": results, "readings": readings,
            }
        )  # fmt: skip
        trials.append(
            {
                "run_id": 1, "photo_id": n, "examination_id": n, "at": now, "error": "",
                "draw": n * 7919 % 100_003,
                "old_verdict": Verdict.PASSED, "verdict": verdict,
                "columns": {} if verdict == Verdict.PASSED else {"verdict": str(verdict)},
                "results": results, "readings": readings,
            }
        )  # fmt: skip
    with writing() as session:
        write = session.connection().execute
        write(insert(metadata.tables["blob"]), blobs)
        write(insert(metadata.tables["photo"]), photos)
        write(insert(metadata.tables["examination"]), exams)
    run = runs.propose({}, why="检查程序已更新", who=office, now=now)
    with writing() as session:
        session.connection().execute(insert(metadata.tables["trial"]), trials)
        found = session.get_one(Reexamination, run)
        found.state, found.cursor, found.decided_by = RunState.APPLYING, count, office.id
        every = select(col(Trial.photo_id)).where(col(Trial.run_id) == run)
        tally.keep(found, Tally(), tally.over(session, found, every))
    return run


def _timed(what: str, ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    took = time.perf_counter() - began
    print(f"{what:<58}{took * 1e3:>10.1f} ms")
    return took


def _copy() -> None:
    """The floor: the large columns copied inside the database."""
    with writing() as session:
        session.connection().execute(
            text("CREATE TABLE copied AS SELECT photo_id, verdict, results, readings FROM trial")
        )


def _apply(run: int) -> None:
    with writing() as session:
        found = session.get_one(Reexamination, run)
        session.expunge(found)
        applying.put_in_force(session, found, now=clock.now() + timedelta(minutes=1))


def main() -> None:
    """Fills a database of its own and times each step once."""
    with tempfile.TemporaryDirectory() as folder, environment(DATA_DIR=folder, DATABASE_URL=""):
        db.migrate()
        run = _fill(COUNT)
        who = rows.a_person(Role.OFFICE)
        print(f"{COUNT} photos, {COUNT // _CHANGED} verdicts change")
        with reading() as session:
            _timed(
                "what is left to do (the last, whole pass)",
                lambda: todo(session, run, beyond=0, limit=20),
            )
        _timed("the page: how far it is", lambda: runs.open_run(who))
        _timed(
            "the worker: photos that stand by other rules", lambda: count_where_due(now=clock.now())
        )
        _timed("the page: photos that stand by other rules", lambda: otherwise_examined(who))
        _timed("the page: the difference", lambda: difference.of(run, who))
        _timed("the page: the sample", lambda: difference.sample(run, who))
        floor = _timed("floor: the rows copied by the database", _copy)
        took = _timed("put in force, one transaction", lambda: _apply(run))
        print(f"{took / floor:.1f} × the floor, {took / COUNT * 1e6:.0f} µs a photo")


if __name__ == "__main__":
    main()
