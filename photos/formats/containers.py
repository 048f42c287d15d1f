"""Each kind of file, opened: where its metadata stands, how it is put together, what it shows.

One function a kind, none of which raises on any bytes; `photos.reading` makes the evidence of what
they found. With `look` false no pixel is decoded.
"""

from dataclasses import dataclass

from PIL import Image

from photos.evidence import ReadError, Reading, Source, Structure
from photos.formats.heic import walk_heic
from photos.formats.jpeg import walk_jpeg
from photos.formats.plain_pixels import in_grey, png_picture, tiff_picture, webp_picture
from photos.formats.png import walk_png
from photos.formats.tiff_file import walk_tiff_file
from photos.formats.webp import walk_webp
from photos.pixels import decode_heic_and_preview, decode_jpeg

NOT_LOOKED_AT = ReadError(
    "photo-not-looked-at", "只读取了照片的附带信息，没有查看画面；请对照片作完整核验。"
)


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
    preview: Image.Image | None = None  # where the container itself has one
    manifest_bytes: int = 0  # of a C2PA manifest; 0: there is none
    extra: tuple[Reading, ...] = ()


def open_jpeg(data: bytes, *, look: bool) -> Opened:
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
        seen=decode_jpeg(data, jpeg) if look else NOT_LOOKED_AT,
        structure=jpeg.structure(data, look=look),
        manifest_bytes=jpeg.manifest_bytes,
        extra=tuple(extra),
    )


def open_heic(data: bytes, *, look: bool) -> Opened:
    heic = walk_heic(data)
    seen: Image.Image | ReadError = NOT_LOOKED_AT
    preview = None
    if look:
        seen, preview = decode_heic_and_preview(data, heic.width, heic.height)
    return Opened(
        source=Source.HEIC,
        width=heic.width,
        height=heic.height,
        size_tag="ispe",
        exif=heic.exif,
        xmp=heic.xmp,
        seen=seen,
        structure=heic.structure(),
        preview=preview,
        manifest_bytes=heic.manifest_bytes,
    )


def open_png(data: bytes, *, look: bool) -> Opened:
    png = walk_png(data)
    return Opened(
        source=Source.PNG,
        width=png.width,
        height=png.height,
        size_tag="IHDR",
        exif=png.exif,
        xmp=png.xmp,
        seen=in_grey(png_picture(data, png)) if look else NOT_LOOKED_AT,
        structure=png.structure(data),
        manifest_bytes=png.manifest_bytes,
        extra=tuple(png.texts),
    )


def open_webp(data: bytes, *, look: bool) -> Opened:
    webp = walk_webp(data)
    return Opened(
        source=Source.WEBP,
        width=webp.width,
        height=webp.height,
        size_tag=webp.parts[0].strip() if webp.parts else "",
        exif=webp.exif,
        xmp=webp.xmp,
        seen=in_grey(webp_picture(data, webp)) if look else NOT_LOOKED_AT,
        structure=webp.structure(data),
        manifest_bytes=webp.manifest_bytes,
    )


def open_tiff(data: bytes, *, look: bool) -> Opened:
    tiff = walk_tiff_file(data)
    return Opened(
        source=Source.TIFF,
        width=tiff.width,
        height=tiff.height,
        size_tag="IFD0 0x0100",
        exif=data,
        xmp=tiff.xmp,
        seen=in_grey(tiff_picture(data, tiff)) if look else NOT_LOOKED_AT,
        structure=Structure("tiff"),
        manifest_bytes=tiff.manifest_bytes,
    )
