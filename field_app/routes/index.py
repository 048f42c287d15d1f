"""Our own index page around Streamlit's scripts: Chinese, sized for phones, with a watchdog.

Streamlit's index.html is read at start and changed in a few places, so that a new Streamlit
brings its own script names with it.
"""

import re
from functools import lru_cache
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

_HEAD = """
    <meta name="theme-color" content="#0b5d3b" />
    <link rel="manifest" href="/manifest.webmanifest" />
    <link rel="apple-touch-icon" href="/assets/icons/icon-180.png" />
    <link rel="stylesheet" href="/assets/app/app.css" />
    <script type="module" src="/assets/app/watchdog.js"></script>
    <script type="module" src="/assets/app/from_the_top.js"></script>
    <script type="module" src="/assets/app/touch_up.js"></script>
    <script type="module" src="/assets/app/unsent_words.js"></script>
    <script type="module" src="/assets/app/to_the_question.js"></script>
    <script type="module" src="/assets/app/date_typed.js"></script>
"""
_NO_SCRIPT = "<noscript><p>请在浏览器设置中允许 JavaScript 后再使用本系统。</p></noscript>"


@lru_cache(maxsize=1)
def index_html() -> str:
    """The page; raises ValueError where a new Streamlit no longer looks as expected."""
    package = Path(streamlit.__file__).parent
    html = (package / "static" / "index.html").read_text(encoding="utf-8")
    changes = (
        (r'<html lang="en">', '<html lang="zh-CN">'),
        (r"shrink-to-fit=no", "viewport-fit=cover"),
        (r"<title>Streamlit</title>", f"<title>实地核查</title>{_HEAD}"),
        (r"(?s)<noscript>.*?</noscript>", _NO_SCRIPT),
        (r'(?s)<link rel="service-desc".*?/>', ""),
        # Latin letters come from the phone's own fonts; 90 kB less on the first visit.
        (r'(?s)<link\s+rel="preload"\s+href="\./static/media/SourceSans.*?/>', ""),
        (r'"\./(static|favicon)', r'"/\1'),
    )
    for pattern, new in changes:
        html, count = re.subn(pattern, new, html)
        if count == 0:
            raise ValueError(f"Streamlit's index.html no longer has {pattern!r}")
    return html


async def index(_request: Request) -> Response:
    return HTMLResponse(index_html(), headers={"Cache-Control": "no-cache"})


def routes_for(paths: list[str]) -> list[Route]:
    """The index at `/` and at each page's path."""
    return [Route(f"/{path}", index, methods=["GET"]) for path in ("", *paths)]
