"""All checks on one case, folded to a verdict. Pure: the same case gives the same examination."""

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from models.vocabulary import Grade, Outcome, Verdict
from photos.case import Case, PhotoPosition, Result
from photos.checks import CHECKS, RULES, Check, Declaration, Rule, declared_thresholds
from photos.reasons import Reason

log = logging.getLogger(__name__)

Thresholds = Mapping[str, Mapping[str, float]]
"""{check: {keyword: value}}; what is not named keeps its declared default."""
_NONE: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Examination:
    """The results of one photo and what follows from them."""

    results: tuple[Result, ...]
    verdict: Verdict
    grade: Grade
    grade_reasons: tuple[Reason, ...]  # why it is no better; none of grade A
    position: PhotoPosition | None
    distance_m: float | None  # 0 inside the parcel
    bearing_deg: float | None  # true, to the nearest part of the parcel; None inside
    taken_at: datetime | None  # aware
    taken_source: str | None  # "page", "camera" or "gps"
    zone_assumed: bool  # taken_at is Chinese local time by assumption


def examine(
    case: Case,
    thresholds: Thresholds | None = None,
    checks: Iterable[Check] = CHECKS,
    rules: Iterable[Rule] = RULES,
) -> Examination:
    """Every check on the case, then every rule on what they found. One that crashes, or measures
    what is no number, gives ERROR, never a pass.

    ValueError where `thresholds` names a check or a keyword that is not declared.
    """
    given = thresholds or {}
    if given:
        require_declared(given)

    found: dict[str, Result] = {}
    about = case.evidence.sha256
    for check in checks:
        facts = check.declared
        result = run_declared(facts, check, (case,), given.get(facts.id, _NONE), about)
        if result is not None:
            found[facts.id] = result
    seen = dict(found)  # a rule weighs checks, never another rule
    for rule in rules:
        facts = rule.declared
        result = run_declared(facts, rule, (case, seen), given.get(facts.id, _NONE), about)
        if result is not None:
            found[facts.id] = result
    results = tuple(found.values())
    taken = case.taken
    return Examination(
        results=results,
        verdict=fold(results),
        grade=case.grading.grade,
        grade_reasons=case.grading.reasons,
        position=case.position,
        distance_m=case.distance_m,
        bearing_deg=case.bearing_deg,
        taken_at=None if taken is None else taken.at,
        taken_source=None if taken is None else taken.source,
        zone_assumed=taken is not None and taken.zone_assumed,
    )


def fold(results: Iterable[Result]) -> Verdict:
    """The worst outcome wins; nothing at all is 待补证, never a pass.

    An UNKNOWN counts where the check is needed; an ERROR always does.
    """
    seen = list(results)
    outcomes = {result.outcome for result in seen}
    if Outcome.FAIL in outcomes:
        return Verdict.CONTRADICTED
    if Outcome.DOUBT in outcomes:
        return Verdict.DOUBTFUL
    missing = any(result.outcome is Outcome.UNKNOWN and result.needed for result in seen)
    if missing or Outcome.ERROR in outcomes or Outcome.PASS not in outcomes:
        return Verdict.INCOMPLETE
    return Verdict.PASSED


def require_declared(thresholds: Thresholds) -> None:
    """ValueError for a threshold that no check declares: a misspelt one must not be ignored."""
    known = _known_thresholds()
    for check, values in thresholds.items():
        for name in values:
            if name not in known.get(check, {}):
                raise ValueError(f"no check declares the threshold {check}.{name}")


@cache
def _known_thresholds() -> dict[str, dict[str, float]]:
    """The declarations do not change while the program runs, and every photo asks for them."""
    return declared_thresholds()


def run_declared(
    facts: Declaration,
    judge: Callable[..., Result | None],
    judged: tuple[object, ...],
    thresholds: Mapping[str, float],
    about: str,
) -> Result | None:
    """What a declared check or rule finds; ERROR where it crashes or measures what is no number.
    `about` names what it was judging, for the log."""
    try:
        result = judge(*judged, **thresholds)
        if result is not None and not _finite(result.measured):
            raise ArithmeticError("measured what is no number")
        return result
    except Exception as error:
        # The one place where everything is caught: a crash is a fault of ours, not of the photo.
        log.exception("check %s broke on %s", facts.id, about)
        return Result(
            Outcome.ERROR,
            f"检查“{facts.catches}”自身出错，未得出结论；请把照片留存，联系管理员。",
            {"error": type(error).__name__},
            {},
            facts.id,
            facts.needed,
        )


_PLAIN = frozenset({str, int, bool, type(None)})  # by far the most that is measured


def _finite(measured: object) -> bool:
    if isinstance(measured, float):
        return math.isfinite(measured)
    parts: Iterable[object] = ()
    if isinstance(measured, dict | Mapping):
        parts = measured.values()
    elif isinstance(measured, list | tuple):
        parts = measured
    return all(type(part) in _PLAIN or _finite(part) for part in parts)
