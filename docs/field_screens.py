"""The pictures of 外业采集: the page for work without signal, on a phone whose camera sees a field;
an inspector's day, and a unit's way back to where the picture from before was taken."""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

from playwright.sync_api import Page, Playwright
from screens import County, Screen, phone

from field_app.clock import CHINA
from field_app.demo.people import phone_of
from field_app.demo.shots import PHONES, developed, honest, inside, outside
from models.geo import Position, moved
from models.vocabulary import PhotoKind

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
WHO, UNIT = "hecha2", "bumen1"
FRAMES = 4
# The county's seat is at 112.43° E, 33.49° N; a compass there points 5° west of north.
_COMPASS = """() => {
  window.heading = 90;
  setInterval(() => dispatchEvent(new DeviceOrientationEvent('deviceorientationabsolute',
    {alpha: (360 - window.heading) % 360, beta: 86, gamma: 0, absolute: true})), 100);
}"""
_OPEN_TASK = """async () => {
  const core = new URL('core.js', document.querySelector('script[type=module]').src).href;
  const { lastOwner, packageOf } = await import(core);
  const pack = await packageOf(await lastOwner());
  const task = pack.tasks.find(t => t.progress === '待核查' && t.purpose === '首次核查');
  return [task.id, task.parcel.number];
}"""
# An entry whose picture from before tells where it was taken, and which way it looked.
_OPEN_ENTRY = """async () => {
  const core = new URL('core.js', document.querySelector('script[type=module]').src).href;
  const { lastOwner, packageOf } = await import(core);
  const pack = await packageOf(await lastOwner());
  const before = t => t.earlier.find(b => b.at && b.heading_deg !== null);
  const task = pack.tasks.find(t => t.entry && before(t));
  return [task.id, before(task).at.lon, before(task).at.lat, before(task).heading_deg];
}"""


def what_the_camera_sees(county: County, folder: Path, number: str) -> Path:
    """A film of one picture, as Chromium's made-up camera plays it: JPEGs one after the other."""
    shot = honest(
        PhotoKind.OVERVIEW,
        "crop",
        county.boundary(number),
        phone=PHONES[phone_of(WHO)],
        taken_at=datetime.now(CHINA),
        seed=2001,
        by_page=True,
    )
    film = folder / "field.mjpeg"
    film.write_bytes(developed(replace(shot, size=(1080, 1440), facts=None)) * FRAMES)
    return film


def go(page: Page, where: str) -> None:
    page.evaluate("where => { location.hash = where; }", where)


def take_along(screen: Screen) -> None:
    screen.sign_in()
    page = screen.open("/capture/")
    page.get_by_role("button", name="下载离线包").click()
    page.get_by_role("button", name="更新离线包").wait_for()


def shoot(screen: Screen, task: int, places: list[Position]) -> None:
    """Presses the shutter once at each place."""
    page = screen.page
    go(page, f"#/task/{task}/shoot")
    page.locator(".stage video").wait_for()
    for n, place in enumerate(places, 1):
        screen.stand(place)
        page.wait_for_timeout(800)
        page.locator(".shutter[aria-disabled=false]").click()
        page.locator(f".shoot[data-shots='{n}']").wait_for()


def the_field(playwright: Playwright, county: County, folder: Path) -> None:
    """A day without signal, from the package in the morning to the count in the evening."""
    with (
        playwright.chromium.launch(executable_path=_chromium(), args=_arguments()) as browser,
        phone(browser, county, WHO) as screen,
    ):
        take_along(screen)
        task, number = screen.page.evaluate(_OPEN_TASK)
    film = what_the_camera_sees(county, folder, number)
    arguments = [*_arguments(), f"--use-file-for-fake-video-capture={film}"]
    with (
        playwright.chromium.launch(executable_path=_chromium(), args=arguments) as browser,
        phone(browser, county, WHO) as screen,
    ):
        a_day(screen, task, number)
    with (
        playwright.chromium.launch(executable_path=_chromium(), args=arguments) as browser,
        phone(browser, county, UNIT) as screen,
    ):
        as_before(screen)


def a_day(screen: Screen, task: int, number: str) -> None:
    page = screen.page
    page.add_init_script(f"({_COMPASS})()")
    boundary = screen.county.boundary(number)
    away, near = outside(boundary, 62.0, 265.0), outside(boundary, 14.0, 265.0)
    screen.stand(away)
    take_along(screen)
    page.get_by_text("正在检查").first.wait_for(state="detached", timeout=60_000)
    screen.save("field-start.png", height=1180)
    page.context.set_offline(True)
    go(page, "#/find")
    page.locator(".task").first.wait_for()
    screen.save("field-list.png")
    go(page, f"#/find?map={task}")
    page.locator(".leaflet-container").wait_for()
    screen.save("field-map.png")
    go(page, f"#/task/{task}")
    screen.save("field-task.png", height=1000)
    within = inside(boundary, Random(3))  # noqa: S311 — a place in the field
    places = [near, moved(near, east_m=2.0), within, moved(within, east_m=1.4)]
    shoot(screen, task, places[:1])
    screen.save("field-shoot.png")
    go(page, f"#/task/{task}")
    shoot(screen, task, places[1:])
    go(page, f"#/task/{task}/form")
    page.locator("#field-has_problem").get_by_text("否", exact=True).click()
    page.get_by_text("已存本机").last.wait_for()
    go(page, f"#/task/{task}/submit")
    screen.save("field-missing.png", height=700)
    go(page, "#/outbox")
    screen.save("field-waiting.png", height=1000)
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("4 张全部送达").wait_for(timeout=120_000)
    screen.save("field-delivered.png", height=900)
    go(page, "#/day")
    page.get_by_role("button", name="和服务器核对").click()
    page.get_by_text("可以收工了").wait_for()
    screen.save("field-day.png", height=640)


def as_before(screen: Screen) -> None:
    """A unit proves a rectification without signal: first away from where the inspector stood, then
    almost there and turned too far."""
    page = screen.page
    page.add_init_script(f"({_COMPASS})()")
    take_along(screen)
    task, lon, lat, heading = page.evaluate(_OPEN_ENTRY)
    standpoint = Position(lon, lat, 6.0)
    page.context.set_offline(True)
    screen.stand(moved(standpoint, east_m=-85.0))
    go(page, f"#/task/{task}")
    page.locator(".befores img").first.wait_for()
    screen.save("field-before.png", height=1000)
    screen.stand(moved(standpoint, east_m=3.0))
    page.evaluate("magnetic => { window.heading = magnetic; }", (heading - 30.0 + 5.0) % 360.0)
    go(page, f"#/task/{task}/shoot")
    page.locator(".stage video").wait_for()
    page.locator(".to-match img").wait_for()
    screen.save("field-match.png")


def _chromium() -> Path | None:
    return CHROMIUM if CHROMIUM.exists() else None


def _arguments() -> list[str]:
    return [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ]
