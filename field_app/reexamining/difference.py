"""What a run would change: verdicts, checks, and photos to look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal_column, select
from sqlmodel import Session, col

from field_app import rulebook
from field_app.db import reading
from field_app.inspections.examining import whole
from field_app.reexamining import tally
from field_app.reexamining.tally import Tally
from field_app.roles import Action, Who, require
from models.tables import Entry, Examination, Inspection, Parcel, Photo, Reexamination, Trial
from models.vocabulary import Outcome, Verdict

_WORST_FIRST = (Outcome.FAIL, Outcome.DOUBT, Outcome.ERROR, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Shift:
    """So many photos go from one verdict to another, or stay."""

    old: Verdict
    new: Verdict
    count: int


@dataclass(frozen=True, slots=True)
class CheckShift:
    """So many photos of which a check says otherwise; an empty outcome is a check that said
    nothing."""

    check: str
    catches: str
    old: str
    new: str
    count: int


@dataclass(frozen=True, slots=True)
class PhotoChanged:
    """One photo whose verdict changes, with why before and after (worst first)."""

    photo_id: int
    kind: str
    number: str
    inspection_id: int
    parcel_id: int
    decided: bool
    entry_id: int | None
    entry_number: str
    old: Verdict
    new: Verdict
    old_results: tuple[dict[str, Any], ...]
    new_results: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A photo that could not be examined, and keeps what it has."""

    photo_id: int
    kind: str
    number: str
    inspection_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that a run would change. `settled` counts the changed photos of cases that are decided
    already or stand in the ledger: their verdict changes beside them, nothing else does."""

    total: int
    changed: int
    shifts: tuple[Shift, ...]
    settled: tuple[Shift, ...]
    checks: tuple[CheckShift, ...]
    unread: tuple[Unread, ...]
    unread_count: int


def of(run_id: int, who: Who) -> Difference:
    """What the run would change, as far as it is."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        run = session.get_one(Reexamination, run_id)
        found = tally.current(session, run)
        return Difference(
            found.total,
            found.changed,
            _in_order(found.verdicts),
            tuple(s for s in _in_order(found.settled) if s.old != s.new),
            _checks(found),
            _unread(session, run_id) if found.unread else (),
            found.unread,
        )


def sample(run_id: int, who: Who, *, most: int = 12, worst: int = 50) -> list[PhotoChanged]:
    """Photos whose verdict changes: first those that become 不符, up to `worst`, then up to `most`
    of the others. Both are drawn by the run's own lots, so that everybody sees the same."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        run = session.get_one(Reexamination, run_id)
        changed = [(old, new) for old, new in tally.current(session, run).verdicts if old != new]
        bad = [pair for pair in changed if pair[1] == Verdict.CONTRADICTED]
        first = _drawn(session, run_id, bad, worst)
        others = _drawn(session, run_id, [pair for pair in changed if pair not in bad], most)
        shown = {p.photo_id: p for p in _photos(session, run_id, [*first, *others])}
    return [shown[photo_id] for photo_id in [*first, *others]]


def summary(session: Session, run: Reexamination) -> dict[str, Any]:
    """What is kept of a run that is over."""
    found = tally.current(session, run)
    return {
        "total": found.total,
        "changed": found.changed,
        "shifts": [[s.old, s.new, s.count] for s in _in_order(found.verdicts)],
        "unread": found.unread,
    }


def _drawn(session: Session, run_id: int, pairs: Iterable[tally.Pair], most: int) -> list[int]:
    """At most so many photos that go one of these ways, in the order of their ids."""
    lots: list[tuple[int, int]] = []
    for old, new in pairs:
        query = (
            select(col(Trial.draw), col(Trial.photo_id))
            .join(Photo, col(Photo.id) == Trial.photo_id)
            .where(*_counts(run_id), col(Trial.old_verdict) == old, col(Trial.verdict) == new)
            .order_by(col(Trial.draw))
            .limit(most)
        )
        lots += [(lot, photo_id) for lot, photo_id in session.connection().execute(query)]
    return sorted(photo_id for _, photo_id in sorted(lots)[:most])


def _counts(run_id: int) -> tuple[Any, ...]:
    """The trials of photos that still count; joined with Photo."""
    return (col(Trial.run_id) == run_id, col(Photo.removed_at).is_(None))


def _in_order(counted: Mapping[tally.Pair, int]) -> tuple[Shift, ...]:
    """From the best old verdict to the worst."""
    order = list(Verdict)
    return tuple(
        Shift(old, new, counted[old, new])
        for old in order
        for new in order
        if counted.get((old, new))
    )


def _checks(found: Tally) -> tuple[CheckShift, ...]:
    """Those of most photos first."""
    most_first = sorted(found.checks.items(), key=lambda one: (-one[1], one[0]))
    return tuple(
        CheckShift(check, rulebook.name_of(check), old, new, number)
        for (check, old, new), number in most_first
    )


def _unread(session: Session, run_id: int, limit: int = 50) -> tuple[Unread, ...]:
    query = (
        select(
            col(Trial.photo_id),
            col(Photo.kind),
            col(Parcel.number),
            col(Photo.inspection_id),
            col(Trial.error),
        )
        .join(Photo, col(Photo.id) == Trial.photo_id)
        .join(Parcel, col(Parcel.id) == Photo.parcel_id)
        .where(*_counts(run_id), col(Trial.error) != literal_column("''"))  # as the index has it
        .order_by(col(Trial.photo_id))
        .limit(limit)
    )
    return tuple(Unread(*row) for row in session.connection().execute(query))


def _photos(session: Session, run_id: int, photo_ids: list[int]) -> list[PhotoChanged]:
    query = (
        select(
            col(Trial.photo_id),
            col(Photo.kind),
            col(Parcel.number),
            col(Photo.inspection_id),
            col(Photo.parcel_id),
            col(Inspection.state),
            col(Entry.id),
            col(Entry.number),
            col(Trial.old_verdict),
            col(Trial.verdict),
            col(Trial.examination_id),
            col(Trial.results),
        )
        .join(Photo, col(Photo.id) == Trial.photo_id)
        .join(Parcel, col(Parcel.id) == Photo.parcel_id)
        .join(Inspection, col(Inspection.id) == Photo.inspection_id)
        .outerjoin(Entry, col(Entry.inspection_id) == Inspection.id)
        .where(col(Trial.run_id) == run_id, col(Trial.photo_id).in_(photo_ids))
    )
    rows = session.connection().execute(query).all()
    before = {
        e.id: e.results
        for e in whole(
            session,
            session.scalars(
                select(Examination).where(
                    col(Examination.id).in_({row.examination_id for row in rows})
                )
            ).all(),
        )
    }
    return [
        PhotoChanged(
            photo_id,
            kind,
            number,
            visit,
            parcel_id,
            state in tally.DECIDED,
            entry_id,
            entry or "",
            Verdict(old),
            Verdict(new),
            _odd(before.get(exam, [])),
            _odd(after),
        )
        for photo_id, kind, number, visit, parcel_id, state, entry_id, entry, old, new, exam, after in rows
    ]


def _odd(results: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """What is no pass and counts for the verdict, worst first."""
    odd = [
        r
        for r in results
        if r["outcome"] != Outcome.PASS
        and (r["outcome"] != Outcome.UNKNOWN or r.get("needed", True))
    ]
    return tuple(sorted(odd, key=lambda r: _WORST_FIRST.index(Outcome(r["outcome"]))))
