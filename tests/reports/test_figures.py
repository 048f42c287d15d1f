"""The table of figures, its page in the docs, and the ranking."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from field_app import clock
from field_app.ledger import owing
from field_app.ledger.deadlines import Standing
from field_app.problems import Problem
from field_app.reports import dictionary, figures, overview, periods
from field_app.reports.facts import Facts
from field_app.reports.figures import FIGURES
from field_app.reports.marks import Days
from field_app.reports.overview import Overview
from field_app.reports.periods import Kind
from field_app.roles import Who
from field_app.settings import ROOT
from models.taxonomy import categories
from models.vocabulary import EntryState, Role
from tests import rows

S = EntryState


def test_each_figure_has_an_id_a_name_and_one_sentence() -> None:
    assert len({f.id for f in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        assert figure.says.endswith("。"), figure.id
        assert figure.says.count("。") == 1, figure.id
        assert figure.name


def test_the_page_of_definitions_is_the_table() -> None:
    kept = ROOT / "docs" / "figures.md"
    assert kept.read_text(encoding="utf-8") == dictionary.page()


def seen(who: Who, day: date, now: datetime, unit: str = "") -> Overview:
    return overview.overview(who, periods.of_kind(Kind.WEEKLY, day, now), unit)


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


def test_an_empty_ledger_has_figures_too(office: Who, noon: datetime) -> None:
    found = seen(office, date(2026, 4, 15), noon)
    assert found.empty
    assert found.total["registered"] == 0
    assert found.total["closed_rate"] is None
    assert [line.key for line in found.by_category] == [str(no) for no in categories()]
    assert all(line.rank is None for line in found.by_township)
    assert len(found.by_township) >= 15


def closed(township: str | None, count: int, of: int, *, late: int = 0, **columns: Any) -> None:
    """`of` entries of a township, `count` of them closed and `late` of the others late."""
    long_ago = date(2026, 3, 2)
    for n in range(of):
        given: dict[str, Any] = {"state": S.CLOSED} if n < count else {}
        if count <= n < count + late:
            given["due_on"] = long_ago
        rows.an_entry(["财政局"], township_code=township, area_mu=2.5, **given, **columns)


def ranks(found: Overview) -> list[tuple[str, int | None]]:
    return [(line.name, line.rank) for line in found.by_township if line.values["registered"]]


def test_townships_rank_by_the_share_that_is_closed(office: Who, noon: datetime) -> None:
    closed("411321102", 1, 4)
    closed(rows.LIUSHAN, 3, 4)
    closed("411321104", 0, 2)
    found = seen(office, date(2026, 4, 15), noon)
    assert ranks(found) == [("留山镇", 1), ("云阳镇", 2), ("南河店镇", 3)]


def test_of_the_same_share_the_one_with_fewer_late_entries_stands_first(
    office: Who, noon: datetime
) -> None:
    closed("411321102", 1, 2, late=1)
    closed(rows.LIUSHAN, 2, 4)
    assert ranks(seen(office, date(2026, 4, 15), noon)) == [("留山镇", 1), ("云阳镇", 2)]


def test_what_is_the_same_shares_a_rank_and_the_next_one_is_skipped(
    office: Who, noon: datetime
) -> None:
    for township in ("411321102", "411321104"):
        closed(township, 1, 2)
    closed(rows.LIUSHAN, 2, 2)
    closed("411321105", 0, 1)
    assert ranks(seen(office, date(2026, 4, 15), noon)) == [
        ("留山镇", 1),
        ("云阳镇", 2),
        ("南河店镇", 2),
        ("板山坪镇", 4),
    ]


def test_townships_of_no_team_and_entries_of_no_township_are_shown_and_counted(
    office: Who, noon: datetime
) -> None:
    closed(rows.LIUSHAN, 1, 1)
    closed(rows.HUANGHOU, 1, 3)
    closed(None, 0, 2)
    found = seen(office, date(2026, 4, 15), noon)
    assert (found.without_team, found.without_township) == (3, 2)
    marked = {line.name: (line.rank, line.mark) for line in found.by_township}
    assert marked["皇后乡"] == (2, "未分片")
    assert marked["留山镇"] == (1, "")
    assert marked["未定乡镇"] == (None, "")
    assert sum(line.values["registered"] or 0 for line in found.by_township) == 6


def test_the_leading_unit_stands_first(office: Who, noon: datetime) -> None:
    orders = (("财政局", "自然资源局"), ("自然资源局", "财政局"), ("自然资源局",), ())
    for order in orders:
        rows.an_entry(order)
    found = seen(office, date(2026, 4, 15), noon)
    assert [entry.units for entry in found.entries] == list(orders)


def test_an_entry_of_several_units_counts_for_each_and_one_of_none_is_not_lost(
    office: Who, noon: datetime
) -> None:
    rows.an_entry(["财政局", "林业局"])
    rows.an_entry([])
    found = seen(office, date(2026, 4, 15), noon)
    counted = {line.name: line.values["registered"] for line in found.by_unit}
    assert counted == {"财政局": 1, "林业局": 1, "责任单位未定": 1}
    assert found.total["registered"] == 2


def test_a_unit_sees_the_figures_of_its_own_entries_only(office: Who, noon: datetime) -> None:
    rows.an_entry(["留山镇人民政府"])
    rows.an_entry(["财政局"])
    unit = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    assert seen(unit, date(2026, 4, 15), noon).total["registered"] == 1
    assert seen(unit, date(2026, 4, 15), noon, "留山镇人民政府").total["registered"] == 1
    assert seen(office, date(2026, 4, 15), noon, "财政局").total["registered"] == 1
    for who, asked in ((unit, "财政局"), (rows.a_person(Role.UNIT), "")):
        with pytest.raises(Problem) as told:
            seen(who, date(2026, 4, 15), noon, asked)
        assert told.value.id == "not-yours"
    with pytest.raises(Problem) as told:
        seen(rows.a_person(Role.INSPECTOR), date(2026, 4, 15), noon)
    assert told.value.id == "not-allowed"
    with pytest.raises(Problem) as told:
        seen(office, date(2026, 4, 15), noon, "没有这个局")
    assert told.value.id == "bad-input"


@pytest.mark.parametrize("state", EntryState)
@pytest.mark.parametrize("verified", [True, False])
def test_late_and_soon_are_what_the_ledger_calls_so(state: EntryState, verified: bool) -> None:
    """Through the first days of May, with their days of rest and a Saturday that is worked."""
    now = datetime(2026, 4, 1, tzinfo=UTC)
    for day in range(20):
        today = date(2026, 4, 25) + timedelta(days=day)
        days = Days.of(today)
        for ahead in range(-12, 16):
            due_on = today + timedelta(days=ahead)
            facts = Facts(
                1, 2, now, state, None, None, None, due_on, verified, False, False, False,
                False, (),
            )  # fmt: skip
            role, standing = owing.standing_of(
                state, verified=verified, due_on=due_on, since=now, today=today
            )
            unit = role == Role.UNIT
            assert days.late(facts) == (unit and standing == Standing.LATE)
            assert days.soon(facts) == (unit and standing == Standing.SOON)


def test_a_week_is_seven_days_and_a_month_begins_on_its_first(noon: datetime) -> None:
    week = periods.of_kind(Kind.WEEKLY, date(2026, 4, 12), noon)
    assert (week.first, week.last, week.whole) == (date(2026, 4, 6), date(2026, 4, 12), True)
    assert week.earlier().first == date(2026, 3, 30)
    assert week.start == datetime(2026, 4, 5, 16, tzinfo=UTC)
    first_week = periods.of_kind(Kind.WEEKLY, date(2026, 3, 7), noon)
    assert first_week.first == date(2026, 3, 1)
    assert first_week.earlier().first == date(2026, 2, 22)
    month = periods.of_kind(Kind.MONTHLY, date(2026, 3, 31), noon)
    assert (month.first, month.earlier().first) == (date(2026, 3, 1), date(2026, 2, 1))
    assert month.earlier().last == date(2026, 2, 28)
    part = periods.of_kind(Kind.MONTHLY, date(2026, 4, 15), noon)
    assert (part.whole, part.moment) == (False, noon)
    assert (part.earlier().first, part.earlier().last) == (date(2026, 3, 1), date(2026, 3, 15))


def test_a_day_that_has_not_come_cannot_be_reported_on(noon: datetime) -> None:
    tomorrow = clock.local(noon).date() + timedelta(days=1)
    for first, last in ((tomorrow, tomorrow), (date(2026, 4, 2), date(2026, 4, 1))):
        with pytest.raises(Problem) as told:
            periods.span(first, last, noon)
        assert told.value.id == "bad-input"


def test_a_value_is_said_with_its_decimals() -> None:
    assert figures.said("registered_area", 1234.5) == "1234.50"
    assert figures.said("late_rate", 0.0) == "0.0%"
