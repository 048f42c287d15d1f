from collections.abc import Iterator
from datetime import datetime

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from field_app import accounts
from field_app.accounts import NewPerson
from field_app.guard import COOKIE, Guard
from field_app.problems import Problem
from field_app.routes import answers, health, signin
from field_app.routes.signin import safe_next
from models.vocabulary import Role
from tests.databases import environment

PASSWORD = "麦田里的守望者123"


@pytest.fixture
def client(database: str, noon: datetime) -> Iterator[TestClient]:
    app = Starlette(
        routes=[*signin.ROUTES, *health.ROUTES],
        middleware=[Middleware(Guard)],
        exception_handlers={Problem: answers.problem_answer},
    )
    with TestClient(app, follow_redirects=False) as made:
        yield made


@pytest.fixture
def heying(client: TestClient, noon: datetime) -> TestClient:
    new = NewPerson("heying", "何映", Role.INSPECTOR, PASSWORD, must_change_password=False)
    accounts.add_person(new, by=None, now=noon)
    return client


def test_the_form_signs_in_and_goes_on_to_where_one_wanted(heying: TestClient) -> None:
    form = {"name": "heying", "password": PASSWORD, "next": "/inspect?visit=3"}
    answer = heying.post("/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inspect?visit=3")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # plain http on this machine; see the next test
    assert heying.get("/api/v1/me").json() == {
        "name": "heying",
        "display": "何映",
        "role": "核查员",
    }


def test_over_https_the_cookie_is_secure(heying: TestClient) -> None:
    with environment(PUBLIC_URL="https://hecha.example"):
        answer = heying.post("/login", data={"name": "heying", "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]


def test_a_wrong_password_keeps_the_name_and_says_so(heying: TestClient) -> None:
    answer = heying.post("/login", data={"name": 'he"><b>ying', "password": "x"})
    assert answer.status_code == 401
    assert "账号或密码不对" in answer.text
    assert 'value="he&quot;&gt;&lt;b&gt;ying"' in answer.text
    assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down(heying: TestClient) -> None:
    for _ in range(5):
        heying.post("/login", data={"name": "heying", "password": "guess"})
    answer = heying.post("/login", data={"name": "heying", "password": PASSWORD})
    assert answer.status_code == 429
    assert "请 15 分钟后再试" in answer.text


def test_signing_out_ends_the_session_and_the_cookie(heying: TestClient) -> None:
    heying.post("/login", data={"name": "heying", "password": PASSWORD})
    token = heying.cookies[COOKIE]
    heying.post("/logout")
    assert COOKIE not in heying.cookies
    heying.cookies.set(COOKIE, token)  # a thief kept a copy
    assert heying.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/tasks", "/tasks"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/tasks", "/"),
        ("javascript:alert(1)", "/"),
        ("tasks", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
    ],
)
def test_signing_in_never_leads_to_another_site(target: str, goes: str) -> None:
    assert safe_next(target) == goes


@pytest.mark.parametrize("next_", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_a_forged_link_to_the_sign_in_page_is_harmless(heying: TestClient, next_: str) -> None:
    page = heying.get("/login", params={"next": next_})
    assert "evil" not in page.text


def test_the_first_administrator_comes_by_the_link(client: TestClient, noon: datetime) -> None:
    token = accounts.make_setup_link(now=noon)
    assert "创建管理员" in client.get("/setup", params={"token": token}).text
    form = {"token": token, "name": "guanli", "password": PASSWORD, "again": "另一个不同的口令"}
    refused = client.post("/setup", data=form)
    assert (refused.status_code, "两次输入的密码不一样" in refused.text) == (422, True)
    done = client.post("/setup", data={**form, "again": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/login")
    assert client.get("/setup", params={"token": token}).status_code == 410
    assert client.post("/setup", data={**form, "name": "second"}).status_code in (410, 422)
    signed = client.post("/login", data={"name": "guanli", "password": PASSWORD})
    assert signed.status_code == 303


def test_a_made_up_setup_link_opens_nothing(client: TestClient) -> None:
    assert client.get("/setup", params={"token": "x"}).status_code == 410
    assert client.get("/setup").status_code == 410


def test_a_giant_form_is_refused(client: TestClient) -> None:
    answer = client.post("/login", data={"name": "x" * 50_000, "password": "y"})
    assert 400 <= answer.status_code < 500


def test_ready_means_that_the_database_answers(client: TestClient, tmp_path: object) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "database": True}
    with environment(DATA_DIR=f"{tmp_path}/empty", DATABASE_URL=""):
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
