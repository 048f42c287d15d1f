"""The pages of deadlines over a large ledger: processor time of each, and of the day's reminders.

python -m bench.bench_deadlines [entries] [weeks of reports]
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import insert

from field_app import clock, db
from field_app.db import reading, writing
from field_app.ledger import listing, pressing, todo
from field_app.ledger.filters import Due, LedgerFilter
from field_app.milestones import campaigns, owed, showing
from field_app.milestones.campaigns import Frame
from field_app.reminding import making
from field_app.roles import Who
from field_app.units import ensure_units
from models.tables import metadata
from models.vocabulary import EntryState, Role, Sent
from tests import rows
from tests.databases import environment

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
WEEKS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
ROUNDS = 15
NOW = datetime(2026, 4, 15, 4, tzinfo=clock.CHINA)
_chance = random.Random(7)


def _fill(count: int, units: list[int]) -> None:
    """Entries of all states, a third of them closed, with days around today; one or two units."""
    today = NOW.date()
    states = [*EntryState, EntryState.CLOSED, EntryState.CLOSED, EntryState.RECTIFYING]
    entries, answered = [], []
    for n in range(1, count + 1):
        since = NOW - timedelta(days=_chance.randrange(30))
        entries.append(
            {
                "id": n, "number": f"411321-2-2026-{n:05d}", "category": 1 + n % 6,
                "problem_type": f"{1 + n % 6}-1", "township_code": rows.LIUSHAN, "village": "村",
                "source": "实地核查", "found_on": today, "description": "树", "nature": "",
                "arose_during": False, "measure": "清除", "progress": "", "application": "",
                "responsible_person": "", "returned_why": "", "closed_why": "", "carried": "",
                "carried_approver": "", "handed_to": "", "second_look": "", "remark": "",
                "due_on": today + timedelta(days=_chance.randrange(-20, 60)),
                "state": _chance.choice(states), "state_since": since, "verified_at": since,
                "evidence_after": since, "extra": {}, "edition": 1, "created_at": since,
            }
        )  # fmt: skip
        for place, unit in enumerate(_chance.sample(units, 1 + n % 2)):
            answered.append({"entry_id": n, "unit_id": unit, "place": place})
    with writing() as session:
        session.connection().execute(insert(metadata.tables["entry"]), entries)
        session.connection().execute(insert(metadata.tables["entry_unit"]), answered)


def _campaign(office: Who, units: list[int]) -> int:
    """A campaign with the plan's milestones, in which most units sent most weekly reports."""
    began = NOW.date() - timedelta(weeks=WEEKS)
    frame = Frame("整治", "", began, NOW.date() + timedelta(weeks=20))
    made = campaigns.set_up(frame, with_plan=True, who=office, now=NOW)
    with reading() as session:
        weekly = next(m for m in showing.milestones_of(session, [made]) if m.rhythm == "每周")
    sent = []
    for week in range(WEEKS):
        year, number, _ = (began + timedelta(weeks=week)).isocalendar()
        for unit in units:
            if _chance.random() < 0.9:
                sent.append(
                    {
                        "milestone_id": weekly.id, "period": f"{year}-W{number:02d}",
                        "due_on": date(2026, 4, 1), "ower": f"unit/{unit}", "unit_id": unit,
                        "person_id": office.id, "note": "周报", "document_no": "", "file_type": "",
                        "file_size": 0, "at": NOW, "state": Sent.TAKEN, "decided_why": "",
                    }
                )  # fmt: skip
    with writing() as session:
        session.connection().execute(insert(metadata.tables["submission"]), sent)
    return made


def _least(work: Callable[[], object]) -> float:
    """Milliseconds of processor time, the least of all rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, environment(DATA_DIR=folder, DATABASE_URL=""):
        db.migrate()
        ensure_units()
        with reading() as session:
            units = list(showing.parties(session))
        office = rows.a_person(Role.OFFICE)
        unit = rows.a_person(Role.UNIT, unit="留山镇人民政府")
        supervisor = rows.a_person(Role.SUPERVISOR)
        _fill(COUNT, units)
        campaign = _campaign(office, units)

        def digests() -> int:
            with reading() as session:
                return len(making.digests(session, NOW))

        late = LedgerFilter(due=Due.LATE, limit=20)
        wanted: list[tuple[str, Callable[[], object]]] = [
            ("台账", lambda: listing.listing(office, LedgerFilter(limit=20), now=NOW)),
            ("台账，已逾期", lambda: listing.listing(office, late, now=NOW)),
            ("台账，责任单位", lambda: listing.listing(unit, LedgerFilter(limit=20), now=NOW)),
            ("督办", lambda: pressing.pressing(office, now=NOW)),
            ("待办，督导", lambda: todo.waiting(supervisor, now=NOW, limit=20)),
            ("待办，责任单位", lambda: todo.waiting(unit, now=NOW, limit=20)),
            ("节点，县办", lambda: showing.campaign(campaign, office, asked={}, now=NOW)),
            ("节点，责任单位", lambda: owed.owed(unit, now=NOW)),
            ("待办里的节点", lambda: owed.calls(unit, now=NOW)),
            ("一天的提醒", digests),
        ]
        print(
            f"{COUNT} entries, {len(units)} units, {WEEKS} weeks of reports; ms of processor time"
        )
        for name, work in wanted:
            print(f"{name:　<10} {_least(work):7.1f}")


if __name__ == "__main__":
    main()
