"""The form page draws what the definition says: every kind of question, kept and judged where it
stands, without a browser."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from field_app import inspections
from field_app.forms import office
from field_app.inspections.marks import mark
from field_app.roles import Who
from field_app.settings import ROOT
from models.vocabulary import FilledBy, InspectionState, Role
from tests import rows
from tests.forms.county import GROUPS, IRRIGATION, SOILS, WELLS, a_county_book
from tests.forms.sheets import Book
from tests.pages.conftest import Open, words_of

FARMED = {"land_class": "0103", "planting": "LS", "as_registered": "是", "has_problem": "否"}


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


# --- 和上次一样 ------------------------------------------------------------------------------------


def visited_before(who: Who, now: datetime, answers: dict[str, Any] = FARMED) -> None:
    task = rows.a_task(rows.a_parcel_row(number="BEFORE1"))
    submitted = now - timedelta(hours=1)
    rows.an_inspection(who, task, answers=dict(answers), submitted_at=submitted)


def like_last(at: AppTest) -> list[str]:
    return [b.label for b in at.button if str(b.key).startswith("like_last")]


def test_at_a_first_visit_nothing_is_to_be_like_last_time(page: AppTest) -> None:
    assert like_last(page) == []


def test_one_tap_fills_what_the_last_visit_said_and_wants_it_looked_at(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    visited_before(heying, noon)
    at = opened(open_page, heying, visit)
    assert like_last(at) == [r"和上次一样：旱地（0103）、种植粮食作物"]
    assert kept(visit, heying) == {}
    at.button(key=f"like_last_{visit}").click().run()
    assert not at.exception
    assert like_last(at) == []
    assert widget(at, "selectbox", visit, "land_class").value == "0103"
    assert "上次填入：“BEFORE1”" in words_of(at)
    assert inspections.view(visit, heying).unconfirmed == ["land_class", "planting"]


def test_a_long_preset_does_not_make_a_long_button(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    book = a_county_book()
    book.put("survey", "remark", "default", "照县里的要求，逐块核对并写清楚。" * 30)
    book.put("survey", "villagers", "default", "3组")
    use(book, noon)
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    at = opened(open_page, heying, visit)
    (label,) = like_last(at)
    assert len(label) < 80
    assert "上次" not in label  # there was none
    at.button(key=f"like_last_{visit}").click().run()
    assert kept(visit, heying)["villagers"] == "3组"


# --- what the chat filled -----------------------------------------------------------------------


def by_chat(visit: int, who: Who, now: datetime, **changes: Any) -> None:
    inspections.save(
        visit,
        changes,
        who,
        seen=kept(visit, who),
        now=now,
        marks={n: mark(FilledBy.CHAT, "滴灌的，井三十米") for n in changes},
    )


def confirming(at: AppTest) -> list[str]:
    return [str(b.key) for b in at.button if str(b.key).startswith("confirm_")]


def test_what_the_chat_filled_is_marked_and_confirmed_one_by_one(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    by_chat(visit, heying, noon, land_class="0103", irrigation="滴灌", well_depth=30)
    at = opened(open_page, heying, visit)
    assert "对话填入：“滴灌的，井三十米”" in words_of(at)
    assert set(confirming(at)) == {
        f"confirm_all_{visit}",
        f"confirm_{visit}_land_class",
        f"confirm_{visit}_irrigation",
        f"confirm_{visit}_well_depth",
    }
    at.button(key=f"confirm_{visit}_irrigation").click().run()
    assert inspections.view(visit, heying).unconfirmed == ["land_class", "well_depth"]
    assert f"confirm_{visit}_irrigation" not in confirming(at)


def test_all_that_the_chat_filled_is_confirmed_at_once(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    by_chat(visit, heying, noon, land_class="0103", irrigation="滴灌", well_depth=30)
    at = opened(open_page, heying, visit)
    at.button(key=f"confirm_all_{visit}").click().run()
    assert not at.exception
    assert inspections.view(visit, heying).unconfirmed == []
    assert confirming(at) == []


def test_changing_a_value_by_hand_needs_no_more_confirming(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    by_chat(visit, heying, noon, well_depth=30)
    at = opened(open_page, heying, visit)
    assert confirming(at) == [f"confirm_{visit}_well_depth"]  # one alone needs no “all”
    widget(at, "number_input", visit, "well_depth").set_value(35).run()
    assert confirming(at) == []
    assert inspections.view(visit, heying).marks == {}


def test_what_the_chat_changed_after_the_page_was_drawn_is_not_confirmed_unseen(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    by_chat(visit, heying, noon, well_depth=30)
    at = opened(open_page, heying, visit)
    by_chat(visit, heying, noon, well_depth=300)
    at.button(key=f"confirm_{visit}_well_depth").click().run()
    assert inspections.view(visit, heying).unconfirmed == ["well_depth"]
    assert widget(at, "number_input", visit, "well_depth").value == 300
    assert at.error  # and it is said


@pytest.mark.parametrize(
    ("kind", "name", "theirs", "ours", "told"),
    [
        ("radio", "soil", "砂土", "壤土", "壤土"),
        ("pills", "wells", ["大口井"], ["机井", "手压井"], "手压井、机井"),
        ("selectbox", "land_class", "0103", "0301", "乔木林地（0301）"),
    ],
)
def test_what_was_chosen_over_another_phone_s_change_is_told_in_words(
    kind: str, name: str, theirs: Any, ours: Any, told: str, heying: Who, page: AppTest,
    visit: int, noon: datetime,
) -> None:  # fmt: skip
    inspections.save(visit, {name: theirs}, heying, seen={}, now=noon)
    widget(page, kind, visit, name).set_value(ours).run()
    assert kept(visit, heying)[name] == theirs
    (said,) = [e.value for e in page.error]
    assert told in said.replace("\\", "")


# --- the form that is no longer open ------------------------------------------------------------


def test_a_visit_that_is_handed_over_reads_by_its_own_form_with_who_filled_it(
    heying: Who, visit: int, open_page: Open, noon: datetime
) -> None:
    form = inspections.view(visit, heying).form.sha256
    answers = {**FARMED, "irrigation": "滴灌", "well_depth": 30, "soil": "壤土"}
    marks = {"well_depth": {**mark(FilledBy.CHAT, "井三十米"), "confirmed": True}}
    done = rows.an_inspection(
        heying, state=InspectionState.SUBMITTED, answers=answers, form=form, marks=marks
    )
    dropped = a_county_book("2026112302")
    dropped.drop("survey", "well_depth")
    use(dropped, noon + timedelta(hours=1))
    at = opened(open_page, heying, done)
    said = words_of(at)
    assert "**井深（米）**　30　:gray[对话填入：“井三十米”]" in said
    assert "**灌溉方式**　滴灌" in said
    assert drawn(at, done) == {}
