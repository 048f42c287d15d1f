"""Parcel numbers: none missing, none twice in one file."""

from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from field_app.parcels.formats.reading import ReadParcel
from field_app.words import clean


def settle(
    parcels: Sequence[ReadParcel], file: str, projects: Collection[str] = ()
) -> list[ReadParcel]:
    """The parcels with a number each.

    Each of `projects` has numbers of its own; parcels of any other project share one name space.
    One without a number gets a provisional one, which is told. The same number with the same
    boundary is the same parcel given twice: it is kept once, repaired. With another boundary the
    later one is refused.
    """
    stem = clean(PurePosixPath(file).stem)[:40]
    first: dict[tuple[str, str], ReadParcel] = {}
    settled: list[ReadParcel] = []
    for order, parcel in enumerate(parcels, 1):
        if not parcel.number:
            parcel.number = f"{stem}-{order}"
            parcel.messages.append(f"文件没有给出地块编号，暂编为 {parcel.number}")
        if parcel.status == "refused":
            settled.append(parcel)
            continue
        own = parcel.project_code if parcel.project_code in projects else ""
        before = first.setdefault((own, parcel.number), parcel)
        if before is parcel:
            settled.append(parcel)
        elif before.boundary is not None and before.boundary.equals(parcel.boundary):
            before.status = "repaired"
            before.messages.append(f"{parcel.where}是同一地块的重复，只取一次")
        else:
            parcel.status, parcel.boundary, parcel.area_m2 = "refused", None, None
            said = f"{parcel.where}：地块编号 {parcel.number} 与{before.where}重复，图形不同"
            if parcel.project_code != before.project_code:
                said += (
                    f"；两个地块分属项目“{before.project_code}”和“{parcel.project_code}”，"
                    "请先导入项目清单，或按项目分成几个文件导入"
                )
            parcel.messages.insert(0, said)
            settled.append(parcel)
    return settled
