"""What the pictures are taken with: a demonstration county of their own, a phone and a desk."""

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pyogrio
import shapely
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page
from shapely.geometry.base import BaseGeometry

from field_app.demo.people import PASSWORD
from field_app.settings import ROOT
from models.geo import Position

IMAGES = ROOT / "docs" / "images"
PHONE_WIDTH, PHONE_HEIGHT = 390, 844
DESK_WIDTH, DESK_HEIGHT = 1280, 800
_VERY_HIGH = 2400
COLOURS = 200  # of the palette: photos stay photos, letters stay sharp
_SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  // What a closed part hides is not loaded, and not waited for.
  const shown = (e, r) => document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2) === e;
  const seen = e => { const r = e.getBoundingClientRect(); return r.width && r.top < innerHeight && r.bottom > 0 && shown(e, r); };
  return (!app || app.dataset.testScriptState === 'notRunning')
    && [...document.images].filter(seen).every(e => e.complete && e.naturalWidth);
}"""
_SCROLL = """top => {
  document.activeElement?.blur();
  if (top) return top.scrollIntoView({block: 'start'});
  (document.querySelector('[data-testid="stMain"]') ?? window).scrollTo(0, 0);
}"""


# --- the county and its server -----------------------------------------------------------------


@dataclass(frozen=True)
class County:
    """A running server, the folder of its data, and that of its exchange with another system."""

    url: str
    folder: Path
    exchange: Path = Path()

    def boundary(self, number: str) -> BaseGeometry:
        """The outline of a parcel, EPSG:4490 (lon, lat)."""
        _meta, _fids, shapes, values = pyogrio.raw.read(
            self.folder / "demo_files" / "all_parcels.geojson", columns=["地块编号"]
        )
        return shapely.from_wkb(shapes[list(values[0]).index(number)])


@contextmanager
def county(folder: Path) -> Iterator[County]:
    """The demonstration county, served on a free port of this machine."""
    env = {
        **os.environ,
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": "",
        "PUBLIC_URL": "",
        "SYNC_FOLDER": str(folder / "exchange"),
        # Pictures can be taken at any hour, but are better taken by day: after dark a photo says so.
        "THRESHOLDS__SUN__NIGHT_DEG": "-91",
    }
    run = [sys.executable, "-m", "field_app"]
    subprocess.run([*run, "demo", "--no-serve"], cwd=ROOT, env=env, check=True)  # noqa: S603 — ours
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 — ours
            [*run, "serve", "--port", str(port)], cwd=ROOT, env=env, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz", server)
            yield County(f"http://127.0.0.1:{port}", folder / "data", folder / "exchange")
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            urlopen(url, timeout=1).close()  # noqa: S310 — our own server
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


# --- the screens -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Screen:
    """A browser with one person signed in."""

    page: Page
    county: County
    name: str

    def open(self, path: str) -> Page:
        self.page.goto(self.county.url + path, wait_until="domcontentloaded")
        self.settle()
        return self.page

    def sign_in(self) -> None:
        self.page.goto(self.county.url + "/login")
        self.page.get_by_label("账号").fill(self.name)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.get_by_test_id("stApp").wait_for()
        self.settle()

    def stand(self, at: Position) -> None:
        """Puts the phone there."""
        self.page.context.set_geolocation(
            {"longitude": at.lon, "latitude": at.lat, "accuracy": at.accuracy_m or 6.0}
        )

    def settle(self) -> None:
        """Waits until page, pictures and maps stand still."""
        for _ in range(2):  # what a map or a position tells may set off one more run
            self.page.wait_for_function(_SETTLED)
            for frame in self.page.frames:
                if "st_folium" in frame.url or "folium" in frame.name:
                    frame.locator(".leaflet-map-pane").first.wait_for(state="attached")
            self.page.wait_for_timeout(700)

    def save(
        self,
        file: str,
        *,
        height: int = 0,
        top: Locator | None = None,
        down_to: Locator | None = None,
    ) -> None:
        """Takes the picture of a window of that `height`, from the page's beginning or from `top`;
        with `down_to` the window is as high as it must be to show that, too, and what lies above
        `top` on a page too short to scroll is left out."""
        size = self.page.viewport_size
        assert size is not None
        self._window(size["width"], height or (_VERY_HIGH if down_to else size["height"]), top)
        above = 0
        if down_to is not None:
            box, bar = down_to.bounding_box(), self.page.get_by_test_id("stBottom").bounding_box()
            assert box is not None
            bar_height = 0.0 if bar is None else bar["height"]
            lowest = round(box["y"] + box["height"] + bar_height) + 16
            self._window(size["width"], lowest, top)
            begins = None if top is None else top.bounding_box()
            above = 0 if begins is None else max(round(begins["y"]), 0)
        shown = self.page.viewport_size or size
        clip: FloatRect = {
            "x": 0,
            "y": above,
            "width": shown["width"],
            "height": shown["height"] - above,
        }
        png = self.page.screenshot(animations="disabled", caret="hide", clip=clip)
        write(IMAGES / file, png)
        self.page.set_viewport_size(size)

    def _window(self, width: int, height: int, top: Locator | None) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.mouse.move(0, 0)  # nothing is to look touched
        self.settle()
        self.page.evaluate(_SCROLL, None if top is None else top.element_handle())
        self.settle()


def write(path: Path, png: bytes) -> None:
    """Keeps a picture, made light."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    small = picture.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    small.save(path, optimize=True)
    print(f"{path.name}  {picture.width} × {picture.height}  {path.stat().st_size // 1024} kB")


@contextmanager
def phone(browser: Browser, county: County, name: str, *, allow: bool = True) -> Iterator[Screen]:
    """A phone with touch. Without `allow` its owner refuses to tell where it is."""
    context = browser.new_context(
        viewport={"width": PHONE_WIDTH, "height": PHONE_HEIGHT},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        permissions=["geolocation", "camera"] if allow else [],
    )
    with context:
        yield Screen(context.new_page(), county, name)


@contextmanager
def desk(browser: Browser, county: County, name: str) -> Iterator[Screen]:
    """A computer in an office, signed in."""
    context = browser.new_context(
        viewport={"width": DESK_WIDTH, "height": DESK_HEIGHT},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    with context:
        screen = Screen(context.new_page(), county, name)
        screen.sign_in()
        yield screen
