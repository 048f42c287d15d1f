"""What every line to another system shares: a loop of its own, the authorities, bounded answers.

A call that waits in a thread cannot end one that drips its headers or waits for a name server; a
loop beside it can. So calls run on one loop in the background, and their threads wait for them.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from functools import lru_cache
from threading import Thread
from typing import Any

import httpx2


@lru_cache(maxsize=1)
def loop() -> asyncio.AbstractEventLoop:
    """The loop that calls run on."""
    made = asyncio.new_event_loop()
    Thread(target=made.run_forever, name="outward", daemon=True).start()
    return made


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The authorities of this machine or of SSL_CERT_FILE, read once."""
    return ssl.create_default_context()


class Bounded(httpx2.AsyncByteStream):
    """Breaks off an answer of more than `most` bytes, also one of an error, with a ReadError."""

    def __init__(self, inner: Any, most: int) -> None:
        self._inner = inner
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._inner:
            seen += len(chunk)
            if seen > self._most:
                raise httpx2.ReadError("an answer without end")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def unpacked(response: httpx2.Response) -> bool:
    """Whether the body is sent as it is: a packed one may unfold without end."""
    return response.headers.get("content-encoding", "identity") == "identity"
