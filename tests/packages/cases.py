"""An entry with all that can belong to one, for the tests of packages and papers."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import select

from field_app import clock, db, review
from field_app.inspections.held import store
from field_app.ledger import clues, handing_over, rectifying
from field_app.ledger.handing_over import Handed
from field_app.packages import keys
from field_app.roles import Who
from models.tables import Capture, Device, Entry, HandOver, Photo
from models.vocabulary import Nature, Role, Verdict
from tests import rows
from tests.build import a_photo
from tests.phone import Phone


@dataclass(frozen=True)
class Case:
    """The people, the entry, its hand-over, the photos by id."""

    office: Who
    supervisor: Who
    unit: Who
    inspector: Who
    entry: int
    hand_over: int
    before: list[int]
    after: list[int]


def a_stored_photo(visit: int, away_m: float, **columns: Any) -> int:
    """A photo whose bytes are really in the store."""
    key = store().put(a_photo(rows.a_square(), away_m=away_m, size=(320, 240)))
    return rows.a_photo_row(visit, Verdict.PASSED, sha256_hex=key, **columns)


def a_case(noon: datetime, *, facts: str = "地块内全部为林木，没有耕种痕迹。") -> Case:
    """Found, confirmed, classified, handed over, under rectification with a photo."""
    if not keys.place().exists():
        keys.make(keys.place())
    rows.units_of_the_plan()
    inspector = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    supervisor = rows.a_person(Role.SUPERVISOR, "周督导")
    office = rows.a_person(Role.OFFICE, "钱主任")
    unit = rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")
    visit = rows.an_inspection(inspector, rows.a_task(rows.a_parcel_row()))
    before = [
        a_stored_photo(visit, 20.0, kind="全景"),
        a_stored_photo(visit, 5.0, kind="近景"),
    ]
    rows.a_finding(visit, before, facts=facts)
    review.confirm(visit, 1, who=supervisor, now=noon)
    with db.reading() as session:
        entry = session.exec(select(Entry.id).where(Entry.inspection_id == visit)).one() or 0
    nature, why = Nature.DISCIPLINE, "验收人员明知不实"
    clues.classify(entry, _edition(entry), nature, why=why, who=supervisor, now=noon)
    handed = Handed("县纪委监委", "召整治移〔2026〕1号", date(2026, 4, 15), "涉嫌虚假验收")
    handing_over.hand_over(entry, _edition(entry), handed, who=office, now=noon)
    later = noon + timedelta(days=3)
    rectifying.begin(entry, _edition(entry), who=unit, now=later)
    rectifying.report(entry, _edition(entry), "杨树已清除，正在平整。", who=unit, now=later)
    proof = rectifying.open_proof(entry, who=unit, now=later)
    with clock.frozen(later):
        after = [a_stored_photo(proof, 12.0, kind="整改后", grade="B")]
    _captured(inspector, before[0], noon)
    with db.reading() as session:
        hand_over = session.exec(select(HandOver.id)).one() or 0
    return Case(office, supervisor, unit, inspector, entry, hand_over, before, after)


def _captured(who: Who, photo_id: int, noon: datetime) -> None:
    """The record of a shot, as a phone signed it."""
    phone = Phone(who.name)
    with db.writing() as session:
        photo = session.get_one(Photo, photo_id)
        record = phone.record("photo", 1, noon, sha256=photo.sha256, kind="全景", way="live")
        text = json.dumps(record, ensure_ascii=False)
        session.add(
            Device(key_id=phone.key_id, public_key=phone.spki, person_id=who.id, registered_at=noon)
        )
        session.add(
            Capture(
                uuid=record["uuid"],
                person_id=who.id,
                type="photo",
                record=text.encode(),
                signature=phone.sign(text).encode(),
                key_id=phone.key_id,
                received_at=noon,
                sha256=photo.sha256,
                signature_state="good",
                code_state="good",
                state="complete",
                photo_id=photo_id,
            )
        )


def _edition(entry: int) -> int:
    with db.reading() as session:
        return session.get_one(Entry, entry).edition
