"""Which entries are asked for: the filter, in words and as conditions over the entries."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from field_app.roles import Action, Scope, Who, scope
from models.tables import Entry, EntryUnit, Parcel, Project, Unit
from models.taxonomy import categories, township_name
from models.vocabulary import EntryState

NO_TOWNSHIP = "未定"
"""The filter value for entries of which no township is known."""
NO_TEAM = "未分片"
"""What a township is marked with that no team covers: it must not vanish."""
_AT_WORK = (EntryState.TO_VERIFY, EntryState.TO_RECTIFY, EntryState.RECTIFYING, EntryState.RETURNED)


class Due(StrEnum):
    """How near the deadline is; days in China, today included. What is closed is never late."""

    LATE = "已逾期"
    WEEK = "7 天内到期"
    MONTH = "30 天内到期"
    NONE = "未定期限"


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Empty values filter nothing. `words` look in number, parcel, project, village and text."""

    category: int | None = None
    township_code: str = ""
    state: EntryState | None = None
    due: Due | None = None
    no_team: bool = False
    words: str = ""
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
        where.append(_due(wanted.due, today))
    if wanted.no_team:
        where.append(
            and_(
                col(Entry.township_code).is_not(None),
                col(Entry.township_code).not_in(sorted(teamed)),
            )
        )
    if wanted.words.strip():
        words = wanted.words.strip()
        texts = (Entry.number, Entry.village, Entry.description, Parcel.number, Project.name)
        where.append(or_(*(col(text).contains(words, autoescape=True) for text in texts)))
    return where


def _due(due: Due, today: date) -> ColumnElement[bool]:
    at_work = col(Entry.state).in_(_AT_WORK)
    if due == Due.NONE:
        return and_(at_work, col(Entry.due_on).is_(None))
    if due == Due.LATE:
        return and_(at_work, col(Entry.due_on) < today)
    days = 7 if due == Due.WEEK else 30
    return and_(at_work, col(Entry.due_on).between(today, today + timedelta(days=days)))


def without_team(township_code: str | None, teamed: Collection[str]) -> bool:
    """Whether no team covers the township; an unknown township is another matter."""
    return township_code is not None and township_code not in teamed


def days_left(state: str, due_on: date | None, today: date) -> int | None:
    """Days to the deadline, negative when late; None without one or once it is closed."""
    return (due_on - today).days if due_on and state in _AT_WORK else None
