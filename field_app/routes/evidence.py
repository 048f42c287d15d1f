"""Photos for those who may see them: `/evidence/{photo_id}?size=small|full` or `?original=1`.

Small and converted pictures are kept under DATA_DIR/cache by the hash of the photo; the folder
may be emptied at any time. Who may see a photo is asked at every request, cached or not.
"""

import contextlib
import io
import os
import tempfile
from pathlib import Path

import pillow_heif
from anyio import to_thread
from PIL import Image, ImageOps
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from field_app import inspections
from field_app.db import reading
from field_app.inspections.photos import whose_photo
from field_app.problems import BAD_INPUT, NO_PREVIEW, NOT_FOUND
from field_app.roles import Action, Who, require
from field_app.routes.photos import signed_in
from field_app.settings import settings
from models.tables import Photo
from photos.pixels import MAX_HEIC_PIXELS, MAX_PIXELS

_LONGEST = {"small": 640, "full": 2560}  # pixels
_QUALITY = {"small": 72, "full": 85}
_SHOWN = {"image/jpeg": "jpg", "image/heic": "heic", "image/png": "png"}
# What a decoder may do with bytes from a stranger; see photos/pixels.py.
_DECODE_FAILURES = (OSError, SyntaxError, ValueError, IndexError, RuntimeError, TypeError,
                    KeyError, MemoryError, Image.DecompressionBombError)  # fmt: skip
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


def picture(data: bytes, longest_px: int, quality: int) -> bytes:
    """A JPEG of at most `longest_px`, upright, without metadata. NO_PREVIEW where it cannot be."""
    try:
        with _opened(data) as found:
            if found.width * found.height > MAX_PIXELS:
                raise NO_PREVIEW(why="像素太多")
            found.draft("RGB", (longest_px, longest_px))
            upright = ImageOps.exif_transpose(found)
            upright.thumbnail((longest_px, longest_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
            out = io.BytesIO()
            upright.convert("RGB").save(out, "JPEG", quality=quality, progressive=True)
    except _DECODE_FAILURES as error:
        raise NO_PREVIEW(why="文件已损坏或不是照片") from error
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    if data[4:8] == b"ftyp":
        heif = pillow_heif.open_heif(data)
        if heif.size[0] * heif.size[1] > MAX_HEIC_PIXELS:
            raise NO_PREVIEW(why="像素太多")
        return heif.to_pillow()
    return Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))


def _cached(sha256: str, size: str) -> Path:
    return settings().data_dir / "cache" / "pictures" / sha256[:2] / f"{sha256}-{size}.jpg"


def _keep(path: Path, data: bytes) -> None:
    """Under its name only when whole. A full disk costs time at the next request, no more."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(data)
        os.replace(part.name, path)


def _shown(photo_id: int, size: str, who: Who) -> bytes:
    path = _cached(_seen_by(photo_id, who), size)
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    data, media_type = inspections.photo_bytes(photo_id, who)
    if size == "full" and media_type == "image/jpeg":
        return data  # browsers turn a JPEG upright themselves, and a person judges the real one
    made = picture(data, _LONGEST[size], _QUALITY[size])
    _keep(path, made)
    return made


async def evidence(request: Request) -> Response:
    """The picture, or with `original=1` the bytes as they came, for downloading."""
    who: Who = signed_in(request)
    photo_id: int = request.path_params["photo_id"]
    if photo_id >= 2**63:
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
            raise BAD_INPUT(what="size 应为 small 或 full。")
        data = await to_thread.run_sync(_shown, photo_id, size, who)
        media_type, disposition = "image/jpeg", f'inline; filename="photo-{photo_id}-{size}.jpg"'
    return Response(
        data, media_type=media_type, headers={**_HEADERS, "Content-Disposition": disposition}
    )


ROUTES = [Route("/evidence/{photo_id:int}", evidence, methods=["GET"])]
