"""An archive of 12 MP photos: two processes against one, Dask against processes, a run taken up
again against one from the start. All in one run, on the same files, start of processes included.

`python bench/bench_verify.py [photos]` from the project's root. Goals on two idle cores: two
processes at least 1.6 × one; Dask at least 0.8 × processes; taken up again at least 10 ×.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from field_app.demo.camera import with_exif
from field_app.demo.scenes import draw_scene
from photos.verify import Engine, Processes, verify_many
from photos.verify.cluster import Cluster
from tests.build import RECEIVED_AT, TAKEN_AT, WINDOW, a_parcel, facts_of

PHOTOS = 200
PARCEL = a_parcel()


def made(folder: Path, count: int) -> list[tuple[str, Path]]:
    """Photos that cost like real ones: few pictures, each with many endings of its own."""
    scenes = [draw_scene("crop", (4000, 3000), seed) for seed in range(4)]
    shots = [
        with_exif(
            scene,
            facts_of(PARCEL, away_m=10.0 + n, taken_at=TAKEN_AT + timedelta(minutes=10 * n)),
            quality=90,
        )
        for n, scene in enumerate(scenes)
    ]
    given = []
    for n in range(count):
        path = folder / f"{n:05d}.jpg"
        path.write_bytes(shots[n % len(shots)] + n.to_bytes(4, "big"))
        given.append((path.name, path))
    return given


def photos_per_second(
    photos: list[tuple[str, Path]], engine: Callable[[], Engine], state: Path | None = None
) -> float:
    began = time.perf_counter()
    lines = list(
        verify_many(
            photos,
            [("N1", PARCEL)],
            window=WINDOW,
            received_at=RECEIVED_AT,
            engine=engine(),
            state=state,
        )
    )
    spent = time.perf_counter() - began
    assert len(lines) == len(photos)
    assert not any("error" in line for line in lines)
    return len(photos) / spent


def main(count: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        photos = made(Path(folder), count)
        state = Path(folder) / "readings.db"
        size = sum(path.stat().st_size for _, path in photos) / count / 1e6
        one = photos_per_second(photos, lambda: Processes(1))
        two = photos_per_second(photos, lambda: Processes(2), state)
        again = photos_per_second(photos, lambda: Processes(2), state)
        dask = photos_per_second(photos, lambda: Cluster(2))
    print(f"{count} photos of 12 MP, {size:.1f} MB each, start of processes included")
    print(f"one process            {one:7.1f} photos/s")
    print(f"two processes          {two:7.1f} photos/s   {two / one:5.2f} × one")
    print(f"Dask, two workers      {dask:7.1f} photos/s   {dask / two:5.2f} × two processes")
    print(f"taken up again         {again:7.1f} photos/s   {again / two:5.2f} × from the start")
    return 0 if two >= 1.6 * one and dask >= 0.8 * two and again >= 10 * two else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PHOTOS))
