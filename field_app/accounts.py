"""Accounts: signing in and out, sessions, passwords, throttled tries."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func
from sqlmodel import Session, col, delete, select, update

from field_app import events
from field_app.db import reading, writing
from field_app.problems import (
    BAD_NAME,
    LINK_SPENT,
    NAME_TAKEN,
    NOT_FOUND,
    TOO_MANY_TRIES,
    WEAK_PASSWORD,
    WRONG_SIGN_IN,
)
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.tables import Person, SetupLink, SignIn, SignInTry, Team, Unit
from models.vocabulary import Role

PASSWORD_MIN, PASSWORD_MAX = 10, 128
_SETUP_HOURS = 24
_SEEN_EVERY = timedelta(minutes=5)  # writing at every request would wear out the database
_hasher = PasswordHasher()  # argon2id by the library's current advice (RFC 9106, low memory)
# Verified when the account does not exist, so that a stranger cannot tell by the time it takes.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def clean_name(name: str) -> str:
    """Account names compare after NFKC, without blanks around, in lower case."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def check_password(password: str, name: str) -> None:
    """NIST SP 800-63B: length counts, composition rules do not; the name itself is refused."""
    if len(password) < PASSWORD_MIN:
        raise WEAK_PASSWORD(why=f"至少 {PASSWORD_MIN} 个字符")
    if len(password) > PASSWORD_MAX:
        raise WEAK_PASSWORD(why=f"最多 {PASSWORD_MAX} 个字符")
    if clean_name(password) == clean_name(name) or len(set(password)) < 4:
        raise WEAK_PASSWORD(why="太容易猜到，请换一个")


def sign_in(name: str, password: str, *, address: str, browser: str, now: datetime) -> str:
    """Checks the password and starts a session; returns the cookie's token.

    Raises WRONG_SIGN_IN (the same for a wrong name and a wrong password) or TOO_MANY_TRIES.
    """
    name = clean_name(name)[:40]
    with reading() as session:
        _throttle(session, name, address, now)
        person = session.exec(select(Person).where(Person.name == name)).one_or_none()
    ok = _matches(person.password_hash if person else _NOBODY, password[:PASSWORD_MAX])
    if not ok or person is None or person.id is None or not person.active:
        with writing() as session:
            session.add(SignInTry(name=name, address=address, at=now))
        raise WRONG_SIGN_IN()
    token = secrets.token_urlsafe(32)
    with writing() as session:
        session.exec(
            delete(SignInTry).where(col(SignInTry.name) == name, col(SignInTry.address) == address)
        )
        session.exec(delete(SignInTry).where(col(SignInTry.at) < now - timedelta(days=30)))
        if _hasher.check_needs_rehash(person.password_hash):
            person.password_hash = _hasher.hash(password)
            session.merge(person)
        session.add(
            SignIn(
                person_id=person.id,
                token_sha256=_digest(token),
                created_at=now,
                seen_at=now,
                browser=browser[:200],
            )
        )
    return token


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _throttle(session: Session, name: str, address: str, now: datetime) -> None:
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


def who_by_token(token: str, *, now: datetime) -> Who | None:
    """The person of a cookie, or None where the session ended, timed out or was revoked."""
    with reading() as session:
        query = (
            select(SignIn, Person)
            .join(Person, col(Person.id) == SignIn.person_id)
            .where(SignIn.token_sha256 == _digest(token))
        )
        found = session.exec(query).one_or_none()
    return _living(found, now)


def who_by_sign_in(sign_in_id: int, *, now: datetime) -> Who | None:
    """The person of a session that the guard already recognised; asked at each rerun, because
    cookie and user are frozen at the handshake of the websocket."""
    with reading() as session:
        query = (
            select(SignIn, Person)
            .join(Person, col(Person.id) == SignIn.person_id)
            .where(SignIn.id == sign_in_id)
        )
        found = session.exec(query).one_or_none()
    return _living(found, now)


def sign_out(sign_in_id: int, *, now: datetime) -> None:
    """Ends one session; ending it twice is harmless."""
    with writing() as session:
        session.exec(
            update(SignIn)
            .where(col(SignIn.id) == sign_in_id, col(SignIn.ended_at).is_(None))
            .values(ended_at=now)
        )


def _end_all(session: Session, person_id: int, now: datetime, but: int | None = None) -> None:
    query = update(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.ended_at).is_(None))
    if but is not None:
        query = query.where(col(SignIn.id) != but)
    session.exec(query.values(ended_at=now))


def change_password(who: Who, old: str, new: str, *, now: datetime) -> None:
    """Changes one's own password and ends one's other sessions."""
    with reading() as session:
        person = session.get_one(Person, who.id)
    if not _matches(person.password_hash, old[:PASSWORD_MAX]):
        raise WRONG_SIGN_IN()
    check_password(new, person.name)
    if new == old:
        raise WEAK_PASSWORD(why="新密码与旧密码相同")
    with writing() as session:
        person = session.get_one(Person, who.id)
        person.password_hash = _hasher.hash(new)
        person.must_change_password = False
        _end_all(session, who.id, now, but=who.sign_in_id)
        events.note(session, "person", who.id, "修改密码", at=now, person_id=who.id)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What an account needs. `unit` and `team` are names; both may be empty."""

    name: str
    display: str
    role: Role
    password: str
    team: str = ""
    unit: str = ""
    must_change_password: bool = True


def add_person(new: NewPerson, *, by: Who | None, now: datetime) -> int:
    """Makes an account. `by` is None only for the command line and the setup link."""
    if by is not None:
        require(by, Action.MANAGE_PEOPLE)
    name = clean_name(new.name)
    if not 2 <= len(name) <= 40 or any(c.isspace() or not c.isprintable() for c in name):
        raise BAD_NAME(name=new.name, why="须为 2 到 40 个字，不含空格")
    check_password(new.password, name)
    if new.role == Role.UNIT and not new.unit:
        raise BAD_NAME(name=new.name, why="责任单位账号必须选择单位")
    with writing() as session:
        if session.exec(select(Person).where(Person.name == name)).first():
            raise NAME_TAKEN(name=name)
        person = Person(
            name=name,
            display=new.display.strip() or name,
            role=new.role,
            team_id=_id_of(session, Team, new.team, "工作组"),
            unit_id=_id_of(session, Unit, new.unit, "责任单位"),
            password_hash=_hasher.hash(new.password),
            must_change_password=new.must_change_password,
            created_at=now,
        )
        session.add(person)
        session.flush()
        assert person.id is not None
        events.note(
            session,
            "person",
            person.id,
            "新建账号",
            at=now,
            person_id=by.id if by else None,
            new={"name": name, "role": str(new.role)},
        )
        return person.id


def _id_of(session: Session, table: type[Team] | type[Unit], name: str, what: str) -> int | None:
    if not name:
        return None
    found = session.exec(select(table.id).where(table.name == name)).one_or_none()
    if found is None:
        raise NOT_FOUND(what=f"{what}“{name}”")
    return found


def reset_password(person_id: int, password: str, *, by: Who, now: datetime) -> None:
    """An administrator sets a first password again; the person must change it."""
    require(by, Action.MANAGE_PEOPLE)
    with writing() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NOT_FOUND(what="账号")
        check_password(password, person.name)
        person.password_hash = _hasher.hash(password)
        person.must_change_password = True
        _end_all(session, person_id, now)
        events.note(session, "person", person_id, "重置密码", at=now, person_id=by.id)


def set_active(person_id: int, active: bool, *, by: Who, now: datetime) -> None:
    """Closes or reopens an account; closing ends its sessions at once."""
    require(by, Action.MANAGE_PEOPLE)
    if person_id == by.id and not active:
        raise BAD_NAME(name=by.name, why="不能停用自己的账号")
    with writing() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NOT_FOUND(what="账号")
        old, person.active = person.active, active
        if not active:
            _end_all(session, person_id, now)
        events.note(
            session,
            "person",
            person_id,
            "启用账号" if active else "停用账号",
            at=now,
            person_id=by.id,
            old={"active": old},
            new={"active": active},
        )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account as the list shows it."""

    id: int
    name: str
    display: str
    role: str
    team: str
    unit: str
    active: bool


def people(by: Who) -> list[PersonRow]:
    """All accounts, for the administrator."""
    require(by, Action.MANAGE_PEOPLE)
    with reading() as session:
        query = (
            select(Person, Team.name, Unit.name)
            .outerjoin(Team, col(Team.id) == Person.team_id)
            .outerjoin(Unit, col(Unit.id) == Person.unit_id)
            .order_by(col(Person.role), col(Person.name))
        )
        return [
            PersonRow(p.id or 0, p.name, p.display, p.role, team or "", unit or "", p.active)
            for p, team, unit in session.exec(query)
        ]


def anybody() -> bool:
    """Whether there is any account yet."""
    with reading() as session:
        return session.exec(select(Person.id).limit(1)).first() is not None


def make_setup_link(*, now: datetime) -> str:
    """A fresh one-time token for the first administrator; earlier ones end."""
    token = secrets.token_urlsafe(24)
    with writing() as session:
        session.exec(delete(SetupLink))
        session.add(
            SetupLink(token_sha256=_digest(token), expires_at=now + timedelta(hours=_SETUP_HOURS))
        )
    return token


def setup_link_lives(token: str, *, now: datetime) -> bool:
    with reading() as session:
        link = session.get(SetupLink, _digest(token))
    return link is not None and link.used_at is None and link.expires_at > now and not anybody()


def use_setup_link(token: str, new: NewPerson, *, now: datetime) -> int:
    """Makes the first administrator; the link works once, and only while there is nobody."""
    if not setup_link_lives(token, now=now):
        raise LINK_SPENT()
    made = add_person(new, by=None, now=now)
    with writing() as session:
        session.get_one(SetupLink, _digest(token)).used_at = now
    return made


def team_names() -> list[str]:
    """The teams by name, for a choice."""
    with reading() as session:
        return list(session.exec(select(Team.name).order_by(Team.name)))


def unit_names() -> list[str]:
    """The responsible units by name, for a choice."""
    with reading() as session:
        return list(session.exec(select(Unit.name).order_by(col(Unit.id))))
