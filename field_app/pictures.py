"""Small, upright pictures of photos, with nothing in them but pixels."""

import io
import struct

import pillow_heif
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from field_app.problems import BUSY, NO_PREVIEW
from photos.evidence import ReadError
from photos.formats.jpeg import walk_jpeg
from photos.formats.plain_pixels import plain_picture
from photos.pixels import (
    MAX_BUFFERED_PIXELS,
    MAX_HEIC_PIXELS,
    MAX_PIXEL_SCANS,
    MAX_PIXELS,
    TOO_MANY_PIXELS,
)
from photos.reading import media_type_of

# What a decoder may do with bytes from a stranger; see photos/pixels.py.
_DECODE_FAILURES = (OSError, SyntaxError, ValueError, IndexError, EOFError, RuntimeError,
                    TypeError, KeyError, struct.error, Image.DecompressionBombError)  # fmt: skip


def picture(data: bytes, longest_px: int, quality: int) -> bytes:
    """A JPEG of at most `longest_px`, upright, without metadata. NO_PREVIEW where it cannot be."""
    try:
        with _opened(data) as found:
            # Made small before it is turned, so that the large one is held only once.
            found.thumbnail((longest_px, longest_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
            ImageOps.exif_transpose(found, in_place=True)
            plain = found.convert("RGB")
            plain.info = {}  # a comment in it would be written along
            out = io.BytesIO()
            plain.save(out, "JPEG", quality=quality, progressive=True)
    except MemoryError as error:
        raise BUSY() from error
    except _DECODE_FAILURES as error:
        raise NO_PREVIEW(why="文件已损坏或不是照片") from error
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    """The picture before its pixels are decoded where that can be, within limits in any case."""
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data[4:8] == b"ftyp":
        heif = pillow_heif.open_heif(data)
        _within(heif.size[0], heif.size[1], MAX_HEIC_PIXELS)
        return heif.to_pillow()
    found, exif = plain_picture(data, media_type_of(data))
    if isinstance(found, ReadError):
        raise NO_PREVIEW(why="像素太多" if found.id == TOO_MANY_PIXELS else "文件已损坏或不是照片")
    if exif is not None:
        found = found.copy()  # decoded, and no longer of a class that reads its own file's tags
        found.info["exif"] = b"Exif\0\0" + exif  # which side is up
    return found


def _jpeg(data: bytes) -> Image.Image:
    """Behind the limits of photos/pixels.py: small files can ask for minutes and gigabytes."""
    jpeg = walk_jpeg(data)
    width, height = jpeg.width or 0, jpeg.height or 0
    _within(width, height, MAX_BUFFERED_PIXELS if jpeg.several_scans else MAX_PIXELS)
    if jpeg.several_scans and width * height * jpeg.scans(data) > MAX_PIXEL_SCANS:
        raise NO_PREVIEW(why="渐进扫描层数异常多")
    found = JpegImageFile(io.BytesIO(jpeg.pixels(data)))
    if found.size != (width, height):
        raise NO_PREVIEW(why="文件已损坏或不是照片")
    if jpeg.exif is not None:
        found.info["exif"] = b"Exif\0\0" + jpeg.exif  # which side is up
    return found


def _within(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise NO_PREVIEW(why=f"{width}×{height} 像素太多")
