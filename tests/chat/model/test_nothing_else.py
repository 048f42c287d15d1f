"""The call goes where the settings say, carries what it needs, and leaves no trace."""

import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from field_app.chat.model import consulting
from field_app.settings import ROOT
from tests.chat import stub_model as stubs
from tests.chat.model.telling import KEY, SAID, TREES, model_at, told, values
from tests.chat.stub_model import Sent, Stub, sending, stub_model
from tests.databases import environment


def test_a_redirect_is_not_followed(stub: Stub) -> None:
    with stub_model() as elsewhere:
        for code in (301, 302, 307, 308):
            consulting._model.cache_clear()
            stub.behave = stubs.status(code, more=f"Location: {elsewhere.url}/chat/completions\r\n")
            assert told().note
        assert elsewhere.sent == []
        assert len(stub.sent) == 4


def test_the_environment_neither_diverts_the_call_nor_adds_to_it(stub: Stub) -> None:
    stub.behave = TREES
    with (
        stub_model() as elsewhere,
        environment(
            HTTP_PROXY=elsewhere.url,
            HTTPS_PROXY=elsewhere.url,
            ALL_PROXY=elsewhere.url,
            http_proxy=elsewhere.url,
            OPENAI_BASE_URL=elsewhere.url,
            OPENAI_API_KEY="sk-another",
            OPENAI_ORG_ID="somebody",
            OPENAI_PROJECT_ID="something",
            OPENAI_CUSTOM_HEADERS="Authorization: Bearer sk-another\nX-Tell: all",
        ),
    ):
        assert values(told()) == {"land_class": "0301", "area_mu": 3.2}
        assert elsewhere.sent == []
    (sent,) = stub.sent
    assert sent.line == "POST /v1/chat/completions HTTP/1.1"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert set(sent.headers) == {
        "host",
        "accept",
        "accept-encoding",
        "authorization",
        "content-type",
        "content-length",
    }


def test_a_model_in_the_house_needs_no_key(stub: Stub) -> None:
    stub.behave = TREES
    with model_at(stub.url, MODEL_KEY=""):
        assert told().suggestions
    assert "authorization" not in stub.sent[0].headers


def test_many_are_answered_at_the_same_time(stub: Stub) -> None:
    def late(sent: Sent, send: stubs.Send) -> None:
        time.sleep(0.3)
        TREES(sent, send)

    stub.behave = late
    told()
    began = time.perf_counter()
    with ThreadPoolExecutor(20) as pool:
        heard = list(pool.map(lambda _: told(), range(20)))
    assert all(values(h) == {"land_class": "0301", "area_mu": 3.2} for h in heard)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("how", ["answered", "500", "silence"])
def test_the_log_has_the_outcome_and_the_time_but_no_word_and_no_key(
    stub: Stub, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    stub.behave = {
        "answered": TREES,
        "500": sending(stubs.http(SAID.encode() + KEY.encode(), "500 No")),
        "silence": stub.silence(),
    }[how]
    with caplog.at_level(logging.DEBUG), environment(MODEL_TIMEOUT_S="0.4"):
        told()
    lines = [r.getMessage() for r in caplog.records]
    assert sum(line.startswith("model: ") and line.endswith(" ms") for line in lines) == 1
    written = caplog.text + repr([(r.msg, r.args, r.exc_info) for r in caplog.records])
    for secret in (KEY, SAID, "杨树", "亩"):
        assert secret not in written
    assert os.environ["MODEL_KEY"] == KEY


def test_what_is_kept_of_the_line_does_not_show_the_key(stub: Stub) -> None:
    line, _ = consulting._model(stub.url, KEY, "stub")
    assert KEY not in repr(line)


def test_who_sets_no_model_does_not_load_its_client() -> None:
    code = "import sys, field_app.chat.model; assert not {'openai', 'httpx2'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
