"""The queue: what waits for a decision, and what was decided."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, or_, select
from sqlmodel import Session, col

from field_app.db import reading
from field_app.review import records
from field_app.roles import Action, Who, require
from models.geo import Position
from models.tables import Finding, Inspection, Parcel, Person, Photo, Project, Task
from models.taxonomy import problem_types, township_name
from models.vocabulary import InspectionState, Verdict

NO_TOWNSHIP = "未定"
"""The filter value for parcels of which no township is known."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Empty values filter nothing. `category` 0 means visits that found no problem; `words` look
    in the parcel's number, its village and the project's name."""

    state: InspectionState | None = InspectionState.SUBMITTED
    township_code: str = ""
    category: int | None = None
    words: str = ""
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One visit in the list. `verdicts` counts its photos by verdict; `worst` is the worst of
    them, None where it has no photo. `at` is the middle of the parcel's box, for the map."""

    inspection_id: int
    state: InspectionState
    number: str
    project: str
    township: str
    village: str
    inspector: str
    purpose: str
    category: int | None
    problem: str
    submitted_at: datetime | None
    at: Position
    verdicts: dict[Verdict, int]

    @property
    def worst(self) -> Verdict | None:
        return next((v for v in reversed(Verdict) if self.verdicts.get(v)), None)


def queue(who: Who, wanted: QueueFilter = QueueFilter()) -> tuple[list[QueueRow], int]:
    """The visits that `who` may see, and how many there are in all. Those that wait come oldest
    first, so that nobody waits for ever; decided ones come newest first."""
    require(who, Action.SEE_INSPECTION)
    conditions = [*records.visible(who), *_conditions(wanted)]
    with reading() as session:
        total = session.scalar(
            _joined(select(func.count()).select_from(Inspection)).where(*conditions)
        )
        # Columns, not whole parcels: their boundaries are heavy and the list does not draw them.
        query = _joined(
            select(
                col(Inspection.id),
                col(Inspection.state),
                col(Inspection.submitted_at),
                col(Parcel.number),
                col(Parcel.township_code),
                col(Parcel.village),
                col(Project.name).label("project"),
                col(Person.display).label("inspector"),
                col(Task.purpose),
                col(Finding.category),
                col(Finding.problem_type),
                ((col(Parcel.min_lon) + col(Parcel.max_lon)) / 2).label("lon"),
                ((col(Parcel.min_lat) + col(Parcel.max_lat)) / 2).label("lat"),
            ).select_from(Inspection)
        ).where(*conditions)
        waiting = wanted.state == InspectionState.SUBMITTED
        oldest_first = (col(Inspection.submitted_at), col(Inspection.id))
        order = oldest_first if waiting else tuple(part.desc() for part in oldest_first)
        query = query.order_by(*order).limit(wanted.limit).offset(wanted.offset)
        found = session.connection().execute(query).mappings().all()
        verdicts = _verdicts(session, [row["id"] for row in found])
    return [_row(row, verdicts.get(row["id"], {})) for row in found], total or 0


def _joined(query: Any) -> Any:  # a Select of whatever columns
    return (
        query.join(Task, col(Task.id) == Inspection.task_id)
        .join(Parcel, col(Parcel.id) == Inspection.parcel_id)
        .join(Person, col(Person.id) == Inspection.person_id)
        .outerjoin(Project, col(Project.id) == Parcel.project_id)
        .outerjoin(Finding, col(Finding.inspection_id) == Inspection.id)
    )


def _row(row: RowMapping, verdicts: Mapping[Verdict, int]) -> QueueRow:
    code = row["problem_type"]
    kind = problem_types().get(code or "")
    return QueueRow(
        inspection_id=row["id"],
        state=InspectionState(row["state"]),
        number=row["number"],
        project=row["project"] or "",
        township=township_name(row["township_code"]),
        village=row["village"],
        inspector=row["inspector"],
        purpose=row["purpose"],
        category=row["category"],
        problem=f"{code} {kind.name}" if kind else (code or "未发现问题"),
        submitted_at=row["submitted_at"],
        at=Position(row["lon"], row["lat"]),
        verdicts=dict(verdicts),
    )


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        conditions.append(col(Inspection.state) == wanted.state)
    if wanted.township_code == NO_TOWNSHIP:
        conditions.append(col(Parcel.township_code).is_(None))
    elif wanted.township_code:
        conditions.append(col(Parcel.township_code) == wanted.township_code)
    if wanted.category == 0:
        conditions.append(col(Finding.id).is_(None))
    elif wanted.category is not None:
        conditions.append(col(Finding.category) == wanted.category)
    if wanted.words.strip():
        words = wanted.words.strip()
        conditions.append(
            or_(
                col(Parcel.number).contains(words, autoescape=True),
                col(Parcel.village).contains(words, autoescape=True),
                col(Project.name).contains(words, autoescape=True),
            )
        )
    return conditions


def _verdicts(session: Session, inspection_ids: Collection[int]) -> dict[int, Counter[Verdict]]:
    counted: dict[int, Counter[Verdict]] = defaultdict(Counter)
    query = (
        select(col(Photo.inspection_id), col(Photo.verdict), func.count())
        .where(col(Photo.inspection_id).in_(list(inspection_ids)), col(Photo.removed_at).is_(None))
        .group_by(col(Photo.inspection_id), col(Photo.verdict))
    )
    for inspection_id, verdict, number in session.connection().execute(query):
        counted[inspection_id][Verdict(verdict)] = number
    return counted
