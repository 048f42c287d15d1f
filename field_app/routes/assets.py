"""Our own static files: scripts, styles, icons, vendored libraries.

`url()` puts a digest of all files into the address, so that a browser keeps what it has for a
year and still sees a new version at once; modules import each other by relative paths and so
inherit the digest. The same file at its plain address is revalidated by its ETag. Everything is
kept in memory, compressed once: the whole folder is smaller than one photo.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app.packing import FOREVER, REVALIDATE, Asset, answer, packed
from field_app.problems import NOT_FOUND
from field_app.settings import ROOT, settings

STATIC = ROOT / "field_app" / "static"


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


def names() -> list[str]:
    """What there is, by its address below `static/`."""
    return list(_files())


def path(name: str) -> Path:
    """The file of that address; KeyError where there is none."""
    return _files()[name]


def url(name: str) -> str:
    """The address of a file of `static/`, to be kept for ever; KeyError where there is none."""
    if name not in _files():
        raise KeyError(f"no such static file: {name}")
    return f"/assets/~{version()}/{name}"


def _asset(name: str) -> Asset:
    return packed(_files()[name])


async def static_file(request: Request) -> Response:
    """`/assets/~digest/name` or `/assets/name`."""
    name: str = request.path_params["name"]
    cache = REVALIDATE
    if name.startswith("~"):
        digest, _, name = name[1:].partition("/")
        # After an update, a page that is still open asks by the old digest: it gets today's
        # file, but must not keep it under that name.
        cache = FOREVER if digest == version() else REVALIDATE
    if name not in _files():
        raise NOT_FOUND(what="这个文件")
    return answer(request, _asset(name), cache)


async def favicon(request: Request) -> Response:
    return answer(request, _asset("icons/icon-64.png"), "public, max-age=86400")


def app_icons() -> list[dict[str, str]]:
    """The app's pictures, as a manifest names them."""
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
    return icons


async def manifest(_request: Request) -> Response:
    """What a phone needs to put the app on its home screen."""
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
            "icons": app_icons(),
            "shortcuts": [{"name": "外业采集", "url": "/capture/"}],
        },
        media_type="application/manifest+json",
        headers={"Cache-Control": REVALIDATE},
    )


ROUTES = [
    Route("/assets/{name:path}", static_file, methods=["GET"]),
    Route("/favicon.ico", favicon, methods=["GET"]),
    Route("/favicon.png", favicon, methods=["GET"]),
    Route("/manifest.webmanifest", manifest, methods=["GET"]),
]
