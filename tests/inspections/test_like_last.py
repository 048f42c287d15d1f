"""“和上次一样”: what the form begins with, offered and never put in unasked."""

from datetime import datetime, timedelta

import pytest

from field_app import inspections
from field_app.db import writing
from field_app.forms import office, shipped
from field_app.problems import Problem
from models.tables import Inspection
from models.vocabulary import FilledBy, InspectionState, Role
from tests import rows
from tests.forms.county import a_county_book
from tests.forms.sheets import Book
from tests.inspections.conftest import Visit

FARMED = {"land_class": "0103", "planting": "LS", "as_registered": "是", "has_problem": "否"}


def before(visit: Visit, answers: dict[str, object] = FARMED, **columns: object) -> str:
    """An earlier visit of the same inspector, handed over an hour ago; its parcel's number."""
    number = f"BEFORE{len(rows_of(visit))}"
    task = rows.a_task(rows.a_parcel_row(number=number))
    given = {"submitted_at": visit.now - timedelta(hours=1)} | columns
    rows.an_inspection(visit.who, task, answers=dict(answers), **given)  # type: ignore[arg-type]
    return number


def rows_of(visit: Visit) -> list[inspections.RecordRow]:
    return inspections.mine(visit.who)


def fill(visit: Visit) -> dict[str, object]:
    return inspections.fill_like_last(visit.id, visit.who, now=visit.now)


def opened_by(book: Book, visit: Visit) -> Visit:
    """Another visit of the same inspector, asked by the form of this workbook."""
    clerk = rows.a_person(Role.OFFICE)
    office.take_into_use(book.saved(), clerk, now=visit.now)
    parcel = rows.a_parcel_row()
    task = rows.a_task(parcel)
    number = inspections.open_visit(task, visit.who, now=visit.now)
    return Visit(visit.who, parcel, task, number, visit.now)


def test_a_first_visit_is_offered_nothing(visit: Visit) -> None:
    assert visit.view().suggested == {}
    assert fill(visit) == {}
    assert visit.view().marks == {}


def test_what_the_last_visit_said_is_offered_and_not_put_in(visit: Visit) -> None:
    number = before(visit)
    view = visit.view()
    assert view.suggested == {"land_class": "0103", "planting": "LS"}
    assert view.suggested_from == number
    assert view.answers == {}


def test_only_questions_that_say_so_in_the_form_are_offered(visit: Visit) -> None:
    before(visit)
    says_so = {q.name for q in shipped().questions if "last-saved#" in q.default}
    assert set(visit.view().suggested) <= says_so
    assert "as_registered" not in visit.view().suggested


def test_what_was_filled_like_last_is_marked_and_waits_to_be_confirmed(visit: Visit) -> None:
    number = before(visit)
    assert fill(visit) == {"land_class": "0103", "planting": "LS"}
    view = visit.view()
    assert view.unconfirmed == ["land_class", "planting"]
    assert view.marks["planting"] == {"by": FilledBy.LAST, "words": number, "confirmed": False}
    assert view.suggested == {}
    assert "请核对“现状地类”：旱地（0103）（上次填入，还没有确认）" in view.missing


def test_what_a_hand_has_filled_stays(visit: Visit) -> None:
    before(visit)
    visit.save(planting="WG", land_class="0102")
    assert visit.view().suggested == {}
    fill(visit)
    assert visit.view().answers == {"land_class": "0102", "planting": "WG"}
    assert visit.view().marks == {}


def test_what_does_not_fit_what_was_said_since_is_not_offered(visit: Visit) -> None:
    before(visit)
    visit.save(land_class="0301")  # planting is not asked of woods
    assert visit.view().suggested == {}


def test_what_is_not_offered_is_not_filled_either(visit: Visit) -> None:
    before(visit)
    visit.save(land_class="0301")
    assert fill(visit) == {"land_class": "0301"}


def test_a_value_that_the_last_visit_did_not_have_is_not_offered(visit: Visit) -> None:
    before(visit, {"land_class": "0301", "as_registered": "否", "has_problem": "否"})
    assert visit.view().suggested == {"land_class": "0301"}


def test_a_value_that_is_no_longer_offered_is_not_begun_with(visit: Visit) -> None:
    before(visit, {**FARMED, "land_class": "1104A"})
    book = Book.shipped()
    book.drop("choices", "1104A")
    assert opened_by(book, visit).view().suggested == {}


def test_it_is_the_last_that_was_handed_over_and_no_draft(visit: Visit) -> None:
    before(visit, {**FARMED, "planting": "WG"}, submitted_at=visit.now - timedelta(days=2))
    number = before(visit, submitted_at=visit.now - timedelta(days=1))
    task = rows.a_task()
    rows.an_inspection(visit.who, task, state=InspectionState.DRAFT, answers={"land_class": "0301"})
    view = visit.view()
    assert (view.suggested["planting"], view.suggested_from) == ("LS", number)


def test_it_is_one_s_own_visit_and_no_colleague_s(visit: Visit) -> None:
    mate = rows.a_person(Role.INSPECTOR, "同组", team="二组")
    rows.an_inspection(mate, answers=dict(FARMED))
    assert visit.view().suggested == {}
    assert fill(visit) == {}


def test_a_visit_that_was_sent_back_does_not_speak_of_itself(visit: Visit) -> None:
    number = before(visit)
    visit.answer_all()
    visit.shoot_all()
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    with writing() as session:
        session.get_one(Inspection, visit.id).state = InspectionState.RETURNED
    visit.save(land_class=None)
    assert visit.view().suggested_from == number
    assert visit.view().suggested == {"land_class": "0103", "planting": "LS"}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OFFICE, Role.INSPECTOR])
def test_who_may_only_look_is_offered_nothing_and_fills_nothing(role: Role, visit: Visit) -> None:
    before(visit)
    other = rows.a_person(role, team="二组")
    assert inspections.view(visit.id, other).suggested == {}
    with pytest.raises(Problem) as told:
        inspections.fill_like_last(visit.id, other, now=visit.now)
    assert told.value.id == "not-found"
    assert visit.view().answers == {}


def a_book_with_defaults() -> Book:
    """The county presets the villagers' group and the well's depth, and asks for the soil as it
    was at the last visit."""
    book = a_county_book()
    book.put("survey", "villagers", "default", "3组")
    book.put("survey", "wells", "default", "机井 大口井")
    book.put("survey", "well_depth", "default", "30")
    book.put("survey", "depth_cm", "default", "${last-saved#depth_cm}")
    book.put("survey", "soil", "default", "${last-saved#soil}")
    book.put("survey", "sown_on", "default", "${last-saved#sown_on}")
    return book


def test_a_county_s_own_defaults_are_offered_at_a_first_visit_too(visit: Visit) -> None:
    view = opened_by(a_book_with_defaults(), visit).view()
    assert view.suggested == {
        "villagers": "3组",
        "well_depth": 30,
        "wells": ["大口井", "机井"],
    }
    assert view.suggested_from == ""


def test_a_county_s_questions_speak_of_the_last_visit_too(visit: Visit) -> None:
    said = {**FARMED, "soil": "砾石土", "depth_cm": 22.5, "sown_on": "2026-03-20"}
    before(visit, said)
    mine = opened_by(a_book_with_defaults(), visit)
    found = mine.view().suggested
    assert {n: found[n] for n in ("soil", "depth_cm", "sown_on")} == {
        "soil": "砾石土",
        "depth_cm": 22.5,
        "sown_on": "2026-03-20",
    }
    fill(mine)
    assert mine.view().answers["depth_cm"] == 22.5
    assert "请核对“耕层厚度（厘米）”：22.5（上次填入，还没有确认）" in mine.view().missing


def test_what_the_last_visit_answered_to_another_form_is_taken_only_where_it_fits(
    visit: Visit,
) -> None:
    # The question was a text then; the same name now asks for a number.
    before(visit, {**FARMED, "depth_cm": "二十厘米", "soil": "泥", "sown_on": "去年秋天"})
    found = opened_by(a_book_with_defaults(), visit).view().suggested
    assert not {"soil", "depth_cm", "sown_on"} & set(found)


def test_what_this_parcel_cannot_be_is_not_offered(visit: Visit) -> None:
    book = a_county_book()
    book.put("survey", "well_depth", "default", "900")  # its own constraint says 500 at most
    assert "well_depth" not in opened_by(book, visit).view().suggested


def test_filling_twice_changes_nothing(visit: Visit, noon: datetime) -> None:
    before(visit)
    fill(visit)
    edition = visit.view().edition
    fill(visit)
    assert visit.view().edition == edition


def test_a_visit_that_is_handed_over_takes_nothing_more(visit: Visit, noon: datetime) -> None:
    before(visit)
    done = rows.an_inspection(visit.who, state=InspectionState.CONFIRMED)
    with pytest.raises(Problem) as told:
        inspections.fill_like_last(done, visit.who, now=noon)
    assert told.value.id == "not-open"
