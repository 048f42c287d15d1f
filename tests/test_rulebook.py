"""The rules in force: declared, over that the server's settings, over that the county's."""

import threading
import time
from datetime import datetime

import pytest

from field_app import rulebook
from field_app.db import reading, writing
from field_app.problems import Problem
from field_app.roles import CONSOLE
from photos.checks import declared_thresholds
from tests.databases import environment
from tests.inspections.conftest import Visit, visit

__all__ = ["visit"]


def test_the_county_speaks_over_the_settings_and_these_over_the_checks(
    database: str, noon: datetime
) -> None:
    with (
        environment(THRESHOLDS__ON_PARCEL__TOLERANCE_M="60", THRESHOLDS__ON_PARCEL__FAIL_M="300"),
        writing() as session,
    ):
        number = rulebook.add_version(
            session, {"on_parcel": {"tolerance_m": 30.0}}, person_id=None, why="收紧", now=noon
        )
        rules = rulebook.in_force(session)
        assert rules.version == number
        assert rules.thresholds == {"on_parcel": {"tolerance_m": 30.0, "fail_m": 300.0}}


def test_only_what_differs_is_kept() -> None:
    given = {"on_parcel": {"tolerance_m": 50.0, "fail_m": 150.0}, "zone": {"tolerance_hours": 2.5}}
    assert rulebook.layer_of(given) == {"on_parcel": {"fail_m": 150.0}}


@pytest.mark.parametrize(
    ("check", "name", "value", "says"),
    [
        ("on_parcel", "tolerance_m", -1.0, "不能是 -1"),
        ("on_parcel", "tolerance_m", float("nan"), "不能是 nan"),
        ("on_parcel", "tolerance_m", float("inf"), "不能是 inf"),
        ("on_parcel", "tolerance_m", 2e6, "0 到 1000000"),
        ("looks_at_parcel", "tolerance_deg", 400.0, "0 到 360"),
        ("on_parcel", "tolerance_miles", 5.0, "没有“on_parcel.tolerance_miles”"),
        ("no_such_check", "tolerance_m", 5.0, "没有“no_such_check.tolerance_m”"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_in_words(
    check: str, name: str, value: float, says: str
) -> None:
    with pytest.raises(Problem) as told:
        rulebook.layer_of({check: {name: value}})
    assert told.value.id == "bad-input"
    assert says in told.value.message


def test_below_zero_is_fine_where_the_check_means_it() -> None:
    layer = {"held_level": {"lowest_deg": -20.0}}
    assert rulebook.layer_of(layer) == layer


def test_a_threshold_that_a_newer_program_has_no_more_is_left_out(
    database: str, noon: datetime
) -> None:
    layer = {"of_old": {"limit_m": 1.0}, "on_parcel": {"of_old_m": 1.0, "tolerance_m": 30.0}}
    with writing() as session:
        rulebook.add_version(session, layer, person_id=None, why="旧", now=noon)
        assert rulebook.in_force(session).thresholds == {"on_parcel": {"tolerance_m": 30.0}}


def test_other_settings_at_a_start_are_a_version_of_their_own_once(
    database: str, noon: datetime
) -> None:
    rulebook.note_settings(noon)
    assert rulebook.versions(CONSOLE) == []
    with environment(THRESHOLDS__ON_PARCEL__TOLERANCE_M="60"):
        rulebook.note_settings(noon)
        rulebook.note_settings(noon)
        (only,) = rulebook.versions(CONSOLE)
        assert (only.why, only.by) == ("服务器设置里的阈值有变化", "")
        assert [(c.limit.name, c.old, c.new) for c in only.changes] == [("tolerance_m", 50.0, 60.0)]
    rulebook.note_settings(noon)
    assert [v.number for v in rulebook.versions(CONSOLE)] == [2, 1]


def test_a_photo_that_arrives_while_rules_change_waits_and_is_judged_by_the_new_ones(
    visit: Visit, noon: datetime
) -> None:
    said: list[str] = []
    arriving = threading.Thread(target=lambda: said.append(visit.shoot(1, away_m=40).verdict))
    with writing() as session:
        rulebook.lock(session)
        arriving.start()
        time.sleep(0.6)
        assert arriving.is_alive()
        layer = {"on_parcel": {"tolerance_m": 10.0, "fail_m": 15.0}}
        rulebook.add_version(session, layer, person_id=None, why="收紧", now=noon)
    arriving.join(20)
    assert said == ["不符"]


def test_every_threshold_has_its_meaning_and_its_unit_in_chinese(database: str) -> None:
    shown = rulebook.limits(CONSOLE)
    count = sum(len(names) for names in declared_thresholds().values())
    assert len(shown) == count
    for limit in shown:
        where = f"{limit.check},{limit.name} in field_app/rule_words.csv"
        assert not limit.label.startswith("限值 "), f"say what it means: {where}"
        assert limit.unit, f"no unit: {where}"
    with reading() as session:
        assert rulebook.in_force(session).thresholds == {}
