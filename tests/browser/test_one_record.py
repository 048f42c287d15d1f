"""The same visit by form, by chat, and half in one and half in the other: one and the same record.

Ten visits, each made three times on a parcel of its own, from the first tap to 提交审核: four of them in
`make test`, all in `make soak`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Geolocation
from sqlmodel import col, select

from field_app import accounts, clock, db, drafts
from field_app.accounts import NewPerson
from field_app.drafts import About
from field_app.forms.shipped import shipped
from models import geo
from models.geo import Position
from models.tables import Finding, Inspection, Photo
from models.vocabulary import FilledBy, InspectionState, Role
from tests import rows
from tests.browser.conftest import PASSWORD, County, Phone, a_phone
from tests.browser.talking import ByChat, ByForm, Shots, switch, turns_of
from tests.browser.ten_visits import VISITS, Visit, Wanted
from tests.build import a_photo
from tests.soak import TIMES

pytestmark = pytest.mark.browser
MADE = (
    range(len(VISITS)) if TIMES > 1 else (0, 3, 7, 9)
)  # plain, a problem, put right, much to tell


@dataclass(frozen=True)
class Record:
    """What is left of a visit, but for ids, times and who filled what."""

    state: str
    answers: dict[str, Any]
    finding: dict[str, Any]
    photos: list[tuple[str, str]]


def record_of(visit: int) -> Record:
    with db.reading() as session:
        row = session.get_one(Inspection, visit)
        finding = session.exec(select(Finding).where(Finding.inspection_id == visit)).one_or_none()
        photos = session.exec(
            select(Photo.kind, Photo.verdict)
            .where(Photo.inspection_id == visit)
            .order_by(col(Photo.id))
        ).all()
    apart = {"id", "inspection_id", "photo_ids", "created_at"}
    return Record(
        row.state,
        row.answers,
        finding.model_dump(exclude=apart) if finding else {},
        [(kind, str(verdict)) for kind, verdict in photos],
    )


def marks_of(visit: int) -> dict[str, dict[str, Any]]:
    with db.reading() as session:
        return dict(session.get_one(Inspection, visit).marks)


@pytest.fixture(scope="session")
def hands(county: County, browser: Browser) -> Iterator[dict[str, Phone]]:
    """A phone for each of the three ways, of one inspector, who has a team of his own."""
    with county.inside():
        rows.a_team("十组")
        new = NewPerson(
            "shenhe", "沈禾", Role.INSPECTOR, PASSWORD, team="十组", must_change_password=False
        )
        accounts.add_person(new, by=None, now=clock.now())
    phones = {way: a_phone(browser, county, "shenhe") for way in ("form", "chat", "half")}
    yield phones
    for phone in phones.values():
        phone.context.close()


@pytest.fixture
def inside(county: County) -> Iterator[None]:
    with county.inside():
        yield


class Making:
    """One visit in the making, at `at`, on a parcel of its own."""

    def __init__(self, visit: Visit, phone: Phone, at: Position, number: str, folder: Path) -> None:
        self.visit, self.page, self.at, self.number = visit, phone.page, at, number
        self.folder, self.taken = folder, 0
        here: Geolocation = {"latitude": at.lat, "longitude": at.lon, "accuracy": 8.0}
        phone.context.set_geolocation(here)
        self.hands: dict[str, ByForm | ByChat] = {
            "form": ByForm(phone, here),
            "chat": ByChat(phone),
        }
        self.task = rows.a_task(rows.a_parcel_row(at, number=number), team="十组")

    def photos(self, wanted: Wanted) -> Shots:
        made = []
        for kind in wanted.kinds:
            self.taken += 1
            seed = 100 * int(self.number[-6:]) + self.taken  # no picture twice
            path = self.folder / f"{self.number}-{self.taken}.jpg"
            shot_at = datetime.now(clock.CHINA)
            square = rows.a_square(self.at)
            path.write_bytes(a_photo(square, away_m=wanted.away_m, taken_at=shot_at, seed=seed))
            made.append((path, kind))
        return Shots(made, wanted.words)

    def make(self, way: str) -> int:
        """Makes the visit from its first tap to the last; returns its id."""
        half = way == "half"
        hand = self.visit.begins if half else way
        visit = self.hands[hand].begin(self.task, self.number)
        for i, part in enumerate(self.visit.parts):
            if half and i in self.visit.switches:
                hand = "chat" if hand == "form" else "form"
                switch(self.page, "对话" if hand == "chat" else "表单")
            if isinstance(part, Wanted):
                self.hands[hand].shoot(self.photos(part))
            else:
                self.hands[hand].tell(part, visit)
        self.hands[hand].hand_in()
        return visit


@pytest.mark.parametrize("n", MADE, ids=[VISITS[n].name for n in MADE])
def test_form_chat_and_both_by_turns_leave_one_and_the_same_record(
    n: int, hands: dict[str, Phone], inside: None, tmp_path: Path
) -> None:
    visit = VISITS[n]
    at = geo.moved(rows.HERE, east_m=400.0 * (n + 1), north_m=700.0)
    made = {}
    for i, (way, phone) in enumerate(hands.items()):
        number = f"N41132120230001{10 * (n + 1) + i:06d}"
        made[way] = Making(visit, phone, at, number, tmp_path).make(way)
    records = {way: record_of(made[way]) for way in made}
    assert records["form"].state == InspectionState.SUBMITTED
    assert records["form"].answers == drafts.settled(shipped(), visit.answers, About(0.0))
    assert records["chat"] == records["form"]
    assert records["half"] == records["form"]

    said = {way: turns_of(made[way]) for way in made}
    marks = {way: marks_of(made[way]) for way in made}
    assert said["form"] == []
    assert marks["form"] == {}
    assert len(said["chat"]) > len(visit.parts)
    assert set(marks["chat"]) == set(records["chat"].answers)
    assert said["half"]
    assert 0 < len(marks["half"]) < len(records["half"].answers)
    for mark in (*marks["chat"].values(), *marks["half"].values()):
        assert mark["by"] == FilledBy.CHAT
        assert mark["confirmed"] is True
