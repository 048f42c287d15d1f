import math
from typing import Any

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, note, passed
from photos.evidence import Evidence, GpsState, Rational, Source
from photos.makers import names_a_phone

_MOST_DECIMALS = 5  # 1.1 m: a fix is never that round; some position services round to six or seven


@check(
    "odd_fractions",
    catches="GPS 坐标不是手机写出来的数：由程序改写、手工填入",
    trap="只问手机照片：一半的卡片机和无人机本来就写怪分数；有的三星手机只记整秒，不算",
    if_broken=Outcome.DOUBT,
    proves="通过只说明坐标的写法像手机；按手机的写法改写坐标，从文件里看不出来",
)
def odd_fractions(case: Case, *, chance_ratio: float = 0.001) -> Result | None:
    """The fractions of the coordinates are such as phones write.

    Phones write degrees and minutes as whole numbers (or decimal minutes) and the last part over a
    power of ten. Programs reduce fractions (exiftool: 708/25), put decimals into the degrees, or
    write a number that somebody typed: both coordinates then are round in decimal degrees, which
    by chance happens more rarely than `chance_ratio`. An iPhone's hundredths that are none are
    told as a note.
    """
    evidence = case.evidence
    if evidence.gps is not GpsState.PRESENT or not names_a_phone(evidence):
        return None
    lat, lon = _parts(evidence, "GPSLatitude"), _parts(evidence, "GPSLongitude")
    if lat is None or lon is None:
        return None
    measured: dict[str, Any] = {
        "latitude": [f"{n}/{d}" for n, d in lat],
        "longitude": [f"{n}/{d}" for n, d in lon],
    }
    threshold = {"chance_ratio": chance_ratio}
    seen = ""
    if any(_has_fraction(part[0]) for part in (lat, lon)):
        seen = "“度”里带小数"
    elif any(not _is_power_of_ten(d) for n, d in (*lat, *lon) if n):
        seen = "分母不是 10 的整数次方"
    else:
        decimals = _round_to(lat, lon, chance_ratio)
        if decimals is not None:
            seen = f"经纬度恰好都是 {decimals} 位小数的整数值"
            measured["decimals"] = decimals
    if seen:
        return doubt(
            f"照片 GPS 坐标的{seen}，手机不会这样写，像是后来填入的；请提交未经处理的原图，或当场重拍。",
            measured,
            threshold,
        )
    if (evidence.text("Make") or "").strip() == "Apple" and {_least(lat), _least(lon)} - {100}:
        return note(
            "照片 GPS 坐标不是 iPhone 常写的百分之一秒，可能经其他程序保存过；请尽量提交相机原图。",
            measured,
            threshold,
        )
    return passed("照片 GPS 坐标的写法与手机一致。", measured, threshold)


def _parts(evidence: Evidence, name: str) -> tuple[Rational, ...] | None:
    """Degrees, minutes and seconds as they stand in the Exif block."""
    for reading in evidence.all(name):
        if reading.source is Source.EXIF and isinstance(reading.value, tuple):
            return tuple(part for part in reading.value if isinstance(part, tuple))
    return None


def _has_fraction(part: Rational) -> bool:
    return part[1] > 1 and part[0] % part[1] != 0


def _is_power_of_ten(number: int) -> bool:
    """
    >>> [_is_power_of_ten(n) for n in (1, 10, 10_000, 25, 20, 0, -1)]
    [True, True, True, False, False, False, False]
    """
    return number > 0 and str(number) == "1" + "0" * (len(str(number)) - 1)


def _least(parts: tuple[Rational, ...]) -> int:
    """The denominator of the last part that says anything: of decimal minutes, or of seconds."""
    return next((d for n, d in reversed(parts) if n and d), 100)


def _round_to(
    lat: tuple[Rational, ...], lon: tuple[Rational, ...], chance_ratio: float
) -> int | None:
    """The decimals of degrees that both coordinates are round to, where chance does not explain it.

    A fix lies anywhere, so it is within its own resolution of a round number with a probability of
    twice the resolution over the spacing of round numbers.
    """
    if _whole_seconds(lat) and _whole_seconds(lon):
        return None
    written = [(_degrees(parts), _step_deg(parts)) for parts in (lat, lon)]
    for decimals in range(_MOST_DECIMALS + 1):
        chance = 1.0
        for degrees, step in written:
            if abs(degrees - round(degrees, decimals)) > step * 1.01:
                chance = math.inf
            chance *= min(1.0, 2.0 * step * 10.0**decimals)
        if chance <= chance_ratio:
            return decimals
    return None


def _whole_seconds(parts: tuple[Rational, ...]) -> bool:
    return len(parts) == 3 and parts[2][0] != 0 and not _has_fraction(parts[2])


def _degrees(parts: tuple[Rational, ...]) -> float:
    return sum(n / d / 60.0**power for power, (n, d) in enumerate(parts) if d)


def _step_deg(parts: tuple[Rational, ...]) -> float:
    """The resolution in which the last part that says anything is written, in degrees."""
    for power, (n, d) in reversed(list(enumerate(parts))):
        if d > 1 or (n and d):
            return 1.0 / d / 60.0**power
    return 1.0
