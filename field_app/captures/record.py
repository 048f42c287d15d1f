"""The shape of a record: what a phone wrote down of one shot, or of one hand-in, and signed.

Nothing in it is proof and nothing is trusted for its shape. What places the capture must be there
and sound; of the rest, what makes no sense counts as not said, so that one odd reading never costs
a photo its place. Pure: no database, no clock.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from field_app.outside import FileName, Moment
from field_app.words import clean
from models.vocabulary import FilledBy, PhotoKind

MOST_FIXES = 30
MOST_PHOTOS = 200
_MAX_ID = 2**31 - 1
_LONGEST_OFFSET_MS = 400 * 86_400_000  # more than a year: no clock is measured so
_MOST_ANSWERS = 300
_LONGEST_WORDS = 60


def _or_none(value: Any, handler: ValidatorFunctionWrapHandler, _info: ValidationInfo) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return None


_Soft = WrapValidator(_or_none)
"""What makes no sense counts as not said."""

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[int, Field(ge=1, le=_MAX_ID)]
SoftMoment = Annotated[Moment | None, _Soft]
_Degrees = Annotated[float | None, Field(ge=0, le=360), _Soft]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Fix(_Part):
    """One position as the browser gave it: WGS 84 degrees, metres, metres a second."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    accuracy_m: float = Field(ge=0, le=1e6)
    altitude_m: Annotated[float | None, Field(ge=-1e4, le=1e5), _Soft] = None
    altitude_accuracy_m: Annotated[float | None, Field(ge=0, le=1e6), _Soft] = None
    speed_m_s: Annotated[float | None, Field(ge=-1e3, le=1e4), _Soft] = None
    heading_deg: _Degrees = None
    fixed_at: Moment
    received_at: SoftMoment = None


class Look(_Part):
    """Where the camera looked, by the compass of the page."""

    heading_deg: float = Field(ge=0, le=360)
    heading_ref: Literal["T", "M", ""] = ""
    pitch_deg: Annotated[float | None, Field(ge=-90, le=90), _Soft] = None
    at: SoftMoment = None
    accuracy_deg: Annotated[float | None, Field(ge=-1, le=360), _Soft] = None


class Camera(_Part):
    """The camera of a live shot, as the browser calls it."""

    label: Annotated[str, Field(max_length=300)] = ""
    width: Annotated[int | None, Field(ge=0, le=100_000), _Soft] = None
    height: Annotated[int | None, Field(ge=0, le=100_000), _Soft] = None
    facing: Annotated[str, Field(max_length=40)] = ""


class Clock(_Part):
    """How far the server's clock was ahead of the phone's, and when that was measured."""

    offset_ms: Annotated[
        int | None, Field(ge=-_LONGEST_OFFSET_MS, le=_LONGEST_OFFSET_MS), _Soft
    ] = None
    measured_at: SoftMoment = None


class _Record(_Part):
    v: Literal[1]
    uuid: Uuid
    owner: Annotated[str, Field(max_length=80)]
    key_id: Annotated[str, Field(max_length=64)] = ""
    task: Id | None = None
    visit: Uuid
    inspection: Id | None = None
    parcel: Annotated[str | None, Field(max_length=120), _Soft] = None
    shape_no: Annotated[int | None, Field(ge=1, le=_MAX_ID), _Soft] = None
    form: Annotated[Sha256 | None, _Soft] = None
    made_at: SoftMoment = None
    zone_offset_min: Annotated[int | None, Field(ge=-900, le=900), _Soft] = None
    clock: Annotated[Clock | None, _Soft] = None
    code: Annotated[str | None, Field(max_length=80), _Soft] = None
    app: Annotated[str | None, Field(max_length=80), _Soft] = None

    @property
    def offset(self) -> timedelta | None:
        """The server's clock minus the phone's, where it was measured."""
        if self.clock is None or self.clock.offset_ms is None:
            return None
        return timedelta(milliseconds=self.clock.offset_ms)

    @property
    def made(self) -> datetime | None:
        """When it was made, the phone's clock corrected where that is known."""
        return None if self.made_at is None else self.made_at + (self.offset or timedelta())


class PhotoRecord(_Record):
    """One shot. `way`: the camera inside the page, the phone's own, or a chosen file."""

    type: Literal["photo"]
    kind: PhotoKind
    way: Literal["live", "camera", "file"]
    sha256: Sha256
    size: Annotated[int | None, Field(ge=0), _Soft] = None
    raw_sha256: Annotated[Sha256 | None, _Soft] = None
    media_type: Annotated[str | None, Field(max_length=80), _Soft] = None
    opened_at: SoftMoment = None
    shot_at: SoftMoment = None
    chosen_at: SoftMoment = None
    file_name: Annotated[FileName | None, _Soft] = None
    file_modified_at: SoftMoment = None
    position: Annotated[Fix | None, _Soft] = None
    track: Annotated[tuple[Annotated[Fix | None, _Soft], ...] | None, _Soft] = None
    look: Annotated[Look | None, _Soft] = None
    camera: Annotated[Camera | None, _Soft] = None
    note: Annotated[str | None, Field(max_length=2000), _Soft] = None

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """The sound fixes of the track, the newest `MOST_FIXES` of them."""
        return tuple(fix for fix in self.track or () if fix is not None)[-MOST_FIXES:]


class VisitRecord(_Record):
    """One hand-in: the answers, what the editor had before him, and the photos that belong to it."""

    type: Literal["visit"]
    answers: Annotated[dict[str, Any], Field(max_length=_MOST_ANSWERS)]
    seen: Annotated[dict[str, Any], Field(max_length=_MOST_ANSWERS)] = Field(default_factory=dict)
    marks: Annotated[dict[str, Any] | None, Field(max_length=_MOST_ANSWERS), _Soft] = None
    submit: bool = False
    photos: Annotated[tuple[Sha256, ...], Field(max_length=MOST_PHOTOS)] = ()
    edition_seen: Annotated[int | None, _Soft] = None

    @property
    def confirmed(self) -> list[str]:
        """The answers that the inspector looked at on the phone and found right."""
        return [name for name, mark in self._marks() if mark.get("confirmed") is True]

    @property
    def like_last(self) -> dict[str, str]:
        """The answers that the phone filled with what the last visit said, each with the number of
        that parcel: to be confirmed, as they are online."""
        return {
            name: clean(str(mark.get("words") or ""))[:_LONGEST_WORDS]
            for name, mark in self._marks()
            if mark.get("by") == FilledBy.LAST
        }

    def _marks(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [(n, mark) for n, mark in (self.marks or {}).items() if isinstance(mark, Mapping)]


Record = PhotoRecord | VisitRecord
_ANY: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="type")])


class Unreadable(ValueError):
    """A text that is no record; says in Chinese what is wrong with it."""


def read_record(text: bytes) -> Record:
    """The record that a text is. Raises Unreadable."""
    try:
        found = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable("采集记录不是 JSON") from error
    try:
        return _ANY.validate_python(found)
    except ValidationError as error:
        first = error.errors()[0]
        named = ".".join(str(part) for part in first["loc"] if part not in ("photo", "visit"))
        raise Unreadable(f"采集记录的 {named[:60] or '内容'} 不合规") from error
    except RecursionError as error:
        raise Unreadable("采集记录套得太深") from error
