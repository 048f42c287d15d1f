"""看板: the figures of the papers on a page, for whom they are, and the way into the ledger."""

from datetime import date, datetime, timedelta

import pytest

from field_app.ledger import rectifying
from field_app.ledger.filters import Due
from field_app.reports import figures, overview, periods
from field_app.reports.kept import kept_overview
from field_app.reports.periods import Kind
from field_app.roles import Who
from models.vocabulary import EntryState, Role
from tests import rows
from tests.pages.conftest import Open, words_of

TODAY = date(2026, 4, 15)


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


@pytest.fixture
def ledger(office: Who) -> Who:
    rows.an_entry(["留山镇人民政府"], state=EntryState.CLOSED, area_mu=3.25)
    rows.an_entry(["留山镇人民政府", "财政局"], due_on=date(2026, 3, 2), area_mu=2.5)
    rows.an_entry(["皇后乡人民政府"], township_code=rows.HUANGHOU, category=3)
    rows.an_entry(["财政局"], township_code=None, category=6)
    return office


def test_the_page_shows_what_the_papers_print(ledger: Who, noon: datetime, open_page: Open) -> None:
    found = overview.overview(ledger, periods.of_kind(Kind.WEEKLY, TODAY, noon))
    at = open_page("dashboard", ledger)
    assert not at.exception
    shown = {m.label: m.value for m in at.metric}
    for name in ("registered", "open", "late", "found", "closed_in"):
        figure = figures.BY_ID[name]
        assert shown[figure.name] == f"{figures.said(name, found.total[name])} 条"
    assert shown["销号率"] == "25.0%"
    assert "未分片 1 条；未定乡镇 1 条" in words_of(at).replace("\\", "")


def test_each_figure_says_what_it_means(ledger: Who, open_page: Open) -> None:
    at = open_page("dashboard", ledger)
    for metric in at.metric:
        figure = next(f for f in figures.FIGURES if f.says == metric.help)
        assert figure.name == metric.label
    said = words_of(at).replace("\\", "")
    for figure in figures.FIGURES:
        assert figure.says in said
    assert overview.RANKING in said


def test_an_empty_ledger_says_so_and_draws_nothing(office: Who, open_page: Open) -> None:
    at = open_page("dashboard", office)
    assert "到这一天台账里还没有条目" in words_of(at)
    assert not at.metric
    assert not at.exception


def test_a_unit_sees_its_own_and_is_asked_for_no_other(
    ledger: Who, noon: datetime, open_page: Open
) -> None:
    unit = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    at = open_page("dashboard", unit)
    assert {m.label: m.value for m in at.metric}["登记问题"] == "2 条"
    assert "留山镇人民政府" in words_of(at)
    assert "范围" not in [box.label for box in at.selectbox]


def test_who_may_not_see_figures_sees_none(ledger: Who, open_page: Open) -> None:
    at = open_page("dashboard", rows.a_person(Role.INSPECTOR, team="二组"))
    assert not at.metric


def test_another_period_another_unit(ledger: Who, noon: datetime, open_page: Open) -> None:
    at = open_page("dashboard", ledger)
    at.selectbox(key="whose").set_value("财政局").run()
    assert {m.label: m.value for m in at.metric}["登记问题"] == "2 条"
    at.selectbox(key="span").set_value(Kind.STAGE).run()
    assert not at.exception
    at.date_input(key="last").set_value(date(2026, 4, 1)).run()
    assert "到这一天台账里还没有条目" in words_of(at)


def test_the_ledger_opens_under_the_filter_that_a_link_brings(ledger: Who, open_page: Open) -> None:
    at = open_page("ledger", ledger, category="3", township=rows.HUANGHOU, state="TO_RECTIFY")
    assert at.selectbox(key="ledger_category").value == 3
    assert at.selectbox(key="ledger_township").value == rows.HUANGHOU
    assert at.selectbox(key="ledger_state").value == EntryState.TO_RECTIFY
    at = open_page("ledger", ledger, township="未定", due=Due.LATE.name)
    assert at.selectbox(key="ledger_township").value == "未定"
    assert at.selectbox(key="ledger_due").value == Due.LATE


def test_an_address_that_somebody_made_up_filters_nothing(ledger: Who, open_page: Open) -> None:
    at = open_page("ledger", ledger, category="99", township="<b>", state="没有", due="x")
    assert not at.exception
    assert at.selectbox(key="ledger_category").value is None
    assert at.selectbox(key="ledger_township").value == ""


def test_what_is_kept_is_worked_out_again_once_something_happens(
    ledger: Who, noon: datetime
) -> None:
    period = periods.of_kind(Kind.WEEKLY, TODAY, noon)
    first = kept_overview(ledger, period)
    again = kept_overview(ledger, period)
    assert again.total is first.total
    assert (first.entries, first.late) == ((), ())  # those of many periods would fill the memory
    unit = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    assert kept_overview(unit, period).total["registered"] == 2  # nobody gets another's
    entry = rows.an_entry(["留山镇人民政府"])
    assert kept_overview(ledger, period).total["registered"] == 5
    later = periods.of_kind(Kind.WEEKLY, TODAY, noon + timedelta(minutes=5))
    rectifying.begin(entry, 1, who=unit, now=noon + timedelta(minutes=1))
    assert kept_overview(ledger, later).total["rectifying"] == 1
