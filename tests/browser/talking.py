"""Two hands for one visit, in the browser: one fills the form, one talks to the chat."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from playwright.sync_api import Geolocation, Locator, Page, TimeoutError, expect
from sqlmodel import col, select

from field_app import db
from field_app.forms import Kind, Question
from field_app.forms.shipped import shipped
from models.tables import ChatTurn, Inspection
from tests.browser.conftest import PATIENCE_MS, Phone
from tests.browser.resting import rest

_NEWEST = """() => Math.max(0, ...[...document.querySelectorAll('[class*="st-key-said_"]')]
  .map((said) => Number(said.className.match(/st-key-said_(\\d+)/)[1])))"""


def answers_of(visit: int) -> dict[str, Any]:
    """The answers of a visit, as the database has them."""
    with db.reading() as session:
        return dict(session.get_one(Inspection, visit).answers)


def turns_of(visit: int) -> list[ChatTurn]:
    """What was said of a visit."""
    query = select(ChatTurn).where(ChatTurn.inspection_id == visit).order_by(col(ChatTurn.id))
    with db.reading() as session:
        return list(session.exec(query))


def until_kept(visit: int, answers: Mapping[str, Any]) -> None:
    """Waits until the draft holds these answers."""
    begun = time.monotonic()
    while True:
        kept = answers_of(visit)
        if all(kept.get(name) == value for name, value in answers.items()):
            return
        if time.monotonic() - begun > PATIENCE_MS / 1000:
            raise AssertionError(f"wanted {dict(answers)}, the draft holds {kept}")
        time.sleep(0.05)


def visit_of(page: Page) -> int:
    """The visit that the address of the page names."""
    page.wait_for_url(re.compile(r"[?&]visit=\d+"))
    return int(page.url.partition("visit=")[2].partition("&")[0])


def _question(name: str) -> Question:
    return shipped().question(name)


def label_of(q: Question, value: str) -> str:
    """A choice as the inspector reads it."""
    return next(c.label for c in shipped().lists[q.list_name] if c.value == value)


@dataclass(frozen=True)
class Part:
    """A part of what there is to tell: the answers it gives, and the words for the chat. Without
    words the chat is answered by its buttons, and where it wants a text, by the text."""

    answers: Mapping[str, Any]
    words: str = ""


@dataclass(frozen=True)
class Shots:
    """Photos, by file and kind."""

    photos: Sequence[tuple[Path, str]]
    words: str = ""


class ByForm:
    """The inspector who fills the form, standing at `at`."""

    def __init__(self, phone: Phone, at: Geolocation) -> None:
        self.phone, self.page, self.at = phone, phone.page, at

    def begin(self, task: int, number: str) -> int:
        self.page.goto(f"/inspect?task={task}", wait_until="domcontentloaded")
        expect(self.page.get_by_role("heading", name=number)).to_be_visible()
        expect(self.page.locator(".st-key-in_reach")).to_be_visible()
        rest(self.page)
        return visit_of(self.page)

    def tell(self, part: Part, visit: int) -> None:
        for name, value in part.answers.items():
            self._fill(_question(name), value)
            until_kept(visit, {name: value})
            rest(self.page)

    def _fill(self, q: Question, value: Any) -> None:
        page, named = self.page, re.compile(re.escape(q.label))
        if q.kind is Kind.TEXT:
            _leave(page.get_by_role("textbox", name=named), str(value))
            return
        if q.kind is Kind.DECIMAL:
            _leave(page.get_by_role("spinbutton", name=named), str(value))
            return
        label = label_of(q, value)
        drops_down = page.get_by_role("combobox", name=named)
        stands_open = page.get_by_role("radiogroup", name=named)
        expect(drops_down.or_(stands_open)).to_be_visible()
        if stands_open.count():
            stands_open.get_by_text(label, exact=True).tap()
            return
        option = page.get_by_role("option", name=label, exact=True)
        for again in (True, True, False):
            drops_down.tap()
            if drops_down.is_editable():  # a long list draws what is near; the rest is searched for
                drops_down.fill(label)
            try:
                option.tap(timeout=PATIENCE_MS / 4)
                return
            except TimeoutError:
                # A list closes, or is carried away, when the page is drawn anew beneath it.
                if not again:
                    raise
                page.keyboard.press("Escape")
                rest(page)

    def shoot(self, shots: Shots) -> None:
        for kind, of_kind in groupby(shots.photos, key=lambda photo: photo[1]):
            paths = [path for path, _ in of_kind]
            pills = self.page.locator("[data-testid=stButtonGroup] button")
            pills.filter(has_text=re.compile(rf"^{kind}")).first.tap()
            expect(self.page.locator("section.taker")).to_contain_text(kind)
            there = self.page.locator("img.photo-small").count()
            # A real phone has a new fix every second; without one the page waits for it.
            self.phone.context.set_geolocation(self.at)
            with self.page.expect_file_chooser() as opened:
                self.page.get_by_label("从文件选", exact=True).tap()
            opened.value.set_files(paths)
            expect(self.page.locator("img.photo-small")).to_have_count(there + len(paths))
            rest(self.page)

    def hand_in(self) -> None:
        confirm = self.page.get_by_role("button", name=re.compile("项不是手填的"))
        one = self.page.get_by_role("button", name="核对无误")
        for button in (confirm, one):
            if button.count() == 1:
                button.tap()
                expect(button).to_have_count(0)
                rest(self.page)
        self.page.get_by_role("button", name="提交审核").tap()
        # Where the photos together lack something, the page says so once before it lets go.
        anyway = self.page.get_by_role("button", name="就这样提交")
        filed = self.page.get_by_role("heading", name="我的记录")
        expect(anyway.or_(filed).first).to_be_visible()
        if anyway.count():
            anyway.tap()
        self.page.wait_for_url("**/records*")


def _leave(box: Locator, text: str) -> None:
    box.fill(text)
    box.blur()


class ByChat:
    """The inspector who talks."""

    def __init__(self, phone: Phone) -> None:
        self.page = phone.page

    @property
    def box(self) -> Locator:
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def ask(self) -> Locator:
        """What is asked now, with its buttons."""
        return self.page.locator(".st-key-ask")

    def button(self, label: str) -> Locator:
        """The button under the question whose label begins so."""
        named = re.compile(f"^{re.escape(label)}")
        return self.page.locator(".st-key-ask_buttons").get_by_role("button", name=named)

    def open(self, path: str) -> None:
        self.page.goto(path, wait_until="domcontentloaded")
        expect(self.ask).to_be_visible()
        rest(self.page)

    def begin(self, task: int, number: str) -> int:
        self.open("/chat?new=1")
        self.says(f"到了，{number}")
        expect(self.page.get_by_role("heading", name=number)).to_be_visible()
        return visit_of(self.page)

    def says(self, text: str, photos: Sequence[Path] = ()) -> None:
        """Says something, and waits until it is answered."""
        if photos:
            self.attach(photos)
        self.box.fill(text)
        with self._answered():
            self.page.get_by_test_id("stChatInputSubmitButton").tap()

    def attach(self, photos: Sequence[Path]) -> None:
        chat = self.page.get_by_test_id("stChatInput")
        chat.locator("input[type=file]").first.set_input_files(list(photos))
        expect(chat.get_by_test_id("stFileChipName")).to_have_count(len(photos))
        expect(chat.get_by_test_id("stFileChipIconSpinner")).to_have_count(0)

    def presses(self, label: str) -> None:
        """Presses a button under the question, and waits until it is answered."""
        with self._answered():
            self.button(label).tap()

    @contextmanager
    def _answered(self) -> Iterator[None]:
        newest = self.page.evaluate(_NEWEST)
        yield
        self.page.wait_for_function(f"(before) => ({_NEWEST})() > before", arg=newest)
        rest(self.page, 80)  # the answer is there; what was before it is to be gone

    def tell(self, part: Part, visit: int) -> None:
        if part.words:
            self.says(part.words)
        else:
            for name, value in part.answers.items():
                if answers_of(visit).get(name) != value:
                    self._answer(_question(name), value, part)
        until_kept(visit, part.answers)

    def _answer(self, q: Question, value: Any, part: Part) -> None:
        offered = f"{part.answers.get('problem_type')} "
        if self.button(offered).count():
            return self.presses(offered)
        if self.button("都不是，我自己选").count():
            return self.presses("都不是，我自己选")
        self._be_asked(q)
        if q.list_name:
            self.presses(label_of(q, value))
        elif self.button(f"用刚才说的：{value}").count():
            self.presses("用刚才说的")
        else:
            self.says(str(value))

    def _be_asked(self, q: Question) -> None:
        """Goes on until this is asked: what is optional is asked for when all else is said."""
        asked = self.ask.locator("strong").first
        for label in ("都对，确认", "没法拍照", f"补充{q.label}"):
            if q.label not in asked.inner_text() and self.button(label).count():
                self.presses(label)
        expect(asked).to_contain_text(q.label)

    def shoot(self, shots: Shots) -> None:
        self.says(shots.words, [path for path, _ in shots.photos])

    def hand_in(self) -> None:
        if self.button("都对，确认").count():
            self.presses("都对，确认")
        self.presses("提交审核")
        expect(self.page.get_by_text("这次核查已提交")).to_be_visible()


def switch(page: Page, to: str) -> None:
    """Goes over by the switch at the top: to 表单 or to 对话."""
    rest(page)
    for again in (True, True, False):
        page.locator(".st-key-form_or_chat").get_by_role("link", name=to).tap()
        try:
            page.wait_for_url(
                "**/chat*" if to == "对话" else "**/inspect*", timeout=PATIENCE_MS / 3
            )
            break
        except TimeoutError:
            # The finger came down while the page was drawn anew beneath it: one taps again.
            if not again:
                raise
    expect(page.locator(".st-key-ask" if to == "对话" else ".st-key-in_reach")).to_be_visible()
    rest(page)
