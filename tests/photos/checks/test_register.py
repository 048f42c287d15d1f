"""The register, its folder and its page say the same."""

from pathlib import Path

import pytest

import photos.checks
from models.vocabulary import Outcome
from photos.catalogue import PAGE, UNITS, catalogue
from photos.checks import CHECKS, RULES, Check, Rule, check, declared_thresholds
from photos.checks.declare import passed
from tests.build import a_case

FOLDER = Path(photos.checks.__file__).parent
NO_CHECKS = {"__init__", "__main__", "declare"}


def test_the_register_holds_every_check_of_the_folder_once():
    names = [one.declared.id for one in (*CHECKS, *RULES)]
    assert sorted(names) == sorted(p.stem for p in FOLDER.glob("*.py") if p.stem not in NO_CHECKS)


def test_the_page_of_checks_is_as_generated():
    assert PAGE.read_text(encoding="utf-8") == catalogue()


@pytest.mark.parametrize("one", [*CHECKS, *RULES], ids=lambda c: c.declared.id)
def test_every_check_says_what_it_catches_and_whom_it_wrongs(one: Check | Rule):
    facts = one.declared
    assert facts.sentence.endswith(".")
    assert len(facts.catches) >= 6
    assert len(facts.trap) >= 12
    assert len(facts.proves) >= 12
    assert facts.if_broken in (Outcome.UNKNOWN, Outcome.DOUBT, Outcome.FAIL)
    for name in facts.thresholds:
        unit = name.rpartition("_")[2]
        assert unit in UNITS, f"{name} has no unit"


def test_the_thresholds_of_the_register_are_those_of_the_rules():
    declared = declared_thresholds()
    assert declared["on_parcel"] == {
        "tolerance_m": 50.0,
        "close_tolerance_m": 10.0,
        "floor_m": 20.0,
        "fail_m": 200.0,
        "unusable_m": 100.0,
    }
    assert declared["camera_gps_clock"] == {"doubt_minutes": 5.0, "fail_hours": 24.0}
    assert "readable" not in declared


def test_a_declaration_attaches_facts_and_registers_nothing():
    before = CHECKS

    @check("one_more", catches="x", trap="y", proves="z", if_broken=Outcome.DOUBT, needed=True)
    def one_more(case, *, limit_m: float = 3.0):
        """One more."""
        return passed("好。", {"limit": limit_m}, {})

    assert photos.checks.CHECKS is before
    assert one_more.declared.thresholds == {"limit_m": 3.0}
    result = one_more(a_case(), limit_m=4.0)
    assert result is not None
    assert (result.check, result.needed, result.measured) == ("one_more", True, {"limit": 4.0})


def test_a_pass_from_nothing_cannot_be_written():
    with pytest.raises(ValueError, match="nothing"):
        passed("好。", {}, {})
