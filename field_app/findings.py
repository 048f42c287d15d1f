"""What checks found of a photo or of a set, in the order in which a person wants to read it. Pure.

Results are those that an examination stored; old ones may lack what was added since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.vocabulary import Outcome
from photos.reasons import Reason

Found = Mapping[str, Any]

MOST_FIRST = 3
"""So many reasons are read at once; the rest is there on demand."""
NOTED = "提示"
_WORST_FIRST = (Outcome.FAIL, Outcome.DOUBT, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS)


@dataclass(frozen=True, slots=True)
class Told:
    """The results of one photo or set, sorted for reading.

    `first` are the reasons for its verdict and the notes, at most three; `further` the rest of
    them and what could not be told; `fine` what agreed.
    """

    first: tuple[Found, ...]
    further: tuple[Found, ...]
    fine: tuple[Found, ...]


def told(results: Sequence[Found], most: int = MOST_FIRST) -> Told:
    """Results for reading. One of an unknown outcome counts as an error: it is never hidden."""
    odd = [r for r in worst_first(results) if outcome_of(r) != Outcome.PASS]
    why = [r for r in odd if not _only_unknown(r)]
    aside = [r for r in odd if _only_unknown(r)]
    return Told(
        tuple(why[:most]),
        (*why[most:], *aside),
        tuple(r for r in results if outcome_of(r) == Outcome.PASS),
    )


def worst_first(results: Sequence[Found]) -> list[Found]:
    """By what they mean for the verdict: what contradicts, doubts, errors of ours, what is missing,
    notes, what could not be told, what agrees."""
    return sorted(results, key=_rank)


def outcome_of(result: Found) -> Outcome:
    said = str(result.get("outcome", ""))
    return Outcome(said) if said in set(Outcome) else Outcome.ERROR


def is_note(result: Found) -> bool:
    """A weak sign: told, and not weighed by itself."""
    return bool(result.get("noted")) and outcome_of(result) == Outcome.UNKNOWN


def _only_unknown(result: Found) -> bool:
    """What could not be told and changes no verdict."""
    unknown = outcome_of(result) == Outcome.UNKNOWN
    return unknown and not is_note(result) and not result.get("needed", True)


def _rank(result: Found) -> tuple[int, bool, bool]:
    outcome = outcome_of(result)
    return (
        _WORST_FIRST.index(outcome),
        outcome == Outcome.UNKNOWN and (is_note(result) or not result.get("needed", True)),
        outcome == Outcome.UNKNOWN and not is_note(result),
    )


def grade_reasons(results: Iterable[Found]) -> list[Reason]:
    """Why the grade is no better, as the examination has kept it."""
    known = {str(reason): reason for reason in Reason}
    for result in results:
        if result.get("check") == "source_grade":
            codes = (result.get("measured") or {}).get("reasons", ())
            return [known[code] for code in codes if code in known]
    return []
