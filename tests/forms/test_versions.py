"""Which form a visit is asked by, and that it stays so whatever the office does later."""

import threading
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from sqlmodel import select

from field_app import drafts, inspections, review
from field_app.db import reading, writing
from field_app.forms import Form, office, shipped, versions
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import FormVersion, Inspection
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.forms.county import a_county_book, a_county_form, form_of
from tests.forms.made import forms
from tests.inspections.conftest import Visit, visit
from tests.soak import examples

__all__ = ["visit"]


@pytest.fixture
def clerk(database: str) -> Who:
    return rows.a_person(Role.OFFICE, "县办")


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has read no version yet."""
    monkeypatch.setattr(versions, "_KNOWN", {})


def kept() -> list[str]:
    with reading() as session:
        return list(session.exec(select(FormVersion.sha256)))


def asked(visit: Visit) -> Form:
    return inspections.view(visit.id, visit.who).form


def a_later_visit(visit: Visit) -> Visit:
    """Another visit of the same inspector, opened now."""
    task = rows.a_task()
    number = inspections.open_visit(task, visit.who, now=visit.now)
    return Visit(visit.who, visit.parcel, task, number, visit.now)


def without_wells(version: str) -> bytes:
    """The county's form after it dropped a question and called another by another name."""
    book = a_county_book(version)
    book.drop("survey", "well_depth")
    book.put("survey", "irrigation", "label", "怎么浇地")
    return book.saved()


def test_a_county_without_a_form_of_its_own_asks_the_shipped_one(visit: Visit) -> None:
    assert asked(visit).sha256 == shipped().sha256
    assert kept() == [shipped().sha256]


def test_a_new_visit_is_asked_the_new_form_and_an_open_one_keeps_its_own(
    visit: Visit, clerk: Who, noon: datetime
) -> None:
    visit.save(land_class="0103")
    form = office.take_into_use(a_county_book().saved(), clerk, now=noon)
    assert asked(visit).sha256 == shipped().sha256
    visit.save(remark="还按原来的题目")
    with pytest.raises(Problem) as told:
        visit.save(irrigation="滴灌")
    assert told.value.id == "bad-input"
    assert inspections.open_visit(visit.task, visit.who, now=noon) == visit.id
    assert asked(visit).sha256 == shipped().sha256
    later = a_later_visit(visit)
    assert asked(later).sha256 == form.sha256
    assert "irrigation" in later.save(land_class="0103", irrigation="滴灌")


def test_a_visit_that_was_sent_back_is_asked_by_its_own_form_again(
    clerk: Who, visit: Visit, noon: datetime
) -> None:
    first = office.take_into_use(a_county_book().saved(), clerk, now=noon)
    mine = a_later_visit(visit)
    with writing() as session:
        session.get_one(Inspection, mine.id).state = InspectionState.RETURNED
    office.take_into_use(without_wells("2026112302"), clerk, now=noon + timedelta(hours=1))
    assert inspections.open_visit(mine.task, mine.who, now=noon) == mine.id
    assert asked(mine).sha256 == first.sha256
    assert mine.save(land_class="0103", well_depth=30)["well_depth"] == 30
    assert "请填写“灌溉方式”" in mine.view().missing


def test_a_visit_from_before_there_were_forms_is_asked_the_shipped_one(
    clerk: Who, visit: Visit, noon: datetime
) -> None:
    office.take_into_use(a_county_book().saved(), clerk, now=noon)
    old = rows.an_inspection(visit.who, state=InspectionState.DRAFT, form="")
    view = inspections.view(old, visit.who)
    assert view.form.sha256 == shipped().sha256
    assert "土壤质地" not in "".join(view.missing)


@pytest.mark.parametrize("form", [shipped(), a_county_form()], ids=["shipped", "county"])
def test_a_form_is_read_back_just_as_it_was(
    form: Form, database: str, noon: datetime, read_anew: None
) -> None:
    back = read_back(form, noon)
    assert (back.questions, back.lists) == (form.questions, form.lists)
    with reading() as session:
        assert versions.of(session, form.sha256).sha256 == form.sha256


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(form=forms())
def test_any_form_is_read_back_just_as_it_was(form: Form, database: str, noon: datetime) -> None:
    assume(all(q.label for q in form.questions))
    assert read_back(form, noon).questions == form.questions


def test_a_hidden_fact_may_have_no_label(database: str, noon: datetime) -> None:
    book = a_county_book()
    book.put("survey", "parcel_number", "label", None)
    form = form_of(book)
    assert read_back(form, noon).question("parcel_number").label == ""


def read_back(form: Form, now: datetime) -> Form:
    """Kept in the database, and read from it."""
    with writing() as session:
        versions.keep(session, form, own=False, person_id=None, now=now)
    with reading() as session:
        back = Form.from_json(session.get_one(FormVersion, form.sha256).definition)
    assert back.sha256 == form.sha256
    return back


def test_the_same_form_twice_is_kept_once_with_its_first_moment(
    database: str, noon: datetime
) -> None:
    form = a_county_form()
    for hours in (0, 1):
        with writing() as session:
            at = noon + timedelta(hours=hours)
            versions.keep(session, form, own=True, person_id=None, now=at)
    with reading() as session:
        assert session.exec(select(FormVersion)).one().created_at == noon


def test_the_same_form_twice_at_the_same_moment_is_kept_once(
    clerk: Who, visit: Visit, noon: datetime
) -> None:
    data, form = a_county_book().saved(), a_county_form()
    tasks = [rows.a_task() for _ in range(3)]
    begin = threading.Barrier(6)
    errors: list[BaseException] = []

    def at_once(what: object) -> None:
        begin.wait()
        try:
            what()  # type: ignore[operator]
        except Exception as error:  # noqa: BLE001 — whatever it is, the test wants to see it
            errors.append(error)

    doing = [lambda: office.take_into_use(data, clerk, now=noon)] * 3
    doing += [lambda t=t: inspections.open_visit(t, visit.who, now=noon) for t in tasks]  # type: ignore[misc]
    threads = [threading.Thread(target=at_once, args=(d,)) for d in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(kept()) == sorted([form.sha256, shipped().sha256])
    assert versions.in_force(now=noon).sha256 == form.sha256


def answered_by_the_county(visit: Visit, clerk: Who) -> Visit:
    """A visit that answered the county's questions, handed over before the office dropped one."""
    office.take_into_use(a_county_book().saved(), clerk, now=visit.now)
    mine = a_later_visit(visit)
    mine.save(land_class="0103", planting="LS", as_registered="是", has_problem="否")
    mine.save(irrigation="滴灌", well_depth=30, soil="壤土", wells=["机井", "大口井"])
    mine.save(no_photo_reason="WFDD", no_photo_note="山洪冲断了唯一的路，无法到达。")
    inspections.submit(mine.id, mine.view().edition, mine.who, now=mine.now)
    office.take_into_use(without_wells("2026112302"), clerk, now=visit.now + timedelta(hours=1))
    return mine


def test_a_supervisor_reads_the_answers_by_the_form_they_were_given_to(
    clerk: Who, visit: Visit, read_anew: None
) -> None:
    mine = answered_by_the_county(visit, clerk)
    supervisor = rows.a_person(Role.SUPERVISOR)
    shown = {a.label: a.text for a in review.detail(mine.id, supervisor).answers}
    assert shown["灌溉方式"] == "滴灌"
    assert shown["井深（米）"] == "30"
    assert shown["有什么井"] == "大口井、机井"
    assert "怎么浇地" not in shown
    now_asked = {q.label for q in versions.in_force(now=visit.now).questions}
    assert "井深（米）" not in now_asked
    assert "怎么浇地" in now_asked


def test_who_may_only_look_reads_them_by_it_too(clerk: Who, visit: Visit, read_anew: None) -> None:
    mine = answered_by_the_county(visit, clerk)
    view = inspections.view(mine.id, rows.a_person(Role.INSPECTOR, team="二组"))
    assert not view.editable
    shown = {
        q.label: drafts.said(view.form, q, view.answers[q.name])
        for q in drafts.applicable(view.form, view.answers, view.about)
        if q.name in view.answers
    }
    assert shown["井深（米）"] == "30"
    assert shown["土壤质地"] == "壤土"


def test_of_two_forms_the_one_taken_into_use_last_is_asked_whatever_the_clock_says(
    clerk: Who, database: str, noon: datetime
) -> None:
    office.take_into_use(a_county_book().saved(), clerk, now=noon)
    for version, hours in (("2026112302", 0), ("2026112303", -2)):  # the clock was set back
        at = noon + timedelta(hours=hours)
        form = office.take_into_use(a_county_book(version).saved(), clerk, now=at)
        assert versions.in_force(now=at).sha256 == form.sha256
