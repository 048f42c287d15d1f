"""The pieces of a sketch: metres on a sheet of paper, outlines, signs, a scale. SVG as text.

A sheet stands alone: nothing is fetched, nothing runs, and every text is escaped on its way in. Its
sizes are of its view box, so that letters grow and shrink with the picture.
"""

import math
from collections.abc import Iterable
from html import escape

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from models.vocabulary import Verdict

WIDTH, HEIGHT = 360.0, 280.0
FOOT = 40.0  # the strip below the drawing, with the scale and the words
_MARGIN = 22.0
INK, SOFT, PAPER = "#17251d", "#44546a", "#fbfcf9"
PARCEL_EDGE, PARCEL_FILL = "#0b5d3b", "#f2c14e"

SIGNS: dict[str, tuple[str, str, str]] = {
    Verdict.PASSED: ("circle", "✓", "#0b6b3a"),
    Verdict.INCOMPLETE: ("square", "?", "#44546a"),
    Verdict.DOUBTFUL: ("triangle", "!", "#a04d00"),
    Verdict.CONTRADICTED: ("diamond", "✕", "#b3261e"),
}
"""Shape, letter and colour of each verdict: any one of them is enough. Each colour has at least
4.5:1 against white."""

Point2 = tuple[float, float]


class Sheet:
    """A drawing whose frame holds `around`, in metres east and north; y grows downwards on it."""

    def __init__(self, around: Iterable[float], height: float = HEIGHT) -> None:
        west, south, east, north = around
        self.height = height
        self._parts: list[str] = []
        room = (WIDTH - 2 * _MARGIN, height - FOOT - 2 * _MARGIN)
        across, up = max(east - west, 1.0), max(north - south, 1.0)
        self.scale = min(room[0] / across, room[1] / up)  # units of the sheet a metre
        self._middle = ((west + east) / 2.0, (south + north) / 2.0)

    def at(self, metres: Point2) -> Point2:
        """Where a point lies on the sheet."""
        return (
            WIDTH / 2.0 + (metres[0] - self._middle[0]) * self.scale,
            (self.height - FOOT) / 2.0 - (metres[1] - self._middle[1]) * self.scale,
        )

    @property
    def frame(self) -> BaseGeometry:
        """What can be seen on the sheet above its foot, in metres."""
        x, y = self._middle
        half = (WIDTH / 2.0 / self.scale, (self.height - FOOT) / 2.0 / self.scale)
        return shapely.box(x - half[0], y - half[1], x + half[0], y + half[1])

    def on(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of metres in units of the sheet, no finer than an eye sees."""
        flip = np.array([self.scale, -self.scale])
        here = np.array(self.at((0.0, 0.0)))
        moved = shapely.transform(shape, lambda xy: xy * flip + here)
        return shapely.simplify(moved, 0.4)

    def add(self, markup: str) -> None:
        self._parts.append(markup)

    def area(self, shape: BaseGeometry, style: str) -> None:
        """An area or several, holes left open; `style` are attributes of ours."""
        paths = []
        for part in shapely.get_parts(self.on(shape)):
            if part.geom_type == "Polygon" and not part.is_empty:
                paths += [_path(ring) + "Z" for ring in (part.exterior, *part.interiors)]
        if paths:
            self.add(f'<path fill-rule="evenodd" d="{"".join(paths)}" {style}/>')

    def lines(self, shape: BaseGeometry, style: str) -> None:
        """Lines of a geometry, whatever it holds besides."""
        found = [p for p in shapely.get_parts(self.on(shape)) if p.geom_type.startswith("Line")]
        if found:
            self.add(f'<path fill="none" d="{"".join(map(_path, found))}" {style}/>')

    def line(self, a: Point2, b: Point2, style: str) -> None:
        self.add(f'<path fill="none" d="M{_xy(a)}L{_xy(b)}" {style}/>')

    def text(
        self, at: Point2, words: str, *, size: float = 13.0, anchor: str = "middle",
        colour: str = INK, bold: bool = False,
    ) -> None:  # fmt: skip
        """Words with a pale rim, so that they are read on whatever lies below them."""
        weight = ' font-weight="700"' if bold else ""
        self.add(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
            f'fill="{colour}"{weight} stroke="{PAPER}" stroke-width="3" paint-order="stroke" '
            f'stroke-linejoin="round">{escape(words)}</text>'
        )

    def sign(self, at: Point2, verdict: str, letter: str = "", *, radius: float = 11.0) -> None:
        """The sign of a verdict, with its own letter or another."""
        shape, own, colour = SIGNS.get(verdict, SIGNS[Verdict.INCOMPLETE])
        words = letter or own
        size = radius * (1.25 if len(words) < 2 else 1.05)
        low = radius * 0.62 if shape == "triangle" else radius * 0.42
        self.add(
            f'<g fill="{colour}" stroke="#fff" stroke-width="2">{_shape(shape, at, radius)}'
            f'<text x="{at[0]:.1f}" y="{at[1] + low:.1f}" font-size="{size:.1f}" fill="#fff" '
            f'stroke="none" font-weight="700" text-anchor="middle">{escape(words)}</text></g>'
        )

    def pill(self, at: Point2, verdict: str, words: str) -> None:
        """A sign for several photos at one place: the worst verdict's colour, its sign in front."""
        _, own, colour = SIGNS.get(verdict, SIGNS[Verdict.INCOMPLETE])
        said = f"{own}{words}"
        half = 5.0 + 3.6 * sum(2 if ord(c) > 0x2E80 else 1 for c in said)
        self.add(
            f'<rect x="{at[0] - half:.1f}" y="{at[1] - 10:.1f}" width="{2 * half:.1f}" height="20" '
            f'rx="10" fill="{colour}" stroke="#fff" stroke-width="2"/>'
            f'<text x="{at[0]:.1f}" y="{at[1] + 4.4:.1f}" font-size="12.5" fill="#fff" '
            f'font-weight="700" text-anchor="middle">{escape(said)}</text>'
        )

    def foot(self, words: str, second: str = "") -> None:
        """The strip below: what the picture says, where north is, how long a metre is."""
        top = self.height - FOOT
        self.add(
            f'<rect x="0" y="{top}" width="{WIDTH}" height="{FOOT}" fill="#eef3ee"/>'
            f'<path d="M0 {top}H{WIDTH}" stroke="#c9d6cc"/>'
        )
        self.text((10.0, top + (17.0 if second else 25.0)), words, anchor="start", bold=True)
        self.text((10.0, top + 34.0), second, size=12.0, anchor="start", colour=SOFT)
        x, y = WIDTH - 98.0, top + 6.0
        self.add(f'<path d="M{x} {y}l6 16l-6 -4l-6 4Z" fill="{INK}"/>')
        self.text((x, y + 28.0), "北", size=11.5)
        length_m = nice_length_m(70.0 / self.scale)
        end, long = WIDTH - 12.0, length_m * self.scale
        self.add(
            f'<path d="M{end - long:.1f} {top + 25}v5H{end}v-5" fill="none" stroke="{INK}" '
            'stroke-width="2"/>'
        )
        said = f"{length_m:g} m" if length_m < 1000 else f"{length_m / 1000:g} km"
        self.text((end - long / 2.0, top + 22.0), said, size=12)

    def svg(self, said: str) -> str:
        """The whole sheet; `said` tells the same in words, for those who hear it read."""
        # Its own size as well: a browser gives a picture without one 150 pixels of height.
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {self.height:g}" '
            f'width="{WIDTH * 2:g}" height="{self.height * 2:g}" role="img" '
            "font-family=\"system-ui,'Noto Sans CJK SC','Noto Sans SC','PingFang SC',"
            "'Microsoft YaHei',sans-serif\">"
            f'<title>{escape(said)}</title><rect width="100%" height="100%" fill="{PAPER}"/>'
            f"{''.join(self._parts)}</svg>"
        )


def nice_length_m(most_m: float) -> float:
    """The longest of 1, 2, 5, 10, 20 … metres that is not longer.

    >>> nice_length_m(7.0), nice_length_m(48.0), nice_length_m(20_000.0), nice_length_m(0.2)
    (5.0, 20.0, 20000.0, 0.2)
    """
    ten = 10.0 ** math.floor(math.log10(most_m))
    return round(next((n * ten for n in (5.0, 2.0, 1.0) if n * ten <= most_m), ten), 6)


def _xy(at: Iterable[float]) -> str:
    x, y = at
    return f"{x:.1f} {y:.1f}"


def _path(line: BaseGeometry) -> str:
    return "M" + "L".join(_xy(point) for point in shapely.get_coordinates(line))


def _shape(shape: str, at: Point2, r: float) -> str:
    x, y = at
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}"/>'
    if shape == "square":
        s = r * 0.92
        return f'<rect x="{x - s:.1f}" y="{y - s:.1f}" width="{2 * s:.1f}" height="{2 * s:.1f}" rx="2"/>'
    corners = {
        "triangle": [(0.0, -1.25), (1.2, 0.95), (-1.2, 0.95)],
        "diamond": [(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
    }[shape]
    return f'<path d="M{"L".join(_xy((x + r * a, y + r * b)) for a, b in corners)}Z"/>'
