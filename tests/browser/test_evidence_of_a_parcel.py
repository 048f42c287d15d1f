"""Results, sketches and the card of the set in a real browser: on the inspector's phone, and in the
supervisor's dialog at a desk."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from field_app import db
from field_app.inspections.photos import store
from field_app.roles import Who
from models.geo import moved
from models.tables import Person
from models.vocabulary import InspectionState, Outcome, Role, Verdict
from tests import build, rows
from tests.browser.conftest import County, Phone, Visit

pytestmark = pytest.mark.browser


def results(count: int = 45) -> list[dict[str, Any]]:
    """As many as an examination may bring, the bad ones last in the list."""
    fine = [
        {"check": f"fine{n}", "outcome": str(Outcome.PASS), "message": f"第 {n} 项相符。"}
        for n in range(count - 6)
    ]
    unknown = {"outcome": str(Outcome.UNKNOWN), "needed": False}
    notes = [
        {"check": f"note{n}", "message": f"弱迹象之{n}。", "noted": True} | unknown
        for n in range(4)
    ]
    return [
        *fine,
        *notes,
        {"check": "looks_at_parcel", "outcome": "DOUBT", "message": "镜头朝外；请转向地块重拍。"},
        {"check": "on_parcel", "outcome": "FAIL", "message": "拍摄点距地块 9.0 km；请核对。"},
    ]


def a_photo(inspection: int, seed: int, *, east_m: float | None, **columns: Any) -> int:
    """A real picture `east_m` east of the parcel's middle; None: without a position."""
    data = build.a_photo(rows.a_square(), seed=seed)
    store().put(data)
    place: dict[str, Any] = {"lon": None, "lat": None, "accuracy_m": None, "heading_deg": None}
    if east_m is not None:
        at = moved(rows.HERE, east_m=east_m)
        place = {"lon": at.lon, "lat": at.lat, "distance_m": max(abs(east_m) - 25.0, 0.0)}
    readings = [{"name": "GPSImgDirection", "value": "90", "tag": "GPS 0x0011", "source": "exif"}]
    return rows.a_photo_row(
        inspection,
        sha256_hex=hashlib.sha256(data).hexdigest(),
        readings=readings,
        **{**place, **columns},
    )


def drawn(picture: Locator) -> None:
    """The sketch has arrived and has a size."""
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    picture.page.wait_for_function(
        "e => e.complete && e.naturalWidth > 300", arg=picture.element_handle()
    )


def nothing_runs_off_the_side(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_on_a_phone_a_photo_tells_three_reasons_its_sketch_and_the_rest_on_demand(
    phone: Phone, visit: Visit, county: County
) -> None:
    with county.inside():
        far = a_photo(
            visit.id, 4001, east_m=9_000.0, verdict=Verdict.CONTRADICTED, results=results()
        )
        a_photo(visit.id, 4002, east_m=-30.0, kind="近景")
        a_photo(visit.id, 4003, east_m=None, verdict=Verdict.INCOMPLETE, kind="利用特征")
    page = phone.open(visit.path)
    card = page.locator(".st-key-set_card")
    expect(card.get_by_text("本地块证据")).to_be_visible()
    expect(card.get_by_text("移除第 1 张不符的照片，到地块旁重拍")).to_be_visible()
    card.get_by_text("示意图：看到了哪里").click()
    drawn(card.locator("img.sketch"))
    nothing_runs_off_the_side(page)

    tile = page.locator(f".st-key-photo_{far}")
    expect(tile.get_by_text("第 1 张 全景")).to_be_visible()
    tile.get_by_role("button", name="说明").click()
    opened = page.get_by_test_id("stPopoverBody")
    expect(opened.get_by_text("拍摄点距地块 9.0 km")).to_be_visible()
    said = opened.get_by_test_id("stMarkdown").first.inner_text()
    assert said.index("不符") < said.index("存疑") < said.index("提示")
    assert "弱迹象之1" not in said
    drawn(opened.locator("img.sketch"))
    expect(opened.get_by_alt_text("在地块东面")).to_be_visible()
    expect(opened.get_by_text("第 7 项相符。")).to_have_count(0)
    opened.get_by_text("其余 42 项检查").click()
    expect(opened.get_by_text("第 7 项相符。")).to_be_visible()
    nothing_runs_off_the_side(page)
    assert phone.refused == []
    assert phone.errors == []


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}])
def test_in_the_review_the_dialog_shows_reasons_sketch_and_the_odd_readings_first(
    size: dict[str, int], phone_for: Callable[..., Phone], county: County
) -> None:
    with county.inside():
        with db.reading() as session:
            person = session.exec(select(Person).where(Person.name == "heying")).one()
        heying = Who(person.id or 0, "heying", "何映", Role.INSPECTOR, person.team_id)
        inspection = rows.an_inspection(heying, state=InspectionState.SUBMITTED)
        seed = 5000 + size["width"]
        far = a_photo(
            inspection, seed, east_m=40_000.0, verdict=Verdict.CONTRADICTED, results=results()
        )
        a_photo(inspection, seed + 1, east_m=None, verdict=Verdict.INCOMPLETE, kind="近景")
    screen = phone_for("duanwei")
    screen.page.set_viewport_size(size)  # type: ignore[arg-type]
    page = screen.open(f"/review?visit={inspection}")
    card = page.locator(".st-key-set_card")
    expect(card.get_by_text("本地块证据")).to_be_visible()
    drawn(card.locator("img.sketch"))
    page.locator(f".st-key-look_{far} button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("第 1 张 · 照片")).to_be_visible()
    expect(dialog.get_by_text("拍摄点距地块 9.0 km")).to_be_visible()
    drawn(dialog.locator("img.sketch"))
    expect(dialog.get_by_text("其余说明（3 项）")).to_be_visible()
    expect(dialog.get_by_text("相符的检查（39 项）")).to_be_visible()
    dialog.get_by_text("读数", exact=True).click()
    odd = dialog.get_by_text("镜头朝向").first
    odd.scroll_into_view_if_needed()
    expect(odd).to_be_visible()
    expect(dialog.get_by_text("存疑：人在地块旁，镜头朝外").first).to_be_visible()
    nothing_runs_off_the_side(page)
    assert screen.refused == []
    assert screen.errors == []
