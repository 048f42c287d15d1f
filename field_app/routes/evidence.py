"""Photos for those who may see them: `/evidence/{photo_id}?size=thumb|small|full` or `?original=1`.

Small and converted pictures are kept under DATA_DIR/cache by the hash of the photo, and so is the
reason where none can be made; the folder may be emptied at any time. Who may see a photo is asked
at every request, cached or not.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from field_app import inspections
from field_app.captures import held
from field_app.db import reading
from field_app.inspections.held import bytes_of
from field_app.inspections.ownership import whose_photo
from field_app.pictures import picture
from field_app.problems import BAD_INPUT, NO_PREVIEW, NOT_FOUND, Problem
from field_app.roles import Action, Who, require
from field_app.routes.photos import MAX_ID, signed_in
from field_app.settings import settings
from models.tables import Photo

# `thumb` is what a phone takes along of earlier visits: six a task, for some hundred tasks.
_LONGEST = {"thumb": 240, "small": 640, "full": 2560}  # pixels
_QUALITY = {"thumb": 60, "small": 72, "full": 85}
_SHOWN = {
    "image/jpeg": "jpg",
    "image/heic": "heic",
    "image/png": "png",
    "image/webp": "webp",
    "image/tiff": "tif",
}
# Beside the pool that every request uses: pictures to make never keep a sign-in waiting, and
# the memory of the largest two is the most that is taken.
_DECODERS = CapacityLimiter(2)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
    "sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Kept for an hour by this browser, and only for this session: phones are passed on.
    "Cache-Control": "private, max-age=3600",
    "Vary": "Cookie",
}


def _seen_by(photo_id: int, who: Who) -> str:
    """The hash of a photo that `who` may see."""
    with reading() as session:
        photo = session.get(Photo, photo_id)
        if photo is None:
            raise NOT_FOUND(what="照片")
        require(who, Action.SEE_INSPECTION, whose_photo(session, photo))
        return photo.sha256


def _cached(sha256: str, size: str) -> Path:
    return settings().data_dir / "cache" / "pictures" / sha256[:2] / f"{sha256}-{size}.jpg"


def _keep(path: Path, data: bytes) -> None:
    """Under its name only when whole. A full disk costs time at the next request, no more."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(data)
        os.replace(part.name, path)


def _made_before(path: Path) -> bytes | None:
    """The picture as it was made, or None where it was not. NO_PREVIEW where it cannot be."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    with contextlib.suppress(FileNotFoundError):
        raise NO_PREVIEW(why=_reason(path).read_text(encoding="utf-8"))
    return None


def _reason(path: Path) -> Path:
    return path.with_suffix(".txt")


def _found(photo_id: int, size: str, who: Who) -> tuple[Path, bytes | None]:
    path = _cached(_seen_by(photo_id, who), size)
    return path, _made_before(path)


def _made(photo_id: int, size: str, who: Who, path: Path) -> bytes:
    found = _made_before(path)  # by another request, while this one waited for its turn
    if found is not None:
        return found
    data, _ = inspections.photo_bytes(photo_id, who)
    try:
        made = picture(data, _LONGEST[size], _QUALITY[size])
    except Problem as problem:
        if problem.kind is NO_PREVIEW:
            _keep(_reason(path), str(problem.facts["why"]).encode())
        raise
    _keep(path, made)
    return made


async def held_capture(request: Request) -> Response:
    """The picture of a capture that is in no visit yet, for those who decide on it."""
    who: Who = signed_in(request)
    number: int = request.path_params["number"]
    if number > MAX_ID:
        raise NOT_FOUND(what="照片")

    def made() -> bytes:
        sha256 = held.held_bytes(number, who)
        path = _cached(sha256, "small")
        before = _made_before(path)
        if before is not None:
            return before
        small = picture(bytes_of(sha256), _LONGEST["small"], _QUALITY["small"])
        _keep(path, small)
        return small

    data = await to_thread.run_sync(made, limiter=_DECODERS)
    return Response(data, media_type="image/jpeg", headers=_HEADERS)


async def _shown(photo_id: int, size: str, who: Who) -> bytes:
    path, found = await to_thread.run_sync(_found, photo_id, size, who)
    if found is not None:
        return found
    if size == "full":
        data, media_type = await to_thread.run_sync(inspections.photo_bytes, photo_id, who)
        if media_type == "image/jpeg":
            return data  # browsers turn a JPEG upright, and a person judges the real one
    return await to_thread.run_sync(_made, photo_id, size, who, path, limiter=_DECODERS)


async def evidence(request: Request) -> Response:
    """The picture, or with `original=1` the bytes as they came, for downloading."""
    who: Who = signed_in(request)
    photo_id: int = request.path_params["photo_id"]
    if photo_id > MAX_ID:
        raise NOT_FOUND(what="照片")
    if request.query_params.get("original") == "1":
        data, media_type = await to_thread.run_sync(inspections.photo_bytes, photo_id, who)
        ending = _SHOWN.get(media_type)
        name = f"photo-{photo_id}.{ending or 'bin'}"
        disposition = f'attachment; filename="{name}"'
        media_type = media_type if ending else "application/octet-stream"
    else:
        size = request.query_params.get("size", "full")
        if size not in _LONGEST:
            raise BAD_INPUT(what="size 应为 thumb、small 或 full。")
        data = await _shown(photo_id, size, who)
        media_type, disposition = "image/jpeg", f'inline; filename="photo-{photo_id}-{size}.jpg"'
    return Response(
        data, media_type=media_type, headers={**_HEADERS, "Content-Disposition": disposition}
    )


ROUTES = [
    Route("/evidence/captures/{number:int}", held_capture, methods=["GET"]),
    Route("/evidence/{photo_id:int}", evidence, methods=["GET"]),
]
