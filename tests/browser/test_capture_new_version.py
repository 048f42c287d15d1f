"""A new version of the page: it lies ready while the old one is used, is offered, interrupts nothing,
and finds everything that the old one kept."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from field_app import accounts, clock
from field_app.accounts import NewPerson
from field_app.settings import ROOT
from models.vocabulary import Role
from tests import rows
from tests.browser.capturing import a_kept_phone, go, shoot, sign_in, take_along, taken
from tests.browser.conftest import PASSWORD
from tests.browser.field import CORE, captures_of, wait_for
from tests.browser.mortal import Server, a_mortal_server

pytestmark = pytest.mark.browser

OFFER = "外业采集有新版本"
LOOK_FOR_ONE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/capture/");
  await registration.update();
  return registration.waiting !== null;
}"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with a_mortal_server(tmp_path) as made:
        with made.county.inside():
            new = NewPerson("heying", "何映", Role.INSPECTOR, PASSWORD, team="二组",
                            must_change_password=False)  # fmt: skip
            accounts.add_person(new, by=None, now=clock.now())
        yield made


def replaced(server: Server, folder: Path) -> None:
    """The office puts a newer program on the server."""
    for name in ("field_app", "models", "pages", "photos"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "field_app" / "static" / "capture" / "version.js").open("a") as script:
        script.write("\nglobalThis.newer = true;\n")
    server.kill()
    server.root = folder
    server.start()


def is_new(page: Page) -> bool:
    return page.evaluate("() => globalThis.newer === true") is True


def test_a_new_version_is_offered_interrupts_nothing_and_loses_nothing(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    county = server.county
    with county.inside():
        task = rows.a_task(rows.a_parcel_row(number="N1"))
    with a_kept_phone(browser, county, tmp_path / "phone", rows.HERE) as phone:
        page, other = phone.new_page(), phone.new_page()
        page.goto("/capture/")
        sign_in(page, "heying")
        take_along(page)
        # The line is there for the page and not for what is sent: the outbox stays full.
        for path in ("captures", "photos"):
            phone.route(f"**/api/v1/{path}/**", lambda route: route.abort())
        shoot(page, task, rows.HERE, ("全景",))
        other.goto(f"/capture/#/task/{task}/shoot")
        expect(other.locator(".stage video")).to_be_visible()
        replaced(server, tmp_path / "newer")
        wait_for(page, LOOK_FOR_ONE)

        # The old one goes on, on the hill as well: a shot is taken while the new one lies ready.
        expect(page.get_by_text(OFFER)).to_be_visible()
        shoot(page, task, rows.HERE, ("近景",))
        assert not is_new(page)
        assert len(taken(page, "heying")) == 2

        page.get_by_role("button", name="现在更新").click()
        page.wait_for_function("() => globalThis.newer === true")
        expect(page.get_by_text(OFFER)).to_have_count(0)
        # Nobody wanted it in the other tab, whose camera is on: it changes at the next step.
        assert not is_new(other)
        expect(other.locator(".stage video")).to_be_visible()
        before = other.locator(".shoot").get_attribute("data-shots") or "0"
        other.get_by_role("button", name="按下快门").click()
        expect(other.locator(".shoot")).to_have_attribute("data-shots", str(int(before) + 1))
        expect(other.locator(".kept")).to_contain_text("已存本机")
        go(other, "#/outbox")
        other.wait_for_function("() => globalThis.newer === true")

        shots = taken(page, "heying")
        assert len(shots) == 3
        assert all(shot["real"] == shot["sha256"] for shot in shots if shot["sha256"])
        for path in ("captures", "photos"):
            phone.unroute(f"**/api/v1/{path}/**")
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.evaluate(CORE)
        held = "async () => (await (await core).tallies('heying')).held === 3"
        wait_for(page, held)
        kept = captures_of(county, [shot["uuid"] for shot in shots])
        assert [capture.state for capture in kept] == ["complete"] * 3
        phone.set_offline(True)  # and the new one opens with no line
        page.reload()
        page.wait_for_function("() => globalThis.newer === true")
        expect(page.locator("h1")).to_be_visible()
