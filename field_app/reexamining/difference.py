"""What a run would change: verdicts, checks, and photos to look at."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from field_app import rulebook
from field_app.db import reading
from field_app.inspections.examining import whole
from field_app.roles import Action, Who, require
from models.tables import Entry, Examination, Inspection, Parcel, Photo, Trial, TrialChange
from models.vocabulary import InspectionState, Outcome, Verdict

_WORST_FIRST = (Outcome.FAIL, Outcome.DOUBT, Outcome.ERROR, Outcome.UNKNOWN)
_DECIDED = (InspectionState.CONFIRMED, InspectionState.REJECTED)


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
        counted = _shifts(session, run_id)
        return Difference(
            sum(counted.values()),
            sum(n for (old, new, _), n in counted.items() if old != new),
            _folded(counted, (True, False)),
            tuple(s for s in _folded(counted, (True,)) if s.old != s.new),
            _checks(session, run_id),
            _unread(session, run_id),
            _unread_count(session, run_id),
        )


def sample(run_id: int, who: Who, *, most: int = 12, worst: int = 50) -> list[PhotoChanged]:
    """Photos whose verdict changes: first those that become 不符, up to `worst`, then up to `most`
    drawn from the others. The draw is the run's own, so that everybody sees the same."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        changed = (
            session.connection()
            .execute(
                select(col(Trial.photo_id), col(Trial.verdict))
                .join(Photo, col(Photo.id) == Trial.photo_id)
                .where(*_counts(run_id), col(Trial.verdict) != col(Trial.old_verdict))
                .order_by(col(Trial.photo_id))
            )
            .all()
        )
        first = [p for p, verdict in changed if verdict == Verdict.CONTRADICTED][:worst]
        others = [p for p, verdict in changed if verdict != Verdict.CONTRADICTED]
        draw = random.Random(run_id)  # noqa: S311 — a draw to look at, no secret
        drawn = sorted(draw.sample(others, min(most, len(others))))
        shown = {p.photo_id: p for p in _photos(session, run_id, [*first, *drawn])}
    return [shown[photo_id] for photo_id in [*first, *drawn]]


def summary(session: Session, run_id: int) -> dict[str, Any]:
    """What is kept of a run that is over."""
    counted = _shifts(session, run_id)
    return {
        "total": sum(counted.values()),
        "changed": sum(n for (old, new, _), n in counted.items() if old != new),
        "shifts": [[s.old, s.new, s.count] for s in _folded(counted, (True, False))],
        "unread": _unread_count(session, run_id),
    }


def _counts(run_id: int) -> tuple[Any, ...]:
    """The trials of photos that still count; joined with Photo."""
    return (col(Trial.run_id) == run_id, col(Photo.removed_at).is_(None))


def _shifts(session: Session, run_id: int) -> Counter[tuple[str, str, bool]]:
    """How many photos by old verdict, new verdict, and whether the case is decided."""
    query = (
        select(col(Trial.old_verdict), col(Trial.verdict), col(Inspection.state), func.count())
        .join(Photo, col(Photo.id) == Trial.photo_id)
        .join(Inspection, col(Inspection.id) == Photo.inspection_id)
        .where(*_counts(run_id))
        .group_by(col(Trial.old_verdict), col(Trial.verdict), col(Inspection.state))
    )
    counted: Counter[tuple[str, str, bool]] = Counter()
    for old, new, state, number in session.connection().execute(query):
        counted[old, new, state in _DECIDED] += number
    return counted


def _folded(
    counted: Counter[tuple[str, str, bool]], decided: tuple[bool, ...]
) -> tuple[Shift, ...]:
    """Added up over the wanted cases, from the best old verdict to the worst."""
    order = list(Verdict)
    together: Counter[tuple[Verdict, Verdict]] = Counter()
    for (old, new, is_decided), number in counted.items():
        if is_decided in decided:
            together[Verdict(old), Verdict(new)] += number
    return tuple(
        Shift(old, new, together[old, new]) for old in order for new in order if together[old, new]
    )


def _checks(session: Session, run_id: int) -> tuple[CheckShift, ...]:
    query = (
        select(col(TrialChange.check_id), col(TrialChange.old), col(TrialChange.new), func.count())
        .join(Photo, col(Photo.id) == TrialChange.photo_id)
        .where(col(TrialChange.run_id) == run_id, col(Photo.removed_at).is_(None))
        .group_by(col(TrialChange.check_id), col(TrialChange.old), col(TrialChange.new))
        .order_by(func.count().desc(), col(TrialChange.check_id))
    )
    return tuple(
        CheckShift(check, rulebook.name_of(check), old, new, number)
        for check, old, new, number in session.connection().execute(query)
    )


def _unread_count(session: Session, run_id: int) -> int:
    query = (
        select(func.count())
        .select_from(Trial)
        .join(Photo, col(Photo.id) == Trial.photo_id)
        .where(*_counts(run_id), col(Trial.error) != "")
    )
    return session.connection().execute(query).scalar_one()


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
        .where(*_counts(run_id), col(Trial.error) != "")
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
            state in _DECIDED,
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
