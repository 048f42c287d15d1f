"""From the queue to the ledger's file, with a real browser: the dialog and the download are out
of reach for a test of the page alone."""

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from field_app import clock, db
from field_app.inspections.photos import store
from field_app.roles import Who
from models.geo import moved
from models.tables import Entry, Inspection, Parcel, Person, PhotoDecision
from models.vocabulary import InspectionState, Purpose, Role, Verdict
from tests import build, rows
from tests.browser.conftest import County, Phone

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Filed:
    """A visit that waits for review, with the numbers of its photos."""

    inspection: int
    passed: int
    doubtful: int
    number: str


@pytest.fixture
def filed(county: County) -> Filed:
    """A visit of `heying` with real pictures: one that passed, one in doubt; one from before."""
    with county.inside():
        with db.reading() as session:
            person = session.exec(select(Person).where(Person.name == "heying")).one()
            taken = session.exec(select(Parcel.id)).all()
        heying = Who(person.id or 0, "heying", "何映", Role.INSPECTOR, person.team_id)
        rows.units_of_the_plan()
        number = f"REVIEW{len(taken)}"
        parcel = rows.a_parcel_row(number=number)
        before = rows.an_inspection(heying, rows.a_task(parcel), state=InspectionState.CONFIRMED)
        a_real_photo(before, Verdict.PASSED, seed=71 + len(taken))
        inspection = rows.an_inspection(heying, rows.a_task(parcel, purpose=Purpose.RECTIFIED))
        passed = a_real_photo(inspection, Verdict.PASSED, seed=81 + len(taken))
        doubtful = a_real_photo(
            inspection, Verdict.DOUBTFUL, seed=91 + len(taken), east_m=-60, heading_deg=250.0
        )
        rows.a_finding(inspection, [passed, doubtful])
    return Filed(inspection, passed, doubtful, number)


def a_real_photo(
    inspection: int, verdict: Verdict, *, seed: int, east_m: float = -35.0, **columns: float
) -> int:
    data = build.a_photo(rows.a_square(), seed=seed)
    store().put(data)
    at = moved(rows.HERE, east_m=east_m, north_m=5.0)
    return rows.a_photo_row(
        inspection,
        verdict,
        sha256_hex=hashlib.sha256(data).hexdigest(),
        lon=at.lon,
        lat=at.lat,
        readings=[
            {"name": "Make", "value": "HUAWEI", "tag": "0x010F", "source": "exif"},
            {"name": "FNumber", "value": [[18, 10]], "tag": "0x829D", "source": "exif"},
            {"name": "FNumber", "value": [[28, 10]], "tag": "0x829D", "source": "exif:exifread"},
        ],
        **columns,
    )


@pytest.fixture
def desk(phone_for: Callable[..., Phone]) -> Phone:
    """The supervisor at a desk."""
    made = phone_for("duanwei")
    made.page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return made


def seen(page: Page, alt: str) -> None:
    """The picture arrived: it has pixels."""
    picture = page.get_by_alt_text(re.compile(alt)).first
    expect(picture).to_be_visible()
    page.wait_for_function("e => e.complete && e.naturalWidth > 100", arg=picture.element_handle())


def test_a_supervisor_looks_speaks_confirms_and_takes_the_ledger_home(
    desk: Phone, filed: Filed, county: County
) -> None:
    page = desk.open("/review")
    # Looked for by its number: other visits of the county may fill the first page of the queue.
    page.get_by_text("筛选", exact=True).click()
    words = page.get_by_placeholder("地块编号、村名或项目名")
    words.fill(filed.number)
    words.press("Enter")
    card = page.locator(f".st-key-queue_{filed.inspection}")
    expect(card).to_contain_text(filed.number)
    card.get_by_role("button", name="查看").click()
    map_frame = page.frame_locator("iframe[title*=st_folium]")
    expect(map_frame.locator(".fm-mark")).to_have_count(2)
    seen(page, f"照片 {filed.passed} ")

    page.locator(f".st-key-look_{filed.doubtful} button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("存疑").first).to_be_visible()
    whole = dialog.locator("img.photo-whole")
    page.wait_for_function("e => e.naturalWidth > 100", arg=whole.element_handle())
    dialog.get_by_text("与以前的照片对照").click()
    expect(dialog.locator("img.photo-whole")).to_have_count(2)
    dialog.get_by_text("读数").click()
    dialog.get_by_role("radio", name="采信", exact=True).click()
    dialog.get_by_label("理由").fill("左侧山脊与去年照片一致")
    dialog.get_by_role("button", name="记下意见").click()
    expect(dialog).to_be_hidden()
    tile = page.locator(f".st-key-tile_{filed.doubtful}")
    expect(tile.get_by_text("采信")).to_be_visible()
    expect(tile.get_by_text("存疑")).to_be_visible()  # the machine's verdict stays beside it

    confirm = page.get_by_role("button", name="确认并登记台账")
    expect(confirm).to_have_count(1)  # while the page is drawn anew the old one stands beside it
    confirm.click()
    expect(page.get_by_text(re.compile("已登记 411321-2-"))).to_be_visible()
    with county.inside(), db.reading() as session:
        visit = session.get_one(Inspection, filed.inspection)
        assert visit.state == InspectionState.CONFIRMED
        entry = session.exec(select(Entry).where(Entry.inspection_id == visit.id)).one()
        words = session.exec(
            select(PhotoDecision.why).where(PhotoDecision.photo_id == filed.doubtful)
        ).one()
    assert words == "左侧山脊与去年照片一致"

    page = desk.open(f"/ledger?entry={entry.id}")
    expect(page.get_by_role("heading", name=entry.number)).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    numbers = [row[1].value for row in book["台账2 补而不实"].iter_rows(min_row=4)]
    assert entry.number in numbers
    assert waiting.value.suggested_filename.endswith(f"{clock.local(clock.now()):%Y-%m-%d}.xlsx")
    assert desk.refused == []
    assert desk.errors == []


def test_on_a_phone_the_case_stands_before_the_queue_and_nothing_runs_off_the_side(
    phone_for: Callable[..., Phone], filed: Filed
) -> None:
    phone = phone_for("duanwei")
    page = phone.open(f"/review?visit={filed.inspection}")
    expect(page.get_by_role("button", name="确认并登记台账")).to_be_visible()
    expect(page.locator(".st-key-review_queue")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator(f".st-key-look_{filed.passed} button").click()
    seen(page, f"照片 {filed.passed} ")
    dialog = page.get_by_role("dialog")
    for _ in range(20):  # while it is still being drawn, it does not hear the key
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)
        if dialog.count() == 0:
            break
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="返回列表").click()
    expect(page.locator(".st-key-review_queue")).to_be_visible()
    assert phone.errors == []
