"""节点 without a browser: the office sets up, a unit sends, the office returns and takes."""

from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from field_app.milestones import campaigns, sending
from field_app.milestones.campaigns import Frame, Wish
from field_app.milestones.sending import Given
from field_app.roles import Who
from models.vocabulary import Ower, Rhythm, Role
from tests import rows
from tests.pages.conftest import Open, words_of

FRAME = Frame("专项整治", "召政办〔2026〕1号", date(2026, 4, 1), date(2026, 12, 31))


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


@pytest.fixture
def unit(office: Who) -> Who:
    return rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")


def press(at: AppTest, label: str) -> AppTest:
    (button,) = (b for b in at.button if b.label == label)
    return button.click().run()


def typed(at: AppTest, label: str, value: str) -> None:
    (field,) = (f for f in [*at.text_input, *at.text_area] if f.label == label)
    field.set_value(value)


def a_milestone(office: Who, noon: datetime) -> int:
    campaign = campaigns.set_up(FRAME, with_plan=False, who=office, now=noon)
    wish = Wish("摸排报告", Rhythm.ONCE, date(2026, 4, 14), owers=(Ower.TOWNSHIPS,))
    return campaigns.add(campaign, wish, who=office, now=noon)


def test_the_office_sets_up_a_campaign_from_the_plan(office: Who, open_page: Open) -> None:
    at = open_page("milestones", office)
    assert not at.exception
    assert "还没有专项整治行动" in words_of(at)
    typed(at, "名称", "耕地保护专项整治")
    at = press(at, "新建整治行动")
    assert not at.exception
    said = words_of(at)
    assert "**周报告**" in said
    assert "由乡镇、部门报送" in said
    assert "每周五" in said
    assert "每月 25 日" in said


def test_a_unit_sends_and_the_office_returns_and_takes(
    office: Who, unit: Who, noon: datetime, open_page: Open
) -> None:
    a_milestone(office, noon)
    at = open_page("milestones", unit)
    assert not at.exception
    assert "逾期未报 1" in words_of(at)
    assert "逾期未报 1" in words_of(open_page("todo", unit))
    typed(at, "说明", "已盖章")
    at = press(at, "报送")
    assert not at.exception
    assert "待接收" in words_of(at)
    assert "待接收 1" in words_of(open_page("todo", office))
    at = open_page("milestones", office)
    said = words_of(at)
    assert "已报 1/2" in said
    assert "已盖章" in said
    assert "皇后乡人民政府" in said
    at = press(at, "退回这次报送")
    assert "请写明退回报送的理由" in words_of(at)
    typed(at, "退回的理由（报送单位会看到）", "缺签字")
    press(at, "退回这次报送")
    at = open_page("milestones", unit)
    assert "退回的理由：缺签字" in words_of(at)
    typed(at, "说明", "补签了")
    press(at, "报送")
    at = press(open_page("milestones", office), "接收")
    assert not at.exception
    assert "已接收" in words_of(at)


def test_a_supervisor_looks_on_and_changes_nothing(
    office: Who, unit: Who, noon: datetime, open_page: Open
) -> None:
    number = a_milestone(office, noon)
    sending.send(number, "一次", Given("x"), who=unit, now=noon)
    at = open_page("milestones", rows.a_person(Role.SUPERVISOR, "周督导"))
    assert not at.exception
    assert "已报 1/2" in words_of(at)
    assert [b.label for b in at.button] == []


def test_an_inspector_has_no_part_in_it(office: Who, noon: datetime, open_page: Open) -> None:
    a_milestone(office, noon)
    at = open_page("milestones", rows.a_person(Role.INSPECTOR, "何映", team="二组"))
    assert "摸排报告" not in words_of(at)
