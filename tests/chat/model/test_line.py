"""However the model fails, the chat gets a sentence, soon, and never an exception."""

import gzip
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.chat.model.line import MAX_ANSWER_BYTES
from tests.chat import stub_model as stubs
from tests.chat.model.telling import model_at, told
from tests.chat.stub_model import Behaviour, Stub, saying, sending, stub_model
from tests.soak import examples

HTML = "<!doctype html><title>登录</title>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GOOD = stubs.envelope("{}")
FAILURES: dict[str, Behaviour] = {
    "no json": saying("我觉得是林地"),
    "half a json": saying('{"answers": {"land_class": {"value": "03'),
    "a list": saying("[1, 2]"),
    "a deep one": saying('{"answers":' * 5000),
    "a big number": saying('{"answers": ' + "1" * 5000 + "}"),
    "an empty text": saying(""),
    "a page": sending(stubs.http(HTML.encode(), kind="text/html")),
    "a page called json": sending(stubs.http(HTML.encode())),
    "an empty body": sending(stubs.http(b"")),
    "no choices": sending(stubs.http(b'{"choices": []}')),
    "choices of another kind": sending(stubs.http(b'{"choices": {"0": 1}}')),
    "a null content": sending(stubs.http(stubs.envelope(None))),
    "parts for content": sending(stubs.http(stubs.envelope([{"type": "text"}]))),
    "a deep body": sending(stubs.http(b"[" * 60_000)),
    "no utf-8": sending(stubs.http(b'{"choices": "\xff\xfe"}')),
    "400": stubs.status(400),
    "401": stubs.status(401),
    "404": stubs.status(404),
    "413": stubs.status(413),
    "429": stubs.status(429, more="Retry-After: 3600\r\n"),
    "500": stubs.status(500, more="x-should-retry: true\r\n"),
    "503": sending(stubs.http(HTML.encode(), "503 Busy", "text/html")),
    "hung up": sending(b""),
    "hung up in the head": sending(HEAD),
    "truncated": sending(HEAD + b"Content-Length: 9999\r\n\r\n" + GOOD),
    "a chunk too short": sending(HEAD + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n{}"),
    "no http": sending(b"220 mail.example ESMTP\r\n"),
    "a huge header": sending(HEAD + b"X: " + b"x" * 300_000 + b"\r\n\r\n"),
    "packed": sending(
        stubs.http(gzip.compress(b" " * 50_000_000 + GOOD), more="Content-Encoding: gzip\r\n")
    ),
    "odd status": sending(b"HTTP/1.1 299 ?\r\nContent-Length: 2\r\n\r\n{}"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_a_sentence_and_never_an_exception(stub: Stub, failure: str) -> None:
    stub.behave = FAILURES[failure]
    heard = told()
    assert (heard.suggestions, heard.problems) == ((), ())
    assert heard.note.endswith("填写不受影响，请换个说法或直接点选。")
    # Asked once; once more, plainly, where the shape may have been the reason.
    assert len(stub.sent) == (2 if failure == "400" else 1)


def test_nobody_at_that_address_is_a_sentence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with model_at(f"http://127.0.0.1:{free.getsockname()[1]}/v1"):
            assert "连接不上" in told().note


def test_no_such_host_is_a_sentence() -> None:
    with model_at("https://model.invalid/v1"):
        assert told().note


def slow_ones(stub: Stub) -> dict[str, Behaviour]:
    whole = stubs.http(GOOD)
    return {
        "silence": stub.silence(),
        "a dripping head": stub.drip(HEAD + b"X-More: " + b"x" * 4000),
        "a dripping body": stub.drip(whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + b" " * 4000),
        "many beginnings": stub.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000),
    }


@pytest.mark.parametrize(
    "how", ["silence", "a dripping head", "a dripping body", "many beginnings"]
)
def test_the_whole_call_has_one_time_limit(stub: Stub, how: str) -> None:
    stub.behave = slow_ones(stub)[how]
    with model_at(stub.url, MODEL_TIMEOUT_S="0.6"):
        began = time.perf_counter()
        assert "没有及时回答" in told().note
        assert time.perf_counter() - began < 5


@pytest.mark.parametrize("head", [HEAD, b"HTTP/1.1 500 No\r\nContent-Type: text/html\r\n"])
def test_an_answer_without_end_is_broken_off_early(stub: Stub, head: bytes) -> None:
    stub.behave = stub.endless(head + b"Connection: close\r\n\r\n")
    began = time.perf_counter()
    assert told().note
    assert time.perf_counter() - began < 5
    assert MAX_ANSWER_BYTES < 100_000


@settings(max_examples=examples(30), deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(lambda b: HEAD + b),
        st.binary(max_size=300).map(stubs.http),
        st.text(max_size=100).map(lambda t: stubs.http(stubs.envelope(t))),
    )
)
def test_no_bytes_whatever_raise(data: bytes) -> None:
    with stub_model() as running, model_at(running.url):
        running.behave = sending(data)
        assert told().suggestions == ()
