"""Examining photos without a database: what stands behind the `verify` command.

Reading a file is slow and needs nothing but its bytes, so it may go to worker processes; judging
is fast and must know what came before (the same bytes given twice), so it stays here, in the order
of the input. Every file given comes out as exactly one line, whatever happens to it.
"""

import logging
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from models.geo import LocalPlane, Position, distance_to_m
from models.vocabulary import PhotoKind, Verdict
from photos.case import Case, Claim, PriorUse
from photos.evidence import CHINA, Evidence, ReadError
from photos.examine import Examination, Thresholds, examine, require_declared
from photos.reading import read_evidence

log = logging.getLogger(__name__)

Window = tuple[datetime, datetime]

FAR_M = 20_000.0
"""Farther than this from every parcel, which one is nearest no longer matters to anybody."""
NO_FILE = ReadError("photo-not-found", "找不到文件或无法读取；请检查路径和权限。")
WORKER_DIED = ReadError(
    "photo-worker-died", "读取这张照片的进程意外终止，未得出结论；请重试，仍不行请换原文件。"
)
READER_BROKE = ReadError(
    "photo-reader-broke", "读取这张照片时程序出错，未得出结论；请留存文件并联系管理员。"
)


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One photo to verify. `data` is its bytes, or its path, then read where it is needed."""

    name: str
    data: bytes | Path
    parcel: str | None = None  # number; None takes the nearest
    kind: PhotoKind | None = None  # None takes that of the run


class ParcelIndex:
    """Parcels by number, and the nearest to a position. Boundaries in EPSG:4490 (lon, lat)."""

    def __init__(self, parcels: Iterable[tuple[str, BaseGeometry]]) -> None:
        listed = [(number, boundary) for number, boundary in parcels if not boundary.is_empty]
        self.by_number = dict(listed)
        if len(self.by_number) < len(listed):
            raise ValueError("two parcels have the same number")
        self._numbers = list(self.by_number)
        self._tree = shapely.STRtree(list(self.by_number.values()))

    def nearest(self, at: Position) -> str | None:
        """The number of the parcel nearest in metres; None where there are no parcels."""
        if not self._numbers:
            return None
        # Degrees of longitude are shorter than degrees of latitude, so the tree's nearest in
        # degrees only bounds the search; among those in reach the metres decide.
        guess = int(self._tree.nearest(shapely.Point(at.lon, at.lat)))
        reach = distance_to_m(self._tree.geometries[guess], at)
        if reach > FAR_M:
            return self._numbers[guess]
        plane = LocalPlane(at)
        around = plane.to_degrees(shapely.Point(0.0, 0.0).buffer(max(reach * 1.02, 1.0)))
        close = np.append(self._tree.query(around), guess)
        best = min(close, key=lambda i: (distance_to_m(self._tree.geometries[i], at), i))
        return self._numbers[int(best)]


def verify_photo(
    data: bytes,
    file_name: str,
    parcels: ParcelIndex | Sequence[tuple[str, BaseGeometry]],
    *,
    parcel: str | None = None,
    kind: PhotoKind = PhotoKind.OVERVIEW,
    window: Window | None = None,
    received_at: datetime,
    thresholds: Thresholds | None = None,
) -> dict[str, Any]:
    """The line of one photo. KeyError for a `parcel` that is not among the parcels."""
    photo = PhotoFile(file_name, data, parcel)
    run = _Run(parcels, kind, window, received_at, thresholds)
    return run.line(photo, read_evidence(data))


def verify_many(
    photos: Iterable[PhotoFile | tuple[str, bytes | Path]],
    parcels: ParcelIndex | Sequence[tuple[str, BaseGeometry]],
    *,
    parcel: str | None = None,
    kind: PhotoKind = PhotoKind.OVERVIEW,
    window: Window | None = None,
    received_at: datetime,
    thresholds: Thresholds | None = None,
    workers: int = 1,
) -> Iterator[dict[str, Any]]:
    """One line a photo, in the order of the input, as they become ready.

    `parcel` (a number) is for every photo that names none itself; without it the nearest parcel is
    taken and named. The same bytes for another parcel earlier in the run contradict. With
    `workers` above 1 files are read in that many processes; a file that kills its worker gives a
    line with an error. KeyError for a parcel that is not there, ValueError for a threshold that no
    check declares; both before the first line.
    """
    listed = (p if isinstance(p, PhotoFile) else PhotoFile(*p) for p in photos)
    named = (p if p.parcel else replace(p, parcel=parcel) for p in listed)
    run = _Run(parcels, kind, window, received_at, thresholds)
    if parcel is not None and parcel not in run.index.by_number:
        raise KeyError(parcel)
    read = _read_here(named) if workers <= 1 else _read_in_processes(named, workers)
    return (run.line(photo, evidence) for photo, evidence in read)


class _Run:
    """One run: what is judged against, and what was seen so far."""

    def __init__(
        self,
        parcels: ParcelIndex | Sequence[tuple[str, BaseGeometry]],
        kind: PhotoKind,
        window: Window | None,
        received_at: datetime,
        thresholds: Thresholds | None,
    ) -> None:
        require_declared(thresholds or {})
        self.index = parcels if isinstance(parcels, ParcelIndex) else ParcelIndex(parcels)
        self.kind, self.window, self.received_at = kind, window, received_at
        self.thresholds = thresholds
        self.seen: dict[str, list[tuple[str, str]]] = {}  # sha256 → (parcel, file) of this run

    def line(self, photo: PhotoFile, evidence: Evidence | ReadError) -> dict[str, Any]:
        if isinstance(evidence, ReadError):
            return _blank_line(photo, None, evidence)
        number = photo.parcel
        if number is None and evidence.position is not None:
            number = self.index.nearest(evidence.position)
        before = self.seen.setdefault(evidence.sha256, [])
        same_as = [file for _, file in before]
        if number is None:
            before.append(("", photo.name))
            unplaced = ReadError(
                "photo-without-parcel",
                "照片没有位置，也没有指定地块，无法比对；请用 --parcel 指定地块。",
            )
            return _blank_line(photo, evidence, evidence.error or unplaced) | {"same_as": same_as}
        case = Case(
            evidence,
            self.index.by_number[number],
            Claim(photo.kind or self.kind),
            self.received_at,
            self.window,
            tuple(
                # One run is one inspection, made by whoever started it.
                PriorUse(other, other == number, other == number, True, self.received_at)
                for other, _ in before
                if other
            ),
        )
        before.append((number, photo.name))
        done = examine(case, self.thresholds)
        return _full_line(photo, number, evidence, done) | {"same_as": same_as}


def _full_line(
    photo: PhotoFile, number: str, evidence: Evidence, done: Examination
) -> dict[str, Any]:
    """The contract's line; rounded to what the numbers can bear (1e-7° is 1 cm)."""
    position = None
    if done.position is not None:
        at = done.position.at
        position = {
            "lon": round(at.lon, 7),
            "lat": round(at.lat, 7),
            "accuracy_m": None if at.accuracy_m is None else round(at.accuracy_m, 2),
            "source": done.position.source,
        }
    line: dict[str, Any] = {
        "file": photo.name,
        "sha256": evidence.sha256,
        "parcel": number,
        "grade": done.grade.value,
        "verdict": done.verdict.value,
        "position": position,
        "distance_m": None if done.distance_m is None else round(done.distance_m, 1),
        "bearing_deg": None if done.bearing_deg is None else round(done.bearing_deg, 1) % 360.0,
        "taken_at": _local_text(done.taken_at),
        "zone_assumed": done.zone_assumed,
        "gps": evidence.gps.value,
        "results": [result.as_json() for result in done.results],
    }
    if evidence.error is not None:
        line["error"] = {"id": evidence.error.id, "message": evidence.error.message}
    return line


def _blank_line(photo: PhotoFile, evidence: Evidence | None, error: ReadError) -> dict[str, Any]:
    """The line of a file that could not be held against any parcel."""
    camera = None if evidence is None else evidence.camera_time
    return {
        "file": photo.name,
        "sha256": None if evidence is None else evidence.sha256,
        "parcel": photo.parcel,
        "grade": None if evidence is None else "D",
        "verdict": Verdict.INCOMPLETE.value,
        "position": None,
        "distance_m": None,
        "bearing_deg": None,
        "taken_at": None if camera is None else _local_text(camera.at),
        "results": [],
        "error": {"id": error.id, "message": error.message},
    }


def _local_text(at: datetime | None) -> str | None:
    """ISO 8601 with the zone: Chinese wall time, to the second."""
    return None if at is None else at.astimezone(CHINA).isoformat(timespec="seconds")


# --- reading, here or in other processes --------------------------------------------------------

Read = Evidence | ReadError


def _read(data: bytes | Path) -> Read:
    """One file's evidence without its picture, small enough to pass between processes."""
    try:
        content = data if isinstance(data, bytes) else data.read_bytes()
        return replace(read_evidence(content), grey=None)
    except OSError:
        return NO_FILE
    except Exception:
        # A fault of ours must cost one line with an error, never the rest of the run.
        log.exception("reading a photo broke")
        return READER_BROKE


def _read_here(photos: Iterable[PhotoFile]) -> Iterator[tuple[PhotoFile, Read]]:
    return ((photo, _read(photo.data)) for photo in photos)


def _read_in_processes(
    photos: Iterable[PhotoFile], workers: int
) -> Iterator[tuple[PhotoFile, Read]]:
    """Evidence in the order of the input, with a few files under way for each worker.

    When a worker dies, the pool is lost with all that was under way: those files are read again
    one by one, each in a process of its own, so that only the one that kills is given up.
    """
    source = iter(photos)
    under_way: deque[tuple[PhotoFile, Future[Read] | None]] = deque()
    pool = _pool(workers)
    try:
        while True:
            for photo in islice(source, workers * 3 - len(under_way)):
                under_way.append((photo, _submitted(pool, photo)))
            if not under_way:
                return
            photo, future = under_way[0]
            result = _result(future)
            if result is not None:
                under_way.popleft()
                yield photo, result
                continue
            pool.shutdown(wait=True)
            for photo, future in under_way:
                yield photo, _result(future) or _read_alone(photo)
            under_way.clear()
            pool = _pool(workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, photo: PhotoFile) -> Future[Read] | None:
    try:
        return pool.submit(_read, photo.data)
    except BrokenProcessPool:
        return None


def _result(future: Future[Read] | None) -> Read | None:
    """What a worker read; None where the pool broke before it was done."""
    try:
        return None if future is None else future.result()
    except BrokenProcessPool:
        return None


def _read_alone(photo: PhotoFile) -> Read:
    with _pool(1) as pool:
        return _result(pool.submit(_read, photo.data)) or WORKER_DIED


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: a forked child would inherit threads and locks of the decoders and of the store.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
