"""Lists for other systems: `GET /api/v1/entries`, `/parcels`, `/findings`."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app import clock
from field_app.access import asking, layers
from field_app.access.layers import Layer
from field_app.access.reader import Reader, reader
from field_app.access.register import LISTS
from field_app.guard import client_address
from field_app.problems import BAD_QUERY, Problem
from field_app.routes.answers import problem_response
from field_app.settings import settings

NO_STORE = {"Cache-Control": "no-store"}
Handler = Callable[[Request], Awaitable[Response]]


def challenged(handler: Handler) -> Handler:
    """Tells a program that came without a token how to send one; programs for maps ask first."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except Problem as problem:
            response = problem_response(problem, request)
            if problem.kind.status == 401:
                response.headers["WWW-Authenticate"] = 'Basic realm="hecha", charset="UTF-8"'
            return response

    return answer


async def who_reads(request: Request) -> Reader:
    """The reader behind a request."""
    given = request.headers.get("authorization", "")
    address = client_address(request.scope, request.headers)
    who, now = request.state.who, clock.now()
    return await to_thread.run_sync(lambda: reader(given, who, address=address, now=now))


def query_of(request: Request) -> dict[str, str]:
    """The query, each name once. Raises BAD_QUERY."""
    given = request.query_params.multi_items()
    query = dict(given)
    if len(query) != len(given):
        raise BAD_QUERY(what="同一个参数给了两次。")
    return query


def base_of(request: Request) -> str:
    """The address that the other side reaches us by, without a slash at its end."""
    return settings().public_url.rstrip("/") or str(request.base_url).rstrip("/")


def next_link(request: Request, query: dict[str, str], after: int) -> str:
    """The address of the next page."""
    return f"{base_of(request)}{request.url.path}?{urlencode(query | {'cursor': str(after)})}"


def _list(layer: Layer) -> Handler:
    async def answer(request: Request) -> Response:
        (await who_reads(request)).require(layer)
        query = query_of(request)
        general = {"updated_since", "limit", "cursor", *(["bbox"] if layer.boxed else [])}
        wanted = asking.wanted(query, layer.reads, known=general)
        page = await to_thread.run_sync(lambda: layers.page(layer, wanted))
        following = None if page.after is None else next_link(request, query, page.after)
        return JSONResponse(
            {"items": [item.properties for item in page.items], "next": following},
            headers=NO_STORE,
        )

    return challenged(answer)


ROUTES = [Route(f"/api/v1/{layer.name}", _list(layer), methods=["GET"]) for layer in LISTS]
