"""Who filled an answer, and that nothing which no hand filled is handed over unseen."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field_app import drafts, inspections, review
from field_app.forms import shipped
from field_app.inspections import marks
from field_app.inspections.marks import after_edit, confirmed, mark, open_ones
from field_app.problems import Problem
from field_app.roles import Who
from models.vocabulary import FilledBy, InspectionState, Role
from tests import rows
from tests.inspections.conftest import Visit
from tests.soak import examples

NAMES = ["land_class", "planting", "category", "problem_type", "facts", "area_mu"]
VALUES = {
    "land_class": ["0103", "0301", "0102"],
    "planting": ["LS", "WG"],
    "category": ["2", "3"],
    "problem_type": ["2-1", "3-6"],
    "facts": ["地块内全部为杨树，没有耕种痕迹。", "长满了草"],
    "area_mu": [3.2, 1.0],
}
CHAT, LAST = mark(FilledBy.CHAT, "是片杨树林"), mark(FilledBy.LAST, "N1")
Steps = list[tuple[str, dict[str, Any]]]


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Who does it, and the values by name; None empties a field."""
    who = draw(st.sampled_from(["hand", "chat", "last", "confirm"]))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    return who, {n: draw(st.sampled_from([None, *VALUES[n]])) for n in names}


def played(steps: Steps) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """The draft after these steps, its marks, and who touched each answer last, by our own
    account: `hand`, `chat`, `last`, or `seen` once it was confirmed."""
    answers: dict[str, Any] = {}
    left: dict[str, Any] = {}
    by: dict[str, str] = {}
    for who, changes in steps:
        if who == "confirm":
            left = confirmed(left, changes)
            by |= {n: "seen" for n in changes if by.get(n) in ("chat", "last")}
            continue
        given = {"hand": None, "chat": CHAT, "last": LAST}[who]
        new = drafts.merged(shipped(), answers, changes)
        left = after_edit(left, answers, new, dict.fromkeys(changes, given))
        by = {n: who if n in changes else by[n] for n in new}
        answers = new
    return answers, left, by


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(edits(), max_size=12))
def test_what_a_hand_fills_is_never_left_to_confirm_and_what_others_fill_always_is(
    steps: Steps,
) -> None:
    answers, left, by = played(steps)
    waits = {n for n, who in by.items() if who in ("chat", "last")}
    assert set(open_ones(left, NAMES)) == waits
    assert set(left) == {n for n, who in by.items() if who != "hand"}
    assert set(left) <= set(answers)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(edits(), max_size=12), edits())
def test_a_mark_says_who_filled_it_also_once_it_was_confirmed(
    steps: Steps, last: tuple[str, dict[str, Any]]
) -> None:
    _, before, _ = played(steps)
    after = confirmed(before, last[1])
    assert {n: (m["by"], m["words"]) for n, m in after.items()} == {
        n: (m["by"], m["words"]) for n, m in before.items()
    }
    assert open_ones(after, last[1]) == []
    rest = [n for n in NAMES if n not in last[1]]
    assert open_ones(after, rest) == open_ones(before, rest)
    assert confirmed(after, last[1]) == after


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(edits(), max_size=12), edits())
def test_an_edit_changes_no_mark_of_an_answer_that_it_leaves(
    steps: Steps, edit: tuple[str, dict[str, Any]]
) -> None:
    answers, left, _ = played(steps)
    kept_marks, kept_answers = {n: dict(m) for n, m in left.items()}, dict(answers)
    new = drafts.merged(shipped(), answers, edit[1])
    after = after_edit(left, answers, new, dict.fromkeys(edit[1], CHAT))
    assert (left, answers) == (kept_marks, kept_answers)  # what is handed in is not touched
    for n, m in after.items():
        assert m == CHAT if n in edit[1] else m == left[n]


def test_the_words_of_a_mark_are_bounded() -> None:
    assert len(mark(FilledBy.CHAT, "说" * 5000)["words"]) == 200


def test_the_open_ones_come_in_the_order_they_are_asked() -> None:
    left = {"facts": CHAT, "land_class": CHAT, "planting": {**CHAT, "confirmed": True}}
    assert open_ones(left, ["land_class", "planting", "facts", "area_mu"]) == [
        "land_class",
        "facts",
    ]


def by_chat(visit: Visit, **changes: Any) -> dict[str, Any]:
    """As the chat keeps what it understood."""
    return inspections.save(
        visit.id,
        changes,
        visit.who,
        seen=visit.view().answers,
        now=visit.now,
        marks={n: mark(FilledBy.CHAT, "他说的话") for n in changes},
    )


def refused(call: object, *args: object, **named: object) -> Problem:
    with pytest.raises(Problem) as told:
        call(*args, **named)  # type: ignore[operator]
    return told.value


def test_what_the_chat_filled_waits_for_a_word_and_a_hand_is_that_word(visit: Visit) -> None:
    by_chat(visit, land_class="0301", as_registered="否")
    assert visit.view().unconfirmed == ["land_class", "as_registered"]
    visit.save(land_class="0301")  # picked on the form: the same value, but a hand chose it
    assert visit.view().unconfirmed == ["as_registered"]
    assert "land_class" not in visit.view().marks


def test_a_type_that_falls_away_with_its_category_loses_its_mark(visit: Visit) -> None:
    visit.save(has_problem="是")
    by_chat(visit, category="2")
    by_chat(visit, problem_type="2-1")
    visit.save(category="3")
    view = visit.view()
    assert "problem_type" not in view.answers
    assert view.marks == {}
    assert view.unconfirmed == []


def test_an_emptied_answer_has_no_mark(visit: Visit) -> None:
    by_chat(visit, remark="路窄")
    visit.save(remark="")
    assert visit.view().marks == {}


def test_an_answer_that_does_not_apply_now_is_not_asked_to_be_confirmed(visit: Visit) -> None:
    by_chat(visit, land_class="0103", planting="LS")
    visit.save(land_class="0301")
    assert visit.view().unconfirmed == []
    visit.save(land_class="0103")  # asked again: then its value is looked at
    assert visit.view().unconfirmed == ["planting"]


def test_confirming_grows_the_edition_once(visit: Visit) -> None:
    by_chat(visit, land_class="0301")
    before = visit.view().edition
    for _ in range(2):
        inspections.confirm(visit.id, {"land_class": "0301"}, visit.who, now=visit.now)
    view = visit.view()
    assert (view.unconfirmed, view.edition) == ([], before + 1)
    assert view.marks["land_class"]["by"] == FilledBy.CHAT
    assert view.marks["land_class"]["words"] == "他说的话"


def test_a_value_that_changed_meanwhile_is_not_confirmed(visit: Visit) -> None:
    by_chat(visit, land_class="0301", as_registered="否")
    seen = {n: visit.view().answers[n] for n in visit.view().unconfirmed}
    by_chat(visit, land_class="0103")
    told = refused(inspections.confirm, visit.id, seen, visit.who, now=visit.now)
    assert told.id == "changed-meanwhile"
    assert visit.view().unconfirmed == ["land_class", "as_registered"]


def test_an_answer_that_is_gone_is_not_confirmed(visit: Visit) -> None:
    by_chat(visit, remark="路窄")
    visit.save(remark="")
    told = refused(inspections.confirm, visit.id, {"remark": "路窄"}, visit.who, now=visit.now)
    assert told.id == "changed-meanwhile"


def test_nobody_else_confirms(visit: Visit) -> None:
    by_chat(visit, land_class="0301")
    for other in (rows.a_person(Role.INSPECTOR, team="二组"), rows.a_person(Role.SUPERVISOR)):
        told = refused(inspections.confirm, visit.id, {"land_class": "0301"}, other, now=visit.now)
        assert told.id in ("not-found", "not-yours", "not-allowed")
    assert visit.view().unconfirmed == ["land_class"]


def test_what_waits_to_be_confirmed_is_named_and_refuses_the_visit(visit: Visit) -> None:
    visit.save(no_photo_reason="WFDD", no_photo_note="山洪冲断了唯一的路，无法到达。")
    by_chat(visit, land_class="0301", as_registered="否", has_problem="否")
    visit.save(has_problem="否")
    told = refused(inspections.submit, visit.id, visit.view().edition, visit.who, now=visit.now)
    assert told.id == "incomplete"
    assert told.facts["missing"] == [
        "请核对“现状地类”：乔木林地（0301）（对话填入，还没有确认）",
        "请核对“与报备是否一致”：否（对话填入，还没有确认）",
    ]
    view = visit.view()
    values = {n: view.answers[n] for n in view.unconfirmed}
    inspections.confirm(visit.id, values, visit.who, now=visit.now)
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    assert visit.view().state == InspectionState.SUBMITTED


def test_a_wrong_value_is_told_as_wrong_not_as_unconfirmed(visit: Visit) -> None:
    visit.save(has_problem="是")
    by_chat(visit, area_mu=40.0)
    missing = [m for m in visit.view().missing if "涉及面积" in m]
    assert len(missing) == 1
    assert "不能大于地块面积" in missing[0]


@pytest.fixture
def supervisor(database: str, noon: datetime) -> Who:
    return rows.a_person(Role.SUPERVISOR, "段薇")


def test_a_supervisor_sees_which_answers_no_hand_filled(visit: Visit, supervisor: Who) -> None:
    visit.save(no_photo_reason="WFDD", no_photo_note="山洪冲断了唯一的路，无法到达。")
    visit.save(as_registered="否", has_problem="否")
    by_chat(visit, land_class="0103", planting="LS")
    visit.save(land_class="0301")  # planting is no longer asked
    by_chat(visit, remark="路窄")
    inspections.confirm(visit.id, {"remark": "路窄"}, visit.who, now=visit.now)
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    shown = {a.label: a.by for a in review.detail(visit.id, supervisor).answers}
    assert shown["备注"] == "对话"
    assert shown["现状地类"] == shown["与报备是否一致"] == ""
    assert set(inspections.view(visit.id, supervisor).marks) == {"remark"}  # of what was handed in


def test_an_answer_of_a_returned_visit_keeps_its_confirmation(visit: Visit) -> None:
    by_chat(visit, land_class="0301")
    inspections.confirm(visit.id, {"land_class": "0301"}, visit.who, now=visit.now)
    visit.save(remark="又去了一次")
    assert visit.view().unconfirmed == []


@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(edits(), max_size=8))
def test_the_draft_keeps_the_same_account(visit: Visit, steps: Steps) -> None:
    """As above, through the door that form and chat use, on both databases."""
    # Each example begins with an empty draft.
    visit.save(**dict.fromkeys(visit.view().answers))
    for who, changes in steps:
        view = visit.view()
        if who == "confirm":
            values = {n: view.answers[n] for n in changes if n in view.answers}
            inspections.confirm(visit.id, values, visit.who, now=visit.now)
        else:
            given = {"hand": None, "chat": CHAT, "last": LAST}[who]
            inspections.save(
                visit.id,
                changes,
                visit.who,
                seen=view.answers,
                now=visit.now,
                marks=dict.fromkeys(changes, given) if given else None,
            )
    answers, left, _ = played(steps)
    view = visit.view()
    assert view.answers == answers
    assert view.marks == left
    asked = [q.name for q in drafts.applicable(view.form, view.answers, view.about)]
    assert view.unconfirmed == marks.open_ones(left, asked)
