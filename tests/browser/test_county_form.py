"""A county asks two questions of its own: by Excel into use, in the form and in the chat, and
before the supervisor; visits that were open are left as they were."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect
from sqlmodel import select

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from models.tables import Inspection
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.browser import resting
from tests.browser.conftest import PASSWORD, County, Phone, _people, a_server, free_port

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}
RELEVANT = "selected('0101 0102 0103', ${land_class})"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """A server of its own: what the office does to the form is nobody else's."""
    data_dir, log, port = tmp_path / "data", tmp_path / "server.log", free_port()
    here = County(f"http://127.0.0.1:{port}", data_dir, log)
    with here.inside():
        db.migrate()
        _people()
        clerk = NewPerson("xianban", "县办", Role.OFFICE, PASSWORD, must_change_password=False)
        accounts.add_person(clerk, by=None, now=clock.now())
    with a_server(port, log, data_dir):
        yield here


class Workbook:
    """What came down, changed as a clerk changes it in Excel."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.survey, self.choices = self.book["survey"], self.book["choices"]

    def put(self, sheet: Worksheet, row: int, **values: str) -> None:
        heading = [cell.value for cell in sheet[1]]
        for column, value in values.items():
            sheet.cell(row, heading.index(column) + 1, value)

    def ask(self, *questions: dict[str, str]) -> int:
        """Questions below 与报备是否一致, in its section; the row of the first."""
        names = [cell.value for cell in self.survey["B"]]
        below = names.index("as_registered") + 2
        self.survey.insert_rows(below, len(questions))
        for n, values in enumerate(questions):
            self.put(self.survey, below + n, **values)
        return below

    def offer(self, list_name: str, *labels: str) -> None:
        for label in labels:
            row = self.choices.max_row + 1
            self.put(self.choices, row, list_name=list_name, name=label, label=label)

    def saved(self, path: Path) -> Path:
        self.book.save(path)
        return path


def choose_file(page: Page, path: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(path)
    expect(page.get_by_text(path.name)).to_be_visible()


def the_office_adds_two_questions(page: Page, folder: Path) -> None:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载 Excel").first.click()
    assert re.fullmatch(r"核查表单_\d+\.xlsx", waiting.value.suggested_filename)
    workbook = Workbook(Path(waiting.value.path()).read_bytes())
    row = workbook.ask(
        {
            "type": "select_one irigation", "name": "irrigation", "label": "灌溉方式",
            "required": "yes", "relevant": RELEVANT,
        },
        {
            "type": "integer", "name": "well_depth", "label": "井深（米）",
            "constraint": ". >= 0 and . <= 500", "constraint_message": "要在 0 到 500 之间",
        },
    )  # fmt: skip
    workbook.offer("irrigation", "滴灌", "喷灌", "漫灌")
    workbook.put(workbook.book["settings"], 2, version="2026112301")

    choose_file(page, workbook.saved(folder / "写错的.xlsx"))
    expect(page.get_by_text("有 1 处要改正，还不能启用")).to_be_visible()
    wrong = page.get_by_role("listitem").filter(has_text=f"survey A{row}")
    expect(wrong).to_contain_text("choices 表里没有列表“irigation”，是不是 irrigation？")
    expect(page.get_by_role("button", name="启用这份表单")).to_have_count(0)

    workbook.put(workbook.survey, row, type="select_one irrigation")
    choose_file(page, workbook.saved(folder / "改好的.xlsx"))
    new = page.get_by_role("listitem").filter(has_text="新增")
    expect(new.filter(has_text="灌溉方式")).to_contain_text(
        "单选，必填，有条件才问：滴灌、喷灌、漫灌"
    )
    expect(new.filter(has_text="井深（米）")).to_contain_text("整数")
    expect(new).to_have_count(2)
    page.get_by_role("button", name="启用这份表单").click()
    expect(page.get_by_text("已启用版本 2026112301")).to_be_visible()
    expect(page.get_by_text("改好的.xlsx")).to_have_count(0)


def pick(page: Page, label: str, option: str) -> None:
    resting.rest(page)
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    box.fill(option)
    expect(page.get_by_role("option", name=option).first).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value(re.compile(option))


def press(page: Page, question: str, answer: str) -> None:
    resting.answer(page, re.compile(question), re.compile(f"^{answer}$"))


def no_photo(page: Page) -> None:
    """The way to the parcel is washed away."""
    box = page.get_by_role("combobox", name=re.compile("无法按要求拍照的原因"))
    box.click()
    page.get_by_role("option", name="无法到达").click()
    why = page.get_by_role("textbox", name="无法拍照的说明")
    why.fill("山洪冲断了唯一的路，无法到达。")
    why.blur()
    resting.rest(page)


def asked_in_the_form(page: Page, task: int) -> int:
    """A new visit answers the county's questions and is handed over; its number."""
    page.goto(f"/inspect?task={task}")
    page.wait_for_url(re.compile(r"visit=\d+"))
    visit = int(page.url.partition("visit=")[2])
    pick(page, "现状地类", "乔木林地")
    expect(page.get_by_text("灌溉方式")).to_have_count(0)  # not asked of woods
    pick(page, "现状地类", "旱地")
    depth = page.get_by_role("spinbutton", name=re.compile("井深（米）"))
    depth.fill("900")
    depth.blur()
    expect(page.get_by_text("“井深（米）”要在 0 到 500 之间")).to_be_visible()
    depth.fill("30")
    depth.blur()
    expect(page.get_by_text("“井深（米）”要在 0 到 500 之间")).to_have_count(0)
    press(page, "种植属性", "种植粮食作物")
    press(page, "与报备是否一致", "是")
    press(page, "是否发现问题", "否")
    no_photo(page)
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("dialog")).to_contain_text("请填写“灌溉方式”")
    page.get_by_role("button", name="去补齐").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(page, "灌溉方式", "滴灌")
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url("**/records*")
    return visit


def asked_in_the_chat(page: Page, visit: int) -> None:
    """The same by talking; what was understood waits to be confirmed."""
    page.goto(f"/chat?visit={visit}")
    say(page, "旱地，种的玉米")
    expect(page.locator(".st-key-ask")).to_contain_text("灌溉方式")
    say(page, "灌溉方式是滴灌，井深三十米")
    card = page.locator(".st-key-draft_card")
    expect(card).to_contain_text(re.compile("灌溉方式.*滴灌"))
    expect(card).to_contain_text(re.compile("井深（米）.*30"))
    expect(card).to_contain_text("待核对 4")
    card.get_by_role("button", name="都对，确认").click()
    expect(card).not_to_contain_text("待核对")


def say(page: Page, text: str) -> None:
    resting.rest(page)
    answers = page.locator("[class*=st-key-said_]").count()
    page.get_by_test_id("stChatInputTextArea").fill(text)
    page.get_by_test_id("stChatInputSubmitButton").click()
    expect(page.locator("[class*=st-key-said_]")).to_have_count(answers + 1)
    resting.rest(page)


def answers_of(visit: int) -> dict[str, Any]:
    with db.reading() as session:
        return dict(session.get_one(Inspection, visit).answers)


def test_a_county_adds_two_questions_by_excel_and_new_visits_are_asked_them(
    county: County, phone_for: Callable[..., Phone], tmp_path: Path
) -> None:
    with county.inside():
        open_before, by_form, by_chat = (rows.a_task() for _ in range(3))
    inspector = phone_for("heying")
    inspector.open(f"/inspect?task={open_before}").wait_for_url(re.compile(r"visit=\d+"))
    old = int(inspector.page.url.partition("visit=")[2])

    clerk = phone_for("xianban", position=False)
    clerk.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    the_office_adds_two_questions(clerk.open("/forms"), tmp_path)

    page = inspector.open(f"/inspect?visit={old}")
    pick(page, "现状地类", "旱地")
    expect(page.get_by_role("radiogroup", name="种植属性")).to_be_visible()
    expect(page.get_by_text("灌溉方式")).to_have_count(0)
    expect(page.get_by_text("井深")).to_have_count(0)

    done = asked_in_the_form(page, by_form)
    page.goto(f"/inspect?task={by_chat}")
    page.wait_for_url(re.compile(r"visit=\d+"))
    talked = int(page.url.partition("visit=")[2])
    asked_in_the_chat(page, talked)
    page.goto(f"/chat?visit={old}")
    say(page, "灌溉方式是滴灌，井深三十米")
    with county.inside():
        assert answers_of(done)["well_depth"] == 30
        told = answers_of(talked)
        assert (told["irrigation"], told["well_depth"]) == ("滴灌", 30)
        assert answers_of(old) == {"land_class": "0103"}
        with db.reading() as session:
            states = session.exec(select(Inspection.state).where(Inspection.id == done)).one()
        assert states == InspectionState.SUBMITTED

    supervisor = phone_for("duanwei", position=False)
    supervisor.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page = supervisor.open(f"/review?visit={done}")
    page.get_by_text("全部填写内容").click()
    expect(page.get_by_text(re.compile("灌溉方式.*滴灌")).first).to_be_visible()
    expect(page.get_by_text(re.compile("井深（米）.*30")).first).to_be_visible()
    for phone in (inspector, clerk, supervisor):
        assert phone.refused == []
        assert phone.errors == []
