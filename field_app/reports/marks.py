"""What the figures look at in an entry, and the sums over entries that look alike.

Thousands of entries fall into few hundred different marks; each figure is asked once a mark.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple, TypeVar

from field_app.ledger import deadlines, workflow
from field_app.ledger.workflow import Step
from field_app.reports.facts import Facts
from models.vocabulary import EntryState, Role

K = TypeVar("K")


class Marks(NamedTuple):
    """An entry at the end of a period, and what happened to it within."""

    state: str
    verified: bool
    late: bool
    soon: bool  # 即将到期
    undated: bool  # to be rectified, without a deadline
    carried: bool
    handed: bool
    arose_during: bool
    looked: bool
    measured: bool  # has an area
    new: bool  # came into the ledger within the period
    was_late: bool  # at its beginning
    did: frozenset[Step]


@dataclass(slots=True)
class Sums:
    """How many entries, and their areas in 亩."""

    count: int = 0
    area_mu: float = 0.0
    cultivated_mu: float = 0.0

    def add(self, more: "Sums") -> None:
        self.count += more.count
        self.area_mu += more.area_mu
        self.cultivated_mu += more.cultivated_mu


Tally = dict[Marks, Sums]


class Days(NamedTuple):
    """What 逾期 and 即将到期 mean on one day: `owing.standing_of` for many entries at once."""

    late_until: date
    soon_until: date

    @classmethod
    def of(cls, today: date) -> "Days":
        return cls(deadlines.late_until(today), deadlines.soon_until(today))

    def late(self, facts: Facts) -> bool:
        """A unit's step, and its day is over."""
        due = facts.due_on
        return due is not None and due <= self.late_until and _owed(facts.state, facts.verified)

    def soon(self, facts: Facts) -> bool:
        due = facts.due_on
        soon = due is not None and self.late_until < due <= self.soon_until
        return soon and _owed(facts.state, facts.verified)


@cache
def _owed(state: str, verified: bool) -> bool:
    """Whether an entry waits for its unit; asked for thousands of entries in few states."""
    waits = workflow.owed(EntryState(state), verified=verified)
    return waits is not None and waits.role == Role.UNIT


def marks_of(
    facts: Facts, was: Facts | None, did: frozenset[Step], now: Days, before: Days
) -> Marks:
    """`was` is the entry right before the period, None where it was not there yet; `now` and `before`
    are those of the period's end and of right before it."""
    owed = _owed(facts.state, facts.verified)
    return Marks(
        facts.state,
        facts.verified,
        owed and now.late(facts),
        owed and now.soon(facts),
        owed and facts.due_on is None,
        facts.carried,
        facts.handed,
        facts.arose_during,
        facts.looked,
        facts.area_mu is not None,
        was is None,
        was is not None and before.late(was),
        did,
    )


class Place(NamedTuple):
    """What entries are grouped by, beside their marks."""

    category: int
    township_code: str | None
    units: tuple[str, ...]


Cells = dict[tuple[Marks, Place], Sums]


def cells_of(entries: Iterable[tuple[Facts, Marks]]) -> Cells:
    """The sums over entries with the same marks in the same place: everything is made of these."""
    cells: Cells = {}
    for facts, marks in entries:
        key = (marks, Place(facts.category, facts.township_code, facts.units))
        sums = cells.get(key)
        if sums is None:
            sums = cells[key] = Sums()
        sums.count += 1
        sums.area_mu += facts.area_mu or 0.0
        sums.cultivated_mu += facts.cultivated_mu or 0.0
    return cells


def tallied(cells: Cells, keys: Callable[[Marks, Place], Iterable[K]]) -> dict[K, Tally]:
    """The sums by group; an entry counts in each group that `keys` names for it."""
    found: dict[K, Tally] = {}
    for (marks, place), sums in cells.items():
        for key in keys(marks, place):
            found.setdefault(key, {}).setdefault(marks, Sums()).add(sums)
    return found


def summed(tally: Mapping[Marks, Sums], counts: Callable[[Marks], bool]) -> Sums:
    """The sums over the marks that count."""
    total = Sums()
    for marks, sums in tally.items():
        if counts(marks):
            total.add(sums)
    return total
