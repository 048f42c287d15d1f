"""The main job, whole: from a parcel file to a row of the exported ledger, on both databases.

A supervisor's screen is 1280 × 800, the inspector's a phone with touch. No other host is there,
and nothing may ask for one.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from field_app import accounts, clock, db, tasks
from field_app.accounts import NewPerson
from field_app.parcels.batches import parcel_ids
from field_app.parcels.intake import Choice, import_parcels
from field_app.roles import CONSOLE
from field_app.units import ensure_units, teams
from models.vocabulary import Purpose, Role
from tests import rows
from tests.browser.conftest import (
    PASSWORD,
    PATIENCE_MS,
    PHONE,
    STANDING,
    a_server,
    asked_of_others,
    free_port,
)
from tests.browser.resting import answer, rest, tap
from tests.build import a_photo
from tests.databases import another_database, environment
from tests.parcels.test_intake import txt

pytestmark = pytest.mark.browser
NUMBER = "N41132120230001000001"


@dataclass(frozen=True)
class Site:
    url: str


@pytest.fixture(params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A server whose county has one project's parcels, an inspector and a supervisor."""
    url = ""
    if request.param == "postgres":
        url = another_database(request.getfixturevalue("postgres"), "main_job")
    port, log = free_port(), tmp_path / "server.log"
    with environment(DATA_DIR=str(tmp_path / "data"), DATABASE_URL=url):
        _county(clock.now())
    with a_server(port, log, tmp_path / "data", url):
        yield Site(f"http://127.0.0.1:{port}")


def _county(now: datetime) -> None:
    db.migrate()
    ensure_units()
    for name, display, role, team in (
        ("heying", "何映", Role.INSPECTOR, "二组"),
        ("duanwei", "段薇", Role.SUPERVISOR, ""),
    ):
        new = NewPerson(name, display, role, PASSWORD, team=team, must_change_password=False)
        accounts.add_person(new, by=None, now=now)
    made = import_parcels(txt((NUMBER, rows.a_square())), "上报.txt", Choice(), who=None, now=now)
    assert made.imported == 1
    team = next(i for i, name in teams().items() if name == "二组")
    planned = tasks.plan(
        parcel_ids(1),
        team_id=team,
        purpose=Purpose.FIRST,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        who=CONSOLE,
        now=now,
    )
    assert planned == 1


@dataclass
class Screen:
    page: Page
    refused: list[str]


def a_screen(browser: Browser, site: Site, *, phone: bool) -> tuple[BrowserContext, Screen]:
    context = browser.new_context(
        base_url=site.url,
        viewport=PHONE if phone else {"width": 1280, "height": 800},
        has_touch=phone,
        is_mobile=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation=STANDING,
        permissions=["geolocation"],
    )
    context.set_default_timeout(PATIENCE_MS)
    refused = asked_of_others(context, site.url)
    return context, Screen(context.new_page(), refused)


def sign_in(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/(tasks|review)"))


def pick(page: Page, label: str, option: str) -> None:
    """Chooses in a select box by its search: open, type, Enter. Once the page has come to rest:
    a photo that arrives moves what stands below it."""
    rest(page, 1000)
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    box.fill(option)
    expect(page.get_by_role("option", name=option).first).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value(re.compile(option))


def shoot(page: Page, kind: str, count: int, folder: Path, seed: int) -> None:
    """Chooses the kind, taps 拍照 for each photo, and waits until it stands on the page."""
    kinds = page.locator("[data-testid=stButtonGroup] button")
    wanted = kinds.filter(has_text=re.compile(rf"^{kind}")).first
    tap(page, wanted, page.locator("section.taker").filter(has_text=kind))
    for n in range(count):
        path = folder / f"{kind}{n}.jpg"
        # The browser of the phone blanked the position: our page's own must do.
        path.write_bytes(a_photo(gps="blanked", taken_at=datetime.now(clock.CHINA), seed=seed + n))
        before = page.locator("img.photo-small").count()
        with page.expect_file_chooser() as opened:
            page.get_by_label("拍照", exact=True).click()
        opened.value.set_files(path)
        expect(page.locator("img.photo-small")).to_have_count(before + 1)


def test_from_a_parcel_file_to_a_row_of_the_exported_ledger(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    phone_context, phone = a_screen(browser, site, phone=True)
    page = phone.page
    sign_in(page, "heying")
    expect(page.get_by_text(NUMBER).first).to_be_visible()
    page.get_by_role("link", name="去核查").first.click()
    expect(page.get_by_role("heading", name=NUMBER)).to_be_visible()

    for seed, (kind, count) in enumerate((("全景", 1), ("近景", 1), ("利用特征", 2))):
        shoot(page, kind, count, tmp_path, 10 * seed + 1)
    expect(page.get_by_text("核验通过").first).to_be_visible()

    pick(page, "现状地类", "乔木林地")
    for group, choice in (
        ("与报备是否一致", re.compile("^否$")),
        ("是否发现问题", re.compile("^是$")),
        ("问题大类", "2 补而不实"),
        ("问题子类", re.compile("^2-1")),
    ):
        answer(page, group, choice)
    rest(page)
    facts = page.get_by_role("textbox", name="问题描述")
    facts.fill("=地块内全部为杨树，没有耕种痕迹。")
    facts.blur()
    rest(page)
    area = page.get_by_role("spinbutton", name="涉及面积（亩）")
    area.fill("3.2")
    area.blur()
    expect(page.get_by_text("必填 7/7")).to_be_visible()

    page.reload()  # the phone fell asleep: nothing is lost
    expect(page.get_by_role("textbox", name="问题描述")).to_have_value(
        "=地块内全部为杨树，没有耕种痕迹。"
    )
    page.get_by_role("button", name="提交审核").click()
    page.wait_for_url("**/records*")
    expect(page.get_by_text("已提交").first).to_be_visible()
    assert phone.refused == []
    phone_context.close()

    desk_context, desk = a_screen(browser, site, phone=False)
    page = desk.page
    sign_in(page, "duanwei")
    page.get_by_role("button", name="查看").first.click()
    expect(page.get_by_text("没有耕种痕迹").first).to_be_visible()
    page.get_by_role("button", name="确认并登记台账").click()
    expect(page.get_by_text(re.compile(r"已登记 411321-2-\d{4}-0001")).first).to_be_visible()

    page.goto("/ledger")
    expect(page.get_by_text(re.compile(r"411321-2-\d{4}-0001")).first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("导出 Excel")).click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert sum(name.startswith("台账") for name in book.sheetnames) == 6
    assert desk.refused == []
    desk_context.close()
    sheet = book.worksheets[1]
    assert sheet.title.startswith("台账2")
    heading = next(r for r in sheet.iter_rows() if any(c.value == "问题编号" for c in r))
    row = {str(h.value): sheet.cell(h.row + 1, h.column) for h in heading if h.value is not None}
    assert re.fullmatch(r"411321-2-\d{4}-0001", str(row["问题编号"].value))
    said = next(cell for name, cell in row.items() if name.startswith("问题描述"))
    assert said.value == "=地块内全部为杨树，没有耕种痕迹。"
    assert said.data_type == "s"  # text, not a formula
    parcel = next(cell for name, cell in row.items() if name.startswith("地块"))
    assert parcel.value == NUMBER
