"""A streamed answer as JSON objects, as lenient as the standard for server-sent events asks readers to be.

Whether a body is a stream is seen in its first line, not in its content type: proxies and servers send streams as plain
text, as JSON, or without a type. Lines end with LF, CR or both; a byte order mark, comments, unknown fields and events
without data are skipped.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import NamedTuple

import httpx2

from ourtake.documents import Payload
from ourtake.providers.faults import not_an_answer
from ourtake.providers.http import answer_of, begins_stream, may_begin_stream

_LINE_END = re.compile(rb"\r\n|\n|\r")
_DONE = "[DONE]"


class Event(NamedTuple):
    """One JSON object. `piece`: it is a part of a stream, not a whole answer; `last`: the stream's end mark has
    arrived, and `body` is empty.
    """

    body: Payload
    piece: bool
    last: bool = False


async def json_events(response: httpx2.Response, provider: str) -> AsyncIterator[Event]:
    """The JSON objects of a stream up to `[DONE]` or the stream's end.

    A server that knows no streams and answers with one JSON object yields just that. Raises TransientError for a piece
    that is not JSON: a stream with a hole in it is not an answer.
    """
    pieces = response.aiter_bytes()
    head = b""
    async for piece in pieces:
        head += piece
        if not may_begin_stream(head):
            break
    if not begins_stream(head):
        rest = b"".join([piece async for piece in pieces])
        yield Event(answer_of(head + rest, provider), piece=False)
        return
    data: list[str] = []
    async for line in _lines(head.removeprefix(b"\xef\xbb\xbf"), pieces, provider):
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif not line:
            text, data = "\n".join(data).strip(), []
            if text == _DONE:
                yield Event({}, piece=True, last=True)
                return
            # Some gateways send their comments (": processing") as data.
            if text and not text.startswith(":"):
                yield Event(answer_of(text.encode(), provider), piece=True)
    if "".join(data).strip() == _DONE:
        yield Event({}, piece=True, last=True)


async def _lines(head: bytes, pieces: AsyncIterator[bytes], provider: str) -> AsyncIterator[str]:
    # Bytes, not the client's own lines: those also end at U+2028 and similar characters, which a JSON text may contain.
    rest = b""
    piece: bytes | None = head
    while piece is not None:
        rest += piece
        # A CR at the end of what has come may be the first half of CR LF.
        held = rest[-1:] if rest.endswith(b"\r") else b""
        *whole, rest = _LINE_END.split(rest.removesuffix(b"\r"))
        rest += held
        for line in whole:
            yield _text(line, provider)
        piece = await anext(pieces, None)
    # A last line without its end is not an event (the stream broke off there), unless it is the mark of the end.
    for line in _LINE_END.split(rest):
        yield _text(line, provider)


def _text(line: bytes, provider: str) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise not_an_answer(provider) from error
