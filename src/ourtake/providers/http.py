"""The HTTP client that the providers on the wire give their SDK, and how an answer is read from it.

Both SDKs are built on httpx2. The client refuses redirects (they would post the prompt to another host), and stops
reading at MAX_BYTES, or MAX_STREAM_BYTES where an answer comes in pieces of some 300 bytes each. It asks for answers
that are not compressed. One in gzip was paid for all the same, so it is read, up to the same sizes.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2

from ourtake.documents import Payload
from ourtake.errors import ConfigError, FetchError, PermanentError
from ourtake.intake.decompress import Inflater
from ourtake.network import proxy_for, trusted
from ourtake.providers.base import OnHeaders
from ourtake.providers.faults import not_an_answer, too_large

MAX_BYTES = 1_000_000
MAX_STREAM_BYTES = 20_000_000
MAX_BATCH_BYTES = 500_000_000
_DIGITS = 18
"""Of an integer that the store can hold."""
BEGINNING = 100
"""Bytes in which a stream's first line is recognised."""
_UNPACKED = ("gzip", "x-gzip", "deflate")
_NAME = rb"(?:\xef\xbb\xbf)?\s*[a-z]{0,20}"
_FIRST_LINE, _HALF_LINE = re.compile(_NAME + rb":"), re.compile(_NAME + rb"|\xef\xbb?")


class _Capped(httpx2.AsyncByteStream):
    """A body that may not be longer than `most` bytes, or than MAX_STREAM_BYTES where it is a stream."""

    def __init__(self, stream: Any, most: int) -> None:
        self._stream = stream
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen, head = 0, b""
        async for piece in self._stream:
            seen += len(piece)
            if len(head) < BEGINNING:
                head = (head + piece)[:BEGINNING]
            if seen > self._most and not (seen <= MAX_STREAM_BYTES and begins_stream(head)):
                raise too_large()
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Inflated(httpx2.AsyncByteStream):
    """A body in gzip or deflate, unpacked; a few kilobytes can hold gigabytes, so never beyond MAX_STREAM_BYTES."""

    def __init__(self, stream: Any, coding: str) -> None:
        self._stream = stream
        self._inflater = Inflater(coding, limit=MAX_STREAM_BYTES)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._stream:
                yield self._inflater.take(piece)
            self._inflater.end()
        except FetchError as error:
            if self._inflater.size > MAX_STREAM_BYTES:
                raise too_large() from error
            raise httpx2.RemoteProtocolError(error.what) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    def __init__(self, *, on_headers: OnHeaders | None, most: int, **options: Any) -> None:
        super().__init__(**options)
        self._on_headers = on_headers
        self._most = most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        stream, coding = response.stream, response.headers.get("content-encoding", "identity").strip().lower()
        if coding in _UNPACKED:
            # What httpx2 unpacks itself has no limit.
            del response.headers["content-encoding"]
            stream = _Inflated(stream, coding)
        elif coding not in ("", "identity"):
            await response.aclose()
            raise PermanentError(
                "The provider sent a compressed answer that was not asked for.",
                "Check the base address of the provider.",
            )
        if self._on_headers is not None:
            self._on_headers(response.headers)
        response.stream = _Capped(stream, self._most)
        return response


def http_client(
    base_url: str | None = None, *, on_headers: OnHeaders | None = None, most: int = MAX_BYTES, connections: int = 200
) -> httpx2.AsyncClient:
    """A client for an SDK. The wall-clock deadline of a call is kept by retry.py; the time-out here is for one read, in
    seconds.
    """
    # Reading the certificates costs 60 ms of start-up, and a server at a plain http address has none to be checked.
    secure = not (base_url or "").lower().startswith("http://")
    verify = (trusted() or True) if secure else False
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    transport = _Transport(
        on_headers=on_headers, most=most, limits=limits, verify=verify, proxy=_proxy(base_url or "https://")
    )
    return httpx2.AsyncClient(
        transport=transport,
        follow_redirects=False,
        timeout=httpx2.Timeout(600, connect=10),
        headers={"accept-encoding": "identity"},
    )


def _proxy(base_url: str) -> httpx2.Proxy | None:
    found = proxy_for(base_url)
    if found is None:
        return None
    if found.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        what = f"The environment variable {found.variable} names a SOCKS proxy, and the package socksio is missing."
        raise ConfigError(what, "Install it with pip install socksio, or name an HTTP proxy.")
    return httpx2.Proxy(found.url, ssl_context=trusted() if found.scheme == "https" else None)


class StatusError(Exception):
    """An answer with an error status; `body` is its JSON, or its text."""

    def __init__(self, response: httpx2.Response, body: object) -> None:
        super().__init__(f"status {response.status_code}")
        self.status_code = response.status_code
        self.response = response
        self.body = body


class JsonClient:
    """What an SDK's client does, for an API without one: JSON to and from paths below `base_url`."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        on_headers: OnHeaders | None = None,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._headers = headers
        self._http = http or http_client(base_url, on_headers=on_headers)

    async def post(self, path: str, *, body: Payload, cast_to: object = None, stream: bool = False) -> httpx2.Response:
        """The answer, as the SDKs' `post` returns it with cast_to=httpx2.Response; with `stream` its body is not read
        yet. Raises StatusError for an error status.
        """
        return await self._answer("POST", path, stream, json=body)

    async def get(self, path: str, *, cast_to: object = None) -> httpx2.Response:
        """The answer. Raises StatusError for an error status."""
        return await self._answer("GET", path, False)

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def _answer(self, method: str, path: str, stream: bool, **content: Any) -> httpx2.Response:
        request = self._http.build_request(method, f"{self.base_url}{path}", headers=self._headers, **content)
        response = await self._http.send(request, stream=True)
        if response.is_success and stream:
            return response
        try:
            await response.aread()
        finally:
            await response.aclose()
        if response.is_success:
            return response
        try:
            body = decoded(response.content)
        except (ValueError, RecursionError):
            body = response.text
        raise StatusError(response, body)


def begins_stream(beginning: bytes) -> bool:
    """Whether a body that begins so is a stream of server-sent events."""
    return _FIRST_LINE.match(beginning) is not None


def may_begin_stream(beginning: bytes) -> bool:
    """Whether more must come before `begins_stream` can tell."""
    return len(beginning) < BEGINNING and _HALF_LINE.fullmatch(beginning) is not None


async def json_answer(response: httpx2.Response, provider: str) -> Payload:
    """The JSON object of a success status. Raises TransientError for anything else: an error page, null, a broken
    body.
    """
    return answer_of(await response.aread(), provider)


def answer_of(text: bytes, provider: str) -> Payload:
    """The JSON object in a text. Raises TransientError for anything else. The list of one error, as some gateways send
    it, is that error.
    """
    try:
        found = decoded(text)
    except (ValueError, RecursionError) as error:
        raise not_an_answer(provider) from error
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, dict):
        raise not_an_answer(provider)
    return found


def decoded(text: bytes | str) -> Any:
    """The value of a JSON text. Raises ValueError, or RecursionError for one that is nested too deeply.

    A count of thousands of digits, which Python refuses to read as an integer, must not cost an answer that was paid
    for: it is infinity.
    """
    return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) <= _DIGITS else float(digits))


def table(value: object) -> Payload:
    """The value where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}
