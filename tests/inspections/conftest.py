"""A visit of 何映 to a square parcel in 留山镇, and a photo for it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from field_app import inspections
from field_app.clock import local
from field_app.inspections import PhotoReceipt
from field_app.roles import Who
from models.vocabulary import Role
from tests import build, rows


@dataclass
class Visit:
    who: Who
    parcel: int
    task: int
    id: int
    now: datetime

    def view(self) -> inspections.InspectionView:
        return inspections.view(self.id, self.who)

    def save(self, **changes: Any) -> dict[str, Any]:
        seen = self.view().answers
        return inspections.save(self.id, changes, self.who, seen=seen, now=self.now)

    def attach(
        self, data: bytes, kind: str = "全景", capture: dict[str, Any] | None = None
    ) -> PhotoReceipt:
        return inspections.attach_photo(
            data,
            sha256=hashlib.sha256(data).hexdigest(),
            inspection_id=self.id,
            kind=kind,
            capture=capture or {},
            who=self.who,
            now=self.now,
        )

    def photo(self, **facts: Any) -> bytes:
        """A photo of the parcel by a phone on Chinese time, five minutes ago."""
        facts.setdefault("taken_at", local(self.now - timedelta(minutes=5)))
        return build.a_photo(rows.a_square(), **facts)

    def shoot(self, seed: int = 0, kind: str = "全景", **facts: Any) -> PhotoReceipt:
        return self.attach(self.photo(seed=seed, **facts), kind)

    def shoot_all(self) -> None:
        for seed, kind in enumerate(("全景", "近景", "利用特征", "利用特征")):
            assert self.shoot(100 + seed, kind).verdict == "核验通过"

    def answer_all(self) -> None:
        self.save(land_class="0301", as_registered="否", has_problem="是")
        self.save(category="2")
        self.save(problem_type="2-1", facts="地块内全部为杨树，没有耕种痕迹。", area_mu=3.2)


@pytest.fixture
def visit(database: str, noon: datetime) -> Visit:
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    parcel = rows.a_parcel_row()
    task = rows.a_task(parcel)
    return Visit(who, parcel, task, inspections.open_visit(task, who, now=noon), noon)
