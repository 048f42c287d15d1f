"""The chat on a phone: one breath fills the form, and nothing that was said is lost."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from field_app.chat import turns
from models import geo
from models.tables import Inspection
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.browser.conftest import PASSWORD, County, Phone, Visit, a_phone, a_visit
from tests.browser.resting import rest
from tests.browser.talking import ByChat, answers_of, switch, turns_of, visit_of
from tests.browser.test_nothing_typed_is_lost import Server
from tests.build import a_photo

pytestmark = pytest.mark.browser
_newcomer = count(1)


@dataclass
class Newcomer:
    """An inspector whose team has no tasks but his, and his phone."""

    phone: Phone
    name: str
    team: str
    number: str  # of a parcel for him

    @property
    def page(self) -> Page:
        return self.phone.page


@pytest.fixture
def newcomer(county: County, phone_for: Callable[..., Phone]) -> Iterator[Newcomer]:
    """An inspector with no visit yet; this process reads the county's database."""
    n = next(_newcomer)
    name, team = f"xinlai{n}", f"新来{n}组"
    with county.inside():
        rows.a_team(team)
        add(name, team)
        yield Newcomer(phone_for(name), name, team, f"N411321202300070{n:03d}12")


def breath(number: str) -> str:
    return f"到了,{number},现在种的是杨树,树下有草,没有耕种痕迹"


def add(name: str, team: str) -> None:
    new = NewPerson(name, "新来", Role.INSPECTOR, PASSWORD, team=team, must_change_password=False)
    accounts.add_person(new, by=None, now=clock.now())


@pytest.fixture
def talk(phone: Phone, county: County, visit: Visit) -> Iterator[ByChat]:
    """何映, with an open visit that says nothing but 旱地 and that there is a problem."""
    chat = ByChat(phone)
    chat.open(f"/chat?visit={visit.id}")
    with county.inside():
        yield chat


def row_of(visit: int) -> Inspection:
    with db.reading() as session:
        return session.get_one(Inspection, visit)


def card(page: Page) -> str:
    return page.locator(".st-key-draft_card").inner_text()


def a_shot(folder: Path, seed: int, **made: float) -> Path:
    path = folder / f"IMG_{seed:04d}.jpg"
    path.write_bytes(a_photo(taken_at=datetime.now(clock.CHINA), seed=seed, **made))
    return path


def test_one_breath_opens_the_visit_and_fills_what_was_said(newcomer: Newcomer) -> None:
    said = breath(newcomer.number)
    rows.a_task(rows.a_parcel_row(number=newcomer.number), team=newcomer.team)
    rows.a_task(team=newcomer.team)
    chat = ByChat(newcomer.phone)
    chat.open("/chat")
    chat.says(said)
    page = newcomer.page
    expect(page.get_by_role("heading", name=newcomer.number)).to_be_visible()
    expect(page.get_by_text(said)).to_be_visible()
    assert "乔木林地（0301）" in card(page)
    assert "待核对" in card(page)
    # A problem is offered, never chosen.
    expect(chat.button("3-5")).to_be_visible()
    answers = answers_of(visit_of(page))
    assert answers["land_class"] == "0301"
    assert not {"has_problem", "category", "problem_type"} & set(answers)
    assert newcomer.phone.refused == []
    assert newcomer.phone.errors == []


def test_the_nearest_parcel_is_found_by_where_the_phone_is(newcomer: Newcomer) -> None:
    near = rows.a_parcel_row(geo.moved(rows.HERE, east_m=60), number=newcomer.number)
    far = rows.a_parcel_row(geo.moved(rows.HERE, east_m=400))
    rows.a_task(far, team=newcomer.team)
    rows.a_task(near, team=newcomer.team)
    chat = ByChat(newcomer.phone)
    chat.open("/chat")
    expect(newcomer.page.get_by_text("我的位置 ±8 m")).to_be_visible()
    rest(newcomer.page)
    chat.presses("最近的地块")
    offered = newcomer.page.locator(".st-key-ask_buttons").get_by_role("button")
    expect(offered.first).to_contain_text(f"…{newcomer.number[-4:]}")
    expect(offered.first).to_contain_text("35 m")
    chat.presses(f"…{newcomer.number[-4:]}")
    expect(newcomer.page.get_by_role("heading", name=newcomer.number)).to_be_visible()


def test_a_reload_in_the_middle_shows_thread_card_and_question_again(
    talk: ByChat, visit: Visit
) -> None:
    talk.says("水浇地，种的玉米")
    asked = talk.ask.locator("strong").first.inner_text()
    shown = card(talk.page)
    assert "水浇地（0102）" in shown
    talk.page.reload(wait_until="domcontentloaded")
    expect(talk.page.get_by_text("水浇地，种的玉米")).to_be_visible()
    expect(talk.page.get_by_text("记下：")).to_be_visible()
    expect(talk.ask.locator("strong").first).to_have_text(asked)
    rest(talk.page)
    assert card(talk.page) == shown
    talk.says("跟报备的不一样")
    assert answers_of(visit.id)["as_registered"] == "否"


def test_a_message_that_nobody_answered_is_answered_by_a_tap(talk: ByChat, visit: Visit) -> None:
    """The server stopped between hearing and answering."""
    turns.hear(row_of(visit.id).person_id, visit.id, "水浇地", {}, now=clock.now())
    talk.page.reload(wait_until="domcontentloaded")
    expect(talk.page.get_by_text("上一句还没有答复")).to_be_visible()
    rest(talk.page)
    talk.page.get_by_role("button", name="再试一次").tap()
    expect(talk.page.get_by_text("上一句还没有答复")).to_have_count(0)
    expect(talk.page.locator(".st-key-draft_card")).to_contain_text("水浇地")
    assert answers_of(visit.id)["land_class"] == "0102"
    assert [t.mine for t in turns_of(visit.id)] == [True, False]


def test_a_lost_line_loses_nothing_that_was_said_or_is_being_said(
    talk: ByChat, visit: Visit
) -> None:
    talk.says("水浇地，种的玉米")
    talk.box.press_sequentially("跟报备的")
    line = talk.page.context.new_cdp_session(talk.page)
    away = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {"offline": True, **away})
    expect(talk.page.locator(".app-offline")).to_be_visible()
    talk.page.wait_for_timeout(3000)
    line.send("Network.emulateNetworkConditions", {"offline": False, **away})
    expect(talk.page.locator(".app-offline")).to_have_count(0)
    expect(talk.box).to_be_enabled()
    expect(talk.box).to_have_value("跟报备的")
    talk.box.press_sequentially("不一样")
    talk.box.press("Enter")
    expect(talk.page.locator(".st-key-draft_card")).to_contain_text("与报备是否一致 否")
    said = [t.text for t in turns_of(visit.id) if t.mine]
    assert said == ["水浇地，种的玉米", "跟报备的不一样"]


def test_photos_are_examined_and_the_answer_says_what_to_shoot_again(
    newcomer: Newcomer, county: County, tmp_path: Path
) -> None:
    talk = ByChat(newcomer.phone)
    talk.open(f"/chat?visit={a_visit(county, newcomer.name, newcomer.team).id}")
    good, far = a_shot(tmp_path, 1), a_shot(tmp_path, 2, away_m=900.0)
    talk.says("全景和近景", [good, far])
    page = talk.page
    expect(page.get_by_text("第 1 张 全景：✓ 核验通过")).to_be_visible()
    expect(page.get_by_text("第 2 张 近景：✗ 不符")).to_be_visible()
    expect(page.get_by_text("请重拍：走到地块里")).to_be_visible()
    assert "照片 2 张" in card(page)
    talk.says("还差什么")
    expect(page.get_by_text("还差 1 张近景照片")).to_be_visible()
    expect(page.get_by_text("张全景照片")).to_have_count(0)


def test_what_the_chat_filled_is_confirmed_on_the_card_and_seen_in_the_form(
    talk: ByChat, visit: Visit
) -> None:
    talk.says("水浇地，种的玉米")
    page = talk.page
    switch(page, "表单")
    expect(page.get_by_text("对话填入").first).to_be_visible()
    switch(page, "对话")
    page.locator(".st-key-confirm_all").get_by_role("button").tap()
    expect(page.locator(".st-key-confirm_all")).to_have_count(0)
    expect(page.get_by_text("待核对")).to_have_count(0)
    switch(page, "表单")
    expect(page.get_by_role("combobox", name="现状地类")).to_have_value("水浇地（0102）")
    expect(page.get_by_text("对话填入")).to_have_count(0)


def test_handed_in_by_words_and_on_to_the_next_parcel(newcomer: Newcomer) -> None:
    next_number = newcomer.number[:-2] + "34"
    task = rows.a_task(rows.a_parcel_row(number=newcomer.number), team=newcomer.team)
    rows.a_task(rows.a_parcel_row(number=next_number), team=newcomer.team)
    chat = ByChat(newcomer.phone)
    chat.open(f"/chat?task={task}")
    for said in ("旱地，种的玉米", "一致", "没发现问题"):
        chat.says(said)
    chat.presses("没法拍照")
    chat.presses("定位异常")
    chat.says("手机定位飘到了河对岸，拍了也对不上地块。")
    visit = visit_of(newcomer.page)
    chat.says("提交")
    expect(newcomer.page.get_by_text("还不能提交")).to_be_visible()
    chat.says("都对")
    chat.says("提交")
    expect(newcomer.page.get_by_text("这次核查已提交")).to_be_visible()
    assert row_of(visit).state == InspectionState.SUBMITTED
    newcomer.page.get_by_role("link", name="说下一个地块").tap()
    expect(chat.ask).to_contain_text("您在哪个地块")
    rest(newcomer.page)
    chat.says(f"尾号{next_number[-4:]}")
    expect(newcomer.page.get_by_role("heading", name=next_number)).to_be_visible()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data", tmp_path / "server.log")
    yield made
    made.stop()


def test_a_restart_of_the_server_interrupts_the_talk_and_ends_nothing(
    server: Server, browser: Browser
) -> None:
    county, number = County(server.url, server.data_dir, server.log), "N41132120230001000012"
    with county.inside():
        db.migrate()
        rows.a_team("二组")
        add("xinlai", "二组")
        rows.a_task(rows.a_parcel_row(number=number))
    server.start()
    phone = a_phone(browser, county, "xinlai")
    chat = ByChat(phone)
    chat.open("/chat")
    chat.says(breath(number))
    chat.box.press_sequentially("跟报备的")
    asked = chat.ask.locator("strong").first.inner_text()

    server.stop()
    expect(phone.page.locator(".app-offline")).to_be_visible()
    expect(chat.box).to_be_disabled()  # what cannot be kept cannot be typed
    server.start()
    expect(phone.page.locator(".app-offline")).to_be_hidden(timeout=60_000)
    expect(chat.box).to_be_enabled()
    rest(phone.page)
    expect(phone.page.get_by_text(breath(number))).to_be_visible()
    expect(chat.ask.locator("strong").first).to_have_text(asked)
    expect(chat.box).to_have_value("跟报备的")
    chat.says("跟报备的不一样")
    with county.inside():
        answers = answers_of(visit_of(phone.page))
    assert answers["land_class"] == "0301"
    assert answers["as_registered"] == "否"
    phone.context.close()


# What a thumb is to hit, and how high it is; a link for keyboards alone is drawn one pixel high.
SMALL = """() => [...document.querySelectorAll('button, a, summary, [role=radio]')]
  .filter((e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((e) => !e.closest('[data-testid=stFileChip]'))
  .map((e) => [e.getBoundingClientRect(), e])
  .filter(([box]) => box.width > 1 && box.height > 1 && box.height < 44)
  .map(([box, e]) => `${Math.round(box.height)} ${e.innerText || e.getAttribute('aria-label')}`)"""
# Of a photo that is to be sent, the cross is small and what answers to the thumb is not.
CROSS = """() => {
  const cross = document.querySelector('[data-testid=stFileChipDeleteBtn] button');
  const { x, y, width, height } = cross.getBoundingClientRect();
  return [[-28, 0], [14, 0], [0, -14], [0, 28]].every(([right, down]) =>
    cross.contains(document.elementFromPoint(x + width / 2 + right, y + height / 2 + down)));
}"""


def test_everything_is_large_enough_for_a_thumb(talk: ByChat, tmp_path: Path) -> None:
    page = talk.page
    small = {"question": page.evaluate(SMALL)}
    talk.says("地里都撂荒了，长满了草")
    small["offers"] = page.evaluate(SMALL)
    talk.attach([a_shot(tmp_path, 5)])
    small["photo"] = page.evaluate(SMALL)
    assert page.evaluate(CROSS)
    page.get_by_text("拍照（带定位）").tap()
    expect(page.locator("section.taker")).to_be_visible()
    small["camera"] = page.evaluate(SMALL)
    page.get_by_role("button", name=re.compile("^移除")).tap()
    talk.open("/chat?new=1")
    small["start"] = page.evaluate(SMALL)
    assert {k: v for k, v in small.items() if v} == {}


# The question stands in view with its buttons, above what stands at the bottom of the screen.
ASKED_IN_VIEW = """() => {
  const ask = document.querySelector('.st-key-ask');
  const bar = document.querySelector('[data-testid=stBottom]').getBoundingClientRect().top;
  const last = [...ask.querySelectorAll('button')].pop() ?? ask;
  return ask.querySelector('strong').getBoundingClientRect().top >= 0
    && last.getBoundingClientRect().bottom <= bar;
}"""


def test_after_each_answer_the_question_stands_in_view(talk: ByChat) -> None:
    page = talk.page
    page.wait_for_function(ASKED_IN_VIEW)
    for said in ("帮助", "地里都撂荒了，长满了草", "都不是", "跟报备的不一样", "还差什么", "林地"):
        talk.says(said)
        page.wait_for_function(ASKED_IN_VIEW)
    talk.says("没发现问题")
    expect(page.locator("section.taker")).to_be_visible()
    page.wait_for_function(ASKED_IN_VIEW)
    talk.presses("没法拍照")
    page.wait_for_function(ASKED_IN_VIEW)
    page.reload(wait_until="domcontentloaded")
    expect(talk.ask).to_be_visible()
    page.wait_for_function(ASKED_IN_VIEW)


# The card above the question gets its height late, as on a slow phone.
LATE = """() => document.head.insertAdjacentHTML(
  'beforeend', '<style>.st-key-draft_card { min-height: 700px }</style>')"""


def test_a_card_that_grows_late_does_not_push_the_question_out_of_view(talk: ByChat) -> None:
    talk.page.wait_for_function(ASKED_IN_VIEW)
    talk.page.evaluate(LATE)
    talk.page.wait_for_function(ASKED_IN_VIEW)


def test_who_reads_further_up_is_left_there_while_the_page_grows(talk: ByChat) -> None:
    main = talk.page.get_by_test_id("stMain")
    talk.page.wait_for_function(ASKED_IN_VIEW)
    rest(talk.page, 1000)  # what the page still draws of the question is asked anew
    talk.page.mouse.move(195, 300)
    talk.page.mouse.wheel(0, -10)
    talk.page.wait_for_timeout(200)
    stood = main.evaluate("(main) => main.scrollTop")
    talk.page.evaluate(LATE)
    talk.page.wait_for_timeout(500)
    assert main.evaluate("(main) => main.scrollTop") == stood


def test_the_camera_that_is_opened_below_the_question_comes_into_view(talk: ByChat) -> None:
    talk.page.get_by_text("拍照（带定位）").tap()
    shutter = talk.page.get_by_label("拍照", exact=True)
    expect(shutter).to_be_in_viewport(ratio=1)
    bar = talk.page.get_by_test_id("stBottom").bounding_box()
    talk.page.wait_for_function(
        "([e, y]) => e.getBoundingClientRect().bottom <= y",
        arg=[shutter.locator("..").element_handle(), bar["y"] if bar else 0],
    )
