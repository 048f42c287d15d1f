"""Files of parcels: 报备坐标 TXT, Shapefile, GeoPackage, GeoJSON, KML, FileGDB.

One door, `read_parcels`. It knows no database: it tells of each parcel whether it can be taken,
was repaired or is refused, and why; what becomes of that is the caller's business.
"""

from collections.abc import Callable

from field_app.parcels.formats import numbers, systems, text, txt
from field_app.parcels.formats.judge import judge
from field_app.parcels.formats.reading import Reading, ReadParcel
from field_app.problems import FILE_TOO_LARGE, UNKNOWN_FORMAT

__all__ = ["MOST_BYTES", "ReadParcel", "Reading", "read_parcels"]

MOST_BYTES = 512 * 2**20
_STEPS = 1_000


def read_parcels(
    data: bytes,
    file_name: str,
    *,
    crs: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Reading:
    """Reads a file of parcels; its format is told by its content.

    `crs` (`EPSG:n`) serves where the file does not say its coordinate system; where it does, the
    file is believed. `progress(done, total)` is called with a rising share of the whole work.
    Raises a Problem where the file as a whole cannot be read: `crs-needed` asks for `crs`.
    """
    if len(data) > MOST_BYTES:
        raise FILE_TOO_LARGE(file=file_name, limit_mb=MOST_BYTES // 2**20)
    given = systems.understood(crs, file_name) if crs else None

    def advance(share: float) -> None:
        if progress is not None:
            progress(round(share * _STEPS), _STEPS)

    words = text.decode(data, file_name)
    if not txt.looks_like(words):
        raise UNKNOWN_FORMAT(file=file_name, what="不是已知的地块文件")
    batch = txt.read(words, file_name, given, lambda share: advance(share / 2))
    parcels = judge(batch, file_name, advance=lambda share: advance(0.5 + share / 2))
    return Reading(file_name, batch.format, numbers.settle(parcels, file_name), batch.messages)
