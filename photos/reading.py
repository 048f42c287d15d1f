"""bytes → Evidence: the one door through which a file is read.

`read_evidence` never raises on any bytes, and its time and memory are bounded: the walks by their
limits, exifread by its metered stream, the decoders by the limits of `photos.pixels`.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from mmap import mmap
from typing import cast

from photos.evidence import C2pa, Evidence, GpsState, ReadError, Reading, Value
from photos.formats.containers import (
    NOT_LOOKED_AT,
    Opened,
    open_heic,
    open_jpeg,
    open_png,
    open_tiff,
    open_webp,
)
from photos.formats.heic import BRANDS
from photos.formats.tiff import read_tiff
from photos.formats.xmp import read_xmp
from photos.gps import judge_gps_time, judge_heading, judge_position
from photos.pixels import DAMAGED, decode_preview
from photos.previews import compare
from photos.provenance import manifest_readings, read_manifest
from photos.second_reading import read_again
from photos.times import judge_camera_time

MAX_FILE_BYTES = 200_000_000
JPEG, HEIC = "image/jpeg", "image/heic"
_OPENED_BY: dict[str | None, Callable[..., Opened]] = {
    JPEG: open_jpeg,
    HEIC: open_heic,
    "image/png": open_png,
    "image/webp": open_webp,
    "image/tiff": open_tiff,
}

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"%PDF", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)

EMPTY = ReadError("photo-empty", "文件是空的（0 字节），没有传上来；请重新选择照片。")
TOO_LARGE = ReadError("photo-too-large", "文件超过 200 MB，不是手机照片；请提交手机拍摄的原图。")
NOT_AN_IMAGE = ReadError(
    "photo-not-image",
    "文件不是照片（按内容识别，与扩展名无关）；请提交手机拍摄的 JPEG 或 HEIC 原图。",
)


def media_type_of(data: bytes) -> str | None:
    """The media type by the file's first bytes, never by its name; None where it is unknown."""
    if data[:3] == b"\xff\xd8\xff":
        return JPEG
    if data[4:8] == b"ftyp":
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, 48, 4))}
        if data[8:12] in (b"avif", b"avis"):
            return "image/avif"
        return HEIC if brands & BRANDS else "video/mp4"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC if data[: len(magic)] == magic), None)


def read_evidence(data: bytes) -> Evidence:
    """Everything that one file says about itself; a file that is no photo gives its `error`.

    The metadata of a broken picture is still read: its `error` stands beside the readings.
    """
    return _read(data, hashlib.sha256(data).hexdigest(), look=True)


def read_metadata(data: bytes | mmap, sha256: str) -> Evidence:
    """The same without a look at the picture, which is left as an `error`, so that nothing passes
    as seen; `sha256` is known to whoever has the bytes from a store. Of a file that is mapped into
    memory the picture is never fetched from the disk."""
    return _read(cast(bytes, data), sha256, look=False)  # a map answers all that is asked of bytes


def _read(data: bytes, sha256: str, *, look: bool) -> Evidence:
    kind = media_type_of(data)
    refusal = _refusal(data, kind)
    if refusal is not None:
        return Evidence(sha256, len(data), kind, error=refusal)
    opened = _OPENED_BY[kind](data, look=look)
    manifest = read_manifest(data, kind or "", opened.manifest_bytes)
    return _assemble(sha256, len(data), kind or "", opened, manifest)


def _refusal(data: bytes, kind: str | None) -> ReadError | None:
    if not data:
        return EMPTY
    if len(data) > MAX_FILE_BYTES:
        return TOO_LARGE
    if kind in _OPENED_BY:
        return None
    if kind is not None and kind.startswith("image/"):
        name = kind.removeprefix("image/").upper()
        return ReadError(
            "photo-unsupported-type",
            f"文件是 {name} 图片（多为截图或转存），不是手机拍摄的原图；请提交 JPEG 或 HEIC 原图。",
        )
    return NOT_AN_IMAGE


def _assemble(
    sha256: str, length: int, kind: str, opened: Opened, manifest: C2pa | None
) -> Evidence:
    size = (opened.width, opened.height)
    readings = [
        Reading(name, number, opened.size_tag, opened.source)
        for name, number in zip(("ImageWidth", "ImageHeight"), size, strict=True)
        if number is not None
    ]
    gps_entries = layout = None
    thumbnail = opened.preview
    exif: dict[str, Value] = {}
    if opened.exif is not None:
        tiff = read_tiff(opened.exif)
        gps_entries, layout = tiff.gps_entries, tiff.layout
        if tiff.preview is not None and opened.seen is not NOT_LOOKED_AT:
            thumbnail = decode_preview(tiff.preview)
        exif = _by_name(tiff.readings)
        readings += tiff.readings
        if not tiff.plain:  # where nothing can be read in two ways, a second reader says the same
            readings += read_again(opened.exif)
    readings += opened.extra
    if opened.xmp is not None:
        readings += read_xmp(opened.xmp)
    if manifest is not None:
        readings += manifest_readings(manifest)
    has_gps = gps_entries is not None
    state, position = judge_position(exif, has_block=has_gps)
    error = opened.seen if isinstance(opened.seen, ReadError) else None
    grey = None if isinstance(opened.seen, ReadError) else opened.seen
    if error is None and None in size:
        error = DAMAGED
    return Evidence(
        sha256=sha256,
        size=length,
        media_type=kind,
        width=opened.width,
        height=opened.height,
        readings=tuple(readings),
        gps=state if has_gps else GpsState.ABSENT,
        position=position,
        heading=judge_heading(exif),
        camera_time=judge_camera_time(exif),
        gps_time=judge_gps_time(exif),
        error=error,
        structure=replace(opened.structure, exif=layout),
        c2pa=manifest,
        preview_fit=None if grey is None or thumbnail is None else compare(grey, thumbnail),
        thumbnail=thumbnail,
        grey=grey,
    )


def _by_name(readings: Iterable[Reading]) -> dict[str, Value]:
    """The first reading of each name: a tag that stands twice speaks once."""
    values: dict[str, Value] = {}
    for reading in readings:
        values.setdefault(reading.name, reading.value)
    return values
