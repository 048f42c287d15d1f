"""From which a draw is made: closed entries, or parcels whose last visit found them in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session, col

from field_app.clock import CHINA
from field_app.second_look.lots import Member, Stratum, stratum_of
from field_app.words import clean
from models.tables import Entry, Finding, Inspection, Parcel, Project
from models.taxonomy import categories, township_name
from models.vocabulary import EntryState, InspectionState, Purpose

PURPOSES = (Purpose.SECOND_LOOK, Purpose.SPOT_CHECK)
NO_TOWNSHIP = "未定"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which of them; empty values leave nothing out. The days are those of the close-out, or of
    the confirmation, in China, both included. `category` is of entries alone."""

    purpose: Purpose
    since: date | None = None
    until: date | None = None
    township_code: str = ""
    project_kind: str = ""
    category: int | None = None

    def in_words(self) -> str:
        """As a person reads it, on the page and in the file."""
        days = "销号" if self.purpose == Purpose.SECOND_LOOK else "确认"
        parts = ["已销号的条目" if self.purpose == Purpose.SECOND_LOOK else "核查通过的地块"]
        if self.since or self.until:
            parts.append(f"{days}日期 {self.since or '最早'} 至 {self.until or '封存当日'}")
        if self.township_code:
            known = self.township_code != NO_TOWNSHIP
            parts.append(township_name(self.township_code) if known else "未定乡镇")
        if self.project_kind:
            parts.append(f"项目类型：{self.project_kind}")
        if self.category is not None:
            parts.append(f"大类：{self.category} {categories()[self.category].name}")
        return "；".join(parts)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are, by stratum, and how many closed entries have no parcel to go to."""

    strata: tuple[tuple[str, int], ...]
    left_out: int

    @property
    def size(self) -> int:
        return sum(n for _, n in self.strata)


def counted(session: Session, sought: Sought, strata: Sequence[Stratum]) -> Counted:
    """How large the list would be now, without reading it."""
    by = (_township(sought), col(Project.kind))
    query = _query(sought, *by, func.count()).group_by(*by)
    found: Counter[str] = Counter()
    for township, kind, n in session.connection().execute(query):
        member = Member("", township_name(township), "", "", clean(kind or ""), "", "", 0)
        found[stratum_of(member, strata)] += n
    return Counted(tuple(sorted(found.items())), left_out(session, sought))


def left_out(session: Session, sought: Sought) -> int:
    """Closed entries that stand in no parcel: nobody can be sent there."""
    if sought.purpose != Purpose.SECOND_LOOK:
        return 0
    query = (
        select(func.count())
        .select_from(Entry)
        .outerjoin(Project, col(Project.id) == Entry.project_id)
        .where(*_of_entries(sought), col(Entry.parcel_id).is_(None))
    )
    return session.scalar(query) or 0


def members(session: Session, sought: Sought) -> list[Member]:
    """The list itself. A parcel is called by its project and number; should two be called alike,
    each gets its record's number behind it."""
    second = sought.purpose == Purpose.SECOND_LOOK
    query = _query(
        sought,
        col(Entry.number) if second else col(Parcel.number),
        _township(sought),
        col(Entry.village) if second else col(Parcel.village),
        col(Project.code),
        col(Project.kind),
        col(Parcel.number),
        col(Entry.category) if second else col(Parcel.id),
        col(Parcel.id),
    )
    rows = session.connection().execute(query).all()
    keys = [clean(r[0]) if second else clean(f"{r[3]}/{r[0]}" if r[3] else r[0]) for r in rows]
    times = Counter(keys)
    names = {code: clean(township_name(code)) for code in {r[1] for r in rows}}
    return [
        Member(
            key if times[key] == 1 else f"{key}#{parcel_id}",
            names[township],
            clean(village or ""),
            clean(code or ""),
            clean(kind or ""),
            clean(number),
            str(category) if second else "",
            parcel_id,
        )
        for key, (_, township, village, code, kind, number, category, parcel_id) in zip(
            keys, rows, strict=True
        )
    ]


def project_kinds(session: Session) -> list[str]:
    """The kinds of projects that there are, to choose from."""
    query = select(col(Project.kind)).where(col(Project.kind) != "").distinct()
    return sorted(session.scalars(query))


def _township(sought: Sought) -> Any:
    if sought.purpose == Purpose.SECOND_LOOK:
        return col(Entry.township_code)
    return func.coalesce(col(Parcel.township_code), col(Project.township_code))


def _query(sought: Sought, *columns: Any) -> Any:
    """The columns of those that are sought, from Parcel, Project and, of entries, Entry."""
    if sought.purpose == Purpose.SECOND_LOOK:
        return (
            select(*columns)
            .select_from(Entry)
            .join(Parcel, col(Parcel.id) == Entry.parcel_id)
            .outerjoin(Project, col(Project.id) == Entry.project_id)
            .where(*_of_entries(sought))
        )
    last = (
        select(func.max(Inspection.id).label("visit"))
        .where(col(Inspection.state) == InspectionState.CONFIRMED)
        .group_by(col(Inspection.parcel_id))
        .subquery()
    )
    return (
        select(*columns)
        .select_from(last)
        .join(Inspection, col(Inspection.id) == last.c.visit)
        .join(Parcel, col(Parcel.id) == Inspection.parcel_id)
        .outerjoin(Project, col(Project.id) == Parcel.project_id)
        .outerjoin(Finding, col(Finding.inspection_id) == Inspection.id)
        .where(
            col(Finding.id).is_(None),
            # What stands in a ledger is looked at again as an entry, if it is closed.
            ~exists().where(col(Entry.parcel_id) == Parcel.id),
            *_within(sought, col(Inspection.decided_at), _moment),
            *_in_common(sought),
        )
    )


def _of_entries(sought: Sought) -> list[ColumnElement[bool]]:
    where = [
        col(Entry.state) == EntryState.CLOSED,
        *_within(sought, col(Entry.closed_on), lambda day: day),
        *_in_common(sought),
    ]
    if sought.category is not None:
        where.append(col(Entry.category) == sought.category)
    return where


def _in_common(sought: Sought) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if sought.township_code == NO_TOWNSHIP:
        where.append(_township(sought).is_(None))
    elif sought.township_code:
        where.append(_township(sought) == sought.township_code)
    if sought.project_kind:
        where.append(col(Project.kind) == sought.project_kind)
    return where


def _within(sought: Sought, column: Any, start_of: Any) -> list[ColumnElement[bool]]:
    where = []
    if sought.since is not None:
        where.append(column >= start_of(sought.since))
    if sought.until is not None:
        where.append(column < start_of(sought.until + timedelta(days=1)))
    return where


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA)
