"""Server-sent events -> JSON objects, read by ourselves: the SDKs pass over what they don't know, so that an error page, null or half a stream
looks to them like an empty answer.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from ourtake.documents import Payload
from ourtake.errors import TransientError
from ourtake.providers.wire import event_error, not_an_answer

_FIELDS = ("event", "id", "retry")


async def events(response: Any, *, provider: str, model: str) -> AsyncIterator[Payload]:
    """The events of a stream until its end or [DONE].

    Raises TransientError for what is no event of a model, and what `event_error` makes of an event that reports an error.
    """
    data: list[str] = []
    async for line in _lines(response, provider):
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif not line and data:
            text = "\n".join(data)
            data = []
            if text.strip() == "[DONE]":
                return
            yield _event(text, provider=provider, model=model)
        elif name and name not in _FIELDS:
            raise not_an_answer(provider)


async def _lines(response: Any, provider: str) -> AsyncIterator[str]:
    # Bytes, not the client's own lines: those end at U+2028 and its like too, which may stand in the middle of a JSON text.
    rest = b""
    async for piece in response.aiter_bytes():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            try:
                yield line.removesuffix(b"\r").decode()
            except UnicodeDecodeError as error:
                raise not_an_answer(provider) from error
    if rest.strip():
        name = rest.partition(b":")[0].decode(errors="replace")
        raise ended_early(provider) if name in ("data", *_FIELDS) else not_an_answer(provider)


def _event(text: str, *, provider: str, model: str) -> Payload:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise not_an_answer(provider) from error
    if not isinstance(found, dict):
        raise not_an_answer(provider)
    if found.get("type") == "error" or found.get("error"):
        raise event_error(found.get("error") or found, provider=provider, model=model)
    return found


def ended_early(provider: str) -> TransientError:
    """A stream without its last event: nobody knows what was left out; it may have been billed, so it is asked for once more only."""
    return TransientError(f"The answer of {provider} ended before it was whole; it may have been billed.", "Check the network, and try again.")
