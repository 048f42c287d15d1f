"""Attachments of what was sent for milestones: `/milestones/files/{submission_id}`.

A stranger's document: it is only ever saved, never shown by the browser in our place, under a name
that is ours.
"""

from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from field_app.inspections.held import bytes_of
from field_app.milestones import files, sending
from field_app.problems import NOT_FOUND
from field_app.roles import Who
from field_app.routes.photos import MAX_ID, signed_in

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Vary": "Cookie",
}


async def attachment(request: Request) -> Response:
    """The attachment, for who may see what was sent."""
    who: Who = signed_in(request)
    number: int = request.path_params["number"]
    if number > MAX_ID:
        raise NOT_FOUND(what="附件")

    def found() -> tuple[bytes, str]:
        sha256, kind = sending.file_of(number, who)
        return bytes_of(sha256), kind

    data, kind = await to_thread.run_sync(found)
    name = f"报送{number}.{kind}"
    said = f"attachment; filename=\"submission-{number}.{kind}\"; filename*=UTF-8''{quote(name)}"
    return Response(
        data, media_type=files.TYPES[kind], headers={**_HEADERS, "Content-Disposition": said}
    )


ROUTES = [Route("/milestones/files/{number:int}", attachment, methods=["GET"])]
