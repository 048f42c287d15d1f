"""Calls from outside that carry a signature instead of a session. Pure.

The other side signs `<seconds since 1970>.<body>` with HMAC-SHA256 and a key that both know. The
moment is part of what is signed, and a call is taken only near it; within that window the same
call is told by its signature (`answers.by_webhook`).
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

WINDOW = timedelta(minutes=5)


def signature(key: str, moment: str, body: bytes) -> str:
    """The signature in hexadecimal.

    >>> signature("k", "1776225600", b"{}")[:16]
    '495728a881824116'
    """
    return hmac.new(key.encode(), moment.encode() + b"." + body, sha256).hexdigest()


def holds(key: str, moment: str, given: str, body: bytes, *, now: datetime) -> bool:
    """Whether the call was signed with `key`, now. `given` is `sha256=<hex>` or the hex alone.
    An empty key holds nothing."""
    if not key or not (moment.isascii() and moment.isdecimal()) or len(moment) > 12:
        return False
    near = abs(now.timestamp() - int(moment)) <= WINDOW.total_seconds()
    # Compared even when it is too late: the time that it takes tells nothing.
    right = signature(key, moment, body).encode()
    same = hmac.compare_digest(right, given.removeprefix("sha256=").encode())
    return near and same
