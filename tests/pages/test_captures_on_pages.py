"""Phones on the account and people pages, held captures on the review page, a record beside EXIF."""

from datetime import datetime, timedelta

import pytest

from field_app import review
from field_app.captures import devices, held, intake, late
from field_app.captures.keeping import Envelope
from field_app.db import reading
from field_app.roles import Who
from models.tables import Inspection
from models.vocabulary import Role
from photos.hashing import hashed
from tests import build, rows
from tests.pages.conftest import Open, words_of
from tests.phone import Phone


@pytest.fixture
def heying(database: str) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.fixture
def phone(heying: Who, noon: datetime) -> Phone:
    made = Phone(heying.name)
    devices.register(made.public_key, "Android · Chrome", heying, now=noon)
    return made


def test_a_person_ends_a_lost_phone_on_the_account_page(
    heying: Who, phone: Phone, open_page: Open
) -> None:
    at = open_page("account", heying)
    assert "Android · Chrome" in words_of(at)
    (row,) = devices.mine(heying)
    at = at.button(key=f"revoke_{row.id}").click().run()
    assert not at.exception
    assert devices.mine(heying)[0].revoked_at is not None
    assert "停用 2026" in words_of(at)


def test_an_administrator_finds_and_ends_anybodys_phone(
    heying: Who, phone: Phone, open_page: Open
) -> None:
    admin = rows.a_person(Role.ADMIN)
    at = open_page("people", admin)
    (row,) = devices.mine(heying)
    assert "没有符合条件的设备" in words_of(
        at.text_input(key="find_device").set_value("蓝溪").run()
    )
    at.text_input(key="find_device").set_value("何映").run()
    at.button(key=f"revoke_{row.id}").click().run()
    assert not at.exception
    assert devices.mine(heying)[0].revoked_at is not None


def test_who_is_no_inspector_sees_no_phones(database: str, open_page: Open) -> None:
    at = open_page("account", rows.a_person(Role.SUPERVISOR))
    assert "我的设备" not in words_of(at)


def send(phone: Phone, who: Who, record: dict[str, object], now: datetime) -> None:
    sent = Envelope(**phone.envelope(record) | {"sent_at": now})
    intake.receive(str(record["uuid"]), sent, who, now=now)


def test_the_supervisor_sees_what_could_not_be_submitted_and_keeps_it_aside(
    heying: Who, phone: Phone, open_page: Open, noon: datetime
) -> None:
    task = rows.a_task(rows.a_parcel_row(number="N77"), team="一组")
    answers = {"land_class": "0301", "as_registered": "是", "has_problem": "否"}
    send(phone, heying, phone.handed_in(task, noon, answers=answers), noon)
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    at = open_page("review", zhou)
    assert not at.exception
    said = words_of(at)
    assert "N77" in said
    assert "没有分给采集人" in said
    assert "现状地类　" in said
    assert "land_class" not in said
    (row,) = held.listing(zhou)
    at.radio(key=f"held_choice_{row.id}").set_value("留存备查")
    at.text_area(key=f"held_why_{row.id}").set_value("另有核查")
    at = next(b for b in at.button if b.label == "确定").click().run()
    assert not at.exception
    assert held.listing(zhou) == []
    assert "另有核查" in words_of(at)


def test_a_record_is_shown_beside_what_the_file_says(
    heying: Who, phone: Phone, noon: datetime
) -> None:
    inspection = rows.an_inspection(heying, state=rows.InspectionState.RETURNED)
    with reading() as session:
        task = session.get_one(Inspection, inspection).task_id
    data = build.a_photo(rows.a_square(), size=(400, 300), taken_at=noon)
    record = phone.shot(data, task, noon - timedelta(minutes=2))
    phone_text = phone.envelope(record)
    sent = Envelope(**phone_text | {"sent_at": noon, "signature": phone.sign("other")})
    intake.receive(str(record["uuid"]), sent, heying, now=noon)
    intake.receive_bytes(hashed(data), heying, now=noon)
    (photo,) = review.detail(inspection, heying).photos
    told = {line.label: line for line in photo.recorded}
    assert told["采集方式"].value == "页内相机实时拍摄"
    assert told["设备签名"].value == "无效"
    assert told["设备签名"].why == "采集记录与设备签名不符"
    assert told["一次性码"].value == "没有"
    assert told["照片内容"].value == "与记录一致"
    assert told["采集编号"].value == record["uuid"]
    assert "11 个定位" in told["拍摄前的轨迹"].value


def test_the_supervisor_sees_which_photo_never_came_and_calls_it_lost(
    heying: Who, phone: Phone, open_page: Open, noon: datetime
) -> None:
    task = rows.a_task(rows.a_parcel_row(number="N78"))
    data = build.a_photo(rows.a_square(), size=(400, 300), taken_at=noon)
    before = noon - timedelta(hours=30)
    send(phone, heying, phone.shot(data, task, before), before)
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    at = open_page("review", zhou)
    assert not at.exception
    said = words_of(at)
    assert "记录到了、照片没到（1 张）" in said or "24 小时后照片仍没有到" in said
    assert "N78" in said
    (row,) = late.listing(zhou, now=noon)
    at.text_area(key=f"late_why_{row.id}").set_value("手机丢了")
    at = next(b for b in at.button if b.label == "照片确认丢失").click().run()
    assert not at.exception
    assert late.listing(zhou, now=noon) == []
    assert "N78" not in words_of(at)
