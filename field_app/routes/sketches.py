"""Sketches as pictures: `/evidence/{photo_id}/sketch` and `/evidence/visits/{id}/sketch`.

Drawn at each request, which takes a few milliseconds; who may see them is who may see the photos.
"""

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from field_app import parcel_sets
from field_app.problems import NOT_FOUND
from field_app.roles import Who
from field_app.routes.photos import MAX_ID, signed_in

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # A picture: nothing runs in it and nothing is fetched from it, opened by itself as well.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
}


async def _drawn(request: Request, draw: Callable[[int, Who], str], what: str) -> Response:
    who: Who = signed_in(request)
    number: int = request.path_params["number"]
    if number > MAX_ID:
        raise NOT_FOUND(what=what)
    svg = await to_thread.run_sync(draw, number, who)
    return Response(svg, media_type="image/svg+xml", headers=_HEADERS)


async def of_photo(request: Request) -> Response:
    """One photo beside its parcel."""
    return await _drawn(request, parcel_sets.sketch_of_photo, "照片")


async def of_visit(request: Request) -> Response:
    """All photos of a visit."""
    return await _drawn(request, parcel_sets.sketch_of_visit, "核查记录")


ROUTES = [
    Route("/evidence/{number:int}/sketch", of_photo, methods=["GET"]),
    Route("/evidence/visits/{number:int}/sketch", of_visit, methods=["GET"]),
]
