"""The people of the demonstration county. All invented: no name here is a real person's."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from field_app import accounts
from field_app.accounts import NewPerson
from field_app.db import reading
from field_app.roles import Who
from models.tables import Person
from models.vocabulary import Role

PASSWORD = "yanshi2468"  # noqa: S105 — printed for everybody; no demonstration serves the open net


@dataclass(frozen=True, slots=True)
class Invented:
    """An account. Names are short, because they are typed on a phone."""

    name: str
    display: str
    role: Role
    team: str = ""
    unit: str = ""
    phone: str = "huawei"  # key of `shots.PHONES`


PEOPLE = (
    Invented("hecha1", "田小禾", Role.INSPECTOR, team="一组", phone="huawei"),
    Invented("hecha2", "谷满仓", Role.INSPECTOR, team="二组", phone="xiaomi"),
    Invented("hecha3", "麦青青", Role.INSPECTOR, team="一组", phone="iphone"),
    Invented("hecha4", "苗得雨", Role.INSPECTOR, team="二组", phone="vivo"),
    Invented("hecha5", "豆小秋", Role.INSPECTOR, team="一组", phone="oppo"),
    Invented("hecha6", "禾问渠", Role.INSPECTOR, team="二组", phone="honor"),
    Invented("dudao1", "严细看", Role.SUPERVISOR),
    Invented("dudao2", "明如镜", Role.SUPERVISOR),
    Invented("xianban1", "方周全", Role.OFFICE),
    Invented("xiangzhen1", "柳留山", Role.UNIT, unit="留山镇人民政府"),
    Invented("xiangzhen2", "石板坪", Role.UNIT, unit="板山坪镇人民政府"),
    Invented("bumen1", "林自然", Role.UNIT, unit="自然资源局"),
    Invented("admin1", "管有理", Role.ADMIN),
)


def phone_of(name: str) -> str:
    """The phone that a person carries, by account name."""
    return next(p.phone for p in PEOPLE if p.name == name)


def sign_ins() -> list[dict[str, str]]:
    """What the list of sign-ins shows."""
    return [
        {
            "name": p.name,
            "password": PASSWORD,
            "role": str(p.role),
            "display": p.display,
            "place": p.team or p.unit,
        }
        for p in PEOPLE
    ]


def add_people(*, now: datetime) -> dict[str, Who]:
    """Makes the accounts; returns them by account name."""
    for person in PEOPLE:
        new = NewPerson(
            person.name,
            person.display,
            person.role,
            PASSWORD,
            team=person.team,
            unit=person.unit,
            must_change_password=False,
        )
        accounts.add_person(new, by=None, now=now)
    with reading() as session:
        rows = session.exec(select(Person)).all()
    return {
        row.name: Who(row.id or 0, row.name, row.display, Role(row.role), row.team_id, row.unit_id)
        for row in rows
    }
