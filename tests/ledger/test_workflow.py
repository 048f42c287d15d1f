"""The table, walked as the full product of state, step and role."""

from itertools import product

import pytest

from field_app.ledger.workflow import RIGHTS, TRANSITIONS, Need, Step, advance, offered
from field_app.problems import Problem
from field_app.roles import Who
from models.vocabulary import EntryState, Role

EVERYTHING = frozenset(Need)
STATES: tuple[EntryState | None, ...] = (None, *EntryState)

# Written out by hand, on purpose: the test is the second witness of the table.
LEADS_TO = {
    (None, Step.POST): EntryState.TO_RECTIFY,
    (EntryState.TO_RECTIFY, Step.AMEND): EntryState.TO_RECTIFY,
    (EntryState.TO_RECTIFY, Step.BEGIN): EntryState.RECTIFYING,
    (EntryState.RECTIFYING, Step.AMEND): EntryState.RECTIFYING,
}
MAY = {
    Step.POST: {Role.SUPERVISOR},
    Step.AMEND: {Role.SUPERVISOR, Role.OFFICE},
    Step.BEGIN: {Role.SUPERVISOR, Role.OFFICE},
}


def a_who(role: Role) -> Who:
    return Who(1, "lin", "林", role)


@pytest.mark.parametrize(("state", "step", "role"), list(product(STATES, Step, Role)))
def test_each_state_step_and_role_leads_where_the_rules_say_or_is_refused(
    state: EntryState | None, step: Step, role: Role
) -> None:
    try:
        answer = str(advance(state, step, a_who(role), EVERYTHING))
    except Problem as refusal:
        answer = refusal.id
    if role not in MAY[step]:
        assert answer == "not-allowed"
    elif (state, step) not in LEADS_TO:
        assert answer == "wrong-state"
    else:
        assert answer == LEADS_TO[state, step]


def test_no_chain_of_steps_reaches_a_close_out() -> None:
    reached: set[EntryState | None] = {None}
    while True:
        more = {t.to for (at, _), t in TRANSITIONS.items() if at in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == {None, EntryState.TO_RECTIFY, EntryState.RECTIFYING}


@pytest.mark.parametrize("without", [Need.MEASURE, Need.DUE, Need.UNITS])
def test_rectification_does_not_begin_without_measure_deadline_and_unit(without: Need) -> None:
    with pytest.raises(Problem) as told:
        advance(EntryState.TO_RECTIFY, Step.BEGIN, a_who(Role.OFFICE), EVERYTHING - {without})
    assert told.value.id == "entry-incomplete"
    assert str(without) in told.value.message


def test_a_plan_under_way_can_change_but_not_disappear() -> None:
    office = a_who(Role.OFFICE)
    with pytest.raises(Problem) as told:
        advance(EntryState.RECTIFYING, Step.AMEND, office, EVERYTHING - {Need.DUE})
    assert told.value.id == "entry-incomplete"


def test_a_measure_may_still_be_open_when_an_entry_is_posted() -> None:
    posted = advance(None, Step.POST, a_who(Role.SUPERVISOR), {Need.DESCRIPTION})
    assert posted == EntryState.TO_RECTIFY


def test_every_step_names_the_right_it_asks_for() -> None:
    assert set(RIGHTS) == set(Step)


@pytest.mark.parametrize(("state", "role"), list(product(EntryState, Role)))
def test_a_page_offers_exactly_the_steps_that_would_not_be_refused(
    state: EntryState, role: Role
) -> None:
    taken = []
    for step in Step:
        try:
            advance(state, step, a_who(role), EVERYTHING)
        except Problem:
            continue
        taken.append(step)
    assert list(offered(state, a_who(role))) == taken
