"""A model that does not answer is left alone for a while: it costs each turn its whole timeout."""

from datetime import datetime, timedelta
from threading import Lock


class Breaker:
    """Opens after `most` failures in a row, for `rest`; then one caller at a time may try."""

    def __init__(self, *, most: int = 3, rest: timedelta = timedelta(seconds=60)) -> None:
        self._most = most
        self._rest = rest
        self._failures = 0
        self._since: datetime | None = None
        self._lock = Lock()

    def may_call(self, now: datetime) -> bool:
        """Whether to call now. After the rest it is said to one caller; the others wait for what
        that one finds, for another rest at most."""
        with self._lock:
            if self._failures < self._most or self._since is None:
                return True
            # A clock that was set back must not keep the line closed.
            if timedelta(0) <= now - self._since < self._rest:
                return False
            self._since = now
            return True

    def failed(self, now: datetime) -> None:
        with self._lock:
            self._failures += 1
            self._since = now

    def worked(self) -> None:
        with self._lock:
            self._failures = 0
            self._since = None
