"""A photo of a visit and its examination: gathered into a case, examined, written down.

`prepare` → `gather` → `examine` → `write`. Whoever examines a photo, for the first time or again,
goes through these; who only wants to know what would come of it leaves `write` away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from field_app import rulebook
from field_app.inspections.capture import Told
from field_app.inspections.likeness import Likeness, keep, likes_of, look
from field_app.inspections.neighbours import known_devices, note_columns, prior_uses, shots_of
from field_app.inspections.profiles import profile_of
from field_app.rulebook import Rules
from field_app.settings import settings
from models.tables import Examination, Inspection, Parcel, ParcelShape, Photo, Task, Trial
from models.vocabulary import PhotoKind
from photos.case import Case
from photos.checks.looks_at_parcel import half_view_deg
from photos.evidence import Evidence
from photos.examine import Examination as Examined
from photos.examine import examine
from photos.reading import read_evidence

_USUAL_VIEW_DEG = 65.0  # a phone's main camera where the file names no focal length


def boundary_of(session: Session, parcel: Parcel, shape_no: int) -> BaseGeometry:
    """The parcel's shape of that number: the shape that the inspector had before him."""
    if shape_no == parcel.shape_no:
        return parcel.boundary
    query = select(ParcelShape.boundary).where(
        ParcelShape.parcel_id == parcel.id, ParcelShape.shape_no == shape_no
    )
    return session.exec(query).one()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What takes time and is therefore found before any transaction begins."""

    evidence: Evidence
    likeness: Likeness


def prepare(data: bytes, *, inspection_id: int | None = None) -> Prepared:
    """Reads a photo's bytes, and looks for the same picture among all photos. Never called while
    a transaction is open: others wait for it. `inspection_id` is of the visit it is for."""
    evidence = read_evidence(data)
    return Prepared(evidence, look(evidence, data, inspection_id=inspection_id))


def judge(
    session: Session,
    photo: Photo,
    visit: Inspection,
    prepared: Prepared,
    told: Told,
    now: datetime,
) -> None:
    """Gathers the case of a photo, has it examined by the rules in force, and writes what came
    of it."""
    rules = rulebook.hold(session)
    case = gather(session, photo, visit, prepared, told)
    write(session, photo, case, examine(case, rules.thresholds), rules, now)
    keep(session, photo.sha256, prepared.likeness.fingerprint)


def gather(
    session: Session, photo: Photo, visit: Inspection, prepared: Prepared, told: Told
) -> Case:
    """The case of a photo, by what the database knows now. Writes nothing.

    Of the same bytes only uses count that came before this one, so that a photo that is examined
    again is judged by what there was, not by who copied it since. Photos that were taken about the
    same time count whenever they came.
    """
    parcel = session.get_one(Parcel, visit.parcel_id)
    task = session.get_one(Task, visit.task_id)
    case = Case(
        evidence=prepared.evidence,
        boundary=boundary_of(session, parcel, visit.shape_no),
        claim=told.claim(PhotoKind(photo.kind)),
        received_at=photo.received_at,
        window=(task.opens_at, task.closes_at),
        neighbours=prior_uses(session, photo),
        likes=likes_of(session, photo, visit, prepared.likeness),
        compared=prepared.likeness.compared,
        county_box=settings().county,
        parcel=parcel.number,
        named=told.file_name or None,
    )
    return replace(
        case,
        shots=shots_of(session, photo, case.shot),
        profile=profile_of(session, photo, case),
        known_devices=known_devices(session, photo, case.taken.at if case.taken else None),
    )


def write(
    session: Session, photo: Photo, case: Case, examined: Examined, rules: Rules, now: datetime
) -> None:
    """Writes an examination down: a new row of history, and the photo's own columns."""
    settle(photo, case, examined)
    session.add(photo)
    session.flush()
    assert photo.id is not None
    session.add(
        Examination(
            photo_id=photo.id,
            at=now,
            verdict=examined.verdict,
            rule_book_id=rules.version,
            engine=rules.engine,
            **said(case, examined),
        )
    )
    session.flush()


def settle(photo: Photo, case: Case, examined: Examined) -> None:
    """Sets every column of a photo's row that follows from its examination."""
    photo.grade, photo.verdict = examined.grade, examined.verdict
    at = examined.position.at if examined.position else None
    photo.lon, photo.lat = (at.lon, at.lat) if at else (None, None)
    photo.accuracy_m = at.accuracy_m if at else None
    photo.distance_m, photo.bearing_deg = examined.distance_m, examined.bearing_deg
    photo.heading_deg = case.true_heading_deg
    half = half_view_deg(case.evidence)
    photo.view_deg = _USUAL_VIEW_DEG if half is None else 2.0 * half
    photo.taken_at = examined.taken_at
    note_columns(photo, case)


def said(case: Case, examined: Examined) -> dict[str, Any]:
    """What an examination keeps of it: the results with their numbers, and the readings."""
    return {
        "results": [r.as_json() for r in examined.results],
        "readings": case.evidence.as_json()["readings"],
    }


def newest_results(session: Session, photo_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The results of the newest examination of each photo."""
    return {pid: list(e.results) for pid, e in newest_examinations(session, photo_ids).items()}


def newest_examinations(session: Session, photo_ids: list[int]) -> dict[int, Examination]:
    """The newest examination of each photo."""
    query = (
        select(Examination)
        .where(col(Examination.photo_id).in_(photo_ids))
        .order_by(col(Examination.id))
    )
    newest = {e.photo_id: e for e in session.exec(query)}
    whole(session, list(newest.values()))
    return newest


def whole(session: Session, examinations: Sequence[Examination]) -> Sequence[Examination]:
    """The same examinations with results and readings. Right after new rules came into force these
    stand with the run that found them still; whoever reads them asks here."""
    waiting = [e for e in examinations if e.trial_id is not None]
    if waiting:
        query = select(Trial).where(col(Trial.id).in_([e.trial_id for e in waiting]))
        trials = {trial.id: trial for trial in session.exec(query)}
        for each in waiting:
            for name in ("results", "readings"):  # as if they had been loaded: nothing is written
                set_committed_value(each, name, getattr(trials[each.trial_id], name))
    return examinations
