from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from field_app import accounts, clock
from field_app.accounts import NewPerson
from field_app.guard import COOKIE, Guard
from models.vocabulary import Role
from tests.databases import environment

PASSWORD = "麦田里的守望者123"


async def echo(request: Request) -> JSONResponse:
    who = request.state.who
    return JSONResponse(
        {"who": who.name if who else None, "header": request.headers.get("x-app-user")}
    )


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.headers.get("x-app-user", ""))
    await websocket.close()


@pytest.fixture
def client(database: str, noon: datetime) -> Iterator[TestClient]:
    """A tiny application behind the guard, and the account `heying`."""
    new = NewPerson("heying", "何映", Role.INSPECTOR, PASSWORD, must_change_password=False)
    accounts.add_person(new, by=None, now=noon)
    app = Starlette(
        routes=[
            Route("/healthz", lambda _r: PlainTextResponse("ok")),
            Route("/login", echo),
            Route("/anything", echo, methods=["GET", "POST", "PUT"]),
            Route("/evidence/1", echo),
            Route("/media/x.jpg", echo),
            WebSocketRoute("/_stcore/stream", socket),
        ],
        middleware=[Middleware(Guard)],
    )
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as made:
        yield made


def signed_in(client: TestClient, now: datetime) -> str:
    token = accounts.sign_in("heying", PASSWORD, address="::1", browser="", now=now)
    client.cookies.set(COOKIE, token)
    who = accounts.who_by_token(token, now=now)
    assert who is not None
    return str(who.sign_in_id)


def test_a_stranger_with_a_browser_is_sent_to_the_sign_in_page(client: TestClient) -> None:
    answer = client.get("/anything?visit=3", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/anything%3Fvisit%3D3"


@pytest.mark.parametrize("path", ["/anything", "/evidence/1", "/media/x.jpg", "/not/there"])
def test_a_stranger_gets_nothing_from_any_route(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["id"] == "sign-in-needed"


def test_a_stranger_cannot_open_the_socket_that_pages_travel_over(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_stcore/stream", headers={"x-app-user": "1"}),
    ):
        pass


def test_signs_of_life_need_no_sign_in(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok"


def test_the_session_reaches_the_page_and_a_forged_header_does_not(
    client: TestClient, noon: datetime
) -> None:
    number = signed_in(client, noon)
    said = client.get("/anything", headers={"X-App-User": "999"}).json()
    assert said == {"who": "heying", "header": number}
    with client.websocket_connect("/_stcore/stream", headers={"X-App-User": "999"}) as ws:
        assert ws.receive_text() == number


def test_a_stranger_cannot_name_himself_on_an_open_page(client: TestClient) -> None:
    assert client.get("/login", headers={"X-App-User": "1"}).json() == {
        "who": None,
        "header": None,
    }


def test_a_session_that_was_ended_is_a_stranger(client: TestClient, noon: datetime) -> None:
    number = signed_in(client, noon)
    accounts.sign_out(int(number), now=noon)
    assert client.get("/anything").status_code == 401


def test_a_session_too_old_is_a_stranger(client: TestClient, noon: datetime) -> None:
    signed_in(client, noon)
    with clock.frozen(noon + timedelta(days=15)):
        assert client.get("/anything").status_code == 401


def test_another_site_cannot_write_with_my_cookie(client: TestClient, noon: datetime) -> None:
    signed_in(client, noon)
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ):
        answer = client.put("/anything", headers=headers)
        assert (answer.status_code, answer.json()["id"]) == (403, "cross-site")
    assert client.put("/anything", headers={"origin": "http://testserver"}).status_code == 200
    assert client.put("/anything").status_code == 200  # a tool, no browser
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_stcore/stream", headers={"origin": "https://evil.example"}),
    ):
        pass


def test_a_broken_cookie_is_no_cookie(client: TestClient) -> None:
    for cookie in (f"{COOKIE}=", f"{COOKIE}=x" * 50, ";;;==", f'{COOKIE}="\x01"'):
        assert client.get("/anything", headers={"cookie": cookie}).status_code == 401


@pytest.mark.parametrize("odd", ['j={"a":1}', "中=1", "weird[x]=1", 'q="abc', "=", "a b=c"])
def test_an_odd_cookie_of_another_program_ends_no_session(
    odd: str, client: TestClient, noon: datetime
) -> None:
    token = accounts.sign_in("heying", PASSWORD, address="::1", browser="", now=noon)
    for cookie in (f"{odd}; {COOKIE}={token}", f"{COOKIE}={token}; {odd}"):
        answer = client.get("/anything", headers={"cookie": cookie.encode()})
        assert (answer.status_code, answer.json()["who"]) == (200, "heying")


def test_without_the_database_nobody_is_told_to_sign_in_again(
    client: TestClient, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(client, noon)

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(accounts, "who_by_token", away)
    answer = client.get("/anything")
    assert (answer.status_code, answer.json()["id"]) == (503, "busy")


def test_the_browser_is_told_to_load_nothing_from_outside(client: TestClient) -> None:
    policy = client.get("/anything").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy.replace("ws:", "")


def test_the_proxys_word_counts_only_where_the_settings_trust_it(client: TestClient) -> None:
    from starlette.datastructures import Headers

    from field_app.guard import client_address

    scope = {"type": "http", "client": ("10.0.0.1", 1)}
    headers = Headers({"x-forwarded-for": "1.2.3.4, 5.6.7.8"})
    assert client_address(scope, headers) == "10.0.0.1"
    with environment(TRUST_PROXY="1"):
        assert client_address(scope, headers) == "5.6.7.8"
