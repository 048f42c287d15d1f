"""Three ways to look at a cell: as it was exported, as it is here now, as the file has it. Pure."""

from enum import StrEnum
from typing import Any

from field_app.ledger.printed.machine import canonical


class Outcome(StrEnum):
    """What becomes of a cell, or of a row by its weightiest cell."""

    SAME = "未变"
    CHANGED = "改动"
    CONFLICT = "冲突"
    REFUSED = "不采用"


_WEIGHT = (Outcome.SAME, Outcome.REFUSED, Outcome.CHANGED, Outcome.CONFLICT)


def outcome(base: Any, here: Any, file: Any) -> Outcome:
    """What the file brings to a cell. What the file does not change, and what is here already, is
    the same; what both changed, each to something else, is a conflict.

    >>> str(outcome("清除林木", "清除林木", "清除杨树"))
    '改动'
    >>> str(outcome("清除林木", "补种玉米", "清除杨树"))
    '冲突'
    """
    at_export, now, wanted = canonical(base), canonical(here), canonical(file)
    if wanted in (at_export, now):
        return Outcome.SAME
    return Outcome.CHANGED if now == at_export else Outcome.CONFLICT


def of_row(cells: list[Outcome]) -> Outcome:
    """A row is what its weightiest cell is: a conflict before a change, a change before what is not
    taken."""
    return max(cells, key=_WEIGHT.index, default=Outcome.SAME)
