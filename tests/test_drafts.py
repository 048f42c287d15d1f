import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app import drafts
from field_app.drafts import NO, YES, About
from field_app.forms import Kind, shipped
from models import taxonomy

FORM = shipped()
ASKED = [q for q in FORM.questions if q.answered]
ABOUT = About(area_m2=6667.0, land_class="0103")  # 10 亩
WHOLE = {
    "land_class": "0301",
    "as_registered": NO,
    "has_problem": YES,
    "category": "2",
    "problem_type": "2-1",
    "facts": "地块内全部为杨树，没有耕种痕迹。",
    "area_mu": 3.2,
}


def test_a_whole_answer_is_accepted() -> None:
    assert drafts.wrongs(FORM, WHOLE, ABOUT) == {}
    assert drafts.progress(FORM, WHOLE, ABOUT) == (7, 7)


def test_an_empty_draft_names_each_question_that_applies() -> None:
    assert set(drafts.wrongs(FORM, {}, ABOUT)) == {"land_class", "as_registered", "has_problem"}


def test_planting_is_asked_of_farmland_only() -> None:
    assert "planting" in drafts.wrongs(FORM, {"land_class": "0103"}, ABOUT)
    assert "planting" not in drafts.wrongs(FORM, {"land_class": "0301"}, ABOUT)


def test_the_types_offered_belong_to_the_category() -> None:
    for no in taxonomy.categories():
        offered = drafts.options(FORM, FORM.question("problem_type"), {"category": str(no)})
        assert offered
        assert all(o.value.startswith(f"{no}-") for o in offered)
    assert drafts.options(FORM, FORM.question("problem_type"), {}) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"facts": "有树"}, "facts"),
        ({"area_mu": 0.0}, "area_mu"),
        ({"area_mu": 10.2}, "area_mu"),
        ({"cultivated_mu": 4.0}, "cultivated_mu"),
    ],
)
def test_a_wrong_value_is_named_with_its_question(change: dict[str, object], name: str) -> None:
    wrong = drafts.wrongs(FORM, {**WHOLE, **change}, ABOUT)
    assert list(wrong) == [name]
    assert FORM.question(name).label in wrong[name]


def test_an_area_measured_a_hair_larger_than_the_parcel_is_fine() -> None:
    assert drafts.wrongs(FORM, {**WHOLE, "area_mu": 10.05}, ABOUT) == {}


def test_an_emptied_field_is_forgotten() -> None:
    assert drafts.merged(FORM, WHOLE, {"facts": "  "}).get("facts") is None
    assert drafts.merged(FORM, WHOLE, {"area_mu": None}).get("area_mu") is None


def test_what_does_not_apply_is_not_handed_over() -> None:
    assert drafts.settled(FORM, {**WHOLE, "has_problem": NO}, ABOUT) == {
        "land_class": "0301",
        "as_registered": NO,
        "has_problem": NO,
    }


VALUES = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6),
    st.sampled_from([YES, NO, "0301", "0103", "2", "2-1", "LS", "WFDD"]),
)


@given(st.lists(st.tuples(st.sampled_from([q.name for q in ASKED]), VALUES), max_size=12))
def test_no_sequence_of_edits_leaves_a_choice_that_is_not_offered(
    edits: list[tuple[str, object]],
) -> None:
    answers: dict[str, object] = {}
    for name, value in edits:
        try:
            answers = drafts.merged(FORM, answers, {name: value})
        except ValueError:
            assert FORM.question(name).kind is Kind.DECIMAL
    for q in ASKED:
        if q.list_name and q.name in answers:
            assert answers[q.name] in {o.value for o in drafts.options(FORM, q, answers)}
    settled = drafts.settled(FORM, answers, ABOUT)
    assert drafts.settled(FORM, settled, ABOUT) == settled
    assert drafts.wrongs(FORM, settled, ABOUT) == drafts.wrongs(FORM, answers, ABOUT)
