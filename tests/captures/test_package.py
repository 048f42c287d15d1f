"""The tag of an offline package: whatever changes in the package changes it, and a phone that has the
package is told so before it is made."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from field_app import inspections
from field_app.captures import package, package_tasks
from field_app.db import writing
from models import geo
from models.tables import Inspection, Parcel, ParcelShape, Photo, Project, Task
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.captures.conftest import Out

Change = Callable[[Out], object]


def made(out: Out, *has: str) -> package.Package:
    return package.make(out.who, now=out.now, has=has)


def content(out: Out) -> object:
    body = json.loads(made(out).body or b"{}")
    del body["made_at"]
    return body


def change(table: type, **columns: object) -> Change:
    """The first row of a table says something else."""

    def do(out: Out) -> None:
        with writing() as session:
            row = session.exec(package.select(table).order_by(table.id)).first()  # type: ignore[attr-defined]
            for name, value in columns.items():
                setattr(row, name, value)

    return do


def another_shape(out: Out) -> None:
    """A neighbour is drawn otherwise; a visit keeps the shape that it was begun with."""
    with writing() as session:
        parcel = session.exec(package.select(Parcel).order_by(Parcel.id.desc())).first()  # type: ignore[arg-type]
        assert parcel is not None
        session.add(ParcelShape(parcel_id=parcel.id, shape_no=parcel.shape_no, boundary=parcel.boundary,
                                area_m2=parcel.area_m2, until=out.now))  # fmt: skip
        parcel.boundary = rows.a_square(geo.moved(rows.HERE, east_m=73.0))
        parcel.shape_no += 1


def earlier_visit(out: Out) -> None:
    mate = rows.a_person(Role.INSPECTOR, "同组", team="二组")
    with writing() as session:
        parcel = session.get_one(Task, out.task).parcel_id
    task = rows.a_task(parcel, purpose=rows.Purpose.UPKEEP, person=mate)
    rows.a_photo_row(rows.an_inspection(mate, task, state=InspectionState.CONFIRMED))


CHANGES: dict[str, Change] = {
    "a task more": lambda out: rows.a_task(rows.a_parcel_row(number="N9")),
    "a later deadline": change(Task, closes_at=rows.clock.now() + timedelta(days=99)),
    "a neighbour": lambda out: rows.a_parcel_row(
        geo.moved(rows.HERE, east_m=-70.0), number="BESIDE"
    ),
    "another shape of a neighbour": another_shape,
    "another village": change(Parcel, village="东坡"),
    "another name": change(Parcel, name="大田"),
    "a flag": change(Parcel, flags=[{"label": "坡度", "text": "25° 以上"}]),
    "the name of the project": change(Project, name="改了名"),
    "an answer": lambda out: inspections.save(
        out.view(1).id, {"land_class": "0301"}, out.who, seen={}, now=out.now
    ),
    "sent back": change(Inspection, returned_why="看不清", state=InspectionState.RETURNED),
    "a photo": lambda out: rows.a_photo_row(1),
    "a photo to be shot again": change(Photo, reshoot_why="太暗"),
    "somebody's earlier visit": earlier_visit,
    "one's own last visit": lambda out: rows.an_inspection(
        out.who, rows.a_task(rows.a_parcel_row(number="LAST"), team="一组")
    ),
}


@pytest.fixture
def begun(out: Out) -> Out:
    """With a draft that has a photo, on a parcel of a project that has a neighbour."""
    rows.a_parcel_row(geo.moved(rows.HERE, east_m=70.0), number="NEAR")
    project = rows.a_project()
    with writing() as session:
        session.get_one(Parcel, session.get_one(Task, out.task).parcel_id).project_id = project
    visit = inspections.open_visit(out.task, out.who, now=out.now)
    rows.a_photo_row(visit)
    assert visit == 1
    return out


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_the_package_changes_its_tag(what: str, begun: Out) -> None:
    before, tag = content(begun), made(begun).etag
    assert made(begun).etag == tag
    CHANGES[what](begun)
    assert content(begun) != before
    assert made(begun).etag != tag


def test_the_next_day_is_another_tag(begun: Out) -> None:
    tag = made(begun).etag
    assert package.make(begun.who, now=begun.now + timedelta(days=1)).etag != tag


def test_another_person_s_tag_is_nobody_s(begun: Out) -> None:
    mate = rows.a_person(Role.INSPECTOR, "同组", team="二组")
    assert package.make(mate, now=begun.now).etag != made(begun).etag


def test_a_phone_that_has_it_is_told_so_before_it_is_made(
    begun: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = made(begun)
    monkeypatch.setattr(package_tasks.Gathering, "task", None)
    again = made(begun, '"another"', whole.etag)
    assert (again.body, again.etag, again.task_ids) == (None, whole.etag, whole.task_ids)
