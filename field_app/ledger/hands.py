"""Which hands a person had in an entry: who found or rectified something does not close it.

What was undone counts as well: whoever did it knows the matter from the inside.
"""

from sqlmodel import Session, col, select

from field_app.inspections.wanted import AFTER_RECTIFYING
from field_app.ledger.workflow import Hand, Step
from models.base import words
from models.tables import Entry, EntryProgress, EntryProof, Event, Inspection, Photo, Task


def hands_of(session: Session, entry: Entry, person_id: int) -> frozenset[Hand]:
    """The hands that the person had in this entry."""
    hands = set()
    if entry.finding_id is None and entry.created_by == person_id:
        hands.add(Hand.REGISTERED)
    if person_id in inspectors(session, entry):
        hands.add(Hand.INSPECTED)
    if person_id in rectifiers(session, entry):
        hands.add(Hand.RECTIFIED)
    if person_id in _who_did(session, entry, (Step.CLOSE,)):
        hands.add(Hand.CLOSED)
    return frozenset(hands)


def inspectors(session: Session, entry: Entry) -> frozenset[int]:
    """Who made the visit that the entry comes from, or one to look at the rectification, or took
    a photo for either."""
    visits: set[int | None] = {entry.inspection_id}
    if entry.parcel_id is not None:
        query = (
            select(Inspection.id)
            .join(Task, col(Task.id) == Inspection.task_id)
            .where(
                Inspection.parcel_id == entry.parcel_id,
                col(Task.purpose).in_(words(AFTER_RECTIFYING)),
                col(Inspection.opened_at) >= entry.created_at,
            )
        )
        visits |= set(session.exec(query))
    ids = [visit for visit in visits if visit is not None]
    people = select(Inspection.person_id).where(col(Inspection.id).in_(ids))
    shots = select(Photo.person_id).where(col(Photo.inspection_id).in_(ids))
    return frozenset(session.exec(people)) | frozenset(session.exec(shots))


def rectifiers(session: Session, entry: Entry) -> frozenset[int]:
    """Who reported progress, proved it, or applied for the close-out."""
    reported = select(EntryProgress.person_id).where(EntryProgress.entry_id == entry.id)
    proved = (
        select(EntryProof.person_id)
        .join(Inspection, col(Inspection.task_id) == EntryProof.task_id)  # not only taken along
        .where(EntryProof.entry_id == entry.id)
    )
    people = {*session.exec(reported), *session.exec(proved)}
    people |= _who_did(session, entry, (Step.REPORT, Step.APPLY))
    return frozenset(p for p in people if p is not None)


def _who_did(session: Session, entry: Entry, steps: tuple[Step, ...]) -> set[int | None]:
    query = select(Event.person_id).where(
        Event.about == "entry", Event.about_id == entry.id, col(Event.action).in_(words(steps))
    )
    return set(session.exec(query))
