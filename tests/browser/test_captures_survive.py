"""N taken = N held: whatever happens to the page, the phone, the line and the server."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.faults import Schedule
from tests.browser.faulty_phone import Field, a_field
from tests.browser.mortal import Server, a_mortal_server
from tests.soak import TIMES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("faults")]
SCHEDULES = 2 if TIMES == 1 else 4 * TIMES
ACTIONS = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with a_mortal_server(tmp_path_factory.mktemp("mortal")) as found:
        yield found


@pytest.fixture(scope="module")
def figures() -> Iterator[Counter[str]]:
    """What happened in all schedules together."""
    found: Counter[str] = Counter()
    yield found
    print("\n" + "\n".join(f"{count:6} {what}" for what, count in sorted(found.items())))


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_every_shot_that_was_told_to_be_stored_is_held_once(
    seed: int, browser: Browser, server: Server, tmp_path: Path, figures: Counter[str]
) -> None:
    chance = Random(seed)
    with a_field(browser, server, tmp_path / "phone", chance) as field:
        schedule = Schedule(field, chance)
        try:
            schedule.run(ACTIONS)
            promised = schedule.check()
        except BaseException:
            print(f"seed {seed}:", *schedule.said, sep="\n  ")
            print(*field.warnings[-20:], sep="\n")
            raise
    figures.update(field.faults)
    figures.update({"* schedules": 1, "* shots promised": promised})


def test_what_a_full_disk_leaves_in_memory_goes_before_all_others(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    chance = Random(1000)
    with a_field(browser, server, tmp_path / "phone", chance) as field:
        page = field.set_out()
        assert field.context is not None
        field.context.set_offline(True)
        stored = field.shoot(page, field.shots(3))
        page.evaluate("() => { self.diskFull = 'all'; }")
        (last,) = field.shoot(page, field.shots(1, way="live"))
        assert last["how"] == "in-memory"
        _wait_until(field, page, "waiting", 4)  # signed, all of them
        field.line.passed.clear()
        field.context.set_offline(False)
        field.hurry(page)
        _wait_until(field, page, "held", 4)
        sent = [one.path for one in field.line.passed if one.method == "PUT"]
        assert [last["uuid"] in path for path in sent[:3]] == [True, True, False], sent
        assert len(sent) == 8, sent
        page.evaluate("() => { self.diskFull = false; }")
        assert field.close_day(page)["held"] == len(stored) + 1


def _wait_until(field: Field, page: Page, what: str, count: int) -> None:
    for _ in range(400):
        if (tallies := field.stand(page)["tallies"])[what] == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(tallies)
