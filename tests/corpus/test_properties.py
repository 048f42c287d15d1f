"""What holds for every case of the corpus, whatever the thresholds are."""

import math
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from models.geo import Position, bearing_between_deg, inside_point, moved
from models.vocabulary import Outcome, Verdict
from photos.case import Case, Result
from photos.checks import CHECKS, RULES, Check
from photos.checks.datum_shift import datum_shift
from photos.checks.declare import passed
from photos.checks.on_parcel import on_parcel
from photos.examine import examine
from tests.corpus.forged_runs import FORGED_RUNS
from tests.corpus.honest_runs import HONEST_RUNS
from tests.corpus.kinds import Kind, Sort
from tests.corpus.register import KINDS
from tests.corpus.reuse import FORGED_REUSE
from tests.corpus.sets import FORGED_SETS
from tests.soak import examples

WORSE = {Outcome.PASS: 0, Outcome.UNKNOWN: 1, Outcome.DOUBT: 2, Outcome.FAIL: 3}
OF_PHOTOS = [kind for kind in KINDS if "set/" not in kind.name and kind not in FORGED_SETS]
SOME = Random("which kinds").sample(OF_PHOTOS, min(len(OF_PHOTOS), examples(16)))
WITH_OTHERS = [*HONEST_RUNS, *FORGED_RUNS, *(k for k in FORGED_REUSE if k.sort is Sort.SHOWN)]


def photo_of(kind: Kind, number: int) -> Case:
    case = kind.case(number)
    assert isinstance(case, Case)
    return case


def placed(case: Case, at: Position) -> Case:
    """The case with the position that is judged replaced."""
    if case.claim.position is not None:
        return replace(case, claim=replace(case.claim, position=at))
    return replace(case, evidence=replace(case.evidence, position=at))


def said(case: Case) -> dict[str, tuple[Outcome, str]]:
    return {r.check: (r.outcome, r.message) for r in examine(case).results}


@pytest.mark.parametrize("kind", WITH_OTHERS, ids=lambda kind: kind.name)
def test_the_order_of_the_other_photos_does_not_matter(kind: Kind) -> None:
    for number in range(min(kind.count, examples(1))):
        case = photo_of(kind, number)
        for seed in range(2):
            dice = Random(seed)
            shots, likes, uses = list(case.shots), list(case.likes), list(case.neighbours)
            dice.shuffle(shots)
            dice.shuffle(likes)
            dice.shuffle(uses)
            assert said(
                replace(case, shots=tuple(shots), likes=tuple(likes), neighbours=tuple(uses))
            ) == said(case)


@pytest.mark.parametrize("kind", SOME, ids=lambda kind: kind.name)
def test_moving_the_camera_away_never_improves_the_place(kind: Kind) -> None:
    """Straight away from the parcel's middle; a place that a datum shift explains is no place."""
    case = photo_of(kind, 0)
    if case.position is None:
        assert on_parcel(case).outcome is Outcome.UNKNOWN
        return
    at, middle = case.position.at, inside_point(case.boundary)
    away = math.radians(bearing_between_deg(middle, at))
    worst = 0
    for metres in (0, 15, 40, 90, 160, 260, 500, 2_000, 9_000):
        further = moved(at, east_m=math.sin(away) * metres, north_m=math.cos(away) * metres)
        there = placed(case, replace(further, accuracy_m=at.accuracy_m))
        shift = datum_shift(there)
        if shift is not None and shift.outcome is Outcome.DOUBT:
            continue
        outcome = on_parcel(there).outcome
        assert WORSE[outcome] >= worst, (metres, outcome)
        worst = WORSE[outcome]


@pytest.mark.parametrize("kind", SOME, ids=lambda kind: kind.name)
def test_a_coarser_position_never_turns_a_pass_into_a_contradiction(kind: Kind) -> None:
    case = photo_of(kind, 1)
    if case.position is None:
        return
    before = on_parcel(case).outcome
    for accuracy in (1.0, 25.0, 60.0, 120.0, 900.0, 5_000.0):
        coarse = placed(case, replace(case.position.at, accuracy_m=accuracy))
        if accuracy >= (case.position.at.accuracy_m or 0.0):
            assert on_parcel(coarse).outcome is not Outcome.FAIL or before is Outcome.FAIL


HONEST = photo_of(KINDS[0], 0)


@pytest.mark.parametrize("broken", CHECKS, ids=lambda check: check.declared.id)
@pytest.mark.parametrize("how", ["crash", "no number"])
def test_a_check_that_breaks_is_an_error_and_the_photo_never_passes(
    broken: Check, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(case: Case, **_limits: float) -> Result:
        if how == "crash":
            raise ZeroDivisionError
        return passed("相符。", {"measured": math.nan}, {})

    breaks.declared = broken.declared  # type: ignore[attr-defined]
    checks: list[Any] = [breaks if one is broken else one for one in CHECKS]
    assert examine(HONEST).verdict is Verdict.PASSED
    done = examine(HONEST, checks=checks, rules=RULES)
    assert {r.check for r in done.results if r.outcome is Outcome.ERROR} == {broken.declared.id}
    assert done.verdict is not Verdict.PASSED
    assert caplog.records
