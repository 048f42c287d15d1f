"""Examining photos without a database: what stands behind the `verify` command.

Reading a file is slow and needs nothing but its bytes, so it may go to other processes or
machines, and is done once (`state`). Judging is fast and must know all others of the run (the same
bytes, the same picture, the shots of one device), so it begins when all are read. Every photo
given comes out as exactly one line, whatever happens to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from models.vocabulary import PhotoKind
from photos.examine import Thresholds
from photos.verify.given import PhotoFile
from photos.verify.judging import ArchiveJudge, Window
from photos.verify.lines import Line
from photos.verify.parcels import ParcelIndex
from photos.verify.places import Place
from photos.verify.processes import Processes
from photos.verify.reading import Engine, EngineDown, Here
from photos.verify.run import Progress, Stage, run
from photos.verify.state import Readings, StateRefused

__all__ = [
    "Engine",
    "EngineDown",
    "Here",
    "Line",
    "ParcelIndex",
    "PhotoFile",
    "Processes",
    "Progress",
    "Readings",
    "Stage",
    "StateRefused",
    "verify_many",
    "verify_photo",
]


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
) -> Line:
    """The line of one photo. KeyError for a `parcel` that is not among the parcels."""
    (line,) = verify_many(
        [(file_name, data)],
        parcels,
        parcel=parcel,
        kind=kind,
        window=window,
        received_at=received_at,
        thresholds=thresholds,
    )
    return line


def verify_many(
    photos: Iterable[PhotoFile | tuple[str, Place]],
    parcels: ParcelIndex | Sequence[tuple[str, BaseGeometry]],
    *,
    parcel: str | None = None,
    kind: PhotoKind = PhotoKind.OVERVIEW,
    window: Window | None = None,
    received_at: datetime,
    thresholds: Thresholds | None = None,
    workers: int = 1,
    engine: Engine | None = None,
    state: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[Line]:
    """One line a photo, in the order of the input; the same lines whatever that order is.

    `parcel` (a number) is for every photo that names none itself; without it the nearest parcel is
    taken and named. Files are read by `engine`; by default in this process, or with `workers`
    above 1 in that many. `state` is a file of readings that a later run takes up again.
    KeyError for a parcel that is not there, ValueError for a threshold that no check declares,
    StateRefused for a `state` that is no such file; all before the first line.
    """
    index = parcels if isinstance(parcels, ParcelIndex) else ParcelIndex(parcels)
    judge = ArchiveJudge(
        index,
        kind=kind,
        window=window,
        received_at=received_at,
        thresholds=thresholds,
    )
    if parcel is not None and parcel not in index.by_number:
        raise KeyError(parcel)
    listed = [p if isinstance(p, PhotoFile) else PhotoFile(*p) for p in photos]
    named = [p if p.parcel else replace(p, parcel=parcel) for p in listed]
    chosen = engine or (Here() if workers <= 1 else Processes(workers))
    readings = Readings(state)

    def lines() -> Iterator[Line]:
        with readings:
            yield from run(named, judge, chosen, readings, progress)

    return lines()
