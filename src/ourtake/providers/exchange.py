"""One request to a provider on the wire, whole or as a stream; each provider's file says only how its API words
things.

The SDKs make the request: addresses, keys, headers. The answer is read here from its raw JSON, since their own objects
accept an error page, null or a broken stream as an answer. Nothing here asks again, but for a parameter that the model
refused by name (parameters.py).
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx2

from ourtake.documents import Payload, Usage
from ourtake.errors import PermanentError, ProviderError, TransientError
from ourtake.providers.base import Connection, OnText, ProviderInfo, Reply, ReplyStatus, Request
from ourtake.providers.endings import FAILED, status_of, whole_object
from ourtake.providers.events import json_events
from ourtake.providers.faults import broken, fault, fault_in_stream, not_an_answer, said, too_large
from ourtake.providers.http import MAX_BYTES, json_answer
from ourtake.providers.parameters import Capabilities
from ourtake.providers.usage import Counted
from ourtake.values import clean_text

_FORM = re.compile(r"response_format|schema|grammar|json", re.I)


@dataclass
class Parts:
    """The parts of a reply, as they arrive. `used`: the API's own counts of tokens; `done`: its last event has come;
    `ended`: nothing is missing, since the answer came as a whole or its last event has come.

    `thoughts` and `tool` (the arguments of a call of a tool) are where some servers put the answer: one of them is
    taken for it if there is no object in the text, and it is one whole object.
    """

    text: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    tool: list[str] = field(default_factory=list)
    ended: bool = False
    stop: Any = None
    used: Payload = field(default_factory=dict)
    model: str = ""
    done: bool = False


class ApiProvider(ABC):
    """A provider on the wire. A subclass says how its API words a request and an answer; the rest is done here.

    `client` has `close()` and `get(path, cast_to=httpx2.Response)`, as the SDKs' clients and http.JsonClient do.
    `create`: the SDK's function, whose signature says which parameters it knows.
    """

    stops: ClassVar[Mapping[str, ReplyStatus]] = {}
    """From the API's own stop reasons to a status, before those that endings.py knows."""
    request_id_header = "x-request-id"
    version = ""
    """The end of the API's base addresses, "/v1", where people leave it out."""

    def __init__(self, connection: Connection, client: Any, create: Callable[..., Any] | None = None) -> None:
        self.info = connection.info
        self.name, self.model = self.info.provider, self.info.model
        self.client = client
        self.learned = Capabilities(connection.takes, create)

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. `usage.calls` counts the refusals that taught which parameters to leave out."""
        refusals = 0
        while True:
            without, asked = frozenset(self.learned.out), self.learned.tokens(request.max_output_tokens)
            try:
                reply = await _once(self, self.arguments(request), on_text)
            except ProviderError:
                raise
            except Exception as error:
                if not _adapted(self, error, without=without, asked=asked):
                    raise plain_error(error, info=self.info) from error
                refusals += 1
            else:
                more = {"usage": reply.usage.plus(Usage(calls=refusals))} if refusals else {}
                return reply.model_copy(update=more)

    async def close(self) -> None:
        """Close connections."""
        await self.client.close()

    @abstractmethod
    def arguments(self, request: Request) -> Payload:
        """The request in the API's words, without what the model was found not to take."""

    @abstractmethod
    async def send(self, arguments: Payload, *, stream: bool) -> Any:
        """The response, or an SDK's raw one; the body of a stream is not read yet."""

    @abstractmethod
    def read(self, answer: Payload, parts: Parts) -> None:
        """Read a whole answer's JSON into `parts`. Raises TransientError for JSON that is not an answer."""

    def read_event(self, event: Payload, parts: Parts) -> None:
        """Read one event of a stream into `parts`; by default events look like whole answers."""
        self.read(event, parts)

    @abstractmethod
    def count(self, used: Payload) -> Counted:
        """The tokens of an answer (see usage.counted)."""

    def other_form(self, without: frozenset[str]) -> bool:
        """Whether a server that failed in an unclear way may answer in another form of output, which is then tried."""
        return False

    def made(self, parts: Parts, request_id: str | None) -> Reply:
        """The reply of these parts: complete only with the API's own mark of a whole answer, empty without text."""
        text, stop = clean_text("".join(parts.refusal) or _answer_in(parts)), parts.stop
        if isinstance(stop, str) and stop.lower() in FAILED:
            raise fault_in_stream({"message": f"it ended its reply with {stop!r}"}, info=self.info, otherwise=200)
        status = status_of(stop, text, ended=parts.ended or parts.done, own=self.stops)
        if parts.refusal and status != "filtered":
            status = "refused"
        elif status == "complete" and not text.strip():
            status = "empty"
        if parts.thoughts and not text.strip():
            text = f"<think>{clean_text(''.join(parts.thoughts))}</think>"  # they were paid for, too
        usage, doubt = self.count(parts.used)
        return Reply(
            status=status,
            text=text,
            stop_reason=clean_text(stop) if isinstance(stop, str) else None,
            usage=usage,
            doubt=doubt,
            model=parts.model or self.model,
            request_id=request_id,
        )

    def whole(self, answer: Payload, request_id: str | None = None) -> Reply:
        """The reply of a whole answer's JSON. Raises TransientError for JSON that is not an answer."""
        parts = Parts(ended=True)
        with _reading(self):
            self.read(answer, parts)
            return self.made(parts, request_id)


def _answer_in(parts: Parts) -> str:
    """The text of the answer, wherever the server put it."""
    text = "".join(parts.text)
    if "{" not in text:
        for other in ("".join(parts.tool), "".join(parts.thoughts)):
            if whole_object(other):
                return other
    return text


def _adapted(api: ApiProvider, error: Exception, *, without: frozenset[str], asked: int) -> bool:
    """Whether the provider refused a part of the request that can be left out: then the request is made again without
    it.
    """
    status, body = getattr(error, "status_code", None), getattr(error, "body", None)
    if not isinstance(status, int):
        return False
    found = fault(status, body, info=api.info)
    if isinstance(found, TransientError) and status in (500, 501):
        # Some servers fail plainly where they can't do a form of output. The retry layer counts this one, so nothing is
        # asked again here.
        api.other_form(without)
    if not isinstance(found, PermanentError):
        return False
    if found.too_long:
        return api.learned.shortened(said(body), asked=asked)
    if status in (404, 405) and not found.named:
        return _at_other_address(api, without)
    if status not in (400, 415, 422) or found.named:
        return False
    inner = body.get("error", body) if isinstance(body, dict) else {}
    text = f"{inner.get('param') or ''} {said(body)}" if isinstance(inner, dict) else said(body)
    if api.learned.from_refusal(text, asked=asked, without=without):
        return True
    return bool(_FORM.search(text)) and api.other_form(without)


def _at_other_address(api: ApiProvider, without: frozenset[str]) -> bool:
    """Whether a server that knows no such path may know it below /v1, which a base address often lacks. It stays there
    for the run; calls that were under way meanwhile are made again, too.
    """
    base = str(api.client.base_url).rstrip("/")
    if api.version and "address" not in without and not base.endswith(api.version):
        api.client.base_url = base + api.version
        api.learned.out.add("address")
    return "address" in api.learned.out and "address" not in without


async def _once(api: ApiProvider, arguments: Payload, on_text: OnText | None) -> Reply:
    if on_text is None:
        response = _response(await api.send(arguments, stream=False))
        body = await json_answer(response, api.name)
        _refuse_error(body, api)
        return api.whole(body, response.headers.get(api.request_id_header))
    on_text("")
    response = _response(await api.send(arguments, stream=True))
    parts, seen, length = Parts(), -1, 0
    try:
        async for event in json_events(response, api.name):
            _refuse_error(event.body, api, streamed=event.piece)
            seen = max(seen, 0)
            parts.ended = parts.ended or event.last or not event.piece
            if event.last:
                break
            with _reading(api):
                (api.read_event if event.piece else api.read)(event.body, parts)
            # The last event of some APIs repeats the whole text.
            new, seen = "" if parts.done else "".join(parts.text[seen:]), len(parts.text)
            length += len(new)
            if length > MAX_BYTES:
                raise too_large()
            if new:
                on_text(clean_text(new))
            if parts.done:
                break
    finally:
        await asyncio.shield(response.aclose())
    if seen < 0:
        raise not_an_answer(api.name)
    with _reading(api):
        return api.made(parts, response.headers.get(api.request_id_header))


def _response(answer: Any) -> httpx2.Response:
    found: httpx2.Response = getattr(answer, "http_response", answer)
    return found


@contextmanager
def _reading(api: ApiProvider) -> Iterator[None]:
    """A part of an answer with the wrong type makes it invalid as an answer."""
    try:
        yield
    except (TypeError, AttributeError, LookupError, ValueError) as error:
        raise not_an_answer(api.name) from error


def _refuse_error(body: Payload, api: ApiProvider, *, streamed: bool = False) -> None:
    """Raise what a success status holds instead of an answer: an {"error"}, or an event of type error."""
    error = body.get("error") if not body.get("status") else None
    if not error and "error" in (body.get("type"), body.get("object")):
        error = {key: body.get(key) for key in ("code", "message")}
    if error:
        raise fault_in_stream(error, info=api.info, otherwise=500 if streamed else 200)


def plain_error(error: Exception, *, info: ProviderInfo) -> Exception:
    """The SDK's error as one of ours; an error that is neither its nor the connection's stays what it is."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        headers = getattr(getattr(error, "response", None), "headers", {})
        return fault(status, getattr(error, "body", None), info=info, headers=headers)
    host = httpx2.URL(info.base_url).host if info.base_url.isprintable() else ""
    return broken(error, info=info, host=host or info.base_url) or error
