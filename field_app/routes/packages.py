"""Evidence packages and the papers of a hand-over, for those who may hand over:
`/packages/{id}`, `/packages/office-key.pem`, `/packages/verify.html`, `/hand-overs/{id}/form`."""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from field_app import clock
from field_app.packages import keys, page, register
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Who, require
from field_app.routes.photos import MAX_ID, signed_in

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Vary": "Cookie",
}


def _headers(name: str) -> dict[str, str]:
    """`name` is ours: a number, a hash, no sign that a header could not carry."""
    return {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}


def _number(request: Request, what: str) -> int:
    number: int = request.path_params["number"]
    if number > MAX_ID:
        raise NOT_FOUND(what=what)
    return number


async def package(request: Request) -> Response:
    """The sealed file, in parts; a photo that is damaged meanwhile ends it before its length."""
    who: Who = signed_in(request)
    given = await to_thread.run_sync(register.give, _number(request, "证据包"), who)
    return StreamingResponse(
        given.parts,
        media_type="application/zip",
        headers={**_headers(given.name), "Content-Length": str(given.size)},
    )


async def transfer(request: Request) -> Response:
    """The 移送单 of a hand-over."""
    who: Who = signed_in(request)
    number = _number(request, "这次移送")

    def made() -> tuple[str, bytes]:
        return register.transfer_form(number, who, now=clock.now())

    name, data = await to_thread.run_sync(made)
    return Response(data, media_type="application/pdf", headers=_headers(name))


async def office_key(request: Request) -> Response:
    """The public half of the office's key, to be published."""
    require(signed_in(request), Action.HAND_OVER)
    pem = await to_thread.run_sync(lambda: keys.office_key().public.pem)
    return Response(pem, media_type="application/x-pem-file", headers=_headers("office-key.pem"))


async def verify_page(request: Request) -> Response:
    """The page that checks packages, with the office's key in it, to be published beside it."""
    require(signed_in(request), Action.HAND_OVER)
    html = await to_thread.run_sync(lambda: page.verify_page(keys.office_key().public))
    return Response(html, media_type="text/html", headers=_headers("verify.html"))


ROUTES = [
    Route("/packages/office-key.pem", office_key, methods=["GET"]),
    Route("/packages/verify.html", verify_page, methods=["GET"]),
    Route("/packages/{number:int}", package, methods=["GET"]),
    Route("/hand-overs/{number:int}/form", transfer, methods=["GET"]),
]
