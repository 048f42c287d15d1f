"""Running totals of a run, kept in its row while it works: a page adds up nothing.

What is kept counts every trial of the run. It is put right for what happened since the run began,
which is little and found by an index: photos that were removed, and cases that were decided.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlmodel import Session, col

from models.tables import Inspection, Photo, Reexamination, Trial, TrialChange
from models.vocabulary import InspectionState, Verdict

Pair = tuple[Verdict, Verdict]
DECIDED = (InspectionState.CONFIRMED, InspectionState.REJECTED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many photos go from which verdict to which, how many of those are of cases that are
    decided, how many checks say what instead of what, and how many photos were not examined."""

    verdicts: Counter[Pair] = field(default_factory=Counter)
    settled: Counter[Pair] = field(default_factory=Counter)
    checks: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unread: int = 0

    @property
    def total(self) -> int:
        return sum(self.verdicts.values())

    @property
    def changed(self) -> int:
        return sum(n for (old, new), n in self.verdicts.items() if old != new)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.verdicts + other.verdicts,
            self.settled + other.settled,
            self.checks + other.checks,
            self.unread + other.unread,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.verdicts - other.verdicts,
            self.settled - other.settled,
            self.checks - other.checks,
            self.unread - other.unread,
        )


def current(session: Session, run: Reexamination) -> Tally:
    """The totals of the run as far as it is, of the photos that count now."""
    removed = select(col(Photo.id)).where(col(Photo.removed_at) >= run.started_at)
    decided = (
        select(col(Photo.id))
        .join(Inspection, col(Inspection.id) == Photo.inspection_id)
        .where(col(Inspection.decided_at) >= run.started_at, col(Photo.removed_at).is_(None))
    )
    since = Tally(settled=_verdicts(session, run, decided))
    return kept(run) - over(session, run, removed) + since


def keep(run: Reexamination, before: Tally, after: Tally) -> None:
    """Notes that some trials of the run became others. The run's row must be held."""
    run.tally = _written(kept(run) - before + after)


def over(session: Session, run: Reexamination, photos: Sequence[int] | Select[Any]) -> Tally:
    """The totals over the trials of some photos, given by their ids or by a query for them. A
    case counts as decided here if it was when the run began, which no longer changes."""
    decided = (
        select(col(Photo.id))
        .join(Inspection, col(Inspection.id) == Photo.inspection_id)
        .where(
            col(Photo.id) == Trial.photo_id,
            col(Inspection.state).in_(DECIDED),
            func.coalesce(col(Inspection.decided_at) < run.started_at, true()),
        )
        .correlate(Trial)
        .exists()
    )
    checks = (
        select(col(TrialChange.check_id), col(TrialChange.old), col(TrialChange.new), func.count())
        .where(col(TrialChange.run_id) == run.id, col(TrialChange.photo_id).in_(photos))
        .group_by(col(TrialChange.check_id), col(TrialChange.old), col(TrialChange.new))
    )
    unread = select(func.count()).where(
        col(Trial.run_id) == run.id, col(Trial.photo_id).in_(photos), col(Trial.error) != ""
    )
    execute = session.connection().execute
    return Tally(
        _verdicts(session, run, photos),
        _verdicts(session, run, photos, decided),
        Counter({(check, old, new): n for check, old, new, n in execute(checks)}),
        execute(unread).scalar_one(),
    )


def _verdicts(
    session: Session, run: Reexamination, photos: Sequence[int] | Select[Any], *more: Any
) -> Counter[Pair]:
    # By the photos, not by the run: SQLite would go through all trials of the run, because an index
    # holds all that is asked for. For the same reason they are not grouped there.
    query = select(col(Trial.old_verdict), col(Trial.verdict)).where(
        col(Trial.run_id) + 0 == run.id, col(Trial.photo_id).in_(photos), *more
    )
    found = session.connection().execute(query)
    return Counter((Verdict(old), Verdict(new)) for old, new in found)


def _written(tally: Tally) -> dict[str, Any]:
    return {
        "verdicts": [[*pair, n] for pair, n in tally.verdicts.items()],
        "settled": [[*pair, n] for pair, n in tally.settled.items()],
        "checks": [[*shift, n] for shift, n in tally.checks.items()],
        "unread": tally.unread,
    }


def kept(run: Reexamination) -> Tally:
    """The totals over all trials of the run, as they stand in its row."""
    said = run.tally

    def pairs(name: str) -> Counter[Pair]:
        return Counter({(Verdict(old), Verdict(new)): n for old, new, n in said.get(name, ())})

    checks = {(check, old, new): n for check, old, new, n in said.get("checks", ())}
    return Tally(pairs("verdicts"), pairs("settled"), Counter(checks), said.get("unread", 0))
