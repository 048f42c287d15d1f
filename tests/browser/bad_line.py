"""A line between a phone and its server that a test can spoil, one request after the other.

It stands between them as a mast does: neither can tell. What passed is written down, so that a test
can say how often the same bytes travelled.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_UPSTREAM_S = 60
_HELD_MOST_S = 20
_NOT_PASSED_ON = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "date",
    "server",
}
_BUSY = (
    b'{"id": "busy", "detail": "\xe7\xa8\x8d\xe5\x90\x8e\xe5\x86\x8d\xe8\xaf\x95", "retry": true}'
)


class Spoilt(StrEnum):
    """What becomes of one request to `/api/`."""

    ANSWER_LOST = "the answer is lost after the server wrote"
    CUT = "the line is cut before the request arrives"
    HALF = "half of the body arrives, then the line is cut"
    SERVER_KILLED_HALFWAY = "the server is killed with half of the body"
    SERVER_KILLED_AT_WORK = "the server is killed while it works on the request"
    BUSY = "503"
    TOO_OFTEN = "429"
    GATEWAY = "502 of a proxy"
    PORTAL = "200 of a Wi-Fi portal"
    SILENCE = "nobody answers for a while, then the line is cut"
    HELD = "the request waits on the way until it is let go"


@dataclass(frozen=True)
class Passed:
    """One request as it went: `status` is the server's, 0 where it gave none; `answered`, whether
    the phone's side of the line took the answer."""

    method: str
    path: str  # with its query
    size: int  # of the body
    status: int
    answered: bool


@dataclass
class Line:
    """`spoil` what comes next; `kill_server` is what SERVER_KILLED does."""

    port: int  # of the server behind
    kill_server: Callable[[], None] = lambda: None
    passed: list[Passed] = field(default_factory=list)
    under_way: threading.Event = field(default_factory=threading.Event)  # a HELD one waits
    let_go: threading.Event = field(default_factory=threading.Event)
    happened: list[Spoilt] = field(default_factory=list)
    down: bool = False  # nobody at the other end
    lose: Callable[[], bool] = lambda: False  # asked for each request, where nothing else spoils it
    url: str = ""
    _next: deque[Spoilt] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spoil(self, how: Spoilt) -> None:
        """The next request with something to say (PUT, POST), and nothing before it."""
        with self._lock:
            self._next.append(how)

    def mend(self) -> None:
        with self._lock:
            self._next.clear()
        self.down = False
        self.lose = lambda: False
        self.let_go.set()

    def take(self, method: str, path: str) -> Spoilt | None:
        """What becomes of this request."""
        with self._lock:
            if not path.startswith("/api/"):
                return None
            if self.down or self.lose():
                how = Spoilt.CUT
            elif method in ("PUT", "POST") and self._next:
                how = self._next.popleft()
            else:
                return None
            self.happened.append(how)
            return how


class _Mast(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A phone that dies closes its line without a word."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Line

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        how = self.line.take(self.command, self.path)
        status, answered = 0, False
        try:
            status, answered = self._through(how, body)
        except (OSError, HTTPException):  # one of the two has gone
            self.close_connection = True
        finally:
            if self.path.startswith("/api/"):
                self.line.passed.append(
                    Passed(self.command, self.path, len(body), status, answered)
                )

    do_GET = do_HEAD = do_PUT = do_POST = _pass

    def _through(self, how: Spoilt | None, body: bytes) -> tuple[int, bool]:
        ready = {
            Spoilt.BUSY: (503, "application/problem+json", _BUSY),
            Spoilt.TOO_OFTEN: (429, "application/problem+json", _BUSY),
            Spoilt.GATEWAY: (502, "text/html", b"<h1>502 Bad Gateway</h1>"),
            Spoilt.PORTAL: (200, "text/html", b"<h1>Wi-Fi</h1>"),
        }
        if how in ready:
            self._answer(*ready[how])
            return 0, True
        if how in (Spoilt.CUT, Spoilt.SILENCE):
            time.sleep(1.0 if how == Spoilt.SILENCE else 0)
            self.close_connection = True
            return 0, False
        if how == Spoilt.HELD:
            self.line.under_way.set()
            self.line.let_go.wait(_HELD_MOST_S)
        connection = HTTPConnection("127.0.0.1", self.line.port, timeout=_UPSTREAM_S)
        try:
            if how in (Spoilt.HALF, Spoilt.SERVER_KILLED_HALFWAY):
                self._ask(connection, body, len(body) // 2)
                if how == Spoilt.SERVER_KILLED_HALFWAY:
                    self.line.kill_server()
                self.close_connection = True
                return 0, False
            self._ask(connection, body, len(body))
            if how == Spoilt.SERVER_KILLED_AT_WORK:
                time.sleep(0.004 * (len(self.line.passed) % 16))  # anywhere in its work
                self.line.kill_server()
            return self._give_back(connection.getresponse(), lost=how == Spoilt.ANSWER_LOST)
        finally:
            connection.close()

    def _ask(self, connection: HTTPConnection, body: bytes, most: int) -> None:
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "keep-alive"):
                connection.putheader(name, value)
        connection.endheaders(body[:most] or None)

    def _give_back(self, found: HTTPResponse, *, lost: bool) -> tuple[int, bool]:
        data = found.read()
        if lost:
            self.close_connection = True
            return found.status, False
        self.send_response_only(found.status)
        for name, value in found.getheaders():
            if name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        if found.status not in (204, 304):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()
        return found.status, True

    def _answer(self, status: int, media_type: str, data: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """The test keeps its own list."""


@contextmanager
def a_line(port: int) -> Iterator[Line]:
    """A line to the server at that port of this machine."""
    line = Line(port)
    handler = type("Handler", (_Handler,), {"line": line})
    with _Mast(("127.0.0.1", 0), handler) as server:
        line.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.mend()
            server.shutdown()
            thread.join()
