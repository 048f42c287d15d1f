"""Half a configuration does not start, and the key is shown nowhere."""

import traceback

import pytest

from field_app.problems import Problem
from field_app.settings import settings
from tests.chat.model.telling import KEY
from tests.databases import environment

WHOLE = {"MODEL_URL": "https://model.example/v1", "MODEL_KEY": KEY, "MODEL_NAME": "some-model"}


def refused(**given: str) -> str:
    """What is said; neither it nor the trace behind it repeats the key."""
    with environment(**(WHOLE | given)), pytest.raises(Problem) as told:
        settings()
    assert told.value.id == "unsafe-configuration"
    trace = "".join(traceback.format_exception(told.value))
    assert KEY not in trace
    assert "geheim" not in trace
    return told.value.message


def test_no_model_is_the_default() -> None:
    with environment(MODEL_URL="", MODEL_KEY="", MODEL_NAME=""):
        assert settings().model_url == ""
        assert settings().model_sees_photos is False
        assert settings().model_timeout_s == 4


def test_a_whole_configuration_is_taken_and_does_not_show_its_key() -> None:
    with environment(**WHOLE):
        said = settings()
        assert said.model_key.get_secret_value() == KEY
        for shown in (repr(said), str(said), repr(said.model_dump()), said.model_dump_json()):
            assert KEY not in shown


@pytest.mark.parametrize(
    "left",
    [{"MODEL_NAME": ""}, {"MODEL_KEY": ""}, {"MODEL_URL": ""}],
)
def test_half_a_configuration_is_refused(left: dict[str, str]) -> None:
    (missing,) = left
    assert missing in refused(**left)


def test_photos_for_no_model_are_refused() -> None:
    assert "MODEL_URL" in refused(MODEL_URL="", MODEL_KEY="", MODEL_NAME="", MODEL_SEES_PHOTOS="1")


@pytest.mark.parametrize(
    "url",
    [
        "http://model.example/v1",
        "http://8.8.8.8/v1",
        "http://172.32.0.1/v1",
        "http://192.0.2.1/v1",
        "http://0.0.0.0/v1",
        "http://2130706433/v1",
        "http://localhost.example/v1",
        "http://127.0.0.1.example/v1",
        "http://[2001:db8::1]/v1",
        "http://[::ffff:8.8.8.8]/v1",
        "HTTP://model.example/v1",
    ],
)
def test_an_open_line_that_leaves_the_house_wants_leave(url: str) -> None:
    assert "MODEL_PLAIN_HTTP" in refused(MODEL_URL=url)
    with environment(**(WHOLE | {"MODEL_URL": url, "MODEL_PLAIN_HTTP": "1"})):
        assert settings().model_url == url


@pytest.mark.parametrize(
    "host", ["127.0.0.1:11434", "localhost", "10.1.2.3", "192.168.1.9", "[::1]"]
)
def test_a_model_in_the_house_may_be_reached_openly_and_without_a_key(host: str) -> None:
    with environment(MODEL_URL=f"http://{host}/v1", MODEL_NAME="m", MODEL_KEY=""):
        assert settings().model_url == f"http://{host}/v1"


@pytest.mark.parametrize(
    "url",
    [
        "model.example/v1",
        "ftp://model.example",
        "https://",
        "https://:443/v1",
        "https://model.example:port/v1",
        "https://user:geheim@model.example/v1",
        "http://127.0.0.1@model.example/v1",
        "http://127.0.0.1\\@model.example/v1",
        "http://127.0.0.1#@model.example/v1",
        "https://model.example/v1?key=geheim",
        "https://model.example/v 1",
        "https://model.example/v1\n",
        "http://[::1/v1",
    ],
)
def test_an_address_that_cannot_be_or_contains_a_key_is_refused(url: str) -> None:
    assert "MODEL_URL" in refused(MODEL_URL=url)


@pytest.mark.parametrize("key", ["geheim mit", "geheim\nX-More: 1", "密钥geheim"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    assert "MODEL_KEY" in refused(MODEL_KEY=key)


@pytest.mark.parametrize("seconds", ["0", "-1", "31", "nan"])
def test_a_timeout_that_cannot_be_is_refused(seconds: str) -> None:
    assert "MODEL_TIMEOUT_S" in refused(MODEL_TIMEOUT_S=seconds)
