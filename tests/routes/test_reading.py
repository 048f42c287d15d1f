"""Lists for other systems: filtered, a page at a time, for those who hold a token for it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from field_app import accounts
from field_app.access import tokens
from field_app.access.tokens import Scope
from field_app.accounts import NewPerson
from field_app.guard import COOKIE, Guard
from field_app.ledger import entries
from field_app.roles import Who
from field_app.routes import answers, features, reading
from models.vocabulary import InspectionState, Role
from tests import rows

PASSWORD = "麦田里的守望者123"
Get = Callable[..., Any]


@pytest.fixture
def client(database: str, noon: datetime) -> Iterator[TestClient]:
    app = Starlette(
        routes=[*reading.ROUTES, *features.ROUTES],
        middleware=[Middleware(Guard)],
        exception_handlers=dict(answers.HANDLERS),
    )
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as made:
        yield made


@pytest.fixture
def admin(client: TestClient) -> Who:
    return rows.a_person(Role.ADMIN, "管理员")


@pytest.fixture
def token(admin: Who, noon: datetime) -> str:
    return tokens.make("一张图", list(Scope), days=30, by=admin, now=noon)


@pytest.fixture
def get(client: TestClient, token: str) -> Get:
    def asked(path: str, **query: Any) -> Any:
        return client.get(path, params=query, headers={"Authorization": f"Bearer {token}"})

    return asked


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/entries", "/api/ogc/", "/api/ogc/collections/x/items"])
def test_a_stranger_is_told_how_to_come(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["id"]) == (401, "token-needed")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_token_reads_only_what_it_is_for(client: TestClient, admin: Who, noon: datetime) -> None:
    token = tokens.make("一张图", [Scope.PARCELS], days=30, by=admin, now=noon)
    as_password = ("qgis", token)
    assert client.get("/api/v1/parcels", auth=as_password).status_code == 200
    for path in ("/api/v1/entries", "/api/ogc/collections/photos/items"):
        answer = client.get(path, auth=as_password)
        assert (answer.status_code, answer.json()["id"]) == (403, "out-of-scope")
    named = client.get("/api/ogc/collections", auth=as_password).json()["collections"]
    assert [each["id"] for each in named] == ["parcels"]


def test_a_signed_in_person_reads_what_they_see_whole(client: TestClient, noon: datetime) -> None:
    def signed_in(name: str, role: Role, **more: Any) -> dict[str, str]:
        new = NewPerson(name, name, role, PASSWORD, must_change_password=False, **more)
        accounts.add_person(new, by=None, now=noon)
        return {COOKIE: accounts.sign_in(name, PASSWORD, address="::1", browser="", now=noon)}

    rows.units_of_the_plan()
    client.cookies.update(signed_in("office", Role.OFFICE))
    assert client.get("/api/v1/entries").status_code == 200
    client.cookies.update(signed_in("unit", Role.UNIT, unit="留山镇人民政府"))
    answer = client.get("/api/v1/entries")  # sees its own entries: in the app, not here
    assert (answer.status_code, answer.json()["id"]) == (403, "not-allowed")


def test_nothing_can_be_written_by_these_ways(client: TestClient, token: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(
            method, "/api/v1/entries", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 405


# --- what is read ----------------------------------------------------------------------------


def test_an_entry_is_read_with_its_units_its_place_and_when_it_changed(
    get: Get, noon: datetime
) -> None:
    office = rows.a_person(Role.OFFICE, "钱主任")
    parcel = rows.a_parcel_row(number="N1")
    entry = rows.an_entry(
        ["留山镇人民政府", "林业局"], number="411321-2-2026-0001", parcel_id=parcel
    )
    later = noon + timedelta(hours=2)
    entries.change(entry, 1, {"remark": "补充"}, why="x", who=office, now=later)
    (item,) = get("/api/v1/entries").json()["items"]
    assert item["number"] == "411321-2-2026-0001"
    assert item["units"] == ["留山镇人民政府", "林业局"]
    assert (item["parcel"], item["township"], item["edition"]) == ("N1", "留山镇", 2)
    assert item["updated_at"] == later.isoformat().replace("+00:00", "Z")
    assert numbers(get("/api/v1/entries", updated_since=later.isoformat())) == [item["number"]]
    after = (later + timedelta(seconds=1)).isoformat()
    assert numbers(get("/api/v1/entries", updated_since=after)) == []


def test_entries_are_filtered_by_ledger_state_and_township(get: Get) -> None:
    rows.an_entry(number="411321-2-2026-0001")
    rows.an_entry(number="411321-3-2026-0002", category=3, township_code=rows.HUANGHOU)
    assert numbers(get("/api/v1/entries", category="3")) == ["411321-3-2026-0002"]
    assert numbers(get("/api/v1/entries", township_code=rows.LIUSHAN)) == ["411321-2-2026-0001"]
    assert numbers(get("/api/v1/entries", state="待整改", category="2")) == ["411321-2-2026-0001"]
    assert numbers(get("/api/v1/entries", state="已销号")) == []
    assert numbers(get("/api/v1/entries", number="411321-3-2026-0002")) == ["411321-3-2026-0002"]


def test_a_long_list_comes_in_pages_each_thing_once(
    get: Get, client: TestClient, token: str
) -> None:
    wanted = [f"411321-2-2026-{n:04d}" for n in range(1, 8)]
    for number in wanted:
        rows.an_entry(number=number)
    found: list[str] = []
    answer = get("/api/v1/entries", limit="3")
    pages = 0
    while True:
        pages += 1
        found += numbers(answer)
        following = answer.json()["next"]
        if following is None:
            break
        if pages == 1:
            rows.an_entry(number="411321-2-2026-0099")  # comes in meanwhile: shifts nothing
        answer = client.get(following, headers={"Authorization": f"Bearer {token}"})
    assert found == [*wanted, "411321-2-2026-0099"]
    assert pages == 3


def test_parcels_are_found_by_window_project_and_change(get: Get, noon: datetime) -> None:
    project = rows.a_project("P1")
    rows.a_parcel_row(number="here", project_id=project)
    far = rows.geo.moved(rows.HERE, east_m=5000.0, north_m=0.0)
    rows.a_parcel_row(far, number="there", created_at=noon + timedelta(days=2))
    assert numbers(get("/api/v1/parcels")) == ["here", "there"]
    at = rows.HERE
    window = f"{at.lon - 0.001},{at.lat - 0.001},{at.lon + 0.001},{at.lat + 0.001}"
    (item,) = get("/api/v1/parcels", bbox=window).json()["items"]
    assert (item["number"], item["project"], item["area_mu"]) == ("here", "P1", 3.75)
    assert numbers(get("/api/v1/parcels", project="P1")) == ["here"]
    since = (noon + timedelta(days=1)).isoformat()
    assert numbers(get("/api/v1/parcels", updated_since=since)) == ["there"]


def test_findings_are_read_with_the_state_of_their_visit(get: Get) -> None:
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    rows.a_submitted_inspection(who)
    (item,) = get("/api/v1/findings", state=str(InspectionState.SUBMITTED)).json()["items"]
    assert (item["category"], item["photos"], item["state"]) == (2, 2, "已提交")
    assert "何映" not in str(item)
    assert get("/api/v1/findings", state="草稿").json()["items"] == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("entries", {"colour": "red"}),
        ("entries", {"limit": "0"}),
        ("entries", {"limit": "-1"}),
        ("entries", {"limit": "x"}),
        ("entries", {"cursor": "99999999999"}),
        ("entries", {"category": "7"}),
        ("entries", {"state": "不存在"}),
        ("entries", {"updated_since": "yesterday"}),
        ("entries", {"updated_since": "2026-04-15T00:00:00"}),  # without a zone
        ("entries", {"number": "x" * 300}),
        ("entries", {"number": "a\x00"}),
        ("entries", {"bbox": "1,2,3,4"}),  # entries have no place of their own
        ("parcels", {"bbox": "1,2,3"}),
        ("parcels", {"bbox": "1,5,3,4"}),
        ("parcels", {"bbox": "nan,2,3,4"}),
        ("parcels", {"bbox": "1,2,3,400"}),
    ],
)
def test_what_is_not_understood_is_refused_with_its_name(
    get: Get, path: str, query: dict[str, str]
) -> None:
    answer = get(f"/api/v1/{path}", **query)
    assert (answer.status_code, answer.json()["id"]) == (400, "bad-query")


def test_the_same_parameter_twice_is_refused(client: TestClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.get("/api/v1/entries?limit=1&limit=2", headers=headers)
    assert answer.status_code == 400


def test_more_than_the_most_is_the_most(get: Get) -> None:
    assert get("/api/v1/entries", limit="5000").status_code == 200


def test_a_plus_sign_that_became_a_blank_is_understood(get: Get) -> None:
    assert get("/api/v1/entries", updated_since="2026-04-15T08:00:00 08:00").status_code == 200
