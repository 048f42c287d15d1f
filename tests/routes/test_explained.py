"""The address that every refusal carries as its `type` answers, for people and for programs."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from field_app.guard import Guard
from field_app.problems import Kind
from field_app.routes import answers, explained
from field_app.routes.openapi import declared_problems


@pytest.fixture
def stranger(database: str, noon: datetime) -> Iterator[TestClient]:
    app = Starlette(
        routes=explained.ROUTES,
        middleware=[Middleware(Guard)],
        exception_handlers=dict(answers.HANDLERS),
    )
    with TestClient(app) as made:
        yield made


@pytest.mark.parametrize("kind", declared_problems(), ids=lambda kind: kind.id)
def test_every_refusal_is_explained_without_a_gap(kind: Kind) -> None:
    said = explained.explanation(kind)
    assert re.search(r"[\u4e00-\u9fff]{4}", said)
    assert "{" not in said


def test_a_program_gets_json_and_a_browser_a_page(stranger: TestClient) -> None:
    told = stranger.get("/problems/hash-mismatch").json()
    assert (told["title"], told["status"], told["retry"]) == ("内容与名称不符", 422, True)
    assert told["type"] == "/problems/hash-mismatch"
    page = stranger.get("/problems/hash-mismatch", headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert "内容与名称不符" in page.text
    assert told["explanation"] in page.text


@pytest.mark.parametrize("unknown", ["no-such", "<b>", "%00"])
def test_an_unknown_refusal_is_not_found(unknown: str, stranger: TestClient) -> None:
    answer = stranger.get(f"/problems/{unknown}")
    assert (answer.status_code, answer.json()["id"]) == (404, "not-found")
