"""The ledger as it is read: filters, counts, and what each role sees; on both databases."""

from datetime import date, datetime, timedelta

import pytest

from field_app import review
from field_app.ledger import listing as ledger
from field_app.ledger.filters import NO_TOWNSHIP, Due, LedgerFilter
from field_app.ledger.workflow import Step
from field_app.problems import Problem
from field_app.roles import Who
from models.vocabulary import EntryState, Role
from tests import rows

TODAY = date(2026, 4, 15)


@pytest.fixture
def office(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


def seen(who: Who, now: datetime, **wanted: object) -> list[int]:
    page = ledger.listing(who, LedgerFilter(**wanted), now=now)
    assert page.total == len(page.rows)
    return [row.id for row in page.rows]


def test_each_filter_narrows(office: Who, noon: datetime) -> None:
    a = rows.an_entry(category=2)
    b = rows.an_entry(category=3, township_code=rows.HUANGHOU, description="撂荒 100%")
    c = rows.an_entry(category=3, township_code=None, state=EntryState.RECTIFYING)
    assert seen(office, noon) == [c, b, a]
    assert seen(office, noon, category=3) == [c, b]
    assert seen(office, noon, township_code=rows.HUANGHOU) == [b]
    assert seen(office, noon, township_code=NO_TOWNSHIP) == [c]
    assert seen(office, noon, state=EntryState.RECTIFYING) == [c]
    assert seen(office, noon, category=3, state=EntryState.TO_RECTIFY) == [b]
    assert seen(office, noon, words="0%") == [b]
    assert seen(office, noon, words="没有这样的字") == []


def test_words_find_parcel_project_and_number(office: Who, noon: datetime) -> None:
    project = rows.a_project(name="小寨整治")
    parcel = rows.a_parcel_row(number="N41-77", project_id=project)
    a = rows.an_entry(parcel_id=parcel, project_id=project, number="411321-2-2026-0042")
    rows.an_entry()
    for words in ("小寨", "N41-7", "2026-0042"):
        assert seen(office, noon, words=words) == [a]


def test_the_deadline_filters_count_days_in_china(office: Who, noon: datetime) -> None:
    late = rows.an_entry(due_on=TODAY - timedelta(days=1))
    later = rows.an_entry(due_on=TODAY - timedelta(days=9))
    today = rows.an_entry(due_on=TODAY)
    soon = rows.an_entry(due_on=TODAY + timedelta(days=7))  # the fifth day of work
    month = rows.an_entry(due_on=TODAY + timedelta(days=8))
    far = rows.an_entry(due_on=TODAY + timedelta(days=31))
    none = rows.an_entry(due_on=None)
    rows.an_entry(due_on=TODAY - timedelta(days=9), state=EntryState.CLOSED)  # never late again
    assert seen(office, noon, due=Due.LATE) == [later, late]  # the most urgent first
    assert seen(office, noon, due=Due.SOON) == [today, soon]
    assert seen(office, noon, due=Due.MONTH) == [today, soon, month]
    assert seen(office, noon, due=Due.NONE) == [none]
    page = ledger.listing(office, LedgerFilter(), now=noon)
    left = {row.id: row.days_left for row in page.rows}
    assert (left[late], left[today], left[none]) == (-1, 0, None)
    assert left[far] == 33  # a Saturday, so it may be done on the Monday
    assert [page.due[due] for due in Due] == [2, 2, 3, 1, 0]
    assert ledger.listing(office, LedgerFilter(due=Due.LATE), now=noon).due == page.due
    # 23:30 UTC of the 14th is already the 15th in China
    night = noon.replace(day=14, hour=23, minute=30)
    assert seen(office, night, due=Due.LATE) == [later, late]


def test_a_township_of_no_team_is_marked_and_counted_and_never_vanishes(
    office: Who, noon: datetime
) -> None:
    covered = rows.an_entry(township_code=rows.LIUSHAN)
    huanghou = rows.an_entry(township_code=rows.HUANGHOU)
    chengguan = rows.an_entry(township_code="411321100")  # not even a unit of ours
    unknown = rows.an_entry(township_code=None)
    page = ledger.listing(office, LedgerFilter(), now=noon)
    marked = {row.id: row.no_team for row in page.rows}
    assert marked == {covered: False, huanghou: True, chengguan: True, unknown: False}
    assert (page.total, page.without_team) == (4, 2)
    assert seen(office, noon, no_team=True) == [chengguan, huanghou]
    shown = {row.id: row.township for row in page.rows}
    assert (shown[huanghou], shown[unknown]) == ("皇后乡", "未定乡镇")


def test_where_no_team_covers_anything_everything_is_marked(noon: datetime, database: str) -> None:
    office = rows.a_person(Role.OFFICE)
    entry = rows.an_entry()
    assert seen(office, noon, no_team=True) == [entry]


def test_a_unit_sees_its_own_entries_and_no_others(office: Who, noon: datetime) -> None:
    ours = rows.an_entry(["留山镇人民政府", "林业局"])
    theirs = rows.an_entry(["皇后乡人民政府"], township_code=rows.HUANGHOU)
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    forestry = rows.a_person(Role.UNIT, unit="林业局")
    outsider = rows.a_person(Role.UNIT, unit="皇后乡人民政府")
    nobody = rows.a_person(Role.UNIT)
    assert seen(liushan, noon) == seen(forestry, noon) == [ours]
    assert seen(outsider, noon) == [theirs]
    assert seen(nobody, noon) == []
    assert ledger.listing(liushan, LedgerFilter(), now=noon).without_team == 0
    for who in (outsider, nobody):
        with pytest.raises(Problem) as told:
            ledger.detail(ours, who, now=noon)
        assert told.value.id == "not-yours"


def test_an_inspector_does_not_see_the_ledger(office: Who, noon: datetime) -> None:
    entry = rows.an_entry()
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    for call in (
        lambda: ledger.listing(heying, LedgerFilter(), now=noon),
        lambda: ledger.detail(entry, heying, now=noon),
    ):
        with pytest.raises(Problem) as told:
            call()
        assert told.value.id == "not-allowed"


def test_pages_follow_each_other(office: Who, noon: datetime) -> None:
    made = [rows.an_entry() for _ in range(5)]
    pages = [
        ledger.listing(office, LedgerFilter(limit=2, offset=offset), now=noon)
        for offset in (0, 2, 4)
    ]
    assert [row.id for page in pages for row in page.rows] == made[::-1]
    assert {page.total for page in pages} == {5}


def test_one_entry_whole_with_its_history_and_its_visit(office: Who, noon: datetime) -> None:
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    inspection, _ = rows.a_submitted_inspection(heying)
    number = review.confirm(inspection, 1, who=zhou, now=noon)
    (row,) = ledger.listing(office, LedgerFilter(), now=noon).rows
    shown = ledger.detail(row.id, office, now=noon)
    assert shown.row == row
    assert shown.row.number == number
    assert shown.row.units[0] == "留山镇人民政府"
    assert shown.inspection_id == inspection
    assert {Step.AMEND, Step.CLASSIFY, Step.BEGIN, Step.CARRY} <= set(shown.steps)
    assert not {Step.UNCARRY, Step.FEEDBACK, Step.CLOSE} & set(shown.steps)
    assert [(h.action, h.by) for h in shown.history] == [("登记入账", "周督导")]
    assert dict(shown.own_columns)["举证照片核验结论"] == "核验通过 2 张"
    assert len(shown.own_columns) == 11
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    assert ledger.detail(row.id, liushan, now=noon).steps == (Step.BEGIN,)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (LedgerFilter(), "全部条目"),
        (
            LedgerFilter(category=2, township_code=rows.HUANGHOU, due=Due.LATE),
            "大类：2 补而不实；乡镇：皇后乡；期限：已逾期",
        ),
        (LedgerFilter(township_code=NO_TOWNSHIP, no_team=True), "乡镇：未定乡镇；未分片"),
        (LedgerFilter(state=EntryState.RECTIFYING, words=" 小寨 "), "状态：整改中；含“小寨”"),
    ],
)
def test_a_filter_can_be_read_aloud(wanted: LedgerFilter, words: str) -> None:
    assert wanted.in_words() == words
