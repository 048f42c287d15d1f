"""Makers of test parcels and test photos: `a_photo(a_parcel(), away_m=40)`.

Times, places and pictures are fixed by the arguments, so that a failing test fails again.
"""

import io
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Literal

import shapely
from PIL import Image
from shapely import Polygon

from field_app.demo.camera import ExifFacts, GpsBlock, with_exif
from field_app.demo.scenes import Scene, draw_scene
from models.geo import (
    LocalPlane,
    Position,
    bearing_between_deg,
    distance_to_m,
    inside_point,
    moved,
)
from models.vocabulary import PhotoKind
from photos.case import Case, Claim
from photos.reading import read_evidence

CHINA = timezone(timedelta(hours=8))
HERE = Position(112.4300137, 33.4899871)  # in 南召; no fix is as round as 112.43°, 33.49°
TAKEN_AT = datetime(2026, 3, 2, 8, 11, 9, tzinfo=CHINA)
RECEIVED_AT = datetime(2026, 3, 2, 0, 13, 0, tzinfo=UTC)
WINDOW = (datetime(2026, 1, 1, tzinfo=CHINA), datetime(2026, 12, 31, 23, 59, 59, tzinfo=CHINA))
TOWARDS: Literal["towards"] = "towards"


def a_parcel(at: Position = HERE, side_m: float = 50.0) -> Polygon:
    """A square parcel around `at`, EPSG:4490 (lon, lat)."""
    half = side_m / 2.0
    square = LocalPlane(at).to_degrees(shapely.box(-half, -half, half, half))
    assert isinstance(square, Polygon)
    return square


def standing(boundary: Polygon, away_m: float, bearing_deg: float = 180.0) -> Position:
    """A place `away_m` outside the parcel, on the bearing from its middle; the middle for 0."""
    middle = inside_point(boundary)
    if away_m <= 0.0:
        return middle
    east, north = math.sin(math.radians(bearing_deg)), math.cos(math.radians(bearing_deg))
    near, far = 0.0, away_m + 20_000.0
    for _ in range(60):
        step = (near + far) / 2.0
        at = moved(middle, east_m=east * step, north_m=north * step)
        near, far = (step, far) if distance_to_m(boundary, at) < away_m else (near, step)
    return moved(middle, east_m=east * near, north_m=north * near)


@lru_cache(maxsize=32)
def a_scene(
    scene: Scene = "crop", size: tuple[int, int] = (320, 240), seed: int = 0
) -> Image.Image:
    return draw_scene(scene, size, seed)


def facts_of(
    boundary: Polygon | None = None,
    *,
    away_m: float = 0.0,
    bearing: float = 180.0,
    heading: float | Literal["towards"] | None = TOWARDS,
    accuracy_m: float | None = 8.0,
    at: Position | None = None,
    **facts: Any,
) -> ExifFacts:
    """What the camera of `a_photo` writes; anything of `ExifFacts` may be given by name."""
    parcel = boundary if boundary is not None else a_parcel()
    place = at if at is not None else standing(parcel, away_m, bearing)
    place = replace(place, accuracy_m=accuracy_m)
    if heading == TOWARDS:
        middle = inside_point(parcel)
        heading = bearing_between_deg(place, middle) if away_m or at else 0.0
    facts.setdefault("taken_at", TAKEN_AT)
    return ExifFacts(position=place, heading_deg=heading, **facts)


def a_photo(
    boundary: Polygon | None = None,
    *,
    away_m: float = 0.0,
    bearing: float = 180.0,
    heading: float | Literal["towards"] | None = TOWARDS,
    accuracy_m: float | None = 8.0,
    at: Position | None = None,
    taken_at: datetime | None = TAKEN_AT,
    gps: GpsBlock = "present",
    scene: Scene = "crop",
    size: tuple[int, int] | None = None,
    seed: int = 0,
    form: Literal["jpeg", "heic"] = "jpeg",
    xmp: bytes | None = None,
    **facts: Any,
) -> bytes:
    """A photo file of the parcel, shot from `away_m` metres outside it towards its middle.

    1280 × 960, or for HEIC, which is slow to write, 320 × 240, which no camera writes.
    Of `a_parcel()` where no boundary is given; `at` puts the camera anywhere; `bearing` is from
    the parcel to the camera. The rest goes to `ExifFacts`: software, make, model, gps_time …
    """
    known = facts_of(
        boundary,
        away_m=away_m,
        bearing=bearing,
        heading=heading,
        accuracy_m=accuracy_m,
        at=at,
        taken_at=taken_at,
        gps=gps,
        **facts,
    )
    size = size or ((1280, 960) if form == "jpeg" else (320, 240))
    return with_exif(a_scene(scene, size, seed), known, form=form, xmp=xmp)


def a_case(photo: bytes | None = None, boundary: Polygon | None = None, **given: Any) -> Case:
    """A case of one photo, honest unless told otherwise; `kind` or a whole `claim` may be given."""
    kind = given.pop("kind", PhotoKind.OVERVIEW)
    given.setdefault("claim", Claim(kind))
    given.setdefault("received_at", RECEIVED_AT)
    given.setdefault("window", WINDOW)
    parcel = boundary if boundary is not None else a_parcel()
    data = photo if photo is not None else a_photo(parcel, away_m=given.pop("away_m", 0.0))
    return Case(read_evidence(data), parcel, **given)


def a_png() -> bytes:
    out = io.BytesIO()
    a_scene().save(out, "PNG")
    return out.getvalue()
