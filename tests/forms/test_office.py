"""What the office may do with the county's form: take one in, take one out, go back."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from field_app import inspections
from field_app.db import reading
from field_app.forms import Form, office, shipped, versions
from field_app.forms.xlsform import read_xlsform
from field_app.problems import Problem
from field_app.roles import CONSOLE, Who
from models.tables import Event, FormVersion
from models.vocabulary import Role
from tests import rows
from tests.forms.county import a_county_book, a_county_form
from tests.forms.sheets import Book

MAY = (Role.OFFICE, Role.ADMIN)


@pytest.fixture
def clerk(database: str) -> Who:
    return rows.a_person(Role.OFFICE, "县办")


def take(book: Book, who: Who, now: datetime) -> str:
    """Takes a workbook into use; the key of its form."""
    return office.take_into_use(book.saved(), who, now=now).sha256


def in_force(now: datetime) -> str:
    return versions.in_force(now=now).sha256


def refused(call: object, *args: object, **named: object) -> Problem:
    with pytest.raises(Problem) as told:
        call(*args, **named)  # type: ignore[operator]
    return told.value


def noted() -> list[Event]:
    with reading() as session:
        return list(
            session.exec(select(Event).where(Event.about == "form").order_by(col(Event.id)))
        )


def renamed(label: str) -> Book:
    """The county's form, one question called otherwise, under the same version."""
    book = a_county_book()
    book.put("survey", "soil", "label", label)
    return book


def broken() -> Book:
    book = a_county_book()
    book.put("survey", "irrigation", "type", "select_one irigation")
    book.put("survey", "soil", "relevant", "${no_such} = '是'")
    return book


def test_a_right_file_is_what_new_visits_are_asked_by_from_now_on(
    clerk: Who, noon: datetime
) -> None:
    form = office.take_into_use(a_county_book().saved(), clerk, now=noon)
    assert in_force(noon) == form.sha256
    assert form.question("irrigation").label == "灌溉方式"


def test_a_file_is_looked_at_without_being_taken(clerk: Who, noon: datetime) -> None:
    assert office.looked_at(a_county_book().saved(), clerk).form is not None
    assert in_force(noon) == shipped().sha256
    assert noted() == []


def test_a_file_with_problems_is_refused_as_a_whole_and_names_each_cell(
    clerk: Who, noon: datetime
) -> None:
    book = broken()
    told = refused(office.take_into_use, book.saved(), clerk, now=noon)
    assert told.id == "form-refused"
    assert told.facts["count"] == len(told.facts["cells"]) == 2
    cells = "\n".join(told.facts["cells"])
    assert f"survey A{book.row('survey', 'irrigation')}：" in cells
    assert f"survey F{book.row('survey', 'soil')}：" in cells
    assert told.details()["facts"]["cells"] == told.facts["cells"]
    assert in_force(noon) == shipped().sha256
    assert noted() == []


@pytest.mark.parametrize("data", [b"", b"not a workbook", b"PK\x03\x04" + bytes(99)])
def test_what_is_no_workbook_is_refused_in_words(data: bytes, clerk: Who, noon: datetime) -> None:
    told = refused(office.take_into_use, data, clerk, now=noon)
    assert told.id == "form-refused"
    assert "不是 Excel 文件" in told.facts["cells"][0]


def test_a_file_that_drops_what_the_ledger_needs_is_refused(clerk: Who, noon: datetime) -> None:
    book = a_county_book()
    book.drop("survey", "has_problem")
    told = refused(office.take_into_use, book.saved(), clerk, now=noon)
    assert any("缺少 has_problem" in cell for cell in told.facts["cells"])


def test_the_same_file_twice_is_one_version(clerk: Who, noon: datetime) -> None:
    assert take(a_county_book(), clerk, noon) == take(a_county_book(), clerk, noon)
    assert [row.version for row in office.listing(clerk, now=noon)] == [
        "2026112301",
        shipped().version,
    ]


def test_a_version_s_name_stands_for_one_content(clerk: Who, noon: datetime) -> None:
    first = take(a_county_book(), clerk, noon)
    told = refused(office.take_into_use, renamed("什么土").saved(), clerk, now=noon)
    assert told.id == "form-version-taken"
    assert "2026112301" in told.message
    assert in_force(noon) == first
    assert not office.name_taken(a_county_form(), clerk)
    taken = office.looked_at(renamed("什么土").saved(), clerk).form
    assert taken is not None
    assert office.name_taken(taken, clerk)


def test_a_county_s_form_does_not_go_by_the_shipped_one_s_version(
    clerk: Who, noon: datetime
) -> None:
    # Nobody has opened a visit or looked at the page: the shipped one is not kept yet.
    book = a_county_book(version=shipped().version)
    told = refused(office.take_into_use, book.saved(), clerk, now=noon)
    assert told.id == "form-version-taken"


def test_two_clerks_at_the_same_moment_do_not_share_a_version_s_name(
    clerk: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = office._name_taken

    def slowly(session: Session, form: Form) -> bool:
        found = look(session, form)
        time.sleep(0.5)
        return found

    monkeypatch.setattr(office, "_name_taken", slowly)
    versions.in_force(now=noon)  # the shipped one is there
    begin = threading.Barrier(3)
    ends: list[str] = []

    def bring(label: str) -> None:
        data = renamed(label).saved()
        begin.wait()
        try:
            office.take_into_use(data, clerk, now=noon)
            ends.append("taken")
        except Problem as problem:
            ends.append(problem.id)

    threads = [threading.Thread(target=bring, args=(label,)) for label in ("土壤", "土质", "土")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["form-version-taken", "form-version-taken", "taken"]


def test_an_earlier_version_may_be_used_again(clerk: Who, noon: datetime) -> None:
    first = take(a_county_book(), clerk, noon)
    second = take(a_county_book("2026112302"), clerk, noon + timedelta(hours=1))
    office.use_again(first, clerk, now=noon + timedelta(hours=2))
    assert in_force(noon) == first
    office.use_again(shipped().sha256, clerk, now=noon + timedelta(hours=3))
    assert in_force(noon) == shipped().sha256
    office.use_again(second, clerk, now=noon + timedelta(hours=4))
    assert in_force(noon) == second


def test_a_version_that_never_was_is_not_used(clerk: Who, noon: datetime) -> None:
    assert refused(office.use_again, "0" * 64, clerk, now=noon).id == "not-found"
    assert refused(office.definition, "0" * 64, clerk).id == "not-found"
    assert refused(office.as_xlsform, "", clerk).id == "not-found"


def test_each_change_is_noted_with_what_was_before_and_who_did_it(
    clerk: Who, noon: datetime
) -> None:
    own = take(a_county_book(), clerk, noon)
    office.use_again(shipped().sha256, clerk, now=noon + timedelta(hours=1))
    taken, back = noted()
    assert (taken.action, taken.person_id, taken.at) == ("启用表单版本", clerk.id, noon)
    assert taken.old == {"version": shipped().version, "sha256": shipped().sha256}
    assert taken.new == {"version": "2026112301", "sha256": own}
    assert back.old["sha256"] == own
    assert back.new["sha256"] == shipped().sha256


def test_what_the_console_takes_into_use_carries_no_person(database: str, noon: datetime) -> None:
    own = take(a_county_book(), CONSOLE, noon)
    with reading() as session:
        assert session.get_one(FormVersion, own).person_id is None
    assert noted()[0].person_id is None


def test_the_list_tells_who_brought_a_version_and_how_many_visits_it_asked(
    clerk: Who, noon: datetime
) -> None:
    inspector = rows.a_person(Role.INSPECTOR, team="二组")
    inspections.open_visit(rows.a_task(), inspector, now=noon)
    take(a_county_book(), clerk, noon + timedelta(hours=1))
    for _ in range(2):
        inspections.open_visit(rows.a_task(), inspector, now=noon + timedelta(hours=2))
    office.use_again(shipped().sha256, clerk, now=noon + timedelta(hours=3))
    listed = office.listing(clerk, now=noon)
    assert [(r.version, r.by, r.visits, r.current) for r in listed] == [
        (shipped().version, "", 1, True),
        ("2026112301", "县办", 2, False),
    ]


def test_the_list_of_a_new_county_has_the_shipped_form(clerk: Who, noon: datetime) -> None:
    (row,) = office.listing(clerk, now=noon)
    assert (row.sha256, row.own, row.current, row.visits) == (shipped().sha256, False, True, 0)


def test_what_is_taken_out_can_be_brought_back_unchanged(
    clerk: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = take(a_county_book(), clerk, noon)
    monkeypatch.setattr(versions, "_KNOWN", {})  # as it stands in the database
    data = office.as_xlsform(own, clerk)
    back = read_xlsform(data, core=shipped())
    assert (back.problems, back.warnings) == ((), ())
    assert back.form
    assert back.form.sha256 == own
    assert office.take_into_use(data, clerk, now=noon).sha256 == own


@pytest.mark.parametrize("role", list(Role))
def test_only_the_office_and_the_administrator_touch_the_form(
    role: Role, database: str, noon: datetime
) -> None:
    if role == Role.UNIT:
        rows.units_of_the_plan()
    who = rows.a_person(role, team="二组" if role == Role.INSPECTOR else "")
    data = a_county_book().saved()
    versions.in_force(now=noon)  # so that the shipped one is there to be asked for
    calls = (
        lambda: office.listing(who, now=noon),
        lambda: office.definition(shipped().sha256, who),
        lambda: office.as_xlsform(shipped().sha256, who),
        lambda: office.looked_at(data, who),
        lambda: office.name_taken(shipped(), who),
        lambda: office.take_into_use(data, who, now=noon),
        lambda: office.use_again(shipped().sha256, who, now=noon),
    )
    for call in calls:
        if role in MAY:
            call()
        else:
            assert refused(call).id == "not-allowed"
    assert bool(noted()) == (role in MAY)
