"""督办 and the deadline filters of the ledger, without a browser."""

from datetime import date, timedelta

import pytest

from field_app.roles import Who
from models.vocabulary import Role
from tests import rows
from tests.pages.conftest import Open, words_of

TODAY = date(2026, 4, 15)


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    rows.an_entry(["留山镇人民政府"], number="L1", due_on=TODAY - timedelta(days=2))
    rows.an_entry(["留山镇人民政府"], number="L2", due_on=TODAY + timedelta(days=60))
    rows.an_entry(["皇后乡人民政府"], number="H1", due_on=TODAY - timedelta(days=1))
    return rows.a_person(Role.OFFICE, "钱主任")


def test_the_office_sees_who_is_behind_and_goes_on_to_the_entries(
    office: Who, open_page: Open
) -> None:
    at = open_page("owing", office)
    assert not at.exception
    said = words_of(at)
    assert "**合计**\n:red-badge[:material/alarm: 已逾期 2]" in said
    assert "**留山镇人民政府**" in said
    assert "最早的期限 2026-04-13，逾期 2 天" in said
    unit = rows.a_unit("留山镇人民政府")
    at = open_page("ledger", office, due="LATE", unit=str(unit))
    assert not at.exception
    said = words_of(at)
    assert "L1" in said
    assert "期限：已逾期；责任单位：留山镇人民政府" in said
    assert "L2" not in said
    assert "H1" not in said
    (late,) = (b for b in at.button if b.label == "已逾期 1")
    late.click().run()  # once more takes it out of the filter
    assert "L2" in words_of(at)


def test_an_address_somebody_made_up_filters_nothing(office: Who, open_page: Open) -> None:
    at = open_page("ledger", office, due="__class__", unit="99999999999")
    assert not at.exception
    assert "共 3 条" in words_of(at)


def test_a_unit_is_refused_and_cannot_ask_for_another(office: Who, open_page: Open) -> None:
    liu = rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")
    assert "H1" not in words_of(open_page("owing", liu))
    other = rows.a_unit("皇后乡人民政府")
    said = words_of(open_page("ledger", liu, unit=str(other)))
    assert "共 2 条" in said
    assert "H1" not in said
