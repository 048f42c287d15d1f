"""A model that is dead is left alone for a while."""

from datetime import datetime, timedelta

from field_app import clock
from field_app.chat.model.breaker import Breaker
from tests.chat import stub_model as stubs
from tests.chat.model.telling import TREES, told
from tests.chat.stub_model import Stub, saying
from tests.conftest import NOON
from tests.databases import environment


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_after_three_failures_in_a_row_it_is_left_alone_for_a_minute(stub: Stub) -> None:
    stub.behave = stubs.status(500)
    with clock.frozen(at(0)):
        for _ in range(3):
            assert "出错" in told().note
        assert "暂停使用" in told().note
    with clock.frozen(at(59)):
        assert "暂停使用" in told().note
    assert len(stub.sent) == 3
    stub.behave = TREES
    with clock.frozen(at(60)):
        assert told().suggestions
        assert told().suggestions
    assert len(stub.sent) == 5


def test_a_success_between_failures_begins_the_count_anew(stub: Stub) -> None:
    bad = stubs.status(500)
    with clock.frozen(NOON):
        for behave in (bad, bad, TREES, bad, bad, TREES):
            stub.behave = behave
            told()
    assert len(stub.sent) == 6


def test_a_sentence_that_it_cannot_answer_does_not_close_the_line_to_others(stub: Stub) -> None:
    with clock.frozen(NOON):
        for behave in (saying("不知道"), saying("不知道"), stubs.status(400), stubs.status(400)):
            stub.behave = behave
            assert told().note
        stub.behave = TREES
        assert told().suggestions


def test_other_settings_are_another_line(stub: Stub) -> None:
    with clock.frozen(NOON):
        stub.behave = stubs.status(401)
        for _ in range(4):
            told()
        stub.behave = TREES
        with environment(MODEL_KEY="sk-the-right-one"):
            assert told().suggestions


def test_one_caller_tries_again_and_a_failure_means_another_minute() -> None:
    breaker = Breaker()
    for _ in range(3):
        assert breaker.may_call(at(0))
        breaker.failed(at(0))
    assert not breaker.may_call(at(30))
    assert breaker.may_call(at(61))
    assert not breaker.may_call(at(62))  # the first is still on the line
    breaker.failed(at(65))
    assert not breaker.may_call(at(120))
    assert breaker.may_call(at(125))
    breaker.worked()
    assert breaker.may_call(at(125))


def test_a_caller_that_never_reports_back_does_not_close_the_line() -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.failed(at(0))
    assert breaker.may_call(at(61))
    assert breaker.may_call(at(122))


def test_a_clock_set_back_does_not_close_the_line() -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.failed(at(3600))
    assert breaker.may_call(at(0))
