"""The camera's own clock, as EXIF writes it."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from photos.evidence import CameraTime, Value

# Which tag may speak, in this order, with the offset and the fraction that belong to it. DateTime
# is left out: it is the time of the last change of the file, not of the exposure.
_SPOKEN_BY = (
    ("DateTimeOriginal", "OffsetTimeOriginal", "SubSecTimeOriginal"),
    ("DateTimeDigitized", "OffsetTimeDigitized", "SubSecTimeDigitized"),
)
# Outside these a clock was never set; and no zone can push a moment out of what datetime holds.
FIRST_YEAR, LAST_YEAR = 1900, 2999

_WALL = re.compile(r"(\d{4})[:\-/](\d{2})[:\-/](\d{2})[ T](\d{2}):(\d{2}):(\d{2})", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})", re.ASCII)


def judge_camera_time(exif: Mapping[str, Value]) -> CameraTime | None:
    """When the camera says the photo was taken, and which tag said so; None where none does."""
    for tag, offset_tag, fraction_tag in _SPOKEN_BY:
        wall = parse_wall(exif.get(tag))
        if wall is not None:
            wall += parse_fraction(exif.get(fraction_tag))
            return CameraTime(wall, parse_offset(exif.get(offset_tag)), tag)
    return None


def parse_wall(value: Value | None) -> datetime | None:
    """A naive wall time; None for blanks, zeros and days that do not exist.

    >>> parse_wall("2026:03:02 08:11:09")
    datetime.datetime(2026, 3, 2, 8, 11, 9)
    >>> parse_wall("0000:00:00 00:00:00") is parse_wall("    :  :     :  :  ") is None
    True
    """
    match = _WALL.match(value.strip()) if isinstance(value, str) else None
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    try:
        return datetime(*map(int, match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 — wall time has no zone
    except ValueError:
        return None


def parse_offset(value: Value | None) -> timedelta | None:
    """The offset from UTC; None where it is absent or beyond what any zone has (−12 to +14 h).

    >>> parse_offset("+08:00"), parse_offset("-03:30") == timedelta(hours=-3.5), parse_offset("+99:00")
    (datetime.timedelta(seconds=28800), True, None)
    """
    match = _OFFSET.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[3]) > 59:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    offset = -offset if match[1] == "-" else offset
    return offset if timedelta(hours=-12) <= offset <= timedelta(hours=14) else None


def parse_fraction(value: Value | None) -> timedelta:
    """Fraction of a second: the digits after the point, so "054" is 54 ms."""
    digits = value.strip() if isinstance(value, str) else ""
    if not (digits.isascii() and digits.isdigit()):
        return timedelta()
    return timedelta(microseconds=int(digits[:6].ljust(6, "0")))
