"""The entries of the ledgers, as other systems read them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from field_app.access import asking
from field_app.access.asking import Wanted
from field_app.access.layers import Item, Layer, equals, newest
from field_app.access.tokens import Scope
from field_app.ledger import steps
from field_app.ledger.listing import unit_names
from field_app.roles import Action
from models.base import words
from models.tables import Entry, Event, Parcel, Project
from models.taxonomy import categories, township_name
from models.vocabulary import EntryState


def category(name: str, value: str) -> int:
    """A filter's text as the number of a ledger."""
    found = asking.number(name, value)
    asking.one_of([str(no) for no in categories()])(name, str(found))
    return found


def _entries(session: Session, query: Any, wanted: Wanted) -> list[Item]:
    found = session.exec(query((Entry, Parcel.number, Project.code))).all()
    ids = [entry.id for entry, _, _ in found]
    units = unit_names(session, ids)
    told = select(col(Event.about_id), func.max(Event.at)).where(
        col(Event.about) == "entry", col(Event.about_id).in_(ids)
    )
    changed = dict(session.connection().execute(told.group_by(col(Event.about_id))).all())
    return [
        Item(
            entry.id,
            {"id": entry.id}
            | steps.snapshot(entry, units.get(entry.id, ()))
            | {
                "category_name": categories()[entry.category].name,
                "township": township_name(entry.township_code),
                "parcel": parcel or "",
                "project": project or "",
                "edition": entry.edition,
                "updated_at": newest(entry.created_at, changed.get(entry.id)),
            },
        )
        for entry, parcel, project in found
    ]


def _told_since(since: datetime) -> ColumnElement[bool]:
    told = select(col(Event.about_id)).where(col(Event.about) == "entry", col(Event.at) >= since)
    return col(Entry.id).in_(told)


ENTRIES = Layer(
    name="entries",
    title="台账条目",
    description="六本问题台账的条目",
    scope=Scope.ENTRIES,
    action=Action.SEE_LEDGER,
    filters={
        "number": (asking.text, equals(Entry.number)),
        "category": (category, equals(Entry.category)),
        "state": (asking.one_of(words(EntryState)), equals(Entry.state)),
        "township_code": (asking.text, equals(Entry.township_code)),
        "problem_type": (asking.text, equals(Entry.problem_type)),
    },
    id=col(Entry.id),
    source=lambda chosen: (
        chosen.select_from(Entry)
        .outerjoin(Parcel, col(Parcel.id) == Entry.parcel_id)
        .outerjoin(Project, col(Project.id) == Entry.project_id)
    ),
    items=_entries,
    since=_told_since,
)
