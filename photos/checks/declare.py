"""The declaration of a check: facts beside the code, from which settings and CHECKS.md are made."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from models.vocabulary import Outcome
from photos.case import Case, Result


@dataclass(frozen=True, slots=True)
class Declaration:
    id: str
    catches: str  # what the check is for
    trap: str  # when it fires wrongly, and on whom
    if_broken: Outcome  # the worst that it may say
    needed: bool  # whether its UNKNOWN leaves the photo 待补证
    proves: str  # what a pass means, and what it does not
    sentence: str  # first line of the docstring
    thresholds: Mapping[str, float]  # keyword-only arguments and their defaults


class Check(Protocol):
    """A declared check. None means: it has nothing to ask of such a photo."""

    declared: Declaration

    def __call__(self, case: Case, **thresholds: float) -> Result | None: ...


class Rule(Protocol):
    """A declared combination: judged after all checks, by what they found. None: nothing to say."""

    declared: Declaration

    def __call__(
        self, case: Case, found: Mapping[str, Result], **thresholds: float
    ) -> Result | None: ...


def check(
    id: str, *, catches: str, trap: str, if_broken: Outcome, proves: str, needed: bool = False
) -> Callable[[Callable[..., Result | None]], Check]:
    """Attaches the facts to a check and stamps its results with them. It registers nothing.

    `needed` tells what an UNKNOWN of this check means. Where a photo proves nothing without the
    reading (is it readable, where and when was it taken) it is needed, and its absence leaves the
    photo 待补证. Where honest phones often lack it (heading, GPS clock, stated zone) it is not: the
    UNKNOWN is shown, and drags nothing down.
    """

    def declare(function: Callable[..., Result | None]) -> Check:
        parameters = inspect.signature(function).parameters.values()
        thresholds = {
            p.name: float(p.default) for p in parameters if p.kind is p.KEYWORD_ONLY
        }  # fmt: skip
        sentence = (inspect.getdoc(function) or "").partition("\n")[0]

        def stamped(*judged: Any, **given: float) -> Result | None:
            found = function(*judged, **given)
            if found is not None:
                # Its own answer, made just now: signed as it is, for a copy takes as long as a check.
                object.__setattr__(found, "check", id)
                object.__setattr__(found, "needed", needed)
            return found

        stamped.__name__, stamped.__doc__ = function.__name__, function.__doc__
        stamped.__module__ = function.__module__
        facts = Declaration(id, catches, trap, if_broken, needed, proves, sentence, thresholds)
        stamped.declared = facts  # type: ignore[attr-defined]
        return stamped  # type: ignore[return-value]

    return declare


def rule(
    id: str, *, catches: str, trap: str, if_broken: Outcome, proves: str
) -> Callable[[Callable[..., Result | None]], Rule]:
    """Like `check`, for a combination of what checks found: its function takes the case and the
    results by check id. A rule is never needed: what it rests on has spoken for itself."""
    return check(id, catches=catches, trap=trap, if_broken=if_broken, proves=proves)  # type: ignore[return-value]


def passed(message: str, measured: Mapping[str, Any], threshold: Mapping[str, Any]) -> Result:
    """Measured, compared, and found to agree: a pass always carries what was measured."""
    if not measured:
        raise ValueError("a pass from nothing")
    return Result(Outcome.PASS, message, measured, threshold)


def unknown(message: str, measured: Mapping[str, Any], threshold: Mapping[str, Any]) -> Result:
    return Result(Outcome.UNKNOWN, message, measured, threshold)


def note(message: str, measured: Mapping[str, Any], threshold: Mapping[str, Any]) -> Result:
    """Something was seen that honest photos show as well: told to a person, weighed by rules only
    together with other signs, and never more than that by itself."""
    return Result(Outcome.UNKNOWN, message, measured, threshold, noted=True)


def doubt(message: str, measured: Mapping[str, Any], threshold: Mapping[str, Any]) -> Result:
    return Result(Outcome.DOUBT, message, measured, threshold)


def fail(message: str, measured: Mapping[str, Any], threshold: Mapping[str, Any]) -> Result:
    return Result(Outcome.FAIL, message, measured, threshold)
