"""Accounts: signing in and out, sessions, passwords, throttled tries."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, func, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from field_app import events
from field_app.db import is_sqlite, reading, writing
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
NAME_MAX, DISPLAY_MAX = 40, 40
_SETUP_HOURS = 24
_SEEN_EVERY = timedelta(minutes=5)  # writing at every request would wear out the database
_hasher = PasswordHasher()  # argon2id by the library's current advice (RFC 9106, low memory)
# Verified when the account does not exist, so that a stranger cannot tell by the time it takes.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
_HASHING = BoundedSemaphore(3)  # each hash takes 64 MiB, and strangers may ask for it
_TRIES_LOCK = 411_321_001  # PostgreSQL's advisory lock while the tries are counted


def _plain(given: str) -> str:
    """Without control characters: PostgreSQL refuses NUL, and no name contains the others."""
    return "".join(c for c in given if unicodedata.category(c) not in ("Cc", "Cs"))


def clean_name(name: str) -> str:
    """Account names compare after NFKC, without blanks around, in lower case."""
    return _plain(unicodedata.normalize("NFKC", name)).strip().lower()


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
    name, address = clean_name(name)[:NAME_MAX], _plain(address)[:60]
    with writing() as session:
        _throttle(session, name, address, now)
        # Noted before the password is looked at: tries at the same moment see each other.
        session.add(SignInTry(name=name, address=address, at=now))
        person = session.exec(select(Person).where(Person.name == name)).one_or_none()
    ok = _matches(person.password_hash if person else _NOBODY, password[:PASSWORD_MAX])
    if not ok or person is None or person.id is None or not person.active:
        raise WRONG_SIGN_IN()
    outdated = _hasher.check_needs_rehash(person.password_hash)
    fresh = _hashed(password) if outdated else person.password_hash
    token = secrets.token_urlsafe(32)
    with writing() as session:
        session.exec(
            delete(SignInTry).where(col(SignInTry.name) == name, col(SignInTry.address) == address)
        )
        session.exec(delete(SignInTry).where(col(SignInTry.at) < now - timedelta(days=30)))
        if outdated:
            person.password_hash = fresh
            session.merge(person)
        session.add(
            SignIn(
                person_id=person.id,
                token_sha256=_digest(token),
                created_at=now,
                seen_at=now,
                browser=_plain(browser)[:200],
            )
        )
    return token


def _matches(password_hash: str, password: str) -> bool:
    try:
        with _HASHING:
            return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _hashed(password: str) -> str:
    with _HASHING:
        return _hasher.hash(password)


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
        found = session.exec(_BY_TOKEN, params={"token": _digest(token)}).one_or_none()
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
    password_hash = _hashed(new)
    with writing() as session:
        person = session.get_one(Person, who.id)
        person.password_hash = password_hash
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
    password_hash = _accepted(new)
    with writing() as session:
        return _add(session, new, password_hash, by, now)


def _accepted(new: NewPerson) -> str:
    """The password's hash, where name and password will do. Before the transaction: it is slow."""
    name, typed = clean_name(new.name), new.name.strip()
    if not 2 <= len(name) <= NAME_MAX or any(c.isspace() or not c.isprintable() for c in typed):
        raise BAD_NAME(name=new.name, why=f"须为 2 到 {NAME_MAX} 个字，不含空格")
    if len(_plain(new.display).strip()) > DISPLAY_MAX:
        raise BAD_NAME(name=new.name, why=f"姓名最多 {DISPLAY_MAX} 个字")
    check_password(new.password, name)
    if new.role == Role.UNIT and not new.unit:
        raise BAD_NAME(name=new.name, why="责任单位账号必须选择单位")
    return _hashed(new.password)


def _add(
    session: Session, new: NewPerson, password_hash: str, by: Who | None, now: datetime
) -> int:
    name = clean_name(new.name)
    if session.exec(select(Person).where(Person.name == name)).first():
        raise NAME_TAKEN(name=name)
    person = Person(
        name=name,
        display=_plain(new.display).strip() or name,
        role=new.role,
        team_id=_id_of(session, Team, new.team, "工作组"),
        unit_id=_id_of(session, Unit, new.unit, "责任单位"),
        password_hash=password_hash,
        must_change_password=new.must_change_password,
        created_at=now,
    )
    session.add(person)
    try:
        session.flush()
    except IntegrityError as error:  # somebody made the same account at this very moment
        raise NAME_TAKEN(name=name) from error
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
    password_hash = _hashed(password[:PASSWORD_MAX])
    with writing() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NOT_FOUND(what="账号")
        check_password(password, person.name)
        person.password_hash = password_hash
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
    password_hash = _accepted(new)
    claim = (
        update(SetupLink)
        .where(
            col(SetupLink.token_sha256) == _digest(token),
            col(SetupLink.used_at).is_(None),
            col(SetupLink.expires_at) > now,
        )
        .values(used_at=now)
    )
    with writing() as session:
        # The claim comes first: of two who send it at once, the second waits here and finds none.
        claimed = session.exec(claim).rowcount
        if claimed != 1 or session.exec(select(Person.id).limit(1)).first() is not None:
            raise LINK_SPENT()
        return _add(session, new, password_hash, None, now)


def team_names() -> list[str]:
    """The teams by name, for a choice."""
    with reading() as session:
        return list(session.exec(select(Team.name).order_by(Team.name)))


def unit_names() -> list[str]:
    """The responsible units by name, for a choice."""
    with reading() as session:
        return list(session.exec(select(Unit.name).order_by(col(Unit.id))))
