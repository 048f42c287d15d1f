"""Files of parcels: 报备坐标 TXT, Shapefile, GeoPackage, GeoJSON, KML, FileGDB.

One door, `read_parcels`. It knows no database: it tells of each parcel whether it can be taken,
was repaired or is refused, and why; what becomes of that is the caller's business.
"""

from collections.abc import Callable, Collection

from field_app.parcels.formats import numbers, sources, systems
from field_app.parcels.formats.judge import judge
from field_app.parcels.formats.reading import Reading, ReadParcel, portion
from field_app.problems import FILE_TOO_LARGE, NO_PARCELS
from field_app.words import clean

__all__ = ["MOST_BYTES", "ReadParcel", "Reading", "read_parcels"]

MOST_BYTES = 512 * 2**20
_STEPS = 1_000
_READING = 0.6  # the share of the work that reading takes; judging takes the rest


def read_parcels(
    data: bytes,
    file_name: str,
    *,
    crs: str | None = None,
    projects: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Reading:
    """Reads a file of parcels; its format is told by its content.

    `crs` (`EPSG:n`) serves where the file does not say its coordinate system; where it does, the
    file is believed. `projects` are the codes of the projects that number their parcels each for
    itself; otherwise a number names one parcel of the file. `progress(done, total)` is called with a rising share of the whole work.
    Raises a Problem where the file as a whole cannot be read: `crs-needed` asks for `crs`.
    """
    if len(data) > MOST_BYTES:
        raise FILE_TOO_LARGE(file=file_name, limit_mb=MOST_BYTES // 2**20)
    if not data:
        raise NO_PARCELS(file=file_name, hint="文件是空的。")
    given = systems.understood(crs, file_name) if crs else None

    def advance(share: float) -> None:
        if progress is not None:
            progress(round(share * _STEPS), _STEPS)

    batches = sources.batches_of(data, file_name, given, portion(advance, 0.0, _READING))
    total = sum(len(batch.found) for batch in batches)
    if not total:
        raise NO_PARCELS(file=file_name, hint="里面一个要素也没有，请检查导出步骤。")
    parcels: list[ReadParcel] = []
    for batch in batches:
        start = _READING + (1 - _READING) * len(parcels) / total
        width = (1 - _READING) * len(batch.found) / total
        parcels += judge(batch, file_name, advance=portion(advance, start, width))
    return Reading(
        file_name,
        "、".join(dict.fromkeys(batch.format for batch in batches)),
        numbers.settle(parcels, file_name, projects),
        [clean(message) for batch in batches for message in batch.messages],
    )
