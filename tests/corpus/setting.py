"""Where and when a case of the corpus happens: a parcel, an inspector beside it, a phone.

Everything follows from the dice. What a kind does not change is as an honest visit has it.
"""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product
from random import Random
from typing import Any

from PIL import Image
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from field_app.demo.scenes import Scene, draw_scene
from field_app.demo.shots import outside, towards
from models.geo import Box, LocalPlane, Position, declination_deg, inside_point, moved
from models.vocabulary import PhotoKind
from photos.case import Case, Claim
from photos.evidence import CHINA, Heading, HeadingRef
from photos.reading import read_evidence
from tests.corpus import makers
from tests.corpus.makers import MAKERS, Facts, Maker
from tests.corpus.tracks import honest_witness

WINDOW = (datetime(2026, 1, 1, tzinfo=CHINA), datetime(2026, 12, 31, 23, 59, 59, tzinfo=CHINA))
COUNTY = Box(111.9, 33.15, 112.95, 33.85)
SIZE = (1280, 960)  # the least that still looks like a phone's: every one is encoded and decoded
_SCENES: tuple[Scene, ...] = ("crop", "bare", "weeds", "pond", "building")  # a wood takes too long
_DRAWN = 6  # different drawings of each scene
WITH_CLOCK = ("huawei", "honor", "xiaomi", "redmi", "oppo", "vivo", "google", "hmd", "apple-old")
WITH_PREVIEW = tuple(name for name, m in MAKERS.items() if m.thumbnail is not None)
"""Phones by what their files have."""
FIELDS: tuple[tuple[Scene, int], ...] = tuple(product(_SCENES, range(_DRAWN)))
"""Every drawing that a setting may show."""


@lru_cache(maxsize=64)
def picture(scene: Scene, seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A drawing, made at half its size because that is four times quicker; two seeds differ as two
    fields do."""
    drawn = draw_scene(scene, (size[0] // 2, size[1] // 2), seed)
    return drawn.resize(size, Image.Resampling.BICUBIC)


@dataclass
class Setting:
    """One honest visit, before a kind changes something of it. Headings are true degrees."""

    dice: Random
    maker: Maker
    boundary: BaseGeometry
    at: Position
    heading_deg: float
    taken_at: datetime
    received_at: datetime
    kind: PhotoKind
    scene: Scene
    seed: int
    ev100: float = 13.5
    size: tuple[int, int] = SIZE
    facts: dict[str, Any] = field(default_factory=dict)

    def picture(self) -> Image.Image:
        return picture(self.scene, self.seed, self.size)

    def exif_facts(self) -> Facts:
        known = Facts(
            position=self.at,
            taken_at=self.taken_at,
            true_heading_deg=self.heading_deg,
            declination_deg=declination_deg(self.at, self.taken_at.date()),
            ev100=self.ev100,
            serial=self.dice.randrange(10**6),
        )
        return replace(known, **self.facts)

    def photo(self) -> bytes:
        return makers.jpeg(self.picture(), self.maker, self.exif_facts())

    def case(self, data: bytes | None = None, **given: Any) -> Case:
        """The case of the photo, or of other bytes handed in in its place."""
        given.setdefault("claim", Claim(self.kind))
        given.setdefault("window", WINDOW)
        given.setdefault("county_box", COUNTY)
        return Case(
            read_evidence(self.photo() if data is None else data),
            self.boundary,
            received_at=self.received_at,
            **given,
        )

    def page_claim(self, *, live: bool = False, **changed: Any) -> Claim:
        """What our page tells of the shot: position, moment and compass taken by itself; of its live
        camera a signed record as well."""
        shot = self.taken_at + timedelta(seconds=self.dice.uniform(1.0, 8.0))
        witness = honest_witness(self.dice, self.at, shot) if live else None
        told = Claim(
            kind=self.kind,
            position=replace(self.at, accuracy_m=self.dice.uniform(4.0, 14.0)),
            fix_at=shot - timedelta(seconds=self.dice.uniform(1.0, 20.0)),
            heading=Heading(self.heading_deg, HeadingRef.TRUE),
            pitch_deg=self.dice.uniform(-12.0, 2.0),
            captured_at=shot,
            sent_at=self.received_at - timedelta(seconds=self.dice.uniform(0.5, 4.0)),
            live_capture=live,
            witness=witness,
        )
        return replace(told, **changed)

    def moved_to(self, at: Position) -> "Setting":
        """The same, the camera elsewhere and looking at the parcel from there."""
        return replace(self, at=at, heading_deg=towards(at, self.boundary))


def a_setting(dice: Random, maker: str | None = None) -> Setting:
    """An honest visit by day: at the parcel's edge or up to 40 m off, looking at it."""
    middle = Position(dice.uniform(112.05, 112.85), dice.uniform(33.25, 33.75))
    boundary = a_field(dice, middle)
    stands_off = dice.choice((0.5, 3.0, 8.0, 15.0, 25.0, 40.0))
    at = outside(boundary, stands_off, dice.uniform(0.0, 360.0), dice.choice((4.7, 8.0, 12.3)))
    day = datetime(2026, 2, 20, tzinfo=CHINA) + timedelta(days=dice.randrange(260))
    taken_at = day + timedelta(hours=9, seconds=dice.randrange(7 * 3600))
    return Setting(
        dice=dice,
        maker=MAKERS[maker or dice.choice(list(MAKERS))],
        boundary=boundary,
        at=at,
        heading_deg=(towards(at, boundary) + dice.uniform(-12.0, 12.0)) % 360.0,
        taken_at=taken_at,
        received_at=taken_at + timedelta(seconds=dice.randrange(20, 5000)),
        kind=PhotoKind.OVERVIEW,
        scene=dice.choice(_SCENES),
        seed=dice.randrange(_DRAWN),
        ev100=dice.uniform(12.0, 15.0),
    )


def a_field(dice: Random, middle: Position, side_m: tuple[float, float] = (35.0, 120.0)) -> Polygon:
    """A field of four to seven bent corners around `middle`, EPSG:4490 (lon, lat)."""
    corners = dice.randrange(4, 8)
    wide, deep = dice.uniform(*side_m) / 2, dice.uniform(*side_m) / 2
    turn = dice.uniform(0.0, math.pi)
    points = []
    for n in range(corners):
        angle = 2 * math.pi * (n + dice.uniform(-0.2, 0.2)) / corners
        x, y = wide * math.cos(angle), deep * math.sin(angle)
        points.append(
            (x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))
        )
    shape = LocalPlane(middle).to_degrees(Polygon(points))
    assert isinstance(shape, Polygon)
    return shape


def within(boundary: BaseGeometry, dice: Random) -> Position:
    """A place well inside the parcel, with the accuracy of open country."""
    at = moved(inside_point(boundary), east_m=dice.uniform(-3, 3), north_m=dice.uniform(-3, 3))
    return replace(at, accuracy_m=dice.choice((3.9, 6.5, 9.6)))


def elsewhere(setting: Setting, least_m: float, most_m: float) -> Position:
    """A place that far from the parcel, as the logarithm of the distance falls."""
    dice = setting.dice
    away = least_m * (most_m / least_m) ** dice.random()
    if away < 2_000.0:
        return outside(setting.boundary, away, dice.uniform(0, 360), setting.at.accuracy_m)
    turn = dice.choice(((1, 1), (1, -1), (-1, 1), (-1, -1)))
    return moved(setting.at, east_m=turn[0] * away * 0.8, north_m=turn[1] * away * 0.6)
