"""What a phone asks for before it goes out: time, devices, codes, the package."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlmodel import select
from starlette.testclient import TestClient

from field_app import clock, inspections
from field_app.db import reading
from field_app.roles import Who
from models.tables import CaptureCode, Event, PackageIssue
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.phone import Phone, base64url

As = Callable[[Who | None], TestClient]


@pytest.fixture
def heying(database: str) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.fixture
def phone(heying: Who) -> Phone:
    return Phone(heying.name)


def register(client: TestClient, phone: Phone) -> Any:
    body = {"public_key": phone.public_key, "name": "Android · Chrome"}
    return client.post("/api/v1/devices", json=body)


def codes(client: TestClient, phone: Phone, **counts: Any) -> Any:
    return client.post("/api/v1/codes", json={"key_id": phone.key_id} | counts)


def test_the_time_is_the_servers(as_: As, heying: Who, noon: datetime) -> None:
    answer = as_(heying).get("/api/v1/time")
    assert datetime.fromisoformat(answer.json()["now"]) == noon
    assert answer.headers["cache-control"] == "no-store"
    assert as_(None).get("/api/v1/time").json()["id"] == "sign-in-needed"


def test_a_phone_is_registered_once_and_again_without_harm(
    as_: As, heying: Who, phone: Phone, noon: datetime
) -> None:
    first, again = register(as_(heying), phone), register(as_(heying), phone)
    assert first.json() == again.json()
    assert first.json()["key_id"] == phone.key_id
    assert first.json()["revoked_at"] is None
    (mine,) = as_(heying).get("/api/v1/devices").json()["devices"]
    assert mine == first.json()
    with reading() as session:
        noted = session.exec(select(Event).where(Event.about == "device")).all()
    assert [e.action for e in noted] == ["登记设备"]


def test_a_colleagues_key_is_not_taken_over(as_: As, heying: Who, phone: Phone) -> None:
    register(as_(heying), phone)
    other = rows.a_person(Role.INSPECTOR, team="二组")
    assert register(as_(other), phone).json()["id"] == "key-taken"
    assert as_(other).get("/api/v1/devices").json()["devices"] == []


def test_only_who_brings_photos_registers_a_phone(as_: As, phone: Phone) -> None:
    for role in (Role.SUPERVISOR, Role.OFFICE, Role.ADMIN):
        assert register(as_(rows.a_person(role)), phone).json()["id"] == "not-allowed"
    assert register(as_(None), phone).json()["id"] == "sign-in-needed"


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "key",
    [
        "", "%%%", "AAAA", "钥匙", "A" * 3000, 7, None,
        base64url(_spki(ec.generate_private_key(ec.SECP384R1()))),
        base64url(_spki(ec.generate_private_key(ec.SECP256K1()))),
        base64url(b"\0" + _spki(ec.generate_private_key(ec.SECP256R1()))[:-1]),
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(key: Any, as_: As, heying: Who) -> None:
    answer = as_(heying).post("/api/v1/devices", json={"public_key": key, "name": "x"})
    assert answer.status_code == 422
    assert answer.json()["id"] in ("bad-key", "bad-input")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"a": NaN}', b"[" * 3000])
def test_what_is_no_json_is_refused(body: bytes, as_: As, heying: Who) -> None:
    for path in ("/api/v1/devices", "/api/v1/codes"):
        assert as_(heying).post(path, content=body).json()["id"] == "not-json"
    huge = as_(heying).post("/api/v1/codes", content=b'{"key_id": "' + b"a" * 10_000 + b'"}')
    assert (huge.status_code, huge.json()["id"]) == (413, "body-too-large")


def test_a_person_ends_a_phone_of_their_own_and_nobody_elses(
    as_: As, heying: Who, phone: Phone, noon: datetime
) -> None:
    register(as_(heying), phone)
    other = rows.a_person(Role.INSPECTOR, team="二组")
    path = f"/api/v1/devices/{phone.key_id}/revoke"
    assert as_(other).post(path).json()["id"] == "not-found"
    ended = as_(heying).post(path).json()
    assert ended["revoked_at"] == noon.isoformat()
    assert as_(heying).post(path).json() == ended
    assert register(as_(heying), phone).json()["id"] == "device-revoked"
    assert codes(as_(heying), phone, offline=1).json()["id"] == "device-revoked"
    assert as_(heying).post("/api/v1/devices/%00/revoke").json()["id"] == "not-found"


def test_an_administrator_ends_any_phone(as_: As, heying: Who, phone: Phone) -> None:
    register(as_(heying), phone)
    path = f"/api/v1/devices/{phone.key_id}/revoke"
    assert as_(rows.a_person(Role.OFFICE)).post(path).json()["id"] == "not-yours"
    assert as_(rows.a_person(Role.ADMIN)).post(path).json()["revoked_at"]


def test_codes_are_given_and_only_their_hashes_are_kept(
    as_: As, heying: Who, phone: Phone, noon: datetime
) -> None:
    register(as_(heying), phone)
    given = codes(as_(heying), phone, offline=3, online=1).json()["codes"]
    assert [c["offline"] for c in given] == [False, True, True, True]
    lives = [datetime.fromisoformat(c["expires_at"]) - noon for c in given]
    assert lives == [timedelta(minutes=10)] + [timedelta(hours=72)] * 3
    assert len({c["code"] for c in given}) == 4
    assert all(len(c["code"]) == 26 and c["code"] == c["code"].lower() for c in given)
    with reading() as session:
        kept = session.exec(select(CaptureCode)).all()
    assert not {c.sha256 for c in kept} & {c["code"] for c in given}
    assert as_(heying).get("/api/v1/devices").json()["devices"][0]["used_at"]


def test_a_stock_of_codes_has_an_end_and_is_filled_up_when_they_expire(
    as_: As, heying: Who, phone: Phone, noon: datetime
) -> None:
    register(as_(heying), phone)
    counts = [len(codes(as_(heying), phone, offline=n).json()["codes"]) for n in (200, 150, 200, 9)]
    assert counts == [200, 150, 50, 0]
    with clock.frozen(noon + timedelta(hours=73)):
        assert len(codes(as_(heying), phone, offline=200).json()["codes"]) == 200


def test_a_phone_that_lost_its_store_gets_codes_though_the_old_ones_lie_unused(
    as_: As, heying: Who, phone: Phone
) -> None:
    again = Phone(heying.name)
    for one in (phone, again):
        register(as_(heying), one)
        for _ in range(2):
            assert len(codes(as_(heying), one, offline=200).json()["codes"]) == 200
        assert codes(as_(heying), one, offline=1).json()["codes"] == []


@pytest.mark.parametrize("counts", [{"offline": 201}, {"online": 6}, {"offline": -1}, {"online": True}, {"offline": "3"}, {"offline": 1.5}])  # fmt: skip
def test_more_codes_than_a_phone_needs_are_refused(
    counts: dict[str, Any], as_: As, heying: Who, phone: Phone
) -> None:
    register(as_(heying), phone)
    assert codes(as_(heying), phone, **counts).json()["id"] == "bad-input"


def test_no_codes_for_a_phone_that_nobody_registered_or_another_did(
    as_: As, heying: Who, phone: Phone
) -> None:
    assert codes(as_(heying), phone, offline=1).json()["id"] == "not-found"
    register(as_(heying), phone)
    other = rows.a_person(Role.INSPECTOR, team="二组")
    assert codes(as_(other), phone, offline=1).json()["id"] == "not-found"


def test_the_package_holds_what_the_tasks_need(as_: As, heying: Who, noon: datetime) -> None:
    parcel = rows.a_parcel_row(number="N1", project_id=rows.a_project())
    beside = rows.a_parcel_row(
        rows.geo.moved(rows.HERE, east_m=70.0), number="N2"
    )  # 20 m from edge to edge
    rows.a_parcel_row(rows.geo.moved(rows.HERE, east_m=400.0), number="N3")
    task = rows.a_task(parcel)
    colleague = rows.a_person(Role.INSPECTOR, team="二组")
    rows.a_task(beside, person=colleague)
    far = rows.geo.moved(rows.HERE, east_m=900.0)
    rows.a_task(rows.a_parcel_row(far), team="一组")
    before = rows.an_inspection(
        colleague, rows.a_task(parcel, purpose=rows.Purpose.UPKEEP, person=colleague),
        state=InspectionState.CONFIRMED,
    )  # fmt: skip
    old = [rows.a_photo_row(before) for _ in range(8)]
    visit = inspections.open_visit(task, heying, now=noon)
    inspections.save(visit, {"land_class": "0301"}, heying, seen={}, now=noon)

    answer = as_(heying).get("/api/v1/package")
    package = answer.json()
    assert package["made_at"] == noon.isoformat()
    assert package["person"] == {"name": heying.name, "display": "何映", "role": "核查员"}
    (only,) = package["tasks"]
    assert only["id"] == task
    assert only["parcel"]["number"] == "N1"
    assert only["parcel"]["boundary"]["type"] == "Polygon"
    assert [n["number"] for n in only["neighbours"]] == ["N2"]
    assert only["visit"]["inspection"] == visit
    assert only["visit"]["answers"] == {"land_class": "0301"}
    assert [e["photo_id"] for e in only["earlier"]] == old[:1:-1]
    assert {w["kind"]: w["wanted"] for w in only["wanted"]}["利用特征"] == 2
    assert only["facts"]["parcel_number"] == "N1"
    assert package["settings"]["on_parcel_m"]["全景"] == 50.0
    assert package["settings"]["on_parcel_m"]["近景"] == 10.0
    asked = {q["name"]: q for q in package["form"]["questions"]}
    assert asked["problem_type"]["choice_filter"]["refs"] == [[False, "category"]]
    with reading() as session:
        issued = session.exec(select(PackageIssue)).all()
    assert [(i.person_id, i.task_id) for i in issued] == [(heying.id, task)]


def test_a_package_that_is_unchanged_is_not_sent_again(
    as_: As, heying: Who, noon: datetime
) -> None:
    rows.a_task()
    client = as_(heying)
    first = client.get("/api/v1/package")
    tag = {"If-None-Match": first.headers["etag"]}
    with clock.frozen(noon + timedelta(hours=1)):
        assert client.get("/api/v1/package", headers=tag).status_code == 304
        rows.a_task()
        changed = client.get("/api/v1/package", headers=tag)
    assert changed.status_code == 200
    assert len(changed.json()["tasks"]) == 2


def test_the_package_is_for_inspectors_and_units(as_: As, database: str) -> None:
    assert as_(None).get("/api/v1/package").json()["id"] == "sign-in-needed"
    unit = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    assert as_(unit).get("/api/v1/package").json()["tasks"] == []
    for role in (Role.SUPERVISOR, Role.OFFICE, Role.ADMIN):
        answer = as_(rows.a_person(role)).get("/api/v1/package")
        assert answer.json()["id"] == "not-allowed"
