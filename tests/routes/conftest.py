"""A server of our routes without Streamlit, and people who are signed in at it.

`as_(who)` is a client of that person; the guard's part, putting the person into the request's
state, is played here, and the guard has its own tests.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from field_app.roles import Who
from field_app.routes import (
    answers,
    assets,
    captures,
    evidence,
    field,
    milestones,
    openapi,
    packages,
    photos,
    sketches,
)


class _As:
    def __init__(self, app: ASGIApp, who: Who | None) -> None:
        self.app, self.who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["who"] = self.who
        await self.app(scope, receive, send)


@pytest.fixture
def as_() -> Iterator[Callable[[Who | None], TestClient]]:
    clients: list[TestClient] = []

    def client(who: Who | None) -> TestClient:
        routes: list[Any] = [
            *photos.ROUTES, *evidence.ROUTES, *sketches.ROUTES, *assets.ROUTES, *openapi.ROUTES,
            *captures.ROUTES, *field.ROUTES, *packages.ROUTES, *milestones.ROUTES,
        ]  # fmt: skip
        app = Starlette(
            routes=routes,
            middleware=[Middleware(_As, who=who)],
            exception_handlers=dict(answers.HANDLERS),
        )
        made = TestClient(app, raise_server_exceptions=False)
        clients.append(made)
        return made

    yield client
    for made in clients:
        made.close()
