"""Whom visits and their photos belong to."""

from sqlmodel import Session, col, select

from field_app.roles import Whose
from models.tables import Entry, EntryUnit, Inspection, Person, Photo, Task


def whose_photo(session: Session, photo: Photo) -> Whose:
    """Whom a photo belongs to: who shot it, that team, and the units that answer its entry."""
    return whose_visit(session, session.get_one(Inspection, photo.inspection_id))


def whose_visit(session: Session, visit: Inspection) -> Whose:
    """Whom a visit belongs to: its inspector and team, and the units of the entry it led to."""
    inspector = session.get_one(Person, visit.person_id)
    task = session.get_one(Task, visit.task_id)
    query = (
        select(EntryUnit.unit_id)
        .join(Entry, col(Entry.id) == EntryUnit.entry_id)
        .where(Entry.inspection_id == visit.id)
    )
    units = tuple(session.exec(query))
    return Whose(visit.person_id, task.team_id or inspector.team_id, units)
