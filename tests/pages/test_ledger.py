"""The ledger's page, without a browser."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from field_app import db, review
from field_app.ledger import entries
from field_app.ledger.reading_back import keeping
from field_app.roles import Who
from models.tables import Entry, Event
from models.vocabulary import EntryState, Role
from tests import rows
from tests.ledger.reading_back.books import exported
from tests.pages.conftest import Open, words_of

TODAY = date(2026, 4, 15)


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


def the(entry_id: int) -> Entry:
    with db.reading() as session:
        return session.get_one(Entry, entry_id)


def press(at: AppTest, label: str) -> AppTest:
    (button,) = (b for b in at.button if b.label == label)
    return button.click().run()


def typed(at: AppTest, label: str, value: str) -> None:
    (field,) = (f for f in [*at.text_input, *at.text_area] if f.label == label)
    field.set_value(value)


def listed(at: AppTest) -> str:
    return "\n".join(str(m.value) for m in at.markdown)


def test_an_empty_ledger_says_so(office: Who, open_page: Open) -> None:
    at = open_page("ledger", office)
    assert not at.exception
    assert "台账里还没有条目" in words_of(at)


def test_an_inspector_is_refused(office: Who, open_page: Open) -> None:
    entry = rows.an_entry()
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    at = open_page("ledger", heying, entry=str(entry))
    assert "地块内全部为林木" not in words_of(at)


def test_the_list_shows_state_deadline_and_what_is_unassigned(office: Who, open_page: Open) -> None:
    rows.an_entry(number="L-1", due_on=TODAY - timedelta(days=2))
    rows.an_entry(["皇后乡人民政府"], number="L-2", township_code=rows.HUANGHOU)
    at = open_page("ledger", office)
    assert not at.exception
    said = words_of(at)
    assert "共 2 条" in said
    assert [b.label for b in at.button if b.label.startswith("已逾期")] == ["已逾期 1"]
    assert "未分片 1" in said
    assert "逾期 2 天" in said
    assert "责任单位未定" in said


def test_the_filters_narrow_the_list(office: Who, open_page: Open) -> None:
    rows.an_entry(number="L-1", category=2)
    rows.an_entry(number="L-2", category=3, township_code=rows.HUANGHOU)
    rows.an_entry(number="L-3", category=3, state=EntryState.RECTIFYING, due_on=None)
    at = open_page("ledger", office)
    at = at.selectbox(key="ledger_category").set_value(3).run()
    assert "L\\-1" not in listed(at)
    at = at.selectbox(key="ledger_state").set_value(EntryState.RECTIFYING).run()
    assert "L\\-3" in listed(at)
    assert "L\\-2" not in listed(at)
    at = at.selectbox(key="ledger_township").set_value(rows.HUANGHOU).run()
    assert "没有符合条件的台账条目" in words_of(at)
    at.selectbox(key="ledger_state").set_value(None)
    at.toggle(key="ledger_no_team").set_value(True)
    at = at.run()
    assert "L\\-2" in listed(at)


def test_a_unit_sees_and_opens_its_own_entries_only(office: Who, open_page: Open) -> None:
    ours = rows.an_entry(["留山镇人民政府"], number="L-1")
    theirs = rows.an_entry(["皇后乡人民政府"], number="L-2")
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    at = open_page("ledger", liushan, entry=str(ours))
    assert "L\\-1" in listed(at)
    assert "L\\-2" not in listed(at)
    assert not [b for b in at.button if b.label == "保存修改"]
    at = open_page("ledger", liushan, entry=str(theirs))
    assert "不在您的职责范围内" in words_of(at)


def test_what_people_typed_is_never_markup(office: Who, open_page: Open) -> None:
    entry = rows.an_entry(description="**粗**<img src=x>", extra={"重叠项目编号": ":red[x]"})
    at = open_page("ledger", office, entry=str(entry))
    assert r"\*\*粗\*\*\<img src=x\>" in words_of(at)
    assert r"\:red\[x\]" in words_of(at)
    assert all("<img src=x>" not in str(html.body) for html in at.get("html"))


def test_a_change_is_saved_with_its_reason(office: Who, open_page: Open) -> None:
    entry = rows.an_entry(["留山镇人民政府"])
    at = open_page("ledger", office, entry=str(entry))
    typed(at, "责任人", "王镇长")
    typed(at, "重叠项目编号", "411321-7")
    at = press(at, "保存修改")
    assert "请写明修改条目的理由" in words_of(at)
    assert the(entry).responsible_person == ""
    typed(at, "修改理由（必填）", "镇里来函")
    at = press(at, "保存修改")
    assert not at.exception
    saved = the(entry)
    assert saved.responsible_person == "王镇长"
    assert saved.extra == {"重叠项目编号": "411321-7"}
    with db.reading() as session:
        (event,) = session.exec(select(Event).where(Event.about == "entry")).all()
    assert set(event.new) == {"responsible_person", "重叠项目编号"}
    assert "责任人：王镇长" in words_of(at)
    assert "镇里来函" in words_of(at)


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    office: Who, noon: datetime, open_page: Open
) -> None:
    entry = rows.an_entry()
    at = open_page("ledger", office, entry=str(entry))
    typed(at, "责任人", "王镇长")
    typed(at, "修改理由（必填）", "来函")
    entries.change(entry, 1, {"remark": "别人写的"}, why="x", who=office, now=noon)
    at = press(at, "保存修改")
    assert "刚被别人或另一台设备改过" in words_of(at)
    assert the(entry).responsible_person == ""
    press(at, "保存修改")  # now that it has been seen, with what was typed still there
    assert (the(entry).responsible_person, the(entry).remark) == ("王镇长", "别人写的")


def test_rectification_begins_from_the_page(office: Who, open_page: Open) -> None:
    entry = rows.an_entry(["留山镇人民政府"])
    at = press(open_page("ledger", office, entry=str(entry)), "开始整改")
    assert not at.exception
    assert the(entry).state == EntryState.RECTIFYING
    assert "状态：待整改 → 整改中" in words_of(at)
    assert not [b for b in at.button if b.label == "开始整改"]


def test_the_scene_is_shown_when_asked_for(office: Who, noon: datetime, open_page: Open) -> None:
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    inspection, photos = rows.a_submitted_inspection(heying)
    review.confirm(inspection, 1, who=zhou, now=noon)
    with db.reading() as session:
        entry = session.exec(select(Entry.id).order_by(col(Entry.id))).one()
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    at = open_page("ledger", liushan, entry=str(entry))
    assert f"照片 {photos[0]} · 全景" not in words_of(at)
    at = at.toggle(key=f"scene_{inspection}").set_value(True).run()
    assert not at.exception
    assert f"照片 {photos[0]} · 全景" in words_of(at)


def test_an_administrator_reads_but_does_not_export(office: Who, open_page: Open) -> None:
    rows.an_entry(number="L-1")
    at = open_page("ledger", rows.a_person(Role.ADMIN))
    assert "L\\-1" in listed(at)
    assert not at.get("download_button")
    assert open_page("ledger", office).get("download_button")


@pytest.mark.parametrize("entry", ["987654", "x"])
def test_a_wrong_address_gets_a_sentence(entry: str, office: Who, open_page: Open) -> None:
    at = open_page("ledger", office, entry=entry)
    assert not at.exception
    assert "找不到台账条目" in words_of(at) or "选一条台账" in words_of(at)


# --- a ledger that comes back from Excel ----------------------------------------------------------


def test_an_uploaded_ledger_is_shown_before_it_is_applied(
    office: Who, noon: datetime, open_page: Open
) -> None:
    entry = rows.an_entry(number="411321-2-2026-0001", measure="**旧**")
    book = exported(office, noon)
    book.put("411321-2-2026-0001", "整改措施", "新的措施")
    book.put("411321-2-2026-0001", "涉及面积", "约三亩")
    keeping.take(book.saved(), "六月.xlsx", who=office, now=noon)
    at = open_page("ledger", office)
    assert not at.exception
    said = words_of(at)
    assert "六月" in said
    assert r"\*\*旧\*\* → 新的措施" in said
    assert "“约三亩”不是数字" in said
    assert the(entry).measure == "**旧**"
    at = press(at, "应用 1 处改动")
    assert "请写明导入修改过的台账的理由" in words_of(at)
    typed(at, "修改的理由（必填，会记在每一条的经过里）", "镇里来函")
    at = press(at, "应用 1 处改动")
    assert not at.exception
    assert the(entry).measure == "新的措施"
    assert "已应用：1 条，1 处" in words_of(at)
    assert "涉及面积" in words_of(at)
    at = press(at, "知道了")
    assert "六月" not in words_of(at)
    assert keeping.newest_open(office) is None


def test_a_conflict_shows_its_three_values_and_dropping_changes_nothing(
    office: Who, noon: datetime, open_page: Open
) -> None:
    entry = rows.an_entry(number="411321-2-2026-0001", measure="导出时的")
    book = exported(office, noon)
    book.put("411321-2-2026-0001", "整改措施", "文件里的")
    keeping.take(book.saved(), "六月.xlsx", who=office, now=noon)
    entries.change(entry, 1, {"measure": "页面上的"}, why="x", who=office, now=noon)
    at = open_page("ledger", office)
    said = words_of(at)
    assert "导出时：导出时的" in said
    assert "现在：页面上的" in said
    assert "文件里：文件里的" in said
    press(at, "放弃")
    assert keeping.newest_open(office) is None
    assert the(entry).measure == "页面上的"
