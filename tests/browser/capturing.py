"""How a test uses the page for work without signal, as an inspector on a hillside would."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, Route, expect

from models.geo import Position, moved
from tests import rows
from tests.browser.conftest import CHROMIUM, PASSWORD, PATIENCE_MS, PHONE, County

FOUR = ("全景", "近景", "利用特征", "利用特征")
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
_SERIOUS = """async () => {
  const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] });
  return found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => `${v.id}: ${v.nodes.map(n => n.target + ' ' + n.html.slice(0, 160)).join(' | ')}`);
}"""
_SMALL = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .filter(e => !e.matches('.skip, [type=radio], [type=checkbox], .leaflet-container *') && e.getClientRects().length)
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, r]) => r.height < 44 || r.width < 24).map(([html, r]) => `${Math.round(r.width)}×${Math.round(r.height)} ${html}`)"""
_TAKEN = """async owner => {
  const core = new URL('core_visit.js', document.querySelector('script[type=module]').src).href;
  const { bytesOf, capturesOf } = await import(core);
  const hex = b => [...new Uint8Array(b)].map(x => x.toString(16).padStart(2, '0')).join('');
  const taken = [];
  for (const { uuid, sha256, state, task, kind, way, receipt } of await capturesOf(owner)) {
    const bytes = await bytesOf(uuid);
    const real = bytes ? hex(await crypto.subtle.digest('SHA-256', bytes)) : null;
    taken.push({ uuid, sha256, state, task, kind, way, real, why: receipt?.grade_reasons ?? [] });
  }
  return taken;
}"""


@contextmanager
def a_kept_phone(
    browser: Browser, county: County, folder: Path, standing: Position = rows.HERE
) -> Iterator[BrowserContext]:
    """A phone that remembers what it stored when it is switched off and on: the same `folder`
    gives the same phone. Its camera draws a moving picture, and everything is allowed."""
    context = browser.browser_type.launch_persistent_context(
        folder,
        executable_path=CHROMIUM if CHROMIUM.exists() else None,
        args=[
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ],
        base_url=county.url,
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["geolocation", "camera"],
        geolocation=at(standing),
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context
    finally:
        context.close()


def at(place: Position, accuracy_m: float = 6.0) -> Geolocation:
    return {"latitude": place.lat, "longitude": place.lon, "accuracy": accuracy_m}


def only_ours(context: BrowserContext, url: str) -> list[str]:
    """Lets nothing through to other hosts; returns what was asked of them."""
    refused: list[str] = []

    def look(route: Route) -> None:
        if route.request.url.startswith((url, "data:", "blob:")):
            route.fallback()
        else:
            refused.append(route.request.url)
            route.abort()

    context.route("**/*", look)
    return refused


def watched(page: Page) -> list[str]:
    """What the page's scripts throw, and what its policy stops."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return errors


def sign_in(page: Page, name: str) -> None:
    """From the page of a stranger to the sign-in and back."""
    page.get_by_role("link", name="去登录").click()
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/capture/")


def take_along(page: Page) -> None:
    """Downloads the package, and waits until the phone holds the page itself."""
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-screens", "here")


def go(page: Page, where: str) -> None:
    """To a screen of the page, as a link would."""
    page.evaluate("where => { location.hash = where; }", where)


def shoot(page: Page, task: int, middle: Position, kinds: tuple[str, ...] = FOUR) -> list[float]:
    """Stands in the parcel, moves a little between shots, and presses the shutter for each kind that
    the page asks for. Returns how long each took from the shutter to the disk, in ms."""
    go(page, f"#/task/{task}/shoot")
    shutter = page.get_by_role("button", name="按下快门")
    expect(page.locator(".stage video")).to_be_visible()
    times = []
    for n, kind in enumerate(kinds):
        page.context.set_geolocation(at(moved(middle, east_m=1.5 * n, north_m=0.7 * n)))
        page.wait_for_timeout(300)
        expect(page.locator(".kinds input:checked")).to_have_value(kind)
        before = page.locator(".shoot").get_attribute("data-shots") or "0"
        expect(shutter).to_have_attribute("aria-disabled", "false")
        shutter.click()
        expect(page.locator(".shoot")).to_have_attribute("data-shots", str(int(before) + 1))
        expect(page.locator(".kept")).to_contain_text("已存本机")
        times.append(float(page.locator(".shoot").get_attribute("data-kept-ms") or "nan"))
    page.get_by_role("link", name="完成").click()
    return times


def answer(page: Page, question: str, option: str) -> None:
    """Chooses in a field: one that stands open, or one that opens a list."""
    box = page.locator(f"#field-{question}")
    expect(box).to_be_visible()
    if box.locator(".opens").count():
        box.locator(".opens").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("searchbox").fill(option)
        dialog.get_by_role("button", name=option).first.click()
    else:
        box.get_by_text(option, exact=True).click()


def fill(page: Page, task: int) -> None:
    """Says that the parcel is what it was reported to be."""
    go(page, f"#/task/{task}/form")
    answer(page, "land_class", "旱地")
    page.locator("#field-planting label").first.click()  # asked once the parcel is farmland
    answer(page, "as_registered", "是")
    answer(page, "has_problem", "否")
    expect(page.get_by_text("已存本机").last).to_be_visible()


def hand_in(page: Page, task: int) -> None:
    go(page, f"#/task/{task}/submit")
    expect(page.get_by_text("可以提交")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("main").get_by_text("已存本机，有信号自动送达")).to_be_visible()


def taken(page: Page, owner: str) -> list[dict[str, Any]]:
    """Every photo that the phone says it took; `real` is the hash of the bytes that it holds, or
    null where it keeps none any more, and `why` is why its grade is no better than it is."""
    found: list[dict[str, Any]] = page.evaluate(_TAKEN, owner)
    return found


def look(page: Page) -> None:
    """Nothing serious, one heading of the first rank, and nothing too small for a thumb."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": 3000})  # nothing lies behind a bar
    page.evaluate(AXE.read_text(encoding="utf-8") + "\n;0")
    serious: list[Any] = page.evaluate(_SERIOUS)
    page.set_viewport_size(size)
    assert serious == []
    expect(page.locator("h1")).to_have_count(1)
    small: list[str] = page.evaluate(_SMALL)
    assert small == []
