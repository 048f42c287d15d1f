"""The core of `/capture/` without its screens: a page that has only the modules, and what is done
with them as a person would."""

from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page
from sqlmodel import select

from field_app.db import reading
from models.tables import Capture, Photo
from tests.browser.conftest import County, Phone, Visit

CORE = """
// On `/capture/` the page's own modules, in its version: only those are there with no line.
globalThis.digest = document.querySelector("meta[name=app-digest]")?.content;
globalThis.core = Promise.all(
    ["captures", "codes", "day", "delivery", "package", "visits"]
        .map((n) => import(`/assets/${digest ? `~${digest}/` : ""}js/${n}.js`)),
).then((all) => Object.assign({}, ...all));

globalThis.picture = async (n) => {
    const canvas = new OffscreenCanvas(320, 240), pen = canvas.getContext("2d");
    for (let x = 0; x < 32; x++) for (let y = 0; y < 24; y++) {
        pen.fillStyle = `hsl(${(x * 37 + y * 91 + n * 53) % 360} 60% ${20 + (x * y + n) % 60}%)`;
        pen.fillRect(x * 10, y * 10, 10, 10);
    }
    return canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
};

/** A live shot on the spot: ten fixes of somebody walking, the last one at the shutter. */
globalThis.shoot = async (owner, to, n, more = {}) => {
    const { takeShot } = await globalThis.core;
    const moment = Date.now(), utc = (ms) => new Date(ms).toISOString();
    const fix = (k) => ({
        lon: to.lon + k * 3e-6, lat: to.lat + k * 2e-6, accuracy_m: 6 + k / 10, altitude_m: null,
        altitude_accuracy_m: null, speed_m_s: null, heading_deg: null, fixed_at: utc(moment - k * 2000),
    });
    const track = [...Array(10).keys()].reverse().map((k) => ({ ...fix(k), received_at: utc(moment - k * 2000) }));
    return takeShot({
        owner, task: to.task, inspection: null, visit: to.visit, parcel: to.parcel, shape_no: 1, form: null,
        kind: "全景", way: "live", file: await globalThis.picture(n), name: `${n}.jpg`,
        opened_at: moment - 4000, moment, look: null, position: fix(0), track, camera: null, ...more,
    });
};

globalThis.deliver = async (owner) => {
    const { deliverFor } = await globalThis.core;
    globalThis.told ??= [];
    deliverFor(owner, (event) => { if (event) globalThis.told.push(event.receipt); });
};
"""


def bare(phone: Phone, page: Page | None = None) -> Page:
    """A page of our origin with the core and nothing else."""
    made = page or phone.page
    made.goto("/healthz")
    made.evaluate(CORE)
    return made


def shoot(
    page: Page, to: dict[str, Any], n: int, owner: str = "heying", **more: Any
) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        "([owner, to, n, more]) => shoot(owner, to, n, more)", [owner, to, n, more]
    )
    return found


def deliver(page: Page, owner: str = "heying") -> None:
    page.evaluate("(owner) => deliver(owner)", owner)


def rows_on(page: Page, owner: str = "heying") -> list[dict[str, Any]]:
    """What the phone keeps of photos, oldest first."""
    found: list[dict[str, Any]] = page.evaluate(
        "async (owner) => (await (await core).capturesOf(owner)).map(({ uuid, state, sha256, problem, in_memory, receipt, thumb })"
        " => ({ uuid, state, sha256, problem, in_memory, receipt, thumb }))",
        owner,
    )
    return found


def wait_for(page: Page, asked: str, arg: Any = None, seconds: float = 40) -> None:
    """Waits until an async function of the page says something true."""
    for _ in range(int(seconds * 5)):
        if page.evaluate(asked, arg):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"never: {asked}")


def wait_until_held(page: Page, count: int, owner: str = "heying") -> None:
    """Waits until so many of a person's photos have a receipt."""
    asked = "async ([owner, count]) => (await (await core).tallies(owner)).held === count"
    wait_for(page, asked, [owner, count])


def captures_of(county: County, uuids: Iterable[str]) -> list[Capture]:
    """What the server keeps under these names."""
    with county.inside(), reading() as session:
        wanted = set(uuids)
        return [c for c in session.exec(select(Capture)) if str(c.uuid) in wanted]


def photos_of(county: County, visit: Visit) -> list[Photo]:
    with county.inside(), reading() as session:
        return list(session.exec(select(Photo).where(Photo.inspection_id == visit.id)))
