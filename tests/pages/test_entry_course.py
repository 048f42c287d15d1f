"""An entry's page and the page of what waits, without a browser: each role in each state."""

from datetime import date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from field_app import db
from field_app.ledger import rectifying
from field_app.roles import Who
from models.tables import Entry, HandOver
from models.vocabulary import EntryState, Role, Verdict
from tests import rows
from tests.pages.conftest import Open, words_of

S = EntryState


@pytest.fixture
def unit(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")


@pytest.fixture
def zhou(unit: Who) -> Who:
    return rows.a_person(Role.SUPERVISOR, "周督导")


def the(entry_id: int) -> Entry:
    with db.reading() as session:
        return session.get_one(Entry, entry_id)


def labels(at: AppTest) -> list[str]:
    return [b.label for b in at.button]


def press(at: AppTest, label: str) -> AppTest:
    (button,) = (b for b in at.button if b.label == label)
    return button.click().run()


def typed(at: AppTest, label: str, value: str) -> None:
    (field,) = (f for f in [*at.text_area, *at.text_input] if f.label.startswith(label))
    field.set_value(value)


def other(at: AppTest, step: str) -> AppTest:
    (pills,) = at.get("button_group")
    return pills.set_value(step).run()


def ours(**columns: object) -> int:
    """An entry of 留山镇 that a visit with a photo found."""
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit, photos = rows.a_submitted_inspection(heying)
    finding = rows.a_finding_of(visit)
    with db.reading() as session:
        parcel = session.get_one(rows.Inspection, visit).parcel_id
    given = {
        "parcel_id": parcel,
        "inspection_id": visit,
        "finding_id": finding,
        "evidence_after": rows.clock.now() - timedelta(days=9),
    }
    assert photos
    return rows.an_entry(["留山镇人民政府"], number="L-1", **(given | columns))  # type: ignore[arg-type]


def proved(entry: int, unit: Who, now: datetime, verdict: Verdict = Verdict.PASSED) -> list[int]:
    visit = rectifying.open_proof(entry, who=unit, now=now)
    return [rows.a_photo_row(visit, verdict, kind="整改后", grade="B") for _ in range(2)]


def test_a_unit_comes_home_to_what_waits_for_it(unit: Who, open_page: Open) -> None:
    ours(due_on=date(2026, 4, 13))
    at = open_page("todo", unit)
    assert not at.exception
    said = words_of(at)
    assert "L\\-1" in said
    assert "等我办理 1" in said
    assert "逾期 2 天" in said


def test_with_nothing_to_do_the_page_says_so(unit: Who, open_page: Open) -> None:
    assert "没有等您办理的问题" in words_of(open_page("todo", unit))


def test_an_inspector_has_no_such_page(unit: Who, open_page: Open) -> None:
    at = open_page("todo", rows.a_person(Role.INSPECTOR, team="二组"))
    assert "等我办理" not in words_of(at)


def test_a_unit_begins_reports_and_is_led_to_photos_and_application(
    unit: Who, noon: datetime, open_page: Open
) -> None:
    entry = ours()
    at = press(open_page("ledger", unit, entry=str(entry)), "开始整改")
    assert the(entry).state == S.RECTIFYING
    at = press(at, "填报进展")
    assert "还要填写：进展情况" in words_of(at)
    typed(at, "整改做到哪一步了", "杨树已清除。")
    at = press(at, "填报进展")
    assert not at.exception
    assert the(entry).progress == "杨树已清除。"
    assert "杨树已清除。" in words_of(at)
    at = press(at, "上传整改后照片")
    assert not at.exception
    assert "上传整改后照片" not in labels(at)  # the camera's buttons stand in its place
    proved(entry, unit, noon)
    at = at.run()
    assert "现有 2 张" in words_of(at)
    assert "同一站位" in words_of(at)
    at = press(at, "申请销号")
    assert "请写明申请销号的理由" in words_of(at)
    typed(at, "完成情况", "已恢复耕种")
    at = press(at, "申请销号")
    assert the(entry).state == S.TO_CLOSE
    assert "等督导审批" in words_of(at)
    assert not [b for b in labels(at) if b in ("申请销号", "填报进展", "移除")]


def applied(unit: Who, now: datetime, verdict: Verdict = Verdict.PASSED) -> int:
    entry = ours(state=S.RECTIFYING, progress="已清除")
    proved(entry, unit, now, verdict)
    rectifying.apply(entry, 1, date(2026, 4, 15), why="已恢复", who=unit, now=now)
    return entry


def test_a_supervisor_closes_on_evidence(
    unit: Who, zhou: Who, noon: datetime, open_page: Open
) -> None:
    entry = applied(unit, noon)
    at = open_page("ledger", zhou, entry=str(entry))
    assert "可用于销号" in words_of(at)
    at = press(at, "同意销号")
    assert not at.exception
    assert the(entry).state == S.CLOSED
    assert "已于 2026-04-15 销号" in words_of(at)


def test_without_evidence_there_is_no_button_but_the_reasons(
    unit: Who, zhou: Who, noon: datetime, open_page: Open
) -> None:
    entry = applied(unit, noon, Verdict.DOUBTFUL)
    at = open_page("ledger", zhou, entry=str(entry))
    assert "还不能销号" in words_of(at)
    assert "存疑" in words_of(at)
    assert "同意销号" not in labels(at)
    typed(at, "哪里还不行", "请从原位置补拍")
    at = press(at, "退回整改")
    assert the(entry).state == S.RETURNED
    assert "请从原位置补拍" in words_of(open_page("ledger", unit, entry=str(entry)))
    assert "请从原位置补拍" in words_of(open_page("todo", unit))


def test_who_inspected_is_told_that_another_closes(
    unit: Who, noon: datetime, open_page: Open
) -> None:
    entry = applied(unit, noon)
    with db.writing() as session:  # the inspector of then is a supervisor now
        visit = session.get_one(rows.Inspection, the(entry).inspection_id)
        person = session.get_one(rows.Person, visit.person_id)
        person.role = Role.SUPERVISOR
        who = Who(person.id or 0, person.name, person.display, Role.SUPERVISOR)
    at = open_page("ledger", who, entry=str(entry))
    assert "须由另一名督导审批销号" in words_of(at)
    assert "同意销号" not in labels(at)


def test_the_office_carries_hands_over_and_takes_it_back(unit: Who, open_page: Open) -> None:
    entry = ours()
    office = rows.a_person(Role.OFFICE, "钱主任")
    at = other(open_page("ledger", office, entry=str(entry)), "挂账")
    typed(at, "挂账原因", "须等秋收")
    at = press(at, "挂账")
    assert "还要填写" in words_of(at)
    (until,) = (d for d in at.date_input if d.label == "挂账期限")
    until.set_value(date(2026, 12, 31))
    typed(at, "批准人或批准文号", "县长办公会〔2026〕3号")
    at = press(at, "挂账")
    assert not at.exception
    assert the(entry).carried == "须等秋收"
    assert "挂账至 2026-12-31" in words_of(at)

    at = other(at, "移送")
    assert "请先由人“认定性质”" in words_of(at)
    at = other(at, "认定性质")
    (nature,) = (s for s in at.selectbox if s.label == "问题性质")
    nature.set_value("涉嫌违纪")
    typed(at, "认定的理由", "明知不实")
    at = press(at, "认定性质")
    assert the(entry).nature == "涉嫌违纪"
    at = other(at, "移送")
    (organ,) = (s for s in at.selectbox if s.label == "接收机关")
    organ.set_value("县纪委监委")
    typed(at, "移送文号", "召整治移〔2026〕1号")
    typed(at, "移送事由", "虚假验收线索")
    at = press(at, "移送")
    assert not at.exception
    assert "移送县纪委监委" in words_of(at)
    typed(at, "撤销的理由", "文号写错")
    at = press(at, "撤销上一步")
    assert not at.exception
    assert the(entry).handed_to == ""
    with db.reading() as session:
        assert session.exec(rows.select(HandOver)).one().withdrawn_at is not None


def test_a_clue_is_registered_and_verified_from_the_page(
    unit: Who, zhou: Who, open_page: Open
) -> None:
    office = rows.a_person(Role.OFFICE, "钱主任")
    at = open_page("ledger", office)
    at = at.selectbox(key="clue_category").set_value(6).run()
    typed(at, "问题描述", "耕地开垦费未专款专用。")
    at = press(at, "登记线索")
    assert not at.exception
    assert "等督导核实" in words_of(at)
    entry = int(at.query_params["entry"][0])
    assert the(entry).state == S.TO_VERIFY
    at = open_page("ledger", zhou, entry=str(entry))
    typed(at, "核实情况", "查了账")
    at = press(at, "核实属实，进入整改")
    assert the(entry).state == S.TO_RECTIFY


def test_the_ledgers_own_columns_are_asked_by_their_type(unit: Who, open_page: Open) -> None:
    office = rows.a_person(Role.OFFICE, "钱主任")
    entry = rows.an_entry(["留山镇人民政府"], category=1, extra={"已补面积": 3.5})
    at = open_page("ledger", office, entry=str(entry))
    assert not at.exception
    numbers = {n.label: n for n in at.number_input}
    assert numbers["已补面积（亩）"].value == 3.5
    assert numbers["占用耕地面积（亩）"].value is None
    assert "自行平衡率（%）" not in numbers  # a column of ledger 4
    numbers["占用耕地面积（亩）"].set_value(8.0)
    (day,) = (d for d in at.date_input if d.label == "占用时间")
    day.set_value(date(2021, 3, 1))
    (way,) = (s for s in at.selectbox if s.label.startswith("处置方式"))
    way.set_value("拆除复耕")
    typed(at, "修改理由", "核对用地档案")
    at = press(at, "保存修改")
    assert not at.exception
    assert the(entry).extra == {
        "已补面积": 3.5,
        "占用耕地面积": 8.0,
        "占用时间": "2021-03-01",
        "处置方式(补办/拆除复耕)": "拆除复耕",
    }


def test_the_office_edits_the_presets(unit: Who, open_page: Open) -> None:
    office = rows.a_person(Role.OFFICE, "钱主任")
    at = open_page("presets", office)
    assert "还没有改过" in words_of(at)
    (days,) = (n for n in at.number_input if n.key == "days_2_0")
    days.set_value(45)
    typed(at, "修改理由", "县里定的")
    at = press(at, "保存并启用")
    assert not at.exception
    assert "第 1 版" in words_of(at)
    assert "保存并启用" not in labels(open_page("presets", unit))
