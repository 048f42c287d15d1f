"""Parcel numbers: none missing, none twice in one file."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from field_app.parcels.formats.reading import ReadParcel


def settle(parcels: Sequence[ReadParcel], file: str) -> list[ReadParcel]:
    """The parcels with a number each.

    One without a number gets a provisional one, which is told. The same number with the same
    boundary is the same parcel given twice: it is kept once, repaired. With another boundary the
    later one is refused.
    """
    stem = PurePosixPath(file).stem[:40]
    first: dict[tuple[str, str], ReadParcel] = {}
    settled: list[ReadParcel] = []
    for order, parcel in enumerate(parcels, 1):
        if not parcel.number:
            parcel.number = f"{stem}-{order}"
            parcel.messages.append(f"文件没有给出地块编号，暂编为 {parcel.number}")
        if parcel.status == "refused":
            settled.append(parcel)
            continue
        before = first.setdefault((parcel.project_code, parcel.number), parcel)
        if before is parcel:
            settled.append(parcel)
        elif before.boundary is not None and before.boundary.equals(parcel.boundary):
            before.status = "repaired"
            before.messages.append(f"{parcel.where}是同一地块的重复，只取一次")
        else:
            parcel.status, parcel.boundary, parcel.area_m2 = "refused", None, None
            parcel.messages.insert(
                0, f"{parcel.where}：地块编号 {parcel.number} 与{before.where}重复，图形不同"
            )
            settled.append(parcel)
    return settled
