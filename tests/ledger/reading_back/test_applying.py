"""A ledger exported, filled in by people, and brought back: what is seen before, what is written."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from field_app import db
from field_app.ledger import entries, rectifying
from field_app.ledger.reading_back import applying, keeping
from field_app.ledger.reading_back.comparing import Outcome
from field_app.ledger.steps import units_of
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Entry, EntryProgress, Event, Outbox
from models.vocabulary import EntryState, Role
from tests import rows
from tests.ledger.reading_back.books import Book, brought, exported

ONE, TWO = "411321-2-2026-0001", "411321-2-2026-0002"


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


@pytest.fixture
def liushan(office: Who) -> Who:
    return rows.a_person(Role.UNIT, "王镇长", unit="留山镇人民政府")


def the(entry_id: int) -> Entry:
    with db.reading() as session:
        return session.get_one(Entry, entry_id)


def steps_of(entry_id: int) -> list[tuple[str, str]]:
    with db.reading() as session:
        query = select(Event.action, Event.why).where(
            Event.about == "entry", Event.about_id == entry_id
        )
        return list(session.exec(query.order_by(Event.id)))  # type: ignore[arg-type]


def apply(upload: int, who: Who, now: datetime, why: str = "镇里来函") -> list[applying.Applied]:
    return applying.apply(upload, why=why, who=who, now=now)


def test_a_file_that_nobody_touched_changes_nothing(office: Who, noon: datetime) -> None:
    rows.an_entry(
        ["留山镇人民政府", "林业局"], number=ONE, extra={"重叠面积": 1.25, "核减面积": 0.0}
    )
    rows.an_entry(number=TWO, description="第一行\n第二行", measure="", due_on=None, area_mu=3.2)
    seen = brought(exported(office, noon), office, noon)
    assert (seen.rows, seen.same, seen.missing, seen.notes) == ((), 2, 0, ())
    assert not seen.needs_why
    assert apply(seen.id, office, noon) == []
    with db.reading() as session:
        assert session.exec(select(Outbox)).all() == []


def test_what_the_office_changed_is_shown_before_and_written_after(
    office: Who, noon: datetime
) -> None:
    entry = rows.an_entry(["留山镇人民政府"], number=ONE)
    book = exported(office, noon)
    at = book.put(ONE, "整改措施", "清除杨树，恢复耕种。")
    book.put(ONE, "整改期限", datetime(2026, 6, 30))  # noqa: DTZ001 — a day, as Excel keeps it
    book.put(ONE, "责任主体", "林业局、留山镇人民政府")
    book.put(ONE, "重叠面积", 1.5)
    book.put(ONE, "储备库状态", "已核销")
    seen = brought(book, office, noon)
    (row,) = seen.rows
    assert (row.number, row.outcome) == (ONE, Outcome.CHANGED)
    measure = next(c for c in row.cells if c.heading == "整改措施")
    assert (measure.base, measure.file) == ("清除林木，恢复耕种。", "清除杨树，恢复耕种。")
    assert measure.at == f"台账2 补而不实 {at}"
    assert the(entry).measure == "清除林木，恢复耕种。"  # nothing is written before it is applied
    (said,) = apply(seen.id, office, noon)
    assert set(said.done) == {"整改措施", "整改期限", "责任主体", "重叠面积", "储备库状态"}
    kept = the(entry)
    assert (kept.measure, kept.due_on) == ("清除杨树，恢复耕种。", date(2026, 6, 30))
    assert kept.extra == {"重叠面积": 1.5, "储备库状态(未核销/已核销/未入库)": "已核销"}
    with db.reading() as session:
        assert len(units_of(session, entry)) == 2
    assert steps_of(entry) == [("修改条目", f"镇里来函（Excel 导入 {seen.id}）")]


def test_a_reason_is_asked_for_where_the_page_asks_for_one(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(number=ONE)
    book = exported(office, noon)
    book.put(ONE, "备注", "补")
    seen = brought(book, office, noon)
    assert seen.needs_why
    with pytest.raises(Problem) as told:
        apply(seen.id, office, noon, why=" ")
    assert told.value.id == "reason-needed"
    assert the(entry).remark == ""


def test_nature_and_what_arose_meanwhile_take_their_own_steps(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(number=ONE)
    book = exported(office, noon)
    book.put(ONE, "问题性质", "违规")
    book.put(ONE, "是否边整治边发生", "是")
    book.put(ONE, "备注", "核实过")
    apply(brought(book, office, noon).id, office, noon)
    kept = the(entry)
    assert (kept.nature, kept.arose_during, kept.remark) == ("违规", True, "核实过")
    assert {step for step, _ in steps_of(entry)} == {"修改条目", "认定性质", "认定边整治边发生"}


def test_the_same_file_twice_changes_nothing(office: Who, liushan: Who, noon: datetime) -> None:
    entry = rows.an_entry(["留山镇人民政府"], number=ONE, state=EntryState.RECTIFYING)
    ours, theirs = exported(liushan, noon), exported(office, noon)
    ours.put(ONE, "整改进展", "已清除三亩\n正在平整")
    theirs.put(ONE, "备注", "催")
    theirs.put(ONE, "涉及面积", "４.５ 亩")
    for who, book in ((liushan, ours), (office, theirs)):
        apply(brought(book, who, noon).id, who, noon)
        before = the(entry)
        again = brought(book, who, noon)
        assert (again.rows, again.same) == ((), 1)
        assert apply(again.id, who, noon) == []
        assert the(entry) == before
    assert before.area_mu == 4.5
    with db.reading() as session:
        (report,) = session.exec(select(EntryProgress)).all()
        assert report.text == "已清除三亩 正在平整"


def test_a_unit_brings_progress_and_nothing_else(office: Who, liushan: Who, noon: datetime) -> None:
    entry = rows.an_entry(["留山镇人民政府"], number=ONE, state=EntryState.RECTIFYING)
    book = exported(liushan, noon)
    book.put(ONE, "整改进展", "已清除三亩")
    book.put(ONE, "整改措施", "不用整改")
    book.put(ONE, "是否销号", "是")
    seen = brought(book, liushan, noon)
    assert not seen.needs_why
    (row,) = seen.rows
    whys = {cell.heading: cell.why for cell in row.cells if cell.outcome == Outcome.REFUSED}
    assert "责任单位" in whys["整改措施"]
    assert whys["是否销号"] == "由系统管理，不能在表格里改"
    (said,) = apply(seen.id, liushan, noon, why="")
    assert said.done == ("整改进展",)
    assert {heading for heading, _ in said.failed} == {"整改措施", "是否销号"}
    kept = the(entry)
    assert (kept.progress, kept.measure) == ("已清除三亩", "清除林木，恢复耕种。")
    assert kept.state == EntryState.RECTIFYING


def test_a_unit_learns_nothing_of_the_entries_of_others(
    office: Who, liushan: Who, noon: datetime
) -> None:
    theirs = rows.an_entry(["皇后乡人民政府"], number=ONE, state=EntryState.RECTIFYING)
    book = exported(office, noon)
    book.put(ONE, "整改进展", "冒填")
    (row,) = brought(book, liushan, noon).rows
    assert (row.outcome, row.cells) == (Outcome.REFUSED, ())
    assert row.why == "不是您单位的条目，不能改"
    upload = keeping.newest_open(liushan)
    assert upload is not None
    (said,) = apply(upload, liushan, noon)
    assert said.done == ()
    assert the(theirs).progress == ""


def test_what_changed_here_since_the_export_is_a_conflict_with_three_values(
    office: Who, noon: datetime
) -> None:
    entry = rows.an_entry(number=ONE)
    book = exported(office, noon)
    book.put(ONE, "整改措施", "文件里的")
    book.put(ONE, "备注", "文件里的备注")
    entries.change(entry, 1, {"measure": "页面上的"}, why="x", who=office, now=noon)
    seen = brought(book, office, noon)
    (row,) = seen.rows
    assert row.outcome == Outcome.CONFLICT
    cell = next(c for c in row.cells if c.outcome == Outcome.CONFLICT)
    assert (cell.base, cell.here, cell.file) == ("清除林木，恢复耕种。", "页面上的", "文件里的")
    (said,) = apply(seen.id, office, noon)
    assert said.done == ("备注",)
    assert [heading for heading, _ in said.failed] == ["整改措施"]
    kept = the(entry)
    assert (kept.measure, kept.remark) == ("页面上的", "文件里的备注")


def test_a_conflict_that_came_after_the_preview_is_not_written_over(
    office: Who, noon: datetime
) -> None:
    entry = rows.an_entry(number=ONE)
    book = exported(office, noon)
    book.put(ONE, "整改措施", "文件里的")
    seen = brought(book, office, noon)
    assert seen.rows[0].outcome == Outcome.CHANGED
    entries.change(entry, 1, {"measure": "刚改的"}, why="x", who=office, now=noon)
    (said,) = apply(seen.id, office, noon)
    assert said.done == ()
    assert the(entry).measure == "刚改的"


def test_one_that_the_workflow_refuses_leaves_the_others_applied(
    office: Who, noon: datetime
) -> None:
    one = rows.an_entry(["留山镇人民政府"], number=ONE, state=EntryState.RECTIFYING)
    two = rows.an_entry(["留山镇人民政府"], number=TWO)
    book = exported(office, noon)
    book.put(ONE, "整改措施", None)  # once work has begun, its plan does not disappear
    book.put(TWO, "整改措施", "补种")
    seen = brought(book, office, noon)
    assert {r.outcome for r in seen.rows} == {Outcome.CHANGED}
    by_number = {said.number: said for said in apply(seen.id, office, noon)}
    ((_, why),) = by_number[ONE].failed
    assert "整改措施" in why
    assert by_number[TWO].done == ("整改措施",)
    assert (the(one).measure, the(two).measure) == ("清除林木，恢复耕种。", "补种")
    kept = keeping.preview(seen.id, who=office)
    assert kept.applied_at == noon
    assert {r["number"] for r in kept.results} == {ONE, TWO}


def test_what_the_state_does_not_allow_is_said_before(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(number=ONE, state=EntryState.CLOSED)
    book = exported(office, noon)
    book.put(ONE, "整改措施", "改")
    (row,) = brought(book, office, noon).rows
    assert row.outcome == Outcome.REFUSED
    assert row.cells[0].why == "条目现在是“已销号”，这一列不能改"
    assert the(entry).measure == "清除林木，恢复耕种。"


REFUSED: list[tuple[str, Any, str]] = [
    ("涉及面积", "约三亩", "不是数字"),
    ("涉及面积", -1, "不小于 0"),
    ("其中耕地", 99, "不能大于涉及面积"),
    ("整改期限", "下个月", "不是日期"),
    ("整改期限", "2023年9月", "缺少日"),
    ("整改期限", date(2020, 1, 1), "不能早于发现日期"),
    ("储备库状态", "已取消", "不在选项中"),
    ("问题子类", "3-1 坡度大", "不是本台账的问题子类"),
    ("乡镇/部门", "别县的镇", "不是本县的乡镇"),
    ("责任主体", "林业厅", "没有叫“林业厅”的单位"),
    ("责任主体", "林业局、林业局", "写了两次"),
    ("问题性质", "严重", "不在选项中"),
    ("是否边整治边发生", "不好说", "应填“是”或“否”"),
    ("责任人", "长" * 41, "最多 40 个字"),
    ("重叠项目编号", "长" * 401, "最多 400 个字"),
    ("整改措施", "=1+1", "是公式"),
    ("整改措施", "#REF!", "错误值"),
    ("问题描述", None, ""),  # told by the table of steps when it is applied
]


@pytest.mark.parametrize(("label", "value", "why"), REFUSED)
def test_a_cell_that_cannot_be_taken_says_where_and_why(
    label: str, value: Any, why: str, office: Who, noon: datetime
) -> None:
    entry = rows.an_entry(number=ONE, area_mu=3.2)
    book = exported(office, noon)
    at = book.put(ONE, label, value)
    seen = brought(book, office, noon)
    (row,) = seen.rows
    (cell,) = row.cells
    assert cell.at == f"台账2 补而不实 {at}"
    if why:
        assert row.outcome == Outcome.REFUSED
        assert why in cell.why
    before = the(entry)
    (said,) = apply(seen.id, office, noon)
    assert said.done == ()
    assert the(entry) == before


TAKEN: list[tuple[str, Any, Callable[[Entry], Any], Any]] = [
    ("整改期限", "2026年9月5日", lambda e: e.due_on, date(2026, 9, 5)),
    ("整改期限", "２０２６／９／５", lambda e: e.due_on, date(2026, 9, 5)),
    ("整改期限", "2026/9/5", lambda e: e.due_on, date(2026, 9, 5)),
    ("整改期限", 46270, lambda e: e.due_on, date(2026, 9, 5)),
    ("整改期限", None, lambda e: e.due_on, None),
    ("涉及面积", "１２.５", lambda e: e.area_mu, 12.5),
    ("涉及面积", " 12.5亩 ", lambda e: e.area_mu, 12.5),
    ("涉及面积", None, lambda e: e.area_mu, None),
    ("村", "　王家岭　", lambda e: e.village, "王家岭"),
    ("村", 12.0, lambda e: e.village, "12"),
    ("乡镇/部门", "皇后乡", lambda e: e.township_code, rows.HUANGHOU),
    ("问题子类", "2-3", lambda e: e.problem_type, "2-3"),
    ("责任人", "王镇长", lambda e: e.responsible_person, "王镇长"),
    ("备注", "-3", lambda e: e.remark, "-3"),
    ("问题描述", "一\n二", lambda e: e.description, "一\n二"),
    ("报备入库日期", "2023.8.2", lambda e: e.extra["报备入库日期"], "2023-08-02"),
    ("报备入库日期", date(2023, 8, 2), lambda e: e.extra["报备入库日期"], "2023-08-02"),
    ("报备新增耕地面积", "1.2345公顷", lambda e: e.extra["报备新增耕地面积"], 1.2345),
    ("立项前地类", "林地", lambda e: e.extra["立项前地类"], "林地"),
    ("是否边整治边发生", "√", lambda e: e.arose_during, True),
]


@pytest.mark.parametrize(("label", "value", "of", "kept"), TAKEN)
def test_every_kind_of_column_goes_out_and_comes_back(
    label: str,
    value: Any,
    of: Callable[[Entry], Any],
    kept: Any,
    office: Who,
    noon: datetime,
) -> None:
    entry = rows.an_entry(number=ONE, area_mu=3.2)
    book = exported(office, noon)
    book.put(ONE, label, value)
    seen = brought(book, office, noon)
    assert [r.outcome for r in seen.rows] == [Outcome.CHANGED]
    (said,) = apply(seen.id, office, noon)
    assert said.failed == ()
    assert of(the(entry)) == kept
    assert brought(exported(office, noon), office, noon).rows == ()  # and out again, and back
    assert brought(book, office, noon).rows == ()


OWN: list[tuple[int, str, Any, Any]] = [
    (3, "坡度级别", 3.0, "3"),
    (3, "是否25°以上", "是", "是"),
    (3, "管护状态", "撂荒", "撂荒"),
    (4, "年度", "２０２６年", 2026),
    (6, "应收", "1,250.5", 1250.5),
]


@pytest.mark.parametrize(("category", "label", "value", "kept"), OWN)
def test_the_own_columns_of_the_other_ledgers_come_back(
    category: int, label: str, value: Any, kept: Any, office: Who, noon: datetime
) -> None:
    number = f"411321-{category}-2026-0001"
    entry = rows.an_entry(number=number, category=category)
    book = exported(office, noon)
    book.put(number, label, value, category)
    (said,) = apply(brought(book, office, noon).id, office, noon)
    assert said.failed == ()
    assert list(the(entry).extra.values()) == [kept]


def test_an_upload_survives_a_reload_and_is_an_event_with_the_sum_of_its_file(
    office: Who, noon: datetime
) -> None:
    rows.an_entry(number=ONE)
    book = exported(office, noon)
    book.put(ONE, "备注", "补")
    seen = brought(book, office, noon, "六月台账.xlsx")
    assert keeping.newest_open(office) == seen.id
    assert keeping.newest_open(rows.a_person(Role.OFFICE)) is None
    with db.reading() as session:
        (event,) = session.exec(select(Event).where(Event.about == keeping.ABOUT)).all()
    assert (event.action, event.new["file"]) == ("上传台账", "六月台账.xlsx")
    assert event.new["sha256"] == seen.sha256
    newer = brought(book, office, noon + timedelta(minutes=1))
    assert keeping.newest_open(office) == newer.id
    keeping.drop(newer.id, who=office, now=noon)
    assert keeping.newest_open(office) is None


def test_an_upload_is_its_own_persons(office: Who, noon: datetime) -> None:
    rows.an_entry(number=ONE)
    seen = brought(exported(office, noon), office, noon)
    other = rows.a_person(Role.OFFICE)
    for call in (
        lambda: keeping.preview(seen.id, who=other),
        lambda: keeping.drop(seen.id, who=other, now=noon),
        lambda: apply(seen.id, other, noon),
    ):
        with pytest.raises(Problem) as told:
            call()
        assert told.value.id == "not-found"


def test_applying_twice_is_refused_and_after_a_cut_goes_on(
    office: Who, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"411321-2-2026-{n:04d}" for n in range(1, 5)]
    made = [rows.an_entry(number=number) for number in numbers]
    book = exported(office, noon)
    for number in numbers:
        book.put(number, "备注", f"备注{number}")
    seen = brought(book, office, noon)
    monkeypatch.setattr(applying, "_KEEP_EVERY", 2)

    class Cut(Exception):
        pass

    def cut(share: float) -> None:
        if share > 0.5:
            raise Cut

    with pytest.raises(Cut):
        applying.apply(seen.id, why="x", who=office, now=noon, report=cut)
    assert all(the(entry).remark for entry in made)
    kept = keeping.preview(seen.id, who=office)
    assert kept.applied_at is None
    assert apply(seen.id, office, noon) == []
    kept = keeping.preview(seen.id, who=office)
    assert [r["done"] for r in kept.results] == [["备注"]] * 2  # what was kept before the cut
    with pytest.raises(Problem) as told:
        apply(seen.id, office, noon)
    assert told.value.id == "wrong-state"
    assert all(len(steps_of(entry)) == 1 for entry in made)


def test_two_who_report_by_file_and_by_page_do_not_write_over_each_other(
    liushan: Who, noon: datetime
) -> None:
    entry = rows.an_entry(["留山镇人民政府"], number=ONE, state=EntryState.RECTIFYING)
    book: Book = exported(liushan, noon)
    book.put(ONE, "整改进展", "文件里的")
    rectifying.report(entry, 1, "页面上的", who=liushan, now=noon)
    (row,) = brought(book, liushan, noon).rows
    assert row.outcome == Outcome.CONFLICT
