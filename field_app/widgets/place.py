"""Where the inspector stands, and the way to the parcel."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from field_app import clock
from field_app.widgets.frame import component
from models.geo import Position, declination_deg, inside_point

_here = component("my_position")
_way = component("way_to")
_MOST_POINTS = 4000
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Here(Position):
    """A position that the browser gave, and when the phone took it (UTC, by the phone's clock)."""

    fixed_at: datetime = _NO_TIME

    def age_s(self, now: datetime) -> float:
        """Seconds since the fix; a phone whose clock is ahead gives 0."""
        return max(0.0, (now - self.fixed_at).total_seconds())


def here_of(told: Any) -> Here | None:
    """What the browser told, checked; None where it told nothing that makes sense."""
    if not isinstance(told, Mapping):
        return None
    values = [told.get(name) for name in ("lon", "lat", "accuracy_m", "at")]
    if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in values):
        return None
    lon, lat, accuracy_m, at = (float(v) for v in values if v is not None)
    try:
        return Here(lon, lat, accuracy_m, datetime.fromtimestamp(at / 1000.0, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def my_position(*, key: str) -> Here | None:
    """Asks the browser where it is, and shows how well it knows; None until it does.

    The page reruns only when the person has moved by more than 10 m (and more than the error), or
    when a clearly better fix comes after 15 s.
    """
    result = _here(
        key=key, default={"position": None}, on_position_change=lambda: None, data={"v": 1}
    )
    return here_of(result.position)


def way_to(boundary: BaseGeometry, *, key: str) -> None:
    """Distance and an arrow to the parcel (EPSG:4490 lon, lat), live in the browser, no reruns."""
    today = clock.local(clock.now()).date()  # for the declination, which drifts over years
    _way(
        data={
            "parts": parts_of(boundary),
            "declination_deg": round(declination_deg(inside_point(boundary), today), 2),
        },
        key=key,
    )


def parts_of(boundary: BaseGeometry) -> list[list[list[tuple[float, float]]]]:
    """Polygons → rings → points (lon, lat), outline first; to the centimetre."""
    if shapely.get_num_coordinates(boundary) > _MOST_POINTS:
        boundary = boundary.simplify(5e-6)  # half a metre: nobody walks that exactly
    return [
        [
            [(round(x, 7), round(y, 7)) for x, y in ring.coords]
            for ring in (part.exterior, *part.interiors)
        ]
        for part in shapely.get_parts(boundary)
        if isinstance(part, Polygon)
    ]
