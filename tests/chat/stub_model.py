"""A language model that is none: a real HTTP server on loopback which answers, or misbehaves, as
it is told, and keeps what it was sent. A way to behave gets the request and a `send` for bytes."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Send = Callable[[bytes], None]


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    line: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)


Behaviour = Callable[[Sent, Send], None]


def http(
    body: bytes, status: str = "200 OK", kind: str = "application/json", more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body


def envelope(content: Any, **more: Any) -> bytes:
    """A chat completion that says `content`."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return json.dumps(
        {"id": "1", "object": "chat.completion", "created": 1, "model": "stub", "choices": [choice]}
        | more
    ).encode()


def saying(content: Any) -> Behaviour:
    """Answers with this text, or with this object as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return lambda _sent, send: send(http(envelope(text)))


def answering(problems: Any = (), /, **answers: Any) -> Behaviour:
    """Answers name=(value, words); problem types beside them."""
    given = {
        name: {"value": a[0], "words": a[1]} if isinstance(a, tuple) else a
        for name, a in answers.items()
    }
    return saying({"answers": given, "problems": list(problems)})


def sending(data: bytes) -> Behaviour:
    """Sends these bytes and hangs up."""
    return lambda _sent, send: send(data)


def status(code: int, reason: str = "No", more: str = "") -> Behaviour:
    return sending(http(b'{"error": {"message": "no"}}', f"{code} {reason}", more=more))


@dataclass
class Stub:
    """The running server."""

    port: int = 0
    behave: Behaviour = field(default_factory=lambda: answering())
    sent: list[Sent] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def drip(self, data: bytes, *, every_s: float = 0.05) -> Behaviour:
        """A byte now and then, until the test is over."""

        def one_by_one(_sent: Sent, send: Send) -> None:
            for byte in data:
                send(bytes([byte]))
                if self.over.wait(every_s):
                    return

        return one_by_one

    def silence(self) -> Behaviour:
        return lambda _sent, _send: self._wait()

    def _wait(self) -> None:
        self.over.wait(20)

    def endless(self, head: bytes, more: bytes = b" " * 65_536) -> Behaviour:
        """The head, and then bytes for as long as somebody takes them."""

        def without_end(_sent: Sent, send: Send) -> None:
            send(head)
            while not self.over.is_set():
                send(more)

        return without_end


@contextmanager
def stub_model() -> Iterator[Stub]:
    """Serves on a free port for a while."""
    stub = Stub()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            # A client that has had enough hangs up: that is what some tests are about.
            with suppress(ConnectionError):
                line = self.rfile.readline().decode().strip()
                headers: dict[str, str] = {}
                while (header := self.rfile.readline().decode().strip()) != "":
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                raw = self.rfile.read(int(headers.get("content-length", "0")))
                sent = Sent(line, headers, raw)
                stub.sent.append(sent)
                stub.behave(sent, self.wfile.write)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        stub.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield stub
        finally:
            stub.over.set()
            server.shutdown()
            thread.join()
