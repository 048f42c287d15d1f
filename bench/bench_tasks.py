"""附近任务 among 100,000 tasks: one page of the list, against measuring every outline in reach."""

import random
import sys
import tempfile
import time

from sqlalchemy import insert

from field_app import clock, db, tasks
from field_app.db import writing
from field_app.parcels.search import ids_in_box
from field_app.roles import Who
from field_app.settings import settings
from field_app.tasks import Wanted
from models import geo
from models.geo import Position
from models.tables import Parcel, metadata
from models.vocabulary import Purpose, Role
from tests import rows
from tests.databases import environment

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ROUNDS = 30
_chance = random.Random(3)


def _fill(count: int) -> None:
    """Parcels of 50 m on a grid of 110 m, each with its task."""
    across = int(count**0.5) + 1
    now = clock.now()
    parcels, planned = [], []
    for n in range(count):
        at = Position(112.2 + (n % across) * 1.2e-3, 33.2 + (n // across) * 1e-3)
        shape = rows.a_square(at)
        west, south, east, north = shape.bounds
        parcels.append(
            {
                "id": n + 1, "number": f"N{n:06d}", "boundary": shape, "area_m2": 2500.0,
                "min_lon": west, "min_lat": south, "max_lon": east, "max_lat": north,
                "village": "村", "name": "", "land_class": "0103", "sheet": "", "use": "",
                "land_class_scheme": "", "slope_grade": "", "quality_grade": "", "year": "",
                "source_crs": "EPSG:4525", "flags": [], "attributes": {}, "shape_no": 1,
                "township_code": rows.LIUSHAN, "created_at": now,
            }
        )  # fmt: skip
        planned.append(
            {
                "parcel_id": n + 1, "team_id": 1, "purpose": Purpose.FIRST, "opens_at": now,
                "closes_at": now, "created_at": now,
            }
        )  # fmt: skip
    with writing() as session:
        session.connection().execute(insert(metadata.tables["parcel"]), parcels)
        session.connection().execute(insert(metadata.tables["task"]), planned)


def _somewhere() -> Position:
    return Position(112.25 + _chance.uniform(0, 0.25), 33.25 + _chance.uniform(0, 0.2))


def _plain_ms(at: Position) -> float:
    """The floor of the plain way: every outline in the box read and measured, nothing else."""
    start = time.perf_counter()
    with db.reading() as session:
        ids = ids_in_box(session, geo.box_around(at, settings().near_m))
        for part in range(0, len(ids), 500):
            for parcel_id in ids[part : part + 500]:
                geo.distance_to_m(session.get_one(Parcel, parcel_id).boundary, at)
    return (time.perf_counter() - start) * 1000


def _listing_ms(who: Who, wanted: Wanted) -> float:
    start = time.perf_counter()
    tasks.listing(who, wanted)
    return (time.perf_counter() - start) * 1000


def _told(name: str, times: list[float]) -> None:
    times = sorted(times)
    print(f"{name}: p50 {times[len(times) // 2]:.0f} ms, most {times[-1]:.0f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, environment(DATA_DIR=folder, DATABASE_URL=""):
        db.migrate()
        rows.a_team("二组")
        who = rows.a_person(Role.INSPECTOR, team="二组")
        _fill(COUNT)
        radius = settings().near_m
        near = [Wanted(near=_somewhere(), radius_m=radius, limit=60) for _ in range(ROUNDS)]
        _page, total = tasks.listing(who, near[0])
        print(f"{COUNT} tasks, {total} within {radius:.0f} m")
        _told("  the page of the nearest 60", [_listing_ms(who, w) for w in near])
        _told("  the first 60 by date", [_listing_ms(who, Wanted(limit=60)) for _ in range(5)])
        if "plain" in sys.argv:
            _told("  every outline measured", [_plain_ms(w.near) for w in near[:5] if w.near])


if __name__ == "__main__":
    main()
