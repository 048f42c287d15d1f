"""A kind of case: what it is, what the examination must say of it, and how its cases are made."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from models.vocabulary import Verdict
from photos.case import Case
from photos.examine import Examination, examine
from photos.sets.case import SetCase
from photos.sets.examine import SetExamination, examine_set


class Sort(StrEnum):
    """What is asked of the engine for a kind."""

    HONEST = "honest"  # never 不符, and only the expected verdicts
    SHOWN = "shown"  # forged, and the file or what stands around it shows it: 存疑 or 不符
    WITHHELD = "withheld"  # proves nothing and accuses nobody: never 核验通过
    SHIFTED = "shifted"  # no forgery, and still to be asked about: 存疑, never 不符
    UNSEEN = "unseen"  # forged, and nothing here can show it: a stated limit, measured only


PASSED = frozenset({Verdict.PASSED})
INCOMPLETE = frozenset({Verdict.INCOMPLETE})
DOUBTFUL = frozenset({Verdict.DOUBTFUL})
CONTRADICTED = frozenset({Verdict.CONTRADICTED})
NOT_PASSED = INCOMPLETE | DOUBTFUL | CONTRADICTED
CAUGHT = DOUBTFUL | CONTRADICTED
ANY = frozenset(Verdict)


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is "honest/…" or "forged/F04/…"; `make` builds one case from its own dice."""

    name: str
    sort: Sort
    expected: frozenset[Verdict]
    what: str  # one sentence: what happened, and what of it a file can show
    make: Callable[[Random], Case | SetCase]
    count: int

    def case(self, number: int) -> Case | SetCase:
        """The case of that number: the same wherever and whenever it is made."""
        return self.make(Random(f"{self.name}/{number}"))

    @property
    def pattern(self) -> str | None:
        """The row of the fraud catalogue: "F04"; None for the honest."""
        parts = self.name.split("/")
        return parts[1] if parts[0] == "forged" else None


Maker = Callable[[Random], Case | SetCase]


def examined(case: Case | SetCase) -> Examination | SetExamination:
    """What our engine says of a photo, or of all photos of a visit."""
    return examine(case) if isinstance(case, Case) else examine_set(case)


def honest(
    name: str, what: str, *, expected: frozenset[Verdict] = PASSED, count: int = 8
) -> Callable[[Maker], Kind]:
    return lambda make: Kind(f"honest/{name}", Sort.HONEST, expected, what, make, count)


def shown(
    name: str, what: str, *, expected: frozenset[Verdict] = CAUGHT, count: int = 8
) -> Callable[[Maker], Kind]:
    return lambda make: Kind(f"forged/{name}", Sort.SHOWN, expected, what, make, count)


def withheld(name: str, what: str, *, count: int = 6) -> Callable[[Maker], Kind]:
    return lambda make: Kind(f"forged/{name}", Sort.WITHHELD, NOT_PASSED, what, make, count)


def unseen(name: str, what: str, *, count: int = 6) -> Callable[[Maker], Kind]:
    return lambda make: Kind(f"forged/{name}", Sort.UNSEEN, ANY, what, make, count)
