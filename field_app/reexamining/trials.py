"""One photo examined by proposed rules: what would come of it, written nowhere but in the run."""

import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from field_app.db import reading
from field_app.inspections.examining import gather, newest_examinations, prepare, said, settle
from field_app.inspections.photos import store
from field_app.inspections.told import told_of
from field_app.reexamining import tally
from models.tables import Examination, Inspection, Photo, Reexamination, Trial, TrialChange
from photos.case import Case
from photos.examine import Examination as Examined
from photos.examine import Thresholds, examine
from photos.stores import DamagedPhoto, NotStored, StoreDown

log = logging.getLogger(__name__)

NOTED = "NOTE"  # an outcome of its own where changes are told: an UNKNOWN that saw something
KILLED = "读取这张照片时程序意外终止"
_MISSING = "照片库里找不到原文件"
_DAMAGED = "原文件已损坏，与校验码不符"
_BROKE = "核验这张照片时程序出错"


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial, and what each check says otherwise than before."""

    trial: Trial
    changes: list[TrialChange]


def todo(session: Session, run_id: int, *, beyond: int, limit: int) -> list[int]:
    """The photos after the id `beyond` that count and that the run has not tried as they are now:
    those it never tried, and those that were examined anew since."""
    newest = (
        select(func.max(col(Examination.id)))
        .where(col(Examination.photo_id) == Photo.id)
        .correlate(Photo)
        .scalar_subquery()
    )
    tried = (
        select(Trial.id)
        .where(
            Trial.run_id == run_id,
            col(Trial.photo_id) == Photo.id,
            func.coalesce(col(Trial.examination_id), 0) == func.coalesce(newest, 0),
        )
        .correlate(Photo)
        .exists()
    )
    query = (
        select(Photo.id)
        .where(col(Photo.id) > beyond, col(Photo.removed_at).is_(None), ~tried)
        .order_by(col(Photo.id))
        .limit(limit)
    )
    return [photo_id for photo_id in session.exec(query) if photo_id]


def try_photo(
    photo_id: int, run_id: int, thresholds: Thresholds, *, now: datetime, error: str = ""
) -> Tried | None:
    """What the rules would say of a photo; None where it no longer counts. A photo that cannot be
    examined is a trial with its error, and keeps what it has. Given an `error`, it is not read.

    StoreDown where the store does not answer, which says nothing of the photo.
    """
    with reading() as session:
        photo = session.get(Photo, photo_id)
    if photo is None:
        return None
    prepared = None
    try:
        if not error:
            # Before any transaction: reading takes time and nobody may wait for it.
            data = store().get(photo.sha256)
            prepared = prepare(data, inspection_id=photo.inspection_id)
    except NotStored:
        error = _MISSING
    except DamagedPhoto:
        error = _DAMAGED
    except (StoreDown, SQLAlchemyError):
        raise  # the store's or the database's trouble, not the photo's
    except Exception:
        # A fault of ours in one photo must not end a run over all of them.
        log.exception("reading photo %s broke", photo_id)
        error = _BROKE
    with reading() as session:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.removed_at is not None:
            return None
        before = newest_examinations(session, [photo_id]).get(photo_id)
        tried = _unchanged(photo, before, run_id, error, now)
        if prepared is None:
            return Tried(tried, [])
        try:
            visit = session.get_one(Inspection, photo.inspection_id)
            case = gather(session, photo, visit, prepared, told_of(session, photo))
            examined = examine(case, thresholds)
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("examining photo %s broke", photo_id)
            tried.error = _BROKE
            return Tried(tried, [])
    for name, value in said(case, examined).items():
        setattr(tried, name, value)
    tried.verdict = examined.verdict
    tried.columns = _columns(photo, case, examined)
    old = before.results if before else []
    return Tried(tried, _changes(run_id, photo_id, old, tried.results))


def keep(session: Session, run_id: int, tried: Sequence[Tried]) -> None:
    """Writes trials of a run down, and keeps its totals true; one of the same photo is replaced.
    The run's row must be held."""
    run = session.get_one(Reexamination, run_id, populate_existing=True)
    photo_ids = [each.trial.photo_id for each in tried]
    before = tally.over(session, run, photo_ids)
    for table in (Trial, TrialChange):
        session.connection().execute(
            delete(table).where(col(table.run_id) == run_id, col(table.photo_id).in_(photo_ids))
        )
    for each in tried:
        session.add(each.trial)
        session.add_all(each.changes)
    session.flush()
    tally.keep(run, before, tally.over(session, run, photo_ids))
    session.flush()


def forget(session: Session, run_id: int, *, limit: int | None = None) -> int:
    """Deletes trials of a run, all or at most `limit` of them; gives how many."""
    of_run = select(Trial.id).where(Trial.run_id == run_id)
    if limit is not None:
        of_run = of_run.limit(limit)
    gone = session.connection().execute(delete(Trial).where(col(Trial.id).in_(of_run))).rowcount
    if limit is None or gone < limit:
        session.connection().execute(delete(TrialChange).where(col(TrialChange.run_id) == run_id))
    return gone


def settle_down(session: Session, run_id: int, *, limit: int) -> int:
    """Moves what a run in force found of at most `limit` photos to where it belongs for good: into
    the examinations that were written when it came into force. Gives how many were moved."""
    query = select(Trial).where(Trial.run_id == run_id).order_by(col(Trial.id)).limit(limit)
    trials = session.exec(query).all()
    for trial in trials:
        session.connection().execute(
            update(Examination)
            .where(
                col(Examination.photo_id) == trial.photo_id, col(Examination.trial_id) == trial.id
            )
            .values(results=trial.results, readings=trial.readings, trial_id=None)
        )
    gone = [trial.id for trial in trials]
    session.connection().execute(delete(Trial).where(col(Trial.id).in_(gone)))
    return len(trials)


def _unchanged(
    photo: Photo, before: Examination | None, run_id: int, error: str, now: datetime
) -> Trial:
    """A trial that leaves the photo as it is."""
    assert photo.id is not None
    return Trial(
        run_id=run_id,
        photo_id=photo.id,
        examination_id=before.id if before else None,
        at=now,
        error=error,
        old_verdict=photo.verdict,
        verdict=photo.verdict,
        draw=_lot(run_id, photo.id),
        results=list(before.results) if before else [],
    )


def _lot(run_id: int, photo_id: int) -> int:
    """The photo's lot in this run, the same for everybody: 0 to 2³¹ − 1."""
    return zlib.crc32(f"{run_id} {photo_id}".encode()) >> 1


def _columns(photo: Photo, case: Case, examined: Examined) -> dict[str, Any]:
    """The columns of the photo's row that would differ, as plain JSON values."""
    would_be = Photo(**photo.model_dump())  # of no session: it is never written
    settle(would_be, case, examined)
    before, after = photo.model_dump(), would_be.model_dump()
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in after.items()
        if value != before[name]
    }


def _changes(
    run_id: int, photo_id: int, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> list[TrialChange]:
    old, new = _outcomes(before), _outcomes(after)
    return [
        TrialChange(
            run_id=run_id,
            photo_id=photo_id,
            check_id=check,
            old=old.get(check, ""),
            new=new.get(check, ""),
        )
        for check in dict.fromkeys([*old, *new])
        if old.get(check) != new.get(check)
    ]


def _outcomes(results: list[dict[str, Any]]) -> dict[str, str]:
    return {r["check"]: NOTED if r.get("noted") else str(r["outcome"]) for r in results}
