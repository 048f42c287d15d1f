"""From the inspector's photo to the ledger and back again, through the doors that the pages use."""

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from field_app import db, inspections, review
from field_app.clock import local
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Entry, Photo, Task
from models.vocabulary import InspectionState, Role
from tests import build, rows

KINDS = ("全景", "近景", "利用特征", "利用特征")
ANSWERS = {
    "land_class": "0301",
    "as_registered": "否",
    "has_problem": "是",
    "category": "2",
    "problem_type": "2-1",
    "facts": "地块内全部为杨树，没有任何耕种痕迹。",
    "area_mu": 3.0,
}


def shoot(visit: int, who: Who, now: datetime, seed: int, kind: str) -> int:
    data = build.a_photo(rows.a_square(), seed=seed, taken_at=local(now - timedelta(minutes=5)))
    receipt = inspections.attach_photo(
        data,
        sha256=hashlib.sha256(data).hexdigest(),
        inspection_id=visit,
        kind=kind,
        capture={},
        who=who,
        now=now,
    )
    assert receipt.photo_id is not None
    return receipt.photo_id


def settle(visit: int, who: Who, now: datetime) -> None:
    """A supervisor trusts whatever the machine did not pass."""
    for photo in review.detail(visit, who).undecided:
        review.decide_photo(photo.id, review.Decision.TRUSTED, why="现场比对", who=who, now=now)


def test_what_is_sent_back_is_shot_again_alone_and_then_confirmed(
    database: str, noon: datetime
) -> None:
    rows.units_of_the_plan()
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    task = rows.a_task()
    visit = inspections.open_visit(task, heying, now=noon)
    photos = [shoot(visit, heying, noon, seed, kind) for seed, kind in enumerate(KINDS, start=300)]
    inspections.save(visit, ANSWERS, heying, seen={}, now=noon)
    inspections.submit(visit, inspections.view(visit, heying).edition, heying, now=noon)

    case = review.detail(visit, zhou)
    assert [p.id for p in case.photos] == photos
    review.send_back(visit, case.edition, {photos[1]: "太模糊"}, who=zhou, now=noon)

    seen = inspections.view(visit, heying)
    assert seen.editable
    assert {p.id: p.reshoot_why for p in seen.photos if p.reshoot_why} == {photos[1]: "太模糊"}
    assert [m for m in seen.missing if "重拍" in m] == ["请重拍近景照片：太模糊"]
    with pytest.raises(Problem) as told:
        inspections.submit(visit, seen.edition, heying, now=noon)
    assert told.value.id == "incomplete"

    later = noon + timedelta(hours=2)
    again = shoot(visit, heying, later, 399, "近景")
    inspections.submit(visit, inspections.view(visit, heying).edition, heying, now=later)
    case = review.detail(visit, zhou)
    assert case.state == InspectionState.SUBMITTED
    assert [p.id for p in case.photos] == [photos[0], *photos[2:], again]
    assert all(p.cited for p in case.photos)

    settle(visit, zhou, later)
    number = review.confirm(visit, review.detail(visit, zhou).edition, who=zhou, now=later)
    with db.reading() as session:
        (entry,) = session.exec(select(Entry)).all()
        assert entry.number == number
        assert entry.description == ANSWERS["facts"]
        assert session.get_one(Task, task).done_at == later
        replaced = session.get_one(Photo, photos[1])
        assert replaced.removed_at == later  # out of the case, kept in the archive
    said = [h.action for h in review.detail(visit, zhou).history]
    assert said.count("提交") == 2
    assert "退回补拍" in said
    assert "已重拍" in said
    assert said[-2:] == ["登记入账", "确认"]
