"""One photo and everything it is judged against, gathered before anything is decided.

A check is a pure function of a `Case`; whatever it needs to know stands here, the time included.
This is the one door: what a case is made of, what a check finds, and the words for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from shapely.geometry.base import BaseGeometry

from models.geo import Box, Position, declination_deg, way_to
from models.vocabulary import Grade
from photos.beside import DeviceUse, LikePicture, PriorUse, Recorded, Shot
from photos.claims import Claim
from photos.devices import Device, device_of, file_number_in, is_one_device, lens_of
from photos.evidence import Evidence, Heading, HeadingRef
from photos.grading import Grading, grading_of, told_by
from photos.profile import Profile
from photos.results import Result
from photos.sentences import china_text, direction_text, place_text, span_text

__all__ = [
    "Case",
    "Claim",
    "DeviceUse",
    "LikePicture",
    "PhotoPosition",
    "PriorUse",
    "Recorded",
    "Result",
    "Shot",
    "TakenAt",
    "china_text",
    "direction_text",
    "place_text",
    "span_text",
]

_MOST_FIX_OFF = timedelta(hours=36)
_MOST_CLOCK_OFF = timedelta(minutes=5)  # a slow line is late as well


@dataclass(frozen=True, slots=True)
class PhotoPosition:
    """The position that is judged, and who said so: our page ("page"), the file ("exif"), or the
    table that came with the file ("package")."""

    at: Position
    source: str


@dataclass(frozen=True, slots=True)
class TakenAt:
    """The moment that is judged, aware, and who said so: "page", "camera", "gps" or "package"."""

    at: datetime
    source: str
    zone_assumed: bool = False  # the camera named no zone; Chinese local time was assumed


@dataclass(frozen=True)
class Case:
    """A photo before its judges. `boundary` is a polygon in EPSG:4490 (lon, lat), never empty."""

    evidence: Evidence
    boundary: BaseGeometry
    claim: Claim
    received_at: datetime  # server clock, aware
    window: tuple[datetime, datetime] | None = None  # of the task, aware, both ends included
    neighbours: tuple[PriorUse, ...] = ()
    county_box: Box | None = None
    recorded: Recorded | None = None
    parcel: str = ""  # its number
    profile: Profile | None = None  # how the same device wrote its other photos
    named: str | None = None  # the file name under which the photo was handed in; a page gives none
    shots: tuple[Shot, ...] = ()  # no order among them; the same bytes are not among them
    known_devices: tuple[DeviceUse, ...] = ()  # of the same person's photos before this one
    likes: tuple[LikePicture, ...] = ()  # no order among them
    compared: int | None = None  # with how many pictures; None: it was not, or shows too little

    def __post_init__(self) -> None:
        if self.boundary.is_empty:
            raise ValueError("a parcel without a boundary has nothing to be near to")
        times = [self.received_at, self.claim.captured_at, self.claim.sent_at, self.claim.fix_at]
        times += [self.recorded.taken_at] if self.recorded else []
        times += self.claim.witness.times() if self.claim.witness else []
        if any(t is not None and t.tzinfo is None for t in (*times, *(self.window or ()))):
            raise ValueError("every time of a case carries its zone")

    @cached_property
    def told(self) -> Claim:
        """The claim as far as it counts: checks ask this for where and when. `claim` is asked for
        the kind, for what stands behind its words, and for how the file came about: a picture of
        our live camera is no camera's file, whoever signed for it."""
        return told_by(self.claim)

    @cached_property
    def grading(self) -> Grading:
        """证据来源等级, with the reasons that kept it from a better one."""
        of_file = self.position is not None and self.position.source != "page"
        return grading_of(self.claim, of_file=of_file)

    @property
    def grade(self) -> Grade:
        return self.grading.grade

    @cached_property
    def position(self) -> PhotoPosition | None:
        """The page's position before the file's, which a browser may have blanked; a table's only
        where both are silent."""
        if self.told.position is not None:
            return PhotoPosition(self.told.position, "page")
        if self.evidence.position is not None:
            return PhotoPosition(self.evidence.position, "exif")
        if self.recorded is not None and self.recorded.position is not None:
            return PhotoPosition(self.recorded.position, "package")
        return None

    @property
    def distance_m(self) -> float | None:
        """Metres to the parcel, 0 inside; None without a position."""
        return self._way[0]

    @property
    def bearing_deg(self) -> float | None:
        """True bearing to the nearest part of the parcel; None inside, or without a position."""
        return self._way[1]

    @cached_property
    def _way(self) -> tuple[float | None, float | None]:
        """Distance and bearing: one search for the nearest part gives both."""
        return (None, None) if self.position is None else way_to(self.boundary, self.position.at)

    @cached_property
    def taken(self) -> TakenAt | None:
        """The page's moment, else the camera's, the satellites', a table's; the source is named."""
        if self.told.captured_at is not None:
            return TakenAt(self.told.captured_at, "page")
        camera = self.evidence.camera_time
        if camera is not None:
            return TakenAt(camera.at, "camera", camera.zone_assumed)
        if self.evidence.gps_time is not None:
            return TakenAt(self.evidence.gps_time, "gps")
        if self.recorded is not None and self.recorded.taken_at is not None:
            return TakenAt(self.recorded.taken_at, "package")
        return None

    @cached_property
    def device(self) -> Device | None:
        return device_of(self.evidence)

    @cached_property
    def fixed_at(self) -> datetime | None:
        """When the judged position was fixed; None where nobody says so, or where the date is off
        by more than any zone and any old fix (receivers that count weeks wrongly)."""
        if self.position is None:
            return None
        if self.position.source != "exif":
            return self.told.fix_at if self.position.source == "page" else None
        at, taken = self.evidence.gps_time, self.taken
        off = at is not None and taken is not None and abs(at - taken.at) > _MOST_FIX_OFF
        return None if off else at

    @cached_property
    def clock_off(self) -> bool:
        """Whether the page's clock was wrong when it sent the photo: `page_server_clock` asks about
        that, and nobody is to be contradicted for it by other checks as well."""
        sent = self.told.sent_at
        by_page = self.taken is not None and self.taken.source == "page"
        return by_page and sent is not None and abs(self.received_at - sent) > _MOST_CLOCK_OFF

    @property
    def timed(self) -> bool:
        """Whether it has a time of a clock that can be compared with others: one that is wrong now
        may have been right an hour ago."""
        return self.taken is not None and not self.clock_off

    @cached_property
    def shot(self) -> Shot | None:
        """This photo as its neighbours see it; None where it is not `timed`."""
        if self.taken is None or not self.timed:
            return None
        key = None if self.device is None else self.device.key
        source = "" if self.position is None else self.position.source
        return Shot(
            name=self.named or self.evidence.sha256[:12],
            parcel=self.parcel,
            kind=self.claim.kind,
            taken_at=self.taken.at,
            taken_source=self.taken.source,
            same_parcel=True,
            same_inspection=True,
            same_person=True,
            same_device=is_one_device(key),
            zone_assumed=self.taken.zone_assumed,
            grade=self.grade,
            position=None if self.position is None else self.position.at,
            position_source=source,
            fixed_at=self.fixed_at,
            altitude_m=self.evidence.altitude_m if source == "exif" else None,
            distance_m=self.distance_m,
            heading_deg=self.true_heading_deg,
            device=key,
            lens=lens_of(self.evidence),
            file_number=file_number_in(self.named),
        )

    @cached_property
    def heading(self) -> Heading | None:
        return self.told.heading or self.evidence.heading

    @cached_property
    def true_heading_deg(self) -> float | None:
        """The heading from true north; a heading without a reference is taken as true.

        In 南召 the difference is about −5°, far inside the tolerance of any compass check.
        """
        if self.heading is None:
            return None
        if self.heading.ref is not HeadingRef.MAGNETIC or self.position is None:
            return self.heading.deg
        on = (self.taken.at if self.taken else self.received_at).date()
        return (self.heading.deg + declination_deg(self.position.at, on)) % 360.0
