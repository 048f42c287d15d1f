"""Teams and responsible units that the administrator adds."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import select

from field_app import units
from field_app.db import reading
from field_app.problems import Problem
from models.tables import Event
from models.vocabulary import Role
from tests import rows


def test_a_team_and_its_units_are_added_and_written_down(database: str, noon: datetime) -> None:
    admin = rows.a_person(Role.ADMIN)
    team = units.add_team(" 三组\x00 ", admin, noon)
    units.add_unit("留山镇人民政府", admin, noon, township_code=rows.LIUSHAN, team_id=team)
    units.add_unit("水利局", admin, noon)
    assert units.teams() == {team: "三组"}
    assert [(u.name, u.kind, u.township, u.team) for u in units.listing()] == [
        ("留山镇人民政府", "乡镇", "留山镇", "三组"),
        ("水利局", "部门", "", ""),
    ]
    with reading() as session:
        events = session.exec(select(Event).order_by(Event.id)).all()  # type: ignore[arg-type]
    assert [(e.about, e.action, e.person_id) for e in events] == [
        ("team", "新建工作组", admin.id),
        ("unit", "新建责任单位", admin.id),
        ("unit", "新建责任单位", admin.id),
    ]


@pytest.mark.parametrize("add", [units.add_team, units.add_unit])
@pytest.mark.parametrize("name", ["", "  \x00", "长" * 61, "三组"])
def test_a_name_that_is_taken_empty_or_too_long_is_refused(
    add: Callable[..., int], name: str, database: str, noon: datetime
) -> None:
    admin = rows.a_person(Role.ADMIN)
    add("三组", admin, noon)
    with pytest.raises(Problem) as told:
        add(name, admin, noon)
    assert told.value.id == "bad-input"


@pytest.mark.parametrize("wrong", [{"township_code": "999999999"}, {"team_id": 99}])
def test_a_unit_of_no_township_or_team_of_ours_is_refused(
    wrong: dict[str, str | int], database: str, noon: datetime
) -> None:
    with pytest.raises(Problem) as told:
        units.add_unit("水利局", rows.a_person(Role.ADMIN), noon, **wrong)  # type: ignore[arg-type]
    assert told.value.id == "bad-input"


@pytest.mark.parametrize("role", [r for r in Role if r != Role.ADMIN])
def test_only_the_administrator_adds_them(role: Role, database: str, noon: datetime) -> None:
    who = rows.a_person(role)
    for add in (units.add_team, units.add_unit):
        with pytest.raises(Problem) as told:
            add("三组", who, noon)
        assert told.value.id == "not-allowed"
