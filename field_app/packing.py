"""Static files, compressed once and kept in memory; ours, and Streamlit's own.

Streamlit sends its scripts as they are: 3 MB for a first visit. On a hillside that is half a
minute, so they go through here, packed, before Streamlit sees the request.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
_COMPRESSED = (".js", ".css", ".svg", ".json", ".html", ".md", ".pbf", ".map")
# Given here, not asked of the machine: a registry of file types without .mjs or .woff2 would
# make browsers refuse the file under `nosniff`.
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".pbf": "application/x-protobuf",
    ".md": "text/plain; charset=utf-8",
}
_PREFIX = "/static/"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent. `gzipped` is empty where compressing does not help."""

    body: bytes
    gzipped: bytes
    media_type: str
    etag: str


@lru_cache(maxsize=1024)
def packed(path: Path) -> Asset:
    """The file as it is sent, read and compressed at its first request."""
    body = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    small = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else b""
    return Asset(
        body,
        small if len(small) < 0.9 * len(body) else b"",
        media_type or "application/octet-stream",
        f'"{hashlib.sha256(body).hexdigest()[:20]}"',
    )


def answer(request: Request, asset: Asset, cache: str) -> Response:
    """The file, packed where the browser takes it so, or 304 where it has it already."""
    headers = {"Cache-Control": cache, "ETag": asset.etag, "X-Content-Type-Options": "nosniff"}
    if asset.gzipped:
        headers["Vary"] = "Accept-Encoding"
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if asset.etag in known or "W/" + asset.etag in known:
        return Response(status_code=304, headers=headers)
    body = asset.body
    if asset.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = asset.gzipped
    return Response(body, media_type=asset.media_type, headers=headers)


@lru_cache(maxsize=1)
def _streamlits() -> dict[str, Path]:
    """Streamlit's scripts and styles by their address; their names carry their digest."""
    folder = Path(streamlit.__file__).parent / "static"
    return {
        _PREFIX + p.relative_to(folder / "static").as_posix(): p
        for p in (folder / "static").rglob("*")
        if p.suffix in (".js", ".css")
    }


class PackedStatics:
    """Middleware: answers for Streamlit's scripts and styles, and leaves all else alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            path = _streamlits().get(scope["path"])
            if path is not None:
                asset = await to_thread.run_sync(packed, path)
                await answer(Request(scope), asset, FOREVER)(scope, receive, send)
                return
        await self.app(scope, receive, send)
