"""One request to a provider on the wire, whole or as a stream; each provider's file says only how its API words things.

The SDKs make the request: addresses, keys, headers. The answer is read here from its raw JSON, since their own objects
accept an error page, null or a broken stream as an answer. Nothing here asks again, but for a parameter that the model
refused by name (parameters.py).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import httpx2

from ourtake.documents import Payload, Usage
from ourtake.errors import PermanentError, ProviderError, TransientError
from ourtake.providers.base import OnText, Reply, ReplyStatus, Request
from ourtake.providers.faults import ProviderInfo, broken, fault, fault_in_stream, not_an_answer, said
from ourtake.providers.http import MAX_BYTES, json_answer, json_events
from ourtake.providers.parameters import Capabilities
from ourtake.providers.usage import Counted
from ourtake.values import clean_text

_FORM = re.compile(r"response_format|schema|grammar|json", re.I)


class Assembly(Protocol):
    """A reply that grows out of the events of a stream."""

    done: bool
    """The API's own last event has come."""

    def add(self, event: Payload) -> str:
        """Take an event in; the text that it adds."""

    def reply(self, request_id: str | None) -> Reply:
        """The reply as it stands; not complete without its mark of a whole answer."""


class Dialect(Protocol):
    """How one API is spoken: what is sent, and how an answer reads. `base_url` is where it goes."""

    who: ProviderInfo
    base_url: str
    request_id_header: str
    learned: Capabilities

    def arguments(self, request: Request) -> Payload:
        """The request in the API's words, without what the model was found not to take."""

    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """The SDK's raw answer; a stream's body is not read yet."""

    def read(self, answer: Payload, request_id: str | None) -> Reply:
        """A whole answer's JSON. Raises TransientError for one that is none."""

    def assembly(self) -> Assembly:
        """An empty reply for a new stream."""

    def other_form(self, without: frozenset[str]) -> bool:
        """Whether a server that failed in an unclear way may answer in another form of output, which is then tried."""


async def ask(dialect: Dialect, request: Request, *, on_text: OnText | None = None) -> Reply:
    """The reply. Raises ProviderError; `usage.calls` counts the refusals that taught which parameters to leave out."""
    refusals = 0
    while True:
        without, asked = frozenset(dialect.learned.out), dialect.learned.tokens(request.max_output_tokens)
        try:
            reply = await _once(dialect, dialect.arguments(request), on_text)
        except ProviderError:
            raise
        except Exception as error:
            if _mended(dialect, error, without=without, asked=asked):
                refusals += 1
                continue
            raise plain_error(error, who=dialect.who, base_url=dialect.base_url) from error
        return reply.model_copy(update={"usage": reply.usage.plus(Usage(calls=refusals))}) if refusals else reply


def _mended(dialect: Dialect, error: Exception, *, without: frozenset[str], asked: int) -> bool:
    """Whether the provider refused a part of the request that can be left out: then the request is made again without
    it.
    """
    status, body = getattr(error, "status_code", None), _body(error)
    if not isinstance(status, int):
        return False
    found = fault(status, body, who=dialect.who)
    if isinstance(found, TransientError) and status in (500, 501):
        # Some servers fail plainly where they can't do a form of output. The retry layer counts this one, so nothing is
        # asked again here.
        dialect.other_form(without)
    if status not in (400, 415, 422) or not isinstance(found, PermanentError) or found.named:
        return False
    inner = body.get("error", body) if isinstance(body, dict) else {}
    text = f"{inner.get('param') or ''} {said(body)}" if isinstance(inner, dict) else said(body)
    if dialect.learned.from_refusal(text, asked=asked, without=without):
        return True
    return bool(_FORM.search(text)) and dialect.other_form(without)


async def _once(dialect: Dialect, arguments: Payload, on_text: OnText | None) -> Reply:
    if on_text is None:
        answer = await dialect.send(arguments, stream=False)
        body = await json_answer(answer.http_response, dialect.who.provider)
        return _read(dialect, body, answer)
    on_text("")
    answer = await dialect.send(arguments, stream=True)
    response: httpx2.Response = answer.http_response
    assembly, length, started = dialect.assembly(), 0, False
    try:
        async for event in json_events(response, dialect.who.provider):
            if not started and "text/event-stream" not in response.headers.get("content-type", ""):
                reply = _read(dialect, event, answer)
                on_text(reply.text)
                return reply
            started = True
            _refuse_error(event, dialect, streamed=True)
            with _reading(dialect):
                piece = assembly.add(event)
            length += len(piece)
            if length > MAX_BYTES:
                raise PermanentError(
                    "The provider's answer is too large to be a take.", "Check the base address of the provider."
                )
            if piece:
                on_text(clean_text(piece))
            if assembly.done:
                break
    finally:
        await asyncio.shield(response.aclose())
    if not started:
        raise not_an_answer(dialect.who.provider)
    with _reading(dialect):
        return assembly.reply(answer.headers.get(dialect.request_id_header))


@contextmanager
def _reading(dialect: Dialect) -> Iterator[None]:
    """A part of an answer that is not of the kind that it should be makes it no answer."""
    try:
        yield
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        raise not_an_answer(dialect.who.provider) from error


def _read(dialect: Dialect, body: Payload, answer: Any) -> Reply:
    _refuse_error(body, dialect)
    with _reading(dialect):
        return dialect.read(body, answer.headers.get(dialect.request_id_header))


def _refuse_error(body: Payload, dialect: Dialect, *, streamed: bool = False) -> None:
    """Raise what a success status holds instead of an answer: an {"error"}, or an event of type error."""
    error = body.get("error") if not body.get("status") else None
    if not error and body.get("type") == "error":
        error = {key: body.get(key) for key in ("code", "message")}
    if error:
        raise fault_in_stream(error, who=dialect.who, otherwise=500 if streamed else 200)


def plain_error(error: Exception, *, who: ProviderInfo, base_url: str) -> Exception:
    """The SDK's error as one of ours; an error that is neither its nor the connection's stays what it is."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        headers = getattr(getattr(error, "response", None), "headers", {})
        return fault(status, _body(error), who=who, headers=headers)
    host = httpx2.URL(base_url).host if base_url.isprintable() else ""
    return broken(error, who=who, host=host or base_url) or error


def _body(error: Exception) -> object:
    return getattr(error, "body", None)


def made_reply(
    *,
    whole: bool,
    text: str,
    stop: str | None,
    counted: Counted,
    model: str,
    request_id: str | None,
    declined: ReplyStatus | None = None,
) -> Reply:
    """A Reply with the status of its marker: `declined` (refused, filtered) where the API says so; a complete one
    without text is empty.
    """
    cleaned = clean_text(text)
    status: ReplyStatus = declined or ("cut-off" if not whole else "complete" if cleaned.strip() else "empty")
    reason = clean_text(stop) if isinstance(stop, str) else None
    usage, doubt = counted
    return Reply(
        status=status, text=cleaned, stop_reason=reason, usage=usage, doubt=doubt, model=model, request_id=request_id
    )
