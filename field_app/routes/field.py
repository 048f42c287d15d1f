"""What a phone asks for before it goes out: the time, its registration, codes, and the 离线包."""

import gzip
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from field_app import clock
from field_app.captures import codes, devices, package
from field_app.captures.devices import DeviceRow
from field_app.problems import BAD_INPUT
from field_app.roles import Action, require
from field_app.routes.bodies import answer, json_body
from field_app.routes.photos import signed_in

_BODY_KB = 4


async def get_time(request: Request) -> Response:
    """The server's clock, for a phone that asks how wrong its own is."""
    signed_in(request)
    return answer({"now": clock.now().isoformat()})


def device_as_json(row: DeviceRow) -> dict[str, Any]:
    """A device for its owner."""
    moments = {"registered_at": row.registered_at, "used_at": row.used_at}
    return {
        "key_id": row.key_id,
        "name": row.name,
        **{name: at.isoformat() if at else None for name, at in moments.items()},
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
    }


async def post_device(request: Request) -> Response:
    """Registers this browser's key for the signed-in person."""
    who = signed_in(request)
    require(who, Action.TAKE_PHOTOS)
    body = await json_body(request, _BODY_KB)
    public_key, name = body.get("public_key"), body.get("name", "")
    if not isinstance(public_key, str) or not isinstance(name, str):
        raise BAD_INPUT(what="public_key 应为 base64url 文字，name 应为文字。")
    now = clock.now()
    row = await to_thread.run_sync(lambda: devices.register(public_key, name, who, now=now))
    return answer(device_as_json(row))


async def get_devices(request: Request) -> Response:
    """One's own devices."""
    rows = await to_thread.run_sync(devices.mine, signed_in(request))
    return answer({"devices": [device_as_json(row) for row in rows]})


async def post_revoke(request: Request) -> Response:
    """Ends a device: one's own, or any for an administrator."""
    who, key_id, now = signed_in(request), str(request.path_params["key_id"]), clock.now()
    row = await to_thread.run_sync(lambda: devices.revoke(key_id, who, now=now))
    return answer(device_as_json(row))


async def post_codes(request: Request) -> Response:
    """New one-time codes for a device of one's own."""
    who = signed_in(request)
    require(who, Action.TAKE_PHOTOS)
    body = await json_body(request, _BODY_KB)
    key_id, offline, online = body.get("key_id"), body.get("offline", 0), body.get("online", 0)
    counts = (offline, online)
    if not isinstance(key_id, str) or any(type(n) is not int for n in counts):
        raise BAD_INPUT(what="key_id 应为文字，offline 和 online 应为整数。")
    now = clock.now()
    given = await to_thread.run_sync(
        lambda: codes.issue(key_id, offline=offline, online=online, who=who, now=now)
    )
    return answer(
        {
            "codes": [
                {
                    "code": each.code,
                    "offline": each.offline,
                    "issued_at": each.issued_at.isoformat(),
                    "expires_at": each.expires_at.isoformat(),
                }
                for each in given
            ]
        }
    )


async def get_package(request: Request) -> Response:
    """The offline package; 304 where the phone has it already."""
    who, now = signed_in(request), clock.now()
    has = [
        t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")
    ]
    made = await to_thread.run_sync(lambda: package.make(who, now=now, has=has))
    # Not kept by the browser itself: the page keeps it, and asks for what is new.
    headers = {"ETag": made.etag, "Cache-Control": "no-store", "Vary": "Cookie, Accept-Encoding"}
    if made.body is None:
        return Response(status_code=304, headers=headers)
    await to_thread.run_sync(lambda: package.note_issue(made.task_ids, who, now=now))
    body = made.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = await to_thread.run_sync(lambda: gzip.compress(made.body or b"", 6, mtime=0))
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)


ROUTES = [
    Route("/api/v1/time", get_time, methods=["GET"]),
    Route("/api/v1/devices", post_device, methods=["POST"]),
    Route("/api/v1/devices", get_devices, methods=["GET"]),
    Route("/api/v1/devices/{key_id}/revoke", post_revoke, methods=["POST"]),
    Route("/api/v1/codes", post_codes, methods=["POST"]),
    Route("/api/v1/package", get_package, methods=["GET"]),
]
