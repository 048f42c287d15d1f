"""Our own static files: scripts, styles, icons, vendored libraries.

`url()` puts a digest of all files into the address, so that a browser keeps what it has for a
year and still sees a new version at once; modules import each other by relative paths and so
inherit the digest. The same file at its plain address is revalidated by its ETag. Everything is
kept in memory, compressed once: the whole folder is smaller than one photo.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app.problems import NOT_FOUND
from field_app.settings import ROOT, settings

STATIC = ROOT / "field_app" / "static"
_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
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


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent. `gzipped` is empty where compressing does not help."""

    body: bytes
    gzipped: bytes
    media_type: str
    etag: str


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Every file by its address; only these are served, so no path can climb out."""
    found = (p for p in sorted(STATIC.rglob("*")) if p.is_file())
    return {
        p.relative_to(STATIC).as_posix(): p
        for p in found
        if not any(part.startswith(".") for part in p.relative_to(STATIC).parts)
    }


@lru_cache(maxsize=1)
def version() -> str:
    """A digest over all files and their names."""
    digest = hashlib.sha256()
    for name, path in _files().items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def url(name: str) -> str:
    """The address of a file of `static/`, to be kept for ever; KeyError where there is none."""
    if name not in _files():
        raise KeyError(f"no such static file: {name}")
    return f"/assets/~{version()}/{name}"


@lru_cache(maxsize=512)
def _asset(name: str) -> Asset:
    path = _files()[name]
    body = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0]
    small = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else b""
    return Asset(
        body,
        small if len(small) < 0.9 * len(body) else b"",
        media_type or "application/octet-stream",
        f'"{hashlib.sha256(body).hexdigest()[:20]}"',
    )


def _answer(request: Request, asset: Asset, cache: str) -> Response:
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


async def static_file(request: Request) -> Response:
    """`/assets/~digest/name` or `/assets/name`."""
    name: str = request.path_params["name"]
    cache = _REVALIDATE
    if name.startswith("~"):
        digest, _, name = name[1:].partition("/")
        # After an update, a page that is still open asks by the old digest: it gets today's
        # file, but must not keep it under that name.
        cache = _FOREVER if digest == version() else _REVALIDATE
    if name not in _files():
        raise NOT_FOUND(what="这个文件")
    return _answer(request, _asset(name), cache)


async def favicon(request: Request) -> Response:
    return _answer(request, _asset("icons/icon-64.png"), "public, max-age=86400")


async def manifest(_request: Request) -> Response:
    """What a phone needs to put the app on its home screen."""
    icons = [
        {"src": url(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (144, 192, 512)
    ]
    icons.append(
        {
            "src": url("icons/maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        }
    )
    return JSONResponse(
        {
            "name": f"实地核查 · {settings().county_name}",
            "short_name": "实地核查",
            "lang": "zh-CN",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "theme_color": "#0b5d3b",
            "background_color": "#ffffff",
            "icons": icons,
        },
        media_type="application/manifest+json",
        headers={"Cache-Control": _REVALIDATE},
    )


ROUTES = [
    Route("/assets/{name:path}", static_file, methods=["GET"]),
    Route("/favicon.ico", favicon, methods=["GET"]),
    Route("/favicon.png", favicon, methods=["GET"]),
    Route("/manifest.webmanifest", manifest, methods=["GET"]),
]
