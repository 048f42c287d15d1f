"""The page for work without signal: `/capture/`, and what a browser needs to keep it.

What stands here holds no data: a shell of HTML, a worker that keeps the shell's files on the
phone, and a manifest. So a stranger may have it; whatever it shows is asked for under `/api/v1`
with a cookie, or has been kept on the phone before.
"""

import hashlib
import json
import posixpath
import re
from functools import lru_cache
from string import Template

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from field_app.packing import REVALIDATE
from field_app.routes import assets
from field_app.settings import ROOT, settings

PAGE = "/capture/"
_HTML = ROOT / "field_app" / "routes" / "capture_page.html"
_SCRIPT, _STYLE, _WORKER = "capture/page.js", "capture/look.css", "capture/sw.js"
_FOLDERS = ("capture/", "js/", "map/", "vendor/")
_ICONS = ("icons/icon-64.png", "icons/icon-192.png")
_IMPORTS = re.compile(r'(?m)^(?:import|export)\b[^;"]*"(\.[^"]+\.m?js)";')
# Our own files and nothing else; the pictures of the camera are blobs.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": REVALIDATE}


def _read_with(name: str) -> list[str]:
    """The modules that a module imports, and theirs, in the order in which they are met."""
    found: list[str] = []
    ahead = [name]
    while ahead:
        at = ahead.pop(0)
        for there in _IMPORTS.findall(assets.path(at).read_text(encoding="utf-8")):
            module = posixpath.normpath(posixpath.join(posixpath.dirname(at), there))
            if module not in found:
                found.append(module)
                ahead.append(module)
    return found


@lru_cache(maxsize=1)
def files() -> tuple[str, ...]:
    """The addresses of all that the page needs where there is no line, in this version."""
    names = [
        name
        for name in assets.names()
        if name.startswith(_FOLDERS) and name.endswith((".js", ".mjs", ".css")) and name != _WORKER
    ]
    return tuple(assets.url(name) for name in (*names, *_ICONS))


@lru_cache(maxsize=1)
def html() -> str:
    """The shell. All modules are named in its head: a slow line then waits once, and not once for
    each level of imports."""
    preloads = "\n".join(
        f'<link rel="modulepreload" href="{assets.url(name)}">' for name in _read_with(_SCRIPT)
    )
    return Template(_HTML.read_text(encoding="utf-8")).substitute(
        digest=assets.version(),
        style=assets.url(_STYLE),
        script=assets.url(_SCRIPT),
        icon=assets.url("icons/icon-64.png"),
        touch_icon=assets.url("icons/icon-180.png"),
        preloads=preloads,
    )


@lru_cache(maxsize=2)
def worker(*, module: bool) -> str:
    """The worker's script, told what to keep. A browser installs a new one when a byte of it has
    changed, so it names the digest of the files and of the shell. As a `module` it also knows how
    to deliver when no page is open; not every browser takes a module for a worker."""
    digest = hashlib.sha256(html().encode()).hexdigest()[:12]
    shell = {"digest": f"{assets.version()}-{digest}", "page": PAGE, "files": list(files())}
    script = assets.path(_WORKER).read_text(encoding="utf-8")
    told = f"self.SHELL = {json.dumps(shell)};\n"
    if module:
        once = json.dumps(assets.url("js/once.js"))
        told = f"import {{ deliverOnce }} from {once};\nself.deliverOnce = deliverOnce;\n{told}"
    return told + script


def _answered(request: Request, text: str, media_type: str) -> Response:
    body = text.encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = _HEADERS | {"ETag": etag}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


async def to_the_page(_request: Request) -> Response:
    """Without the slash the page would stand outside what its worker may look after."""
    return RedirectResponse(PAGE, status_code=307)


async def page(request: Request) -> Response:
    return _answered(request, html(), "text/html; charset=utf-8")


async def service_worker(request: Request) -> Response:
    script = worker(module="module" in request.query_params)
    return _answered(request, script, "text/javascript; charset=utf-8")


async def manifest(_request: Request) -> Response:
    """A home-screen icon of its own: the one of the whole app opens nothing without signal."""
    return JSONResponse(
        {
            "name": f"外业采集 · {settings().county_name}",
            "short_name": "外业采集",
            "lang": "zh-CN",
            "id": PAGE,
            "start_url": PAGE,
            "scope": "/",
            "display": "standalone",
            "theme_color": "#0b5d3b",
            "background_color": "#ffffff",
            "icons": assets.app_icons(),
        },
        media_type="application/manifest+json",
        headers={"Cache-Control": REVALIDATE},
    )


ROUTES = [
    Route("/capture", to_the_page, methods=["GET"]),
    Route(PAGE, page, methods=["GET"]),
    Route("/capture/sw.js", service_worker, methods=["GET"]),
    Route("/capture/manifest.webmanifest", manifest, methods=["GET"]),
]
