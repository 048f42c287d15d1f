import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import func, select
from starlette.testclient import TestClient

from field_app import inspections
from field_app.db import reading
from field_app.problems import Problem
from field_app.roles import Who
from field_app.routes.photos import capture_of
from models.tables import Blob, Photo
from models.vocabulary import InspectionState, Role
from photos.stores import ObjectPhotoStore, StoreDown
from tests import rows
from tests.build import a_photo
from tests.soak import examples

As = Callable[[Who | None], TestClient]


@pytest.fixture
def inspector(database: str) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.fixture
def visit(inspector: Who) -> int:
    return rows.an_inspection(inspector, state=InspectionState.DRAFT)


def name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def header(capture: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(capture).encode()).decode().rstrip("=")


def put(client: TestClient, data: bytes, visit: int | None, **more: Any) -> Any:
    query: dict[str, Any] = {} if visit is None else {"inspection": visit, "kind": "全景"}
    return client.put(
        f"/api/v1/photos/{more.pop('sha256', name(data))}",
        params=query | more.pop("query", {}),
        content=data,
        headers={"Content-Type": "image/jpeg", **more},
    )


def problem(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"]
    said: str = body["id"]
    return said


def count(table: type[Blob] | type[Photo]) -> int:
    with reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_a_photo_is_taken_in_with_201_and_again_with_200_and_the_same_receipt(
    as_: As, inspector: Who, visit: int, noon: datetime
) -> None:
    data = a_photo(taken_at=noon)
    first, again = put(as_(inspector), data, visit), put(as_(inspector), data, visit)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["sha256"] == name(data)
    assert first.json()["verdict"]
    assert count(Photo) == count(Blob) == 1


def test_the_claim_of_the_page_makes_grade_b(
    as_: As, inspector: Who, visit: int, noon: datetime
) -> None:
    told = {
        "source": "camera",
        "lon": rows.HERE.lon,
        "lat": rows.HERE.lat,
        "accuracy_m": 6.0,
        "fixed_at": (noon - timedelta(seconds=9)).isoformat(),
        "chosen_at": noon.isoformat(),
        "a_field_of_tomorrow": 1,
    }
    data = a_photo(gps="absent", taken_at=noon)
    answer = put(as_(inspector), data, visit, **{"X-Capture": header(told)})
    assert answer.status_code == 201
    assert answer.json()["grade"] == "B"


def test_without_a_visit_the_bytes_are_only_held(as_: As, inspector: Who) -> None:
    answer = put(as_(inspector), a_photo(), None)
    assert answer.status_code == 201
    assert answer.json()["photo_id"] is None
    assert (count(Blob), count(Photo)) == (1, 0)


def test_a_body_that_does_not_hash_to_its_name_is_refused_and_may_be_sent_again(
    as_: As, inspector: Who, visit: int
) -> None:
    answer = put(as_(inspector), a_photo() + b"x", visit, sha256=name(a_photo()))
    assert problem(answer) == "hash-mismatch"
    assert answer.json()["retry"] is True
    assert count(Blob) == 0


@pytest.mark.parametrize("bad", ["ab" * 31, "AB" * 32, "gg" * 32, "ab" * 33, "..%2fdata"])
def test_a_name_that_is_no_sha256_is_refused(bad: str, as_: As, inspector: Who) -> None:
    answer = put(as_(inspector), b"x", None, sha256=bad)
    assert answer.status_code in (404, 422)
    assert count(Blob) == 0


def test_a_body_that_is_too_large_is_refused_announced_or_not(as_: As, inspector: Who) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(60):
            yield b"\0" * 2**20

    answer = as_(inspector).put(f"/api/v1/photos/{'0' * 64}", content=endless())
    assert problem(answer) == "photo-too-large"
    announced = as_(inspector).put(
        f"/api/v1/photos/{'0' * 64}", content=b"", headers={"Content-Length": str(2**40)}
    )
    assert problem(announced) == "photo-too-large"


def test_an_empty_body_is_refused(as_: As, inspector: Who) -> None:
    assert problem(put(as_(inspector), b"", None)) == "empty-photo"


def test_a_stranger_and_one_who_does_not_inspect_are_refused_before_the_body(
    as_: As, visit: int
) -> None:
    assert problem(put(as_(None), a_photo(), visit)) == "sign-in-needed"
    office = rows.a_person(Role.OFFICE)
    assert problem(put(as_(office), a_photo(), visit)) == "not-allowed"
    assert count(Blob) == 0


def test_into_the_visit_of_another_team_nobody_puts_photos(as_: As, visit: int) -> None:
    other = rows.a_person(Role.INSPECTOR, team="一组")
    answer = put(as_(other), a_photo(), visit)
    assert answer.status_code in (403, 404)
    assert count(Photo) == 0


@pytest.mark.parametrize(
    "query",
    [{"inspection": "1; drop"}, {"inspection": "-1"}, {"inspection": "٣"}, {"kind": "自拍"}],
)
def test_a_query_that_makes_no_sense_is_refused(
    query: dict[str, str], as_: As, inspector: Who, visit: int
) -> None:
    answer = put(as_(inspector), a_photo(), visit, query=query)
    assert problem(answer) in ("bad-input", "no-such-kind")


@pytest.mark.parametrize("bad", ["%%%", "bm90IGpzb24", header([1]), "A" * 9000])
def test_a_capture_that_makes_no_sense_is_refused(
    bad: str, as_: As, inspector: Who, visit: int
) -> None:
    answer = put(as_(inspector), a_photo(), visit, **{"X-Capture": bad})
    assert problem(answer) == "bad-capture"
    assert count(Photo) == 0


@settings(max_examples=examples(100), deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=200))
def test_any_header_is_a_capture_or_a_refusal(text: str) -> None:
    try:
        assert isinstance(capture_of(text), dict)
    except Problem as refused:
        assert refused.id == "bad-capture"  # noqa: PT017 — nothing else may come out


def test_a_store_that_is_down_asks_to_come_again(
    as_: As, inspector: Who, visit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: Any, **_more: Any) -> None:
        raise StoreDown("no route")

    monkeypatch.setattr(ObjectPhotoStore, "put", down)
    answer = put(as_(inspector), a_photo(), visit)
    assert problem(answer) == "busy"
    assert answer.json()["retry"] is True
    assert int(answer.headers["retry-after"]) > 0


def test_a_crash_is_answered_without_its_inside(
    as_: As, inspector: Who, visit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(inspections, "attach_photo", crash)
    answer = put(as_(inspector), a_photo(), visit)
    assert problem(answer) == "internal"
    assert "secret" not in answer.text


def test_who_sent_a_photo_learns_that_it_is_held_and_nobody_else_does(
    as_: As, inspector: Who, visit: int, noon: datetime
) -> None:
    data = a_photo(taken_at=noon)
    put(as_(inspector), data, visit)
    held = as_(inspector).get(f"/api/v1/photos/{name(data)}")
    assert held.json()["uses"][0]["inspection"] == visit
    assert held.json()["size"] == len(data)
    other = rows.a_person(Role.INSPECTOR, team="二组")
    assert problem(as_(other).get(f"/api/v1/photos/{name(data)}")) == "not-found"
    assert as_(inspector).head(f"/api/v1/photos/{name(data)}").status_code == 200
    assert problem(as_(inspector).get(f"/api/v1/photos/{'0' * 64}")) == "not-found"


def test_with_a_password_that_another_knows_nothing_is_sent_or_seen(
    as_: As, inspector: Who, visit: int
) -> None:
    data = a_photo()
    number = put(as_(inspector), data, visit).json()["photo_id"]
    client = as_(replace(inspector, must_change_password=True))
    for answer in (
        put(client, data, visit),
        client.get(f"/api/v1/photos/{name(data)}"),
        client.get(f"/evidence/{number}"),
    ):
        assert (answer.status_code, problem(answer)) == (403, "password-change-needed")


@pytest.mark.parametrize("number", [2**31, 10**14])
def test_a_visit_that_cannot_be_is_not_found(as_: As, inspector: Who, number: int) -> None:
    answer = put(as_(inspector), a_photo(), number)
    assert (answer.status_code, problem(answer)) == (404, "not-found")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (IntegrityError("INSERT", {}, Exception("unique")), 409, "changed-meanwhile"),
        (OperationalError("SELECT", {}, Exception("locked")), 503, "busy"),
        (PoolTimeout("no connection"), 503, "busy"),
        (KeyError("a mistake of ours"), 500, "internal"),
    ],
)
def test_a_trouble_of_the_database_is_an_answer_that_says_whether_to_try_again(
    error: Exception,
    status: int,
    said: str,
    as_: As,
    inspector: Who,
    visit: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(inspections, "attach_photo", fails)
    answer = put(as_(inspector), a_photo(), visit)
    assert (answer.status_code, problem(answer)) == (status, said)
    assert answer.json()["retry"]
    assert "unique" not in answer.text
