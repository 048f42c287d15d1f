"""What a check found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.vocabulary import Outcome
from photos.evidence import as_plain


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found: measured numbers, thresholds, and one sentence for the inspector."""

    outcome: Outcome
    message: str
    measured: Mapping[str, Any] = field(default_factory=dict)
    threshold: Mapping[str, Any] = field(default_factory=dict)
    check: str = ""  # stamped by the declaration
    needed: bool = True  # whether an UNKNOWN here leaves the photo 待补证
    noted: bool = False  # something was seen that is not reliable enough for a doubt

    def as_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "outcome": self.outcome.value,
            "measured": as_plain(self.measured),
            "threshold": as_plain(self.threshold),
            "message": as_plain(self.message),
            "needed": self.needed,
            "noted": self.noted,
        }
