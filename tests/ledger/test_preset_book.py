"""What each category presets, edited by the office, in versions; on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from field_app import db
from field_app.ledger import evidence, preset_book, presets
from field_app.ledger.preset_book import Preset
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Entry, Event
from models.vocabulary import Role
from tests import rows


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


def test_townships_are_offered_before_bureaus_in_the_order_of_their_codes(office: Who) -> None:
    with db.reading() as session:
        codes = [unit.township_code for unit in presets.unit_choices(session)]
    townships = [code for code in codes if code]
    assert codes == [*sorted(townships), *[None] * (len(codes) - len(townships))]
    assert len(townships) >= 2


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as told:
        call()
    return told.value.id


def proposed(category: int) -> Any:
    def of(session: Session) -> Any:
        return presets.propose(
            session, category=category, township_code=rows.LIUSHAN, found_on=date(2026, 4, 15)
        )

    with db.reading() as session:
        return of(session)


def test_the_products_own_file_holds_until_the_office_says_otherwise(office: Who) -> None:
    number, current = preset_book.current(office)
    assert number == 0
    assert current == preset_book.shipped()
    assert current[6].units == ("财政局", "各乡镇人民政府")
    assert [p.after_photos for p in current.values()] == [2, 2, 2, 0, 0, 0]
    assert preset_book.versions(office) == []


def test_a_change_holds_for_new_entries_and_is_kept_as_a_version(
    office: Who, noon: datetime
) -> None:
    _, current = preset_book.current(office)
    wish = replace(
        current[2],
        units=("林业局", "各乡镇人民政府"),
        measure=" 限期复耕。 ",
        days=45,
        after_photos=3,
    )
    assert preset_book.change(0, {2: wish}, why="县里开会定的", who=office, now=noon) == 1
    found = proposed(2)
    assert [u.name for u in found.units] == ["留山镇人民政府", "林业局"]
    assert (found.measure, found.due_on) == ("限期复耕。", date(2026, 6, 22))
    assert proposed(3).due_on == date(2026, 5, 29)
    entry = rows.an_entry(category=2)
    with db.reading() as session:
        assert evidence.required_photos(session, session.get_one(Entry, entry)) == 3
    (version,) = preset_book.versions(office)
    assert (version.number, version.by, version.why) == (1, "钱主任", "县里开会定的")
    assert version.changed == (2,)
    with db.reading() as session:
        event = session.exec(select(Event).where(Event.about == "presets")).one()
    assert event.old["2"]["days"] == 30
    assert event.new["2"]["days"] == 45


def test_back_to_the_products_own_is_a_version_as_well(office: Who, noon: datetime) -> None:
    own = preset_book.shipped()[4]
    preset_book.change(0, {4: replace(own, days=10)}, why="x", who=office, now=noon)
    preset_book.change(1, {4: own}, why="还是三十天", who=office, now=noon)
    assert preset_book.current(office)[1] == preset_book.shipped()
    assert [v.changed for v in preset_book.versions(office)] == [(4,), (4,)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 0},
        {"days": 3651},
        {"after_photos": -1},
        {"after_photos": 21},
        {"measure": "长" * 4001},
        {"units": ("",)},
        {"units": ("单" * 61,)},
        {"category": 3},
        {},  # nothing changes
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any], office: Who, noon: datetime) -> None:
    wish = replace(preset_book.shipped()[2], **wrong)
    assert (
        refusal(lambda: preset_book.change(0, {2: wish}, why="x", who=office, now=noon))
        == "bad-input"
    )
    assert preset_book.current(office)[0] == 0


def test_without_a_reason_or_over_somebody_elses_change_nothing_is_put_in_force(
    office: Who, noon: datetime
) -> None:
    wish = {2: replace(preset_book.shipped()[2], days=10)}
    assert (
        refusal(lambda: preset_book.change(0, wish, why=" ", who=office, now=noon))
        == "reason-needed"
    )
    preset_book.change(0, wish, why="x", who=office, now=noon)
    other: dict[int, Preset] = {3: replace(preset_book.shipped()[3], days=10)}
    assert (
        refusal(lambda: preset_book.change(0, other, why="x", who=office, now=noon))
        == "changed-meanwhile"
    )


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SUPERVISOR, Role.UNIT])
def test_only_office_and_administrator_edit_presets(
    role: Role, office: Who, noon: datetime
) -> None:
    who = rows.a_person(role)
    wish = {2: replace(preset_book.shipped()[2], days=10)}
    assert refusal(lambda: preset_book.change(0, wish, why="x", who=who, now=noon)) == "not-allowed"
    assert refusal(lambda: preset_book.current(who)) == "not-allowed"
    assert refusal(lambda: preset_book.versions(who)) == "not-allowed"
