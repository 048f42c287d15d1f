"""Position, the way to the parcel, and maps, on a screen of a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, FrameLocator, Page, expect

from models.geo import moved
from models.vocabulary import Verdict
from tests import rows
from tests.browser.conftest import County, Phone, Visit

pytestmark = pytest.mark.browser


def the_map(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title*=st_folium]")


def as_map(page: Page) -> None:
    """On a phone the tasks are a list until the map is asked for."""
    page.locator(".st-key-tasks_switch").get_by_text("地图").click()


def stand(
    phone: Phone, *, east_m: float = 0.0, north_m: float = 0.0, accuracy: float = 8.0
) -> None:
    at = moved(rows.HERE, east_m=east_m, north_m=north_m)
    phone.context.set_geolocation({"latitude": at.lat, "longitude": at.lon, "accuracy": accuracy})


def test_the_way_to_the_parcel_is_told_live(phone: Phone, visit: Visit) -> None:
    page = phone.open(visit.path)
    way = page.locator("section.way")
    expect(way).to_contain_text("在地块内")
    stand(phone, east_m=-145.0)
    expect(way).to_contain_text("距地块 120 m")
    expect(way).to_contain_text("往正东方向走")
    stand(phone, east_m=-30.0, accuracy=15)
    expect(way).to_contain_text("可能在地块内")
    assert phone.errors == []


def test_a_denied_position_is_said_with_what_to_do_and_photos_still_work(
    phone_for: Callable[..., Phone], visit: Visit
) -> None:
    phone = phone_for("heying", position=False)
    page = phone.open(visit.path)
    expect(page.locator("section.way")).to_contain_text("定位被拒绝")
    expect(page.locator("section.taker")).to_contain_text("把“位置”改为允许")
    expect(page.get_by_label("拍照", exact=True)).to_be_enabled()
    phone.context.grant_permissions(["geolocation"])
    stand(phone)
    page.locator("section.taker").get_by_role("button", name="重试").click()
    expect(page.locator("section.taker")).to_contain_text("定位 ±8 m")


def test_a_small_step_reruns_nothing_and_a_walk_does(phone: Phone, visit: Visit) -> None:
    page = phone.open(f"/parcel?parcel={visit.parcel_id}")
    me = the_map(page).locator(".fm-mark")
    expect(me).to_have_count(1)
    page.evaluate(
        """() => { window.runs = 0; new MutationObserver(() => {
            const state = document.querySelector("[data-test-script-state]");
            if (state?.getAttribute("data-test-script-state") === "running") window.runs++;
        }).observe(document.body, { subtree: true, attributes: true,
                                    attributeFilter: ["data-test-script-state"] }); }"""
    )
    page.wait_for_timeout(1000)
    the_map(page).locator("#map_div").evaluate("() => { window.sameMap = true; }")
    before = page.evaluate("window.runs")
    stand(phone, east_m=4.0)
    page.wait_for_timeout(1500)
    assert page.evaluate("window.runs") == before
    stand(phone, east_m=30.0)
    page.wait_for_function("(n) => window.runs > n", arg=before)
    assert the_map(page).locator("#map_div").evaluate("() => window.sameMap") is True


def test_a_map_asks_nothing_of_other_hosts_and_shows_what_there_is(
    phone: Phone, county: County, visit: Visit
) -> None:
    with county.inside():
        for n, verdict in enumerate(Verdict):
            at = moved(rows.HERE, east_m=20.0 * n - 30)
            rows.a_photo_row(visit.id, verdict, lon=at.lon, lat=at.lat)
        rows.a_parcel_row(moved(rows.HERE, east_m=70))
    page = phone.open(visit.path)
    page.get_by_text("地块信息和地图").click()
    frame = the_map(page)
    expect(frame.locator(".fm-mark")).to_have_count(4)
    expect(frame.locator(".leaflet-control-scale-line")).to_have_text("50 m")
    expect(frame.locator(".fm-north")).to_be_visible()
    frame.locator("summary").click()
    expect(frame.locator(".fm-row")).to_have_count(1 + len(Verdict))
    box = frame.locator("#map_div").bounding_box()
    assert box is not None
    assert box["width"] > 250
    assert phone.refused == []
    assert phone.errors == []


def test_a_number_full_of_markup_is_shown_as_text_and_runs_nothing(
    phone: Phone, county: County
) -> None:
    nasty = "`${alert(1)}`{{7*7}}</script><img src=x onerror=alert(2)>"
    with county.inside():
        parcel_id = rows.a_parcel_row(number=nasty)
        rows.a_task(parcel_id)
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    phone.page.on("dialog", note)
    page = phone.open(f"/parcel?parcel={parcel_id}")
    expect(the_map(page).locator(".fm-label span").last).to_have_text(nasty)
    page.goto("/tasks")
    as_map(page)
    expect(the_map(page).locator(".fm-north")).to_be_visible()
    expect(the_map(page).locator(".fm-mark").first).to_be_visible()
    assert ran == []
    assert phone.errors == []


def test_a_tapped_sign_shows_its_task_with_buttons_for_a_thumb(phone: Phone, visit: Visit) -> None:
    page = phone.open("/tasks")
    expect(page.locator(".st-key-tasks_list_part")).to_be_visible()
    expect(page.locator(".st-key-tasks_map_part")).to_be_hidden()
    as_map(page)
    expect(page.locator(".st-key-tasks_list_part")).to_be_hidden()
    the_map(page).locator(".fm-mark").last.tap()
    way = page.locator(".st-key-tasks_map_part").get_by_role("link", name="看地块")
    expect(way).to_be_visible()
    box = way.bounding_box()
    assert box is not None
    assert box["height"] >= 48


def test_one_finger_on_the_map_scrolls_the_page_and_is_told_so(phone: Phone, visit: Visit) -> None:
    page = phone.open(f"/parcel?parcel={visit.parcel_id}")
    frame = the_map(page)
    expect(frame.locator(".fm-north")).to_be_visible()
    moved_by = frame.locator("#map_div").evaluate(
        """(node) => {
            const before = window.map.getCenter();
            const touch = (x, y) => new Touch({ identifier: 1, target: node, clientX: x, clientY: y });
            for (const [name, x] of [["touchstart", 200], ["touchmove", 120], ["touchend", 120]]) {
                const touches = name === "touchend" ? [] : [touch(x, 150)];
                node.dispatchEvent(new TouchEvent(name, { bubbles: true, cancelable: true,
                    touches, targetTouches: touches, changedTouches: [touch(x, 150)] }));
            }
            return [before.lng - window.map.getCenter().lng, getComputedStyle(node).touchAction];
        }"""
    )
    assert moved_by[0] == 0
    assert moved_by[1] != "none"
