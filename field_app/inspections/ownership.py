"""Whom visits and their photos belong to."""

from sqlalchemy import or_
from sqlmodel import Session, col, select

from field_app.inspections.wanted import AFTER_RECTIFYING
from field_app.roles import Whose
from models.tables import Entry, EntryProof, EntryUnit, Inspection, Person, Photo, Task
from models.vocabulary import Purpose


def whose_photo(session: Session, photo: Photo) -> Whose:
    """Whom a photo belongs to: who shot it, that team, and the units that answer its entry."""
    return whose_visit(session, session.get_one(Inspection, photo.inspection_id))


def whose_visit(session: Session, visit: Inspection) -> Whose:
    """Whom a visit belongs to: its inspector and team, and the units of the entry it led to, that
    it proves, or whose rectification it looked at."""
    inspector = session.get_one(Person, visit.person_id)
    task = session.get_one(Task, visit.task_id)
    theirs = [col(Entry.inspection_id) == visit.id]
    if task.purpose == Purpose.PROOF:
        proves = select(EntryProof.entry_id).where(EntryProof.task_id == task.id)
        theirs.append(col(Entry.id).in_(proves))
    if task.purpose in AFTER_RECTIFYING and visit.submitted_at is not None:
        theirs.append(
            (col(Entry.parcel_id) == visit.parcel_id)
            & (col(Entry.created_at) <= visit.submitted_at)
        )
    query = (
        select(EntryUnit.unit_id)
        .join(Entry, col(Entry.id) == EntryUnit.entry_id)
        .where(or_(*theirs))
        .distinct()
    )
    units = tuple(session.exec(query))
    return Whose(visit.person_id, task.team_id or inspector.team_id, units)
