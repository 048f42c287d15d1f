"""Options that look like Markdown, on the form page."""

from datetime import datetime

import pytest

from field_app import inspections, words
from field_app.forms import office
from models.vocabulary import Role
from tests import rows
from tests.forms.sheets import Book
from tests.pages.conftest import Open


@pytest.mark.parametrize(
    ("kind", "widget"), [("select_one", "selectbox"), ("select_multiple", "multiselect")]
)
def test_a_list_that_drops_down_shows_the_labels_as_they_are(
    database: str, noon: datetime, open_page: Open, kind: str, widget: str
) -> None:
    """It renders no Markdown: a sign that is escaped for it would be seen."""
    labels = [f"A-{n} (*)" for n in range(15)]
    book = Book.shipped()
    book.put("settings", 2, "version", "2026112399")
    book.add("survey", type=f"{kind} plots", name="plots", label="哪一块")
    for n, label in enumerate(labels):
        book.add("choices", list_name="plots", name=f"p{n}", label=label)
    office.take_into_use(book.saved(), rows.a_person(Role.OFFICE, "县办"), now=noon)
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit = inspections.open_visit(rows.a_task(), who, now=noon)
    at = open_page("inspect", who, visit=str(visit))
    assert not at.exception
    assert getattr(at, widget)(key=f"answer_{visit}_plots").options == labels


def test_a_button_that_renders_markdown_has_its_signs_escaped(
    database: str, noon: datetime, open_page: Open
) -> None:
    book = Book.shipped()
    book.put("settings", 2, "version", "2026112399")
    book.add("survey", type="select_multiple plots", name="plots", label="哪一块")
    for n in range(4):
        book.add("choices", list_name="plots", name=f"p{n}", label=f"A-{n} (*)")
    office.take_into_use(book.saved(), rows.a_person(Role.OFFICE, "县办"), now=noon)
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit = inspections.open_visit(rows.a_task(), who, now=noon)
    at = open_page("inspect", who, visit=str(visit))
    shown = at.pills(key=f"answer_{visit}_plots").options
    assert shown[0] == words.plain("A-0 (*)")
