"""Pictures of kinds that no phone's camera writes: PNG, WebP, TIFF, behind limits of their own.

They are decoded whole, so the limits are lower than those of JPEG. What bounds a bomb: inflating
and unpacking stop when the picture that the head claims is full, and that size is judged first.
"""

import io
import struct

from PIL import Image
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from photos.evidence import ReadError
from photos.formats.png import Png, walk_png
from photos.formats.tiff_file import TiffFile, walk_tiff_file
from photos.formats.webp import Webp, walk_webp
from photos.pixels import DAMAGED, DECODE_FAILURES, GREY_SCALE, TRUNCATED, too_many

MAX_PLAIN_PIXELS = 24_000_000
MAX_RAW_BYTES = 4 * MAX_PLAIN_PIXELS  # as coded: so samples of 16 bits halve the pixels
MAX_WEBP_PIXELS = 16_000_000  # its decoder holds up to four pictures of 4 bytes a pixel

NOT_SHOWN = ReadError(
    "photo-unsupported-type",
    "文件是本系统不解码的 TIFF 图片（分块、特殊压缩或多通道），无法查看；"
    "请提交手机拍摄的 JPEG 或 HEIC 原图。",
)

Seen = Image.Image | ReadError
_Plugin = type[PngImageFile] | type[WebPImageFile] | type[TiffImageFile]


def png_picture(data: bytes, png: Png) -> Seen:
    """The picture, opened and not yet decoded, without its metadata; or why it cannot be seen."""
    if png.width is None or png.height is None:
        return DAMAGED
    limit = min(MAX_PLAIN_PIXELS, MAX_RAW_BYTES * 8 // (png.channels * max(png.bits, 8)))
    if png.width * png.height > limit:
        return too_many(png.width, png.height, limit)
    if png.end is None:
        return TRUNCATED
    return _opened(PngImageFile, png.pixels(data), (png.width, png.height))


def webp_picture(data: bytes, webp: Webp) -> Seen:
    """The picture, of a film its first frame. Canvas and frames are held to the same limit."""
    if webp.width is None or webp.height is None:
        return DAMAGED
    if max(webp.largest, webp.width * webp.height) > MAX_WEBP_PIXELS:
        return too_many(webp.width, webp.height, MAX_WEBP_PIXELS)
    if not webp.whole:
        return TRUNCATED
    return _opened(WebPImageFile, data, (webp.width, webp.height))


def tiff_picture(data: bytes, tiff: TiffFile) -> Seen:
    """The first page of a plain TIFF; what else is one is not decoded."""
    if tiff.width is None or tiff.height is None:
        return DAMAGED
    limit = min(MAX_PLAIN_PIXELS, MAX_RAW_BYTES // tiff.pixel_bytes)
    if tiff.width * tiff.height > limit:
        return too_many(tiff.width, tiff.height, limit)
    if not tiff.plain(data):
        return NOT_SHOWN
    return _opened(TiffImageFile, tiff.pixels(data), (tiff.width, tiff.height))


def plain_picture(data: bytes, kind: str | None) -> tuple[Seen, bytes | None]:
    """The picture of a file of media type `kind`, with its Exif block, for who shows it."""
    if kind == "image/webp":
        webp = walk_webp(data)
        return webp_picture(data, webp), webp.exif
    if kind == "image/tiff":
        tiff = walk_tiff_file(data)
        return tiff_picture(data, tiff), _which_side_is_up(tiff.orientation)
    if kind == "image/png":
        png = walk_png(data)
        return png_picture(data, png), png.exif
    return DAMAGED, None


def _which_side_is_up(orientation: int) -> bytes:
    """An Exif block that says nothing else: the one tag of a TIFF that whoever shows it needs."""
    entry = struct.pack("<HHII", 0x0112, 3, 1, orientation & 0xFFFF)
    return b"II*\0\x08\0\0\0\1\0" + entry + bytes(4)


def in_grey(picture: Seen, scale: int = GREY_SCALE) -> Seen:
    """The picture decoded, in grey, `scale` times smaller, or why it cannot be seen."""
    if isinstance(picture, ReadError):
        return picture
    try:
        with picture:
            picture.load()
            if picture.mode in ("RGB", "RGBA"):
                # Made small before it is grey, so that the large one is held only once.
                return picture.reduce(scale).convert("L")
            if picture.mode.startswith("I"):  # 16 bits of grey, of which the upper 8 are seen
                upper = picture.convert("I").point(lambda grey: grey * (1 / 256))
                return upper.convert("L").reduce(scale)
            return picture.convert("L").reduce(scale)
    except DECODE_FAILURES as error:
        return TRUNCATED if "truncated" in str(error) else DAMAGED


def _opened(plugin: _Plugin, data: bytes, size: tuple[int, int]) -> Seen:
    """By the class itself, not Image.open: that one warns of sizes that are already judged."""
    try:
        picture = plugin(io.BytesIO(data))
    except DECODE_FAILURES:
        return DAMAGED
    return picture if picture.size == size else DAMAGED
