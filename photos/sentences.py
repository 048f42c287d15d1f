"""Places, directions, moments and spans as the sentences of checks say them."""

from datetime import datetime

from models.geo import Position
from photos.evidence import CHINA


def place_text(at: Position) -> str:
    """A place for a sentence.

    >>> place_text(Position(112.43, 33.49)), place_text(Position(-3.7, -40.4))
    ('东经 112.43000°、北纬 33.49000°', '西经 3.70000°、南纬 40.40000°')
    """
    east, north = "东经" if at.lon >= 0 else "西经", "北纬" if at.lat >= 0 else "南纬"
    return f"{east} {abs(at.lon):.5f}°、{north} {abs(at.lat):.5f}°"


_EIGHT = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def direction_text(bearing_deg: float) -> str:
    """One of eight directions.

    >>> direction_text(0.0), direction_text(44.0), direction_text(359.0), direction_text(181.0)
    ('北', '东北', '北', '南')
    """
    return _EIGHT[round(bearing_deg / 45.0) % 8]


def china_text(at: datetime) -> str:
    """A moment for a sentence: Chinese wall time to the minute.

    >>> from datetime import UTC
    >>> china_text(datetime(2026, 3, 2, 0, 11, tzinfo=UTC))
    '2026-03-02 08:11'
    """
    return at.astimezone(CHINA).isoformat(" ", "minutes")[:16]  # strftime takes five times as long


def span_text(seconds: float) -> str:
    """A span of time for a sentence, in the unit a person would use.

    >>> span_text(42), span_text(-300), span_text(7200), span_text(200_000)
    ('42 秒', '5 分钟', '2.0 小时', '2.3 天')
    """
    s = abs(seconds)
    if s < 120:
        return f"{s:.0f} 秒"
    if s < 7200:
        return f"{s / 60:.0f} 分钟"
    return f"{s / 3600:.1f} 小时" if s < 172_800 else f"{s / 86400:.1f} 天"
