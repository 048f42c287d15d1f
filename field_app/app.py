"""The ASGI application: Streamlit's pages, our own routes, and the guard before both."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from field_app import alarms, shell
from field_app.guard import Guard
from field_app.packages.worker import seal_until
from field_app.packing import PackedStatics
from field_app.reexamining.worker import work_until
from field_app.routes import (
    answers,
    assets,
    capture_page,
    captures,
    evidence,
    explained,
    features,
    field,
    health,
    index,
    milestones,
    openapi,
    packages,
    photos,
    reading,
    signin,
    sketches,
    sync,
)
from field_app.settings import ROOT
from field_app.sweeping import sweep_until
from field_app.sync.worker import work_until as send_until

log = logging.getLogger(__name__)


def routes() -> list[BaseRoute]:
    """All routes that are ours."""
    pages = [p.path for p in shell.PAGES]
    return [
        *health.ROUTES,
        *signin.ROUTES,
        *photos.ROUTES,
        *captures.ROUTES,
        *field.ROUTES,
        *evidence.ROUTES,
        *sketches.ROUTES,
        *packages.ROUTES,
        *milestones.ROUTES,
        *assets.ROUTES,
        *capture_page.ROUTES,
        *openapi.ROUTES,
        *explained.ROUTES,
        *sync.ROUTES,
        *reading.ROUTES,
        *features.ROUTES,
        *index.routes_for(pages),
    ]


def _script_failed(error: Exception) -> bool:
    """A crash in a page: written to the log with its trace, shown without it."""
    log.error("a page failed", exc_info=error)
    st.error("页面出错了，已记录。您填写的内容已保存在草稿中，请刷新重试；若仍出错，请联系管理员。")
    return True


@asynccontextmanager
async def _background(_app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """What works beside the requests. It is told to stop, and puts down what it holds; a photo
    that is just being read is not waited for, and taken up again after the next start; nor is a
    paper of a package that is just being set; nor a message that is just being sent, which is then
    sent again under the same key."""
    stop = threading.Event()
    workers = [
        threading.Thread(target=work_until, args=(stop,), name="re-examination", daemon=True),
        threading.Thread(target=seal_until, args=(stop,), name="sealing", daemon=True),
        threading.Thread(target=sweep_until, args=(stop,), name="sweeping", daemon=True),
        threading.Thread(target=send_until, args=(stop,), name="sync", daemon=True),
    ]
    for worker in workers:
        worker.start()
    try:
        yield None
    finally:
        stop.set()
        alarms.REEXAMINING.ring()
        alarms.SEALING.ring()
        for worker in workers:
            worker.join(timeout=5)


def make_app() -> st.App:
    """A new application object. The database must be migrated before it serves."""
    return st.App(
        ROOT / "field_app" / "main.py",
        lifespan=_background,
        routes=routes(),
        middleware=[Middleware(Guard), Middleware(PackedStatics)],
        on_script_error=_script_failed,
        exception_handlers=dict(answers.HANDLERS),
    )
