"""What people do to files: in code, as the tools do it, so that nothing needs to be installed.

The layout that exiftool leaves was compared with exiftool 12.57 itself: the block is written
afresh in its order, coordinates become continued fractions. piexif is piexif.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import piexif
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from models.geo import Position
from photos.evidence import CHINA
from tests.corpus import jpegs, tiffs
from tests.corpus.makers import sexagesimal
from tests.corpus.tiffs import EXIF, GPS, IFD0, rational, text

Pair = tuple[int, int]


def gps_by_exiftool(data: bytes, at: Position) -> bytes:
    """Latitude and longitude rewritten as `exiftool -GPSLatitude=…` does."""
    return _rewritten(data, lambda b: _placed(b, at, _continued))


def gps_by_piexif(data: bytes, at: Position) -> bytes:
    """Position rewritten as scripts with piexif do: load, change, insert."""
    tags = piexif.load(data)
    tags["GPS"] |= {
        piexif.GPSIFD.GPSLatitudeRef: b"N",
        piexif.GPSIFD.GPSLatitude: sexagesimal(at.lat, 10_000),
        piexif.GPSIFD.GPSLongitudeRef: b"E",
        piexif.GPSIFD.GPSLongitude: sexagesimal(at.lon, 10_000),
    }
    return _inserted(tags, data)


def exif_by_piexif(data: bytes, at: Position, taken_at: datetime, make: str, model: str) -> bytes:
    """A picture without any metadata made to look like a phone's, as scripts do."""
    wall = taken_at.strftime("%Y:%m:%d %H:%M:%S").encode()
    zeroth = {piexif.ImageIFD.Make: make.encode(), piexif.ImageIFD.Model: model.encode(),
              piexif.ImageIFD.DateTime: wall}  # fmt: skip
    gps = {piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: sexagesimal(at.lat, 10_000),
           piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: sexagesimal(at.lon, 10_000)}  # fmt: skip
    inner = {piexif.ExifIFD.DateTimeOriginal: wall, piexif.ExifIFD.DateTimeDigitized: wall}
    return _inserted({"0th": zeroth, "Exif": inner, "GPS": gps}, data)


def exif_by_page(data: bytes, at: Position, shot: datetime, fixed: datetime) -> bytes:
    """What our own page writes into a picture of its live camera: no maker, its own name, the
    position and both times."""
    wall = shot.astimezone(CHINA).strftime("%Y:%m:%d %H:%M:%S").encode()
    fix = fixed.astimezone(UTC)
    gps = {piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: sexagesimal(at.lat, 10_000),
           piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: sexagesimal(at.lon, 10_000),
           piexif.GPSIFD.GPSTimeStamp: ((fix.hour, 1), (fix.minute, 1), (fix.second, 1)),
           piexif.GPSIFD.GPSDateStamp: fix.strftime("%Y:%m:%d").encode()}  # fmt: skip
    inner = {piexif.ExifIFD.DateTimeOriginal: wall, piexif.ExifIFD.DateTimeDigitized: wall,
             piexif.ExifIFD.OffsetTimeOriginal: b"+08:00"}  # fmt: skip
    zeroth = {piexif.ImageIFD.Software: b"shidi capture page", piexif.ImageIFD.DateTime: wall}
    return _inserted({"0th": zeroth, "Exif": inner, "GPS": gps}, data)


def time_by_piexif(data: bytes, taken_at: datetime) -> bytes:
    """The camera's dates rewritten with piexif; the satellites' time forgotten, as people do."""
    tags = piexif.load(data)
    wall = taken_at.strftime("%Y:%m:%d %H:%M:%S").encode()
    tags["0th"][piexif.ImageIFD.DateTime] = wall
    tags["Exif"][piexif.ExifIFD.DateTimeOriginal] = wall
    tags["Exif"][piexif.ExifIFD.DateTimeDigitized] = wall
    return _inserted(tags, data)


def time_by_exiftool(data: bytes, by: timedelta, *, satellites: bool = False) -> bytes:
    """`exiftool -AllDates+=…`; with `satellites` also the GPS date."""

    def shifted(block: tiffs.Block) -> tiffs.Block:
        for ifd, tag in ((IFD0, 0x0132), (EXIF, 0x9003), (EXIF, 0x9004)):
            old = block.tags(ifd)[tag].value.rstrip(b"\0").decode()
            new = datetime.strptime(old, "%Y:%m:%d %H:%M:%S") + by  # noqa: DTZ007 — wall time
            block = block.with_tags(ifd, text(tag, new.strftime("%Y:%m:%d %H:%M:%S")))
        date = block.tags(GPS).get(0x1D)
        if satellites and date is not None:
            day = datetime.strptime(date.value.rstrip(b"\0").decode(), "%Y:%m:%d") + by  # noqa: DTZ007
            block = block.with_tags(GPS, text(0x1D, day.strftime("%Y:%m:%d")))
        return block

    return _rewritten(data, shifted)


def gps_by_phone_app(data: bytes, at: Position) -> bytes:
    """Position rewritten by an app with Android's own ExifInterface: a power of ten below the line."""
    return _rewritten(data, lambda b: _placed(b, at, lambda d: sexagesimal(d, 10_000_000)))


def gps_by_script(data: bytes, at: Position) -> bytes:
    """Decimal degrees put where degrees belong, minutes and seconds left at zero."""
    decimals = lambda d: ((round(d * 1e6), 1_000_000), (0, 1), (0, 1))  # noqa: E731
    return _rewritten(data, lambda b: _placed(b, at, decimals))


def gps_in_place(data: bytes, at: Position, seconds_over: int) -> bytes:
    """Only the numbers changed, in the camera's own fractions: nothing of it can be seen."""
    return _rewritten(data, lambda b: _placed(b, at, lambda d: sexagesimal(d, seconds_over)), True)


def transplanted(picture: bytes, donor: bytes) -> bytes:
    """Another photo's whole Exif block over this picture, `exiftool -TagsFromFile`."""
    return jpegs.take_apart(picture).with_exif(jpegs.take_apart(donor).exif()).joined()


def resaved(
    data: bytes,
    change: Callable[[Image.Image], Image.Image] | None = None,
    *,
    quality: int = 88,
    keep_exif: bool = True,
    android: bool = False,
) -> bytes:
    """Opened, changed and saved by a program with libjpeg's habits (or Android's, which puts the
    Exif block in front of JFIF), the block carried along."""
    with Image.open(io.BytesIO(data)) as opened:
        picture = opened.convert("RGB")
    picture = picture if change is None else change(picture)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    parts = jpegs.take_apart(out.getvalue())
    exif = jpegs.take_apart(data).exif() if keep_exif else None
    if exif is not None:
        parts = parts.with_exif(exif)
    return (parts.exif_first() if android else parts).joined()


def modified(data: bytes, at: datetime) -> bytes:
    """The date of the last change set, as editors do that leave the rest alone."""
    wall = text(0x0132, at.strftime("%Y:%m:%d %H:%M:%S"))
    return _rewritten(data, lambda b: b.with_tags(IFD0, wall), True)


def with_software(data: bytes, name: str, xmp: bytes | None = None) -> bytes:
    """An editor's name in the Exif block, and its XMP packet behind it."""
    changed = _rewritten(data, lambda b: b.with_tags(IFD0, text(0x0131, name)))
    return changed if xmp is None else with_xmp(changed, xmp)


def with_xmp(data: bytes, packet: bytes) -> bytes:
    parts = jpegs.take_apart(data)
    behind = 1 + next((n for n, s in enumerate(parts.head) if s[0] == jpegs.APP1), -1)
    xmp = (jpegs.APP1, jpegs.XMP_HEADER + packet)
    return jpegs.Parts((*parts.head[:behind], xmp, *parts.head[behind:]), parts.scan).joined()


def _rewritten(
    data: bytes, change: Callable[[tiffs.Block], tiffs.Block], as_it_was: bool = False
) -> bytes:
    parts = jpegs.take_apart(data)
    exif = parts.exif()
    assert exif is not None, "there is nothing to rewrite"
    block = change(tiffs.read(exif))
    if not as_it_was:
        block = replace(block, even=True, gap=0, sorted_tags=True)
    return parts.with_exif(tiffs.write(block)).joined()


def _placed(
    block: tiffs.Block, at: Position, fractions: Callable[[float], tuple[Pair, ...]]
) -> tiffs.Block:
    return block.with_tags(
        GPS,
        text(1, "N" if at.lat >= 0 else "S"),
        rational(2, *fractions(abs(at.lat))),
        text(3, "E" if at.lon >= 0 else "W"),
        rational(4, *fractions(abs(at.lon))),
    )


def _continued(degrees: float) -> tuple[Pair, ...]:
    minutes = degrees % 1.0 * 60.0
    seconds = Fraction(minutes % 1.0 * 60.0).limit_denominator(40_000)
    return (int(degrees), 1), (int(minutes), 1), (seconds.numerator, seconds.denominator)


def _inserted(tags: dict[str, Any], data: bytes) -> bytes:
    if not tags.get("thumbnail"):
        tags.pop("thumbnail", None)
        tags.pop("1st", None)
    out = io.BytesIO()
    piexif.insert(piexif.dump(tags), data, out)
    return out.getvalue()


# --- pictures -------------------------------------------------------------------------------------


def cropped(share: float, corner: bool = False) -> Callable[[Image.Image], Image.Image]:
    """That share cut off each direction in all; from the middle, or from one corner."""

    def cut(picture: Image.Image) -> Image.Image:
        dx, dy = round(picture.width * share), round(picture.height * share)
        left, top = (0, 0) if corner else (dx // 2, dy // 2)
        return picture.crop((left, top, left + picture.width - dx, top + picture.height - dy))

    return cut


def mirrored(picture: Image.Image) -> Image.Image:
    return ImageOps.mirror(picture)


def turned(degrees: float) -> Callable[[Image.Image], Image.Image]:
    """Turned a little and cut to a clean edge, or by whole quarters."""

    def turn(picture: Image.Image) -> Image.Image:
        if degrees % 90 == 0:
            return picture.rotate(degrees, expand=True)
        leaning = picture.rotate(degrees, resample=Image.Resampling.BICUBIC)
        return cropped(0.03 * abs(degrees))(leaning)

    return turn


def brightened(factor: float) -> Callable[[Image.Image], Image.Image]:
    return lambda picture: ImageEnhance.Contrast(
        ImageEnhance.Brightness(picture).enhance(factor)
    ).enhance(1.08)


def resized(factor: float) -> Callable[[Image.Image], Image.Image]:
    return lambda picture: picture.resize(
        (round(picture.width * factor), round(picture.height * factor)), Image.Resampling.LANCZOS
    )


def stamped(lines: int) -> Callable[[Image.Image], Image.Image]:
    """A panel of place and time in the corner, as watermark cameras put it."""

    def stamp(picture: Image.Image) -> Image.Image:
        out = picture.copy()
        draw = ImageDraw.Draw(out, "RGBA")
        high = picture.height * 0.05 * lines
        draw.rectangle((0, picture.height - high, picture.width * 0.42, picture.height),
                       fill=(10, 40, 90, 150))  # fmt: skip
        for n in range(lines):
            y = picture.height - high + n * picture.height * 0.05
            draw.text((8, y), f"2026-04-{10 + n} 09:1{n}  112.43E 33.49N", fill="white")
        return out

    return stamp


def pasted_over(
    patch: Image.Image, box: tuple[float, float, float, float] = (0.0, 0.42, 1.0, 1.0)
) -> Callable[[Image.Image], Image.Image]:
    """Another picture's part laid over the same part (shares of width and height), its edge soft."""

    def paste(picture: Image.Image) -> Image.Image:
        wide, high = picture.size
        mask = Image.new("L", picture.size, 0)
        ImageDraw.Draw(mask).rectangle(
            (box[0] * wide, box[1] * high, box[2] * wide, box[3] * high), fill=255
        )
        mask = mask.filter(ImageFilter.GaussianBlur(3))
        return Image.composite(patch.resize(picture.size), picture, mask)

    return paste


def off_a_screen(picture: Image.Image) -> Image.Image:
    """Photographed off a screen: slightly askew, with the screen's grid beating on the sensor's."""
    wide, high = picture.size
    askew = picture.transform(
        picture.size,
        Image.Transform.QUAD,
        (wide * 0.01, high * 0.02, 0, high * 0.99, wide * 0.985, high, wide, 0),
        resample=Image.Resampling.BICUBIC,
    )
    x = np.arange(wide)[None, :, None]
    y = np.arange(high)[:, None, None]
    grid = 1.0 + 0.05 * np.sin(x / 1.9 + y / 23.0) + 0.04 * np.sin(y / 2.3)
    return Image.fromarray(np.clip(np.asarray(askew) * grid * 0.95 + 6.0, 0, 255).astype(np.uint8))
