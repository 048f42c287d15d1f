"""How many photos stand by other rules, or by another program, than new ones do.

Counting them reads the newest examination of every photo, a fifth of a second at 200,000, which no
page waits for: the worker counts, and keeps what it found beside the rules that it counted for.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from field_app import rulebook
from field_app.db import reading, writing
from field_app.roles import Action, Who, require
from field_app.rulebook import Rules
from models.tables import Examination, Fact, Photo

_FACT = "photos examined by other rules"
_AGAIN = timedelta(hours=1)  # photos are taken out, and put back


def otherwise_examined(who: Who) -> int | None:
    """How many photos that count stand by other rules than those in force; None until the worker
    has counted for these."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        kept = _kept(session)
        return kept["count"] if kept.get("by") == _name(rulebook.in_force(session)) else None


def count_where_due(*, now: datetime) -> bool:
    """Counts where other rules or another program came since it was last done, or an hour passed.
    Whether it did."""
    with reading() as session:
        rules = rulebook.in_force(session)
        kept = _kept(session)
        fresh = kept.get("by") == _name(rules) and kept["at"] > (now - _AGAIN).isoformat()
        if fresh:
            return False
        found = counted(session, rules)
    told = json.dumps({"by": _name(rules), "count": found, "at": now.isoformat()})
    with writing() as session:
        session.merge(Fact(name=_FACT, value=told))
    return True


def counted(session: Session, rules: Rules) -> int:
    """The count itself."""
    newest = (
        select(col(Examination.photo_id), func.max(col(Examination.id)).label("id"))
        .group_by(col(Examination.photo_id))
        .subquery()
    )
    # Examinations from before versions were kept name none, and NULL equals nothing.
    book = func.coalesce(col(Examination.rule_book_id), 0)
    same = and_(col(Examination.engine) == rules.engine, book == (rules.version or 0))
    query = (
        select(func.count())
        .select_from(Photo)
        .join(newest, newest.c.photo_id == Photo.id)
        .join(Examination, col(Examination.id) == newest.c.id)
        .where(col(Photo.removed_at).is_(None), ~same)
    )
    return session.exec(query).one()


def _name(rules: Rules) -> str:
    return f"{rules.version or 0} {rules.engine}"


def _kept(session: Session) -> dict[str, Any]:
    row = session.get(Fact, _FACT)
    kept: dict[str, Any] = json.loads(row.value) if row else {}
    return kept
