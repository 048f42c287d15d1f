"""Leave for other systems to read: made and revoked by an administrator, shown once, kept as a
hash. A token is 256 random bits, so its plain SHA-256 cannot be turned round."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select, update

from field_app import events, words
from field_app.db import reading, writing
from field_app.problems import BAD_INPUT, NOT_FOUND, TOKEN_NEEDED, TOO_MANY_TRIES
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.tables import AccessToken, AccessTry, Person

NAME_MAX = 60
DAYS_MAX = 730
_PREFIX = "hc_"
_SHOWN = 8  # characters that a token is told by
_SEEN_EVERY = timedelta(minutes=5)  # writing at every request would wear out the database
_LONGEST = 200


class Scope(StrEnum):
    """What a token may read."""

    ENTRIES = "台账条目"
    PARCELS = "地块"
    FINDINGS = "问题线索"
    PHOTOS = "照片位置"


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A token as the list shows it; never the token itself."""

    id: int
    name: str
    starts_with: str
    scopes: tuple[Scope, ...]
    by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    used_from: str

    def lives(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now


def make(name: str, scopes: Collection[Scope], *, days: int, by: Who, now: datetime) -> str:
    """Makes a token and gives it: this is the only time that it can be seen."""
    require(by, Action.MANAGE_TOKENS)
    name = words.clean(name).strip()
    if not 1 <= len(name) <= NAME_MAX:
        raise BAD_INPUT(what=f"请写明给谁用、做什么用，最多 {NAME_MAX} 个字。")
    if not scopes:
        raise BAD_INPUT(what="请至少选一种可以读取的内容。")
    if not 1 <= days <= DAYS_MAX:
        raise BAD_INPUT(what=f"有效期应为 1 到 {DAYS_MAX} 天。")
    token = _PREFIX + secrets.token_urlsafe(32)
    with writing() as session:
        row = AccessToken(
            name=name,
            token_sha256=_digest(token),
            starts_with=token[:_SHOWN],
            scopes=[str(s) for s in Scope if s in scopes],
            made_by=by.id or None,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        told = {"name": name, "scopes": row.scopes, "days": days}
        events.note(session, "token", row.id, "发放令牌", at=now, person_id=by.id, new=told)
    return token


def revoke(token_id: int, *, by: Who, now: datetime) -> None:
    """Ends a token at once; a second time is harmless. Raises NOT_FOUND."""
    require(by, Action.MANAGE_TOKENS)
    with writing() as session:
        if session.get(AccessToken, token_id) is None:
            raise NOT_FOUND(what="令牌")
        ended = session.exec(
            update(AccessToken)
            .where(col(AccessToken.id) == token_id, col(AccessToken.revoked_at).is_(None))
            .values(revoked_at=now)
        )
        if ended.rowcount:
            events.note(session, "token", token_id, "收回令牌", at=now, person_id=by.id)


def listing(by: Who) -> list[TokenShown]:
    """All tokens, the newest first."""
    require(by, Action.MANAGE_TOKENS)
    query = (
        select(AccessToken, Person.display)
        .outerjoin(Person, col(Person.id) == AccessToken.made_by)
        .order_by(col(AccessToken.id).desc())
    )
    with reading() as session:
        return [
            TokenShown(
                t.id or 0,
                t.name,
                t.starts_with,
                tuple(Scope(s) for s in t.scopes),
                display or "",
                t.made_at,
                t.expires_at,
                t.revoked_at,
                t.used_at,
                t.used_from,
            )
            for t, display in session.exec(query)
        ]


def scopes_of(token: str, *, address: str, now: datetime) -> frozenset[Scope]:
    """What a token may read. Raises TOKEN_NEEDED, or TOO_MANY_TRIES where too many different
    wrong ones came from that address. A program that repeats one wrong token counts once: it
    must not lock out the others of its office."""
    _throttle(address, now)
    with reading() as session:
        found = session.exec(
            select(AccessToken).where(AccessToken.token_sha256 == _digest(token[:_LONGEST]))
        ).first()
    if found is None or found.revoked_at is not None or found.expires_at <= now:
        _count(token, address, now)
        raise TOKEN_NEEDED()
    if found.used_at is None or not timedelta(0) <= now - found.used_at < _SEEN_EVERY:
        with writing() as session:
            session.exec(
                update(AccessToken)
                .where(col(AccessToken.id) == found.id)
                .values(used_at=now, used_from=words.clean(address)[:60])
            )
    return frozenset(Scope(s) for s in found.scopes)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _throttle(address: str, now: datetime) -> None:
    limits = settings()
    since = now - timedelta(minutes=limits.lock_minutes)
    query = (
        select(func.count())
        .select_from(AccessTry)
        .where(AccessTry.address == _place(address), col(AccessTry.at) > since)
    )
    with reading() as session:
        if session.exec(query).one() >= limits.tries_per_address:
            raise TOO_MANY_TRIES(minutes=f"{limits.lock_minutes:.0f}")


def _count(token: str, address: str, now: datetime) -> None:
    mark, place = _digest(token[:_LONGEST])[:8], _place(address)
    try:
        with writing() as session:
            session.exec(delete(AccessTry).where(col(AccessTry.at) < now - timedelta(days=30)))
            again = session.exec(
                update(AccessTry)
                .where(col(AccessTry.address) == place, col(AccessTry.mark) == mark)
                .values(at=now)
            )
            if not again.rowcount:
                session.add(AccessTry(address=place, mark=mark, at=now))
    except IntegrityError:
        return  # the same wrong one at the same moment: it is counted


def _place(address: str) -> str:
    return words.clean(address)[:60]
