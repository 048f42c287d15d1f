"""How long the ledger takes: 10,000 entries to Excel, and a page of a large ledger.

    .venv/bin/python -m bench.bench_export [entries of the page]

Budgets: the export under 5 s; a page's query under 50 ms with 200,000 entries (the default). The
floor beside the export is XlsxWriter alone, writing as many cells of one short text.
"""

import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import xlsxwriter
from sqlalchemy import insert

from field_app import db
from field_app.ledger import exports
from field_app.ledger import listing as ledger
from field_app.ledger.filters import Due, LedgerFilter
from field_app.roles import Who
from field_app.settings import settings
from models.tables import Entry, EntryUnit, Team, Unit
from models.taxonomy import units
from models.vocabulary import EntryState, Role, Source

NOW = datetime(2026, 4, 15, 4, tzinfo=UTC)
OFFICE = Who(1, "office", "县办", Role.OFFICE)
EXPORTED, COLUMNS = 10_000, 43


def fill(count: int) -> int:
    """A ledger of `count` entries over all categories and townships; the id of one township."""
    named = units(settings().county_code)
    with db.writing() as session:
        connection = session.connection()
        connection.execute(insert(Team), [{"id": 1, "name": "一组"}, {"id": 2, "name": "二组"}])
        teams = {"一组": 1, "二组": 2}
        connection.execute(
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
        towns = [(n, u.township_code) for n, u in enumerate(named, start=1) if u.township_code]
        first = date(2026, 1, 1)
        connection.execute(
            insert(Entry),
            [
                {
                    "id": n,
                    "number": f"411321-{n % 6 + 1}-2026-{n:06d}",
                    "category": n % 6 + 1,
                    "problem_type": f"{n % 6 + 1}-1",
                    "township_code": towns[n % len(towns)][1],
                    "village": "下店村",
                    "source": Source.FIELD,
                    "found_on": first + timedelta(days=n % 100),
                    "description": f"第 {n} 号：地块内全部为林木，没有耕种痕迹，面积约三亩。",
                    "area_mu": 3.2,
                    "responsible_person": "王镇长",
                    "nature": "",
                    "arose_during": False,
                    "measure": "清除林木，平整土地，恢复耕种，并保持良好耕种状态。",
                    "due_on": first + timedelta(days=30 + n % 300),
                    "progress": "",
                    "carried": "",
                    "handed_to": "",
                    "second_look": "",
                    "state": EntryState.TO_RECTIFY if n % 3 else EntryState.CLOSED,
                    "remark": "",
                    "extra": {},
                    "edition": 1,
                    "created_at": NOW,
                }
                for n in range(1, count + 1)
            ],
        )
        connection.execute(
            insert(EntryUnit),
            [
                {"entry_id": n, "unit_id": unit, "place": place}
                for n in range(1, count + 1)
                for place, unit in enumerate((towns[n % len(towns)][0], 1, 2))
            ],
        )
        session.commit()
    return towns[0][0]


def taken_s(call: Callable[[], object], times: int = 1) -> float:
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        spans.append(time.perf_counter() - start)
    return median(spans)


def bare() -> None:
    """XlsxWriter alone, as many cells, one short text."""
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    border = book.add_format({"border": 1})
    sheet = book.add_worksheet()
    for row in range(EXPORTED):
        for place in range(COLUMNS):
            sheet.write_string(row, place, "文字", border)
    book.close()


def in_new_database(measure: Callable[[], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = str(Path(folder, "data"))
        settings.cache_clear()
        db.engine.cache_clear()
        db.migrate()
        measure()
        db.engine().dispose()


def export() -> None:
    fill(EXPORTED)
    floor = taken_s(bare)
    span = taken_s(lambda: exports.ledgers_xlsx(OFFICE, LedgerFilter(), now=NOW))
    before = time.process_time()
    exports.ledgers_xlsx(OFFICE, LedgerFilter(), now=NOW)
    cpu = time.process_time() - before
    print(
        f"{EXPORTED} entries to Excel: {span:.2f} s, {cpu:.2f} s of a processor (budget 5 s), "
        f"{span / floor:.2f} x floor"
    )


def page(count: int) -> None:
    township = fill(count)
    unit = Who(2, "unit", "乡镇", Role.UNIT, unit_id=township)
    cases = {
        "all": (OFFICE, LedgerFilter()),
        "deep page": (OFFICE, LedgerFilter(offset=count // 2)),
        "one ledger, one state": (OFFICE, LedgerFilter(category=2, state=EntryState.CLOSED)),
        "late": (OFFICE, LedgerFilter(due=Due.LATE)),
        "未分片": (OFFICE, LedgerFilter(no_team=True)),
        "words": (OFFICE, LedgerFilter(words="第 77 号")),
        "a township's own": (unit, LedgerFilter()),
    }
    for name, (who, wanted) in cases.items():
        span = taken_s(lambda w=who, f=wanted: ledger.listing(w, f, now=NOW), times=5)
        print(f"page of {count} entries, {name}: {span * 1000:.1f} ms")


if __name__ == "__main__":
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    in_new_database(export)
    in_new_database(lambda: page(entries))
