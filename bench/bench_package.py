"""How long it takes to check an evidence package of 60 photos.

    .venv/bin/python -m bench.bench_package [photos] [MB a photo]

Budget: under 2 s. The floor is sha256 of the same bytes, read from the same file in the same parts:
no verifier can do with less. The processor's time counts; the clock's is told beside it, for it
is that of a machine with other things to do. Peak memory is of the checking alone.
"""

import hashlib
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from field_app.packages import checking, manifest, sealing
from field_app.packages.checking import Verdict
from field_app.packages.keys import OfficeKey
from tests.packages.making import SMALL, a_manifest

_TRIES = 7
_PART = 1 << 20


def a_package_of(path: Path, count: int, size: int, key: OfficeKey) -> None:
    """Photos of chance bytes, as little to be shrunk as real ones."""
    photos = {}
    for _ in range(count):
        data = os.urandom(size)
        photos[f"photos/{hashlib.sha256(data).hexdigest()}.jpg"] = data
    listed = [sealing.sealed_member(name, data) for name, data in photos.items()]
    made = sealing.seal(a_manifest(), SMALL, listed, key)
    every = {**SMALL, **photos, manifest.KEY: key.public.pem}

    def bytes_of(name: str) -> Iterator[bytes]:
        yield every[name]

    with path.open("wb") as file:
        for part in made.stream(bytes_of):
            file.write(part)


def floor(path: Path) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PART):
            digest.update(part)


def fastest(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor and of the clock, the least of some tries each."""
    spent, passed = [], []
    for _ in range(_TRIES):
        began, at = time.process_time(), time.perf_counter()
        work()
        spent.append(time.process_time() - began)
        passed.append(time.perf_counter() - at)
    return min(spent), min(passed)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    size = int(float(sys.argv[2]) * 1e6) if len(sys.argv) > 2 else 4_000_000
    key = OfficeKey(Ed25519PrivateKey.generate())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        a_package_of(path, count, size, key)

        def check() -> None:
            with path.open("rb") as file:
                assert checking.check(file, [key.public]).verdict == Verdict.WHOLE

        least, least_passed = fastest(lambda: floor(path))
        spent, passed = fastest(check)
        tracemalloc.start()
        check()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"{count} photos, {path.stat().st_size / 1e6:.0f} MB")
        print(f"sha256 alone   {least:.3f} s of processor, {least_passed:.3f} s")
        print(f"checking       {spent:.3f} s of processor (budget 2 s), {passed:.3f} s")
        print(f"ratio          {spent / least:.2f}")
        print(f"peak memory    {peak / 1e6:.1f} MB")
        if spent > 2.0:
            sys.exit("over the budget")


if __name__ == "__main__":
    main()
