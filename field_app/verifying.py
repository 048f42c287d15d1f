"""The `verify` command: files and folders against a file of parcels, without a database."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from field_app.parcels.formats import read_parcels
from field_app.problems import BAD_INPUT, NOT_FOUND
from field_app.settings import settings
from models.vocabulary import PhotoKind
from photos.verify import ParcelIndex, PhotoFile, verify_many


def verify_paths(
    paths: Sequence[Path],
    *,
    parcels_file: Path,
    crs: str | None,
    parcel: str | None,
    kind: PhotoKind,
    window: tuple[datetime, datetime] | None,
    workers: int,
    now: datetime,
) -> Iterator[dict[str, Any]]:
    """One line a photo, in the order given; folders are walked in the order of their names.

    Raises a Problem where the parcels cannot be read or the parcel named is not among them. A
    photo that cannot be read is a line, not a Problem.
    """
    if not parcels_file.is_file():
        raise NOT_FOUND(what=f"地块文件“{parcels_file}”")
    read = read_parcels(parcels_file.read_bytes(), parcels_file.name, crs=crs)
    twice = [n for n, times in Counter(p.number for p in read.parcels).items() if times > 1]
    if twice:
        raise BAD_INPUT(
            what=f"{parcels_file.name} 里有编号相同的地块（{'、'.join(twice[:5])}），"
            "不知道该与哪一块比对。请改正编号后再试。"
        )
    shapes = {p.number: p.boundary for p in read.parcels if p.boundary is not None}
    if not shapes:
        raise BAD_INPUT(what=f"{parcels_file.name} 里没有可用的地块，无法比对。")
    if parcel is not None and parcel not in shapes:
        raise NOT_FOUND(what=f"地块“{parcel}”（{parcels_file.name} 中没有这个编号）")
    missing = [p for p in paths if not p.exists()]
    if missing:
        raise NOT_FOUND(what=f"照片“{missing[0]}”")
    return verify_many(
        (PhotoFile(str(path), path) for path in _files(paths)),
        ParcelIndex(list(shapes.items())),
        parcel=parcel,
        kind=kind,
        window=window,
        received_at=now,
        thresholds=settings().thresholds,
        workers=workers,
    )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file())
        else:
            yield path
