"""What finds a picture again after each change, and what is taken for one that it is not.

Made scenes and, where they are, the sample photos are changed as people change them
(`tests/photos/likeness/changes.py`). For each change: how many of the copies the search finds in an
archive of all originals, and how many of those lie on their original in the second look. Then all
originals against each other. `python bench/bench_likeness.py [scenes of each kind]` from the
project's root.
"""

import sys
import time
from itertools import combinations
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from field_app.demo.scenes import SCENES, draw_scene
from photos.likeness.archive import Archive
from photos.likeness.fingerprints import Fingerprint, fingerprint
from photos.likeness.joining import near_duplicates
from photos.likeness.scenes import same_scene, scene_picture
from tests.photos.likeness.changes import CHANGES, grey_of

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "photos"
EACH = 4
LEAST_FOUND = 0.9


def made_scenes(each: int) -> dict[str, Image.Image]:
    return {
        f"{kind} {seed}": draw_scene(kind, (1000, 750), 700 + seed).convert("L")
        for kind in SCENES
        for seed in range(each)
    }


def samples() -> dict[str, Image.Image]:
    """Those that show a picture of at least 400 pixels: a thumbnail is no photo."""
    found = {}
    for path in sorted(SAMPLES.glob("*")):
        picture = None if path.suffix == ".json" else scene_picture(path.read_bytes())
        if picture is not None and min(picture.size) >= 400:
            found[path.name] = picture
    return found


def print_of(picture: Image.Image) -> Fingerprint | None:
    return fingerprint(grey_of(picture))


def table(name: str, originals: dict[str, Image.Image]) -> float:
    """Prints the table; the least share that was found of any change."""
    prints = {key: made for key, each in originals.items() if (made := print_of(each))}
    numbers = dict(enumerate(prints))
    archive = Archive()
    archive.extend((number, prints[key]) for number, key in numbers.items())
    print(
        f"\n{name}: {len(originals)}, of them without a fingerprint {len(originals) - len(prints)}"
    )
    print(f"{'change':26}{'search':>8}{'laid over':>11}{'others named':>14}{'ms a pair':>11}")
    least = 1.0
    for change, make in CHANGES.items():
        found = same = others = 0
        spent = 0.0
        for number, key in numbers.items():
            copy = make(originals[key])
            made = print_of(copy)
            hits = [] if made is None else archive.search(made)
            others += sum(hit.key != number for hit in hits)
            mine = next((hit for hit in hits if hit.key == number), None)
            if mine is None:
                continue
            found += 1
            began = time.process_time()
            same += same_scene(copy, originals[key], mirrored=mine.mirrored).same
            spent += (time.process_time() - began) * 1000.0
        share = found / len(prints)
        least = min(least, share)
        print(f"{change:26}{share:8.0%}{same / max(found, 1):11.0%}{others:14}"
              f"{spent / max(found, 1):11.0f}")  # fmt: skip
    pairs = list(near_duplicates(prints.items()))
    kept = [
        (pair.one, pair.other)
        for pair in pairs
        if same_scene(originals[pair.one], originals[pair.other], mirrored=pair.mirrored).same
    ]
    count = len(list(combinations(prints, 2)))
    print(
        f"of {count} pairs of originals the search names {len(pairs)}; the second look keeps {kept}"
    )
    return least


def main(each: int) -> int:
    least = table("made scenes", made_scenes(each))
    real = samples()
    if real:
        least = min(least, table("sample photos", real))
    else:
        print(f"no sample photos at {SAMPLES}")
    print(f"\nleast found of any change {least:.0%}, wanted {LEAST_FOUND:.0%}")
    return 0 if least >= LEAST_FOUND else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else EACH))
