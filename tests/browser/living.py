"""How people of a county take an entry through its life: at home on phones, in the office at a desk."""

import hashlib
import os
import re
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, expect
from sqlmodel import select

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from field_app.inspections.photos import store
from field_app.packages import keys
from field_app.roles import Who
from models.geo import Position, moved
from models.tables import Person, Unit
from models.vocabulary import Role, Verdict
from tests import build, rows
from tests.browser.conftest import PASSWORD, PATIENCE_MS, County
from tests.browser.resting import rest, tap

DESK = {"width": 1280, "height": 900}
UNIT, OFFICE, SUPERVISOR = "liuzhen", "qianban", "duanwei"
UNIT_NAME = "留山镇人民政府"


def settle(county: County, unit: str = UNIT) -> None:
    """A unit and an office are there, besides the inspector and the supervisor, and the office's
    key. Who proves several parcels on one day from one spot is doubted, so each test has its own
    person of the `unit`."""
    with county.inside():
        if not keys.place().exists():
            keys.make(keys.place())
        with db.reading() as session:
            known = set(session.exec(select(Person.name)))
            units = set(session.exec(select(Unit.name)))
        if UNIT_NAME not in units:
            rows.units_of_the_plan()
        for name, display, role, of in (
            (unit, "柳镇长", Role.UNIT, UNIT_NAME),
            (OFFICE, "钱主任", Role.OFFICE, ""),
        ):
            if name not in known:
                new = NewPerson(name, display, role, PASSWORD, unit=of, must_change_password=False)
                accounts.add_person(new, by=None, now=clock.now())


def a_found_problem(
    county: County, number: str, category: int, *, seed: int, middle: Position = rows.HERE
) -> int:
    """A visit that `heying` handed in two hours ago with a problem of `category`: a real picture
    from six metres beside the parcel's middle. Returns its number."""
    with county.inside():
        with db.reading() as session:
            person = session.exec(select(Person).where(Person.name == "heying")).one()
        heying = Who(person.id or 0, "heying", "何映", Role.INSPECTOR, person.team_id)
        before = clock.now() - timedelta(hours=2)
        task = rows.a_task(rows.a_parcel_row(middle, number=number))
        visit = rows.an_inspection(heying, task, submitted_at=before)
        data = build.a_photo(rows.a_square(), seed=seed, scene="forest", taken_at=before)
        store().put(data)
        at = moved(middle, east_m=6.0)
        photo = rows.a_photo_row(
            visit, Verdict.PASSED, sha256_hex=hashlib.sha256(data).hexdigest(),
            lon=at.lon, lat=at.lat, heading_deg=None, taken_at=before, received_at=before,
        )  # fmt: skip
        rows.a_finding(visit, [photo], category=category, created_at=before)
    return visit


def camera(folder: Path) -> Callable[[int], Path]:
    """Makes photo files as new as if just shot, another picture for each seed."""

    def make(seed: int) -> Path:
        path = folder / f"IMG_{seed}.jpg"
        path.write_bytes(build.a_photo(gps="absent", taken_at=datetime.now(clock.CHINA), seed=seed))
        return path

    return make


def shoot(page: Page, file: Path) -> None:
    """The camera's button, which a phone would answer with a picture."""
    with page.expect_file_chooser() as opened:
        page.get_by_label("拍照", exact=True).click()
    now = time.time()
    os.utime(file, (now, now))
    opened.value.set_files([file])
    expect(page.locator("section.taker").get_by_text("已送达")).to_be_visible()


def press(page: Page, name: str, told: str) -> None:
    """A button of the page, and the sentence that says it was done."""
    rest(page)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text(told, exact=True).first).to_be_visible()
    rest(page)


def fill(page: Page, label: str, text: str) -> None:
    rest(page)
    box = page.get_by_label(re.compile(f"^{re.escape(label)}"))
    box.fill(text)
    box.press("Tab")
    rest(page)


def fill_day(page: Page, label: str, day: date) -> None:
    """A day is typed part by part: year, month, day."""
    rest(page)
    parts = page.get_by_role("group", name=label).get_by_role("spinbutton")
    parts.first.click()
    page.keyboard.type(f"{day:%Y%m%d}", delay=40)
    page.keyboard.press("Tab")
    rest(page)


def other(page: Page, entry: int, step: str) -> None:
    """Opens one of the things that may be done besides."""
    choices = page.locator(f".st-key-other_step_{entry}")
    if not choices.is_visible():
        tap(page, page.get_by_text("其他办理"), choices.filter(visible=True))
    chosen = choices.get_by_role("radio", name=step, exact=True, checked=True)
    tap(page, choices.get_by_text(step, exact=True), chosen)


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    """One of a list that opens. A list that opens while the page is drawn anew closes at once, or
    lets the finger through."""
    box = page.get_by_label(re.compile(f"^{re.escape(label)}")).first
    field = page.get_by_test_id(re.compile("^st(MultiSelect|Selectbox)$")).filter(has=box).first
    wanted = page.get_by_role("option", name=option)
    for _ in range(4):
        tap(page, box, wanted)
        try:
            wanted.click(timeout=PATIENCE_MS / 5)
        except TimeoutError:
            continue
        rest(page)
        shown = [box.input_value(), *field.inner_text().splitlines()]
        if any(re.search(option, line) for line in shown):
            return
    raise AssertionError(f"{label} does not take {option}")
