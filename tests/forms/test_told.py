"""What an office is told of a form before it is taken into use."""

import pytest
from hypothesis import given, settings

from field_app.forms import Form, Kind, shipped
from field_app.forms.told import KINDS, about, differences, seen
from tests.forms.county import a_county_book, a_county_form, form_of
from tests.forms.made import forms
from tests.forms.sheets import Book
from tests.soak import examples


def test_every_kind_has_a_word() -> None:
    assert set(KINDS) == set(Kind)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("as_registered", "单选，必填：是、否"),
        ("well_depth", "整数"),
        ("irrigation", "单选，必填，有条件才问：滴灌、喷灌、漫灌"),
        ("villagers", "单选：1组、2组、3组 等 15 项"),
        ("wells", "多选：机井、手压井、大口井"),
        ("dig", "提示语"),
    ],
)
def test_a_question_is_told_in_a_line(name: str, said: str) -> None:
    form = a_county_form()
    assert about(form, form.question(name)) == said


def test_a_form_against_itself_tells_nothing() -> None:
    assert not differences(shipped(), shipped())


def test_a_county_s_own_questions_are_new() -> None:
    found = differences(shipped(), a_county_form())
    assert [q.name for q in found.new][:3] == ["irrigation", "well_depth", "wells"]
    assert "dig" in [q.name for q in found.new]  # what is only read, too
    assert (found.changed, found.gone, found.moved) == ((), (), False)


def test_questions_that_are_dropped_are_told() -> None:
    found = differences(a_county_form(), shipped())
    assert "灌溉方式" in [q.label for q in found.gone]
    assert found.new == ()


def changed(book: Book) -> dict[str, str]:
    return {q.name: said for q, said in differences(shipped(), form_of(book)).changed}


def test_each_change_of_a_question_is_named() -> None:
    book = Book.shipped()
    book.put("survey", "remark", "label", "其他说明")
    book.put("survey", "remark", "say", "还有|备注")
    book.put("survey", "facts", "hint", "写清楚")
    book.put("survey", "measure", "default", "清除林木")
    assert changed(book) == {
        "remark": "题目原来是“备注”，说法有改动",
        "facts": "提示有改动",
        "measure": "默认值有改动",
    }


def test_a_question_whose_choices_changed_has_changed() -> None:
    book = Book.shipped()
    book.drop("choices", "1104A")
    book.put("choices", "0103", "label", "旱地")
    assert changed(book) == {
        "land_class": "选项去掉 1 个（养殖坑塘（1104A）），选项修改 1 个（旱地）",
    }


def test_choices_in_another_order_are_told() -> None:
    book = a_county_book()
    after = a_county_book()
    rows = after.sheets["choices"]
    at = after.row("choices", "滴灌") - 1
    rows[at], rows[at + 1] = rows[at + 1], rows[at]
    found = differences(form_of(book), form_of(after))
    assert [(q.name, said) for q, said in found.changed] == [("irrigation", "选项的顺序有改动")]


def test_questions_in_another_order_are_told() -> None:
    book = Book.shipped()
    rows = book.sheets["survey"]
    at = book.row("survey", "remark") - 1
    rows[at - 1], rows[at] = rows[at], rows[at - 1]
    found = differences(shipped(), form_of(book))
    assert (found.moved, found.changed) == (True, ())


@settings(max_examples=examples(60), deadline=None)
@given(forms(), forms())
def test_no_question_is_told_twice_and_none_is_forgotten(before: Form, after: Form) -> None:
    found = differences(before, after)
    names = {q.name for q in seen(after)}
    new, gone = {q.name for q in found.new}, {q.name for q in found.gone}
    told = {q.name for q, _ in found.changed}
    assert new | {q.name for q in seen(before)} - gone == names | told
    assert not new & told
    assert not differences(after, after)
    for name in names - new - told:
        was, now = before.question(name), after.question(name)
        assert was.label == now.label
        assert before.lists.get(was.list_name, ()) == after.lists.get(now.list_name, ())
    for q in seen(after):
        assert about(after, q).startswith(KINDS[q.kind])
