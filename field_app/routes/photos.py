"""Photos over HTTP: `PUT /api/v1/photos/{sha256}` takes the raw bytes under their own name.

Repeating is harmless. The body is hashed while it arrives, and one that is too large is refused
before it has been read.
"""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import unquote

from anyio import to_thread
from sqlmodel import col, select
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app import clock, inspections
from field_app.accounts import clean_name
from field_app.captures import intake
from field_app.captures.receipts import Receipt
from field_app.db import reading
from field_app.inspections import PhotoReceipt
from field_app.problems import (
    BAD_CAPTURE,
    BAD_INPUT,
    EMPTY_PHOTO,
    HASH_MISMATCH,
    NOT_A_SHA256,
    NOT_A_UUID,
    NOT_FOUND,
    OTHER_PERSON,
    PASSWORD_CHANGE_NEEDED,
    PHOTO_TOO_LARGE,
    SIGN_IN_NEEDED,
)
from field_app.roles import Action, Who, require
from field_app.settings import settings
from field_app.words import clean
from models.tables import Blob, Photo
from photos.hashing import Hashed, Hashing

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
MAX_ID = 2**31 - 1  # of an integer column in PostgreSQL
_CAPTURE_MAX = 8_000  # characters; ours are about 600


def signed_in(request: Request) -> Who:
    """The person behind the request; a refusal where there is none, or where somebody else
    still knows the password."""
    who: Who | None = request.state.who
    if who is None:
        raise SIGN_IN_NEEDED()
    if who.must_change_password:
        raise PASSWORD_CHANGE_NEEDED()
    # In another tab somebody else may have signed in: what is one person's is not taken as the
    # other's. The page says whose its contents are; tools say nothing.
    owner = unquote(request.headers.get("x-owner", ""))
    if owner and clean_name(owner) != who.name:
        raise OTHER_PERSON(name=who.name, owner=clean(owner)[:40])
    return who


def _name(request: Request) -> str:
    sha256: str = request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise NOT_A_SHA256()
    return sha256


def _inspection(request: Request) -> int | None:
    given = request.query_params.get("inspection")
    if given is None:
        return None
    if not given.isascii() or not given.isdecimal() or len(given) > 15:
        raise BAD_INPUT(what="inspection 应为核查编号（数字）。")
    if int(given) > MAX_ID:
        raise NOT_FOUND(what="这次核查")
    return int(given)


def uuid_of(text: str) -> str:
    """A capture's uuid, as it stands in an address. Raises NOT_A_UUID."""
    if not _UUID.fullmatch(text):
        raise NOT_A_UUID()
    return text


def capture_of(header: str) -> dict[str, Any]:
    """The `X-Capture` header, base64url of a JSON object; {} where a tool sends none."""
    if not header:
        return {}
    if len(header) > _CAPTURE_MAX:
        raise BAD_CAPTURE(what="太长")
    try:
        text = base64.b64decode(header + "=" * (-len(header) % 4), altchars=b"-_", validate=True)
        found = json.loads(text)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BAD_CAPTURE(what="X-Capture") from error
    if not isinstance(found, dict):
        raise BAD_CAPTURE(what="X-Capture")
    return found


async def _body(request: Request, sha256: str) -> Hashed:
    """The whole body, which hashes to `sha256` and is within the limit."""
    limit_mb = settings().photo_max_mb
    limit = int(limit_mb * 2**20)
    too_large = PHOTO_TOO_LARGE(limit_mb=f"{limit_mb:g}")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    coming = Hashing()
    async for part in request.stream():
        if coming.size + len(part) > limit:
            raise too_large
        coming.take(part)
    if coming.size == 0:
        raise EMPTY_PHOTO()
    photo = coming.whole()
    if photo.sha256 != sha256:
        raise HASH_MISMATCH()
    return photo


async def put_photo(request: Request) -> Response:
    """Takes a photo: into an open visit, for a capture, or only into the store."""
    who, sha256, inspection_id = signed_in(request), _name(request), _inspection(request)
    require(who, Action.TAKE_PHOTOS)  # before 50 MB have travelled
    kind = request.query_params.get("kind", "")
    capture = capture_of(request.headers.get("x-capture", ""))
    named = request.query_params.get("capture", "")
    uuid = uuid_of(named) if named else ""
    try:
        photo = await _body(request, sha256)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    now = clock.now()

    def take() -> tuple[PhotoReceipt, list[Receipt]]:
        if inspection_id is None:
            return intake.receive_bytes(photo, who, capture=uuid, now=now)
        attached = inspections.attach_photo(
            photo.data,
            sha256=photo.sha256,
            inspection_id=inspection_id,
            kind=kind,
            capture=capture,
            who=who,
            now=now,
        )
        return attached, []

    receipt, captures = await to_thread.run_sync(take)
    return JSONResponse(
        _told(receipt, captures[0] if captures else None),
        status_code=201 if receipt.first else 200,
        headers={"Cache-Control": "no-store"},
    )


def _told(receipt: PhotoReceipt, capture: Receipt | None) -> dict[str, Any]:
    """The receipt of the bytes; where they belong to a capture, with what became of that."""
    own = {
        "sha256": receipt.sha256,
        "received_at": receipt.received_at.isoformat(),
        "photo_held": True,
    }
    if capture is not None:
        return capture.as_json() | own
    return own | {
        "photo_id": receipt.photo_id,
        "grade": receipt.grade,
        "verdict": receipt.verdict,
        "sentences": list(receipt.sentences),
    }


def _held(sha256: str, who: Who) -> dict[str, Any] | None:
    """What is held of these bytes from this person; None where nothing is."""
    with reading() as session:
        blob = session.get(Blob, sha256)
        query = (
            select(Photo)
            .where(
                Photo.sha256 == sha256, Photo.person_id == who.id, col(Photo.removed_at).is_(None)
            )
            .order_by(col(Photo.id))
        )
        uses = list(session.exec(query))
    if blob is None or (blob.person_id != who.id and not uses):
        return None
    return {
        "sha256": sha256,
        "size": blob.size,
        "media_type": blob.media_type,
        "received_at": blob.received_at.isoformat(),
        "uses": [
            {
                "photo_id": use.id,
                "inspection": use.inspection_id,
                "kind": use.kind,
                "grade": use.grade,
                "verdict": use.verdict,
            }
            for use in uses
        ],
    }


async def get_photo(request: Request) -> Response:
    """Whether the photo is held, for the one who sent it; nobody else learns of it."""
    who, sha256 = signed_in(request), _name(request)
    held = await to_thread.run_sync(_held, sha256, who)
    if held is None:
        raise NOT_FOUND(what="这张照片")
    return JSONResponse(held, headers={"Cache-Control": "no-store"})


ROUTES = [
    Route("/api/v1/photos/{sha256}", put_photo, methods=["PUT"]),
    Route("/api/v1/photos/{sha256}", get_photo, methods=["GET"]),
]
