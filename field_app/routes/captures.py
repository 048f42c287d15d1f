"""Captures over HTTP: `PUT /api/v1/captures/{uuid}` keeps a signed record; see `field_app.captures`.

Repeating is harmless; another record under the same uuid is a conflict. Whatever an inspector sends
is kept: what is wrong with it stands in the receipt.
"""

from typing import Any

from anyio import to_thread
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from field_app import clock
from field_app.captures import held, intake, late
from field_app.captures.keeping import Envelope
from field_app.captures.late import LateRow
from field_app.captures.record import SoftMoment
from field_app.problems import BAD_INPUT
from field_app.roles import Action, require
from field_app.routes.bodies import answer, json_body
from field_app.routes.photos import signed_in, uuid_of

_BODY_KB = 256
_ASKED_KB = 128
_MOMENT: TypeAdapter[Any] = TypeAdapter(SoftMoment)


def _envelope(body: dict[str, Any]) -> Envelope:
    texts = {name: body.get(name, "") for name in ("record", "signature", "key_id")}
    if any(not isinstance(text, str) for text in texts.values()) or not texts["record"]:
        raise BAD_INPUT(what="record、signature、key_id 应为文字，record 不能为空。")
    return Envelope(**texts, sent_at=_MOMENT.validate_python(body.get("sent_at")))


async def put_capture(request: Request) -> Response:
    """Takes a record in; the answer is its receipt."""
    who, uuid = signed_in(request), uuid_of(request.path_params["uuid"])
    require(who, Action.TAKE_PHOTOS)
    sent, now = _envelope(await json_body(request, _BODY_KB)), clock.now()
    receipt, first = await to_thread.run_sync(lambda: intake.receive(uuid, sent, who, now=now))
    return answer(receipt.as_json(), status=201 if first else 200)


async def get_capture(request: Request) -> Response:
    """The receipt as it is now."""
    who, uuid = signed_in(request), uuid_of(request.path_params["uuid"])
    receipt = await to_thread.run_sync(intake.receipt, uuid, who)
    return answer(receipt.as_json())


_ASKED: TypeAdapter[list[tuple[str, str | None]]] = TypeAdapter(list[tuple[str, str | None]])


def _asked(body: dict[str, Any]) -> list[tuple[str, str | None]]:
    wrong = BAD_INPUT(
        what=f"captures 应为最多 {held.MOST_ASKED} 项的列表，每项有 uuid（文字）和 sha256（文字或 null）。"
    )
    listed = body.get("captures")
    if not isinstance(listed, list) or len(listed) > held.MOST_ASKED:
        raise wrong
    if not all(isinstance(each, dict) and "uuid" in each for each in listed):
        raise wrong
    try:
        asked = _ASKED.validate_python([(each["uuid"], each.get("sha256")) for each in listed])
    except ValidationError as error:
        raise wrong from error
    return [(uuid_of(uuid), sha256) for uuid, sha256 in asked]


async def post_held(request: Request) -> Response:
    """Which of these captures are held, record and bytes: the store is asked. And which photos of
    this person the server still waits for, whatever phone was asked."""
    who = signed_in(request)
    require(who, Action.TAKE_PHOTOS)
    asked, now = _asked(await json_body(request, _ASKED_KB)), clock.now()
    found = await to_thread.run_sync(held.what_is_held, asked, who)
    waiting = await to_thread.run_sync(late.mine, who)
    return answer(
        {
            "at": now.isoformat(),
            "held": {uuid: str(how) for uuid, how in found.items()},
            "waiting": [_waits(row) for row in waiting],
        }
    )


def _waits(row: LateRow) -> dict[str, Any]:
    return {
        "uuid": row.uuid,
        "kind": row.kind,
        "parcel": row.number,
        "made_at": row.made_at.isoformat() if row.made_at else None,
        "received_at": row.received_at.isoformat(),
    }


ROUTES = [
    Route("/api/v1/captures/held", post_held, methods=["POST"]),
    Route("/api/v1/captures/{uuid}", put_capture, methods=["PUT"]),
    Route("/api/v1/captures/{uuid}", get_capture, methods=["GET"]),
]
