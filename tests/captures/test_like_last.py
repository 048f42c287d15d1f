"""和上次一样, without signal: what the package offers, and what becomes of what was filled by it."""

import json
from datetime import timedelta
from typing import Any

from field_app import inspections
from field_app.captures import package
from field_app.db import writing
from models.tables import Inspection
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.captures.conftest import Out

FARMED = {"land_class": "0103", "planting": "LS", "as_registered": "是", "has_problem": "否"}


def before(out: Out, number: str, hours: int = 1, **answers: Any) -> int:
    """An earlier visit of 何映, handed over some hours ago."""
    task = rows.a_task(rows.a_parcel_row(number=number), team="一组")
    return rows.an_inspection(
        out.who, task, answers=FARMED | answers, submitted_at=out.now - timedelta(hours=hours)
    )


def offered(out: Out) -> tuple[dict[str, Any], str]:
    made = json.loads(package.make(out.who, now=out.now).body or b"")
    (task,) = [t for t in made["tasks"] if t["id"] == out.task]
    return task["begin"], task["begin_from"]


def filled(out: Out, **marks: dict[str, Any]) -> dict[str, Any]:
    answers = {"land_class": "0103", "planting": "LS"}
    return out.handed_in(answers=answers, marks=marks, submit=False)


LAST = {"by": "上次", "words": "N7", "confirmed": False}


def test_the_package_offers_what_one_s_last_visit_said(out: Out) -> None:
    assert offered(out) == ({}, "")
    before(out, "N6", hours=2, planting="WG")
    before(out, "N7")
    mate = rows.a_person(Role.INSPECTOR, "同组", team="二组")
    rows.an_inspection(mate, answers=FARMED | {"planting": "WG"}, submitted_at=out.now)
    assert offered(out) == ({"land_class": "0103", "planting": "LS"}, "N7")


def test_the_package_offers_the_same_as_the_form_with_signal(out: Out) -> None:
    before(out, "N6", hours=2, planting="WG")
    before(out, "N7")
    visit = inspections.open_visit(out.task, out.who, now=out.now)
    view = out.view(visit)
    assert offered(out) == (view.suggested, view.suggested_from)
    with writing() as session:  # sent back: it does not speak of itself
        mine = session.get_one(Inspection, visit)
        mine.submitted_at, mine.state = out.now, InspectionState.RETURNED
    assert offered(out) == ({"land_class": "0103", "planting": "LS"}, "N7")
    with writing() as session:
        session.get_one(Inspection, visit).state = InspectionState.SUBMITTED
    assert offered(out) == ({}, "")


def test_what_was_filled_like_last_waits_for_the_inspector_s_word_as_online(out: Out) -> None:
    receipt = out.send(filled(out, land_class=LAST, planting=LAST | {"confirmed": True}))
    view = out.view(receipt.inspection or 0)
    assert view.marks == {"land_class": LAST, "planting": LAST | {"confirmed": True}}
    assert view.unconfirmed == ["land_class"]
    assert any("上次填入，还没有确认" in said for said in view.missing)


def test_a_later_hand_in_confirms_what_an_earlier_one_filled(out: Out) -> None:
    out.send(filled(out, land_class=LAST, planting=LAST))
    marks = {"land_class": LAST | {"confirmed": True}, "planting": LAST}
    answers = {"land_class": "0103", "planting": "LS"}
    again = out.handed_in(answers=answers, marks=marks, submit=False, at=out.now)
    receipt = out.send(again)
    assert out.view(receipt.inspection or 0).unconfirmed == ["planting"]


def test_a_mark_that_is_not_of_the_last_visit_is_nobody_s(out: Out) -> None:
    receipt = out.send(filled(out, land_class={"by": "对话", "words": "x"}, planting={"by": 7}))
    assert out.view(receipt.inspection or 0).marks == {}


def test_the_words_of_a_mark_are_kept_short_and_clean(out: Out) -> None:
    receipt = out.send(filled(out, land_class=LAST | {"words": "N\x00" * 400}))
    (mark,) = out.view(receipt.inspection or 0).marks.values()
    assert mark["words"] == "N" * 60
