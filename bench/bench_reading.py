"""Reading metadata against exiftool kept open, on the same files, in the same run.

Ours is opening the file (mapped: exiftool does not read all of the picture either), the walk and
structure of the file, both readings of its Exif block, XMP, manifest, and every check that needs no
pixels; exiftool's is its JSON of all tags, the process kept open by PyExifTool. Budget: 10 × faster. The files are the sample photos where they
are beside the project, else made ones of 12 MP. mapillary_tools, where it is installed, is named
by MAPILLARY_TOOLS (the path of its command) and runs `process` over the same files in one process.
Where exiftool is missing this says so and measures nothing.

All times are of the processor, as both sides do nothing but compute and a machine has other work;
they take turns, round by round, and medians are told. What a process takes to start is not counted.

`python bench/bench_reading.py [rounds] [folder of photos]` from the project's root.
"""

import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import exiftool

from field_app.demo.camera import with_exif
from field_app.demo.scenes import draw_scene
from models.vocabulary import PhotoKind
from photos.case import Case, Claim
from photos.evidence import Evidence
from photos.examine import examine
from photos.reading import read_metadata
from tests.build import RECEIVED_AT, WINDOW, a_parcel, facts_of

BUDGET = 10.0
LEAST = 7.0  # 13 of the samples, 8 of made files when this was written: below, something is slower
ROUNDS = 15
COPIES = 10  # of each file for mapillary_tools, so that its start weighs less
SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "photos"
PARCEL = a_parcel()


def files(folder: Path, given: Path) -> list[Path]:
    if given.exists():
        kinds = (".jpg", ".jpeg", ".heic")
        return sorted(path for path in given.rglob("*") if path.suffix.lower() in kinds)
    made = []
    for number in range(8):
        facts = facts_of(PARCEL, away_m=10.0 * number)
        path = folder / f"{number}.jpg"
        path.write_bytes(with_exif(draw_scene("crop", (4000, 3000), number), facts, quality=90))
        made.append(path)
    return made


def read(path: Path) -> Evidence:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return read_metadata(data, "")


def ours(path: Path) -> None:
    examine(Case(read(path), PARCEL, Claim(PhotoKind.OVERVIEW), RECEIVED_AT, WINDOW))


def hashed(path: Path) -> None:
    hashlib.sha256(path.read_bytes()).hexdigest()


Work = Callable[[Path], object]


def in_turn(works: dict[str, Work], paths: list[Path], rounds: int) -> dict[str, float]:
    """Median of the rounds' means, of a file, by name; exiftool is one of those that take turns."""
    spent: dict[str, list[float]] = {name: [] for name in (*works, "exiftool")}
    with exiftool.ExifTool() as theirs:

        def round_of(work: Work, clock: Callable[[], float]) -> float:
            began = clock()
            for path in paths:
                work(path)
            return (clock() - began) * 1000.0 / len(paths)

        def of_theirs() -> float:
            """Seconds of the processor that exiftool has had. Linux tells nanoseconds."""
            return int(Path(f"/proc/{theirs._process.pid}/schedstat").read_text().split()[0]) / 1e9

        def ask(path: Path) -> None:
            theirs.execute_json(str(path))

        for number in range(rounds + 1):
            for name, work in works.items():
                took = round_of(work, time.process_time)
                spent[name] += [took] if number else []  # the first round fills caches
            took = round_of(ask, of_theirs)
            spent["exiftool"] += [took] if number else []
    return {name: statistics.median(times) for name, times in spent.items()}


def child_ms(work: Callable[[], object]) -> float:
    """Processor time of the processes that `work` starts and waits for."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (ended.ru_utime - began.ru_utime + ended.ru_stime - began.ru_stime) * 1000.0


def mapillary_ms(command: str, paths: list[Path]) -> float:
    """Of the files that it takes, `process` once over one copy and once over several."""

    def process(copies: int) -> float:
        with tempfile.TemporaryDirectory() as folder:
            for copy in range(copies):
                for path in paths:
                    shutil.copy(path, Path(folder) / f"{copy}-{path.name}")
            told = [command, "process", folder, "--num_processes", "1", "--skip_process_errors"]
            return child_ms(lambda: subprocess.run(told, check=False, capture_output=True))

    return (process(COPIES + 1) - process(1)) / (COPIES * len(paths))


def main(rounds: int, given: Path) -> int:
    if shutil.which("exiftool") is None:
        print("exiftool is not installed here: nothing is measured")
        return 0
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        paths = files(Path(folder), given)
        jpegs = [path for path in paths if path.suffix.lower() != ".heic"]
        print(f"{len(paths)} files ({len(jpegs)} JPEG), {rounds} rounds, one core")
        spent = in_turn({"ours": ours, "read": read, "hashed": hashed}, paths, rounds)
        mean, theirs = spent["ours"], spent["exiftool"]
        print(f"ours, with all checks without pixels  {mean:6.2f} ms, {1000 / mean:4.0f} a second")
        print(f"of it reading                         {spent['read']:6.2f} ms")
        print(f"exiftool, kept open                   {theirs:6.2f} ms")
        print(f"beside it: sha256 of the same files   {spent['hashed']:6.2f} ms")
        command = os.environ.get("MAPILLARY_TOOLS")
        slower = False
        if command:
            peer, same = (
                mapillary_ms(command, jpegs),
                in_turn({"ours": ours}, jpegs, rounds)["ours"],
            )
            slower = peer < same
            print(f"mapillary_tools process, JPEG alone   {peer:6.2f} ms (ours {same:.2f} ms)")
        else:
            print("mapillary_tools is not named (MAPILLARY_TOOLS): left out")
    ratio = theirs / mean
    print(f"ratio {ratio:.1f}, budget {BUDGET:g}{'' if ratio >= BUDGET else ': not met'}")
    return 0 if ratio >= LEAST and not slower else 1


if __name__ == "__main__":
    told = sys.argv[1:]
    sys.exit(main(int(told[0]) if told else ROUNDS, Path(told[1]) if told[1:] else SAMPLES))
