"""Reading what a close-out rests on: the pictures from before and after, with what was said of
them, and how many are required."""

from collections.abc import Mapping

from sqlmodel import Session, col, or_, select

from field_app.inspections.wanted import AFTER_RECTIFYING
from field_app.ledger import closeout, preset_book
from field_app.ledger.closeout import Closing, Evidence, Picture
from field_app.ledger.preset_book import Preset
from field_app.review import records
from field_app.review.standing import Decision
from field_app.settings import settings
from models.base import words
from models.geo import Position
from models.tables import Entry, EntryProof, Finding, Inspection, Photo, Task
from models.taxonomy import problem_types
from models.vocabulary import Grade, InspectionState, PhotoKind, Verdict


def required_photos(session: Session, entry: Entry) -> int:
    """How many photos after the rectification the county asks for: of what a visit found, or of a
    problem type that a visit can see. Money and contracts are proved by papers."""
    return asked_for(entry, preset_book.in_force(session))


def asked_for(entry: Entry, book: Mapping[int, Preset]) -> int:
    """`required_photos` by presets that have been read."""
    kind = problem_types().get(entry.problem_type)
    seen = entry.inspection_id is not None or (kind is not None and kind.field_visible)
    return book[entry.category].after_photos if seen else 0


def before_photos(session: Session, entry: Entry) -> list[Photo]:
    """The photos that the finding cites, or all of its visit; none for a registered clue."""
    if entry.inspection_id is None:
        return []
    finding = session.get(Finding, entry.finding_id) if entry.finding_id else None
    return records.cited(finding, records.photos_of(session, entry.inspection_id))


def after_photos(session: Session, entry: Entry) -> list[Photo]:
    """The photos of kind 整改后 that came since the finding (or the reopening): those of the
    units, and those of inspectors who went to look and handed in. In the order they arrived."""
    handed_in = words((InspectionState.SUBMITTED, InspectionState.CONFIRMED))
    query = (
        select(Photo)
        .join(Inspection, col(Inspection.id) == Photo.inspection_id)
        .join(Task, col(Task.id) == Inspection.task_id)
        .outerjoin(EntryProof, col(EntryProof.task_id) == Task.id)
        .where(
            Photo.kind == PhotoKind.AFTER,
            col(Photo.removed_at).is_(None),
            Photo.reshoot_why == "",
            col(Photo.received_at) > entry.evidence_after,
            or_(
                col(EntryProof.entry_id) == entry.id,
                (col(Inspection.parcel_id) == entry.parcel_id)
                & col(Task.purpose).in_(words(AFTER_RECTIFYING))
                & col(Inspection.state).in_(handed_in),
            ),
        )
        .order_by(col(Photo.id))
    )
    return list(session.exec(query))


def closing_of(session: Session, entry: Entry) -> Closing:
    """What a close-out of this entry would rest on now, and what it lacks."""
    before, after = before_photos(session, entry), after_photos(session, entry)
    said = records.standings(session, [p.id for p in (*before, *after) if p.id])
    rules = closeout.Rules(
        required_photos(session, entry), settings().same_place_m, settings().same_heading_deg
    )
    evidence = Evidence(
        tuple(_picture(p, said.get(p.id or 0)) for p in before),
        tuple(_picture(p, said.get(p.id or 0)) for p in after),
        entry.evidence_after,
        entry.parcel_id is not None,
    )
    return closeout.judge(evidence, rules)


def _picture(photo: Photo, word: Decision | None) -> Picture:
    at = None
    if photo.lon is not None and photo.lat is not None:
        at = Position(photo.lon, photo.lat, photo.accuracy_m)
    return Picture(
        photo.id or 0,
        photo.sha256,
        Grade(photo.grade),
        Verdict(photo.verdict),
        None if word is None else word == Decision.TRUSTED,
        at,
        photo.heading_deg,
        photo.taken_at,
    )
