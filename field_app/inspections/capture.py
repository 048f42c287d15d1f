"""What a page tells of the moment of a shot, checked before anything believes its shape."""

from datetime import datetime
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from field_app.outside import FIX_MAX_AGE, FileName, Moment
from field_app.problems import BAD_CAPTURE
from models.geo import Position
from models.vocabulary import PhotoKind
from photos.case import Claim
from photos.evidence import Heading, HeadingRef


class Told(Protocol):
    """What came with a photo, whichever way: an `X-Capture`, or a signed record."""

    @property
    def file_name(self) -> str | None:
        """As the phone's camera or the person called the file."""

    def claim(self, kind: PhotoKind) -> Claim:
        """The claim that the examination judges."""


class Capture(BaseModel):
    """The `X-Capture` of a photo. Nothing in it is proof; the grade says what it is worth.

    `source` is `camera` where our page opened the camera, `file` where an old file was chosen:
    of a file the position of the choosing says nothing about the shot.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    source: Literal["camera", "file"] = "file"
    live: bool = False  # the camera inside the page, not the phone's own
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    accuracy_m: float | None = Field(None, ge=0, le=1e6)
    fixed_at: Moment | None = None
    heading_deg: float | None = Field(None, ge=0, le=360)
    heading_ref: Literal["T", "M", ""] = ""
    heading_at: Moment | None = None
    pitch_deg: float | None = Field(None, ge=-90, le=90)
    opened_at: Moment | None = None  # the button was tapped
    shot_at: Moment | None = None  # the shutter, as well as the page can know
    chosen_at: Moment | None = None  # the picture came back to the page
    device_time: Moment | None = None
    zone_offset_min: int | None = Field(None, ge=-900, le=900)
    file_modified_at: Moment | None = None
    file_name: FileName | None = None  # as the phone's camera or the person called it

    def claim(self, kind: PhotoKind) -> Claim:
        """The claim that the examination judges."""
        if self.source != "camera":
            return Claim(kind, sent_at=self.device_time)
        heading = None
        if self.heading_deg is not None:
            heading = Heading(self.heading_deg % 360.0, HeadingRef(self.heading_ref))
        return Claim(
            kind,
            position=self._position(),
            fix_at=self.fixed_at,
            heading=heading,
            pitch_deg=self.pitch_deg,
            live_capture=self.live,
            captured_at=self._shot_at,
            sent_at=self.device_time,
        )

    @property
    def _shot_at(self) -> datetime | None:
        return self.shot_at or self.chosen_at

    def _position(self) -> Position | None:
        if self.lon is None or self.lat is None:
            return None
        shot_at = self._shot_at
        if self.fixed_at and shot_at and shot_at - self.fixed_at > FIX_MAX_AGE:
            return None
        return Position(self.lon, self.lat, self.accuracy_m)


def parse_capture(given: dict[str, Any]) -> Capture:
    """The capture, or BAD_CAPTURE naming the first thing that is wrong."""
    try:
        return Capture.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "内容"
        raise BAD_CAPTURE(what=name) from error


def kept(capture: Capture, at: datetime) -> dict[str, Any]:
    """The capture as it is stored beside the photo, with the moment of the server."""
    return {**capture.model_dump(mode="json", exclude_none=True), "received_at": at.isoformat()}
