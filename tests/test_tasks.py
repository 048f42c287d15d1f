"""Tasks: who may do which, which are near, and that planning twice makes one."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import shapely
from sqlmodel import select

from field_app import db, inspections, tasks
from field_app.parcels.nearest import Ranking
from field_app.problems import Problem
from field_app.roles import Who
from field_app.tasks import Wanted
from models import geo
from models.geo import Position, moved
from models.tables import Event, Parcel, Task
from models.vocabulary import InspectionState, Purpose, Role
from tests import rows


@pytest.fixture
def heying(database: str) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


def tasks_around(count: int, within_m: float = 1500.0) -> None:
    """Tasks of parcels of all sizes and shapes, some of them twice, strewn around HERE."""
    chance = random.Random(11)
    for n in range(count):
        at = moved(
            rows.HERE,
            east_m=chance.uniform(-within_m, within_m),
            north_m=chance.uniform(-within_m, within_m),
        )
        square = rows.a_square(at, side_m=chance.choice([20.0, 60.0, 400.0]))
        # A thin diagonal strip is far from most of its box.
        strip = geo.LocalPlane(at).to_degrees(
            shapely.Polygon([(-150, -150), (150, 145), (150, 150), (-145, -150)])
        )
        parcel = rows.a_parcel_row(boundary=strip if n % 3 == 0 else square)
        rows.a_task(parcel)
        if n % 7 == 0:
            rows.a_task(parcel, purpose=Purpose.UPKEEP)


def plainly(at: Position, radius_m: float) -> list[tuple[float, int]]:
    """Distance and task of all that is within the radius, every outline measured."""
    with db.reading() as session:
        query = select(Task.id, Parcel.boundary).join(Parcel, Parcel.id == Task.parcel_id)  # type: ignore[arg-type]
        found = [(geo.distance_to_m(b, at), i) for i, b in session.exec(query) if i is not None]
    return sorted(each for each in found if each[0] <= radius_m)


def test_the_nearest_tasks_are_exactly_those_that_measuring_everything_gives(
    heying: Who,
) -> None:
    tasks_around(90)
    for east, radius in ((0, 700.0), (-900, 400.0), (300, 5000.0), (4000, 800.0)):
        at = moved(rows.HERE, east_m=east, north_m=east / 5)
        true = plainly(at, radius)
        for limit, offset in ((10, 0), (10, 10), (200, 0), (10, 500)):
            wanted = Wanted(near=at, radius_m=radius, limit=limit, offset=offset)
            found, total = tasks.listing(heying, wanted)
            assert total == len(true)
            assert [(r.distance_m, r.id) for r in found] == true[offset : offset + limit]


def test_a_near_task_comes_with_its_bearing_and_its_newest_visit(heying: Who) -> None:
    inside = rows.a_task(rows.a_parcel_row())
    east = rows.a_task(rows.a_parcel_row(moved(rows.HERE, east_m=100.0)))
    rows.an_inspection(heying, east, state=InspectionState.REJECTED)
    newest = rows.an_inspection(heying, east, state=InspectionState.RETURNED)
    found, total = tasks.listing(heying, Wanted(near=rows.HERE, radius_m=500.0))
    assert total == 2
    assert [r.id for r in found] == [inside, east]
    assert (found[0].distance_m, found[0].bearing_deg) == (0.0, None)
    assert found[1].bearing_deg == pytest.approx(90.0, abs=1.0)
    assert (found[1].progress, found[1].inspection_id) == ("退回补拍", newest)


def test_what_is_near_obeys_team_township_and_words(heying: Who) -> None:
    rows.a_task(rows.a_parcel_row(number="OTHER"), team="一组")
    rows.a_task(rows.a_parcel_row(number="FAR", township_code=rows.HUANGHOU))
    mine = rows.a_task(rows.a_parcel_row(number="MINE"))
    near = {"near": rows.HERE, "radius_m": 500.0}
    township = Wanted(township_code=rows.LIUSHAN, **near)  # type: ignore[arg-type]
    assert [r.id for r in tasks.listing(heying, township)[0]] == [mine]
    named = Wanted(words="mine", **near)  # type: ignore[arg-type]
    assert [r.id for r in tasks.listing(heying, named)[0]] == [mine]
    assert tasks.listing(heying, Wanted(**near))[1] == 2  # type: ignore[arg-type]


def test_only_few_outlines_are_read_for_a_page() -> None:
    here = rows.HERE
    shapes = {
        n: rows.a_square(moved(here, east_m=80.0 * (n % 40), north_m=80.0 * (n // 40)))
        for n in range(1600)
    }
    read: list[int] = []

    def reading(parcels: object) -> dict[int, shapely.Polygon]:
        read.extend(parcels)  # type: ignore[arg-type]
        return {n: shapes[n] for n in parcels}  # type: ignore[attr-defined]

    boxes = {n: geo.box_of(shape) for n, shape in shapes.items()}
    _page, total = Ranking(boxes, here, reading).page([(n, n) for n in shapes], 5000.0, 20, 0)
    assert total == 1600
    assert len(read) <= 128


def test_a_task_that_names_a_person_is_that_persons_to_work(heying: Who) -> None:
    colleague = rows.a_person(Role.INSPECTOR, team="二组")
    stranger = rows.a_person(Role.INSPECTOR, team="一组")
    people = (heying, colleague, stranger, rows.a_person(Role.INSPECTOR))
    for team, person in (("二组", None), ("二组", heying), ("", stranger), ("一组", heying)):
        rows.a_task(team=team, person=person)
    with db.reading() as session:
        made = list(session.exec(select(Task).order_by(Task.id)))  # type: ignore[arg-type]
    assert [tasks.may_work(heying, t) for t in made] == [True, True, False, True]
    assert [tasks.may_work(colleague, t) for t in made] == [True, False, False, False]
    for who in people:
        listed = {r.id for r in tasks.listing(who, Wanted())[0]}
        assert listed == {t.id for t in made if tasks.may_work(who, t)}


@pytest.mark.parametrize("role", [r for r in Role if r != Role.INSPECTOR])
def test_no_task_is_worked_by_who_does_not_inspect(role: Role, database: str) -> None:
    who = rows.a_person(role, team="二组")
    rows.a_task(person=who)
    with db.reading() as session:
        assert not tasks.may_work(who, session.exec(select(Task)).one())


def plan(
    parcels: list[int], team: int, office: Who, now: datetime, purpose: Purpose = Purpose.FIRST
) -> int:
    return tasks.plan(
        parcels,
        team_id=team,
        purpose=purpose,
        opens_at=now,
        closes_at=now + timedelta(days=30),
        who=office,
        now=now,
    )


@pytest.mark.parametrize("purpose", [Purpose.SECOND_LOOK, Purpose.SPOT_CHECK, Purpose.PROOF])
def test_a_second_look_is_drawn_and_not_planned_by_hand(
    purpose: Purpose, database: str, noon: datetime
) -> None:
    """Planned by hand, it could be given to the team that found the parcel in order."""
    parcel, team = rows.a_parcel_row(), rows.a_team()
    with pytest.raises(Problem) as told:
        plan([parcel], team, rows.a_person(Role.OFFICE), noon, purpose)
    assert told.value.id == "bad-input"
    assert purpose not in tasks.PLANNED


def test_planning_at_once_from_three_places_makes_each_task_once(
    database: str, noon: datetime
) -> None:
    office, team = rows.a_person(Role.OFFICE), rows.a_team()
    parcels = [rows.a_parcel_row() for _ in range(30)]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: plan(parcels, team, office, noon), range(3)))
    assert sum(made) == 30
    with db.reading() as session:
        assert sorted(session.exec(select(Task.parcel_id))) == parcels
        told = session.exec(select(Event).where(Event.action == "安排任务")).all()
    assert sorted(e.new["tasks"] for e in told) == sorted(made)


def test_a_parcel_whose_task_is_done_or_has_another_purpose_is_planned_again(
    database: str, noon: datetime
) -> None:
    office, team = rows.a_person(Role.OFFICE), rows.a_team()
    parcels = [rows.a_parcel_row() for _ in range(3)]
    with db.writing() as session:
        session.get_one(Task, rows.a_task(parcels[0])).done_at = noon
    rows.a_task(parcels[1], purpose=Purpose.UPKEEP)
    rows.a_task(parcels[2])
    assert plan([*parcels, parcels[0]], team, office, noon) == 2


def test_a_colleagues_draft_does_not_hide_that_mine_was_sent_back(
    heying: Who, noon: datetime
) -> None:
    task = rows.a_task()
    mate = rows.a_person(Role.INSPECTOR, team="二组")
    rows.an_inspection(heying, task, state=InspectionState.RETURNED)
    rows.an_inspection(mate, task, state=InspectionState.DRAFT)
    near = Wanted(near=rows.HERE, radius_m=500.0)
    for wanted in (Wanted(), near):
        assert tasks.listing(heying, wanted)[0][0].progress == tasks.Progress.RETURNED
        assert tasks.listing(mate, wanted)[0][0].progress == tasks.Progress.DRAFT
    supervisor = rows.a_person(Role.SUPERVISOR)
    assert tasks.listing(supervisor, Wanted())[0][0].progress == tasks.Progress.DRAFT


def test_a_colleagues_submitted_visit_is_told_to_all_of_the_team(
    heying: Who, noon: datetime
) -> None:
    task = rows.a_task()
    mate = rows.a_person(Role.INSPECTOR, team="二组")
    rows.an_inspection(mate, task, state=InspectionState.SUBMITTED)
    assert tasks.listing(heying, Wanted())[0][0].progress == tasks.Progress.SUBMITTED


def test_a_task_that_names_a_colleague_is_not_opened_by_another(
    heying: Who, noon: datetime
) -> None:
    mate = rows.a_person(Role.INSPECTOR, team="二组")
    task = rows.a_task(person=mate)
    with pytest.raises(Problem) as told:
        inspections.open_visit(task, heying, now=noon)
    assert told.value.id == "not-yours"
    assert inspections.open_visit(task, mate, now=noon)
