"""The one clock. Everything is UTC inside; China is UTC+8 without summer time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "北京时间")

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 — replaced by `frozen`


def now() -> datetime:
    """The present, aware, in UTC. Read once for each decision and handed on."""
    return _read()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stops the clock at `at` (aware) for tests and for the demonstration data."""
    global _read
    if at.tzinfo is None:
        raise ValueError("a frozen clock needs a zone")
    before, moment = _read, at.astimezone(UTC)
    _read = lambda: moment  # noqa: E731
    try:
        yield
    finally:
        _read = before


def local(at: datetime) -> datetime:
    """The same moment as Chinese wall time."""
    return at.astimezone(CHINA)


def utc(at: datetime) -> datetime:
    """The same moment in UTC, as rows hold it: moments of one zone are compared several times as
    fast as those of two."""
    return at.astimezone(UTC)
