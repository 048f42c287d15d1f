"""What an inspector typed outlives photos, reloads and a restart of the server.

Nobody on a hillside leaves a field before tapping 拍照; and the phone throws the page away when
its memory is short.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from field_app import accounts, clock, db, inspections
from field_app.accounts import NewPerson
from field_app.roles import Who
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.browser.conftest import (
    PASSWORD,
    PHONE,
    STANDING,
    County,
    Phone,
    Served,
    Visit,
    free_port,
    start_server,
    wait_for,
)
from tests.build import a_photo

pytestmark = pytest.mark.browser
FACTS = "地块南半部全是杨树，树龄约五年，没有耕种痕迹"


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(a_photo(gps="absent", taken_at=datetime.now(clock.CHINA), seed=4711))
    return path


def facts(page: Page) -> Locator:
    return page.get_by_role("textbox", name="问题描述")


def open_form(phone_page: Page, path: str) -> Page:
    """The visit of `rows.an_inspection` already says that there is a problem."""
    phone_page.goto(path, wait_until="domcontentloaded")
    expect(facts(phone_page)).to_be_visible()
    return phone_page


def kept(county: County, visit: Visit) -> dict[str, object]:
    """The answers in the database, as the inspector would see them."""
    with county.inside():
        token = accounts.sign_in("heying", PASSWORD, address="::1", browser="t", now=clock.now())
        who: Who | None = accounts.who_by_token(token, now=clock.now())
        assert who is not None
        return inspections.view(visit.id, who).answers


def until_kept(page: Page, county: County, visit: Visit, said: str) -> None:
    """Waits until the database has the facts as they were typed; a busy server takes its time."""
    for _ in range(40):
        if kept(county, visit).get("facts") == said:
            return
        page.wait_for_timeout(500)
    assert kept(county, visit).get("facts") == said


@pytest.mark.parametrize("button", ["拍照", "从文件选"])
def test_a_photo_that_arrives_leaves_the_half_typed_sentence_alone(
    button: str, phone: Phone, county: County, visit: Visit, shot: Path
) -> None:
    page = open_form(phone.page, visit.path)
    facts(page).press_sequentially(FACTS)
    with page.expect_file_chooser() as opened:  # without leaving the field
        page.get_by_label(button, exact=True).click()
    opened.value.set_files(shot)
    expect(page.locator("img.photo-small")).to_have_count(1)
    expect(facts(page)).to_have_value(FACTS)
    page.wait_for_timeout(1000)  # a late rerun takes it away neither
    expect(facts(page)).to_have_value(FACTS)
    until_kept(page, county, visit, FACTS)


def test_a_photo_that_arrives_while_typing_does_not_interrupt(
    phone: Phone, visit: Visit, shot: Path
) -> None:
    page = open_form(phone.page, visit.path)
    with page.expect_file_chooser() as opened:
        page.get_by_label("从文件选", exact=True).click()
    opened.value.set_files(shot)
    facts(page).press_sequentially(FACTS, delay=80)  # slow enough for the receipt to come
    expect(page.locator("img.photo-small")).to_have_count(1)
    facts(page).press_sequentially("。")
    expect(facts(page)).to_have_value(FACTS + "。")


def test_what_was_left_survives_a_reload_on_the_spot(
    phone: Phone, county: County, visit: Visit
) -> None:
    page = open_form(phone.page, visit.path)
    facts(page).press_sequentially(FACTS)
    facts(page).blur()
    page.reload()
    expect(facts(page)).to_have_value(FACTS)
    until_kept(page, county, visit, FACTS)


def test_submitting_right_after_typing_takes_the_last_word_with_it(
    phone: Phone, county: County, visit: Visit
) -> None:
    page = open_form(phone.page, visit.path)
    facts(page).press_sequentially(FACTS)
    page.get_by_role("button", name="提交审核").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("请填写“种植属性”")).to_be_visible()
    expect(dialog.get_by_text("问题描述")).to_have_count(0)
    dialog.get_by_role("button", name="去补齐").click()
    expect(dialog).to_be_hidden()
    # From now on each field says what it wants.
    expect(page.get_by_text("请填写“问题大类”").first).to_be_visible()
    expect(facts(page)).to_have_value(FACTS)
    until_kept(page, county, visit, FACTS)


class Server:
    """A server of this test's own, on one port, which can be stopped and started again."""

    def __init__(self, data_dir: Path, log: Path) -> None:
        self.port, self.log, self.data_dir = free_port(), log, data_dir
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: Served | None = None

    def start(self) -> None:
        self.process = start_server(self.port, self.log, self.data_dir)
        wait_for(f"{self.url}/healthz", self.process, self.log)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "data", tmp_path / "server.log")
    yield made
    made.stop()


def test_a_restart_of_the_server_loses_neither_what_was_left_nor_what_is_being_typed(
    server: Server, browser: Browser
) -> None:
    county = County(server.url, server.data_dir, server.log)
    with county.inside():
        db.migrate()
        rows.a_team()
        new = NewPerson(
            "heying", "何映", Role.INSPECTOR, PASSWORD, team="二组", must_change_password=False
        )
        accounts.add_person(new, by=None, now=clock.now())
        token = accounts.sign_in("heying", PASSWORD, address="::1", browser="t", now=clock.now())
        who = accounts.who_by_token(token, now=clock.now())
        assert who is not None
        parcel, task = rows.a_parcel_row(), 0
        task = rows.a_task(parcel)
        visit = Visit(
            rows.an_inspection(who, task, state=InspectionState.DRAFT),
            task,
            parcel,
            f"/inspect?task={task}",
        )
    server.start()
    context = browser.new_context(
        base_url=server.url,
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        geolocation=STANDING,
        permissions=["geolocation"],
    )
    context.set_default_timeout(30_000)
    assert context.request.post("/login", form={"name": "heying", "password": PASSWORD}).ok
    page = context.new_page()
    open_form(page, visit.path)
    remark = page.get_by_role("textbox", name="备注")
    remark.press_sequentially("村支书在场")
    remark.blur()
    page.wait_for_timeout(1000)
    facts(page).press_sequentially(FACTS[:-2])

    server.stop()
    expect(page.locator(".app-offline")).to_be_visible()
    expect(facts(page)).to_be_disabled()  # what cannot be kept cannot be typed
    server.start()
    expect(page.locator(".app-offline")).to_be_hidden(timeout=60_000)
    expect(facts(page)).to_be_enabled()
    page.wait_for_timeout(1500)
    expect(remark).to_have_value("村支书在场")
    expect(facts(page)).to_have_value(FACTS[:-2])
    facts(page).press_sequentially(FACTS[-2:])
    facts(page).blur()
    until_kept(page, county, visit, FACTS)
    page.reload()
    expect(facts(page)).to_have_value(FACTS)
    context.close()
