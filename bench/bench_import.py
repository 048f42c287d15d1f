"""100,000 polygons from a file into the database, the whole way; then what lies near a point.

The floor is what cannot be saved: reading the file and writing the same rows with one bare INSERT.
"""

import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import shapely

from field_app import clock, db
from field_app.parcels.intake import Choice, import_parcels
from field_app.parcels.search import within
from models.geo import Position, from_stored
from tests.databases import environment

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


def coordinate_file(count: int) -> bytes:
    """Irregular hexagons of about 4 亩 on a grid in zone 37, as 报备坐标 TXT."""
    chance = random.Random(1)
    lines = [
        "[属性描述]",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "计量单位=米",
        "带号=37",
        "[地块坐标]",
    ]
    across = int(count**0.5) + 1
    origin = from_stored(shapely.Point(112.0, 33.3), 4525)
    for i in range(count):
        x, y = origin.x + (i % across) * 80.0, origin.y + (i // across) * 80.0
        ring = [(0, 20), (25, 0), (55, 5), (65, 35), (40, 60), (8, 50)]
        points = [
            (x + dx + chance.uniform(-4, 4), y + dy + chance.uniform(-4, 4)) for dx, dy in ring
        ]
        points.append(points[0])
        area = shapely.Polygon(points).area / 10_000
        lines.append(f"{len(points)},{area:.4f},N4113212023{i:011d},,面,,补充耕地,0103,@")
        lines += [f"J{k + 1},1,{py:.3f},{px:.3f}" for k, (px, py) in enumerate(points)]
    return "\r\n".join(lines).encode()


_chance = random.Random(2)


def _near_ms() -> float:
    """One question for what lies within 200 m of a random place, refinement included."""
    at = Position(112.0 + _chance.uniform(0.0, 0.25), 33.3 + _chance.uniform(0.0, 0.2))
    start = time.perf_counter()
    with db.reading() as session:
        within(session, at, 200.0)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    data = coordinate_file(COUNT)
    print(f"{COUNT} polygons, {len(data) / 1e6:.1f} MB of TXT")
    with tempfile.TemporaryDirectory() as folder, environment(DATA_DIR=folder, DATABASE_URL=""):
        db.migrate()
        shares: list[tuple[float, str, float]] = []
        start = time.perf_counter()
        result = import_parcels(
            data,
            "bench.txt",
            Choice(),
            who=None,
            now=clock.now(),
            report=lambda share, what: shares.append((share, what, time.perf_counter() - start)),
        )
        whole = time.perf_counter() - start
        assert result.imported == COUNT, result.count("refused")
        rows = (
            sqlite3.connect(Path(folder) / "field.db")
            .execute("SELECT number, boundary, attributes FROM parcel")
            .fetchall()
        )
        bare = sqlite3.connect(Path(folder) / "bare.db")
        start = time.perf_counter()
        bare.execute("CREATE TABLE p (number TEXT UNIQUE, boundary BLOB, attributes TEXT)")
        bare.executemany("INSERT INTO p VALUES (?, ?, ?)", rows)
        bare.commit()
        floor = time.perf_counter() - start
        near = sorted(_near_ms() for _ in range(1000))
    stages: dict[str, float] = {}
    for _share, what, at in shares:
        stages[what] = at
    for what, at in stages.items():
        print(f"  {what}: done at {at:.1f} s")
    print(
        f"within 200 m of a point, {COUNT} parcels: p50 {near[500]:.2f} ms, p99 {near[990]:.2f} ms"
    )
    print(
        f"import {whole:.1f} s; bare insert of the same rows {floor:.1f} s; {len(shares)} reports"
    )


if __name__ == "__main__":
    main()
