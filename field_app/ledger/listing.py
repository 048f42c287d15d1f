"""Reading the ledger: a page of it with its counts, and one entry whole."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, func, select, true
from sqlmodel import Session, col

from field_app import clock, trail
from field_app.db import reading
from field_app.ledger import deadlines, fields, workflow
from field_app.ledger.deadlines import Standing
from field_app.ledger.entries import units_of
from field_app.ledger.filters import (
    Due,
    LedgerFilter,
    condition,
    conditions,
    covered_townships,
    uncovered,
    without_team,
)
from field_app.ledger.owing import owed_by
from field_app.ledger.presets import UnitChoice, unit_choices
from field_app.ledger.showing import CourseShown, course_of
from field_app.ledger.steps import has
from field_app.ledger.workflow import Step, offered
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Scope, Who, Whose, may, require, scope
from field_app.trail import Happening
from models.tables import Entry, EntryUnit, EvidencePackage, Parcel, Project, Unit
from models.taxonomy import categories, own_columns, problem_types, township_name
from models.vocabulary import EntryState

_BESIDE = (
    "nature", "arose_during", "progress", "rectified_on", "application", "returned_why",
    "closed_on", "closed_why", "carried", "carried_until", "carried_approver", "handed_to",
    "second_look",
)  # fmt: skip
"""What steps of their own have written; it is shown, and changed nowhere by hand."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry in the list. `owed_on` is the last day for its next step, after rest days: of the
    unit's by its deadline, of a decision after so many working days. `days_left` counts to it from
    today in China, negative when late; both are None where nothing is owed or no day is set.
    `no_team` says that no team covers the township."""

    id: int
    number: str
    category: int
    category_name: str
    problem: str
    township: str
    no_team: bool
    village: str
    parcel: str
    project: str
    description: str
    units: tuple[str, ...]
    found_on: date
    due_on: date | None
    owed_on: date | None
    days_left: int | None
    standing: Standing
    state: EntryState


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A page of the ledger; the counts are of all that `who` may see under the other filters, those
    by `Due` whatever is asked of the deadline. `caution` says what is not certain about the days
    shown."""

    rows: tuple[LedgerRow, ...]
    total: int
    without_team: int
    due: Mapping[Due, int]
    caution: str


def listing(who: Who, wanted: LedgerFilter, *, now: datetime) -> LedgerPage:
    """The entries that `who` may see: the newest first, or the most urgent where it is asked by the
    deadline."""
    require(who, Action.SEE_LEDGER)
    today = clock.local(now).date()
    with reading() as session:
        teamed = covered_townships(session)

        # Whose an entry is by its unit, and what stands in its texts, no index tells.
        by_unit = scope(who, Action.SEE_LEDGER) != Scope.ALL or wanted.unit_id is not None
        once = by_unit or bool(wanted.words.strip())
        whatever_due = replace(wanted, due=None)
        all_due = conditions(who, Action.SEE_LEDGER, whatever_due, today, teamed)
        asked = true() if wanted.due is None else condition(wanted.due, today)
        each = [condition(d, today) for d in Due]
        outside = [] if wanted.no_team else [and_(asked, uncovered(teamed))]  # all of them are
        found = counts(session, all_due, [each, [asked, *outside]], once=once)
        dues, total, without = found[: len(Due)], found[len(Due)], found[-1]
        where = [*all_due, asked]
        page = page_of(session, wanted, where, _order(wanted.due))
        names = unit_names(session, [row["id"] for row in page])
        rows = tuple(row_of(row, names.get(row["id"], ()), today, teamed) for row in page)
        return LedgerPage(
            rows,
            total,
            without,
            dict(zip(Due, dues, strict=True)),
            deadlines.caution(row.owed_on for row in rows),
        )


def counts(
    session: Session,
    where: Sequence[Any],
    groups: Sequence[Sequence[ColumnElement[bool]]],
    *,
    once: bool,
) -> list[int]:
    """How many entries fall under `where` and each of the conditions, one group after the other. By
    itself, an index answers each, a group in one query; `once` counts all of them in one pass, where
    every entry has to be read anyway."""
    each = [one for group in groups for one in group]
    execute = session.connection().execute
    if once:
        query = select(*(func.count().filter(one) for one in each)).select_from(Entry).where(*where)
        return list(execute(query).one())

    def by_itself(one: ColumnElement[bool]) -> Any:
        return select(func.count()).select_from(Entry).where(*where, one).scalar_subquery()

    return [n for group in groups for n in execute(select(*map(by_itself, group))).one()]


def page_of(
    session: Session, wanted: LedgerFilter, where: Sequence[Any], order: Sequence[Any], *more: Any
) -> list[RowMapping]:
    """The rows of one page, in `order`. Their numbers first: to sort whole rows takes longer than to
    read a page of them."""
    ids = select(col(Entry.id)).where(*where).order_by(*order)
    ids = ids.limit(wanted.limit).offset(wanted.offset)
    page = list(session.connection().execute(ids).scalars())
    query = rows_query(*more).where(col(Entry.id).in_(page))
    rows = {row["id"]: row for row in session.connection().execute(query).mappings()}
    return [rows[number] for number in page]


def _order(due: Due | None) -> tuple[Any, ...]:
    """By urgency where it is asked by the deadline: what was to be decided first, or is due first."""
    newest = col(Entry.id).desc()
    if due == Due.DECIDE_LATE:
        return col(Entry.state_since), newest
    return (newest,) if due in (None, Due.NONE) else (col(Entry.due_on), newest)


def rows_query(*more: Any) -> Any:
    """The columns of a `LedgerRow`, and `more` of them, from entries with parcel and project."""
    # Columns, not whole parcels: their boundaries are heavy and the list does not draw them.
    return joined(
        select(
            col(Entry.id),
            col(Entry.number),
            col(Entry.category),
            col(Entry.problem_type),
            col(Entry.township_code),
            col(Entry.village),
            col(Entry.description),
            col(Entry.found_on),
            col(Entry.due_on),
            col(Entry.state),
            col(Entry.state_since),
            col(Entry.verified_at),
            col(Parcel.number).label("parcel"),
            col(Project.name).label("project"),
            *more,
        ).select_from(Entry)
    )


def joined(query: Any) -> Any:  # a Select of whatever columns, from Entry
    return query.outerjoin(Parcel, col(Parcel.id) == Entry.parcel_id).outerjoin(
        Project, col(Project.id) == Entry.project_id
    )


def _packages(session: Session, entry_id: int) -> list[int]:
    """The evidence packages that were sealed of an entry."""
    query = select(col(EvidencePackage.id)).where(col(EvidencePackage.entry_id) == entry_id)
    return [i for i in session.connection().execute(query).scalars() if i is not None]


def unit_names(session: Session, entry_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The names of each entry's units, the leading one first."""
    names: dict[int, list[str]] = defaultdict(list)
    query = (
        select(col(EntryUnit.entry_id), col(Unit.name))
        .join(Unit, col(Unit.id) == EntryUnit.unit_id)
        .where(col(EntryUnit.entry_id).in_(list(entry_ids)))
        .order_by(col(EntryUnit.entry_id), col(EntryUnit.place))
    )
    for entry_id, name in session.connection().execute(query):
        names[entry_id].append(name)
    return {entry_id: tuple(of_it) for entry_id, of_it in names.items()}


def problem_label(code: str) -> str:
    """`2-1 将林地…`, or the bare code where the list no longer has it."""
    kind = problem_types().get(code)
    return f"{code} {kind.name}" if kind else code


def row_of(
    row: RowMapping, units: tuple[str, ...], today: date, teamed: Collection[str]
) -> LedgerRow:
    """A row of `rows_query` as the list shows it."""
    category = categories().get(row["category"])
    state = EntryState(row["state"])
    owed = workflow.owed(state, verified=row["verified_at"] is not None)
    owed_on = owed_by(owed, row["due_on"], row["state_since"])
    return LedgerRow(
        id=row["id"],
        number=row["number"],
        category=row["category"],
        category_name=category.name if category else "",
        problem=problem_label(row["problem_type"]),
        township=township_name(row["township_code"]),
        no_team=without_team(row["township_code"], teamed),
        village=row["village"],
        parcel=row["parcel"] or "",
        project=row["project"] or "",
        description=row["description"],
        units=units,
        found_on=row["found_on"],
        due_on=row["due_on"],
        owed_on=owed_on,
        days_left=(owed_on - today).days if owed_on else None,
        standing=deadlines.standing(owed_on, today) if owed else Standing.NOTHING,
        state=state,
    )


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry whole. `values` holds the columns that may be changed, by their field name;
    `steps` what this person may do now; `inspection_id` where they may see the visit."""

    id: int
    edition: int
    row: LedgerRow
    values: Mapping[str, Any]
    own_columns: tuple[tuple[str, Any], ...]
    unit_ids: tuple[int, ...]
    source: str
    inspection_id: int | None
    steps: tuple[Step, ...]
    choices: tuple[UnitChoice, ...]
    course: CourseShown
    history: tuple[Happening, ...]


def detail(entry_id: int, who: Who, *, now: datetime) -> EntryShown:
    """One entry with its history. Raises NOT_FOUND, NOT_ALLOWED or NOT_YOURS."""
    with reading() as session:
        entry = session.get(Entry, entry_id)
        if entry is None:
            raise NOT_FOUND(what="台账条目")
        unit_ids = units_of(session, entry_id)
        whose = Whose(unit_ids=unit_ids)
        require(who, Action.SEE_LEDGER, whose)
        found = session.connection().execute(rows_query().where(col(Entry.id) == entry_id))
        today = clock.local(now).date()
        units = unit_names(session, [entry_id]).get(entry_id, ())
        seen = may(who, Action.SEE_INSPECTION, whose)
        steps = offered(EntryState(entry.state), who, whose, has(entry, unit_ids))
        course = course_of(session, entry, unit_ids, steps, who, now)
        about = {
            "entry": [entry_id],
            "photo": [p.id for p in course.after],
            "package": _packages(session, entry_id),
        }
        return EntryShown(
            id=entry_id,
            edition=entry.edition,
            row=row_of(found.mappings().one(), units, today, covered_townships(session)),
            values={name: getattr(entry, name) for name in (*fields.FIELDS, *_BESIDE)},
            own_columns=tuple(
                (name, entry.extra.get(name, "")) for name in own_columns(entry.category)
            ),
            unit_ids=unit_ids,
            source=entry.source,
            inspection_id=entry.inspection_id if seen else None,
            steps=steps,
            choices=tuple(unit_choices(session)),
            course=course,
            history=tuple(trail.of(session, about)),
        )
