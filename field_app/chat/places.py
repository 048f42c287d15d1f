"""Which parcel is meant: by number, by its last digits, by name, or the nearest."""

import re
from collections.abc import Iterator
from datetime import datetime

from field_app import inspections, tasks, words
from field_app.chat.understanding import ParcelSaid
from field_app.roles import Who
from field_app.settings import settings
from field_app.tasks import Progress, TaskRow, Wanted
from models.geo import Position

_MOST_OFFERED = 4
_AT_ONCE = 500


def find(said: ParcelSaid, who: Who, *, at: Position | None) -> list[TaskRow]:
    """The tasks of this person on the parcels that may be meant, best first. For the nearest
    one `at` is needed (EPSG:4490); without it nothing is found."""
    if said.nearest:
        if at is None:
            return []
        near = Wanted(near=at, radius_m=settings().near_m, limit=_MOST_OFFERED)
        return [r for r in tasks.listing(who, near)[0] if waits(r)]
    rows = [r for r in _holding(said.number or said.tail, who) if waits(r)]
    if said.number:
        exact = [r for r in rows if same(r.number, said)]
        return exact or rows[:_MOST_OFFERED]
    return [r for r in rows if same(r.number, said)][:_MOST_OFFERED]


def _holding(figures: str, who: Who) -> Iterator[TaskRow]:
    """All tasks whose number holds the figures; two of them stand in every number of a county."""
    start, total = 0, 1
    while start < total:
        wanted = Wanted(words=figures, limit=_AT_ONCE, offset=start)
        rows, total = tasks.listing(who, wanted)
        yield from rows
        start += _AT_ONCE


def without(text: str, said: ParcelSaid | None) -> str:
    """What was said beside the parcel.

    >>> without("到了，尾号0012，旱地", ParcelSaid(tail="0012", words="尾号0012"))
    '到了，旱地'
    """
    if said is None or not said.words:
        return text
    left = re.sub(re.escape(said.words), "", text, flags=re.IGNORECASE)
    return re.sub(r"[，,]{2,}", "，", left).strip("，,。 ")


def _ends_with(number: str, tail: str) -> bool:
    """Whether a number ends in the spoken digits; leading zeros may be left out.

    >>> _ends_with("N41132120230001000012", "12"), _ends_with("N41132120230001000012", "0012")
    (True, True)
    >>> _ends_with("N41132120230001000112", "12")
    False
    """
    digits = re.search(r"\d+$", number)
    if digits is None or not tail.isdigit():
        return number.upper().endswith(tail.upper())
    if tail.startswith("0") or len(tail) > 4:
        return digits[0].endswith(tail)
    return int(digits[0][-4:]) == int(tail)


def same(number: str, said: ParcelSaid) -> bool:
    """Whether what was said means the parcel of that number."""
    if said.number:
        return number.upper() == said.number.upper()
    return _ends_with(number, said.tail)


def label(row: TaskRow) -> str:
    """A task on a button."""
    far = ""
    if row.distance_m is not None:
        far = " · 就在这里" if row.distance_m < 1 else f" · {words.metres(row.distance_m)}"
    return f"…{row.number[-4:]} {row.village} {words.mu(row.area_mu)}{far}"


def open_task(task_id: int, who: Who, *, now: datetime) -> int:
    """The visit of a task: the open draft, or a new one."""
    return inspections.open_visit(task_id, who, now=now)


def waits(row: TaskRow) -> bool:
    """Whether there is something to do on it."""
    return row.progress in (Progress.OPEN, Progress.DRAFT, Progress.RETURNED)
