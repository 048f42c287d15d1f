"""The parcels that photos are held against, from a file of any format that can be imported."""

from collections import Counter
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from field_app.parcels.formats import read_parcels
from field_app.problems import BAD_INPUT, NOT_FOUND


def parcels_of(path: Path, crs: str | None) -> dict[str, BaseGeometry]:
    """Boundaries in EPSG:4490 (lon, lat) by number. Raises a Problem where the file gives none,
    or two of one number."""
    if not path.is_file():
        raise NOT_FOUND(what=f"地块文件“{path}”")
    read = read_parcels(path.read_bytes(), path.name, crs=crs)
    twice = [n for n, times in Counter(p.number for p in read.parcels).items() if times > 1]
    if twice:
        raise BAD_INPUT(
            what=f"{path.name} 里有编号相同的地块（{'、'.join(twice[:5])}），"
            "不知道该与哪一块比对。请改正编号后再试。"
        )
    shapes = {p.number: p.boundary for p in read.parcels if p.boundary is not None}
    if not shapes:
        raise BAD_INPUT(what=f"{path.name} 里没有可用的地块，无法比对。")
    return shapes
