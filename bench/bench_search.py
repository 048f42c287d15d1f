"""Search for the same picture among 1 M and 10 M fingerprints, against passes over the same bytes.

Peers in the same run, on one core: reading the bytes once (the floor of anything that compares
all of them), faiss's own exact index asked for one orientation, and numpy. Ours answers for eight
orientations, borders cut off, and crops of the newest photos. Recall is counted on planted copies:
as they are up to 73 bits, mirrored and turned up to 45. `python bench/bench_search.py [rounds
[millions …]]` from the project's root; 10 M take about 1 GB of memory.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from photos.likeness.archive import RECENT, WHOLE_BITS, Archive
from photos.likeness.fingerprints import BYTES, WINDOWS, Fingerprint, Turn, oriented
from photos.likeness.joining import near_duplicates

ROUNDS = 20
PLANTED = 40
MOST_TIMES_FAISS = 6.0
"""Ours against one exact pass of faiss: one pass as it is, two over a quarter of the bits for the
seven other orientations, one over the windows of the newest, and what they find."""

DICE = np.random.default_rng(11)


def timed(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the quickest round: a busy machine only adds."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000.0)
    return min(spent)


def codes_of(count: int) -> np.ndarray:
    codes = DICE.integers(0, 256, (count, BYTES), dtype=np.uint8)
    codes[:, 0] &= 0x7F
    return codes


def changed(code: np.ndarray, bits: int) -> bytes:
    flat = np.unpackbits(code)
    flat[1 + DICE.permutation(255)[:bits]] ^= 1
    return np.packbits(flat).tobytes()


def resident_mb() -> float:
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def recall(archive: Archive, codes: np.ndarray, bits: int, turns: list[Turn]) -> tuple[int, int]:
    found = 0
    for n in range(PLANTED):
        at = int(DICE.integers(len(codes)))
        code = oriented(changed(codes[at], bits))[turns[n % len(turns)]].tobytes()
        hits = archive.search(Fingerprint(code, b"", bytes(WINDOWS * BYTES)))
        found += any(hit.key == at and hit.bits == bits for hit in hits)
    return found, PLANTED


def search(millions: int, rounds: int) -> float:
    count = millions * 1_000_000
    before = resident_mb()
    codes = codes_of(count)
    given = resident_mb()
    archive = Archive()
    for begins in range(0, count, 1 << 18):
        part = codes[begins : begins + (1 << 18)]
        archive.add_wholes(np.arange(begins, begins + len(part)), part)
    newest = codes_of(RECENT)
    archive.extend(
        (count + n, Fingerprint(code.tobytes(), b"", DICE.bytes(WINDOWS * BYTES)))
        for n, code in enumerate(newest)
    )
    held = resident_mb() - given
    flat = faiss.IndexBinaryFlat(8 * BYTES)
    flat.add(codes)
    sought = Fingerprint(changed(codes[7], 20), b"", DICE.bytes(WINDOWS * BYTES))
    row = np.frombuffer(sought.whole, np.uint8)[None].copy()
    wide, few = codes.view(np.uint64), max(3, rounds // 4)
    spent = {
        "one pass over the bytes": timed(lambda: int(wide.max()), rounds),
        "numpy, one orientation": timed(
            lambda: np.bitwise_count(wide ^ row.view(np.uint64)).sum(axis=1), few
        ),
        "faiss flat, one orientation": timed(
            lambda: flat.range_search(row, WHOLE_BITS + 1), rounds
        ),
        "faiss flat, eight orientations": timed(
            lambda: flat.range_search(oriented(sought.whole), WHOLE_BITS + 1), few
        ),
        "ours, eight and the crops": timed(lambda: archive.search(sought), rounds),
    }
    print(f"\n{millions} M fingerprints and windows of {RECENT}: {held:.0f} MB "
          f"({archive.nbytes / 1e6:.0f} MB counted; base {before:.0f} MB)")  # fmt: skip
    for name, ms in spent.items():
        print(f"  {name:32}{ms:8.2f} ms")
    for bits in (0, 30, 60, WHOLE_BITS):
        print(
            "  recall as it is, {} bits: {}/{}".format(
                bits, *recall(archive, codes, bits, [Turn.AS_IS])
            )
        )
    others = [turn for turn in Turn if turn is not Turn.AS_IS]
    for bits in (0, 15, 30, 45, 60):
        print(
            "  recall mirrored or turned, {} bits: {}/{}".format(
                bits, *recall(archive, codes, bits, others)
            )
        )
    ratio = spent["ours, eight and the crops"] / spent["faiss flat, one orientation"]
    print(f"  ratio to one pass of faiss {ratio:.1f}, budget {MOST_TIMES_FAISS}")
    return ratio


def join(count: int) -> None:
    codes = codes_of(count)
    for copy in range(count // 10):
        codes[count - 1 - copy] = np.frombuffer(
            changed(codes[copy], int(DICE.integers(0, 74))), np.uint8
        )
    prints = [
        (n, Fingerprint(c.tobytes(), b"", DICE.bytes(WINDOWS * BYTES))) for n, c in enumerate(codes)
    ]
    for windows in (False, True):
        began = time.perf_counter()
        found = sum(1 for _ in near_duplicates(prints, windows=windows))
        print(f"join of {count} pictures, windows {windows}: {found} pairs of {count // 10} planted, "
              f"{time.perf_counter() - began:.1f} s")  # fmt: skip


def main(rounds: int, sizes: list[int]) -> int:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    faiss.omp_set_num_threads(1)
    join(10_000)
    worst = max(search(millions, rounds) for millions in sizes)
    return 0 if worst <= MOST_TIMES_FAISS else 1


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(given[0] if given else ROUNDS, given[1:] or [1, 10]))
