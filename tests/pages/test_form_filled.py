"""Answers that no hand on the form filled: like last time, by the chat, on another phone; and the
form that is no longer open."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from field_app import draft_form, inspections
from field_app.inspections.marks import mark
from field_app.roles import Who
from models.vocabulary import FilledBy, InspectionState
from tests import rows
from tests.forms.county import a_county_book
from tests.pages.conftest import Open, words_of
from tests.pages.test_form_by_definition import (
    drawn,
    heying,
    kept,
    opened,
    page,
    use,
    visit,
    widget,
)

__all__ = ["heying", "page", "visit"]

FARMED = {"land_class": "0103", "planting": "LS", "as_registered": "是", "has_problem": "否"}


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


# --- a page that is slow, and somebody who is not ------------------------------------------------


def test_what_is_typed_on_while_a_restart_is_still_made_good_is_nobody_elses_change(
    heying: Who, page: AppTest, visit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (f"drawn_{visit}", f"seen_{visit}"):  # the new session knows nothing,
        del page.session_state[name]
    page.session_state[f"answer_{visit}_owner_says"] = "没有耕种"  # and the browser what was typed
    with monkeypatch.context() as slow:
        slow.setattr(draft_form.st, "rerun", lambda: None)
        page.run()
    assert kept(visit, heying)["owner_says"] == "没有耕种"
    widget(page, "text_area", visit, "owner_says").set_value("没有耕种痕迹").run()
    assert [e.value for e in page.error] == []
    assert kept(visit, heying)["owner_says"] == "没有耕种痕迹"


@pytest.mark.parametrize(
    ("kind", "name", "before", "given"),
    [("text_area", "owner_says", "去年打的井", "前年打的井"), ("radio", "soil", "砂土", "壤土")],
)
def test_a_field_that_is_left_before_the_page_is_whole_is_nobody_elses_change(
    kind: str, name: str, before: str, given: str, heying: Who, visit: int, open_page: Open,
    noon: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    inspections.save(visit, {name: before}, heying, seen={}, now=noon)
    with monkeypatch.context() as slow:
        slow.setattr(draft_form, "_keep_typed", lambda _view, _who: draft_form.st.stop())
        at = opened(open_page, heying, visit)
    widget(at, kind, visit, name).set_value(given).run()
    assert [e.value for e in at.error] == []
    assert kept(visit, heying)[name] == given
    assert widget(at, kind, visit, name).value == given
