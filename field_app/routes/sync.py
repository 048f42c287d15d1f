"""`POST /api/v1/sync/answers`: another system says what became of our entries. No session: the
call is signed (`sync.signing`), and read in bounded length before anything is believed of it."""

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app import clock
from field_app.problems import BAD_ANSWERS
from field_app.sync import answers
from field_app.sync.http_line import MAX_ANSWER_BYTES
from field_app.sync.states import UnknownAnswer

MOMENT, SIGNATURE = "x-sync-timestamp", "x-sync-signature"


async def put_answers(request: Request) -> Response:
    """Takes a page of answers; says how many had something new."""
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MAX_ANSWER_BYTES:
                raise BAD_ANSWERS(what="内容超过 1 MB")
            parts.append(part)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    moment, given = request.headers.get(MOMENT, ""), request.headers.get(SIGNATURE, "")
    body, now = b"".join(parts), clock.now()
    try:
        taken = await to_thread.run_sync(lambda: answers.by_webhook(moment, given, body, now=now))
    except UnknownAnswer as error:
        raise BAD_ANSWERS(what=str(error)) from error
    return JSONResponse({"taken": taken}, headers={"Cache-Control": "no-store"})


ROUTES = [Route("/api/v1/sync/answers", put_answers, methods=["POST"])]
