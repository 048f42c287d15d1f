"""A phone in the field to which everything happens that may: the page dies, the phone dies, the
server dies, the line loses answers, the disk is full, the clock is wrong, the sign-in ends.

`Field` is the phone, its line and its server; `Schedule` is a day of chance on it. What the page
promised (`takeShot` said "stored") is written down outside of the phone, at the moment it said so.
"""

import base64
import io
import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect

from field_app import accounts, clock
from field_app.accounts import NewPerson
from models.geo import moved
from models.vocabulary import Role
from tests import rows
from tests.browser import asking
from tests.browser.bad_line import Line, a_line
from tests.browser.capturing import a_kept_phone, at, go, take_along
from tests.browser.conftest import PASSWORD
from tests.browser.mortal import Server

DAY_MS = 86_400_000
KINDS = ("全景", "近景", "利用特征", "东向", "南向", "西向", "北向")


def a_picture(chance: Random, side: int = 48) -> bytes:
    """A small JPEG like no other."""
    out = io.BytesIO()
    noise = Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3))
    noise.save(out, "JPEG", quality=60)
    return out.getvalue()


@dataclass(frozen=True)
class Told:
    """What the page promised of one shot."""

    uuid: str
    how: str
    raw: bytes | None  # None: by the camera of the page, which alone knows it


@dataclass
class Field:
    """One inspector, the phone in the hand, the line, the server."""

    browser: Browser
    server: Server
    line: Line
    folder: Path  # the phone's own memory
    owner: str
    person: int
    task: int
    chance: Random
    context: BrowserContext | None = None
    pages: list[Page] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    tried: set[bytes] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    clock_off: int = 0
    steps: int = 0
    _open: ExitStack = field(default_factory=ExitStack)
    _gone: list[Page] = field(default_factory=list)

    # the phone

    def switch_on(self) -> None:
        county = replace(self.server.county, url=self.line.url)
        self._open = ExitStack()
        self.context = self._open.enter_context(a_kept_phone(self.browser, county, self.folder))
        self.context.add_init_script(asking.PHONE % self.clock_off)
        self.pages = self.context.pages[:1] or [self.context.new_page()]
        self._watch(self.pages[0])

    def switch_off(self) -> None:
        self.pages = []
        with suppress(Error):
            self._open.close()
        self.context = None

    def battery_out(self) -> None:
        """Nothing is closed and nothing is written any more."""
        for number in _browser_of(self.folder):
            os.kill(number, signal.SIGKILL)
        self.switch_off()

    def open(self, page: Page | None = None) -> Page:
        """The page of the phone, opened again where it died."""
        if self.context is None:
            self.switch_on()
        assert self.context is not None
        if page is None and self.pages:
            page = self.pages[0]
        if page is None:
            page = self.context.new_page()
            self.pages.append(page)
            self._watch(page)
        if "/capture/" not in page.url:
            page.goto("/capture/", wait_until="domcontentloaded")
            page.wait_for_function("document.querySelector('main h1') !== null")
        return page

    def another_tab(self) -> Page:
        self.open()
        assert self.context is not None
        page = self.context.new_page()
        self.pages.append(page)
        self._watch(page)
        return self.open(page)

    def crash(self, page: Page) -> None:
        """The renderer dies where it stands. Pages of one site may share one."""
        assert self.context is not None
        with suppress(Error):
            page.goto("chrome://crash", timeout=5000)
        for each in {page, *self._gone}:
            self.pages.remove(each)
            with suppress(Error):
                each.close()
        self._gone.clear()

    def _watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("crash", lambda: self._gone.append(page))

    def _heard(self, said: ConsoleMessage) -> None:
        if said.text.startswith("TOLD "):
            taken = json.loads(said.text.removeprefix("TOLD "))
            raw = base64.b64decode(taken["data"])
            self.told[taken["uuid"]] = Told(taken["uuid"], taken["how"], raw)
        elif said.type in ("warning", "error"):
            self.warnings.append(said.text[:200])

    # what the person does

    def sign_in(self) -> None:
        assert self.context is not None
        for last in (False, True):
            self.server.start()
            try:
                form = {"name": self.owner, "password": PASSWORD}
                answer = self.context.request.post("/login", form=form)
            except Error:  # what was to kill the server killed it just now
                if last:
                    raise
            else:
                assert answer.ok, answer.status
                return

    def set_out(self) -> Page:
        """Signs in and takes the package along."""
        self.switch_on()
        self.sign_in()
        page = self.open()
        take_along(page)
        return page

    def shots(self, count: int, *, settle: int = 0, way: str = "", side: int = 48) -> list[Any]:
        made = []
        for _ in range(count):
            raw = a_picture(self.chance, side)
            self.tried.add(raw)
            made.append(
                {
                    "data": base64.b64encode(raw).decode(),
                    "way": way or self.chance.choices(("live", "camera", "file"), (6, 1, 1))[0],
                    "kind": self.chance.choice(KINDS),
                    "settle": settle,
                }
            )
        return made

    def shoot(self, page: Page, shots: list[Any], *, wait: bool = True) -> list[Any]:
        """Takes these at once; with `wait` the page has said of each that it is kept."""
        self.steps += 1
        assert self.context is not None
        place = moved(rows.HERE, east_m=0.3 * self.steps, north_m=0.2 * self.steps)
        self.context.set_geolocation(at(place))
        given = {"owner": self.owner, "task": self.task, "shots": shots, "told": wait}
        taken: list[Any] = page.evaluate(asking.SHOOT, given) or []
        for one, shot in zip(taken, shots, strict=False):
            self.told[one["uuid"]] = Told(one["uuid"], one["how"], base64.b64decode(shot["data"]))
        return taken

    def press(self, page: Page) -> None:
        """By the shutter of the page."""
        before = {row["uuid"] for row in self.stand(page)["rows"]}
        go(page, f"#/task/{self.task}/shoot")
        shutter = page.get_by_role("button", name="按下快门")
        expect(page.locator(".stage video")).to_be_visible()
        expect(shutter).to_have_attribute("aria-disabled", "false")
        shutter.click()
        expect(page.locator(".kept")).to_contain_text("已存本机")
        new = [row for row in self.stand(page)["rows"] if row["uuid"] not in before]
        assert len(new) == 1, new
        self.told[new[0]["uuid"]] = Told(new[0]["uuid"], "stored", None)
        go(page, "#/")

    def hurry(self, page: Page) -> None:
        page.evaluate(asking.HURRY)

    def stand(self, page: Page) -> dict[str, Any]:
        """What lies on the phone: rows, whose bytes are there, tallies, the line."""
        # The bytes first: a row that is delivered meanwhile has lost its own, and not before.
        found: dict[str, Any] = {"bytes": page.evaluate(asking.BYTES)}
        return found | page.evaluate(asking.STAND, self.owner)

    def hand_in(self, page: Page) -> str | None:
        given = {"owner": self.owner, "task": self.task}
        uuid: str | None = page.evaluate(asking.HAND_IN, given)
        return uuid

    def set_kind(self, page: Page, uuid: str) -> str:
        given = {"uuid": uuid, "kind": self.chance.choice(KINDS)}
        said: str = page.evaluate(asking.SET_KIND, given)
        return said

    def close_day(self, page: Page, since: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = page.evaluate(
            asking.CLOSE_DAY, {"owner": self.owner, "since": since}
        )
        return found

    def come_home(self, patience_s: float = 60) -> Page:
        """Everything works again; waits until nothing is left to deliver."""
        self.server.start()
        self.line.mend()
        page = self.open()
        assert self.context is not None
        self.context.set_offline(False)
        for each in self.pages:
            each.evaluate("() => { self.diskFull = false; }")
        self.sign_in()
        for _ in range(int(patience_s / 0.2)):
            # Each tab by itself: what a full disk left in the memory of one, no other can see.
            all_tabs = [self.stand(each) for each in self.pages]
            if not any(_left(now["tallies"]) for now in all_tabs):
                return page
            for each, now in zip(self.pages, all_tabs, strict=True):
                if now["line"] != "sending":
                    self.hurry(each)
            page.wait_for_timeout(200)
        now = [(now["tallies"], now["line"]) for now in all_tabs]
        raise AssertionError(f"not delivered: {now} {self.warnings[-5:]}")


def _left(tallies: dict[str, Any]) -> int:
    found: int = tallies["raw"] + tallies["waiting"] + tallies["hand_ins"]["waiting"]
    return found


@contextmanager
def a_field(browser: Browser, server: Server, folder: Path, chance: Random) -> Iterator[Field]:
    """An inspector of the server's own with one task, and a new phone."""
    server.start()
    owner = f"field{chance.randrange(10**9)}"
    with server.county.inside():
        new = NewPerson(
            owner, owner, Role.INSPECTOR, PASSWORD, team="二组", must_change_password=False
        )
        person = accounts.add_person(new, by=None, now=clock.now())
        task = rows.a_task(rows.a_parcel_row())
    with a_line(server.port) as line:
        line.kill_server = server.kill
        here = Field(browser, server, line, folder, owner, person, task, chance)
        try:
            yield here
        finally:
            here.switch_off()


def _browser_of(folder: Path) -> list[int]:
    """The process of the browser that lives in that folder, not its children."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            mine = f"--user-data-dir={folder}".encode() in words
            if mine and not any(word.startswith(b"--type=") for word in words):
                found.append(int(entry.name))
    return found
