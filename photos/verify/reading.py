"""Phase one of a run: each file read once, here or elsewhere, to bytes that can be kept.

What comes back is small (the evidence without its picture, packed), so it may cross processes and
machines and be written to the file of readings as it comes.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar, cast

from photos.engine import code_under
from photos.evidence import Evidence, ReadError
from photos.keeping import kept_as, taken_back
from photos.likeness.fingerprints import fingerprint_of
from photos.previews import preview_fit
from photos.reading import read_evidence
from photos.verify.places import Place, Unread, load

log = logging.getLogger(__name__)

READER_BROKE = ReadError(
    "photo-reader-broke", "读取这张照片时程序出错，未得出结论；请留存文件并联系管理员。"
)
WORKER_DIED = ReadError(
    "photo-worker-died", "读取这张照片的进程意外终止，未得出结论；请重试，仍不行请换原文件。"
)

_WORK = ("photos.verify.reading", "photos.verify.laying")
"""What is kept comes of these, and of what they import: no check is among it."""
_READERS = ("pillow", "pillow_heif", "exifread", "c2pa-python", "numpy", "opencv-python-headless")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a photo: what its file says, and what its picture looks like."""

    evidence: Evidence
    fingerprint: bytes  # of `photos.likeness`; empty where the picture shows too little


class ReadPhoto(NamedTuple):
    """A file that was read: its digest, and everything that it says, packed."""

    sha256: str
    kept: bytes
    md5: str = ""  # where the place wants it


Read = ReadPhoto | ReadError
Numbered = tuple[int, Place]


T = TypeVar("T")
R = TypeVar("R")


class EngineDown(Exception):
    """The place of work is away, or not fit for it; the message, in Chinese, says what to do."""


class Engine(Protocol):
    """Where the slow work is done: reading photos, laying two over each other."""

    def each(
        self, work: Callable[[T], R], items: Iterable[tuple[int, T]]
    ) -> Iterator[tuple[int, R | None]]:
        """What `work` makes of every numbered item, each exactly once, in whatever order they
        become ready; None for an item that brings down whoever works on it. `work` is a function
        of a module, never raises, and never gives None."""


def read_all(engine: Engine, places: Iterable[Numbered]) -> Iterator[tuple[int, Read]]:
    """Every numbered place, read where the engine works."""
    return ((number, read or WORKER_DIED) for number, read in engine.each(read_place, places))


def read_place(place: Place) -> Read:
    """One file, read where this runs. Never raises: a fault of ours costs one line."""
    try:
        data = load(place)
        evidence = read_evidence(data)
        # The pictures are dropped here; what is asked of them is worked out before.
        made = fingerprint_of(evidence)
        evidence = replace(evidence, preview_fit=preview_fit(evidence))
        kept = Kept(evidence, b"" if made is None else made.to_bytes())
        wanted = not isinstance(place, bytes | Path) and place.wants_md5
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest() if wanted else ""
        return ReadPhoto(evidence.sha256, kept_as(Kept, kept), md5)
    except Unread as reason:
        return reason.error
    except Exception:
        # A fault of ours must cost one line with an error, never the rest of the run.
        log.exception("reading a photo broke")
        return READER_BROKE


def kept_of(packed: bytes) -> Kept:
    """What `read_place` kept. NotKept where another version wrote it."""
    return cast(Kept, taken_back(Kept, packed))


class Here:
    """Works in this process, one after the other."""

    def each(
        self, work: Callable[[T], R], items: Iterable[tuple[int, T]]
    ) -> Iterator[tuple[int, R | None]]:
        return ((number, work(item)) for number, item in items)


@lru_cache(maxsize=1)
def reading_version() -> str:
    """A digest of all code that a reading passes through, and of the libraries under it.

    Checks and thresholds are no part of it: judging is done anew in every run.
    """
    digest = hashlib.sha256(code_under(_WORK))
    for name in _READERS:
        digest.update(f"{name} {version(name)};".encode())
    return digest.hexdigest()[:16]
