"""What the GPS block of a photo says, judged from its own fractions and never from a helper.

The traps are known: helpers of libraries divide by zero on 0/0, read a blanked block as (0, 0),
take a missing N or S as north and accept a latitude of 95°. Here each of them is a state.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from models.geo import Position
from photos.evidence import GpsState, Heading, HeadingRef, Rational, Value, as_number
from photos.times import FIRST_YEAR, LAST_YEAR

Gps = Mapping[str, Value]
"""The readings of one source by name."""

_DAY = re.compile(r"\d{4}:\d{2}:\d{2}", re.ASCII)
_WITHOUT_A_FIX = ("GPSTimeStamp", "GPSDateStamp", "GPSImgDirection", "GPSAltitude", "GPSStatus")
_COORDINATES = ("GPSLatitude", "GPSLongitude")


def judge_position(gps: Gps, *, has_block: bool) -> tuple[GpsState, Position | None]:
    """The state of the GPS block, and the position where it is PRESENT.

    A block that the phone's system emptied has zeros (0/1 or 0/0) and empty references, or no
    entries of worth at all; one that only lacks coordinates comes from a phone without a fix.
    """
    if not has_block:
        return GpsState.ABSENT, None
    parts = [gps.get(name) for name in _COORDINATES]
    refs = [_ref(gps.get("GPSLatitudeRef"), "NS"), _ref(gps.get("GPSLongitudeRef"), "EW")]
    lat, lon = map(_degrees, parts)
    if not lat and not lon:  # else there is something in it
        if all(part is None or part in ("", ()) for part in parts):
            alive = any(_says_something(gps.get(name)) for name in _WITHOUT_A_FIX)
            return (GpsState.ABSENT if alive else GpsState.BLANKED), None
        if all(_is_void(part) for part in parts):
            return GpsState.BLANKED, None
        if all(_is_zero(part) for part in parts):
            return (GpsState.ZERO_ISLAND if all(refs) else GpsState.BLANKED), None
    if lat is None or lon is None or not all(refs) or lat > 90.0 or lon > 180.0:
        return GpsState.INVALID, None
    accuracy = as_number(gps.get("GPSHPositioningError", ""))
    if accuracy is not None and not (accuracy > 0.0 and math.isfinite(accuracy)):
        accuracy = None  # a device that claims to be exact to 0 m has not said anything
    at = Position(
        -lon if refs[1] == "W" else lon, -lat if refs[0] == "S" else lat, accuracy
    )  # fmt: skip
    return GpsState.PRESENT, at


def judge_heading(gps: Gps) -> Heading | None:
    """The direction the camera looked, with its reference; None where none is usable."""
    deg = as_number(gps.get("GPSImgDirection", ""))
    if deg is None or not 0.0 <= deg <= 360.0:
        return None
    ref = str(gps.get("GPSImgDirectionRef", "")).strip().upper()[:1]
    return Heading(deg % 360.0, HeadingRef(ref) if ref in ("T", "M") else HeadingRef.UNSTATED)


def judge_gps_time(gps: Gps) -> datetime | None:
    """The satellites' time in UTC; None unless both date and time of day are there and real."""
    date, clock = gps.get("GPSDateStamp"), gps.get("GPSTimeStamp")
    if not isinstance(date, str) or not isinstance(clock, tuple) or len(clock) != 3:
        return None
    parts = [_fraction(part) for part in clock]
    if any(part is None for part in parts):
        return None
    hours, minutes, seconds = (float(part or 0.0) for part in parts)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds <= 60):
        return None
    try:
        day = _day(date.strip().replace("-", ":"))
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return None
        return day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except ValueError:
        return None


def _day(date: str) -> datetime:
    """Its beginning in UTC; ValueError where there is no such day."""
    if _DAY.fullmatch(date):
        return datetime(int(date[:4]), int(date[5:7]), int(date[8:]), tzinfo=UTC)
    return datetime.strptime(date, "%Y:%m:%d").replace(tzinfo=UTC)  # knows 2026:3:2, and is slow


def _ref(value: Value | None, letters: str) -> str | None:
    """The reference letter, also in lower case; None where it is empty or another."""
    letter = value.strip().upper()[:1] if isinstance(value, str) else ""
    return letter if letter and letter in letters else None


def _fraction(part: object) -> float | None:
    if isinstance(part, tuple):
        return part[0] / part[1] if part[1] else None
    return float(part) if isinstance(part, int | float) else None


def _degrees(value: Value | None) -> float | None:
    """Degrees of a one-, two- or three-part coordinate; None where it is no such thing."""
    if not isinstance(value, tuple) or not 1 <= len(value) <= 3:
        return None
    parts = [_fraction(part) for part in value]
    if len(parts) == 3 and parts[2] is None and _has_fraction(value[1]):
        parts.pop()  # degrees and decimal minutes, the seconds left as 0/0
    if any(part is None or not math.isfinite(part) or part < 0.0 for part in parts):
        return None
    known = [float(part or 0.0) for part in parts]
    if any(part > 60.0 for part in known[1:]):
        return None
    return sum([part / 60.0**power for power, part in enumerate(known)])


def _has_fraction(part: int | Rational) -> bool:
    return isinstance(part, tuple) and part[1] > 1


def _is_void(value: Value | None) -> bool:
    """Absent, empty, or fractions over zero: nothing that could be a number."""
    if value is None or value in ("", ()):
        return True
    return isinstance(value, tuple) and all(isinstance(p, tuple) and not p[1] for p in value)


def _is_zero(value: Value | None) -> bool:
    if _is_void(value):
        return True
    return isinstance(value, tuple) and all((_fraction(part) or 0.0) == 0.0 for part in value)


def _says_something(value: Value | None) -> bool:
    return bool(value.strip()) if isinstance(value, str) else not _is_zero(value)
