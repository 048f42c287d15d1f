"""A person's word counts for what the person saw."""

from datetime import UTC, datetime, timedelta

import pytest

from field_app.review.standing import Decision, Said, decision_that_stands, open_question, stands
from models.vocabulary import Verdict

NOON = datetime(2026, 4, 15, 4, 0, tzinfo=UTC)


def said(word: str, hour: int) -> Said:
    return Said(word, NOON + timedelta(hours=hour))


def test_a_word_after_the_examination_stands() -> None:
    exams = [said(Verdict.DOUBTFUL, 0)]
    assert decision_that_stands(exams, [said("采信", 1)]) == Decision.TRUSTED


def test_the_newest_word_counts() -> None:
    exams = [said(Verdict.DOUBTFUL, 0)]
    words = [said("采信", 1), said("不采信", 2)]
    assert decision_that_stands(exams, words) == Decision.NOT_TRUSTED


def test_a_later_examination_with_another_verdict_asks_again() -> None:
    exams = [said(Verdict.INCOMPLETE, 0), said(Verdict.CONTRADICTED, 2)]
    assert decision_that_stands(exams, [said("采信", 1)]) is None


def test_a_later_examination_with_the_same_verdict_changes_nothing() -> None:
    exams = [said(Verdict.INCOMPLETE, 0), said(Verdict.INCOMPLETE, 2)]
    assert decision_that_stands(exams, [said("采信", 1)]) == Decision.TRUSTED


def test_a_word_from_before_any_examination_does_not_stand() -> None:
    assert decision_that_stands([said(Verdict.PASSED, 2)], [said("采信", 1)]) is None


def test_without_a_word_there_is_none() -> None:
    assert decision_that_stands([said(Verdict.PASSED, 0)], []) is None


@pytest.mark.parametrize("verdict", [Verdict.INCOMPLETE, Verdict.DOUBTFUL, Verdict.CONTRADICTED])
def test_whatever_did_not_pass_is_an_open_question_until_a_person_speaks(verdict: Verdict) -> None:
    assert open_question(verdict, None)
    assert not stands(verdict, None)
    assert not open_question(verdict, Decision.NOT_TRUSTED)
    assert not stands(verdict, Decision.NOT_TRUSTED)
    assert stands(verdict, Decision.TRUSTED)


def test_a_pass_stands_by_itself_and_a_person_may_overrule_it() -> None:
    assert not open_question(Verdict.PASSED, None)
    assert stands(Verdict.PASSED, None)
    assert not stands(Verdict.PASSED, Decision.NOT_TRUSTED)
