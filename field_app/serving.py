"""Starting the server: is the configuration safe, is the database ready, is there anybody?"""

import ipaddress
import logging
import threading
from urllib.parse import urlsplit

import uvicorn
from obstore.exceptions import BaseError

from field_app import accounts, clock, db, demonstration, rulebook
from field_app.inspections import likeness
from field_app.inspections.held import store
from field_app.problems import UNSAFE_CONFIGURATION
from field_app.settings import settings
from field_app.units import ensure_units
from photos.examine import require_declared
from photos.sets.examine import require_declared_of_sets
from photos.stores import StoreError

# Written to the store at each start. The same bytes have the same key: it is kept only once.
_PROBE = "实地核查：照片库可以写入。".encode()


def check_configuration(host: str, *, invented: bool | None = None) -> None:
    """Refuses what would put passwords or photos on the open line, saying what to set.

    `invented` says whether the data to be served is the demonstration; by default the database
    is asked, which may be empty still.
    """
    try:
        require_declared(settings().thresholds)
    except ValueError as error:
        raise UNSAFE_CONFIGURATION(what=f"THRESHOLDS 里有未声明的阈值（{error}）") from error
    try:
        require_declared_of_sets(settings().set_thresholds)
    except ValueError as error:
        raise UNSAFE_CONFIGURATION(what=f"SET_THRESHOLDS 里有未声明的阈值（{error}）") from error
    here, said = _loopback(host), settings()
    if not here and not said.https and not said.allow_plain_http:
        raise UNSAFE_CONFIGURATION(
            what=f"在 {host} 上对外提供服务需要 HTTPS。请把 PUBLIC_URL 设为 https:// 开头的地址并在前面"
            "放置带证书的反向代理；仅在内网试用时可设 ALLOW_PLAIN_HTTP=1（手机将无法定位和拍照）"
        )
    # Behind a proxy the server itself listens on this machine only, so its host proves nothing.
    # ALLOW_PLAIN_HTTP is the choice of a closed network; it never covers an address given out.
    away = _given_out() or (not here and not said.allow_plain_http)
    if away and (demonstration.loaded() if invented is None else invented):
        raise UNSAFE_CONFIGURATION(
            what="演示数据的账号密码是公开的，不能对外提供服务。请换一个 DATA_DIR；或仅在本机 127.0.0.1 "
            "上演示，并去掉 PUBLIC_URL 和 TRUST_PROXY"
        )


def _given_out() -> bool:
    """Whether others reach this server by an address or a proxy of the settings."""
    url = settings().public_url
    return settings().trust_proxy or bool(url and not _loopback(urlsplit(url).hostname or ""))


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def prepare() -> None:
    """Brings the database up to date and puts the county's units in place."""
    db.migrate()
    ensure_units()


def check_store() -> None:
    """Refuses to serve where a photo could not be kept: better now than at the parcel."""
    where = settings().store_url
    try:
        store().put(_PROBE)
    except (StoreError, BaseError, OSError) as error:
        raise UNSAFE_CONFIGURATION(
            what=f"照片库 {where} 不能写入。请检查 PHOTO_STORE 和 DATA_DIR：目录是否存在、有没有权限、"
            "磁盘是否已满；使用 S3 时检查桶名、AWS_* 变量和网络"
        ) from error


def setup_address(host: str, port: int) -> str | None:
    """The one-time link for the first administrator, or None where there is somebody."""
    if accounts.anybody():
        return None
    token = accounts.make_setup_link(now=clock.now())
    base = settings().public_url.rstrip("/") or f"http://{host}:{port}"
    return f"{base}/setup?token={token}"


def run(host: str, port: int) -> None:
    """Serves until it is stopped. One process: Streamlit's sessions live in it."""
    from field_app.app import make_app
    from field_app.chat.answering import get_ready

    rulebook.note_settings(clock.now())
    # The word lists take a second to load: not when the first inspector speaks.
    threading.Thread(target=get_ready, name="word lists", daemon=True).start()
    threading.Thread(target=likeness.get_ready, name="fingerprints", daemon=True).start()
    config = uvicorn.Config(
        make_app(),
        host=host,
        port=port,
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the guard reads them itself, where the settings trust the proxy
        ws_max_size=64 * 2**20,
    )
    # Streamlit gives uvicorn's loggers its own handlers; a line for every tile helps nobody.
    logging.getLogger("uvicorn.access").disabled = True
    uvicorn.Server(config).run()
