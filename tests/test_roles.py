import pytest

from field_app.problems import Problem
from field_app.roles import MAY, Action, Scope, Who, Whose, may, require
from models.vocabulary import Role

MINE = Whose(person_id=1, team_id=7, unit_ids=(3,))
OTHERS = Whose(person_id=2, team_id=8, unit_ids=(4,))


def a(role: Role) -> Who:
    return Who(1, "x", "X", role, team_id=7, unit_id=3)


def test_every_action_says_who_may() -> None:
    assert set(MAY) == set(Action)
    assert all(MAY.values())


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_the_table_is_what_is_asked(role: Role, action: Action) -> None:
    who, scope = a(role), MAY[action].get(role)
    assert may(who, action) == (scope is not None)
    assert may(who, action, MINE) == (scope is not None)
    assert may(who, action, OTHERS) == (scope == Scope.ALL)
    if scope is None:
        with pytest.raises(Problem) as told:
            require(who, action, MINE)
        assert told.value.id == "not-allowed"
    elif scope != Scope.ALL:
        with pytest.raises(Problem) as told:
            require(who, action, OTHERS)
        assert told.value.id == "not-yours"


def test_a_unit_sees_its_own_entries_and_no_others() -> None:
    unit = a(Role.UNIT)
    assert may(unit, Action.SEE_LEDGER, Whose(unit_ids=(2, 3)))
    assert not may(unit, Action.SEE_LEDGER, Whose(unit_ids=(2,)))
    assert not may(unit, Action.SEE_LEDGER, Whose())


def test_a_unit_account_without_a_unit_sees_nothing() -> None:
    nobody = Who(1, "x", "X", Role.UNIT)
    assert not may(nobody, Action.SEE_LEDGER, Whose(unit_ids=()))


def test_only_one_role_confirms_and_only_one_keeps_accounts() -> None:
    assert set(MAY[Action.REVIEW]) == {Role.SUPERVISOR}
    assert set(MAY[Action.MANAGE_PEOPLE]) == {Role.ADMIN}
