"""A day of chance with a phone to which everything happens, and what must be true after it.

**N taken = N held, and none twice.** A seed gives a schedule; the schedule is told in `said`, so that
a failure can be read and run again.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from playwright.sync_api import Error, Page
from sqlmodel import col, select

from field_app.db import reading
from field_app.inspections.held import bytes_of
from models.tables import Capture, Inspection, Photo
from tests.browser.bad_line import Spoilt
from tests.browser.faulty_phone import DAY_MS, Field

_LINE_FAULTS = (
    Spoilt.ANSWER_LOST,
    Spoilt.CUT,
    Spoilt.HALF,
    Spoilt.BUSY,
    Spoilt.TOO_OFTEN,
    Spoilt.GATEWAY,
    Spoilt.PORTAL,
    Spoilt.SILENCE,
)
MOST_SHOTS = 40  # of a visit, which takes no more than 60
_UPLOAD_SEEN_MS = 4000


@dataclass
class Schedule:
    """`actions` of chance, one after the other, and after each a look at what lies on the phone."""

    field: Field
    chance: Random
    said: list[str] = field(default_factory=list)
    hand_ins: list[str] = field(default_factory=list)

    def run(self, actions: int) -> None:
        self.field.set_out()
        choices, weights = zip(*self._choices(), strict=True)
        for action in self.chance.choices(choices, weights, k=actions):
            self.said.append(action.__name__.strip("_").replace("_", " "))
            if action.__name__ not in ("_shots", "_press", "_wait", "_hand_in"):
                self.field.faults[self.said[-1]] += 1
            action()
            self._nothing_went_before_its_receipt()
        self.field.faults.update(str(how) for how in self.field.line.happened)

    def _choices(self) -> list[tuple[Callable[[], None], int]]:
        return [
            (self._shots, 10),
            (self._press, 1),
            (self._wait, 3),
            (self._no_signal, 3),
            (self._page_dies_at_a_shot, 3),
            (self._page_dies_at_an_upload, 3),
            (self._browser_closed, 2),
            (self._battery_out, 2),
            (self._server_dies, 1),
            (self._bad_line, 6),
            (self._other_clock, 2),
            (self._disk_full, 2),
            (self._another_tab, 2),
            (self._signed_out, 2),
            (self._another_kind, 2),
            (self._hand_in, 1),
        ]

    def _page(self) -> Page:
        self.field.open()
        return self.chance.choice(self.field.pages)

    def _few(self, most: int = 3, **how: Any) -> list[Any]:
        left = MOST_SHOTS - len(self.field.tried)
        return self.field.shots(min(left, self.chance.randint(1, most)), **how)

    # what happens

    def _shots(self) -> None:
        settle = self.chance.choice((0, 0, 0, 800))
        self.field.shoot(self._page(), self._few(settle=settle, way="camera" if settle else ""))

    def _press(self) -> None:
        if not self.hand_ins:  # then the screen does not open
            self.field.press(self._page())

    def _wait(self) -> None:
        page = self._page()
        self.field.hurry(page)
        page.wait_for_timeout(self.chance.randint(20, 600))

    def _no_signal(self) -> None:
        self._page()
        assert self.field.context is not None
        away = self.chance.random() < 0.5
        self.said[-1] += " " + ("begins" if away else "ends")
        self.field.context.set_offline(away)

    def _page_dies_at_a_shot(self) -> None:
        page = self._page()
        self.field.shoot(page, self._few(4), wait=False)
        page.wait_for_timeout(self.chance.choice((0, 5, 10, 20, 40, 80, 160)))
        self.field.crash(page)

    def _page_dies_at_an_upload(self) -> None:
        page, line = self._page(), self.field.line
        assert self.field.context is not None
        self.field.context.set_offline(False)
        line.under_way.clear()
        line.let_go.clear()
        line.spoil(Spoilt.HELD)
        self.field.shoot(page, self._few(2, side=120))
        self.field.hurry(page)
        for _ in range(_UPLOAD_SEEN_MS // 40):
            if line.under_way.is_set():
                break
            page.wait_for_timeout(40)
        if self.chance.random() < 0.5:  # the request arrives, and nobody hears the answer
            self.field.crash(page)
            line.let_go.set()
        else:
            line.let_go.set()
            page.wait_for_timeout(self.chance.randint(0, 60))
            self.field.crash(page)

    def _browser_closed(self) -> None:
        self.field.switch_off()

    def _battery_out(self) -> None:
        page = self._page()
        if self.chance.random() < 0.5:
            self.field.shoot(page, self._few(), wait=self.chance.random() < 0.5)
        self.field.battery_out()

    def _server_dies(self) -> None:
        """And is started again at once, or by somebody later."""
        page = self._page()
        how = self.chance.choice(
            (Spoilt.SERVER_KILLED_HALFWAY, Spoilt.SERVER_KILLED_AT_WORK, Spoilt.CUT)
        )
        if how == Spoilt.CUT:
            self.field.server.kill()
        else:
            self.field.line.spoil(how)
        self.field.shoot(page, self._few(2))
        self.field.hurry(page)
        page.wait_for_timeout(self.chance.randint(50, 300))
        if self.chance.random() < 0.7:
            self.field.server.start()

    def _bad_line(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            self.field.line.spoil(self.chance.choice(_LINE_FAULTS))

    def _other_clock(self) -> None:
        """Somebody sets the phone's clock wrong, or right again, and opens the page anew."""
        self.field.switch_off()
        self.field.clock_off = self.chance.choice((-DAY_MS, 0, DAY_MS))
        self.said[-1] += f" {self.field.clock_off:+}"

    def _disk_full(self) -> None:
        """Photos taken now are told to lie in memory alone; what was told to be stored stays so."""
        page = self._page()
        page.evaluate("how => { self.diskFull = how; }", self.chance.choice(("bytes", "all")))
        self.field.shoot(page, self._few(2))
        page.wait_for_timeout(self.chance.randint(0, 200))
        page.evaluate("() => { self.diskFull = false; }")

    def _another_tab(self) -> None:
        other = self.field.another_tab()
        for page in (other, self.field.pages[0]):
            self.field.hurry(page)
            self.field.shoot(page, self._few(2))

    def _signed_out(self) -> None:
        self._page()
        assert self.field.context is not None
        self.field.context.clear_cookies()
        if self.chance.random() < 0.6:
            self.field.sign_in()

    def _another_kind(self) -> None:
        page = self._page()
        waiting = [r["uuid"] for r in self.field.stand(page)["rows"] if r["state"] != "delivered"]
        if waiting:
            self.field.set_kind(page, self.chance.choice(waiting))

    def _hand_in(self) -> None:
        uuid = self.field.hand_in(self._page())
        self.hand_ins.extend([uuid] if uuid else [])

    # what must be true

    def _nothing_went_before_its_receipt(self) -> None:
        """On the phone, at any moment: what was told to be stored lies there whole, or the server
        has it by its own books."""
        if self.field.context is None or not self.field.pages:
            return
        try:
            now = self.field.stand(self.field.pages[0])
        except Error:  # it dies at this moment, or the next load is under way
            return
        rows, bytes_there = {row["uuid"]: row for row in now["rows"]}, set(now["bytes"])
        gone = set()
        for uuid, told in self.field.told.items():
            if told.how != "stored":
                continue
            row = rows.get(uuid)
            assert row is not None, f"{uuid} was stored and is not there"
            if row["state"] == "delivered":
                gone.add(uuid)
            else:
                assert uuid in bytes_there, f"{uuid} has no bytes and no receipt: {row}"
        with self.field.server.county.inside():
            assert gone == {c.uuid for c in self._kept() if c.uuid in gone and _bytes_held(c)}

    def _kept(self) -> list[Capture]:
        with reading() as session:
            query = select(Capture).where(Capture.person_id == self.field.person)
            return list(session.exec(query))

    def check(self) -> int:
        """After the last of it is delivered. Returns how many shots were promised."""
        page = self.field.come_home()
        now = self.field.stand(page)
        assert now["tallies"]["refused"] == 0, [r for r in now["rows"] if r["problem"]]
        here = {row["uuid"] for row in now["rows"]}
        with self.field.server.county.inside():
            known = self._kept()
            kept = [c for c in known if c.uuid in here or not self._died_in_memory(c)]
            # Its page died after the server had all of it, and before the receipt was kept.
            arrived = [c for c in known if c not in kept and c.state == "complete"]
            promised = self._every_promise_is_held({c.uuid: c for c in kept})
            self._nothing_is_held_twice([c for c in (*kept, *arrived) if c.type == "photo"])
        for since in (None, 0):
            day = self.field.close_day(page, since)
            # What died with a page's memory the server may know by its record: that is said.
            assert all(self._lived_in_memory(photo["uuid"]) for photo in day["astray"]), day
            assert day["ok"] is (day["astray"] == []), day
            assert day["taken"] == day["held"]
            assert day["missing"] == []
        assert day["taken"] == len(kept)
        assert now["bytes"] == []
        assert here == {c.uuid for c in kept if c.type == "photo"}
        assert set(self.hand_ins) <= {c.uuid for c in kept if c.type == "visit"}
        self._no_bytes_travelled_after_their_receipt()
        return promised

    def _died_in_memory(self, capture: Capture) -> bool:
        """Of such a shot the page said loudly that it lives no longer than the page."""
        return self._lived_in_memory(capture.uuid)

    def _lived_in_memory(self, uuid: str) -> bool:
        told = self.field.told.get(uuid)
        return told is not None and told.how == "in-memory"

    def _every_promise_is_held(self, kept: dict[str, Capture]) -> int:
        promised = [t for t in self.field.told.values() if t.how == "stored"]
        for told in promised:
            capture = kept[told.uuid]
            assert capture.state == "complete", (capture.hold, capture.why)
            if told.raw is None:
                continue
            record = json.loads(capture.record)
            if record["way"] == "live":
                assert record["raw_sha256"] == hashlib.sha256(told.raw).hexdigest()
            assert bytes_of(record["sha256"]).endswith(told.raw[2:])
        for capture in kept.values():  # the record is what the device signed, to the byte
            assert capture.signature_state == "good", capture.signature_state
            if capture.type == "photo":
                assert _bytes_held(capture)
        return len(promised)

    def _nothing_is_held_twice(self, kept: list[Capture]) -> None:
        assert len({c.sha256 for c in kept}) == len(kept)
        # Two shots by the shutter may be alike: the browser's false camera begins anew each time.
        ours = {hashlib.sha256(raw).hexdigest() for raw in self.field.tried}
        raw = [json.loads(c.record)["raw_sha256"] for c in kept]
        assert max(Counter(r for r in raw if r in ours).values(), default=0) <= 1
        with reading() as session:
            query = (
                select(Photo, Inspection)
                .join(Inspection, col(Inspection.id) == Photo.inspection_id)
                .where(Inspection.person_id == self.field.person)
            )
            found = list(session.exec(query))
        assert all(photo.removed_at is None for photo, _ in found)
        assert sorted(str(c.sha256) for c in kept) == sorted(photo.sha256 for photo, _ in found)
        assert len({visit.id for _, visit in found}) <= 1

    def _no_bytes_travelled_after_their_receipt(self) -> None:
        had: set[str] = set()
        for one in self.field.line.passed:
            if one.method == "PUT" and "/photos/" in one.path:
                assert one.path not in had, f"sent again after its receipt: {one.path}"
                if one.answered and 200 <= one.status < 300:
                    had.add(one.path)


def _bytes_held(capture: Capture) -> bool:
    """Whether the store gives the very bytes that the record names."""
    sha256 = str(capture.sha256)
    return hashlib.sha256(bytes_of(sha256)).hexdigest() == sha256
