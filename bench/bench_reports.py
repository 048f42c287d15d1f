"""How long the figures of a large ledger take, and the papers made of them.

    PYTHONPATH=. .venv/bin/python bench/bench_reports.py [entries]

Budgets for 10,000 entries (the default), each with the events of a whole life: a report under 5 s,
each query of the dashboard under 50 ms of the processor where that can be. With 200,000 the figures
take seconds; a dashboard shows them again without working them out until something happens.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from field_app import db
from field_app.ledger.workflow import Step
from field_app.reports import documents, facts, happenings, overview, periods
from field_app.reports.periods import Kind
from field_app.roles import Who
from field_app.settings import settings
from models.tables import Entry, EntryUnit, Event, Person, Team, Unit
from models.taxonomy import units
from models.vocabulary import EntryState, Role, Source

NOW = datetime(2026, 4, 15, 4, tzinfo=UTC)
OFFICE = Who(1, "office", "县办", Role.OFFICE)
LIFE = (
    (Step.BEGIN, EntryState.TO_RECTIFY, EntryState.RECTIFYING),
    (Step.REPORT, EntryState.RECTIFYING, EntryState.RECTIFYING),
    (Step.APPLY, EntryState.RECTIFYING, EntryState.TO_CLOSE),
    (Step.SEND_BACK, EntryState.TO_CLOSE, EntryState.RETURNED),
    (Step.GO_ON, EntryState.RETURNED, EntryState.RECTIFYING),
    (Step.APPLY, EntryState.RECTIFYING, EntryState.TO_CLOSE),
    (Step.CLOSE, EntryState.TO_CLOSE, EntryState.CLOSED),
)


def fill(count: int) -> None:
    """A ledger over all categories and townships; each entry some days further in its life."""
    dice = random.Random(7)
    named = units(settings().county_code)
    towns = [(n, u.township_code) for n, u in enumerate(named, start=1) if u.township_code]
    entries, events, answering = [], [], []
    for n in range(1, count + 1):
        came = NOW - timedelta(days=dice.random() * 365)
        first = date(2026, 4, 15) - timedelta(days=dice.randrange(365))
        entry: dict[str, Any] = {
            "id": n, "number": f"411321-{n % 6 + 1}-2026-{n:06d}", "category": n % 6 + 1,
            "problem_type": f"{n % 6 + 1}-1", "township_code": towns[n % len(towns)][1],
            "village": "下店村", "source": Source.FIELD, "found_on": first,
            "description": f"第 {n} 号：地块内全部为林木，没有耕种痕迹，面积约三亩。",
            "area_mu": 3.2, "cultivated_mu": 1.1, "measure": "清除林木，平整土地，恢复耕种。",
            "due_on": came.date() + timedelta(days=60), "state": EntryState.TO_RECTIFY,
            "state_since": came, "verified_at": came, "evidence_after": came, "extra": {},
            "created_at": came, "edition": 1,
        }  # fmt: skip
        whole = {k: v for k, v in entry.items() if isinstance(v, str | float)} | {
            "units": ["财政局"]
        }
        events.append(_event(n, Step.POST, {}, whole, came))
        at = came
        for step, old, new in LIFE:
            at += timedelta(days=dice.random() * 40)
            if at > NOW:
                break
            events.append(_event(n, step, {"state": old}, {"state": new}, at))
            entry["state"], entry["state_since"] = new, at
        entries.append(entry)
        places = enumerate((towns[n % len(towns)][0], 1, 2))
        answering += [{"entry_id": n, "unit_id": unit, "place": p} for p, unit in places]
    events.sort(key=lambda event: event["at"])
    with db.writing() as session:
        put = session.connection().execute
        put(insert(Team), [{"id": 1, "name": "一组"}, {"id": 2, "name": "二组"}])
        teams = {"一组": 1, "二组": 2}
        put(
            insert(Unit),
            [
                {
                    "id": n,
                    "name": u.name,
                    "kind": u.kind,
                    "township_code": u.township_code or None,
                    "team_id": teams.get(u.team),
                }
                for n, u in enumerate(named, start=1)
            ],
        )
        session.add(
            Person(
                id=1, name="a", display="甲", role=Role.OFFICE, password_hash="-", created_at=NOW
            )
        )
        session.flush()
        put(insert(Entry), entries)
        put(insert(EntryUnit), answering)
        put(insert(Event), events)
        session.commit()
    print(f"{count} entries, {len(events)} events")


def _event(
    n: int, step: Step, old: dict[str, Any], new: dict[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "about": "entry",
        "about_id": n,
        "action": str(step),
        "old": old,
        "new": new,
        "person_id": 1,
        "at": at,
        "why": "",
    }


def taken_ms(call: Callable[[], object], times: int = 5) -> float:
    """The least processor time of a few runs."""
    spans = []
    for _ in range(times):
        start = time.process_time()
        call()
        spans.append(time.process_time() - start)
    return min(spans) * 1000


def reports() -> None:
    with db.reading() as session:
        week = periods.of_kind(Kind.WEEKLY, date(2026, 4, 15), NOW)
        for name, call in {
            "the entries as they are": lambda: facts.as_of(session, [NOW]),
            "the entries of a week ago": lambda: facts.as_of(session, [week.before]),
            "the entries of a year ago": lambda: facts.as_of(session, [NOW - timedelta(days=365)]),
            "what happened in a week": lambda: happenings.between(session, week.start, NOW),
            "what happened in 12 weeks": lambda: happenings.between(
                session, NOW - timedelta(days=84), NOW
            ),
        }.items():
            print(f"{name}: {taken_ms(call):.0f} ms")
    for kind in Kind:
        period = periods.of_kind(kind, date(2026, 4, 15), NOW)
        span = taken_ms(lambda p=period: overview.overview(OFFICE, p), times=3)
        print(f"figures of {kind}: {span:.0f} ms")
        paper = taken_ms(
            lambda k=kind: documents.report(OFFICE, k, date(2026, 4, 15), now=NOW), times=3
        )
        print(f"{kind} as .docx: {paper / 1000:.2f} s (budget 5 s)")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = str(Path(folder, "data"))
        settings.cache_clear()
        db.engine.cache_clear()
        db.migrate()
        fill(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
        reports()
        db.engine().dispose()
