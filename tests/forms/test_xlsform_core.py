"""What the ledger and the examination rely on stays in every county's form."""

import pytest

from field_app.forms import shipped
from tests.forms.sheets import Book, cells, said


@pytest.fixture
def book() -> Book:
    return Book.shipped()


@pytest.mark.parametrize("name", [q.name for q in shipped().questions])
def test_no_question_of_the_core_can_be_dropped(book: Book, name: str) -> None:
    book.drop("survey", name)
    found = book.read()
    assert ("survey", "") in cells(found)
    assert f"缺少 {name}" in said(found, "survey", "")


@pytest.mark.parametrize(
    ("name", "column", "value", "words"),
    [
        ("land_class", "type", "text", "select_one land_class"),
        ("land_class", "required", None, "恢复为：yes"),
        ("facts", "required", "no", "恢复为：yes"),
        ("remark", "required", "yes", "清空"),
        ("facts", "relevant", None, "${has_problem} = '是'"),
        ("facts", "relevant", "${as_registered} = '否'", "${has_problem} = '是'"),
        ("facts", "constraint", "string-length(.) > 1", "normalize-space"),
        ("area_mu", "constraint", None, "parcel_area_mu"),
        ("problem_type", "choice_filter", None, "category = ${category}"),
        ("parcel_number", "type", "text", "hidden"),
        ("remark", "type", "note", "text"),
    ],
)
def test_no_rule_of_the_core_can_be_changed(
    book: Book, name: str, column: str, value: str | None, words: str
) -> None:
    cell = book.put("survey", name, column, value)
    found = book.read()
    assert cells(found) == [("survey", cell)]
    assert words in said(found, "survey", cell)


def test_the_same_rule_with_other_spaces_is_the_same_rule(book: Book) -> None:
    book.put("survey", "facts", "relevant", " ${has_problem}   =  '是' ")
    assert book.read().form


def test_a_group_cannot_hide_a_question_of_the_core(book: Book) -> None:
    group = book.row("survey", "has_problem") - 1
    book.put("survey", group, "relevant", "${as_registered} = '否'")
    found = book.read()
    cell = f"F{book.row('survey', 'has_problem')}"
    assert ("survey", cell) in cells(found)
    assert "移到组外" in said(found, "survey", cell)


def test_the_core_s_lists_get_no_new_values_and_lose_none(book: Book) -> None:
    row = book.add("choices", list_name="land_class", name="9999", label="别的")
    assert cells(book.read()) == [("choices", f"B{row}")]
    book.drop("choices", row)
    row = book.add("choices", list_name="land_class", name=103, label="旱地")
    assert "是不是 0103" in said(book.read(), "choices", f"B{row}")
    book.drop("choices", row)
    book.drop("choices", "WG")
    found = book.read()
    assert cells(found) == [("choices", "")]
    assert "WG" in found.problems[0].what


def test_a_problem_type_stays_in_its_category(book: Book) -> None:
    cell = book.put("choices", "2-1", "category", "3")
    assert cells(book.read()) == [("choices", cell)]
