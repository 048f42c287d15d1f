"""One draw on phones, whole: the office draws and sends another inspector, who goes there and hands in;
a supervisor confirms that it is not as it was closed, and opens the entry again."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from field_app import accounts, clock, db, inspections
from field_app.accounts import NewPerson
from field_app.roles import Who
from field_app.second_look.published import disagreements
from field_app.second_look.sheets import read
from models.tables import DrawnParcel, Entry, Event, Inspection, Person, Task
from models.vocabulary import EntryState, InspectionState, Purpose, Role
from tests import rows
from tests.browser.conftest import PASSWORD, County, Phone
from tests.browser.living import choose, fill, fill_day, press
from tests.browser.resting import rest

pytestmark = pytest.mark.browser
KIND = "增减挂钩试验"  # of no other test: only these can be drawn


@dataclass(frozen=True)
class Closed:
    """What was closed, and who had a hand in it."""

    entries: tuple[int, ...]
    kan: Who  # an inspector of 一组, who had none


@pytest.fixture
def closed(county: County) -> Closed:
    """Two entries that `heying` found and another supervisor closed."""
    with county.inside():
        rows.units_of_the_plan()
        now = clock.now()
        for name, display, role, team in (
            ("kanyuan", "阚远", Role.INSPECTOR, "一组"),
            ("choubian", "仇编", Role.OFFICE, ""),
        ):
            new = NewPerson(name, display, role, PASSWORD, team=team, must_change_password=False)
            accounts.add_person(new, by=None, now=now)
        with db.reading() as session:
            people = {p.name: p for p in session.exec(select(Person))}
        heying, kan = (
            Who(people[n].id or 0, n, people[n].display, Role.INSPECTOR, people[n].team_id)
            for n in ("heying", "kanyuan")
        )
        project = rows.a_project("411321202605CC01", kind=KIND)
        closer = rows.a_person(Role.SUPERVISOR, "前督导")
        made = []
        for n in (1, 2):
            parcel = rows.a_parcel_row(number=f"DRAW{n}", project_id=project)
            visit, _ = rows.a_submitted_inspection(heying, task_id=rows.a_task(parcel))
            entry = rows.an_entry(
                ["留山镇人民政府"],
                number=f"411321-2-2026-87{n:02d}",
                state=EntryState.CLOSED,
                closed_on=clock.local(now).date(),
                parcel_id=parcel,
                project_id=project,
                inspection_id=visit,
                finding_id=rows.a_finding_of(visit),
            )
            with db.writing() as session:
                session.get_one(Inspection, visit).state = InspectionState.CONFIRMED
                session.get_one(Task, session.get_one(Inspection, visit).task_id).done_at = now
                did = {"action": "同意销号", "person_id": closer.id, "at": now}
                session.add(Event(about="entry", about_id=entry, **did))
            made.append(entry)
    return Closed(tuple(made), kan)


def narrow(page: Page) -> bool:
    """Whether nothing sticks out of the phone's screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_second_look_is_drawn_visited_and_opens_the_entry_again(
    county: County, closed: Closed, phone_for: Callable[..., Phone]
) -> None:
    office, inspector, supervisor = (phone_for(n) for n in ("choubian", "kanyuan", "duanwei"))

    # 县办 freezes the list, draws by a public number, sends 阚远 and makes the task.
    page = office.open("/ledger")
    page.get_by_role("link", name="抽查与回头看").click()
    page.get_by_text("新的抽取", exact=True).click()
    choose(page, "项目类型", re.compile(f"^{KIND}$"))
    expect(page.get_by_text("名单共 2 个，分 1 层")).to_be_visible()
    assert narrow(page)
    fill(page, "用哪个号码", "福彩双色球第 2026045 期红球")
    fill(page, "为什么抽", "一季度回头看")
    press(page, "封存名单", "名单已封存")
    expect(page.get_by_text("已封存，未抽取").first).to_be_visible()
    fill(page, "种子", "031109221733")
    press(page, "抽取", "已抽取")
    page.get_by_role("button", name="改派").first.click()
    choose(page, "派给哪个组或哪个人", re.compile("^一组 阚远$"))
    page.get_by_role("button", name="改派", exact=True).last.click()
    expect(page.get_by_text("已改派给一组 阚远")).to_be_visible()
    expect(page.get_by_text("先前参与：")).to_contain_text("何映")
    press(page, "安排任务", "已安排 1 个任务")
    assert narrow(page)
    page.get_by_text("公布名单，重做一遍").click()
    expect(page.get_by_role("button", name="下载 CSV")).to_be_visible()
    rest(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 CSV").click()
    published = read(download.value.path().read_bytes())
    assert disagreements(published) == []
    draw_path = page.url.removeprefix(county.url)
    with county.inside(), db.reading() as session:
        row = session.exec(
            select(DrawnParcel).where(DrawnParcel.key == next(iter(published.drawn)))
        ).one()
        task = session.get_one(Task, row.task_id)
    assert task.purpose == Purpose.SECOND_LOOK
    assert row.entry_id in closed.entries

    # 核查员 finds the task, goes there and hands in. What a visit asks for is tried elsewhere.
    page = inspector.open("/tasks")
    card = page.locator(f".st-key-task_list_{task.id}")
    expect(card).to_contain_text("回头看")
    card.get_by_role("link", name="去核查").click()
    expect(page.get_by_role("heading", name="DRAW")).to_be_visible()
    rest(page)
    with county.inside():
        now = clock.now()
        visit = inspections.open_visit(task.id or 0, closed.kan, now=now)
        for kind in ("全景", "近景", "利用特征", "利用特征"):
            rows.a_photo_row(visit, kind=kind)
        answers = {
            "land_class": "0301",
            "as_registered": "否",
            "has_problem": "是",
            "category": "2",
            "problem_type": "2-1",
            "facts": "地块里又栽上了杨树，没有耕种。",
            "area_mu": 3.2,
        }
        inspections.save(visit, answers, closed.kan, seen={}, now=now)
    page.reload()
    expect(page.get_by_role("textbox", name="问题描述")).to_have_value(
        "地块里又栽上了杨树，没有耕种。"
    )
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url("**/records*")

    # 督导 confirms it without a second entry, and opens the closed one again.
    page = supervisor.open(f"/review?visit={visit}")
    expect(page.get_by_text("看的是条目")).to_be_visible()
    press(page, "确认：与销号时不一致", "已确认，请到“抽查与回头看”决定条目是否重新打开")
    page = supervisor.open(draw_path)
    expect(page.get_by_text("不一致 1 个，占 100%")).to_be_visible()
    assert narrow(page)
    fill_day(page, "新的整改期限", clock.local(now).date() + timedelta(days=30))
    page.keyboard.press("Escape")  # the calendar would lie over the button
    press(page, "重新打开", "已重新打开")
    expect(page.get_by_text("地块里又栽上了杨树，没有耕种。").first).to_be_visible()
    with county.inside(), db.reading() as session:
        entry = session.get_one(Entry, row.entry_id)
        assert entry.state == EntryState.RECTIFYING
        assert "未通过：回头看" in entry.second_look
        assert "又栽上了杨树" in entry.second_look
        query = select(Entry.id).where(Entry.inspection_id == visit)
        assert session.exec(query).all() == []
    for phone in (office, inspector, supervisor):
        assert phone.refused == []
        assert phone.errors == []
