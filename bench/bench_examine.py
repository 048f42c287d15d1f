"""Full examination of a 12 MP JPEG against its floor, in one run and on one core.

The floor is what no examination can avoid: reading the file, its sha256, and a grey decode at 1/8
scale. The examination includes the search for the same picture among 1 M fingerprints, and writes
nothing. Budget: 1.35 × the floor. `python bench/bench_examine.py [rounds]` from the project's root.
"""

import hashlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from field_app.demo.camera import with_exif
from field_app.demo.scenes import draw_scene
from photos.examine import examine
from photos.likeness.archive import RECENT, Archive
from photos.likeness.fingerprints import (
    BYTES,
    WINDOWS,
    Fingerprint,
    fingerprint,
    fingerprint_of,
)
from photos.reading import read_metadata
from tests.build import RECEIVED_AT, WINDOW, a_case, a_parcel, facts_of

BUDGET = 1.35
ROUNDS = 15


def floor(path: Path) -> None:
    data = path.read_bytes()
    hashlib.sha256(data).hexdigest()
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("L", (picture.width // 8, picture.height // 8))
        picture.load()


def ours(path: Path) -> None:
    case = a_case(path.read_bytes(), PARCEL, received_at=RECEIVED_AT, window=WINDOW)
    made = fingerprint_of(case.evidence)
    assert made is not None
    assert ARCHIVE.search(made) == []
    assert examine(replace(case, compared=len(ARCHIVE))).verdict == "核验通过"


def likeness(path: Path) -> None:
    """Of it the fingerprint and the search."""
    made = fingerprint(GREY)
    assert made is not None
    ARCHIVE.search(made)


def an_archive(count: int) -> Archive:
    """Random fingerprints, the newest with their windows."""
    dice = np.random.default_rng(5)
    codes = dice.integers(0, 256, (count, BYTES), dtype=np.uint8)
    archive = Archive()
    archive.add_wholes(np.arange(count - RECENT), codes[RECENT:])
    archive.extend(
        (count - RECENT + n, Fingerprint(code.tobytes(), b"", dice.bytes(WINDOWS * BYTES)))
        for n, code in enumerate(codes[:RECENT])
    )
    return archive


def metadata(path: Path) -> None:
    """Structure and all readings: what needs no pixels."""
    read_metadata(path.read_bytes(), "")


def timed(work: Callable[[Path], None], path: Path, rounds: int) -> list[float]:
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        work(path)
        spent.append((time.process_time() - began) * 1000.0)
    return spent


PARCEL = a_parcel()
ARCHIVE = an_archive(1_000_000)
GREY = draw_scene("crop", (500, 375), 1).convert("L")


def main(rounds: int) -> int:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "field.jpg"
        photo = with_exif(
            draw_scene("crop", (4000, 3000), 1), facts_of(PARCEL, away_m=30.0), quality=90
        )
        path.write_bytes(photo)
        timed(floor, path, 2)
        timed(ours, path, 2)
        spent: dict[str, list[float]] = {"floor": [], "examine": [], "metadata": [], "likeness": []}
        for _ in range(rounds):  # turn about, so that a busy machine weighs on both
            spent["floor"] += timed(floor, path, 1)
            spent["examine"] += timed(ours, path, 1)
            spent["metadata"] += timed(metadata, path, 1)
            spent["likeness"] += timed(likeness, path, 1)
        median = {name: statistics.median(times) for name, times in spent.items()}
    ratio = median["examine"] / median["floor"]
    print(f"12 MP JPEG, {len(photo) / 1e6:.1f} MB, {rounds} rounds, CPU time of one core")
    print(f"floor (read, sha256, grey 1/8)  {median['floor']:7.1f} ms")
    print(f"full examination                {median['examine']:7.1f} ms")
    print(f"of it metadata                  {median['metadata']:7.1f} ms")
    print(f"of it the same picture in 1 M   {median['likeness']:7.1f} ms")
    print(f"ratio {ratio:.2f}, budget {BUDGET}")
    return 0 if ratio <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
