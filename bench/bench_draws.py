"""抽查与回头看 over 10,000 closed entries and 10,000 parcels in order: what each page and step costs.

Processor time of this process, the least of some rounds: the machine may have other work.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import insert

from field_app import clock, db
from field_app.db import writing
from field_app.roles import Who
from field_app.second_look import assigning, draws, published, results, sheets
from field_app.second_look.draws import Wish
from field_app.second_look.lots import Stratum
from field_app.second_look.populations import Sought
from models.tables import metadata
from models.taxonomy import townships
from models.vocabulary import EntryState, InspectionState, Purpose, Role
from tests import rows
from tests.databases import environment

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
DRAWN = 300
ROUNDS = 5
_chance = random.Random(7)


def _put(table: str, values: list[dict]) -> None:
    with writing() as session:
        session.connection().execute(insert(metadata.tables[table]), values)


def _fill(count: int, inspector: Who) -> None:
    """`count` closed entries with a confirmed finding, then as many parcels found in order."""
    now = clock.now()
    codes = [t.code for t in townships().values() if t.county_code == "411321"]
    kinds = ("土地整治", "增减挂钩", "高标准农田")
    _put(
        "project",
        [
            {"id": n + 1, "code": f"P{n:04d}", "name": "项目", "kind": kinds[n % 3], "place": "",
             "village": "", "stage": "", "approval": "", "acceptance": "", "quality": "",
             "coordinate_file": "", "builder": "", "funding": "", "screening": "", "remark": "",
             "extra": {}, "created_at": now}
            for n in range(60)
        ],
    )  # fmt: skip
    shape = rows.a_square()
    west, south, east, north = shape.bounds
    parcels, planned, visits, found, entries = [], [], [], [], []
    for n in range(2 * count):
        township, project = _chance.choice(codes), n % 60 + 1
        parcels.append(
            {
                "id": n + 1, "number": f"N{n:06d}", "boundary": shape, "area_m2": 2500.0,
                "min_lon": west, "min_lat": south, "max_lon": east, "max_lat": north,
                "village": "村", "name": "", "land_class": "0103", "sheet": "", "use": "",
                "land_class_scheme": "", "slope_grade": "", "quality_grade": "", "year": "",
                "source_crs": "EPSG:4525", "flags": [], "attributes": {}, "shape_no": 1,
                "township_code": township, "project_id": project, "created_at": now,
            }
        )  # fmt: skip
        planned.append(
            {"id": n + 1, "parcel_id": n + 1, "team_id": inspector.team_id, "purpose": "首次核查",
             "opens_at": now, "closes_at": now, "done_at": now, "created_at": now, "barred": []}
        )  # fmt: skip
        visits.append(
            {"id": n + 1, "task_id": n + 1, "parcel_id": n + 1, "person_id": inspector.id,
             "state": InspectionState.CONFIRMED, "answers": {}, "marks": {}, "form": "",
             "edition": 1, "shape_no": 1, "opened_at": now, "changed_at": now, "submitted_at": now,
             "returned_why": "", "decided_at": now}
        )  # fmt: skip
        if n >= count:
            continue
        found.append(
            {"id": n + 1, "inspection_id": n + 1, "category": 2, "problem_type": "2-1",
             "facts": "林木", "measure": "", "photo_ids": [], "created_at": now}
        )  # fmt: skip
        entries.append(
            {"id": n + 1, "number": f"411321-2-2026-{n:05d}", "category": 2, "problem_type": "2-1",
             "finding_id": n + 1, "inspection_id": n + 1, "parcel_id": n + 1, "project_id": project,
             "township_code": township, "village": "村", "source": "实地核查",
             "found_on": now.date(), "description": "林木", "responsible_person": "", "nature": "",
             "arose_during": False, "measure": "", "progress": "", "application": "",
             "returned_why": "", "closed_on": now.date(), "closed_why": "", "carried": "",
             "carried_approver": "", "handed_to": "", "second_look": "",
             "state": EntryState.CLOSED, "state_since": now, "evidence_after": now, "remark": "",
             "extra": {}, "edition": 1, "created_at": now}
        )  # fmt: skip
    for table, values in (
        ("parcel", parcels), ("task", planned), ("inspection", visits), ("finding", found),
        ("entry", entries),
    ):  # fmt: skip
        _put(table, values)


def _told(name: str, do: Callable[[], object], rounds: int = ROUNDS) -> None:
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        do()
        least = min(least, time.process_time() - start)
    print(f"{name}: {least * 1000:.0f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, environment(DATA_DIR=folder, DATABASE_URL=""):
        db.migrate()
        inspector = rows.a_person(Role.INSPECTOR, team="二组")
        for _ in range(6):
            rows.a_person(Role.INSPECTOR, team="一组")
        office, zhou = rows.a_person(Role.OFFICE), rows.a_person(Role.SUPERVISOR)
        _fill(COUNT, inspector)
        now, dice = clock.now(), bytes(16)
        for purpose in (Purpose.SECOND_LOOK, Purpose.SPOT_CHECK):
            print(f"{purpose}, {COUNT} in the list, {DRAWN} drawn")
            sought = Sought(purpose)
            _told("  preview (page)", lambda s=sought: draws.preview(office, s, list(Stratum)))
            wish = Wish(sought, DRAWN, why="bench")
            _told("  freeze (once)", lambda w=wish: draws.freeze(w, who=office, now=now), 3)
            made = draws.freeze(wish, who=office, now=now)
            start = time.process_time()
            draws.make(made, randomness=dice, who=office, now=now)
            print(f"  draw (once): {(time.process_time() - start) * 1000:.0f} ms")
            start = time.process_time()
            window = (now, now + timedelta(days=20))
            planned = assigning.plan(made, window, who=office, now=now)
            print(f"  tasks (once): {(time.process_time() - start) * 1000:.0f} ms, {planned.made}")
            _told("  list (page)", lambda: results.listing(zhou))
            _told("  one draw (page)", lambda m=made: results.detail(m, zhou))
            whole = draws.published(made, zhou)
            _told("  published: read", lambda m=made: draws.published(m, zhou))
            _told("  published: .xlsx", lambda w=whole: sheets.to_xlsx(w), 3)
            data = sheets.to_csv(whole)
            _told(
                "  draw-verify of the .csv", lambda d=data: published.disagreements(sheets.read(d))
            )
            assert published.disagreements(sheets.read(data)) == []


if __name__ == "__main__":
    main()
