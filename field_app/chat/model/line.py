"""The line to the model: one call, bounded in time and in size, with no way round.

What goes out is the body and four headers: no proxy and no header of the environment, no
description of this machine, no redirect to elsewhere. What comes back is text or an outcome,
never an exception.
"""

import asyncio
import json
import logging
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

import httpx2
from openai import APIConnectionError, APIStatusError, APITimeoutError, AsyncOpenAI

from field_app import outward
from field_app.chat.model.outcome import Outcome

MAX_ANSWER_BYTES = 65_536
_SENT = frozenset({"host", "content-type", "content-length", "transfer-encoding"})
# What servers say of a `response_format` that they do not know.
_NOT_SO = frozenset({400, 415, 422, 501})
_WRONG_TODAY = _NOT_SO | {413}  # of this message, perhaps: the line itself is in order
_LIMITED = 429
log = logging.getLogger(__name__)


@dataclass
class Line:
    """Where the model is. `plain` is learnt: this server takes no `response_format`."""

    url: str
    key: str = field(repr=False)
    name: str
    plain: bool = False

    def call(
        self, messages: list[dict[str, Any]], schema: dict[str, Any], *, seconds: float
    ) -> tuple[Outcome, str]:
        """What the model answered to `messages`, or how it failed, within `seconds` in all."""
        asking = asyncio.run_coroutine_threadsafe(
            self._call(messages, schema, seconds), outward.loop()
        )
        try:
            unforeseen = asking.exception(seconds + 1)
        except (TimeoutError, CancelledError):
            asking.cancel()
            return Outcome.SLOW, ""
        if unforeseen is not None:
            log.error("the line to the model broke: %s", type(unforeseen).__name__)
            return Outcome.BROKEN, ""
        return asking.result()

    async def _call(
        self, messages: list[dict[str, Any]], schema: dict[str, Any], seconds: float
    ) -> tuple[Outcome, str]:
        try:
            async with asyncio.timeout(seconds), self._client(seconds) as client:
                return _content(await self._answer(client, messages, schema))
        except (TimeoutError, APITimeoutError):
            return Outcome.SLOW, ""
        except APIConnectionError as error:
            unreached = isinstance(error.__cause__, httpx2.ConnectError)
            return Outcome.UNREACHED if unreached else Outcome.BROKEN, ""
        except APIStatusError as error:
            return _refusal(error.status_code), ""

    async def _answer(
        self, client: AsyncOpenAI, messages: list[dict[str, Any]], schema: dict[str, Any]
    ) -> bytes:
        """The body of the answer. Raises what the client raises."""
        given: dict[str, Any] = {"model": self.name, "messages": messages}
        if not self.plain:
            try:
                return await _post(client, given | _wish(schema))
            except APIStatusError as error:
                if error.status_code not in _NOT_SO:
                    raise
        body = await _post(client, given)
        self.plain = True
        return body

    def _client(self, seconds: float) -> AsyncOpenAI:
        return AsyncOpenAI(
            api_key="in the transport",
            base_url=self.url,
            max_retries=0,
            timeout=seconds,
            http_client=httpx2.AsyncClient(
                transport=_Narrow(self.key), trust_env=False, follow_redirects=False
            ),
        )


def _wish(schema: dict[str, Any]) -> dict[str, Any]:
    named = {"name": "answers", "strict": True, "schema": schema}
    return {"temperature": 0, "response_format": {"type": "json_schema", "json_schema": named}}


async def _post(client: AsyncOpenAI, body: dict[str, Any]) -> bytes:
    raw = await client.chat.completions.with_raw_response.create(**body)
    return raw.content


def _refusal(status: int) -> Outcome:
    if status in _WRONG_TODAY:
        return Outcome.DECLINED
    if status == _LIMITED:
        return Outcome.LIMITED
    return Outcome.REFUSED if status < 500 else Outcome.BROKEN


def _content(body: bytes) -> tuple[Outcome, str]:
    """The text of the first choice; the rest of what the server says is of no interest."""
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return Outcome.BROKEN, ""
    return (Outcome.ANSWERED, content) if isinstance(content, str) else (Outcome.UNREADABLE, "")


class _Narrow(httpx2.AsyncBaseTransport):
    """Lets out only the headers that are needed, and in only what is small and not packed."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._inner = httpx2.AsyncHTTPTransport(verify=outward.trust())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {k: v for k, v in request.headers.items() if k.lower() in _SENT}
        headers |= {"accept": "application/json", "accept-encoding": "identity"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        # A request of its own: the client still looks for its marks in the one it made.
        narrow = httpx2.Request(
            request.method,
            request.url,
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        response = await self._inner.handle_async_request(narrow)
        if not outward.unpacked(response):
            await response.aclose()
            raise httpx2.RemoteProtocolError("a packed answer that was not asked for")
        response.stream = outward.Bounded(response.stream, MAX_ANSWER_BYTES)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()
