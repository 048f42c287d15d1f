"""The photo buttons in a real browser, on a screen of a phone, with a real server behind them."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Playwright, Route, expect
from sqlmodel import col, select

from field_app import clock
from field_app.db import reading
from models.tables import Examination, Person, Photo
from tests.browser.conftest import County, Phone, Visit, a_browser, a_phone
from tests.build import a_photo

pytestmark = pytest.mark.browser


@pytest.fixture
def shots(tmp_path: Path) -> Callable[[int], list[Path]]:
    """Photo files, each another picture, as new as if just shot."""

    def make(count: int) -> list[Path]:
        made = []
        for n in range(count):
            path = tmp_path / f"IMG_{n:04d}.jpg"
            path.write_bytes(a_photo(gps="absent", taken_at=datetime.now(clock.CHINA), seed=n + 1))
            made.append(path)
        return made

    return make


def taker(page: Page) -> Locator:
    return page.locator("section.taker")


def choose(page: Page, button: str, files: list[Path]) -> None:
    """Taps the button and gives the files as camera or file chooser would."""
    with page.expect_file_chooser() as opened:
        page.get_by_label(button, exact=True).click()
    now = time.time()
    for file in files:
        os.utime(file, (now, now))
    opened.value.set_files(files)


# One person shoots one and the same picture from one spot in test after test, and is caught at it.
OF_ALL_TESTS = {"same_picture", "frozen_position", "travel"}


def doubted_of(county: County, photo: Photo) -> set[str]:
    """The checks that found something against a photo."""
    newest = select(Examination).where(Examination.photo_id == photo.id)
    with county.inside(), reading() as session:
        results = session.exec(newest.order_by(col(Examination.id).desc())).first()
    assert results is not None
    return {r["check"] for r in results.results if r["outcome"] not in ("PASS", "UNKNOWN")}


def photos_of(county: County, visit: Visit) -> list[Photo]:
    with county.inside(), reading() as session:
        return list(session.exec(select(Photo).where(Photo.inspection_id == visit.id)))


def test_a_shot_is_delivered_with_the_position_of_its_moment(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    expect(taker(page).get_by_text("定位 ±8 m")).to_be_visible()
    choose(page, "拍照", shots(1))
    expect(taker(page).get_by_text("已送达")).to_be_visible()
    expect(page.get_by_text("还没有照片")).to_have_count(0)  # Python reran and shows it
    (photo,) = photos_of(county, visit)
    assert photo.grade == "B"
    assert photo.kind == "全景"
    assert photo.claim["source"] == "camera"
    assert photo.accuracy_m == pytest.approx(8.0)
    assert phone.refused == []
    assert phone.errors == []


def test_a_chosen_old_file_does_not_take_the_position_of_its_choosing(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    expect(taker(page).get_by_text("定位 ±8 m")).to_be_visible()
    choose(page, "从文件选", shots(1))
    expect(taker(page).get_by_text("已送达")).to_be_visible()
    (photo,) = photos_of(county, visit)
    assert photo.claim["source"] == "file"
    assert photo.grade == "D"


def test_an_old_file_behind_the_camera_button_counts_as_a_file(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    (old,) = shots(1)
    with page.expect_file_chooser() as opened:
        page.get_by_label("拍照", exact=True).click()
    yesterday = time.time() - timedelta(days=1).total_seconds()
    os.utime(old, (yesterday, yesterday))
    opened.value.set_files(old)
    expect(taker(page).get_by_text("已送达")).to_be_visible()
    assert photos_of(county, visit)[0].claim["source"] == "file"


def test_without_a_line_photos_wait_on_the_phone_over_a_reload_and_go_when_it_is_back(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    expect(taker(page).get_by_text("定位 ±8 m")).to_be_visible()
    # The page itself must survive the reload: only photos find no way through.
    phone.context.route("**/api/v1/photos/**", lambda route: route.abort("internetdisconnected"))
    choose(page, "从文件选", shots(3))
    expect(taker(page).locator("li")).to_have_count(3)
    expect(taker(page).get_by_text("等待信号，已存本机").first).to_be_visible()
    page.reload(wait_until="domcontentloaded")
    expect(taker(page).locator("li")).to_have_count(3)
    assert photos_of(county, visit) == []
    phone.context.unroute("**/api/v1/photos/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(taker(page).locator("li")).to_have_count(0)
    assert len(photos_of(county, visit)) == 3


def test_with_the_whole_phone_offline_a_shot_is_kept_and_goes_by_itself_afterwards(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    expect(taker(page).get_by_text("定位 ±8 m")).to_be_visible()
    phone.context.set_offline(True)
    choose(page, "拍照", shots(1))
    expect(taker(page).get_by_text("等待信号，已存本机")).to_be_visible()
    expect(page.locator(".app-offline")).to_contain_text("没有网络")
    phone.context.set_offline(False)
    expect(taker(page).get_by_text("已送达")).to_be_visible()
    expect(page.locator(".app-offline")).to_have_count(0)
    assert photos_of(county, visit)[0].claim["source"] == "camera"


def test_a_lost_answer_makes_no_second_photo(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    seen: list[int] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        seen.append(answer.status)
        if len(seen) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    phone.context.route("**/api/v1/photos/**", lose_the_first)
    choose(page, "从文件选", shots(1))
    expect(taker(page).get_by_text("已送达")).to_be_visible()
    assert len(seen) == 1  # the phone asks for the receipt before it sends the bytes again
    assert len(photos_of(county, visit)) == 1


def answering(status: int, body: dict[str, Any] | str) -> Callable[[Route], None]:
    kind = "application/problem+json" if isinstance(body, dict) else "text/html"
    text = json.dumps(body) if isinstance(body, dict) else body
    return lambda route: route.fulfill(status=status, content_type=kind, body=text)


def test_a_refused_photo_says_why_and_is_neither_sent_again_nor_lost(
    phone: Phone, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    tries: list[str] = []
    page = phone.open(visit.path)
    refuse = answering(
        409, {"id": "not-open", "detail": "核查已提交，不能再加照片。", "retry": False}
    )

    def count(route: Route) -> None:
        tries.append(route.request.url)
        refuse(route)

    phone.context.route("**/api/v1/photos/**", count)
    choose(page, "从文件选", shots(1))
    item = taker(page).locator("li")
    expect(item).to_contain_text("核查已提交，不能再加照片。")
    page.wait_for_timeout(2500)
    assert len(tries) == 1
    page.reload(wait_until="domcontentloaded")
    expect(item).to_contain_text("核查已提交")
    item.get_by_role("button", name="删除").click()
    expect(item).to_have_count(1)  # one tap is not enough
    item.get_by_role("button", name="再点一次删除").click()
    expect(item).to_have_count(0)


def test_a_refused_photo_can_be_sent_again_by_hand(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    phone.context.route(
        "**/api/v1/photos/**", answering(403, {"id": "not-yours", "detail": "不是您的。"})
    )
    choose(page, "从文件选", shots(1))
    expect(taker(page).locator("li")).to_contain_text("不是您的。")
    phone.context.unroute("**/api/v1/photos/**")
    taker(page).get_by_role("button", name="重试").click()
    expect(taker(page).get_by_text("已送达")).to_be_visible()
    assert len(photos_of(county, visit)) == 1


def test_an_ended_sign_in_keeps_the_photo_and_asks_to_sign_in(
    phone: Phone, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    phone.context.route(
        "**/api/v1/photos/**", answering(401, {"id": "sign-in-needed", "detail": "请先登录。"})
    )
    choose(page, "从文件选", shots(1))
    expect(taker(page).get_by_role("link", name="重新登录")).to_be_visible()
    expect(taker(page).locator("li")).to_contain_text("等待重新登录")


def test_a_portal_that_answers_everything_with_a_page_is_no_receipt(
    phone: Phone, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    phone.context.route("**/api/v1/photos/**", answering(200, "<h1>Welcome to Wi-Fi</h1>"))
    choose(page, "从文件选", shots(1))
    expect(taker(page).locator("li")).to_contain_text("可能需要先登录 Wi-Fi")


def test_the_same_file_twice_waits_once(
    phone: Phone, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    phone.context.route("**/api/v1/photos/**", lambda route: route.abort("internetdisconnected"))
    one = shots(1)
    choose(page, "从文件选", one)
    expect(taker(page).locator("li")).to_have_count(1)
    choose(page, "从文件选", one)
    expect(taker(page)).to_contain_text("没有重复加入")
    expect(taker(page).locator("li")).to_have_count(1)


def test_twenty_photos_at_once_all_arrive_one_after_the_other(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    choose(page, "从文件选", shots(20))
    expect(taker(page).locator("li")).not_to_have_count(0)
    expect(taker(page).locator("li")).to_have_count(0, timeout=60_000)
    assert len(photos_of(county, visit)) == 20


def test_a_photo_that_is_too_large_is_refused_before_it_travels(
    phone: Phone, visit: Visit, tmp_path: Path
) -> None:
    page = phone.open(visit.path)
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as out:
        out.truncate(51 * 2**20)
    choose(page, "从文件选", [huge])
    expect(taker(page)).to_contain_text("超过 50 MB，没有接收")


def test_another_person_on_the_same_phone_sends_none_of_mine(
    phone: Phone, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    page = phone.open(visit.path)
    phone.context.route("**/api/v1/photos/**", lambda route: route.abort("internetdisconnected"))
    choose(page, "从文件选", shots(1))
    expect(taker(page).locator("li")).to_have_count(1)
    page.evaluate(
        """async () => {
            const { transaction } = await import("/assets/js/store.js");
            await transaction(["captures"], "readwrite", ({ captures }) => {
                const all = captures.getAll();
                all.onsuccess = () => all.result.forEach((c) => captures.put({ ...c, owner: "other" }));
            });
        }"""
    )
    phone.context.unroute("**/api/v1/photos/**")
    page.reload(wait_until="domcontentloaded")
    expect(taker(page)).to_contain_text("本机还有 1 张别的账号拍的照片")
    expect(taker(page).locator("li")).to_have_count(0)


OLD_PHOTOS = """async ([owner, inspection, photos]) => {
    const db = await new Promise((done) => {
        const request = indexedDB.open("field-photos", 1);
        request.onupgradeneeded = () => {
            request.result.createObjectStore("facts", { keyPath: "id" }).createIndex("owner", "owner");
            request.result.createObjectStore("bytes");
        };
        request.onsuccess = () => done(request.result);
    });
    const tx = db.transaction(["facts", "bytes"], "readwrite"), now = new Date().toISOString();
    photos.forEach(([sha256, bytes], n) => {
        const id = `${n ? "999" : owner}/${inspection}/${sha256}`;
        tx.objectStore("bytes").put(new Uint8Array(bytes).buffer, id);
        tx.objectStore("facts").put({
            id, owner: n ? "999" : owner, inspection, kind: "全景", sha256, name: "IMG_1.jpg",
            type: "image/jpeg", size: bytes.length, thumb: "", moment: Date.now(), settle_by: 0,
            capture: {
                source: "camera", live: false, opened_at: now, shot_at: now, chosen_at: now,
                zone_offset_min: 480, file_modified_at: now, file_name: "IMG_1.jpg",
            },
            state: "waiting", problem: "", added_at: Date.now(),
        });
    });
    await new Promise((done) => { tx.oncomplete = done; });
    db.close();
}"""


def test_photos_that_an_earlier_version_kept_on_the_phone_are_delivered(
    phone: Phone, county: County, visit: Visit, shots: Callable[[int], list[Path]]
) -> None:
    phone.open("/healthz")
    with county.inside(), reading() as session:
        person = session.exec(select(Person.id).where(Person.name == "heying")).one()
    files = [(hashlib.sha256(p.read_bytes()).hexdigest(), list(p.read_bytes())) for p in shots(2)]
    phone.page.evaluate(OLD_PHOTOS, [str(person), visit.id, files])
    page = phone.open(visit.path)
    expect(taker(page).get_by_text("已送达")).to_be_visible()
    (photo,) = photos_of(county, visit)
    assert photo.sha256 == files[0][0]
    left = page.evaluate(
        """async () => {
            const db = await new Promise((done) => {
                const request = indexedDB.open("field-photos");
                request.onsuccess = () => done(request.result);
            });
            const all = db.transaction("facts").objectStore("facts").getAll();
            return new Promise((done) => { all.onsuccess = () => done(all.result.map((p) => p.owner)); });
        }"""
    )
    assert left == ["999"]  # another person's wait for that person


def test_the_buttons_are_large_and_ask_for_what_opens_the_right_thing(
    phone: Phone, visit: Visit
) -> None:
    page = phone.open(visit.path)
    for name in ("拍照", "从文件选"):
        box = page.get_by_label(name, exact=True).bounding_box()
        assert box is not None
        assert box["height"] >= 48
        assert box["width"] >= 48
    camera = page.get_by_label("拍照", exact=True)
    assert camera.get_attribute("capture") == "environment"
    assert camera.get_attribute("accept") == "image/*"
    files = page.get_by_label("从文件选", exact=True)
    assert files.get_attribute("capture") is None
    accepted = (files.get_attribute("accept") or "").split(",")
    assert "image/*" not in accepted
    assert any("/" in a and not a.startswith("image/") for a in accepted)


def test_the_camera_inside_the_page_shoots_and_delivers_until_it_is_closed(
    phone: Phone, county: County, visit: Visit
) -> None:
    phone.context.grant_permissions(["geolocation", "camera"])
    page = phone.open(visit.path)
    expect(taker(page).get_by_text("定位 ±8 m")).to_be_visible()
    page.get_by_role("button", name="用页面相机拍").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('video')?.videoWidth)"
        " || document.querySelector('video')?.videoWidth"
    )
    shutter = page.get_by_role("button", name="按下快门")
    shutter.click()
    expect(page.get_by_text("已拍 1 张")).to_be_visible()
    page.wait_for_timeout(300)  # the fake camera's picture moves on
    shutter.click()
    expect(page.get_by_text("已拍 2 张")).to_be_visible()
    page.get_by_role("button", name="完成").click()
    expect(page.locator("dialog.live")).to_have_count(0)
    expect(taker(page).get_by_text("已送达").first).to_be_visible()
    expect(page.locator("img.photo-small")).to_have_count(2)
    for photo in photos_of(county, visit):
        assert photo.grade == "B"
        assert photo.claim["live"] is True
        assert photo.accuracy_m == pytest.approx(8.0)
        assert doubted_of(county, photo) <= OF_ALL_TESTS
    assert phone.errors == []


def test_without_permission_for_the_camera_the_page_says_what_to_do(
    playwright: Playwright, county: County, visit: Visit
) -> None:
    browser = a_browser(playwright, camera="=deny")
    page = a_phone(browser, county, "heying").open(visit.path)
    page.get_by_role("button", name="用页面相机拍").click()
    expect(taker(page).get_by_text("没有使用相机的权限")).to_be_visible()
    browser.close()
