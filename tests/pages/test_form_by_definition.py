"""The form page draws what the definition says: every kind of question, kept and judged where it
stands, without a browser."""

from datetime import date, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from field_app import inspections
from field_app.forms import office
from field_app.roles import Who
from field_app.settings import ROOT
from models.vocabulary import Role
from tests import rows
from tests.forms.county import GROUPS, IRRIGATION, SOILS, WELLS, a_county_book
from tests.forms.sheets import Book
from tests.pages.conftest import Open, words_of


@pytest.fixture
def heying(database: str, noon: datetime) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


def use(book: Book, now: datetime) -> None:
    office.take_into_use(book.saved(), rows.a_person(Role.OFFICE, "县办"), now=now)


@pytest.fixture
def visit(heying: Who, noon: datetime) -> int:
    """A visit that is asked the county's questions."""
    use(a_county_book(), noon)
    return inspections.open_visit(rows.a_task(), heying, now=noon)


@pytest.fixture
def page(heying: Who, open_page: Open, visit: int) -> AppTest:
    return opened(open_page, heying, visit)


def opened(open_page: Open, who: Who, visit: int) -> AppTest:
    at = open_page("inspect", who, visit=str(visit))
    assert not at.exception
    return at


def kept(visit: int, who: Who) -> dict[str, Any]:
    return inspections.view(visit, who).answers


def widget(at: AppTest, kind: str, visit: int, name: str) -> Any:
    return getattr(at, kind)(key=f"answer_{visit}_{name}")


def drawn(at: AppTest, visit: int) -> dict[str, str]:
    """What stands on the page for each question, by its name."""
    kinds = (
        "selectbox", "radio", "segmented_control", "pills", "multiselect", "number_input",
        "text_area", "date_input",
    )  # fmt: skip
    prefix = f"answer_{visit}_"
    return {
        str(w.key).removeprefix(prefix): kind
        for kind in kinds
        for w in getattr(at, kind)
        if str(w.key).startswith(prefix)
    }


# One of each kind: where it is drawn, what is given, what is kept, what is shown again.
EACH = [
    ("segmented_control", "irrigation", "滴灌", "滴灌"),
    ("radio", "soil", "砂土", "砂土"),
    ("selectbox", "villagers", "12组", "12组"),
    ("pills", "wells", ["手压井", "机井"], ["手压井", "机井"]),
    ("number_input", "well_depth", 30, 30),
    ("text_area", "owner_says", "去年打的井", "去年打的井"),
    ("date_input", "sown_on", date(2026, 3, 20), "2026-03-20"),
]


@pytest.mark.parametrize(("kind", "name", "given", "stored"), EACH, ids=[e[1] for e in EACH])
def test_each_kind_of_question_is_drawn_kept_and_shown_again(
    kind: str, name: str, given: Any, stored: Any, heying: Who, visit: int, open_page: Open,
    noon: datetime,
) -> None:  # fmt: skip
    inspections.save(visit, {"land_class": "0103"}, heying, seen={}, now=noon)
    at = opened(open_page, heying, visit)
    widget(at, kind, visit, name).set_value(given).run()
    assert not at.exception
    assert kept(visit, heying)[name] == stored
    again = opened(open_page, heying, visit)
    assert widget(again, kind, visit, name).value == given


def test_a_decimal_is_asked_kept_and_shown_again(
    heying: Who, page: AppTest, visit: int, open_page: Open
) -> None:
    widget(page, "radio", visit, "soil").set_value("砾石土").run()
    widget(page, "number_input", visit, "depth_cm").set_value(22.5).run()
    assert kept(visit, heying)["depth_cm"] == 22.5
    assert widget(opened(open_page, heying, visit), "number_input", visit, "depth_cm").value == 22.5


def test_the_choices_are_those_of_the_definition(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    inspections.save(visit, {"land_class": "0103"}, heying, seen={}, now=noon)
    at = opened(open_page, heying, visit)
    for kind, name, labels in (
        ("segmented_control", "irrigation", IRRIGATION),
        ("radio", "soil", SOILS),
        ("selectbox", "villagers", GROUPS),
        ("pills", "wells", WELLS),
    ):
        options = widget(at, kind, visit, name).options
        assert [getattr(o, "content", o) for o in options] == list(labels)


def test_many_choices_of_which_several_may_hold_are_a_list_with_a_search(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    book = a_county_book()
    book.put("survey", "villagers", "type", "select_multiple villagers")
    use(book, noon)
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    at = opened(open_page, heying, visit)
    widget(at, "multiselect", visit, "villagers").set_value(["3组", "1组"]).run()
    assert kept(visit, heying)["villagers"] == ["1组", "3组"]
    assert not at.exception


def test_an_optional_question_can_be_left_and_emptied_again(
    heying: Who, page: AppTest, visit: int
) -> None:
    said = words_of(page) + "".join(w.label for w in page.number_input)
    assert "井深（米）（选填）" in said
    for kind, name, given, nothing in (
        ("number_input", "well_depth", 30, None),
        ("date_input", "sown_on", date(2026, 3, 1), None),
        ("pills", "wells", ["机井"], []),
        ("text_area", "owner_says", "有井", ""),
        ("selectbox", "villagers", "2组", None),
    ):
        widget(page, kind, visit, name).set_value(given).run()
        assert name in kept(visit, heying)
        widget(page, kind, visit, name).set_value(nothing).run()
        assert name not in kept(visit, heying)
        assert not page.exception


def test_a_date_is_not_begun_with_today(heying: Who, page: AppTest, visit: int) -> None:
    assert widget(page, "date_input", visit, "sown_on").value is None
    page.run()
    assert "sown_on" not in kept(visit, heying)


@pytest.mark.parametrize("day", [date(1949, 10, 1), date(1998, 9, 30), date(2049, 9, 30)])
def test_a_date_of_long_ago_or_far_ahead_can_be_given(
    day: date, heying: Who, page: AppTest, visit: int, open_page: Open
) -> None:
    # A contract of thirty years; a calendar of ten years would not hold it.
    widget(page, "date_input", visit, "sown_on").set_value(day).run()
    assert not page.exception
    assert kept(visit, heying)["sown_on"] == day.isoformat()
    opened(open_page, heying, visit)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sown_on", "1000-01-01"), ("sown_on", "9999-12-31"), ("well_depth", -5), ("depth_cm", -2.5)],
)
def test_a_value_that_no_hand_would_give_does_not_break_the_page(
    name: str, value: Any, heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    # By the chat, or by what the last visit said.
    inspections.save(visit, {"soil": "砾石土", name: value}, heying, seen={}, now=noon)
    at = opened(open_page, heying, visit)
    at.run()
    assert not at.exception
    assert kept(visit, heying)[name] == value


def test_a_note_is_read_and_asks_nothing(page: AppTest, visit: int) -> None:
    assert "挖开表土再看" in words_of(page)
    assert "dig" not in drawn(page, visit)


def test_a_question_appears_when_it_applies_and_goes_when_it_does_not(
    heying: Who, page: AppTest, visit: int
) -> None:
    assert "irrigation" not in drawn(page, visit)
    widget(page, "selectbox", visit, "land_class").set_value("0103").run()
    assert drawn(page, visit)["irrigation"] == "segmented_control"
    widget(page, "segmented_control", visit, "irrigation").set_value("漫灌").run()
    widget(page, "selectbox", visit, "land_class").set_value("0301").run()
    assert "irrigation" not in drawn(page, visit)
    assert "漫灌" not in words_of(page)
    assert not page.exception
    widget(page, "selectbox", visit, "land_class").set_value("0103").run()
    assert widget(page, "segmented_control", visit, "irrigation").value == "漫灌"


def test_a_list_that_another_answer_narrows_offers_only_what_fits(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    book = a_county_book()
    book.put("survey", "villagers", "choice_filter", "soil = ${soil}")
    for n, group in enumerate(GROUPS):
        book.put("choices", group, "soil", SOILS[n % 2])
    use(book, noon)
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    at = opened(open_page, heying, visit)  # nothing fits yet
    widget(at, "radio", visit, "soil").set_value("壤土").run()
    widget(at, "selectbox", visit, "villagers").set_value("15组").run()
    assert kept(visit, heying)["villagers"] == "15组"
    widget(at, "radio", visit, "soil").set_value("砂土").run()
    assert not at.exception
    assert "villagers" not in kept(visit, heying)
    assert "2组" in widget(at, "selectbox", visit, "villagers").options
    widget(at, "radio", visit, "soil").set_value("黏土").run()  # none at all
    assert not at.exception


@pytest.mark.parametrize(
    ("kind", "name", "wrong", "right", "said"),
    [
        ("number_input", "well_depth", 600, 300, "要在 1 到 500 之间；地块面积 3.7"),
        ("date_input", "sown_on", date(2026, 4, 16), date(2026, 4, 15), "不能晚于今天"),
        ("text_area", "owner_says", "说了很多很多" * 5, "说了不多", "最多 20 个字"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_kept_until_it_is_mended(
    kind: str, name: str, wrong: Any, right: Any, said: str, heying: Who, page: AppTest, visit: int
) -> None:
    widget(page, kind, visit, name).set_value(wrong).run()
    assert name in kept(visit, heying)
    errors = [m.value for m in page.markdown if ":material/error:" in m.value]
    assert len(errors) == 1
    assert said.replace("3.7", r"3\.7") in errors[0]
    widget(page, kind, visit, name).set_value(right).run()
    assert not [m for m in page.markdown if ":material/error:" in m.value]


def test_what_is_missing_is_told_at_its_field_only_after_submitting_was_tried(
    page: AppTest, visit: int
) -> None:
    assert "请填写“土壤质地”" not in "".join(m.value for m in page.markdown if "error" in m.value)
    page.button(key="submit").click().run()
    errors = [m.value for m in page.markdown if ":material/error:" in m.value]
    assert any("请填写“土壤质地”" in e for e in errors)
    assert not any("灌溉方式" in e for e in errors)  # not asked without a land class


def test_each_section_tells_how_far_it_is(heying: Who, page: AppTest, visit: int) -> None:
    def headings() -> dict[str, str]:
        """The part that is counted, by section."""
        found = (m.value.partition("　") for m in page.markdown if m.value.startswith("**"))
        return {section.strip("*"): count for section, _, count in found}

    assert headings()["现状"] == ":gray[0/2]"
    assert headings()["土壤"] == ":gray[0/1]"
    assert headings()["水利"] == ""  # nothing is required there yet
    widget(page, "selectbox", visit, "land_class").set_value("0103").run()
    assert headings()["现状"] == ":gray[1/3]"
    assert headings()["水利"] == ":gray[0/1]"
    widget(page, "segmented_control", visit, "irrigation").set_value("喷灌").run()
    assert headings()["水利"] == ":green[1/1]"
    assert [s for s in headings() if s in ("现状", "问题", "其他", "水利", "土壤")] == [
        "现状",
        "问题",
        "其他",
        "水利",
        "土壤",
    ]


def test_a_question_in_no_section_stands_after_a_line(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    book = a_county_book()
    book.add("survey", type="text", name="last_word", label="最后一题")
    use(book, noon)
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    at = opened(open_page, heying, visit)
    assert "last_word" in drawn(at, visit)
    assert len(at.divider) == 1
    assert "****" not in words_of(at)


def test_coming_back_to_the_page_shows_what_the_draft_holds(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    inspections.save(
        visit, {"land_class": "0103", "wells": ["机井"], "soil": "壤土"}, heying, seen={}, now=noon
    )
    at = opened(open_page, heying, visit)
    widget(at, "selectbox", visit, "land_class").set_value("0301").run()
    widget(at, "pills", visit, "wells").set_value(["手压井"]).run()
    widget(at, "number_input", visit, "well_depth").set_value(30).run()
    at.switch_page(str(ROOT / "pages" / "records.py")).run()
    inspections.save(visit, {"soil": "砂土"}, heying, seen=kept(visit, heying), now=noon)
    at.query_params["visit"] = str(visit)
    at.switch_page(str(ROOT / "pages" / "inspect.py")).run()
    assert not at.exception
    assert widget(at, "selectbox", visit, "land_class").value == "0301"
    assert widget(at, "pills", visit, "wells").value == ["手压井"]
    assert widget(at, "number_input", visit, "well_depth").value == 30
    assert widget(at, "radio", visit, "soil").value == "砂土"
    assert kept(visit, heying) == {
        "land_class": "0301",
        "wells": ["手压井"],
        "well_depth": 30,
        "soil": "砂土",
    }


def test_what_the_county_calls_a_question_is_never_markup(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    book = a_county_book()
    book.put("survey", "owner_says", "label", "**粗** :red[红] <b>")
    book.put("survey", "owner_says", "hint", "[x](http://a.b)")
    book.put("survey", "dig", "label", "# 标题 <script>")
    book.put("choices", "壤土", "label", "*壤*")
    use(book, noon)
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    at = opened(open_page, heying, visit)
    area = widget(at, "text_area", visit, "owner_says")
    assert area.label.startswith(r"\*\*粗\*\* \:red\[红\] \<b\>")
    assert area.help == r"\[x\]\(http\://a\.b\)"
    assert r"\# 标题 \<script\>" in words_of(at)
    assert r"\*壤\*" in widget(at, "radio", visit, "soil").options
