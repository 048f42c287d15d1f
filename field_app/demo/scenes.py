"""Drawn field scenes, for the demonstration county and for tests.

They are honest about being drawings and yet look like fields: rows converge at the horizon, hills
grow pale with distance, light falls from one side. The same kind, size and seed give the same
picture.
"""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Scene = Literal["crop", "forest", "pond", "bare", "building", "weeds"]
SCENES: tuple[Scene, ...] = get_args(Scene)

Colour = tuple[float, float, float]
Plane = NDArray[np.float32]  # (height, width), 0 to 1
Picture = NDArray[np.float32]  # (height, width, 3), 0 to 255


def draw_scene(kind: Scene, size: tuple[int, int] = (1600, 1200), seed: int = 0) -> Image.Image:
    """A picture in RGB of `size` (width, height) with the land in its given state.

    crop: maize in rows; weeds: fallow land; bare: ploughed; forest: a planted wood on farmland;
    pond: open water; building: a hardened yard with a house.
    """
    if kind not in SCENES:
        raise ValueError(f"no scene {kind!r}")
    stage = _Stage(size, np.random.default_rng([SCENES.index(kind), seed]))
    picture = stage.backdrop()
    picture = _GROUNDS[kind](stage, picture)
    drawn = _UPRIGHT.get(kind, _hedge)(stage, _as_image(picture))
    return _as_image(stage.developed(np.asarray(drawn, dtype=np.float32)))


class _Stage:
    """Where the camera stands: the horizon, the depth of every ground pixel, and the dice."""

    def __init__(self, size: tuple[int, int], dice: np.random.Generator) -> None:
        self.width, self.height = size
        self.dice = dice
        self.horizon = int(self.height * dice.uniform(0.36, 0.44))
        below = np.arange(self.height, dtype=np.float32) - self.horizon
        # Metres to the ground seen in each row, from a camera 1.6 m up; 0 above the horizon.
        self.depth = np.where(below > 0, 1.6 * self.height / np.maximum(below, 0.5), 0.0)
        self.depth = self.depth.astype(np.float32)[:, None]
        across = np.arange(self.width, dtype=np.float32) - self.width * dice.uniform(0.35, 0.65)
        self.side = self.depth * across[None, :] / self.height  # metres to the right
        self.is_ground = np.broadcast_to(below[:, None] > 0, (self.height, self.width))
        self.haze = np.clip(self.depth / 160.0, 0.0, 0.75)

    def noise(self, cells: int, stretch: float = 1.0) -> Plane:
        """Smooth noise with about `cells` patches across the picture."""
        rows = max(2, round(cells * self.height / self.width * stretch))
        grid = self.dice.random((rows + 1, cells + 1), dtype=np.float32)
        image = Image.fromarray(grid).resize((self.width, self.height), Image.Resampling.BICUBIC)
        return np.clip(np.asarray(image, dtype=np.float32), 0.0, 1.0)

    def grain(self, fine: int = 2) -> Plane:
        """Noise of single leaves and clods, `fine` pixels wide."""
        shape = (-(-self.height // fine), -(-self.width // fine))
        grid = self.dice.random(shape, dtype=np.float32)
        return np.repeat(np.repeat(grid, fine, 0), fine, 1)[: self.height, : self.width]

    def backdrop(self) -> Picture:
        """Sky, clouds and three lines of hills."""
        down = np.linspace(0.0, 1.0, self.height, dtype=np.float32)[:, None] * 2.2
        picture = _mix(
            (96, 150, 214),
            (222, 232, 238),
            np.broadcast_to(np.minimum(down, 1.0), self.is_ground.shape),
        )
        clouds = (
            np.clip(self.noise(5, 2.5) * 0.6 + self.noise(13, 2.5) * 0.4 - 0.52, 0.0, 0.3) * 2.6
        )
        picture = _over(picture, (250, 250, 250), clouds * (1.0 - np.minimum(down, 1.0) * 0.5))
        rows = np.arange(self.height)[:, None]
        for line, colour in enumerate(((142, 164, 186), (112, 140, 138), (84, 112, 88))):
            crest = self._ridge(9 + line * 8) * self.height * (0.16 - 0.045 * line)
            hill = (rows > self.horizon - crest[None, :]) & ~self.is_ground
            shade = 0.86 + 0.28 * self.noise(40 + 30 * line)
            picture[hill] = np.array(colour) * shade[hill][:, None]
        return picture

    def _ridge(self, bumps: int) -> NDArray[np.float32]:
        knots = self.dice.random(bumps + 2, dtype=np.float32)
        at = np.linspace(0, bumps + 1, self.width, dtype=np.float32)
        left = np.minimum(at.astype(int), bumps)
        t = at - left
        t = t * t * (3 - 2 * t)
        return (knots[left] * (1 - t) + knots[left + 1] * t).astype(np.float32)

    def ground(self, picture: Picture, surface: Picture) -> Picture:
        """The surface laid below the horizon, paler with distance."""
        hazy = _over(surface, (178, 190, 178), np.broadcast_to(self.haze, self.is_ground.shape))
        return np.where(self.is_ground[..., None], hazy, picture)

    def developed(self, picture: Picture) -> Picture:
        """Light, the lens's dark corners and the sensor's grain."""
        y = np.linspace(-1, 1, self.height, dtype=np.float32)[:, None]
        x = np.linspace(-1, 1, self.width, dtype=np.float32)[None, :]
        corners = 1.0 - 0.16 * np.clip(x * x + y * y - 0.4, 0.0, 1.0)
        grain = (self.dice.random(corners.shape, dtype=np.float32) - 0.5) * 9.0
        return picture * corners[..., None] * self.dice.uniform(0.94, 1.04) + grain[..., None]

    def line_of_sight(self, metres: float) -> tuple[int, float]:
        """(row of the ground at that distance, pixels of one metre there)."""
        return int(self.horizon + 1.6 * self.height / metres), self.height / metres


def _mix(a: Colour, b: Colour, share: Plane) -> Picture:
    one, two = np.array(a, dtype=np.float32), np.array(b, dtype=np.float32)
    return one + (two - one) * share[..., None]


def _over(picture: Picture, colour: Colour, share: Plane) -> Picture:
    return picture + (np.array(colour, dtype=np.float32) - picture) * share[..., None]


def _as_image(picture: Picture) -> Image.Image:
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


# --- the ground in its six states -------------------------------------------------------------


def _soil(stage: _Stage) -> Picture:
    tone = stage.noise(60) * 0.5 + stage.grain() * 0.3 + stage.noise(9) * 0.2
    return _mix((104, 76, 52), (176, 138, 100), tone)


def _rows(stage: _Stage, spacing_m: float) -> Plane:
    """1 on a row of plants, 0 between two; far rows run together."""
    wobble = (stage.noise(24) - 0.5) * 0.12
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * (stage.side + wobble) / spacing_m)
    far = np.clip(stage.depth / (spacing_m * 55.0), 0.0, 1.0)
    return (wave * (1 - far) + 0.55 * far).astype(np.float32)


def _crop(stage: _Stage, picture: Picture) -> Picture:
    leaf = np.clip((_rows(stage, 0.7) + (stage.grain(3) - 0.5) * 0.55 - 0.34) * 2.6, 0.0, 1.0)
    tone = np.clip(stage.noise(80) * 0.5 + stage.grain(2) * 0.5, 0, 1)
    green = _mix((48, 92, 30), (136, 178, 74), tone)
    surface = _soil(stage) * (1 - leaf[..., None]) + green * leaf[..., None]
    return stage.ground(picture, surface.astype(np.float32))


def _bare(stage: _Stage, picture: Picture) -> Picture:
    furrow = _rows(stage, 0.45)
    surface = _soil(stage) * (0.72 + 0.42 * furrow)[..., None]
    return stage.ground(picture, surface.astype(np.float32))


def _weeds(stage: _Stage, picture: Picture) -> Picture:
    tone = np.clip(
        stage.noise(30) * 0.45 + stage.noise(110, 0.5) * 0.35 + stage.grain(2) * 0.3, 0, 1
    )
    dry = np.clip((stage.noise(14) - 0.45) * 3.0, 0.0, 1.0)
    surface = _mix((62, 88, 40), (142, 158, 82), tone)
    surface = surface * (1 - dry[..., None] * 0.7) + _mix((128, 112, 66), (196, 180, 120), tone) * (
        dry[..., None] * 0.7
    )
    return stage.ground(picture, surface.astype(np.float32))


def _forest(stage: _Stage, picture: Picture) -> Picture:
    tone = np.clip(stage.noise(50) * 0.6 + stage.grain(3) * 0.4, 0, 1)
    return stage.ground(picture, _mix((70, 74, 38), (138, 128, 74), tone))


def _pond(stage: _Stage, picture: Picture) -> Picture:
    banked = _weeds(stage, picture)
    ripple = (stage.noise(30, 12.0) - 0.5) * 26.0 + (stage.grain(2) - 0.5) * 6.0
    mirror = picture[::-1][
        np.clip(stage.height - 2 * stage.horizon + np.arange(stage.height), 0, stage.height - 1)
    ]
    water = mirror * 0.62 + np.array((34, 52, 50), dtype=np.float32) + ripple[..., None]
    shore = (stage.noise(7) - 0.5) * 1.8
    wet = (stage.depth > 4.2 + shore) & (stage.depth < 60 + shore * 6) & stage.is_ground
    return np.where(wet[..., None], water, banked).astype(np.float32)


def _yard(stage: _Stage, picture: Picture) -> Picture:
    tone = np.clip(stage.noise(26) * 0.5 + stage.grain(2) * 0.35 + stage.noise(6) * 0.2, 0, 1)
    concrete = _mix((142, 140, 134), (196, 194, 188), tone)
    joints = (np.mod(stage.side, 4.0) < 0.06) | (np.mod(stage.depth + 0 * stage.side, 5.0) < 0.08)
    return stage.ground(picture, np.where(joints[..., None], concrete * 0.7, concrete))


_GROUNDS: dict[Scene, Callable[[_Stage, Picture], Picture]] = {
    "crop": _crop,
    "forest": _forest,
    "pond": _pond,
    "bare": _bare,
    "building": _yard,
    "weeds": _weeds,
}


# --- what stands on it ------------------------------------------------------------------------


def _tree(draw: ImageDraw.ImageDraw, stage: _Stage, metres: float, x: float, tall_m: float) -> None:
    """One tree: a trunk and a crown of leaf balls, lit from the left, paler with distance."""
    foot, scale = stage.line_of_sight(metres)
    pale = min(metres / 260.0, 0.5)
    top = foot - tall_m * scale
    wide = max(tall_m * scale * 0.035, 1.0)
    draw.rectangle(
        (x - wide, top + tall_m * scale * 0.3, x + wide, foot), fill=_paled((74, 58, 44), pale)
    )
    for _ in range(46 if metres > 60 else 260):
        turn, far = stage.dice.uniform(0, 6.283), stage.dice.random() ** 0.5
        cx = x + np.cos(turn) * far * tall_m * scale * 0.24
        cy = top + tall_m * scale * (0.33 + 0.30 * np.sin(turn) * far)
        ball = tall_m * scale * stage.dice.uniform(0.015, 0.10 if metres > 60 else 0.07)
        light = stage.dice.uniform(0.7, 1.3) - 0.35 * np.cos(turn) * far - 0.25 * np.sin(turn) * far
        colour = tuple(float(c) * (0.66 + 0.3 * light) for c in (58, 92, 44))
        draw.ellipse((cx - ball, cy - ball, cx + ball, cy + ball), fill=_paled(colour, pale))


def _paled(colour: tuple[float, ...], share: float) -> tuple[int, int, int]:
    red, green, blue = (
        int(c + (p - c) * share) for c, p in zip(colour, (178, 190, 178), strict=True)
    )
    return red, green, blue


def _blades(stage: _Stage, image: Image.Image) -> Image.Image:
    """Single stalks of grass in the foreground, leaning with the wind."""
    draw = ImageDraw.Draw(image)
    for metres in np.sort(stage.dice.uniform(1.6, 14.0, 2600))[::-1]:
        foot, scale = stage.line_of_sight(float(metres))
        x, tall = stage.dice.uniform(0, stage.width), stage.dice.uniform(0.10, 0.34) * scale
        lean = stage.dice.normal(0.25, 0.25) * tall
        shade = stage.dice.uniform(0.6, 1.3)
        colour = (92, 118, 52) if stage.dice.random() < 0.7 else (176, 160, 96)
        fill = _paled(tuple(min(c * shade, 255.0) for c in colour), float(metres) / 40.0)
        width = max(1, int(0.008 * scale))
        draw.line(
            (x, foot, x + lean * 0.3, foot - tall * 0.6, x + lean, foot - tall),
            fill=fill,
            width=width,
        )
    return image


def _fallow(stage: _Stage, image: Image.Image) -> Image.Image:
    return _blades(stage, _hedge(stage, image))


def _hedge(stage: _Stage, image: Image.Image) -> Image.Image:
    """A line of far trees, as stands at the edge of most fields."""
    draw = ImageDraw.Draw(image)
    for x in np.sort(stage.dice.uniform(0, stage.width, stage.width // 45)):
        _tree(draw, stage, stage.dice.uniform(110, 150), float(x), stage.dice.uniform(5, 9))
    return image


def _wood(stage: _Stage, image: Image.Image) -> Image.Image:
    draw = ImageDraw.Draw(image)
    for metres in (70.0, 52.0, 38.0, 28.0, 21.0, 16.0, 12.0):
        spacing = 3.4 * stage.height / metres
        start = stage.dice.uniform(-spacing, 0.0)
        for n in range(int(stage.width / spacing) + 2):
            x = start + n * spacing + stage.dice.normal(0, spacing * 0.08)
            _tree(draw, stage, metres, float(x), stage.dice.uniform(6.0, 7.6))
    return _blades(stage, image)


def _house(stage: _Stage, image: Image.Image) -> Image.Image:
    """A two-storey house of brick and render with windows, a roof and its shadow."""
    image = _hedge(stage, image)
    draw = ImageDraw.Draw(image)
    foot, scale = stage.line_of_sight(24.0)
    left = stage.width * stage.dice.uniform(0.22, 0.42)
    wide, tall = 10.0 * scale, 6.4 * scale
    draw.polygon(
        [
            (left, foot),
            (left + wide, foot),
            (left + wide * 1.22, foot + 0.5 * scale),
            (left + wide * 0.3, foot + 0.7 * scale),
        ],
        fill=(112, 110, 106),
    )
    draw.polygon(
        [
            (left + wide, foot - tall),
            (left + wide * 1.14, foot - tall * 0.94),
            (left + wide * 1.14, foot - 0.25 * scale),
            (left + wide, foot),
        ],
        fill=(150, 140, 130),
    )
    draw.rectangle((left, foot - tall, left + wide, foot), fill=(214, 206, 192))
    draw.rectangle((left, foot - 1.0 * scale, left + wide, foot), fill=(150, 92, 76))
    for floor in (0.22, 0.66):
        for n in range(4):
            x, y = left + wide * (0.07 + 0.24 * n), foot - tall * (1 - floor)
            draw.rectangle(
                (x, y, x + 1.5 * scale, y + 1.4 * scale),
                fill=(70, 88, 102),
                outline=(236, 236, 232),
            )
            draw.line(
                (x + 0.75 * scale, y, x + 0.75 * scale, y + 1.4 * scale),
                fill=(236, 236, 232),
                width=max(1, int(0.06 * scale)),
            )
    eaves = 0.5 * scale
    draw.polygon(
        [
            (left - eaves, foot - tall),
            (left + wide * 0.5, foot - tall - 2.0 * scale),
            (left + wide + eaves, foot - tall),
        ],
        fill=(132, 70, 58),
    )
    return image.filter(ImageFilter.SMOOTH)


_UPRIGHT: dict[Scene, Callable[[_Stage, Image.Image], Image.Image]] = {
    "forest": _wood,
    "building": _house,
    "weeds": _fallow,
}
