"""Which entries are asked for: the filter, in words and as conditions over the entries."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from field_app.ledger.deadlines import SOON_DAYS, Standing
from field_app.ledger.owing import due_within, owes
from field_app.roles import Action, Scope, Who, scope
from models.tables import Entry, EntryUnit, Parcel, Project, Unit
from models.taxonomy import categories, township_name
from models.vocabulary import EntryState, Role

NO_TOWNSHIP = "未定"
"""The filter value for entries of which no township is known."""
NO_TEAM = "未分片"
"""What a township is marked with that no team covers: it must not vanish."""
_NEAR_DAYS = 30


class Due(StrEnum):
    """How near the day is by which something is owed, as `owing` says it; today is in China."""

    LATE = "已逾期"
    SOON = f"即将到期（{SOON_DAYS} 个工作日内）"
    MONTH = f"{_NEAR_DAYS} 天内到期"
    NONE = "未定期限"
    DECIDE_LATE = "核实、销号审批超时"


STANDINGS = {
    Due.LATE: (Role.UNIT, Standing.LATE),
    Due.SOON: (Role.UNIT, Standing.SOON),
    Due.NONE: (Role.UNIT, Standing.UNSET),
    Due.DECIDE_LATE: (Role.SUPERVISOR, Standing.LATE),
}
"""Who owes, and how it stands."""


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Empty values filter nothing. `unit_id` is one of the units that answer; `words` look in number, parcel, project, village and text."""

    category: int | None = None
    township_code: str = ""
    state: EntryState | None = None
    due: Due | None = None
    unit_id: int | None = None
    no_team: bool = False
    words: str = ""
    unit_name: str = ""  # for `in_words`
    limit: int = 50
    offset: int = 0

    def at(self, offset: int) -> "LedgerFilter":
        """The same filter, further down."""
        return replace(self, offset=offset)

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered at all."""
        return replace(self, limit=0, offset=0) != LedgerFilter(limit=0)

    def in_words(self) -> str:
        """The filter as a person reads it, for the page and the export."""
        parts = []
        if self.category is not None:
            parts.append(f"大类：{self.category} {categories()[self.category].name}")
        if self.township_code:
            known = self.township_code != NO_TOWNSHIP
            parts.append(f"乡镇：{township_name(self.township_code) if known else '未定乡镇'}")
        if self.state:
            parts.append(f"状态：{self.state}")
        if self.due:
            parts.append(f"期限：{self.due}")
        if self.unit_id is not None:
            parts.append(f"责任单位：{self.unit_name or self.unit_id}")
        if self.no_team:
            parts.append(NO_TEAM)
        if self.words.strip():
            parts.append(f"含“{self.words.strip()}”")
        return "；".join(parts) or "全部条目"


def covered_townships(session: Session) -> frozenset[str]:
    """The codes of the townships that a team covers."""
    query = select(col(Unit.township_code)).where(
        col(Unit.township_code).is_not(None), col(Unit.team_id).is_not(None)
    )
    return frozenset(code for code in session.scalars(query) if code)


def conditions(
    who: Who, action: Action, wanted: LedgerFilter, today: date, teamed: Collection[str]
) -> list[ColumnElement[bool]]:
    """The filter as conditions over entries, narrowed to what `who` may do `action` on."""
    where: list[ColumnElement[bool]] = []
    if scope(who, action) != Scope.ALL:
        mine = select(col(EntryUnit.entry_id)).where(col(EntryUnit.unit_id) == who.unit_id)
        where.append(col(Entry.id).in_(mine))
    if wanted.category is not None:
        where.append(col(Entry.category) == wanted.category)
    if wanted.township_code == NO_TOWNSHIP:
        where.append(col(Entry.township_code).is_(None))
    elif wanted.township_code:
        where.append(col(Entry.township_code) == wanted.township_code)
    if wanted.state is not None:
        where.append(col(Entry.state) == wanted.state)
    if wanted.due is not None:
        where.append(condition(wanted.due, today))
    if wanted.unit_id is not None:
        its = select(col(EntryUnit.entry_id)).where(col(EntryUnit.unit_id) == wanted.unit_id)
        where.append(col(Entry.id).in_(its))
    if wanted.no_team:
        where.append(uncovered(teamed))
    if wanted.words.strip():
        where.append(_found_by(wanted.words.strip()))
    return where


def _found_by(words: str) -> ColumnElement[bool]:
    """Whether the words stand in a text of the entry, the number of its parcel or the name of its
    project. Parcels and projects are looked through once, not again for each entry."""

    def has(text: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = col(text).contains(words, autoescape=True)
        return found

    parcels = select(col(Parcel.id)).where(has(Parcel.number)).correlate(None)
    projects = select(col(Project.id)).where(has(Project.name)).correlate(None)
    return or_(
        has(Entry.number),
        has(Entry.village),
        has(Entry.description),
        col(Entry.parcel_id).in_(parcels),
        col(Entry.project_id).in_(projects),
    )


def condition(due: Due, today: date) -> ColumnElement[bool]:
    """Whether an entry falls under `due`."""
    if due == Due.MONTH:
        return due_within(_NEAR_DAYS, today)
    debtor, standing = STANDINGS[due]
    return owes(debtor, standing, today)


def uncovered(teamed: Collection[str]) -> ColumnElement[bool]:
    """The condition that `without_team` is for one township."""
    township = col(Entry.township_code)
    return and_(township.is_not(None), township.not_in(sorted(teamed)))


def without_team(township_code: str | None, teamed: Collection[str]) -> bool:
    """Whether no team covers the township; an unknown township is another matter."""
    return township_code is not None and township_code not in teamed
