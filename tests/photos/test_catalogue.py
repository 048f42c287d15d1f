"""The page of checks is whole: nothing stands on it that is not declared or measured."""

import re

import pytest

from photos.catalogue import UNITS, Fraud, catalogue, frauds, rates, threshold_text
from photos.checks import CHECKS, RULES, declared
from photos.checks.declare import Declaration
from photos.sets.checks import SET_CHECKS

SPEAKS_OF_FORGED_ONES_ONLY = {"declared_ai", "weak_signs_together"}
KNOWN = {one.declared.id for one in (*CHECKS, *RULES, *SET_CHECKS)}


@pytest.mark.parametrize("facts", declared(), ids=lambda facts: facts.id)
def test_every_check_has_its_entry_with_what_it_proves_and_whom_it_wrongs(
    facts: Declaration,
) -> None:
    page = catalogue()
    assert f"\n## {facts.id}\n" in page
    entry = page.split(f"\n## {facts.id}\n")[1].split("\n## ")[0]
    for told in (facts.sentence, facts.catches, facts.trap):
        assert told in entry
    assert facts.proves in entry
    assert "（待测）" not in entry, "`python -m tests.corpus --write` measures it"
    for name, value in facts.thresholds.items():
        assert threshold_text(name, value) in entry
        assert name.rpartition("_")[2] in UNITS


def test_every_known_fraud_is_answered() -> None:
    assert [fraud.id for fraud in frauds()] == [f"F{n:02d}" for n in range(1, 24)]


@pytest.mark.parametrize("fraud", frauds(), ids=lambda fraud: fraud.id)
def test_a_fraud_ends_as_a_check_a_thing_to_shoot_or_a_stated_limit(fraud: Fraud) -> None:
    assert set(fraud.checks) <= KNOWN, "a check that is named exists"
    words = set(fraud.answered_by.split("；"))
    assert words <= {"检查", "拍摄要求", "局限"}
    assert words
    assert ("检查" in words) <= bool(fraud.checks or fraud.limit)
    assert ("拍摄要求" in words) <= bool(fraud.requirement)
    assert ("局限" in words) <= bool(fraud.limit)
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in (fraud.pattern, fraud.answered_by))


@pytest.mark.parametrize("facts", declared(), ids=lambda facts: facts.id)
def test_every_check_was_asked_of_honest_and_of_forged_photos(facts: Declaration) -> None:
    measured = rates()["checks"][facts.id]
    assert measured["forged"]["asked"] + measured["unseen"]["asked"] > 0
    if facts.id not in SPEAKS_OF_FORGED_ONES_ONLY:
        assert measured["honest_made"]["asked"] > 0


def test_what_was_measured_is_dated_and_large_enough() -> None:
    measured = rates()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", measured["measured_on"])
    assert measured["sizes"]["honest_made"] >= 200
    assert measured["sizes"]["forged"] >= 200
