"""Each kind of file, opened: where its metadata stands, how it is put together, what it shows.

One function a kind, none of which raises on any bytes; `photos.reading` makes the evidence of what
they found.
"""

from dataclasses import dataclass

from PIL import Image

from photos.evidence import ReadError, Reading, Source, Structure
from photos.heic import walk_heic
from photos.jpeg import walk_jpeg
from photos.pixels import decode_heic, decode_jpeg


@dataclass(frozen=True, slots=True)
class Opened:
    """What one file holds. `width` and `height` are of the stored picture."""

    source: Source
    width: int | None
    height: int | None
    size_tag: str  # where the size stood
    exif: bytes | None  # from its TIFF header on
    xmp: bytes | None
    seen: Image.Image | ReadError
    structure: Structure
    extra: tuple[Reading, ...] = ()


def open_jpeg(data: bytes) -> Opened:
    jpeg = walk_jpeg(data)
    extra = []
    if jpeg.photoshop:
        extra.append(Reading("PhotoshopResources", 1, "APP13", Source.JPEG))
    if jpeg.generated:
        extra.append(Reading("DigitalSourceType", jpeg.generated, "APP11", Source.JPEG))
    return Opened(
        source=Source.JPEG,
        width=jpeg.width,
        height=jpeg.height,
        size_tag="SOF",
        exif=jpeg.exif,
        xmp=jpeg.xmp,
        seen=decode_jpeg(data, jpeg),
        structure=jpeg.structure(data),
        extra=tuple(extra),
    )


def open_heic(data: bytes) -> Opened:
    heic = walk_heic(data)
    return Opened(
        source=Source.HEIC,
        width=heic.width,
        height=heic.height,
        size_tag="ispe",
        exif=heic.exif,
        xmp=heic.xmp,
        seen=decode_heic(data, heic.width, heic.height),
        structure=Structure("heic"),
    )
