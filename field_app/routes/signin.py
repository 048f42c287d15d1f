"""Signing in and out, and the one-time link that makes the first administrator.

Plain HTML without Streamlit: it must work at once on a bad line.
"""

from html import escape
from string import Template
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from field_app import accounts, clock, demonstration
from field_app.accounts import NewPerson
from field_app.guard import COOKIE, client_address, is_https
from field_app.problems import LINK_SPENT, SIGN_IN_NEEDED, Problem
from field_app.roles import Who
from field_app.settings import ROOT, settings
from models.vocabulary import Role

_PAGE = Template((ROOT / "field_app" / "routes" / "signin.html").read_text(encoding="utf-8"))
_STRICT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; script-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Strangers who guess wait for one another, not those who are at work.
_SIGN_INS = CapacityLimiter(6)


def safe_next(target: str) -> str:
    """Where to go after signing in: only a path of ours, never another host."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    return target if "\n" not in target and "\r" not in target else "/"


def page(title: str, fields: str, *, message: str = "", status: int = 200) -> Response:
    """A page without Streamlit; `fields` is HTML, the others are text."""
    alert = f'<p class="alert" role="alert">{escape(message)}</p>' if message else ""
    mark = '<p class="demo">演示数据</p>' if demonstration.loaded() else ""
    body = _PAGE.substitute(
        title=escape(title),
        county=escape(settings().county_name),
        alert=alert,
        fields=fields,
        mark=mark,
    )
    return HTMLResponse(
        body,
        status_code=status,
        headers={"Cache-Control": "no-store", "Content-Security-Policy": _STRICT},
    )


def _login_page(
    name: str = "", target: str = "/", message: str = "", status: int = 200
) -> Response:
    fields = (
        f'<form method="post" action="/login"><input type="hidden" name="next" value="{escape(target)}">'
        f'<label for="name">账号</label><input id="name" name="name" value="{escape(name)}" '
        'autocomplete="username" autocapitalize="none" autocorrect="off" required maxlength="40">'
        '<label for="password">密码</label><input id="password" name="password" type="password" '
        'autocomplete="current-password" required maxlength="128">'
        '<button type="submit">登录</button></form>'
        '<p class="hint">忘记密码请联系本县管理员重置。</p>'
    )
    return page("登录", fields, message=message, status=status)


async def _texts(request: Request, *names: str) -> dict[str, str]:
    form: FormData = await request.form(max_files=0, max_fields=20, max_part_size=10_000)
    return {n: str(form.get(n) or "") for n in names}


def _signed_in(request: Request, token: str, target: str) -> Response:
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(settings().session_max_days * 86_400),
        httponly=True,
        samesite="lax",
        secure=is_https(request.scope, request.headers),
        path="/",
    )
    return answer


async def show_login(request: Request) -> Response:
    target = safe_next(request.query_params.get("next", "/"))
    if request.state.who is not None:
        return RedirectResponse(target, status_code=303)
    return _login_page(target=target)


async def do_login(request: Request) -> Response:
    given = await _texts(request, "name", "password", "next")
    target = safe_next(given["next"] or "/")
    address = client_address(request.scope, request.headers)
    browser = request.headers.get("user-agent", "")
    now = clock.now()
    try:
        token = await to_thread.run_sync(
            lambda: accounts.sign_in(
                given["name"], given["password"], address=address, browser=browser, now=now
            ),
            limiter=_SIGN_INS,
        )
    except Problem as problem:
        return _login_page(given["name"][:40], target, problem.message, problem.kind.status)
    return _signed_in(request, token, target)


async def do_logout(request: Request) -> Response:
    who: Who | None = request.state.who
    if who is not None and who.sign_in_id is not None:
        number, now = who.sign_in_id, clock.now()
        await to_thread.run_sync(lambda: accounts.sign_out(number, now=now))
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _setup_page(token: str, name: str = "", message: str = "", status: int = 200) -> Response:
    fields = (
        '<p>这是第一次启动。请设置管理员账号，此链接只能用一次。</p><form method="post" action="/setup">'
        f'<input type="hidden" name="token" value="{escape(token)}">'
        f'<label for="name">管理员账号</label><input id="name" name="name" value="{escape(name)}" '
        'autocomplete="username" autocapitalize="none" required maxlength="40">'
        '<label for="password">密码（至少 10 个字符）</label><input id="password" name="password" '
        'type="password" autocomplete="new-password" required minlength="10" maxlength="128">'
        '<label for="again">再输一次密码</label><input id="again" name="again" type="password" '
        'autocomplete="new-password" required maxlength="128">'
        '<button type="submit">创建管理员</button></form>'
    )
    return page("首次设置", fields, message=message, status=status)


async def show_setup(request: Request) -> Response:
    token, now = request.query_params.get("token", ""), clock.now()
    if not await to_thread.run_sync(lambda: accounts.setup_link_lives(token, now=now)):
        spent = LINK_SPENT()
        return page("首次设置", "", message=spent.message, status=spent.kind.status)
    return _setup_page(token)


async def do_setup(request: Request) -> Response:
    given = await _texts(request, "token", "name", "password", "again")
    if given["password"] != given["again"]:
        return _setup_page(given["token"], given["name"], "两次输入的密码不一样，请重新输入。", 422)
    new = NewPerson(
        given["name"], "管理员", Role.ADMIN, given["password"], must_change_password=False
    )
    now = clock.now()
    try:
        await to_thread.run_sync(
            lambda: accounts.use_setup_link(given["token"], new, now=now), limiter=_SIGN_INS
        )
    except Problem as problem:
        return _setup_page(given["token"], given["name"], problem.message, problem.kind.status)
    return RedirectResponse("/login", status_code=303)


async def me(request: Request) -> Response:
    """Who the browser is signed in as; the watchdog in our index asks it."""
    who: Who | None = request.state.who
    if who is None:
        raise SIGN_IN_NEEDED()
    return JSONResponse(
        {"name": who.name, "display": who.display, "role": str(who.role)},
        headers={"Cache-Control": "no-store"},
    )


ROUTES = [
    Route("/login", show_login, methods=["GET"]),
    Route("/login", do_login, methods=["POST"]),
    Route("/logout", do_logout, methods=["POST"]),
    Route("/setup", show_setup, methods=["GET"]),
    Route("/setup", do_setup, methods=["POST"]),
    Route("/api/v1/me", me, methods=["GET"]),
]
