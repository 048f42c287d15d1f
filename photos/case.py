"""One photo and everything it is judged against, gathered before anything is decided.

A check is a pure function of a `Case`; whatever it needs to know stands here, the time included.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from shapely.geometry.base import BaseGeometry

from models.geo import Box, Position, bearing_to_deg, declination_deg, distance_to_m
from models.vocabulary import Grade, Outcome, PhotoKind
from photos.devices import (
    Device,
    FileNumber,
    device_of,
    file_number_in,
    is_one_device,
    lens_of,
)
from photos.evidence import CHINA, Evidence, Heading, HeadingRef, as_plain
from photos.likeness.fingerprints import How
from photos.profile import Profile

_MOST_FIX_OFF = timedelta(hours=36)
_MOST_CLOCK_OFF = timedelta(minutes=5)  # a slow line is late as well


@dataclass(frozen=True, slots=True)
class Claim:
    """What the sender says of the photo. Of a mere file only the `kind` is claimed.

    The rest is taken by our own capture page at the moment of the shot. A file's name is no claim.
    """

    kind: PhotoKind
    position: Position | None = None  # where the page said it was, with the device's own accuracy
    fix_at: datetime | None = None  # when the device took that fix, by its own clock
    heading: Heading | None = None  # compass of the page
    pitch_deg: float | None = None  # above the horizon is positive
    captured_at: datetime | None = None  # client clock at the shot
    sent_at: datetime | None = None  # client clock when the photo was sent off
    live_capture: bool = False  # the picture came from the live camera inside our page
    one_time_code_ok: bool = False  # and answered the one-time code of that session


@dataclass(frozen=True, slots=True)
class PriorUse:
    """An earlier use of the very same bytes."""

    parcel: str  # number of the parcel it was filed for
    same_parcel: bool
    same_inspection: bool
    same_person: bool
    at: datetime | None  # None: of a pile of files nobody knows which was used first


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the table of a 举证 package says of a photo: a second witness beside the file."""

    position: Position | None = None
    taken_at: datetime | None = None  # aware
    heading_deg: float | None = None  # PSJD, clockwise from north; its reference is not said
    person: str = ""
    digest: str = ""  # JYM or MD5 as written, lower case
    digest_holds: bool | None = None  # of these bytes; None: it is no MD5, so it cannot be told


@dataclass(frozen=True, slots=True)
class Shot:
    """Another photo that the judged one is compared with: one of the same person or the same
    device, taken about a day before or after it at most. Removed photos are among them."""

    name: str  # of the file, or the beginning of its sha256
    parcel: str  # number of the parcel it was filed for
    kind: PhotoKind
    taken_at: datetime  # aware
    taken_source: str  # "page", "camera" or "gps"
    same_parcel: bool
    same_inspection: bool
    same_person: bool
    same_device: bool  # one and the same device for sure: a model alone is never enough
    zone_assumed: bool = False  # taken_at is Chinese local time by assumption
    grade: Grade = Grade.D
    position: Position | None = None  # with its accuracy
    position_source: str = ""  # "page" or "exif"
    fixed_at: datetime | None = None  # when that position was fixed, by the clock of its source
    altitude_m: float | None = None
    distance_m: float | None = None  # to its own parcel, 0 inside
    heading_deg: float | None = None  # true
    device: str | None = None  # as `photos.devices` names it
    lens: str | None = None
    file_number: FileNumber | None = None


@dataclass(frozen=True, slots=True)
class DeviceUse:
    """How many of a person's earlier photos name a device and a lens."""

    device: str
    lens: str | None
    photos: int


@dataclass(frozen=True, slots=True)
class LikePicture:
    """Another photo, not of the same bytes, whose picture looks like the judged one. `bits` differ
    of the 256 of a fingerprint; the rest comes of laying the two over each other, and is None
    where that could not be done (the other's bytes cannot be had)."""

    name: str  # of the file, or the beginning of its sha256
    parcel: str  # number of the parcel it was filed for
    same_parcel: bool
    same_task: bool
    same_inspection: bool
    same_person: bool
    bits: int
    how: How
    mirrored: bool = False
    inliers: int | None = None
    correlation: float | None = None
    at: datetime | None = None  # when it was received; None: of a pile of files nobody knows
    taken_at: datetime | None = None  # aware
    position: Position | None = None


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
        if any(t is not None and t.tzinfo is None for t in (*times, *(self.window or ()))):
            raise ValueError("every time of a case carries its zone")

    @cached_property
    def grade(self) -> Grade:
        """证据来源等级, by where the position comes from."""
        if self.claim.position is not None:
            proven = self.claim.live_capture and self.claim.one_time_code_ok
            return Grade.A if proven else Grade.B
        return Grade.D if self.position is None else Grade.C

    @cached_property
    def position(self) -> PhotoPosition | None:
        """The page's position before the file's, which a browser may have blanked; a table's only
        where both are silent."""
        if self.claim.position is not None:
            return PhotoPosition(self.claim.position, "page")
        if self.evidence.position is not None:
            return PhotoPosition(self.evidence.position, "exif")
        if self.recorded is not None and self.recorded.position is not None:
            return PhotoPosition(self.recorded.position, "package")
        return None

    @cached_property
    def distance_m(self) -> float | None:
        """Metres to the parcel, 0 inside; None without a position."""
        return None if self.position is None else distance_to_m(self.boundary, self.position.at)

    @cached_property
    def bearing_deg(self) -> float | None:
        """True bearing to the nearest part of the parcel; None inside, or without a position."""
        return None if self.position is None else bearing_to_deg(self.boundary, self.position.at)

    @cached_property
    def taken(self) -> TakenAt | None:
        """The page's moment, else the camera's, the satellites', a table's; the source is named."""
        if self.claim.captured_at is not None:
            return TakenAt(self.claim.captured_at, "page")
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
            return self.claim.fix_at if self.position.source == "page" else None
        at, taken = self.evidence.gps_time, self.taken
        off = at is not None and taken is not None and abs(at - taken.at) > _MOST_FIX_OFF
        return None if off else at

    @cached_property
    def clock_off(self) -> bool:
        """Whether the page's clock was wrong when it sent the photo: `page_server_clock` asks about
        that, and nobody is to be contradicted for it by other checks as well."""
        sent = self.claim.sent_at
        by_page = self.taken is not None and self.taken.source == "page"
        return by_page and sent is not None and abs(self.received_at - sent) > _MOST_CLOCK_OFF

    @cached_property
    def shot(self) -> Shot | None:
        """This photo as its neighbours see it; None without a time of a clock that can be compared
        with others: one that is wrong now may have been right an hour ago."""
        if self.taken is None or self.clock_off:
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
        return self.claim.heading or self.evidence.heading

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


def place_text(at: Position) -> str:
    """A place for a sentence.

    >>> place_text(Position(112.43, 33.49)), place_text(Position(-3.7, -40.4))
    ('东经 112.43000°、北纬 33.49000°', '西经 3.70000°、南纬 40.40000°')
    """
    east, north = "东经" if at.lon >= 0 else "西经", "北纬" if at.lat >= 0 else "南纬"
    return f"{east} {abs(at.lon):.5f}°、{north} {abs(at.lat):.5f}°"


_EIGHT = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def direction_text(bearing_deg: float) -> str:
    """One of eight directions.

    >>> direction_text(0.0), direction_text(44.0), direction_text(359.0), direction_text(181.0)
    ('北', '东北', '北', '南')
    """
    return _EIGHT[round(bearing_deg / 45.0) % 8]


def china_text(at: datetime) -> str:
    """A moment for a sentence: Chinese wall time to the minute.

    >>> from datetime import UTC
    >>> china_text(datetime(2026, 3, 2, 0, 11, tzinfo=UTC))
    '2026-03-02 08:11'
    """
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def span_text(seconds: float) -> str:
    """A span of time for a sentence, in the unit a person would use.

    >>> span_text(42), span_text(-300), span_text(7200), span_text(200_000)
    ('42 秒', '5 分钟', '2.0 小时', '2.3 天')
    """
    s = abs(seconds)
    if s < 120:
        return f"{s:.0f} 秒"
    if s < 7200:
        return f"{s / 60:.0f} 分钟"
    return f"{s / 3600:.1f} 小时" if s < 172_800 else f"{s / 86400:.1f} 天"
