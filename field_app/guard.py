"""Who is it? Asked before anything else, for every request and every websocket.

Pure ASGI: Starlette's BaseHTTPMiddleware does not see websockets, and Streamlit's pages travel
over one. The person is put into `scope["state"]["who"]` for our own routes, and the number of
the session into a header that only we can set, where Streamlit reads it as `st.user.login`.
"""

import logging
from urllib.parse import quote, urlsplit

from anyio import to_thread
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from field_app import accounts, clock
from field_app.problems import BUSY, CROSS_SITE, SIGN_IN_NEEDED, Problem
from field_app.roles import Who
from field_app.settings import settings

log = logging.getLogger(__name__)

COOKIE = "shidi_session"
USER_HEADER = b"x-app-user"

# What a stranger may have: the sign-in pages, signs of life, and files without data.
_OPEN_PATHS = frozenset(
    {
        "/login",
        "/setup",
        "/healthz",
        "/readyz",
        "/favicon.png",
        "/favicon.ico",
        "/manifest.webmanifest",
        "/capture",
        "/capture/",
        "/capture/sw.js",
        "/capture/manifest.webmanifest",
    }
)
_OPEN_FOLDERS = ("/static/", "/assets/", "/problems/")
# Where programs come with a token, which the routes themselves ask for; and what describes them.
_TOKEN_PATHS = frozenset(
    {
        "/api/ogc",
        "/api/v1/entries",
        "/api/v1/parcels",
        "/api/v1/findings",
        "/api/v1/openapi.json",
        "/api/v1/sync/answers",  # signed
    }
)
_TOKEN_FOLDERS = ("/api/ogc/",)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of(headers: Headers) -> str | None:
    """The session token in the Cookie header, if any."""
    # Starlette's reading, not http.cookies: that one drops all cookies at the first odd one, and
    # what other programs on the same host have set is not ours to choose.
    return cookie_parser(headers.get("cookie", "")).get(COOKIE) or None


def client_address(scope: Scope, headers: Headers) -> str:
    """The client's address; the proxy's word counts only where the settings trust it."""
    if settings().trust_proxy:
        forwarded = headers.get("x-forwarded-for", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()[:60]
    client = scope.get("client")
    return str(client[0])[:60] if client else ""


def is_https(scope: Scope, headers: Headers) -> bool:
    forwarded = settings().trust_proxy and headers.get("x-forwarded-proto") == "https"
    return scope.get("scheme") in ("https", "wss") or settings().https or forwarded


def _from_another_site(headers: Headers) -> bool:
    """Whether a browser says that another site sent this. Tools that are no browser say nothing;
    they hold no one's cookie by accident."""
    origin = headers.get("origin")
    if origin:
        return urlsplit(origin).netloc != headers.get("host", "")
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


class Guard:
    """The middleware. See the module's docstring."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = _with_security_headers(scope, headers, send)
        scope["headers"] = [(k, v) for k, v in scope["headers"] if k.lower() != USER_HEADER]
        if self._forged(scope, headers):
            await _refuse(scope, receive, send, CROSS_SITE())
            return
        token = token_of(headers)
        who: Who | None = None
        if token:
            now = clock.now()
            try:
                who = await to_thread.run_sync(lambda: accounts.who_by_token(token, now=now))
            except (OperationalError, PoolTimeout):
                # Out here no handler of the routes answers, and "sign in" would be wrong.
                log.exception("nobody can be recognised: no database")
                await _refuse(scope, receive, send, BUSY())
                return
        scope.setdefault("state", {})["who"] = who
        if who is None and not _open(scope["path"]):
            await self._send_away(scope, headers, receive, send)
            return
        if who is not None:
            scope["headers"].append((USER_HEADER, str(who.sign_in_id).encode()))
        await self.app(scope, receive, send)

    @staticmethod
    def _forged(scope: Scope, headers: Headers) -> bool:
        unsafe = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        return unsafe and _from_another_site(headers)

    @staticmethod
    async def _send_away(scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        page = (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and "text/html" in headers.get("accept", "")
            and not scope["path"].startswith(("/api/", "/_stcore/", "/media/", "/component/"))
        )
        if page:
            there = scope["path"] + (
                "?" + scope["query_string"].decode("latin-1") if scope["query_string"] else ""
            )
            target = "/login" if there == "/" else f"/login?next={quote(there, safe='/')}"
            await RedirectResponse(target, status_code=303)(scope, receive, send)
        else:
            await _refuse(scope, receive, send, SIGN_IN_NEEDED())


def _open(path: str) -> bool:
    named = path in _OPEN_PATHS or path in _TOKEN_PATHS
    return named or (path.startswith(_OPEN_FOLDERS + _TOKEN_FOLDERS) and ".." not in path)


async def _refuse(scope: Scope, receive: Receive, send: Send, problem: Problem) -> None:
    if scope["type"] == "websocket":
        # Before it is accepted, closing answers the handshake with 403.
        await send({"type": "websocket.close", "code": 1008, "reason": problem.id})
        return
    answer: Response = JSONResponse(
        problem.details(scope["path"]),
        status_code=problem.kind.status,
        media_type="application/problem+json",
    )
    await answer(scope, receive, send)


def _with_security_headers(scope: Scope, headers: Headers, send: Send) -> Send:
    host = headers.get("host", "")
    socket = f"wss://{host}" if is_https(scope, headers) else f"ws://{host}"
    # Nothing from outside: the browser itself refuses what does not come from our own server.
    # Streamlit's own scripts need inline styles, blob modules and (for charts) eval.
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"connect-src 'self' {socket} blob: data:; worker-src 'self' blob:; "
        "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
    )

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            out = MutableHeaders(scope=message)
            out.setdefault("Content-Security-Policy", policy)
            out.setdefault("X-Content-Type-Options", "nosniff")
            out.setdefault("Referrer-Policy", "same-origin")
            out.setdefault("Permissions-Policy", "geolocation=(self), camera=(self)")
            if is_https(scope, headers):
                out.setdefault("Strict-Transport-Security", "max-age=31536000")
        await send(message)

    return wrapped
