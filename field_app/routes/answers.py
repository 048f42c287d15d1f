"""How a refusal and a crash are answered over HTTP: Problem Details (RFC 9457)."""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from field_app.problems import CRASHED, Problem

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem_response(problem: Problem, request: Request) -> Response:
    """The refusal as `application/problem+json`; where waiting may help, with Retry-After."""
    headers = {"Cache-Control": "no-store"}
    if problem.kind.retry and problem.kind.status in (429, 503):
        headers["Retry-After"] = "5"
    return JSONResponse(
        problem.details(request.url.path),
        status_code=problem.kind.status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


async def problem_answer(request: Request, error: Exception) -> Response:
    """Starlette's handler for `Problem`."""
    assert isinstance(error, Problem)
    return problem_response(error, request)


async def crash_answer(request: Request, error: Exception) -> Response:
    """Starlette's handler for everything else: logged with its trace, answered without it."""
    log.error("%s %s crashed", request.method, request.url.path, exc_info=error)
    return problem_response(CRASHED(), request)
