"""何映 of 二组 goes out with a registered phone and a stock of codes; what she sends, in any order."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from sqlmodel import col, select

from field_app import inspections
from field_app.captures import codes, devices, intake
from field_app.captures.keeping import Envelope
from field_app.captures.receipts import Receipt
from field_app.clock import local
from field_app.db import reading
from field_app.roles import Who
from models.tables import Capture, Photo
from models.vocabulary import Role
from photos.hashing import hashed
from tests import build, rows
from tests.phone import Phone

ANSWERS = {"land_class": "0301", "as_registered": "是", "has_problem": "否"}
KINDS = ("全景", "近景", "利用特征", "利用特征")


@cache
def _drawn(seed: int, facts: tuple[tuple[str, Any], ...]) -> bytes:
    """Small unless asked for: what is tested here is not what a picture shows."""
    return build.a_photo(rows.a_square(), seed=seed, **{"size": (400, 300)} | dict(facts))


@dataclass(repr=False)
class Out:
    """One person out in the field, and the server at home."""

    who: Who
    phone: Phone
    task: int
    now: datetime
    visit: str = "00000000-0000-4000-8000-000000000001"
    codes: list[str] = field(default_factory=list)

    def fill_up(self, count: int = 20) -> None:
        devices.register(self.phone.public_key, "Android · Chrome", self.who, now=self.now)
        self.codes += [
            c.code
            for c in codes.issue(
                self.phone.key_id, offline=count, online=0, who=self.who, now=self.now
            )
        ]

    def photo(self, seed: int = 0, **facts: Any) -> bytes:
        """A live photo: the page writes its own position into it."""
        facts.setdefault("taken_at", local(self.now - timedelta(minutes=5)))
        return _drawn(seed, tuple(sorted(facts.items())))

    def shot(self, data: bytes, **facts: Any) -> dict[str, Any]:
        facts = {"visit": self.visit, "code": self.codes.pop() if self.codes else None} | facts
        at = facts.pop("at", self.now - timedelta(minutes=5))
        return self.phone.shot(data, facts.pop("task", self.task), at, **facts)

    def handed_in(self, **facts: Any) -> dict[str, Any]:
        facts = {"visit": self.visit, "answers": ANSWERS} | facts
        at = facts.pop("at", self.now - timedelta(minutes=1))
        return self.phone.handed_in(facts.pop("task", self.task), at, **facts)

    def send(self, record: dict[str, Any], who: Who | None = None, **changed: Any) -> Receipt:
        envelope = self.phone.envelope(record, sent_at=self.now, **changed)
        receipt, _ = intake.receive(
            changed.pop("uuid", record["uuid"]),
            Envelope(**{k: v for k, v in envelope.items() if k != "uuid"}),
            who or self.who,
            now=self.now,
        )
        return receipt

    def send_bytes(self, data: bytes, capture: str = "", who: Who | None = None) -> list[Receipt]:
        photo, who = hashed(data), who or self.who
        return intake.receive_bytes(photo, who, capture=capture, now=self.now)[1]

    def receipt(self, record: dict[str, Any]) -> Receipt:
        return intake.receipt(record["uuid"], self.who)

    def view(self, inspection: int) -> inspections.InspectionView:
        return inspections.view(inspection, self.who)

    def whole_visit(
        self, seed: int = 40
    ) -> tuple[list[tuple[dict[str, Any], bytes]], dict[str, Any]]:
        """All that a visit needs: the shots, and the hand-in that names them."""
        shots = []
        for n, kind in enumerate(KINDS):
            data = self.photo(seed=seed + n)
            shots.append((self.shot(data, kind=kind), data))
        hand_in = self.handed_in(photos=[record["sha256"] for record, _ in shots])
        return shots, hand_in


def kept(number_of: str) -> Capture:
    with reading() as session:
        return session.exec(select(Capture).where(Capture.uuid == number_of)).one()


def photos_of(inspection: int) -> list[Photo]:
    with reading() as session:
        query = select(Photo).where(
            Photo.inspection_id == inspection, col(Photo.removed_at).is_(None)
        )
        return list(session.exec(query.order_by(col(Photo.id))))


@pytest.fixture
def out(database: str, noon: datetime) -> Out:
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    made = Out(who, Phone(who.name), rows.a_task(), noon)
    made.fill_up()
    return made
