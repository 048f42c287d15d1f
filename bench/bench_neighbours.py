"""The neighbours of one photo among many: gathering them, against fetching one row by its key.

`python bench/bench_neighbours.py [photos]` from the project's root, on SQLite; with DATABASE_URL of
an empty PostgreSQL, there. 200 people with 30 photos a working day, one in ten by a camera with a
serial number that two people share. Budget: 5 ms at a million photos, which take 100 s to make.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import text

from field_app import db
from field_app.db import reading, writing
from field_app.inspections.neighbours import known_devices, shots_of
from models.geo import Position
from models.tables import Photo
from models.vocabulary import PhotoKind, Role
from photos.case import Shot
from tests import rows
from tests.databases import environment

BUDGET_MS = 5.0
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
ROUNDS = 400
PEOPLE, A_DAY = 200, 30
_chance = random.Random(5)

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0, :last))",
}
_MOMENT = {  # minutes after a fixed morning
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', '2024-01-01', '+' || ({}) || ' minutes')",
    "postgresql": "timestamptz '2024-01-01 00:00:00Z' + ({}) * interval '1 minute'",
}
_SHA = {"sqlite": "printf('%064x', i)", "postgresql": "lpad(to_hex(i), 64, '0')"}


def fill(count: int) -> None:
    """Photos by SQL: person n % PEOPLE, one every 12 minutes of a day, along a road."""
    with writing() as session:
        kind = session.get_bind().dialect.name
        visit = rows_of_one_visit()
        row = f"(i / {PEOPLE})"  # the how-manieth photo of its person
        minutes = f"({row} / {A_DAY}) * 1440 + ({row} % {A_DAY}) * 12"
        moment = _MOMENT[kind].format(minutes)
        connection = session.connection()
        numbers = _NUMBERS[kind]
        given = {"last": count - 1}
        connection.execute(
            text(
                f"INSERT INTO blob (sha256, size, media_type, person_id, received_at) {numbers} "
                f"SELECT {_SHA[kind]}, 1, 'image/jpeg', 1, {moment} FROM n"
            ),
            given,
        )
        connection.execute(
            text(
                "INSERT INTO photo (inspection_id, parcel_id, person_id, sha256, kind, claim, "
                "received_at, grade, verdict, lon, lat, accuracy_m, taken_at, taken_source, "
                "zone_assumed, fixed_at, device, reshoot_why) "
                f"{numbers} SELECT {visit[0]}, {visit[1]}, i % {PEOPLE} + 1, {_SHA[kind]}, '全景', "
                f"'{{}}', {moment}, 'C', '核验通过', 112.2 + ({row} % 997) * 0.0003, "
                f"33.2 + (i % 89) * 0.001, 8.0, {moment}, 'camera', "
                f"{'false' if kind == 'postgresql' else '0'}, {moment}, "
                f"CASE WHEN i % 10 = 0 THEN 'SONY ILCE-7M3 #' || (i % {PEOPLE}) / 20 "
                "ELSE 'HUAWEI ALN-AL00' END, '' FROM n"
            ),
            given,
        )
    with db.engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def rows_of_one_visit() -> tuple[int, int]:
    """Inspection and parcel that every photo is filed under: what is measured does not ask."""
    with reading() as session:
        found = session.connection().execute(text("SELECT id, parcel_id FROM inspection")).one()
    return found[0], found[1]


def timed(work: Callable[[int], object], ids: list[int]) -> tuple[float, float, float]:
    """(p50, p99, mean of this process's own CPU) in milliseconds; on SQLite the last is all."""
    spent = []
    cpu = time.process_time()
    for photo_id in ids:
        began = time.perf_counter()
        work(photo_id)
        spent.append((time.perf_counter() - began) * 1000.0)
    cpu = (time.process_time() - cpu) * 1000.0 / len(ids)
    spent.sort()
    return spent[len(spent) // 2], spent[int(len(spent) * 0.99)], cpu


def main() -> int:
    url = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder, environment(DATA_DIR=folder, DATABASE_URL=url):
        db.migrate()
        people = [rows.a_person(Role.INSPECTOR, team="二组") for _ in range(PEOPLE)]
        rows.an_inspection(people[0])
        began = time.perf_counter()
        fill(COUNT)
        print(f"{COUNT} photos made in {time.perf_counter() - began:.0f} s")
        ids = [_chance.randrange(COUNT) + 1 for _ in range(ROUNDS)]
        with reading() as session:
            found: list[int] = []

            def fetch(photo_id: int) -> Photo:
                session.expunge_all()
                return session.get_one(Photo, photo_id)

            photos = {n: fetch(n) for n in ids}

            def gather(photo_id: int) -> None:
                photo = photos[photo_id]
                found.append(len(shots_of(session, photo, _shot(photo))))

            def devices(photo_id: int) -> None:
                known_devices(session, photos[photo_id], photos[photo_id].taken_at)

            measured = {}
            for name, work in (("one row by its key", fetch), ("neighbours", gather),
                               ("earlier devices", devices)):  # fmt: skip
                timed(work, ids[:40])
                measured[name] = timed(work, ids)
                p50, p99, cpu = measured[name]
                print(f"  {name}: p50 {p50:.2f} ms, p99 {p99:.2f} ms, CPU {cpu:.2f} ms")
        print(f"  neighbours of a photo: {sum(found) / len(found):.0f} on average")
        # SQLite works in this process, so its CPU is the whole cost, however busy the machine is.
        p50, _p99, cpu = measured["neighbours"]
        spent, what = (p50, "p50") if url else (cpu, "CPU")
        within = spent <= BUDGET_MS
        print(f"  {'within' if within else 'OVER'} the budget of {BUDGET_MS:.0f} ms ({what})")
        return 0 if within else 1


def _shot(photo: Photo) -> Shot:
    assert photo.taken_at is not None
    assert photo.lon is not None
    assert photo.lat is not None
    return Shot(
        "", "", PhotoKind.OVERVIEW, photo.taken_at, "camera", True, True, True, True,
        position=Position(photo.lon, photo.lat), device=photo.device,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
