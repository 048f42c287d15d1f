"""JSON that comes in: read within a limit, an object or refused."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from field_app.problems import BODY_TOO_LARGE, NOT_JSON

NO_STORE = {"Cache-Control": "no-store"}


async def json_body(request: Request, limit_kb: int) -> dict[str, Any]:
    """The body as a JSON object. Raises BODY_TOO_LARGE before the rest is read, and NOT_JSON."""
    too_large, limit = BODY_TOO_LARGE(limit_kb=limit_kb), limit_kb * 1024
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise too_large
    return json_object(bytes(body))


def json_object(body: bytes) -> dict[str, Any]:
    """The object that the bytes are. Raises NOT_JSON."""
    try:
        found = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NOT_JSON() from error
    if not isinstance(found, dict):
        raise NOT_JSON()
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def answer(content: Any, *, status: int = 200) -> JSONResponse:
    """A JSON answer that nobody keeps."""
    return JSONResponse(content, status_code=status, headers=NO_STORE)
