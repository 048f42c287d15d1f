"""How a refusal and a crash are answered over HTTP: Problem Details (RFC 9457)."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from field_app.problems import BUSY, CHANGED_MEANWHILE, CRASHED, Problem

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


async def conflict_answer(request: Request, error: Exception) -> Response:
    """Two requests wrote the same at once and the database kept one: the other may try again."""
    log.warning("%s %s met another write", request.method, request.url.path, exc_info=error)
    return problem_response(CHANGED_MEANWHILE(), request)


async def busy_answer(request: Request, error: Exception) -> Response:
    """The database is away, locked or has no connection left."""
    log.error("%s %s: no database", request.method, request.url.path, exc_info=error)
    return problem_response(BUSY(), request)


HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: problem_answer,
    IntegrityError: conflict_answer,
    OperationalError: busy_answer,
    PoolTimeout: busy_answer,
    Exception: crash_answer,
}
