"""The other side: a real HTTP server on loopback that takes changes, and misbehaves on purpose.

It does what a receiver has to do by docs/sync.md: it knows a change by its Idempotency-Key, takes
each once, and answers a repetition with the receipt of the first time. `moods` says how it
misbehaves with which request: one mood is used up by each request, and then it behaves.
"""

import json
import socketserver
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "")

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.body)


Send = Callable[[bytes], None]
Mood = Callable[["Receiver", Got, Send], None]


def http(status: int, body: Any, headers: dict[str, str] | None = None) -> bytes:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    head = {"Content-Type": "application/json", "Content-Length": str(len(raw))} | (headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"HTTP/1.1 {status} X\r\n{lines}Connection: close\r\n\r\n".encode() + raw


@dataclass
class Receiver:
    """The running server and what it knows."""

    port: int = 0
    moods: deque[Mood] = field(default_factory=deque)
    got: list[Got] = field(default_factory=list)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    applied: list[tuple[str, str]] = field(default_factory=list)  # (line, key), in order
    answers: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/changes"

    @property
    def answers_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/answers"

    def of(self, line: str) -> list[str]:
        """The changes of a line in the order in which they took effect."""
        return [key for where, key in self.applied if where == line]

    def next_mood(self) -> Mood:
        with self._lock:
            return self.moods.popleft() if self.moods else behaves

    def apply(self, got: Got) -> dict[str, Any]:
        """Takes a change, once; the receipt."""
        with self._lock:
            if got.key not in self.receipts:
                told = got.told
                self.bodies[got.key] = got.body
                self.applied.append((told["line"], got.key))
                self.receipts[got.key] = {
                    "key": got.key,
                    "their_number": f"X-{len(self.receipts) + 1}",
                    "their_state": told["body"].get("state", ""),
                    "edition": told["body"].get("edition"),
                }
            assert self.bodies[got.key] == got.body, "another body under the same key"
            return self.receipts[got.key]


def behaves(them: Receiver, got: Got, send: Send) -> None:
    if got.method == "GET":
        asked = parse_qs(urlsplit(got.path).query, keep_blank_values=True)["since"][0]
        start = int(asked or 0)
        page = them.answers[start : start + 2]
        after = start + len(page)
        more = after < len(them.answers)
        send(http(200, {"answers": page, "next": str(after), "more": more}))
        return
    send(http(200, them.apply(got)))


def refuses(status: int, body: Any = None, headers: dict[str, str] | None = None) -> Mood:
    """Says this, and has taken nothing."""
    return lambda _them, _got, send: send(http(status, body or {}, headers))


def slow(seconds: float) -> Mood:
    """Takes the change in the end, long after the caller has gone."""

    def mood(them: Receiver, got: Got, send: Send) -> None:
        them.over.wait(seconds)
        behaves(them, got, send)

    return mood


def cut_after_writing(them: Receiver, got: Got, send: Send) -> None:
    """Has taken the change, and the receipt is lost on the way."""
    if got.method == "POST":
        send(http(200, them.apply(got))[:40])


def cut_before_writing(_them: Receiver, _got: Got, _send: Send) -> None:
    """Hangs up and has taken nothing."""


def taken_but_500(them: Receiver, got: Got, send: Send) -> None:
    if got.method == "POST":
        them.apply(got)
    send(http(500, {}))


def wrong_receipt(them: Receiver, got: Got, send: Send) -> None:
    """Has taken nothing, and gives the receipt of another change."""
    send(http(200, {"key": "entry/411321-1-2026-0000/1", "their_number": "wrong"}))


def no_receipt(_them: Receiver, _got: Got, send: Send) -> None:
    """A page of a proxy that says that all is well."""
    send(http(200, b"<html>OK</html>"))


def says_it_twice(them: Receiver, got: Got, send: Send) -> None:
    """The receipt comes, and then once more on the same line."""
    if got.method == "POST":
        send(http(200, them.apply(got)) * 2)
    else:
        behaves(them, got, send)


def sends_elsewhere(them: Receiver, _got: Got, send: Send) -> None:
    there = f"http://localhost:{them.port}/stolen"
    send(http(307, {}, {"Location": there}))


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Serves on a free port for a while."""
    them = Receiver()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):  # the caller has had enough
                first = self.rfile.readline().decode()
                if not first:
                    return
                method, path, _ = first.split(" ", 2)
                headers: dict[str, str] = {}
                while (header := self.rfile.readline().decode().strip()) != "":
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                body = self.rfile.read(int(headers.get("content-length", "0")))
                got = Got(method, path, headers, body)
                them.got.append(got)
                them.next_mood()(them, got, self.wfile.write)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        them.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield them
        finally:
            them.over.set()
            server.shutdown()
            thread.join()
