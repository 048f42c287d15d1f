"""The teams and responsible units: those that the county's plan names are put in place at first
start, others are added by the administrator."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from field_app import events
from field_app.db import reading, writing
from field_app.problems import BAD_INPUT
from field_app.roles import Action, Who, require
from field_app.settings import settings
from field_app.words import clean
from models import taxonomy
from models.tables import Team, Unit

TEAM_MAX = 40
UNIT_MAX = 60


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A responsible unit as the list shows it; `team` is empty where none covers it."""

    name: str
    kind: str  # 乡镇 or 部门
    township: str
    team: str


def ensure_units() -> None:
    """Adds the teams and units of the county's file that are not there yet; changes none."""
    rows = taxonomy.units(settings().county_code)
    with writing() as session:
        teams = {t.name: t.id for t in session.exec(select(Team))}
        for name in sorted({r.team for r in rows if r.team} - teams.keys()):
            team = Team(name=name)
            session.add(team)
            session.flush()
            teams[name] = team.id
        known = set(session.exec(select(Unit.name)))
        session.add_all(
            Unit(
                name=r.name,
                kind=r.kind,
                township_code=r.township_code or None,
                team_id=teams.get(r.team),
            )
            for r in rows
            if r.name not in known
        )


def names() -> dict[int, str]:
    """The responsible units by id, townships first in the order of their codes."""
    with reading() as session:
        query = select(Unit).order_by(
            col(Unit.township_code).is_(None), col(Unit.township_code), col(Unit.id)
        )
        return {u.id: u.name for u in session.exec(query) if u.id}


def teams() -> dict[int, str]:
    """The teams by id, by name in order."""
    with reading() as session:
        return {t.id: t.name for t in session.exec(select(Team).order_by(Team.name)) if t.id}


def listing() -> list[UnitRow]:
    """The responsible units, in the order in which they were added."""
    with reading() as session:
        query = (
            select(Unit, Team.name)
            .outerjoin(Team, col(Team.id) == Unit.team_id)
            .order_by(col(Unit.id))
        )
        return [
            UnitRow(
                unit.name,
                unit.kind,
                taxonomy.township_name(unit.township_code) if unit.township_code else "",
                team or "",
            )
            for unit, team in session.exec(query)
        ]


def add_team(name: str, who: Who, now: datetime) -> int:
    """Adds a team and returns its id; refused where the name is taken, empty or too long."""
    require(who, Action.MANAGE_PEOPLE)
    name = _named(name, TEAM_MAX, "工作组")
    with writing() as session:
        if session.exec(select(Team.id).where(Team.name == name)).first() is not None:
            raise BAD_INPUT(what=f"工作组“{name}”已存在，请换一个名称。")
        team = Team(name=name)
        session.add(team)
        session.flush()
        assert team.id is not None
        events.note(
            session, "team", team.id, "新建工作组", at=now, person_id=who.id, new={"name": name}
        )
        return team.id


def add_unit(
    name: str, who: Who, now: datetime, *, township_code: str = "", team_id: int | None = None
) -> int:
    """Adds a responsible unit and returns its id: with a `township_code` a township, otherwise a
    bureau. `team_id` is the team that covers it, if any."""
    require(who, Action.MANAGE_PEOPLE)
    name = _named(name, UNIT_MAX, "责任单位")
    if township_code and township_code not in taxonomy.townships():
        raise BAD_INPUT(what=f"没有代码为“{township_code}”的乡镇，请重新选择。")
    with writing() as session:
        if session.exec(select(Unit.id).where(Unit.name == name)).first() is not None:
            raise BAD_INPUT(what=f"责任单位“{name}”已存在，请换一个名称。")
        if team_id is not None and session.get(Team, team_id) is None:
            raise BAD_INPUT(what="所选的工作组已不存在，请重新选择。")
        unit = Unit(
            name=name,
            kind="乡镇" if township_code else "部门",
            township_code=township_code or None,
            team_id=team_id,
        )
        session.add(unit)
        session.flush()
        assert unit.id is not None
        new = {"name": name, "township_code": township_code, "team_id": team_id}
        events.note(session, "unit", unit.id, "新建责任单位", at=now, person_id=who.id, new=new)
        return unit.id


def _named(name: str, most: int, what: str) -> str:
    name = clean(name).strip()
    if not 1 <= len(name) <= most:
        raise BAD_INPUT(what=f"{what}的名称须为 1 到 {most} 个字。")
    return name
