import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from field_app.packing import PackedStatics

FOLDER = Path(streamlit.__file__).parent / "static" / "static"


@pytest.fixture
def client() -> Iterator[TestClient]:
    async def beyond(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"beyond: {request.url.path}")

    app = Starlette(
        routes=[Route("/{path:path}", beyond, methods=["GET", "POST"])],
        middleware=[Middleware(PackedStatics)],
    )
    with TestClient(app) as made:
        yield made


def largest() -> Path:
    return max(FOLDER.rglob("*.js"), key=lambda p: p.stat().st_size)


def test_streamlits_scripts_travel_packed_and_arrive_whole(client: TestClient) -> None:
    path = largest()
    address = f"/static/{path.relative_to(FOLDER).as_posix()}"
    with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert len(raw) < 0.5 * path.stat().st_size
    assert gzip.decompress(raw) == path.read_bytes()


def test_a_browser_that_takes_no_gzip_gets_it_plain(client: TestClient) -> None:
    path = largest()
    address = f"/static/{path.relative_to(FOLDER).as_posix()}"
    answer = client.get(address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == path.read_bytes()


def test_what_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    address = f"/static/{largest().relative_to(FOLDER).as_posix()}"
    etag = client.get(address).headers["etag"]
    assert client.get(address, headers={"if-none-match": etag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../__init__.py",
        "/static/%2e%2e/%2e%2e/__init__.py",
        "/static/js/none.js",
        "/tasks",
    ],
)
def test_everything_else_goes_on_to_streamlit(path: str, client: TestClient) -> None:
    assert client.get(path).text.startswith("beyond: ")
