"""督办: who owes what, by unit; on both databases."""

from datetime import date, datetime, timedelta

import pytest

from field_app.ledger import listing, pressing
from field_app.ledger.filters import Due, LedgerFilter
from field_app.ledger.pressing import Debt
from field_app.problems import Problem
from field_app.roles import Who
from models.vocabulary import EntryState, Role
from tests import rows

TODAY = date(2026, 4, 15)
LIUSHAN, HUANGHOU, FORESTRY = "留山镇人民政府", "皇后乡人民政府", "林业局"
S = EntryState


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


def test_the_unit_that_is_most_behind_comes_first(office: Who, noon: datetime) -> None:
    def due(days: int) -> date:
        return TODAY + timedelta(days=days)

    rows.an_entry([HUANGHOU], due_on=due(-5))
    rows.an_entry([LIUSHAN, FORESTRY], due_on=due(-1), state=S.RECTIFYING)
    rows.an_entry([LIUSHAN], due_on=due(-8), state=S.RETURNED)
    rows.an_entry([LIUSHAN], due_on=due(2))
    rows.an_entry([LIUSHAN], due_on=None)
    rows.an_entry([LIUSHAN], due_on=due(-8), state=S.CLOSED)
    rows.an_entry([LIUSHAN], due_on=due(-8), state=S.TO_CLOSE, state_since=noon)
    rows.an_entry(due_on=due(40))
    rows.an_entry(state=S.TO_VERIFY, state_since=noon - timedelta(days=20))
    found = pressing.pressing(office, now=noon)
    assert [(u.name, u.debt) for u in found.units] == [
        (LIUSHAN, Debt(2, 1, 1, 4, due(-8), 8)),
        (HUANGHOU, Debt(1, 0, 0, 1, due(-5), 5)),
        (FORESTRY, Debt(1, 0, 0, 1, due(-1), 1)),
        ("责任单位未定", Debt(0, 0, 0, 1, None, 0)),
    ]
    assert found.all_units == Debt(3, 1, 1, 6, due(-8), 8)  # what two units owe counts once
    assert found.deciding == Debt(1, 1, 0, 2, None, 0)
    for unit in found.units[:3]:
        wanted = LedgerFilter(due=Due.LATE, unit_id=unit.unit_id)
        assert listing.listing(office, wanted, now=noon).total == unit.debt.late


def test_of_an_empty_ledger_nobody_owes_anything(office: Who, noon: datetime) -> None:
    found = pressing.pressing(office, now=noon)
    assert found.units == ()
    assert found.all_units == found.deciding == Debt(0, 0, 0, 0, None, 0)


@pytest.mark.parametrize("role", [Role.UNIT, Role.INSPECTOR, Role.ADMIN])
def test_a_unit_does_not_see_what_others_owe(role: Role, office: Who, noon: datetime) -> None:
    with pytest.raises(Problem) as told:
        pressing.pressing(rows.a_person(role), now=noon)
    assert told.value.id == "not-allowed"
