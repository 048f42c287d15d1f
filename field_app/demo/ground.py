"""Land cut into fields, as land is: bent rows, uneven widths, edges shared with the neighbour."""

import math
from random import Random

import shapely
from shapely import MultiPolygon, Polygon

Cell = tuple[int, int]  # column, row
Point = tuple[float, float]  # metres east and north of the middle of the block

_STEP_M = 22.0  # a surveyor sets about one point in so many metres of a bent edge


def block(
    dice: Random,
    *,
    columns: int,
    rows: int,
    width_m: tuple[float, float],
    depth_m: tuple[float, float],
    turn_deg: float,
    bend_m: float,
) -> dict[Cell, Polygon]:
    """A block of fields in metres around its middle; neighbours share their points exactly.

    `width_m` and `depth_m` are the least and the greatest of a field, `bend_m` how far the rows
    swing from a straight line.
    """
    xs = _marks(dice, columns, width_m)
    ys = _marks(dice, rows, depth_m)
    swing, phase = dice.uniform(0.004, 0.011), dice.uniform(0.0, 6.28)
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))

    def laid(x: float, y: float) -> Point:
        y += bend_m * math.sin(x * swing + phase)
        x += 0.5 * bend_m * math.sin(y * swing * 0.8 - phase)
        return x * cos - y * sin, x * sin + y * cos

    jitter_x, jitter_y = 0.14 * width_m[0], 0.14 * depth_m[0]
    nodes = {
        (i, j): laid(
            x + dice.uniform(-jitter_x, jitter_x),
            y + dice.uniform(-jitter_y, jitter_y),
        )
        for i, x in enumerate(xs)
        for j, y in enumerate(ys)
    }
    across = {(i, j): _edge(dice, nodes[i, j], nodes[i + 1, j])
              for i in range(columns) for j in range(rows + 1)}  # fmt: skip
    along = {(i, j): _edge(dice, nodes[i, j], nodes[i, j + 1])
             for i in range(columns + 1) for j in range(rows)}  # fmt: skip
    return {
        (i, j): Polygon(
            [
                *across[i, j][:-1],
                *along[i + 1, j][:-1],
                *across[i, j + 1][:0:-1],
                *along[i, j][:0:-1],
            ]
        )
        for i in range(columns)
        for j in range(rows)
    }


def _marks(dice: Random, count: int, size_m: tuple[float, float]) -> list[float]:
    """Where the lines between fields run, around 0."""
    marks = [0.0]
    for _ in range(count):
        marks.append(marks[-1] + dice.uniform(*size_m))
    return [m - marks[-1] / 2.0 for m in marks]


def _edge(dice: Random, a: Point, b: Point) -> list[Point]:
    """From `a` to `b` with the small bends of a real edge."""
    length = math.dist(a, b)
    steps = max(1, round(length / _STEP_M))
    points = [a]
    for n in range(1, steps):
        t = n / steps + dice.uniform(-0.15, 0.15) / steps
        off = dice.gauss(0.0, 0.035) * min(length, 40.0)
        points.append(
            (
                a[0] + (b[0] - a[0]) * t - (b[1] - a[1]) / length * off,
                a[1] + (b[1] - a[1]) * t + (b[0] - a[0]) / length * off,
            )
        )
    return [*points, b]


def joined(a: Polygon, b: Polygon) -> Polygon | MultiPolygon:
    """Two fields as one parcel; two parts where they do not touch."""
    both = shapely.union(a, b)
    assert isinstance(both, Polygon | MultiPolygon)
    return both


def with_pond(field: Polygon) -> Polygon:
    """The field with a pond or a group of graves left out of it."""
    middle, radius = shapely.maximum_inscribed_circle(field).coords
    reach = 0.4 * math.dist(middle, radius)
    pond = [
        (middle[0] + reach * math.cos(a) * 1.3, middle[1] + reach * math.sin(a) * 0.8)
        for a in (n * math.pi / 4.0 for n in range(8))
    ]
    return Polygon(field.exterior, [pond])


def with_crossing(field: Polygon) -> Polygon:
    """The field with a small loop in its outline, as a slip of the surveyor's hand leaves it."""
    points = list(field.exterior.coords[:-1])
    a, b = points[0], points[1]
    length = math.dist(a, b)
    d = ((b[0] - a[0]) / length, (b[1] - a[1]) / length)
    n = (-d[1], d[0])

    def at(along: float, aside: float) -> Point:
        return (
            a[0] + d[0] * along + n[0] * aside,
            a[1] + d[1] * along + n[1] * aside,
        )

    loop = [at(4.0, 0.0), at(4.0, 2.0), at(2.0, 2.0), at(2.0, -1.0)]
    return Polygon([a, *loop, *points[1:]])
