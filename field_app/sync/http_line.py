"""One HTTP call to another system: bounded in time and in size, with no way round.

What goes out is what is given and nothing of the environment: no proxy, no cookie. A redirect is
not followed: it would carry the change and the secret to a place that nobody set.
"""

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass

import httpx2

from field_app import outward

MAX_ANSWER_BYTES = 1_048_576
log = logging.getLogger(__name__)


class LineDown(Exception):
    """No answer came; the words say why, for the office."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `again_s` is the Retry-After, where it was given in seconds."""

    status: int
    body: bytes
    again_s: float | None


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    seconds: float,
    body: bytes | None = None,
    query: Mapping[str, str] | None = None,
) -> Answer:
    """Calls and waits for the whole answer, `seconds` in all. Raises LineDown."""
    asking = asyncio.run_coroutine_threadsafe(
        _call(method, url, headers, seconds, body, query), outward.loop()
    )
    try:
        return asking.result(seconds + 1)
    except (TimeoutError, CancelledError):
        asking.cancel()
        raise LineDown(f"{seconds:g} 秒内没有答完") from None
    except httpx2.ConnectError:
        raise LineDown("连不上对方") from None
    except (httpx2.HTTPError, OSError, ValueError) as error:
        # The text of the error may name the address; its kind is enough.
        log.info("a call to another system broke: %s", type(error).__name__)
        raise LineDown("连接中断，或对方的回答不合规") from None


async def _call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    seconds: float,
    body: bytes | None,
    query: Mapping[str, str] | None,
) -> Answer:
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
    async with asyncio.timeout(seconds), httpx2.AsyncHTTPTransport(verify=outward.trust()) as line:
        request = httpx2.Request(
            method,
            httpx2.URL(url, params=query) if query else url,
            headers=sent,
            content=body,
            extensions={"timeout": httpx2.Timeout(seconds).as_dict()},
        )
        response = await line.handle_async_request(request)
        try:
            if not outward.unpacked(response):
                raise httpx2.RemoteProtocolError("a packed answer that was not asked for")
            read = [p async for p in outward.Bounded(response.stream, MAX_ANSWER_BYTES)]
        finally:
            await response.aclose()
    return Answer(response.status_code, b"".join(read), _again(response.headers))


def _again(headers: httpx2.Headers) -> float | None:
    given = headers.get("retry-after", "")
    return float(given) if given.isascii() and given.isdecimal() and len(given) < 7 else None
