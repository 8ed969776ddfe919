"""What the providers on the wire share: the HTTP client they give their SDK, answers read with care, and errors in plain words.

Both SDKs are built on httpx2. The client refuses redirects (they would post the prompt to another host) and stops reading an answer at
MAX_BYTES. Each error becomes a sentence without keys and without the HTML of an error page.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
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
_OVERLOADED = re.compile(r"overloaded|\b529\b", re.IGNORECASE)
_RATE = re.compile(r"rate.?limit|too many requests|\b429\b", re.IGNORECASE)
_HOPELESS = re.compile(r"invalid|authentication|permission|not_found|billing|unsupported", re.IGNORECASE)
TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


class _Capped(httpx2.AsyncByteStream):
    """A body that may not be longer than MAX_BYTES."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for piece in self._stream:
            seen += len(piece)
            if seen > MAX_BYTES:
                raise PermanentError("The provider's answer is too large to be a take.", "Check the base address of the provider.")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            # A cap on packed bytes is none: 50 kB unpack to 50 MB. None was asked for.
            await response.aclose()
            raise PermanentError("The provider's answer is compressed, which was not asked for.", "Check the base address of the provider.")
        response.stream = _Capped(response.stream)
        return response


def http_client(base_url: str | None = None, *, connections: int = 200) -> httpx2.AsyncClient:
    """A client for an SDK. The wall-clock deadline of a call is kept by retry.py; the time-out here is for one read."""
    # Reading the certificates costs 60 ms of start-up, and a server at a plain http address has none to be checked.
    secure = not (base_url or "").lower().startswith("http://")
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx2.AsyncClient(
        transport=_Transport(limits=limits, verify=secure),
        headers={"accept-encoding": "identity"},
        follow_redirects=False,
        timeout=httpx2.Timeout(600, connect=10),
    )


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
    detail = _detail(error, key_name)
    if status == 200:
        return event_error(getattr(error, "body", None), provider=provider, model=model)
    if 300 <= status < 400:
        return PermanentError(f"{provider} answered with a redirect, which is not followed.", "Check the base address.", status=status)
    if status == 402 or (_QUOTA.search(detail) and status in (400, 403, 429)):
        what = f"{provider} says that the account has no credit left: {detail}"
        return PermanentError(what, "Top it up, or choose another model.", status=status, quota=True)
    if status in (401, 403):
        return PermanentError(f"{provider} refused the key for model {model}.", f"Check {key_name}.", status=status)
    if status == 404:
        return PermanentError(f"{provider} has no model {model} at this address.", "See `ourtake models`, or check the base address.", status=status)
    if status in TRANSIENT or status >= 500:
        wait = _retry_after(error)
        do = "Try again later." if not wait else f"Try again in {wait:.0f} seconds." if wait < 120 else f"Try again in {wait / 60:.0f} minutes."
        return TransientError(f"{provider} failed with status {status}: {detail}", do, status=status, retry_after=wait)
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


def event_error(body: object, *, provider: str, model: str) -> ProviderError:
    """The error that a 200 carried inside it: by its type, since there is no status."""
    detail = _said(body)
    if _QUOTA.search(detail):
        what = f"{provider} says that the account has no credit left: {detail}"
        return PermanentError(what, "Top it up, or choose another model.", quota=True)
    what = f"{provider} broke off its answer: {detail}"
    if _OVERLOADED.search(detail) or _RATE.search(detail):
        return TransientError(what, "Try again later.", status=529 if _OVERLOADED.search(detail) else 429)
    if _HOPELESS.search(detail):
        return PermanentError(what, f"Check the model {model} and its settings.")
    return TransientError(what, "Try again later.", status=500)


def _detail(error: Exception, key_name: str) -> str:
    body = getattr(error, "body", None)
    secret = os.environ.get(key_name, "")
    said = _said(body.get("error", body) if isinstance(body, dict) else body)
    return said.replace(secret, "[key]") if secret else said


def _said(body: object) -> str:
    """A code and a message out of an error's body, without keys and without the HTML of an error page."""
    if isinstance(body, dict):
        inner = table(body.get("error")) or body
        kind = inner.get("code") or inner.get("type")
        text = " ".join(str(part) for part in (kind, inner.get("message") or inner.get("error")) if part)
    else:
        text = "" if body is None else str(body)
    return _KEY.sub("[key]", "" if "<" in text else clean_text(text))[:300] or "no reason given."


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    milliseconds, given = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        seconds = float(milliseconds) / 1000 if milliseconds is not None else float(given or "")
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(given or "") - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def not_an_answer(provider: str) -> TransientError:
    """A success status over something that no model sends: an error page, null, an object without a reply."""
    return TransientError(f"{provider} answered, but not as a model does.", "Check the base address of the provider.", status=200)


@contextmanager
def reading(provider: str) -> Iterator[None]:
    """Whatever can't be read inside is no model's answer: a number where a list should be, a list where a text should be."""
    try:
        yield
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise not_an_answer(provider) from error


def tokens(value: object) -> int:
    """A count of tokens; 0 for anything else, since a strange count must not cost an answer that was paid for."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def table(value: object) -> Payload:
    """The value where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


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
    reason = clean_text(stop) if isinstance(stop, str) else None
    return Reply(status=status, text=cleaned, stop_reason=reason, usage=usage, model=model, request_id=request_id)
