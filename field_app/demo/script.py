"""The words of the script: visits, the steps that follow them, and photos with a flaw.

Nothing here touches the database: `playing` carries the script out through the doors of the pages.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from field_app.clock import local
from field_app.demo.parcels import Field, Project
from field_app.demo.people import phone_of
from field_app.demo.scenes import Scene
from field_app.demo.shots import PHONES, Phone, Shot, exif_of, honest, outside, towards
from field_app.drafts import NO, YES
from field_app.ledger.workflow import Step as LedgerStep
from models.geo import to_gcj02
from models.vocabulary import PhotoKind, Source

OVERVIEW, CLOSE, FEATURE = PhotoKind.OVERVIEW, PhotoKind.CLOSE, PhotoKind.FEATURE
SIDES = (PhotoKind.EAST, PhotoKind.SOUTH, PhotoKind.WEST, PhotoKind.NORTH)
USUAL = (OVERVIEW, CLOSE, FEATURE, FEATURE)
FIRST_SEED = 400  # pictures drawn from here on look least like one another
_MINUTES_APART = 3


@dataclass(frozen=True, slots=True)
class Submit:
    """The visit is handed in."""


@dataclass(frozen=True, slots=True)
class Decide:
    """A supervisor's word on the n-th photo of the visit."""

    by: str
    days_ago: float
    photo: int
    trusted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Confirmed; what was found goes to its ledger. `begin` starts the work there as well."""

    by: str
    days_ago: float
    begin: bool = False


@dataclass(frozen=True, slots=True)
class SendBack:
    """Sent back, with the photos to shoot again by their place."""

    by: str
    days_ago: float
    why: str = ""
    photos: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShootAgain:
    """New photos after a sending back, and the visit handed in again."""

    days_ago: float
    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class Reject:
    """The finding does not hold."""

    by: str
    days_ago: float
    why: str


@dataclass(frozen=True, slots=True)
class OnEntry:
    """A step on the entry that a visit led to. `given` are the words and days that it asks for;
    a day is said as days from the step's own."""

    by: str
    days_ago: float
    step: LedgerStep
    given: dict[str, Any] = field(default_factory=dict)
    shots: tuple[Shot, ...] = ()


@dataclass(frozen=True, slots=True)
class Clue:
    """A clue that the office registered, and what became of it."""

    by: str
    days_ago: float
    category: int
    problem_type: str
    source: Source
    text: str
    township_code: str | None
    village: str
    measure: str
    units: tuple[str, ...]
    then: tuple[OnEntry, ...]
    due_days: int = 30


Step = OnEntry | Submit | Decide | Confirm | SendBack | ShootAgain | Reject


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: who, where, when, the photos, the answers, and what became of it."""

    who: str
    field: Field
    at: datetime
    shots: tuple[Shot, ...]
    answers: dict[str, Any]
    then: tuple[Step, ...]


def on_day(now: datetime, days_ago: float) -> datetime:
    """A moment of working hours in China: 2.5 is half of the second day before, 13:00.

    The fraction runs from 8:30 to 17:30, so everything from 1.0 on lies before `now`.
    """
    day = int(days_ago)
    start = local(now).replace(hour=8, minute=30, second=0, microsecond=0) - timedelta(days=day)
    return start + timedelta(hours=9 * (days_ago - day))


def nothing_wrong(planting: str = "LS") -> dict[str, Any]:
    """The answers of a field that is what its project says."""
    known = {"land_class": "0103", "planting": planting}
    return {**known, "as_registered": YES, "has_problem": NO}


def problem(
    field_: Field,
    kind: str,
    land_class: str,
    facts: str,
    *,
    share: float = 1.0,
    planting: str = "",
    measure: str = "",
) -> dict[str, Any]:
    """The answers of a finding of problem type `kind` on `share` of the parcel."""
    answers: dict[str, Any] = {
        "land_class": land_class,
        "as_registered": NO,
        "has_problem": YES,
        "category": kind[0],
        "problem_type": kind,
        "facts": facts,
        "area_mu": round(field_.area_mu * share, 2),
    }
    if planting:
        answers["planting"] = planting
    if measure:
        answers["measure"] = measure
    return answers


class Script:
    """Writes the visits: hands out parcels that nobody had yet, and seeds that differ, from
    `first_seed` on."""

    def __init__(
        self, county: dict[str, Project], now: datetime, *, first_seed: int = FIRST_SEED
    ) -> None:
        self.now = now
        taken_twice = {old for p in county.values() for _new, old in p.overlapping}
        self._free = {
            key: [f for f in p.fields if f.simple and f.number not in taken_twice]
            for key, p in county.items()
        }
        self._seed = first_seed

    def next_seed(self) -> int:
        """A seed that no picture had yet."""
        self._seed += 1
        return self._seed

    def parcel(self, project: str, *, steep: bool = False) -> Field:
        """The next simple parcel of a project; with `steep` one over 25°."""
        free = self._free[project]
        found = next(f for f in free if (f.slope_grade == "5") == steep)
        free.remove(found)
        return found

    def neighbours(self, project: str) -> tuple[Field, Field]:
        """Two simple parcels that share an edge."""
        free = self._free[project]
        for a in free:
            for b in free:
                if a.shape.relate_pattern(b.shape, "F***1****"):  # an edge, not a corner
                    free.remove(a)
                    free.remove(b)
                    return a, b
        raise LookupError(f"no two neighbours are left in {project}")

    def shot(
        self,
        who: str,
        field_: Field,
        at: datetime,
        kind: PhotoKind,
        scene: Scene,
        *,
        by_page: bool = True,
    ) -> Shot:
        return honest(
            kind,
            scene,
            field_.shape,
            phone=PHONES[phone_of(who)],
            taken_at=at,
            seed=self.next_seed(),
            by_page=by_page,
        )

    def shots(
        self,
        who: str,
        field_: Field,
        at: datetime,
        scene: Scene,
        *,
        near: Scene | None = None,
        kinds: tuple[PhotoKind, ...] = USUAL,
        by_page: bool = True,
    ) -> tuple[Shot, ...]:
        """A set of honest photos, some minutes apart; `near` is what close-ups show."""
        return tuple(
            self.shot(
                who,
                field_,
                at + timedelta(minutes=_MINUTES_APART * (n + 1)),
                kind,
                scene if kind is OVERVIEW or kind in SIDES or near is None else near,
                by_page=by_page,
            )
            for n, kind in enumerate(kinds)
        )

    def visit(
        self,
        who: str,
        place: Field,
        days_ago: float,
        scene: Scene,
        answers: dict[str, Any],
        *then: Step,
        kinds: tuple[PhotoKind, ...] = USUAL,
        near: Scene | None = None,
        by_page: bool = True,
    ) -> Visit:
        """A visit with honest photos, handed in; `then` is what became of it."""
        at = on_day(self.now, days_ago)
        shots = self.shots(who, place, at, scene, near=near, kinds=kinds, by_page=by_page)
        return Visit(who, place, at, shots, answers, (Submit(), *then))


# --- photos that are not as they should be -----------------------------------------------------


def with_shot(visit: Visit, n: int, shot: Shot) -> Visit:
    """The visit with its n-th photo exchanged, or one added at its end."""
    return replace(visit, shots=(*visit.shots[:n], shot, *visit.shots[n + 1 :]))


def looking_away(visit: Visit, n: int) -> Visit:
    """The n-th photo from 40 m outside, with the back to the parcel."""
    shot, boundary = visit.shots[n], visit.field.shape
    at = outside(boundary, 40.0, 75.0)
    away = (towards(at, boundary) + 180.0) % 360.0
    facts = exif_of(_phone(visit), at, shot.taken_at, away, gps="blanked")
    return with_shot(visit, n, replace(shot, at=at, facts=facts, true_heading_deg=away))


def on_a_web_map(visit: Visit, n: int) -> Visit:
    """The n-th photo as a file whose position was written in GCJ-02."""
    shot = visit.shots[n]
    return with_shot(visit, n, _as_file(visit, replace(shot, at=to_gcj02(shot.at))))


def of_last_year(visit: Visit, shot: Shot) -> Visit:
    """An old photo out of the gallery, added to the visit."""
    old = replace(shot, taken_at=shot.taken_at - timedelta(days=366))
    return with_shot(visit, len(visit.shots), _as_file(visit, old))


def from_a_messenger(visit: Visit, n: int) -> Visit:
    """The n-th photo as a file that a messenger stripped of everything."""
    return with_shot(visit, n, replace(visit.shots[n], facts=None, by_page=False))


def _as_file(visit: Visit, shot: Shot) -> Shot:
    facts = exif_of(_phone(visit), shot.at, shot.taken_at, shot.true_heading_deg)
    return replace(shot, facts=facts, by_page=False)


def _phone(visit: Visit) -> Phone:
    return PHONES[phone_of(visit.who)]
