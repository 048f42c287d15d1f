"""A form as the phone gets it: nothing of it is lost, and its expressions are ready to be used."""

import json

from lxml import etree

from field_app.forms import Form
from field_app.forms.compiled import compiled, expression
from field_app.forms.shipped import shipped
from tests.forms.county import a_county_book, form_of


def test_the_phone_gets_every_question_and_every_choice_of_the_form() -> None:
    for form in (shipped(), form_of(a_county_book())):
        for_phone = compiled(form)
        assert [q["name"] for q in for_phone["questions"]] == [q.name for q in form.questions]
        assert {n: [c["value"] for c in cs] for n, cs in for_phone["lists"].items()} == {
            n: [c.value for c in cs] for n, cs in form.lists.items()
        }
        assert for_phone["sha256"] == form.sha256
        assert json.loads(json.dumps(for_phone)) == for_phone


def test_no_expression_of_xlsform_reaches_the_phone() -> None:
    form: Form = form_of(a_county_book())
    for question in compiled(form)["questions"]:
        for name in ("relevant", "required", "constraint", "choice_filter"):
            assert (question[name] is None) == (not getattr(form.question(question["name"]), name))
            if question[name]:
                assert "${" not in question[name]["xpath"]
                etree.XPath(question[name]["xpath"], extensions={})  # it can be read


def test_sections_stand_in_the_order_of_the_form() -> None:
    assert compiled(shipped())["sections"] == ["现状", "问题", "其他"]


def test_what_an_expression_asks_for_is_told_once() -> None:
    told = expression("${a} = '' or ${a} > ${last-saved#b} or . > today()")
    assert told is not None
    assert told["refs"] == [[False, "a"], [True, "b"]]
    assert told["today"] is True
