"""A turn of the chat without a model: what it adds to the rerun of its page.

The peers of the same run: reading what the page shows at any rerun, and one answer of the form.
"""

import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from field_app import clock, db, inspections
from field_app.chat import answering
from field_app.roles import Who
from models.geo import Position
from models.vocabulary import Role, Verdict
from tests import rows
from tests.databases import environment

ROUNDS = 300
WARM = 20
_chance = random.Random(7)
_UTTERANCES = Path(__file__).parent / "utterances" / "built_on.jsonl"


def _told(name: str, times: list[float]) -> None:
    times = sorted(times)
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"{name:<28} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   most {times[-1]:6.1f} ms")


def _timed(rounds: int, once: Callable[[], object]) -> list[float]:
    times = []
    for n in range(rounds + WARM):
        start = time.perf_counter()
        once()
        if n >= WARM:
            times.append((time.perf_counter() - start) * 1000)
    return times


def _visit(who: Who) -> int:
    """A visit with four photos among neighbours, as it is in the field."""
    for n in range(30):
        east = rows.HERE.lon + (n % 6) * 7e-4
        rows.a_task(rows.a_parcel_row(Position(east, rows.HERE.lat + (n // 6) * 6e-4)))
    visit = inspections.open_visit(rows.a_task(), who, now=clock.now())
    for kind in ("全景", "近景", "利用特征", "利用特征"):
        rows.a_photo_row(visit, Verdict.PASSED, kind=kind)
    return visit


def main() -> None:
    said = [json.loads(line)["text"] for line in _UTTERANCES.read_text("utf-8").splitlines()]
    said = [text for text in said if "提交" not in text]
    with tempfile.TemporaryDirectory() as folder, environment(DATA_DIR=folder, DATABASE_URL=""):
        db.migrate()
        rows.a_team("二组")
        who = rows.a_person(Role.INSPECTOR, team="二组")
        visit = _visit(who)

        def turn() -> None:
            answering.say(visit, _chance.choice(said), who, now=clock.now())

        def page() -> None:
            view = inspections.view(visit, who)
            answering.talk(view, who)

        def form() -> None:
            view = inspections.view(visit, who)
            value = _chance.choice(["0101", "0102", "0103", "0301"])
            inspections.save(visit, {"land_class": value}, who, seen=view.answers, now=clock.now())

        _told("a turn of the chat", _timed(ROUNDS, turn))
        _told("reading what the page shows", _timed(ROUNDS, page))
        _told("one answer of the form", _timed(ROUNDS, form))


if __name__ == "__main__":
    main()
