"""Phone makers, each with the way it lays out its files.

HMD, Google, Apple and Samsung follow the sample files (byte order, segments, directories, tags and
denominators read from them). Of the Chinese makers' phones no sample may be passed on: their byte
orders, GPS denominators, trailers and comments are *recalled*, varied on purpose, and no check may
lean on one of them.
"""

import io
import math
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from random import Random

import pillow_heif
from PIL import Image

from models.geo import Position
from tests.corpus import jpegs, tiffs
from tests.corpus.tiffs import (
    EXIF,
    GPS,
    IFD0,
    IFD1,
    INTEROP,
    Block,
    Tag,
    long,
    rational,
    short,
    text,
    undefined,
)


@dataclass(frozen=True, slots=True)
class Maker:
    """How one maker's camera writes. Sizes in pixels, `seconds_over` the denominator of seconds."""

    name: str
    make: str
    model: str
    software: str | None
    big_endian: bool = True
    sorted_tags: bool = True
    values_last: bool = False
    even: bool = True
    seconds_over: int = 100
    signed_gps: bool = False
    clock_over: int = 1  # denominator of the satellites' seconds
    gps_clock: bool = True
    gps_date: bool = True
    accuracy: bool = False
    north: str | None = None  # reference of the heading; None: it writes none
    offset: bool = True
    focal_35mm: int = 26
    focal_mm: tuple[int, int] = (543, 100)
    f_number: tuple[int, int] = (180, 100)
    thumbnail: tuple[int, int] | None = (320, 240)
    maker_note: bytes = b""
    note_bytes: int = 0
    comment: bytes | None = None
    unique_id: bool = False
    own_tables: int | None = None  # strength of quantisation tables that are not libjpeg's
    quality: int = 90
    merged_tables: bool = False  # one DQT and one DHT segment, as hardware encoders write
    restarts: bool = False
    jfif: str = ""  # "" none, "last" behind the Exif block
    segments_before: tuple[int, ...] = ()  # APPn in front of the Exif block
    icc: bool = False
    trailer: bytes = b""


MAKERS = {
    m.name: m
    for m in (
        Maker("huawei", "HUAWEI", "ALN-AL00", "ALN-AL00 4.2.0.130(C00E130R3P6)", seconds_over=1_000_000,
              maker_note=b"HUAWEI\0\0", note_bytes=400, own_tables=3, merged_tables=True, focal_35mm=24,
              segments_before=(0xE7, 0xE8, 0xE9), comment=b"ASCII\0\0\0", thumbnail=(512, 384)),
        Maker("honor", "HONOR", "MAA-AN00", "MAA-AN00 8.0.0.150", seconds_over=1_000_000, focal_35mm=24,
              maker_note=b"HONOR\0\0\0", note_bytes=300, own_tables=3, merged_tables=True),
        Maker("xiaomi", "Xiaomi", "23127PN0CC", "OS1.0.24.0.UNCCNXM", seconds_over=1_000_000, focal_35mm=23,
              own_tables=2, icc=True, trailer=b"\0" * 24 + b"xmp-motion"),
        Maker("redmi", "Xiaomi", "Redmi Note 8", None, big_endian=False, seconds_over=10_000, offset=False,
              own_tables=4, merged_tables=True, thumbnail=(320, 240), comment=b"ASCII\0\0\0filter: 0;"),
        Maker("oppo", "OPPO", "PHZ110", "PHZ110_14.0.0.701", seconds_over=10_000, focal_35mm=23, offset=False,
              comment=b"ASCII\0\0\0oppo_32", own_tables=2, values_last=True),
        Maker("vivo", "vivo", "V2309A", "MediaTek Camera Application", big_endian=False, seconds_over=10_000,
              focal_35mm=24, offset=False, own_tables=5, merged_tables=True, thumbnail=(160, 120),
              trailer=b'vivo{"camera":"normal","version":3}cam'),
        Maker("samsung", "samsung", "SM-S9210", "S9210ZCU3AXE3", big_endian=False, seconds_over=10_000,
              gps_clock=False, gps_date=False, focal_35mm=23, unique_id=True, own_tables=3,
              segments_before=(), thumbnail=(512, 384), maker_note=b"\x07\0\x01\0\x07\0\x04\0", note_bytes=90,
              trailer=b"\0\0\x01\x0aSEFHk\0\0\0\0\0\0\0SEFT"),
        Maker("google", "Google", "Pixel 8", "HDR+ 1.0.585804418zd", big_endian=False, north="M",
              focal_35mm=25, focal_mm=(6900, 1000), f_number=(168, 100), quality=95, jfif="last", icc=True,
              thumbnail=(320, 240), maker_note=b"HDRP\x02", note_bytes=900),
        Maker("hmd", "HMD Global", "Nokia 8.3 5G", "00WW_3_380_SP02", sorted_tags=False, north="M",
              seconds_over=100_000, signed_gps=True, even=False, jfif="last", quality=95, thumbnail=None,
              focal_mm=(275, 100), f_number=(220, 100)),
        Maker("apple", "Apple", "iPhone 15", "17.5.1", north="T", accuracy=True, gps_clock=False,
              focal_35mm=26, focal_mm=(597, 100), f_number=(8, 5), own_tables=2, merged_tables=True,
              restarts=True, thumbnail=None, maker_note=b"Apple iOS\0\0\1MM", note_bytes=700),
        Maker("apple-old", "Apple", "iPhone 6", "8.3", north="T", clock_over=100, focal_35mm=29,
              focal_mm=(83, 20), f_number=(11, 5), own_tables=2, merged_tables=True, restarts=True,
              offset=False, thumbnail=(160, 120), maker_note=b"Apple iOS\0\0\1MM", note_bytes=500),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """One exposure as the phone knows it. Position None: no fix, and no GPS block."""

    position: Position | None
    taken_at: datetime  # aware; written as wall time of its own zone
    true_heading_deg: float | None = None
    declination_deg: float = -5.6
    gps_time: datetime | None = None  # None: the moment of the shot
    ev100: float = 13.5
    orientation: int = 1
    serial: int = 0  # of the frame, for what differs from one shot to the next
    blanked: str = ""  # "0/1" or "0/0": emptied by the phone's system on the way out
    software: str | None = None  # None: the maker's own
    stated_size: tuple[int, int] | None = None  # None: the picture's


def exposure(ev100: float, f_number: float) -> tuple[tuple[int, int], int]:
    """Exposure time and ISO of that EV100: phones open fully and reach for ISO when it is dark."""
    for iso in (50, 100, 200, 400, 800, 1600, 3200):
        time_s = f_number**2 * 100.0 / (iso * 2.0**ev100)
        if time_s <= 1 / 30 or iso == 3200:
            break
    return (1_000_000 if time_s >= 1 else max(1, round(time_s * 1_000_000)), 1_000_000), iso


def block(maker: Maker, facts: Facts, size: tuple[int, int], thumbnail: bytes | None) -> Block:
    """The Exif block that the maker's phone writes of the exposure."""
    dice = Random(f"{maker.name}/{facts.serial}")
    wall = facts.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    software = facts.software or maker.software
    ifd0 = [text(0x010F, maker.make), text(0x0110, maker.model), short(0x0112, facts.orientation),
            rational(0x011A, (72, 1)), rational(0x011B, (72, 1)), short(0x0128, 2),
            text(0x0132, wall), short(0x0213, 1)]  # fmt: skip
    if software is not None:
        ifd0.append(text(0x0131, software))
    f_number = maker.f_number[0] / maker.f_number[1]
    time_s, iso = exposure(facts.ev100, f_number)
    fraction = f"{facts.taken_at.microsecond // 1000 or dice.randrange(1000):03d}"
    exif = [rational(0x829A, time_s), rational(0x829D, maker.f_number), short(0x8822, 2), short(0x8827, iso),
            undefined(0x9000, b"0232"), text(0x9003, wall), text(0x9004, wall),
            undefined(0x9101, b"\1\2\3\0"), rational(0x9202, _apex(f_number)), short(0x9207, 5), short(0x9209, 16),
            rational(0x920A, maker.focal_mm), text(0x9290, fraction), text(0x9291, fraction),
            text(0x9292, fraction), undefined(0xA000, b"0100"), short(0xA001, 1),
            long(0xA002, (facts.stated_size or size)[0]), long(0xA003, (facts.stated_size or size)[1]),
            short(0xA217, 2), undefined(0xA301, b"\1"), short(0xA402, 0), short(0xA403, 0),
            short(0xA405, maker.focal_35mm), short(0xA406, 0)]  # fmt: skip
    if maker.offset:
        zone = facts.taken_at.strftime("%z")
        exif += [text(tag, f"{zone[:3]}:{zone[3:]}") for tag in (0x9010, 0x9011, 0x9012)]
    if maker.note_bytes:
        exif.append(undefined(0x927C, maker.maker_note + dice.randbytes(maker.note_bytes)))
    if maker.comment is not None:
        exif.append(undefined(0x9286, maker.comment))
    if maker.unique_id:
        exif.append(text(0xA420, f"F12LL{dice.randrange(10**8):08d}XA"))
    if maker.make == "Apple":
        exif += [rational(0xA432, (8, 5), (8, 5), (8, 5), (8, 5)), text(0xA433, "Apple"),
                 text(0xA434, f"{maker.model} back camera 5.96mm f/1.6")]  # fmt: skip
    ifds = {IFD0: tuple(ifd0), EXIF: tuple(exif), GPS: gps_tags(maker, facts, dice)}
    if maker.make in ("Google", "HUAWEI"):
        ifds[INTEROP] = (text(0x0001, "R98"), undefined(0x0002, b"0100"))
    if thumbnail is not None:
        ifds[IFD1] = (short(0x0103, 6), rational(0x011A, (72, 1)), rational(0x011B, (72, 1)),
                      short(0x0128, 2))  # fmt: skip
    if not maker.sorted_tags:
        ifds = {name: tuple(dice.sample(tags, len(tags))) for name, tags in ifds.items()}
    return Block(
        ifds,
        maker.big_endian,
        thumbnail=thumbnail,
        values_last=maker.values_last,
        even=maker.even,
        sorted_tags=maker.sorted_tags,
    )


def gps_tags(maker: Maker, facts: Facts, dice: Random) -> tuple[Tag, ...]:
    if facts.blanked:
        over = int(facts.blanked[-1])
        zeros = ((0, over),) * 3
        return (text(1, ""), rational(2, *zeros), text(3, ""), rational(4, *zeros))
    at = facts.position
    if at is None:
        return ()
    tags = [
        text(1, "N" if at.lat >= 0 else "S"),
        rational(2, *sexagesimal(abs(at.lat), maker.seconds_over), signed=maker.signed_gps),
        text(3, "E" if at.lon >= 0 else "W"),
        rational(4, *sexagesimal(abs(at.lon), maker.seconds_over), signed=maker.signed_gps),
        Tag(5, tiffs.BYTE, b"\0"),
        rational(6, _plain_or_apple(maker, dice.uniform(120.0, 420.0), 1000)),
    ]
    if maker.make != "Apple":
        tags.insert(0, Tag(0, tiffs.BYTE, b"\2\2\0\0"))
    moment = (facts.gps_time or facts.taken_at).astimezone(UTC)
    if maker.gps_clock:
        seconds = moment.second * maker.clock_over
        if maker.clock_over > 1:
            seconds += moment.microsecond * maker.clock_over // 1_000_000
        tags.append(rational(7, (moment.hour, 1), (moment.minute, 1), (seconds, maker.clock_over)))
    if maker.gps_date:
        tags.append(text(0x1D, moment.strftime("%Y:%m:%d")))
    if maker.north is not None and facts.true_heading_deg is not None:
        turned = facts.declination_deg if maker.north == "M" else 0.0
        heading = (facts.true_heading_deg - turned) % 360.0
        tags += [text(0x10, maker.north), rational(0x11, _plain_or_apple(maker, heading, 1))]
    if maker.make == "Apple":
        tags += [text(0x0C, "K"), rational(0x0D, _plain_or_apple(maker, dice.uniform(0, 1.4), 1))]
    if maker.accuracy and at.accuracy_m is not None:
        tags.append(rational(0x1F, _plain_or_apple(maker, at.accuracy_m, 1000)))
    return tuple(tags)


def sexagesimal(degrees: float, over: int) -> tuple[tuple[int, int], ...]:
    """Degrees, minutes and seconds, the seconds cut to `1 / over`, as phones write them."""
    parts = math.floor(degrees * 3600 * over + 0.5)
    return (parts // (3600 * over), 1), (parts // (60 * over) % 60, 1), (parts % (60 * over), over)


def _plain_or_apple(maker: Maker, value: float, over: int) -> tuple[int, int]:
    """Apple writes continued fractions, everybody else a power of ten below the line."""
    if maker.make == "Apple":
        near = Fraction(value).limit_denominator(65_536)
        return near.numerator, near.denominator
    return round(value * over), over


def _apex(f_number: float) -> tuple[int, int]:
    return round(2 * math.log2(f_number) * 100), 100


def preview(picture: Image.Image, size: tuple[int, int]) -> bytes:
    """The embedded preview: the whole picture within `size`, black bars where its shape differs."""
    small = picture.convert("RGB")
    small.thumbnail(size, Image.Resampling.BICUBIC)
    if small.size != size and abs(small.width / small.height - size[0] / size[1]) > 0.02:
        framed = Image.new("RGB", size)
        framed.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
        small = framed
    out = io.BytesIO()
    small.save(out, "JPEG", quality=72)
    return out.getvalue()


def encoded(picture: Image.Image, maker: Maker) -> jpegs.Parts:
    """The picture in the maker's tables and order, with no metadata yet."""
    out = io.BytesIO()
    more: dict[str, object] = {"restart_marker_rows": 1} if maker.restarts else {}
    if maker.own_tables is None:
        picture.save(out, "JPEG", quality=maker.quality, **more)
    else:
        picture.save(out, "JPEG", qtables=_tables(maker.own_tables), subsampling=2, **more)
    parts = jpegs.take_apart(out.getvalue()).without(jpegs.APP0)
    head = parts.head
    if maker.merged_tables:
        head = jpegs.merged(jpegs.merged(head, jpegs.DQT), jpegs.DHT)
    return jpegs.Parts(head, parts.scan + maker.trailer)


def _tables(strength: int) -> list[list[int]]:
    """Two quantisation tables that are no multiple of annex K's: a slope along the zigzag."""
    return [
        [max(1, round(strength * (1 + slope * n / 16) / 1.5)) for n in range(64)]
        for slope in (1.0, 2.2)
    ]


def jpeg(
    picture: Image.Image, maker: Maker, facts: Facts, *, thumbnail: bytes | None = None
) -> bytes:
    """The file as it comes out of the phone; `thumbnail` where it is not that of the picture."""
    parts = encoded(picture, maker)
    if thumbnail is None and maker.thumbnail is not None:
        thumbnail = preview(picture, maker.thumbnail)
    exif = tiffs.write(block(maker, facts, picture.size, thumbnail))
    head: list[jpegs.Segment] = [(m, b"\0" * 16) for m in maker.segments_before]
    head.append((jpegs.APP1, jpegs.EXIF_HEADER + exif))
    if maker.jfif == "last":
        head.append((jpegs.APP0, jpegs.JFIF))
    if maker.icc:
        head.append((jpegs.APP2, b"ICC_PROFILE\0\1\1" + b"\0" * 128))
    return jpegs.Parts((*head, *parts.head), parts.scan).joined()


def heic(picture: Image.Image, maker: Maker, facts: Facts) -> bytes:
    """The file as an iPhone writes it by default."""
    exif = jpegs.EXIF_HEADER + tiffs.write(block(maker, facts, picture.size, None))
    out = io.BytesIO()
    quick = {"preset": "ultrafast"}
    pillow_heif.from_pillow(picture).save(
        out, format="HEIF", quality=60, exif=exif, enc_params=quick
    )
    return out.getvalue()


def as_gain_map(data: bytes, picture: Image.Image) -> bytes:
    """The file as an HDR phone writes it: a second, small picture behind the first, listed in MPF."""
    out = io.BytesIO()
    picture.convert("L").resize((picture.width // 4, picture.height // 4)).save(out, "JPEG")
    parts = jpegs.take_apart(data)
    index = b"MPF\0MM\0*\0\0\0\x08" + struct.pack(">H", 0) + b"\0\0\0\0"
    at = 1 + next(n for n, s in enumerate(parts.head) if s[0] == jpegs.APP1)
    head = (*parts.head[:at], (jpegs.APP2, index), *parts.head[at:])
    return jpegs.Parts(head, parts.scan).joined() + out.getvalue()
