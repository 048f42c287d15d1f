"""Whether the picture can really be seen: it is decoded, small and in grey, behind limits.

Limits come before the decode, from our own walk of the file: a header of 20 kB can claim 200
million pixels. A decoder is handed the picture without its metadata, so no other parser of
metadata meets bytes that we have not checked.
"""

import io
import struct

import pillow_heif
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from photos.evidence import ReadError
from photos.formats.jpeg import Jpeg, walk_jpeg

MAX_PIXELS = 120_000_000  # the largest phone cameras in use give 108 MP
MAX_BUFFERED_PIXELS = 50_000_000  # in several scans: a decoder holds up to 6 bytes a pixel
MAX_PIXEL_SCANS = 800_000_000  # pixels × scans: bounds the time of a file of several scans
MAX_HEIC_PIXELS = 60_000_000  # HEIC cannot be decoded at a scale: this bounds memory to 180 MB
MAX_PREVIEW_PIXELS = 2_000_000  # EXIF says 160 × 120; phones write up to 640 × 480
MAX_PREVIEW_PIXEL_SCANS = 20_000_000
GREY_SCALE = 8

TOO_MANY_PIXELS = "photo-too-many-pixels"
DECODE_FAILURES = (OSError, SyntaxError, ValueError, IndexError, EOFError, RuntimeError,
                   TypeError, KeyError, struct.error, MemoryError)  # fmt: skip


def too_many(width: int, height: int, limit: int) -> ReadError:
    return ReadError(
        TOO_MANY_PIXELS,
        f"照片标称 {width}×{height} 像素，超过 {limit // 1_000_000} 百万像素上限，未解码；"
        "请用手机相机的普通模式（不用超高像素模式）重拍。",
    )


TOO_MANY_SCANS = ReadError(
    "photo-too-many-scans", "照片的渐进扫描层数异常多，未解码；请提交手机相机拍摄的原图。"
)
DAMAGED = ReadError("photo-damaged", "照片数据已损坏，无法显示；请重新传送原文件，不行则重拍。")
TRUNCATED = ReadError("photo-truncated", "照片文件不完整（传送中断）；请重新传送原文件。")


def decode_jpeg(data: bytes, jpeg: Jpeg, scale: int = GREY_SCALE) -> Image.Image | ReadError:
    """The picture in grey, `scale` times smaller (1, 2, 4 or 8), or why it cannot be seen."""
    return _decode(data, jpeg, MAX_PIXELS, MAX_BUFFERED_PIXELS, MAX_PIXEL_SCANS, scale)


def decode_preview(data: bytes) -> Image.Image | None:
    """The embedded preview in grey, at its own size; None where it cannot be seen."""
    most = MAX_PREVIEW_PIXELS
    seen = _decode(data, walk_jpeg(data), most, most, MAX_PREVIEW_PIXEL_SCANS, 1)
    return None if isinstance(seen, ReadError) else seen


def _decode(
    data: bytes, jpeg: Jpeg, most: int, most_buffered: int, most_pixel_scans: int, scale: int
) -> Image.Image | ReadError:
    if jpeg.width is None or jpeg.height is None or jpeg.scan_at is None:
        return TRUNCATED
    pixels = jpeg.width * jpeg.height
    if pixels > most:
        return too_many(jpeg.width, jpeg.height, most)
    if jpeg.several_scans and pixels > most_buffered:
        return too_many(jpeg.width, jpeg.height, most_buffered)
    if jpeg.several_scans and pixels * jpeg.scans(data) > most_pixel_scans:
        return TOO_MANY_SCANS
    if _too_short(data, jpeg):
        return TRUNCATED
    try:
        # The class itself, not Image.open: that one warns of sizes that we have already judged.
        with JpegImageFile(io.BytesIO(jpeg.pixels(data))) as picture:
            if picture.size != (jpeg.width, jpeg.height):
                return DAMAGED
            small = (max(1, jpeg.width // scale), max(1, jpeg.height // scale))
            picture.draft("L", small)
            picture.load()
            return picture.copy() if picture.mode == "L" else picture.convert("L")
    except DECODE_FAILURES as error:
        return TRUNCATED if "truncated" in str(error) else DAMAGED


def _too_short(data: bytes, jpeg: Jpeg) -> bool:
    """Whether there are fewer bits than the frame's blocks need at the very least.

    Every 8 × 8 block of Huffman-coded luminance costs one bit for its mean, and in a baseline
    file one more for the end of the block. A decoder would fill the rest with grey and say
    nothing; a forged header of many pixels over little data is caught here as well.
    """
    if jpeg.width is None or jpeg.height is None or jpeg.scan_at is None or jpeg.arithmetic:
        return False
    blocks = -(-jpeg.width // 8) * -(-jpeg.height // 8)
    return (len(data) - jpeg.scan_at) * 8 < blocks * (1 if jpeg.several_scans else 2)


def decode_heic(
    data: bytes, width: int | None, height: int | None, scale: int = GREY_SCALE
) -> Image.Image | ReadError:
    """The picture in grey, about `scale` times smaller and turned upright, or why it cannot be
    seen."""
    return decode_heic_and_preview(data, width, height, scale)[0]


def decode_heic_and_preview(
    data: bytes, width: int | None, height: int | None, scale: int = GREY_SCALE
) -> tuple[Image.Image | ReadError, Image.Image | None]:
    """The picture as `decode_heic` gives it, and its embedded preview in grey, turned alike."""
    if width is None or height is None:
        return DAMAGED, None
    if width * height > MAX_HEIC_PIXELS:
        return too_many(width, height, MAX_HEIC_PIXELS), None
    try:
        heif = pillow_heif.open_heif(data)
        if heif.size[0] * heif.size[1] > MAX_HEIC_PIXELS:
            return too_many(heif.size[0], heif.size[1], MAX_HEIC_PIXELS), None
        picture = heif.to_pillow()
    except DECODE_FAILURES:
        return DAMAGED, None
    return picture.convert("L").reduce(scale), _heic_preview(heif)


def _heic_preview(heif: pillow_heif.HeifFile) -> Image.Image | None:
    try:
        if not heif.info.get("thumbnails"):
            return None
        preview = heif[heif.primary_index].get_thumbnail(0)
        if preview.size[0] * preview.size[1] > MAX_PREVIEW_PIXELS:
            return None
        return preview.to_pillow().convert("L")
    except DECODE_FAILURES:
        return None
