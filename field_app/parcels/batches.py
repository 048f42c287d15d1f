"""What was imported, and the parcels of one import."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from field_app.db import reading
from field_app.roles import Action, Who, require
from models.tables import ImportBatch, Parcel, Person


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One import as the list shows it."""

    id: int
    kind: str
    file_name: str
    at: datetime
    by: str
    taken: int
    repaired: int
    refused: int


def recent(who: Who, *, limit: int = 20) -> list[BatchRow]:
    """The newest imports."""
    require(who, Action.IMPORT)
    with reading() as session:
        query = (
            select(ImportBatch, Person.display)
            .outerjoin(Person, col(Person.id) == ImportBatch.person_id)
            .order_by(col(ImportBatch.id).desc())
            .limit(limit)
        )
        return [
            BatchRow(
                b.id or 0, b.kind, b.file_name, b.at, by or "命令行", b.taken, b.repaired, b.refused
            )
            for b, by in session.exec(query)
        ]


def parcel_ids(batch_id: int) -> list[int]:
    """The parcels that stand in the database through one import."""
    with reading() as session:
        query = select(Parcel.id).where(Parcel.import_id == batch_id).order_by(col(Parcel.id))
        return [i for i in session.exec(query) if i is not None]
