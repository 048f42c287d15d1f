"""A county's questions where they are awkward: rules that look at hidden facts, words that look
like Markdown, all of it by form and by chat."""

from datetime import datetime
from typing import Any

import pytest

from field_app import drafts, inspections, words
from field_app.chat import answering
from field_app.forms import office
from models.vocabulary import Role
from tests import rows
from tests.forms.county import a_county_book
from tests.forms.sheets import Book


def a_book(**question: Any) -> Book:
    book = Book.shipped()
    book.put("settings", 2, "version", "2026112399")
    book.add("survey", **question)
    return book


def test_choices_by_what_is_known_of_the_parcel_are_refused_with_the_form() -> None:
    """Else a question would have no choices on the hillside."""
    book = a_book(
        type="select_one crops", name="crop", label="作物",
        choice_filter="of = ${parcel_land_class}",
    )  # fmt: skip
    book.add("choices", list_name="crops", name="maize", label="玉米", of="0103")
    read = book.read()
    assert read.form is None
    assert any("parcel_land_class" in p.what for p in read.problems)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # 315 turns; any will do
def test_every_question_of_a_county_is_asked_and_answered_in_the_chat(
    database: str, noon: datetime
) -> None:
    office.take_into_use(a_county_book().saved(), rows.a_person(Role.OFFICE, "县办"), now=noon)
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit = inspections.open_visit(rows.a_task(), who, now=noon)
    form = inspections.view(visit, who).form
    said = ["三十米", "机井和手压井", "昨天", "3月20号", "99999999999999999999", "12组", "砾石土", "都没有",
            "是", "不是", "第一个", "撤销", "重来", "跳过", "**粗** :red[红]"]  # fmt: skip
    for q in form.questions:
        if not q.answered:
            continue
        for text in said:
            answering.press(visit, "补充", {"ask": q.name}, who, now=noon)
            answering.say(visit, text, who, now=noon)
    view = inspections.view(visit, who)
    for name, value in view.answers.items():
        assert drafts.merged(form, view.answers, {name: value}) == view.answers


@pytest.mark.parametrize("kind", ["text", "integer", "date", "select_one way"])
def test_awkward_labels_stay_words_in_the_chat(database: str, noon: datetime, kind: str) -> None:
    label = "**井** :red[深] <b>"
    book = a_book(type=kind, name="well", label=label, required="yes")
    for value in ("a", "b"):
        book.add("choices", list_name="way", name=value, label=f"[{value}](x)")
    if not kind.startswith("select"):
        book.add("survey", type="select_one way", name="other_way", label="其他")
    office.take_into_use(book.saved(), rows.a_person(Role.OFFICE, "县办"), now=noon)
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit = inspections.open_visit(rows.a_task(), who, now=noon)
    value = {"text": "好", "integer": 3, "date": "2026-03-01"}.get(kind, "a")
    for do in ({"set": {"well": value}}, {"submit": True}):
        answering.press(visit, "按", do, who, now=noon)
        text = answering.talk(inspections.view(visit, who), who).thread[-1].text
        assert label not in text
        assert "[a](x)" not in text
    assert words.plain(label) in "".join(
        t.text for t in answering.talk(inspections.view(visit, who), who).thread
    )
