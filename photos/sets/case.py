"""All photos of one parcel and what they are judged against, gathered before anything is decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from shapely.geometry.base import BaseGeometry

from models.geo import Position
from models.vocabulary import Verdict
from photos.sets.coverage import SIDES, Coverage, Standpoint, coverage


@dataclass(frozen=True, slots=True)
class SetPhoto:
    """One photo of the set, after its own examination. `number` is how it is called where it is
    shown. `at` is EPSG:4490 with accuracy in metres, angles are degrees from true north."""

    number: int
    kind: str
    verdict: Verdict
    trusted: bool | None = None  # a person's word that stands: 采信, 不采信, or none
    reshoot_why: str = ""  # the supervisor wants it again
    at: Position | None = None
    heading_deg: float | None = None
    view_deg: float | None = None
    taken_at: datetime | None = None  # aware

    @property
    def counts(self) -> bool:
        """Whether the set may rest on it: a person's word before the machine's. A photo that is
        待补证 or 存疑 counts as there; what it lacks is told of the photo itself."""
        if self.reshoot_why:
            return False
        return self.verdict != Verdict.CONTRADICTED if self.trusted is None else self.trusted

    @property
    def standpoint(self) -> Standpoint:
        return Standpoint(self.kind, self.at, self.heading_deg, self.view_deg)


@dataclass(frozen=True)
class SetCase:
    """The photos of one visit to one parcel. `boundary` is a polygon or several in EPSG:4490;
    `wanted` says how many photos of each kind it needs; `cannot` why they cannot be taken, in the
    inspector's own words."""

    boundary: BaseGeometry
    area_mu: float
    wanted: Mapping[str, int]
    photos: Sequence[SetPhoto] = ()
    cannot: str = ""

    def __post_init__(self) -> None:
        if self.boundary.is_empty:
            raise ValueError("a parcel without a boundary has nothing to be seen of")

    @cached_property
    def counting(self) -> tuple[SetPhoto, ...]:
        return tuple(p for p in self.photos if p.counts)

    @cached_property
    def coverage(self) -> Coverage:
        """Of the photos that count."""
        return coverage(self.boundary, [p.standpoint for p in self.counting])

    @cached_property
    def short(self) -> dict[str, int]:
        """How many photos of each kind are missing, in the order of `wanted`; only what is."""
        there = Counter(p.kind for p in self.counting)
        return {kind: n - there[kind] for kind, n in self.wanted.items() if n > there[kind]}

    @cached_property
    def wanted_sides(self) -> tuple[str, ...]:
        """The directions that a parcel of this size is shot in."""
        return tuple(str(side) for side in SIDES if self.wanted.get(str(side), 0))
