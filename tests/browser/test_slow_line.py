"""A day's photos over a line of 100 kbit/s that loses one request in twenty: all arrive, and no byte
travels again that has its receipt.

Scaled: 20 photos of 4 MB would take 107 minutes at that speed. `make test` sends 20 of 6 kB, which
take the line 10 s; `make soak` 20 of 40 kB, and one of full size, which takes six minutes by itself and
must not be given up for slowness.
"""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser

from tests.browser.faulty_phone import Field, a_field
from tests.browser.mortal import Server, a_mortal_server
from tests.soak import TIMES

pytestmark = pytest.mark.browser
COUNT = 20
BYTES_PER_S = 100_000 // 8
LOST = 0.05
SIDES = [100] * COUNT if TIMES == 1 else [290] * COUNT + [2970]  # of noise: 6 kB, 40 kB, 4 MB
PATIENCE_S = 150 if TIMES == 1 else 1200


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with a_mortal_server(tmp_path_factory.mktemp("mortal")) as found:
        yield found


def _slow(field: Field) -> None:
    assert field.context is not None
    field.context.set_offline(False)
    session = field.context.new_cdp_session(field.pages[0])
    session.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": 100,
        "downloadThroughput": BYTES_PER_S,
        "uploadThroughput": BYTES_PER_S,
    }
    session.send("Network.emulateNetworkConditions", conditions)


def test_a_slow_line_that_loses_requests_brings_every_photo_once(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    chance = Random(100)
    with a_field(browser, server, tmp_path / "phone", chance) as field:
        page = field.set_out()
        assert field.context is not None
        field.context.set_offline(True)
        for side in SIDES:
            field.shoot(page, field.shots(1, way="live", side=side))
        field.line.passed.clear()
        field.line.lose = lambda: chance.random() < LOST
        _slow(field)
        began = time.monotonic()
        while (tallies := field.stand(page)["tallies"])["held"] < len(SIDES):
            assert time.monotonic() - began < PATIENCE_S, (tallies, field.warnings[-3:])
            page.wait_for_timeout(250)
        took = time.monotonic() - began
        photos = [p for p in field.line.passed if p.method == "PUT" and "/photos/" in p.path]
        arrived = [p for p in photos if p.status in (200, 201)]
        whole = sum(p.size for p in arrived)
        assert took > whole / BYTES_PER_S * 0.8, "the line was not slow"
        assert len(arrived) == len(SIDES)
        assert set(Counter(p.path for p in arrived).values()) == {1}
        again = [p for p in photos if p.status not in (200, 201)]
        assert len(again) <= len(field.line.happened)
        assert field.close_day(page)["ok"]
        print(
            f"{len(arrived)} photos, {whole} bytes in {took:.0f} s; {len(again)} were lost on the way"
        )
