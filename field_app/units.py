"""The teams and responsible units that the county's plan names, put in place at first start."""

from sqlmodel import select

from field_app.db import writing
from field_app.settings import settings
from models import taxonomy
from models.tables import Team, Unit


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
