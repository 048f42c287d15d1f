"""The accounts themselves: made, closed, given a first password again, listed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from field_app import events
from field_app.accounts.credentials import (
    DISPLAY_MAX,
    NAME_MAX,
    PASSWORD_MAX,
    check_password,
    clean_name,
    hashed,
    plain,
)
from field_app.accounts.sessions import end_all
from field_app.db import reading, writing
from field_app.problems import BAD_NAME, NAME_TAKEN, NOT_FOUND
from field_app.roles import Action, Who, require
from models.tables import Person, Team, Unit
from models.vocabulary import Role


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
    password_hash = accepted(new)
    with writing() as session:
        return insert(session, new, password_hash, by, now)


def accepted(new: NewPerson) -> str:
    """The password's hash, where name and password will do. Before the transaction: it is slow."""
    name, typed = clean_name(new.name), new.name.strip()
    if not 2 <= len(name) <= NAME_MAX or any(c.isspace() or not c.isprintable() for c in typed):
        raise BAD_NAME(name=new.name, why=f"须为 2 到 {NAME_MAX} 个字，不含空格")
    if len(plain(new.display).strip()) > DISPLAY_MAX:
        raise BAD_NAME(name=new.name, why=f"姓名最多 {DISPLAY_MAX} 个字")
    check_password(new.password, name)
    if new.role == Role.UNIT and not new.unit:
        raise BAD_NAME(name=new.name, why="责任单位账号必须选择单位")
    return hashed(new.password)


def insert(
    session: Session, new: NewPerson, password_hash: str, by: Who | None, now: datetime
) -> int:
    """Writes an account inside the caller's transaction; NAME_TAKEN where there is one."""
    name = clean_name(new.name)
    if session.exec(select(Person).where(Person.name == name)).first():
        raise NAME_TAKEN(name=name)
    person = Person(
        name=name,
        display=plain(new.display).strip() or name,
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
    password_hash = hashed(password[:PASSWORD_MAX])
    with writing() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NOT_FOUND(what="账号")
        check_password(password, person.name)
        person.password_hash = password_hash
        person.must_change_password = True
        end_all(session, person_id, now)
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
            end_all(session, person_id, now)
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


def team_names() -> list[str]:
    """The teams by name, for a choice."""
    with reading() as session:
        return list(session.exec(select(Team.name).order_by(Team.name)))


def unit_names() -> list[str]:
    """The responsible units by name, for a choice."""
    with reading() as session:
        return list(session.exec(select(Unit.name).order_by(col(Unit.id))))
