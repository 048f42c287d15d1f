"""One photo of the demonstration: where the camera stood, what it wrote, what the page told.

A `Shot` is plain data, so that other processes can draw it while the database is filled.
"""

import io
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal

from PIL import Image
from shapely.geometry.base import BaseGeometry

from field_app.demo.camera import ExifFacts, with_exif
from field_app.demo.scenes import Scene, draw_scene
from models.geo import (
    Position,
    bearing_between_deg,
    declination_deg,
    distance_to_m,
    inside_point,
    moved,
)
from models.vocabulary import PhotoKind

SIZE = (1120, 840)  # just what counts as a photo: a hundred must be drawn while somebody waits
QUALITY = 80
_CLOSE_UPS = (PhotoKind.CLOSE, PhotoKind.FEATURE, PhotoKind.PROFILE)
_SIDES = {PhotoKind.EAST: 90.0, PhotoKind.SOUTH: 180.0, PhotoKind.WEST: 270.0, PhotoKind.NORTH: 0.0}

Finish = Literal["jpeg", "heic", "torn", "text"]


@dataclass(frozen=True, slots=True)
class Phone:
    """What a phone writes of itself. `north` is the reference of its compass."""

    make: str
    model: str
    software: str
    focal_35mm: int
    north: Literal["T", "M"]


PHONES = {
    "huawei": Phone("HUAWEI", "ALN-AL00", "ALN-AL00 4.2.0.130", 24, "M"),
    "xiaomi": Phone("Xiaomi", "23127PN0CC", "OS1.0.24.0.UNCCNXM", 23, "M"),
    "iphone": Phone("Apple", "iPhone 15", "17.5.1", 26, "T"),
    "vivo": Phone("vivo", "V2309A", "MediaTek Camera Application", 24, "M"),
    "oppo": Phone("OPPO", "PHZ110", "PHZ110_14.0.0.701", 23, "M"),
    "honor": Phone("HONOR", "MAA-AN00", "MAA-AN00 8.0.0.150", 24, "M"),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo to be drawn, and what the page says of its moment.

    `true_heading_deg` None: the file tells no direction. `facts` None writes no EXIF at all.
    `finish`: `torn` is a file cut off on its way, `text` no photo at all.
    """

    kind: PhotoKind
    scene: Scene
    seed: int
    at: Position
    taken_at: datetime
    facts: ExifFacts | None
    true_heading_deg: float | None = None
    by_page: bool = False
    finish: Finish = "jpeg"
    xmp: bytes | None = None
    size: tuple[int, int] = SIZE

    def capture(self, sent_at: datetime) -> dict[str, Any]:
        """What the page tells with the photo: of its own camera the position, of a file nothing."""
        told: dict[str, Any] = {"source": "file", "device_time": sent_at.isoformat()}
        if not self.by_page:
            return told
        told |= {
            "source": "camera",
            "lon": self.at.lon,
            "lat": self.at.lat,
            "accuracy_m": self.at.accuracy_m,
            "fixed_at": (self.taken_at - timedelta(seconds=7)).isoformat(),
            "chosen_at": (self.taken_at + timedelta(seconds=4)).isoformat(),
            "zone_offset_min": 480,
        }
        if self.true_heading_deg is not None:
            told |= {"heading_deg": self.true_heading_deg, "heading_ref": "T"}
        return told


def developed(shot: Shot) -> bytes:
    """The file. Slow (0.2 s of drawing), and the same every time."""
    if shot.finish == "text":
        return f"{shot.kind}照片没有传上来，这里只有一行字。\n".encode()
    width, height = shot.size
    if shot.kind in _CLOSE_UPS:
        # The camera looks down: what lies below the horizon fills the picture.
        wide, high = width * 3 // 4, height * 3 // 4
        tall = draw_scene(shot.scene, (wide, high * 7 // 4), shot.seed)
        below = (0, tall.height - high, wide, tall.height)
        picture = tall.crop(below).resize(shot.size, Image.Resampling.BICUBIC)
    else:
        picture = draw_scene(shot.scene, shot.size, shot.seed)
    if shot.facts is None:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=QUALITY)
        return out.getvalue()
    form: Literal["jpeg", "heic"] = "heic" if shot.finish == "heic" else "jpeg"
    data = with_exif(picture, shot.facts, form=form, quality=QUALITY, xmp=shot.xmp)
    return data[: len(data) * 3 // 5] if shot.finish == "torn" else data


def outside(
    boundary: BaseGeometry, away_m: float, bearing_deg: float, accuracy_m: float | None = 6.0
) -> Position:
    """A place `away_m` outside the parcel, on the bearing (true) from its inside."""
    middle = inside_point(boundary)
    east, north = math.sin(math.radians(bearing_deg)), math.cos(math.radians(bearing_deg))
    near, far = 0.0, away_m + 2_000.0
    for _ in range(40):
        step = (near + far) / 2.0
        at = moved(middle, east_m=east * step, north_m=north * step)
        near, far = (step, far) if distance_to_m(boundary, at) < away_m else (near, step)
    return replace(moved(middle, east_m=east * near, north_m=north * near), accuracy_m=accuracy_m)


def inside(boundary: BaseGeometry, dice: Random, accuracy_m: float | None = 5.0) -> Position:
    """A place in the parcel or at its very edge."""
    at = moved(inside_point(boundary), east_m=dice.uniform(-4, 4), north_m=dice.uniform(-4, 4))
    return replace(at, accuracy_m=accuracy_m)


def towards(at: Position, boundary: BaseGeometry) -> float:
    """The true bearing to the parcel's inside."""
    return bearing_between_deg(at, inside_point(boundary))


def exif_of(
    phone: Phone, at: Position, taken_at: datetime, true_heading_deg: float | None, **changed: Any
) -> ExifFacts:
    """What the phone writes; anything of `ExifFacts` may be changed by name."""
    heading = true_heading_deg
    if heading is not None and phone.north == "M":
        heading = (heading - declination_deg(at, taken_at.date())) % 360.0
    facts = ExifFacts(
        position=at,
        heading_deg=heading,
        heading_ref=phone.north,
        taken_at=taken_at,
        make=phone.make,
        model=phone.model,
        software=phone.software,
        focal_35mm=phone.focal_35mm,
    )
    return replace(facts, **changed)


def honest(
    kind: PhotoKind,
    scene: Scene,
    boundary: BaseGeometry,
    *,
    phone: Phone,
    taken_at: datetime,
    seed: int,
    by_page: bool,
) -> Shot:
    """A photo as it should be. By the page, the browser has blanked the file's own position."""
    dice = Random(seed)  # noqa: S311 — the same county everywhere
    if kind in _CLOSE_UPS:
        at, heading = inside(boundary, dice), dice.uniform(0.0, 360.0)
    elif kind in _SIDES:
        at, heading = inside(boundary, dice), (_SIDES[kind] + dice.uniform(-15.0, 15.0)) % 360.0
    else:
        at = outside(boundary, dice.uniform(6.0, 38.0), dice.uniform(0.0, 360.0))
        heading = (towards(at, boundary) + dice.uniform(-12.0, 12.0)) % 360.0
    facts = exif_of(phone, at, taken_at, heading, gps="blanked" if by_page else "present")
    return Shot(kind, scene, seed, at, taken_at, facts, heading, by_page)
