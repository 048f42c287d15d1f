"""People, their teams and units, and how they are signed in."""

from datetime import datetime

from sqlmodel import Field

from models.base import Row, UtcDateTime


class Team(Row, table=True):
    """工作专班的一个组; a task belongs to one."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=40)


class Unit(Row, table=True):
    """责任单位: a township or a county bureau. `team` is the group that covers it, if any:
    a unit of no team shows as 未分片 and is never dropped."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=60)
    kind: str = Field(max_length=10)  # 乡镇 or 部门
    township_code: str | None = Field(default=None, index=True, max_length=9)
    team_id: int | None = Field(default=None, foreign_key="team.id")


class Person(Row, table=True):
    """An account. `name` is what is typed to sign in; `display` is shown and exported."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=40)
    display: str = Field(max_length=40)
    role: str = Field(max_length=10)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    password_hash: str
    active: bool = True
    must_change_password: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class SignIn(Row, table=True):
    """One signed-in browser. Only the hash of the cookie's token is kept."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    token_sha256: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    browser: str = Field(default="", max_length=200)


class SignInTry(Row, table=True):
    """A failed try, kept to slow down guessing."""

    __tablename__ = "sign_in_try"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, max_length=40)
    address: str = Field(index=True, max_length=60)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class SetupLink(Row, table=True):
    """The one-time link that makes the first administrator."""

    __tablename__ = "setup_link"

    token_sha256: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
