"""What is asked for, out of the query of an address: bounded, and refused where it is not
understood, as OGC API – Features asks for (a parameter that is unknown or wrong is a 400)."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from field_app.problems import BAD_QUERY
from models.geo import Box

LIMIT, LIMIT_MAX = 100, 1000
MAX_ID = 2**31 - 1  # of an integer column in PostgreSQL
FORMATS = ("json", "geojson")
"""What `f` may ask for: it is what is answered anyway."""
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_VALUE_MAX = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of a layer. `boxes` are alternatives (a window across the date line is two); empty
    ones ask for nothing. `began` and `ended` bound the moment of the thing itself, `since` when it
    was last changed. `after` is the last id of the page before."""

    filters: Mapping[str, Any] = field(default_factory=dict)
    boxes: tuple[Box, ...] = ()
    began: datetime | None = None
    ended: datetime | None = None
    since: datetime | None = None
    after: int = 0
    limit: int = LIMIT
    only: int | None = None
    geometry: bool = False


Read = Callable[[str, str], Any]
"""Turns the text of a parameter (its name, its text) into a value, or raises BAD_QUERY."""


def wanted(
    given: Mapping[str, str],
    filters: Mapping[str, Read],
    *,
    known: Collection[str],
    geometry: bool = False,
) -> Wanted:
    """The page that a query asks for. `known` are the general parameters that this address
    takes: some of bbox, datetime, updated_since, limit, cursor, f."""
    allowed = {*known, *filters}
    for name, text in given.items():
        if name not in allowed:
            raise BAD_QUERY(what=f"没有“{name[:40]}”这个参数。可用：{'、'.join(sorted(allowed))}。")
        if len(text) > _VALUE_MAX:
            raise BAD_QUERY(what=f"参数“{name}”太长。")
    if "f" in given:
        one_of(FORMATS)("f", given["f"])
    began, ended = interval(given.get("datetime", ""))
    return Wanted(
        filters={name: read(name, given[name]) for name, read in filters.items() if name in given},
        boxes=boxes(given.get("bbox", "")),
        began=began,
        ended=ended,
        since=moment("updated_since", given["updated_since"]) if "updated_since" in given else None,
        after=number("cursor", given.get("cursor", "0")),
        limit=_limit(given.get("limit", "")),
        geometry=geometry,
    )


def _limit(text: str) -> int:
    if not text:
        return LIMIT
    asked = number("limit", text)
    if asked < 1:
        raise BAD_QUERY(what="limit 应为正整数。")
    return min(asked, LIMIT_MAX)  # the standard: more than the most is no error


def number(name: str, text: str) -> int:
    """A whole number of an id's size."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) > MAX_ID:
        raise BAD_QUERY(what=f"{name} 应为不超过 {MAX_ID} 的整数。")
    return int(text)


def text(name: str, value: str) -> str:
    """A text without control characters, which PostgreSQL does not take."""
    if not value.isprintable() or not value.strip():
        raise BAD_QUERY(what=f"{name} 的值不合规。")
    return value.strip()


def one_of(choices: Collection[str]) -> Read:
    """One of some words."""

    def read(name: str, value: str) -> str:
        if value not in choices:
            raise BAD_QUERY(what=f"{name} 应为：{'、'.join(choices)}。")
        return value

    return read


def moment(name: str, value: str) -> datetime:
    """A moment with a zone, by RFC 3339.

    >>> moment("datetime", "2026-04-15T12:00:00+08:00").isoformat()
    '2026-04-15T04:00:00+00:00'
    """
    # A plus sign in an address is a blank, and many programs do not write it otherwise.
    try:
        found = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BAD_QUERY(
            what=f"{name} 应为带时区的时刻，如 2026-04-15T00:00:00Z 或 2026-04-15T08:00:00+08:00。"
        ) from None


def interval(value: str) -> tuple[datetime | None, datetime | None]:
    """A moment, or an interval of two with `/` between, either of which may be open (`..`)."""
    if not value:
        return None, None
    first, slash, last = value.partition("/")
    if not slash:
        at = moment("datetime", first)
        return at, at
    began = None if first in ("", "..") else moment("datetime", first)
    ended = None if last in ("", "..") else moment("datetime", last)
    if began is None and ended is None and ".." not in (first, last):
        raise BAD_QUERY(what="datetime 的区间至少要有一端。")
    if began and ended and began > ended:
        raise BAD_QUERY(what="datetime 的起点不能晚于终点。")
    return began, ended


def boxes(value: str) -> tuple[Box, ...]:
    """West, south, east, north in degrees (with heights between, which are passed over). A window
    whose west is east of its east crosses the date line."""
    if not value:
        return ()
    try:
        corners = [float(part) for part in value.split(",")]
    except ValueError:
        corners = []
    if len(corners) == 6:
        corners = [corners[i] for i in (0, 1, 3, 4)]
    if len(corners) != 4 or not all(math.isfinite(c) for c in corners):
        raise BAD_QUERY(what="bbox 应为四个或六个数：西,南,东,北（度）。")
    west, south, east, north = corners
    w, s, e, n = _WORLD
    if not (w <= west <= e and w <= east <= e and s <= south <= north <= n):
        raise BAD_QUERY(what="bbox 应为四个或六个数：西,南,东,北（度），南不能大于北。")
    if west > east:
        return Box(west, south, e, north), Box(w, south, east, north)
    return (Box(west, south, east, north),)
