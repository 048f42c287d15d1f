"""The table, walked as the full product of state, step and role; and walks at random over it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app.ledger import undo_rules
from field_app.ledger.undo_rules import LASTING, Done, check_undo
from field_app.ledger.workflow import (
    OWED,
    RIGHTS,
    TRANSITIONS,
    Given,
    Hand,
    Need,
    Situation,
    Step,
    advance,
    offered,
)
from field_app.problems import Problem
from field_app.roles import Who, Whose
from models.vocabulary import EntryState, Role

NOW = datetime(2026, 4, 15, 4, 0, tzinfo=UTC)
EVERYTHING = Situation(frozenset(Need), frozenset(Given))
STATES: tuple[EntryState | None, ...] = (None, *EntryState)
S, R = EntryState, Role
OURS = Whose(unit_ids=(3, 4))

# Written out by hand, on purpose: the test is the second witness of the table.
BOTH = {R.SUPERVISOR, R.OFFICE}
ALLOWED: dict[tuple[EntryState | None, Step], tuple[EntryState, set[Role], str]] = {
    (None, Step.REGISTER): (S.TO_VERIFY, BOTH, "县办或督导登记线索，等待核实"),
    (None, Step.POST): (S.TO_RECTIFY, {R.SUPERVISOR}, "督导确认的问题直接进台账，等待整改"),
    (S.TO_VERIFY, Step.VERIFY): (S.TO_RECTIFY, {R.SUPERVISOR}, "督导核实线索属实"),
    (S.TO_VERIFY, Step.REFUTE): (S.RETURNED, {R.SUPERVISOR}, "督导核实线索不属实，退回"),
    (S.RETURNED, Step.RECHECK): (S.TO_VERIFY, BOTH, "不属实的线索有了新情况，重新核实"),
    (S.TO_RECTIFY, Step.BEGIN): (S.RECTIFYING, {*BOTH, R.UNIT}, "措施、期限、责任齐了，开始整改"),
    (S.RECTIFYING, Step.REPORT): (S.RECTIFYING, {R.UNIT}, "责任单位填报进展"),
    (S.RECTIFYING, Step.SHOOT): (S.RECTIFYING, {R.UNIT}, "责任单位上传整改后照片"),
    (S.RECTIFYING, Step.APPLY): (S.TO_CLOSE, {R.UNIT}, "责任单位申请销号"),
    (S.TO_CLOSE, Step.SEND_BACK): (S.RETURNED, {R.SUPERVISOR}, "督导退回整改"),
    (S.RETURNED, Step.GO_ON): (S.RECTIFYING, {*BOTH, R.UNIT}, "退回后继续整改"),
    (S.TO_CLOSE, Step.CLOSE): (S.CLOSED, {R.SUPERVISOR}, "督导凭证据同意销号"),
    (S.CLOSED, Step.LOOKED): (S.CLOSED, BOTH, "回头看没有反弹"),
    (S.CLOSED, Step.REOPEN): (S.RECTIFYING, BOTH, "回头看发现反弹，重新打开"),
    (S.TO_VERIFY, Step.AMEND): (S.TO_VERIFY, BOTH, "核实前可以改条目"),
    (S.TO_RECTIFY, Step.AMEND): (S.TO_RECTIFY, BOTH, "整改前可以改条目"),
    (S.RECTIFYING, Step.AMEND): (S.RECTIFYING, BOTH, "整改中可以改条目"),
    (S.RETURNED, Step.AMEND): (S.RETURNED, BOTH, "退回后可以改条目"),
    (S.TO_VERIFY, Step.CLASSIFY): (S.TO_VERIFY, BOTH, "核实时可以定性"),
    (S.TO_RECTIFY, Step.CLASSIFY): (S.TO_RECTIFY, BOTH, "整改前可以定性"),
    (S.RECTIFYING, Step.CLASSIFY): (S.RECTIFYING, BOTH, "整改中可以定性"),
    (S.TO_CLOSE, Step.CLASSIFY): (S.TO_CLOSE, BOTH, "销号前可以定性"),
    (S.RETURNED, Step.CLASSIFY): (S.RETURNED, BOTH, "退回后可以定性"),
    (S.TO_VERIFY, Step.MARK_NEW): (S.TO_VERIFY, BOTH, "核实时可以认定边整治边发生"),
    (S.TO_RECTIFY, Step.MARK_NEW): (S.TO_RECTIFY, BOTH, "整改前可以认定边整治边发生"),
    (S.RECTIFYING, Step.MARK_NEW): (S.RECTIFYING, BOTH, "整改中可以认定边整治边发生"),
    (S.TO_CLOSE, Step.MARK_NEW): (S.TO_CLOSE, BOTH, "销号前可以认定边整治边发生"),
    (S.RETURNED, Step.MARK_NEW): (S.RETURNED, BOTH, "退回后可以认定边整治边发生"),
    (S.TO_RECTIFY, Step.CARRY): (S.TO_RECTIFY, {R.OFFICE}, "整改前可以挂账"),
    (S.RECTIFYING, Step.CARRY): (S.RECTIFYING, {R.OFFICE}, "整改中可以挂账"),
    (S.RETURNED, Step.CARRY): (S.RETURNED, {R.OFFICE}, "退回后可以挂账"),
    (S.TO_RECTIFY, Step.UNCARRY): (S.TO_RECTIFY, {R.OFFICE}, "整改前可以解除挂账"),
    (S.RECTIFYING, Step.UNCARRY): (S.RECTIFYING, {R.OFFICE}, "整改中可以解除挂账"),
    (S.RETURNED, Step.UNCARRY): (S.RETURNED, {R.OFFICE}, "退回后可以解除挂账"),
    (S.TO_VERIFY, Step.HAND_OVER): (S.TO_VERIFY, BOTH, "核实时可以移送"),
    (S.TO_RECTIFY, Step.HAND_OVER): (S.TO_RECTIFY, BOTH, "整改前可以移送"),
    (S.RECTIFYING, Step.HAND_OVER): (S.RECTIFYING, BOTH, "整改中可以移送"),
    (S.TO_CLOSE, Step.HAND_OVER): (S.TO_CLOSE, BOTH, "销号前可以移送"),
    (S.RETURNED, Step.HAND_OVER): (S.RETURNED, BOTH, "退回后可以移送"),
    (S.CLOSED, Step.HAND_OVER): (S.CLOSED, BOTH, "销号后发现线索，仍可移送"),
    (S.TO_VERIFY, Step.FEEDBACK): (S.TO_VERIFY, BOTH, "核实时可以记反馈"),
    (S.TO_RECTIFY, Step.FEEDBACK): (S.TO_RECTIFY, BOTH, "整改前可以记反馈"),
    (S.RECTIFYING, Step.FEEDBACK): (S.RECTIFYING, BOTH, "整改中可以记反馈"),
    (S.TO_CLOSE, Step.FEEDBACK): (S.TO_CLOSE, BOTH, "销号前可以记反馈"),
    (S.RETURNED, Step.FEEDBACK): (S.RETURNED, BOTH, "退回后可以记反馈"),
    (S.CLOSED, Step.FEEDBACK): (S.CLOSED, BOTH, "销号后可以记反馈"),
}
MAY = {
    step: {role for (_, of), (_, roles, _) in ALLOWED.items() if of == step for role in roles}
    for step in Step
}


def a_who(role: Role, person_id: int = 1, unit_id: int | None = 3) -> Who:
    return Who(person_id, "lin", "林", role, unit_id=unit_id if role == Role.UNIT else None)


@pytest.mark.parametrize(("state", "step", "role"), list(product(STATES, Step, Role)))
def test_each_state_step_and_role_leads_where_the_rules_say_or_is_refused(
    state: EntryState | None, step: Step, role: Role
) -> None:
    whose = None if state is None else OURS
    try:
        answer = str(advance(state, step, a_who(role), EVERYTHING, whose))
    except Problem as refusal:
        answer = refusal.id
    if step == Step.UNDO:  # not in the table: what it leads to is what was
        assert answer == ("not-allowed" if role == Role.INSPECTOR else "wrong-state")
    elif role not in MAY[step]:
        assert answer == "not-allowed"
    elif (state, step) not in ALLOWED:
        assert answer == "wrong-state"
    else:
        assert answer == ALLOWED[state, step][0]


def test_the_table_holds_just_the_cells_that_a_sentence_names() -> None:
    assert set(TRANSITIONS) == set(ALLOWED)
    sentences = [sentence for _, _, sentence in ALLOWED.values()]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("step", [s for s in Step if R.UNIT in MAY[s]])
def test_a_unit_does_its_steps_on_its_own_entries_only(step: Step) -> None:
    for state in (at for at, of in TRANSITIONS if of == step and at is not None):
        assert advance(state, step, a_who(R.UNIT, unit_id=4), EVERYTHING, OURS)
        for stranger in (a_who(R.UNIT, unit_id=9), a_who(R.UNIT, unit_id=None)):
            with pytest.raises(Problem) as told:
                advance(state, step, stranger, EVERYTHING, OURS)
            assert told.value.id == "not-yours"


NEEDS = [(cell, need) for cell, t in TRANSITIONS.items() for need in t.needs]


@pytest.mark.parametrize(("cell", "need"), NEEDS)
def test_a_step_is_refused_while_the_entry_lacks_what_it_needs(
    cell: tuple[EntryState | None, Step], need: Need
) -> None:
    state, step = cell
    who = a_who(min(MAY[step]))
    lacking = Situation(frozenset(Need) - {need}, frozenset(Given))
    with pytest.raises(Problem) as told:
        advance(state, step, who, lacking, OURS)
    assert told.value.id == "entry-incomplete"
    assert str(need) in told.value.message


GIVEN = [(cell, given) for cell, t in TRANSITIONS.items() for given in t.given]


@pytest.mark.parametrize(("cell", "lacks"), GIVEN)
def test_a_step_is_refused_until_the_person_gives_what_it_asks_for(
    cell: tuple[EntryState | None, Step], lacks: Given
) -> None:
    state, step = cell
    lacking = Situation(frozenset(Need), frozenset(Given) - {lacks})
    with pytest.raises(Problem) as told:
        advance(state, step, a_who(min(MAY[step])), lacking, OURS)
    assert told.value.id in {"reason-needed", "step-incomplete"}


@pytest.mark.parametrize("hand", [Hand.INSPECTED, Hand.RECTIFIED])
def test_who_inspected_or_rectified_does_not_close(hand: Hand) -> None:
    with pytest.raises(Problem) as told:
        advance(
            S.TO_CLOSE,
            Step.CLOSE,
            a_who(R.SUPERVISOR),
            Situation(EVERYTHING.has, EVERYTHING.given, {hand}),
            OURS,
        )
    assert told.value.id == "another-person-needed"
    assert str(hand) in told.value.message


def test_who_registered_a_clue_does_not_verify_it() -> None:
    mine = Situation(EVERYTHING.has, EVERYTHING.given, {Hand.REGISTERED})
    for step in (Step.VERIFY, Step.REFUTE):
        with pytest.raises(Problem) as told:
            advance(S.TO_VERIFY, step, a_who(R.SUPERVISOR), mine, OURS)
        assert told.value.id == "another-person-needed"


def test_what_a_supervisor_had_no_hand_in_he_closes() -> None:
    registered = Situation(EVERYTHING.has, (), {Hand.REGISTERED})
    assert advance(S.TO_CLOSE, Step.CLOSE, a_who(R.SUPERVISOR), registered, OURS) == S.CLOSED


def test_every_step_names_the_right_it_asks_for() -> None:
    assert set(RIGHTS) == set(Step)


def test_every_state_but_the_last_waits_for_a_step_that_leads_on() -> None:
    assert set(OWED) == set(EntryState) - {S.CLOSED}
    for state, owed in OWED.items():
        assert TRANSITIONS[state, owed.step].to != state
        assert owed.role in MAY[owed.step]


@pytest.mark.parametrize(("state", "role"), list(product(EntryState, Role)))
def test_a_page_offers_exactly_the_steps_that_would_not_be_refused(
    state: EntryState, role: Role
) -> None:
    taken = []
    for step in Step:
        try:
            advance(state, step, a_who(role), EVERYTHING, OURS)
        except Problem:
            continue
        taken.append(step)
    assert list(offered(state, a_who(role), OURS, EVERYTHING.has)) == taken


def test_a_page_offers_no_step_that_makes_no_sense_for_the_entry() -> None:
    plain = frozenset(Need) - {Need.CARRIED, Need.HANDED, Need.UNVERIFIED}
    office = offered(S.RETURNED, a_who(R.OFFICE), OURS, plain)
    assert Step.CARRY in office
    assert not {Step.UNCARRY, Step.FEEDBACK, Step.RECHECK} & set(office)
    untrue = frozenset(Need) - {Need.VERIFIED, Need.MEASURE}
    assert Step.GO_ON not in offered(S.RETURNED, a_who(R.UNIT), OURS, untrue)
    # What can be filled in is offered, and says what is missing.
    unplanned = plain - {Need.MEASURE}
    assert Step.BEGIN in offered(S.TO_RECTIFY, a_who(R.OFFICE), OURS, unplanned)


# --- undoing -----------------------------------------------------------------------------------


def undo_refused(done: Done | None, who: Who, now: datetime = NOW, whose: Whose = OURS) -> str:
    try:
        check_undo(done, who, whose, now)
    except Problem as refusal:
        return refusal.id
    return ""


@pytest.mark.parametrize(("step", "role"), list(product(Step, Role)))
def test_a_step_is_undone_by_who_did_it_and_still_may(step: Step, role: Role) -> None:
    mine = undo_refused(Done(step, 1, NOW - timedelta(hours=1)), a_who(role))
    if role == R.INSPECTOR:
        assert mine == "not-allowed"
    elif step in LASTING or role not in MAY[step]:
        assert mine == "nothing-to-undo"
    else:
        assert mine == ""


def test_nobody_undoes_what_another_did_or_what_is_a_day_old() -> None:
    supervisor = a_who(R.SUPERVISOR)
    assert undo_refused(None, supervisor) == "nothing-to-undo"
    assert undo_refused(Done(Step.CLOSE, 2, NOW), supervisor) == "nothing-to-undo"
    old = Done(Step.CLOSE, 1, NOW - timedelta(hours=24, seconds=1))
    assert undo_refused(old, supervisor) == "nothing-to-undo"
    assert undo_refused(Done(Step.CLOSE, 1, NOW - timedelta(hours=24)), supervisor) == ""


def test_a_unit_undoes_nothing_on_an_entry_that_is_no_more_its_own() -> None:
    unit = a_who(R.UNIT, unit_id=9)
    assert undo_refused(Done(Step.REPORT, 1, NOW), unit) == "not-yours"


# --- walks ---------------------------------------------------------------------------------------

PEOPLE = tuple(a_who(role, n) for n, role in enumerate((*Role, R.SUPERVISOR, R.UNIT), start=1))
MOVES = st.lists(
    st.tuples(
        st.sampled_from(Step),
        st.sampled_from(PEOPLE),
        st.booleans(),  # whether the evidence is there
    ),
    max_size=60,
)


def walked(moves: Iterable[tuple[Step, Who, bool]]) -> Iterable[tuple[Step, EntryState | None]]:
    """Plays the moves as the product does: hands are remembered for ever, an undo brings back the
    state before the last step. Yields each step that was taken and the state after it."""
    state: EntryState | None = None
    hands: dict[int, set[Hand]] = {}
    before: EntryState | None = None
    done: Done | None = None
    marks = {
        Step.REGISTER: Hand.REGISTERED,
        Step.REPORT: Hand.RECTIFIED,
        Step.SHOOT: Hand.RECTIFIED,
        Step.APPLY: Hand.RECTIFIED,
        Step.CLOSE: Hand.CLOSED,
    }
    for step, who, evidence in moves:
        has = frozenset(Need) if evidence else frozenset(Need) - {Need.EVIDENCE}
        mine = hands.setdefault(who.id, set())
        try:
            if step == Step.UNDO:
                check_undo(done, who, OURS, NOW)
                state, done = before, Done(Step.UNDO, who.id, NOW)
            else:
                whose = None if state is None else OURS
                after = advance(state, step, who, Situation(has, frozenset(Given), mine), whose)
                before, state, done = state, after, Done(step, who.id, NOW)
        except Problem:
            continue
        if step in marks:
            mine.add(marks[step])
        yield step, state


@given(MOVES)
def test_no_walk_leads_around_the_evidence_or_the_second_person(
    moves: list[tuple[Step, Who, bool]],
) -> None:
    rightly = False  # whether the entry has been closed as it should be since it last was open
    closed_before_reopening = False
    for step, state in walked(moves):
        if step == Step.CLOSE:
            rightly = True
        elif step == Step.REOPEN:
            closed_before_reopening, rightly = rightly, False
        elif step == Step.UNDO and state == S.CLOSED:
            rightly = rightly or closed_before_reopening
        elif state != S.CLOSED:
            rightly = closed_before_reopening = False
        if state == S.CLOSED:
            assert rightly, step


@given(MOVES)
def test_who_closes_has_never_rectified_and_the_evidence_was_there(
    moves: list[tuple[Step, Who, bool]],
) -> None:
    told = list(walked(moves))
    assert all(state == S.CLOSED for step, state in told if step == Step.CLOSE)
    # The same walk with no evidence at all, and with one person for everything, closes nothing.
    assert not [s for s, _ in walked((s, w, False) for s, w, _ in moves) if s == Step.CLOSE]


def test_the_only_way_into_the_last_state_is_the_close_out() -> None:
    into = {step for (at, step), t in TRANSITIONS.items() if t.to == S.CLOSED and at != S.CLOSED}
    assert into == {Step.CLOSE}
    close = TRANSITIONS[S.TO_CLOSE, Step.CLOSE]
    assert Need.EVIDENCE in close.needs
    assert set(close.never) == {Hand.INSPECTED, Hand.RECTIFIED}


def test_what_is_asked_for_by_the_table_is_all_there_is() -> None:
    assert {need for t in TRANSITIONS.values() for need in t.needs} == set(Need)
    assert {g for t in TRANSITIONS.values() for g in t.given} == set(Given)
    assert undo_rules.UNDO_HOURS == 24
