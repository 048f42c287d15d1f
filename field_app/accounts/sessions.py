"""Signing in and out: sessions, throttled tries, one's own password."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, text
from sqlmodel import Session, col, delete, select, update

from field_app import events
from field_app.accounts.credentials import (
    NAME_MAX,
    NOBODY,
    PASSWORD_MAX,
    check_password,
    clean_name,
    hashed,
    matches,
    outdated,
    plain,
)
from field_app.db import is_sqlite, reading, writing
from field_app.problems import TOO_MANY_TRIES, WEAK_PASSWORD, WRONG_SIGN_IN
from field_app.roles import Who
from field_app.settings import settings
from models.tables import Person, SignIn, SignInTry
from models.vocabulary import Role

_SEEN_EVERY = timedelta(minutes=5)  # writing at every request would wear out the database
_TRIES_LOCK = 411_321_001  # PostgreSQL's advisory lock while the tries are counted


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(name: str, password: str, *, address: str, browser: str, now: datetime) -> str:
    """Checks the password and starts a session; returns the cookie's token.

    Raises WRONG_SIGN_IN (the same for a wrong name and a wrong password) or TOO_MANY_TRIES.
    """
    name, address = clean_name(name)[:NAME_MAX], plain(address)[:60]
    with writing() as session:
        _throttle(session, name, address, now)
        # Noted before the password is looked at: tries at the same moment see each other.
        session.add(SignInTry(name=name, address=address, at=now))
        person = session.exec(select(Person).where(Person.name == name)).one_or_none()
    ok = matches(person.password_hash if person else NOBODY, password[:PASSWORD_MAX])
    if not ok or person is None or person.id is None or not person.active:
        raise WRONG_SIGN_IN()
    weak = outdated(person.password_hash)
    fresh = hashed(password) if weak else person.password_hash
    token = secrets.token_urlsafe(32)
    with writing() as session:
        session.exec(
            delete(SignInTry).where(col(SignInTry.name) == name, col(SignInTry.address) == address)
        )
        session.exec(delete(SignInTry).where(col(SignInTry.at) < now - timedelta(days=30)))
        if weak:
            person.password_hash = fresh
            session.merge(person)
        session.add(
            SignIn(
                person_id=person.id,
                token_sha256=digest_of(token),
                created_at=now,
                seen_at=now,
                browser=plain(browser)[:200],
            )
        )
    return token


def _throttle(session: Session, name: str, address: str, now: datetime) -> None:
    """TOO_MANY_TRIES where there were. What is counted stays so until the transaction ends."""
    if not is_sqlite(session):  # which lets only one write at a time anyway
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _TRIES_LOCK})
    limits, since = settings(), now - timedelta(minutes=settings().lock_minutes)

    def tries(*where: bool) -> int:
        query = select(func.count()).select_from(SignInTry).where(col(SignInTry.at) > since, *where)
        return session.exec(query).one()

    here = tries(SignInTry.name == name, SignInTry.address == address)
    # The same name from many addresses is slowed down later, so that nobody can lock out a
    # colleague by five wrong tries from another place.
    anywhere = tries(SignInTry.name == name)
    from_address = tries(SignInTry.address == address)
    if (
        here >= limits.tries_per_account
        or anywhere >= limits.tries_per_account * 10
        or from_address >= limits.tries_per_address
    ):
        raise TOO_MANY_TRIES(minutes=f"{limits.lock_minutes:.0f}")


def _who(person: Person, sign_in_id: int | None) -> Who:
    assert person.id is not None
    return Who(
        person.id,
        person.name,
        person.display,
        Role(person.role),
        person.team_id,
        person.unit_id,
        sign_in_id,
        person.must_change_password,
    )


def _living(found: tuple[SignIn, Person] | None, now: datetime) -> Who | None:
    if found is None:
        return None
    sign, person = found
    limits = settings()
    if (
        sign.ended_at is not None
        or not person.active
        or now - sign.seen_at > timedelta(hours=limits.session_idle_hours)
        or now - sign.created_at > timedelta(days=limits.session_max_days)
    ):
        return None
    if now - sign.seen_at > _SEEN_EVERY:
        with writing() as session:
            session.exec(update(SignIn).where(col(SignIn.id) == sign.id).values(seen_at=now))
    return _who(person, sign.id)


# Asked with each request and each rerun: built once, as building costs as much as asking.
_SIGNED_IN = select(SignIn, Person).join(Person, col(Person.id) == SignIn.person_id)
_BY_TOKEN = _SIGNED_IN.where(SignIn.token_sha256 == bindparam("token"))
_BY_SIGN_IN = _SIGNED_IN.where(SignIn.id == bindparam("number"))


def who_by_token(token: str, *, now: datetime) -> Who | None:
    """The person of a cookie, or None where the session ended, timed out or was revoked."""
    with reading() as session:
        found = session.exec(_BY_TOKEN, params={"token": digest_of(token)}).one_or_none()
    return _living(found, now)


def who_by_sign_in(sign_in_id: int, *, now: datetime) -> Who | None:
    """The person of a session that the guard already recognised; asked at each rerun, because
    cookie and user are frozen at the handshake of the websocket."""
    with reading() as session:
        found = session.exec(_BY_SIGN_IN, params={"number": sign_in_id}).one_or_none()
    return _living(found, now)


def who_is(session: Session, person_id: int) -> Who:
    """The person of an account, for what is done in their name later on, by nobody's session."""
    return _who(session.get_one(Person, person_id), None)


def sign_out(sign_in_id: int, *, now: datetime) -> None:
    """Ends one session; ending it twice is harmless."""
    with writing() as session:
        session.exec(
            update(SignIn)
            .where(col(SignIn.id) == sign_in_id, col(SignIn.ended_at).is_(None))
            .values(ended_at=now)
        )


def end_all(session: Session, person_id: int, now: datetime, but: int | None = None) -> None:
    """Ends all sessions of a person, `but` the one of this number; inside the caller's transaction."""
    query = update(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.ended_at).is_(None))
    if but is not None:
        query = query.where(col(SignIn.id) != but)
    session.exec(query.values(ended_at=now))


def change_password(who: Who, old: str, new: str, *, now: datetime) -> None:
    """Changes one's own password and ends one's other sessions."""
    with reading() as session:
        person = session.get_one(Person, who.id)
    if not matches(person.password_hash, old[:PASSWORD_MAX]):
        raise WRONG_SIGN_IN()
    check_password(new, person.name)
    if new == old:
        raise WEAK_PASSWORD(why="新密码与旧密码相同")
    password_hash = hashed(new)
    with writing() as session:
        person = session.get_one(Person, who.id)
        person.password_hash = password_hash
        person.must_change_password = False
        end_all(session, who.id, now, but=who.sign_in_id)
        events.note(session, "person", who.id, "修改密码", at=now, person_id=who.id)
