"""Which photos a visit must bring, and which of them are still missing. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from models import taxonomy
from models.vocabulary import PhotoKind, Purpose, Verdict

FOUR_SIDES = (PhotoKind.EAST, PhotoKind.SOUTH, PhotoKind.WEST, PhotoKind.NORTH)
AFTER_RECTIFYING = (Purpose.RECTIFIED, Purpose.CLOSE_OUT)
"""What an inspector visits a parcel for once something is to be rectified there."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A photo, as far as counting needs it."""

    kind: str
    verdict: str
    to_reshoot: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """So many photos of a kind are wanted, so many usable ones are there."""

    kind: str
    wanted: int
    there: int
    hint: str

    @property
    def short(self) -> int:
        return max(self.wanted - self.there, 0)


def wanted(purpose: str, area_mu: float, *, four_sides_above_mu: float) -> dict[str, int]:
    """How many photos of each kind the parcel needs (defaults of ours, see photo_kinds.csv)."""
    need = {k.name: k.required for k in taxonomy.photo_kinds().values() if k.required}
    if area_mu > four_sides_above_mu:
        need |= {str(side): 1 for side in FOUR_SIDES}
    if purpose in AFTER_RECTIFYING:
        need[str(PhotoKind.AFTER)] = 1
    return need


def wishes(need: dict[str, int], photos: Iterable[Counted]) -> list[Wish]:
    """What is wanted against what is there, in the order of the kinds.

    A photo that is 不符, or that the supervisor wants again, does not count: it is kept, and
    another one is wanted beside it.
    """
    usable = Counter(
        p.kind for p in photos if p.verdict != Verdict.CONTRADICTED and not p.to_reshoot
    )
    return [
        Wish(k.name, need[k.name], usable[k.name], k.hint)
        for k in taxonomy.photo_kinds().values()
        if k.name in need
    ]
