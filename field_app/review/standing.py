"""Which photos a confirmation may rest on. Pure.

The machine's verdict stays as it is; a person's word stands beside it. A word counts for what the
person saw: when a later examination came to another verdict, the photo has to be looked at again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.vocabulary import Verdict


class Decision(StrEnum):
    """A supervisor's word on a photo."""

    TRUSTED = "采信"
    NOT_TRUSTED = "不采信"


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict or a decision, and when it was said."""

    word: str
    at: datetime


def decision_that_stands(exams: Sequence[Said], decisions: Sequence[Said]) -> Decision | None:
    """The newest decision, unless the machine has changed its verdict since; None where a person
    still has to speak. Both sequences are oldest first."""
    if not decisions:
        return None
    newest = decisions[-1]
    seen = [exam.word for exam in exams if exam.at <= newest.at]
    if exams and (not seen or seen[-1] != exams[-1].word):
        return None
    return Decision(newest.word)


def open_question(verdict: str, decision: Decision | None) -> bool:
    """Whether a person must speak before anything rests on this photo."""
    return verdict != Verdict.PASSED and decision is None


def stands(verdict: str, decision: Decision | None) -> bool:
    """Whether a confirmation may rest on this photo; a person may also overrule a pass."""
    if decision is not None:
        return decision == Decision.TRUSTED
    return verdict == Verdict.PASSED
