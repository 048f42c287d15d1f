"""Numbers and moments as people in the field say them."""

import re
from datetime import datetime

from field_app.clock import local


def metres(distance_m: float) -> str:
    """A distance, as exact as a walker needs it.

    >>> metres(0.4), metres(48.3), metres(1240.5), metres(23_456.0)
    ('0 m', '48 m', '1.2 km', '23 km')
    """
    if distance_m < 1000:
        return f"{distance_m:.0f} m"
    return f"{distance_m / 1000:.1f} km" if distance_m < 10_000 else f"{distance_m / 1000:.0f} km"


def mu(area_mu: float) -> str:
    """An area in 亩.

    >>> mu(3.75), mu(128.4)
    ('3.75 亩', '128.4 亩')
    """
    return f"{area_mu:.2f} 亩" if area_mu < 100 else f"{area_mu:.1f} 亩"


def moment(at: datetime | None) -> str:
    """Chinese wall time to the minute; a dash where there is none.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 2, 0, 11, tzinfo=UTC)), moment(None)
    ('2026-03-02 08:11', '—')
    """
    return local(at).strftime("%Y-%m-%d %H:%M") if at else "—"


def day(at: datetime) -> str:
    """The day in China.

    >>> from datetime import UTC
    >>> day(datetime(2026, 3, 1, 17, 0, tzinfo=UTC))
    '2026-03-02'
    """
    return local(at).strftime("%Y-%m-%d")


_MARKDOWN = str.maketrans({c: f"\\{c}" for c in r"\`*_{}[]()#+-.!|<>~$:&"})


def plain(text: str) -> str:
    """A user's text for a place that renders Markdown: every sign stands for itself.

    >>> plain("**a** :red[b] <b>")
    '\\\\*\\\\*a\\\\*\\\\* \\\\:red\\\\[b\\\\] \\\\<b\\\\>'
    """
    return text.translate(_MARKDOWN)


_BLANKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """A text from outside without control characters and halves of characters: PostgreSQL keeps
    no NUL, UTF-8 no half, and nobody sees any of them. A line break becomes a blank.

    >>> clean("A\\x001"), clean("王家岭\\n东坡"), clean("二　组")
    ('A1', '王家岭 东坡', '二　组')
    """
    if text.isprintable():
        return text
    return _CONTROLS.sub("", _BLANKS.sub(" ", text))
