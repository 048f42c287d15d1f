"""The `verify` command: what was asked for, checked before anything is read, and its lines.

Photos come from files, folders, lists, 举证 packages and buckets, against a file of parcels and
without a database; or, with `database`, all photos in force of this system, only read.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from field_app.problems import BAD_INPUT, ENGINE_DOWN, NOT_FOUND
from field_app.settings import settings
from field_app.verifying.parcels_file import parcels_of
from models.vocabulary import PhotoKind
from photos.stores import StoreDown
from photos.verify import (
    Engine,
    EngineDown,
    Line,
    ParcelIndex,
    PhotoFile,
    Processes,
    Progress,
    StateRefused,
    verify_many,
)
from photos.verify.sources import (
    PackageRefused,
    PairsRefused,
    is_package,
    open_package,
    photos_of_bucket,
    photos_of_folder,
    photos_of_pairs,
)


class EngineName(StrEnum):
    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    photos: Sequence[str] = ()
    database: bool = False
    parcels_file: Path | None = None
    crs: str | None = None
    parcel: str | None = None
    kind: PhotoKind = PhotoKind.OVERVIEW
    window: tuple[datetime, datetime] | None = None
    person: str = ""
    device: str = ""
    engine: EngineName = EngineName.LOCAL
    workers: int = 1
    dask_address: str | None = None
    state: Path | None = None
    writes: Sequence[Path] = ()  # files that this run writes, which are no photos


@dataclass(frozen=True, slots=True)
class Found:
    """The photos of all sources, the parcels that came with them, and what is to be told."""

    photos: list[PhotoFile]
    parcels: dict[str, BaseGeometry]
    messages: list[str]


def verify_archive(
    asked: Asked, *, now: datetime, progress: Progress | None = None
) -> tuple[Iterator[Line], list[str]]:
    """The lines, one a photo in the order given, and what else is to be told before them.

    Raises a Problem where the parcels, a source or the file of readings cannot be used, or the
    parcel named is not among the parcels. A photo that cannot be read is a line, not a Problem.
    """
    engine = _engine(asked)
    try:
        if asked.database:
            from field_app.verifying.database import verify_database

            return _told(verify_database(engine, asked.state, progress), asked), []
        found = _found(asked)
        index = _index(asked, found.parcels)
        lines = verify_many(
            [_claimed(photo, asked) for photo in found.photos],
            index,
            parcel=asked.parcel,
            kind=asked.kind,
            window=asked.window,
            received_at=now,
            thresholds=settings().thresholds,
            engine=engine,
            state=asked.state,
            progress=progress,
        )
    except StateRefused as error:
        raise BAD_INPUT(
            what=f"“{asked.state}”不是本命令的续查文件，未改动它。请用 --state 给出另一个文件名。"
        ) from error
    return _told(lines, asked), found.messages


def _told(lines: Iterator[Line], asked: Asked) -> Iterator[Line]:
    """The lines; what ends a run on its way is a Problem that says what to do."""
    try:
        yield from lines
    except EngineDown as error:
        raise ENGINE_DOWN(what=str(error)) from error
    except sqlite3.Error as error:
        where = asked.state or "临时文件夹"
        raise BAD_INPUT(
            what=f"续查记录写不下去（{where}）。请检查磁盘空间和权限；文件损坏的请删掉它重新运行。"
        ) from error


def _engine(asked: Asked) -> Engine:
    if asked.engine is EngineName.LOCAL:
        if asked.dask_address is not None:
            raise BAD_INPUT(what="--dask-address 要和 --engine dask 一起用。")
        # Never in this process: a photo that brings its reader down must not end the run.
        return Processes(asked.workers)
    from photos.verify.cluster import Cluster

    return Cluster(asked.workers, asked.dask_address)


def _found(asked: Asked) -> Found:
    found = Found([], {}, [])
    if not asked.photos:
        raise BAD_INPUT(
            what="请给出照片、文件夹、清单（.csv）或举证包；检查系统内照片用 --database。"
        )
    for given in asked.photos:
        if given.startswith("s3://"):
            try:
                found.photos.extend(photos_of_bucket(given))
            except StoreDown as error:
                raise BAD_INPUT(
                    what=f"“{given}”连不上或没有权限。请检查地址和 AWS_ 开头的环境变量。"
                ) from error
        else:
            _take(Path(given), asked, found)
    return found


def _take(path: Path, asked: Asked, found: Found) -> None:
    if not path.exists():
        raise NOT_FOUND(what=f"照片“{path}”")
    if path.is_dir():
        leave_out = [*asked.writes, *_files_of_state(asked.state)]
        found.photos.extend(photos_of_folder(path, leave_out))
    elif path.suffix.lower() == ".csv":
        try:
            found.photos.extend(photos_of_pairs(path))
        except PairsRefused as error:
            raise BAD_INPUT(what=f"{path}：{error}") from error
    elif is_package(path):
        try:
            package = open_package(path)
        except PackageRefused as error:
            raise BAD_INPUT(what=f"{path}：{error}。") from error
        renamed = _brought(package.parcels, path.name, found.parcels)
        found.messages.extend(package.messages)
        for photo in package.photos:
            found.photos.append(
                replace(photo, parcel=renamed.get(photo.parcel or "", photo.parcel))
            )
    else:
        found.photos.append(PhotoFile(str(path), path))


def _brought(
    parcels: Mapping[str, BaseGeometry], package: str, known: dict[str, BaseGeometry]
) -> dict[str, str]:
    """Adds a package's parcels. A number that names another place already gets the package's name
    behind it: 预编号 count anew in every county."""
    renamed = {}
    for number, boundary in parcels.items():
        other = known.get(number)
        if other is not None and not other.equals(boundary):
            renamed[number] = f"{number}@{package}"
        known[renamed.get(number, number)] = boundary
    return renamed


def _index(asked: Asked, brought: dict[str, BaseGeometry]) -> ParcelIndex:
    parcels = dict(brought)
    if asked.parcels_file is not None:
        # The office's own boundary counts before the one that a package brings.
        parcels |= parcels_of(asked.parcels_file, asked.crs)
    elif not parcels:
        raise BAD_INPUT(what="请用 --parcels 给出地块文件；只有举证包自己带地块。")
    if asked.parcel is not None and asked.parcel not in parcels:
        where = asked.parcels_file.name if asked.parcels_file else "举证包"
        raise NOT_FOUND(what=f"地块“{asked.parcel}”（{where} 中没有这个编号）")
    return ParcelIndex(parcels.items())


def _claimed(photo: PhotoFile, asked: Asked) -> PhotoFile:
    return replace(photo, person=photo.person or asked.person, device=photo.device or asked.device)


def _files_of_state(state: Path | None) -> list[Path]:
    if state is None:
        return []
    return [state, *(state.with_name(state.name + end) for end in ("-wal", "-shm", "-journal"))]
