"""Captures over HTTP: kept, repeated, refused as a conflict, asked for at the end of the day."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from field_app import inspections
from field_app.captures import held
from field_app.roles import Who
from models.vocabulary import Role
from photos.stores import ObjectPhotoStore
from tests import rows
from tests.build import a_photo
from tests.phone import Phone
from tests.routes.test_openapi import schema
from tests.soak import examples

As = Callable[[Who | None], TestClient]
UUID = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def heying(database: str) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.fixture
def phone(heying: Who, as_: As) -> Phone:
    made = Phone(heying.name)
    as_(heying).post("/api/v1/devices", json={"public_key": made.public_key, "name": "x"})
    return made


def put(client: TestClient, phone: Phone, record: dict[str, Any], **changed: Any) -> Any:
    return client.put(f"/api/v1/captures/{record['uuid']}", json=phone.envelope(record, **changed))


def put_bytes(client: TestClient, data: bytes, **query: str) -> Any:
    name = hashlib.sha256(data).hexdigest()
    return client.put(f"/api/v1/photos/{name}", params=query, content=data)


def test_a_capture_and_its_photo_travel_apart_and_meet(
    as_: As, heying: Who, phone: Phone, noon: datetime
) -> None:
    client, data, task = as_(heying), a_photo(rows.a_square(), taken_at=noon), rows.a_task()
    given = client.post("/api/v1/codes", json={"key_id": phone.key_id, "offline": 1}).json()
    record = phone.shot(data, task, noon - timedelta(minutes=2), code=given["codes"][0]["code"])
    first = put(client, phone, record)
    assert (first.status_code, first.json()["state"]) == (201, "waiting-photo")
    there = put_bytes(client, data, capture=record["uuid"])
    assert there.status_code == 201
    assert there.json()["uuid"] == record["uuid"]
    assert (there.json()["photo_held"], there.json()["grade"]) == (True, "A")
    again = put(client, phone, record, sent_at=None)
    assert (again.status_code, again.json()["state"]) == (200, "complete")
    now = client.get(f"/api/v1/captures/{record['uuid']}")
    assert now.json() == again.json()
    for answer in (first, there, again):
        schema("CaptureReceipt").validate(answer.json())
        assert answer.headers["cache-control"] == "no-store"


def test_the_old_way_of_a_page_without_captures_stays_as_it_was(
    as_: As, heying: Who, noon: datetime
) -> None:
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    answer = put_bytes(as_(heying), a_photo(taken_at=noon), inspection=str(visit), kind="全景")
    assert answer.json()["photo_id"]
    assert "uuid" not in answer.json()


def test_a_changed_repeat_is_a_conflict(as_: As, heying: Who, phone: Phone, noon: datetime) -> None:
    record = phone.shot(b"x", rows.a_task(), noon)
    put(as_(heying), phone, record)
    changed = put(as_(heying), phone, record | {"note": "改"})
    assert (changed.status_code, changed.json()["id"]) == (409, "capture-differs")
    assert changed.json()["retry"] is False


def test_another_person_who_signed_in_meanwhile_takes_nothing_of_mine(
    as_: As, heying: Who, phone: Phone, noon: datetime
) -> None:
    other = rows.a_person(Role.INSPECTOR, team="二组")
    owner = {"X-Owner": quote(heying.name)}
    record, data = phone.shot(b"x", rows.a_task(), noon), a_photo()
    for answer in (
        as_(other).put(
            f"/api/v1/captures/{record['uuid']}", json=phone.envelope(record), headers=owner
        ),
        as_(other).put(
            f"/api/v1/photos/{hashlib.sha256(data).hexdigest()}", content=data, headers=owner
        ),
        as_(other).get("/api/v1/package", headers=owner),
    ):
        assert (answer.status_code, answer.json()["id"]) == (409, "other-person")
        assert answer.json()["retry"] is False
    assert put(as_(heying), phone, record).status_code == 201


@pytest.mark.parametrize("bad", ["x", "1" * 36, UUID.upper().replace("0", "A"), UUID + "0"])
def test_what_is_no_uuid_is_refused(bad: str, as_: As, heying: Who) -> None:
    answer = as_(heying).put(f"/api/v1/captures/{bad}", json={"record": "{}"})
    assert answer.json()["id"] == "not-a-uuid"
    photo = as_(heying).put(f"/api/v1/photos/{'0' * 64}", params={"capture": bad}, content=b"x")
    assert photo.json()["id"] == "not-a-uuid"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b"[1]", "not-json"),
        (b"{}", "bad-input"),
        (b'{"record": 7}', "bad-input"),
        (b'{"record": ""}', "bad-input"),
        (b'{"record": "{}", "signature": null}', "bad-input"),
        (b'{"record": "' + b"a" * 300_000 + b'"}', "body-too-large"),
    ],
)
def test_what_is_no_envelope_is_refused(body: bytes, said: str, as_: As, heying: Who) -> None:
    answer = as_(heying).put(f"/api/v1/captures/{UUID}", content=body)
    assert answer.json()["id"] == said


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(min_size=1, max_size=300), signature=st.text(max_size=90), n=st.integers(0, 2**40)
)
def test_any_text_of_an_inspector_is_kept_or_a_conflict(
    text: str, signature: str, n: int, as_: As, heying: Who
) -> None:
    path = f"/api/v1/captures/00000000-0000-4000-8000-{n:012x}"
    answer = as_(heying).put(path, json={"record": text, "signature": signature, "key_id": text})
    assert answer.status_code in (200, 201, 409)
    if answer.status_code != 409:
        assert as_(heying).get(path).json()["state"] == "held"


def test_at_the_end_of_the_day_each_capture_is_asked_for(
    as_: As, heying: Who, phone: Phone, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, data, task = as_(heying), a_photo(), rows.a_task()
    here, bare, visit = (
        phone.shot(data, task, noon),
        phone.shot(b"y", task, noon),
        phone.handed_in(task, noon),
    )
    for record in (here, bare, visit):
        put(client, phone, record)
    put_bytes(client, data)
    asked = [
        {"uuid": here["uuid"], "sha256": here["sha256"]},
        {"uuid": bare["uuid"], "sha256": bare["sha256"]},
        {"uuid": visit["uuid"], "sha256": None},
        {"uuid": UUID},
    ]

    def held() -> list[str]:
        answer = client.post("/api/v1/captures/held", json={"captures": asked})
        schema("HeldCaptures").validate(answer.json())
        return [answer.json()["held"][each["uuid"]] for each in asked]

    assert held() == ["complete", "no-photo", "complete", "unknown"]
    (waits,) = client.post("/api/v1/captures/held", json={"captures": []}).json()["waiting"]
    assert (waits["uuid"], waits["kind"]) == (bare["uuid"], bare["kind"])
    asked[0]["sha256"] = "0" * 64
    assert held()[0] == "differs"
    asked[0]["sha256"] = here["sha256"]
    monkeypatch.setattr(ObjectPhotoStore, "exists", lambda *_: False)  # lost by the store
    assert held()[0] == "no-photo"
    other = rows.a_person(Role.INSPECTOR, team="二组")
    theirs = as_(other).post("/api/v1/captures/held", json={"captures": asked}).json()["held"]
    assert set(theirs.values()) == {"unknown"}


@pytest.mark.parametrize(
    "asked",
    [None, {}, [1], [{}], [{"uuid": "x"}], [{"uuid": 1}], [{"uuid": UUID, "sha256": 3}],
     [{"uuid": UUID}] * 501],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(asked: Any, as_: As, heying: Who) -> None:
    answer = as_(heying).post("/api/v1/captures/held", json={"captures": asked})
    assert answer.status_code == 422


def test_a_held_picture_is_shown_to_who_decides_on_it_and_to_nobody_else(
    as_: As, heying: Who, phone: Phone, noon: datetime
) -> None:
    data = a_photo(size=(400, 300))
    record = phone.shot(data, rows.a_task(team="一组"), noon)
    put(as_(heying), phone, record)
    put_bytes(as_(heying), data)
    zhou = rows.a_person(Role.SUPERVISOR)
    (row,) = held.listing(zhou)
    shown = as_(zhou).get(f"/evidence/captures/{row.id}?size=small")
    assert shown.headers["content-type"] == "image/jpeg"
    assert as_(zhou).get(f"/evidence/captures/{row.id}").content == shown.content
    for role in (Role.INSPECTOR, Role.OFFICE, Role.UNIT, Role.ADMIN):
        answer = as_(rows.a_person(role)).get(f"/evidence/captures/{row.id}")
        assert answer.json()["id"] == "not-allowed"
    for number in (0, row.id + 1, 2**31):
        assert as_(zhou).get(f"/evidence/captures/{number}").json()["id"] == "not-found"
