"""Whatever the bytes: reading and verifying end soon, in bounded memory, and always with a line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from photos.reading import read_evidence
from tests.photos.mangle import made_files
from tests.soak import TIMES

ROOT = Path(__file__).parents[2]
SEEDS = (20260101, 20260102)
EACH = 500 if TIMES == 1 else 1_000 * TIMES  # so `make soak`, which says 50, reads 100,000
SLOWEST_S = 2.0
MOST_MB = 400.0  # above what whole files of each kind take: the largest picture decoded whole


@pytest.mark.parametrize("seed", SEEDS)
def test_mangled_files_of_every_kind_neither_crash_nor_stall_nor_raise(seed: int, tmp_path: Path):
    ran = subprocess.run(
        [sys.executable, "-m", "tests.photos.mangle", str(seed), str(EACH), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stderr[-3_000:]}\nleft behind: {list(tmp_path.iterdir())}"
    told = json.loads(ran.stdout)
    assert told["count"] == EACH
    assert told["slowest_s"] < SLOWEST_S, told
    assert told["peak_growth_mb"] < MOST_MB, told
    # The mangling is neither so wild that all is refused nor so mild that nothing breaks.
    assert 0.04 < told["met"]["read"] / EACH < 0.9
    assert len(told["met"]) > 4
    assert "unreadable" in told["manifests"]


def test_files_of_every_kind_are_whole_before_they_are_mangled():
    for name, data in made_files().items():
        evidence = read_evidence(data)
        assert evidence.error is None, name
        assert evidence.grey is not None, name
        assert (evidence.c2pa is not None) == name.endswith("signed"), name
