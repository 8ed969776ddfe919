"""What the providers on the wire share: the HTTP client they give their SDK, and SDK errors in plain words.

Both SDKs are built on httpx2. The client refuses redirects (they would post the prompt to another host) and stops reading an answer at
MAX_BYTES. Each error becomes a sentence without keys and without the HTML of an error page.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from ourtake.documents import Payload, Usage, clean_text
from ourtake.errors import PermanentError, ProviderError, TransientError
from ourtake.providers.base import Reply, ReplyStatus

MAX_BYTES = 1_000_000
_QUOTA = re.compile(r"insufficient_quota|credit balance|billing|exceeded your current quota", re.IGNORECASE)
_KEY = re.compile(r"\b(sk|pk|key)-[\w-]{6,}", re.IGNORECASE)
TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


class _Capped(httpx2.AsyncByteStream):
    """A body that may not be longer than so many bytes."""

    def __init__(self, stream: Any, most_bytes: int) -> None:
        self._stream = stream
        self._most_bytes = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for piece in self._stream:
            seen += len(piece)
            if seen > self._most_bytes:
                raise PermanentError("The provider's answer is too large to be a take.", "Check the base address of the provider.")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    def __init__(self, *, most_bytes: int, limits: httpx2.Limits, verify: bool) -> None:
        super().__init__(limits=limits, verify=verify)
        self._most_bytes = most_bytes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        response.stream = _Capped(response.stream, self._most_bytes)
        return response


def http_client(base_url: str | None = None, *, connections: int = 200, most_bytes: int = MAX_BYTES) -> httpx2.AsyncClient:
    """A client for an SDK. The wall-clock deadline of a call is kept by retry.py; the time-out here is for one read."""
    # Reading the certificates costs 60 ms of start-up, and a server at a plain http address has none to be checked.
    secure = not (base_url or "").lower().startswith("http://")
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    transport = _Transport(most_bytes=most_bytes, limits=limits, verify=secure)
    return httpx2.AsyncClient(transport=transport, follow_redirects=False, timeout=httpx2.Timeout(600, connect=10))


def plain_error(error: Exception, *, provider: str, model: str, key_name: str) -> ProviderError:
    """The SDK's error as one of ours."""
    if isinstance(error, ProviderError):
        return error
    cause = error.__cause__
    if isinstance(cause, ProviderError):
        return cause
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return _without_status(error, provider)
    detail = _detail(error)
    if 300 <= status < 400:
        return PermanentError(f"{provider} answered with a redirect, which is not followed.", "Check the base address.", status=status)
    if _QUOTA.search(detail) and status in (400, 402, 403, 429):
        what = f"{provider} says that the account has no credit left: {detail}"
        return PermanentError(what, "Top it up, or choose another model.", status=status, quota=True)
    if status in (401, 403):
        return PermanentError(f"{provider} refused the key for model {model}.", f"Check {key_name}.", status=status)
    if status == 404:
        return PermanentError(f"{provider} has no model {model} at this address.", "See `ourtake models`, or check the base address.", status=status)
    overloaded = status == 200 and "overloaded" in detail.lower()
    if status in TRANSIENT or status >= 500 or overloaded:
        what = f"{provider} failed with status {529 if overloaded else status}: {detail}"
        return TransientError(what, "Try again later.", status=529 if overloaded else status, retry_after=_retry_after(error))
    return PermanentError(f"{provider} refused the request with status {status}: {detail}", "Check the model and its settings.", status=status)


def _without_status(error: Exception, provider: str) -> ProviderError:
    name = type(error).__name__
    cause = error.__cause__
    text = f"{cause!r}" if cause else str(error)
    if "CERTIFICATE" in text.upper():
        return PermanentError(f"{provider}'s certificate can't be verified.", "Check the base address and the machine's clock.")
    if "Connection" in name or "Timeout" in name or "Protocol" in text or "ReadError" in text or "Connect" in text:
        refused = "ConnectError" in text
        found = TransientError(
            f"{provider} could not be reached." if refused else f"The connection to {provider} broke.", "Check the network and the address."
        )
        found.status = 0 if refused else None
        return found
    return TransientError(f"{provider} did not answer as a model does.", "Check the base address of the provider.")


def _detail(error: Exception) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        message = inner.get("message") if isinstance(inner, dict) else None
        kind = (inner.get("code") or inner.get("type")) if isinstance(inner, dict) else None
        text = " ".join(str(part) for part in (kind, message) if part)
    else:
        text = "" if body is None or "<" in str(body) else str(body)
    return _KEY.sub("[key]", clean_text(text))[:300] or "no reason given."


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    milliseconds, given = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds is not None:
            return float(milliseconds) / 1000
        return None if given is None else float(given)
    except ValueError:
        pass_date = given or ""
    try:
        return max(0.0, (parsedate_to_datetime(pass_date) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def not_an_answer(provider: str) -> TransientError:
    """A success status over something that no model sends: an error page, null, an object without a reply."""
    return TransientError(f"{provider} answered, but not as a model does.", "Check the base address of the provider.", status=200)


def json_answer(response: Any, provider: str) -> Payload:
    """The JSON object of a success status. Raises TransientError for anything else: an error page, null, an {"error"}, a broken body."""
    try:
        found = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise not_an_answer(provider) from error
    if not isinstance(found, dict):
        raise not_an_answer(provider)
    return found


def made_reply(*, whole: bool, cut: bool, refused: bool, text: str, stop: str | None, usage: Usage, model: str, request_id: str | None) -> Reply:
    """A Reply with the status that its marker gives it; a complete one without text is empty."""
    cleaned = clean_text(text)
    status: ReplyStatus = "refused" if refused else "cut-off" if cut or not whole else "complete" if cleaned.strip() else "empty"
    return Reply(status=status, text=cleaned, stop_reason=stop, usage=usage, model=model, request_id=request_id)
