"""All photos of a visit judged together and drawn: a page does it at each look.

    PYTHONPATH=. python bench/bench_sets.py [rounds]

Peer: reading the same boundary and writing it again as WKB, which any look at a parcel costs.
"""

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from random import Random

import shapely
from shapely import Polygon

from models.geo import LocalPlane, Position, area_m2, moved
from models.vocabulary import PhotoKind, Verdict
from photos.sets.case import SetCase, SetPhoto
from photos.sets.examine import examine_set
from photos.sketches.whole_set import set_sketch

HERE = Position(112.43, 33.49)
MOST_MS = 30.0  # a visit of sixty photos, on one core
WANTED = {"全景": 1, "近景": 1, "利用特征": 2, "东向": 1, "南向": 1, "西向": 1, "北向": 1}


def a_field(corners: int, radius_m: float = 200.0) -> Polygon:
    """A bent field of so many corners."""
    angles = [2 * math.pi * n / corners for n in range(corners)]
    far = [radius_m * (1 + 0.2 * math.sin(5 * a)) for a in angles]
    shape = Polygon([(r * math.cos(a), r * math.sin(a)) for r, a in zip(far, angles, strict=True)])
    made = LocalPlane(HERE).to_degrees(shape)
    assert isinstance(made, Polygon)
    return made


def photos(count: int) -> Iterator[SetPhoto]:
    """Photos all over the field, one in five without a heading."""
    chance = Random(1)
    for n in range(1, count + 1):
        at = moved(HERE, east_m=chance.uniform(-220, 220), north_m=chance.uniform(-220, 220))
        heading = chance.uniform(0, 360) if n % 5 else None
        kind = chance.choice(list(PhotoKind))
        yield SetPhoto(n, kind, Verdict.PASSED, at=at, heading_deg=heading, view_deg=65.0)


def median_ms(work: Callable[[], object], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        taken.append((time.process_time() - before) * 1000.0)
    return statistics.median(taken)


def main(rounds: int) -> int:
    """Prints the table; 1 where sixty photos take longer than they may."""
    slowest = 0.0
    print("corners  photos   judge ms   judge + draw ms   peer ms")
    for corners in (51, 3_000):
        field = a_field(corners)
        area_mu = area_m2(field) * 3.0 / 2000.0
        for count in (8, 60):
            some = list(photos(count))

            def judge(field: Polygon = field, mu: float = area_mu, some: list = some) -> object:  # type: ignore[type-arg]
                return examine_set(SetCase(field, mu, WANTED, some))

            def draw(field: Polygon = field, mu: float = area_mu, some: list = some) -> object:  # type: ignore[type-arg]
                case = SetCase(field, mu, WANTED, some)
                return set_sketch(case, examine_set(case))

            def peer(field: Polygon = field) -> object:
                return shapely.to_wkb(shapely.from_wkb(field.wkb))

            judged, drawn, floor = (median_ms(w, rounds) for w in (judge, draw, peer))
            slowest = max(slowest, judged)
            print(f"{corners:7d}  {count:6d} {judged:10.1f} {drawn:17.1f} {floor:9.3f}")
    print(f"at most {slowest:.1f} ms, allowed {MOST_MS:.0f} ms")
    return int(slowest > MOST_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
