"""A model provider on loopback that behaves as the model's name says: well, or badly in one of the ways that providers
are known for.

    python -m tests.wire.awkward_server --port 8901 [--reply FILE]

GET /counts tells how many requests each model got

It speaks Responses, Messages, chat completions and Gemini's generateContent over bare sockets, so that a connection
can break where it is wanted. A name that begins with "once-" behaves badly the first time and well ever after. The
replies are made up; no model wrote them.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.wire.oddities import echoed, text_of, usage_of

REPLY = json.dumps({"headline": "A headline", "summary": "A summary.", "body": "First.\n\nSecond.", "tags": ["one"]})
REFUSAL = "I would rather not write this."
PARTIAL = '{"headline": "Half a'

Payload = dict[str, Any]
_ERRORS: dict[str, tuple[int, Payload, dict[str, str]]] = {
    "429": (429, {"type": "rate_limit_error", "message": "slow down"}, {}),
    "429-retry-after": (429, {"type": "rate_limit_error", "message": "slow down"}, {"retry-after": "1"}),
    "429-too-long": (429, {"type": "rate_limit_error", "message": "slow down"}, {"retry-after": "3600"}),
    "500": (500, {"type": "api_error", "message": "internal error"}, {}),
    "503": (503, {"type": "api_error", "message": "unavailable"}, {}),
    "504": (504, {"type": "timeout_error", "message": "timed out"}, {}),
    "408": (408, {"type": "timeout_error", "message": "timed out"}, {}),
    "402": (402, {"type": "billing", "message": "Payment Required"}, {}),
    "no-access": (403, {"type": "permission_error", "message": "Your key may not do this."}, {}),
    "529": (529, {"type": "overloaded_error", "message": "Overloaded"}, {}),
    "quota": (
        429,
        {"type": "insufficient_quota", "code": "insufficient_quota", "message": "You exceeded your current quota."},
        {},
    ),
    "credit": (
        400,
        {"type": "invalid_request_error", "message": "Your credit balance is too low to access the API."},
        {},
    ),
    "bad-key": (
        401,
        {"type": "authentication_error", "message": "Incorrect API key provided: sk-live-0123456789abcdef."},
        {},
    ),
    "unknown-model": (
        404,
        {"type": "not_found_error", "code": "model_not_found", "message": "The model does not exist."},
        {},
    ),
    "context-overflow": (
        400,
        {"type": "invalid_request_error", "code": "context_length_exceeded", "message": "prompt is too long: 9 > 8"},
        {},
    ),
    "filter-error": (
        400,
        {"type": "invalid_request_error", "message": "Output blocked by content filtering policy"},
        {},
    ),
    "bad-request": (400, {"type": "invalid_request_error", "message": "something about it is wrong"}, {}),
}
_PARAMETERS = {
    "no-temperature": ("temperature", "Unsupported parameter: 'temperature' is not supported with this model."),
    "no-cache": ("prompt_cache_key", "Unknown parameter: 'prompt_cache_key'."),
    "no-max-tokens": (
        "max_tokens",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ),
    "no-stream-options": ("stream_options", "stream_options is not supported"),
}
_RAW = {
    "malformed": ("application/json", b'{"id": "x", "output": [ {"type": "mess'),
    "html": ("text/html", b"<html><body><h1>Welcome</h1></body></html>"),
    "nothing": ("application/json", b""),
    "null": ("application/json", b"null"),
    "error-200": ("application/json", b'{"error": {"message": "something is wrong"}}'),
}


class Awkward:
    """The server's state: the reply of a good answer, and what was asked of it."""

    def __init__(self, reply: str = REPLY) -> None:
        self.reply = reply
        self.counts: Counter[str] = Counter()
        self.requests: list[Payload] = []
        self.heads: list[str] = []
        self.pause = 0.0
        """Seconds before each event of a stream."""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._one(reader, writer):
                pass
        with suppress(ConnectionError):
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next((int(line[15:]) for line in head.lower().splitlines() if line.startswith("content-length:")), 0)
        body = json.loads(await reader.readexactly(length)) if length else {}
        path = head.split(" ")[1].split("?")[0]
        if head.startswith("GET"):
            return await self._get(path, writer)
        gemini = re.search(r"/models/([^/]+):(?:stream)?[gG]enerateContent$", path)
        model = gemini[1] if gemini else str(body.get("model"))
        self.counts[model] += 1
        self.requests.append(body)
        self.heads.append(head)
        first = self.counts[model] == 1
        named = model.removeprefix("once-")
        behaviour = named if first or named == model else "good"
        return await self._behave(behaviour, path, body, writer)

    async def _get(self, path: str, writer: asyncio.StreamWriter) -> bool:
        name = path.rpartition("/")[2]
        if path == "/counts":
            return await _send(writer, 200, dict(self.counts))
        if name == "models":
            return await _send(writer, 200, {"object": "list", "data": [{"id": "good", "object": "model"}]})
        if name in _ERRORS:
            status, error, headers = _ERRORS[name]
            return await _send(writer, status, {"error": error}, headers)
        return await _send(writer, 200, {"id": name, "object": "model", "type": "model", "max_input_tokens": 200_000})

    async def _behave(self, behaviour: str, path: str, body: Payload, writer: asyncio.StreamWriter) -> bool:
        stream = bool(body.get("stream")) or ":stream" in path
        if behaviour in _ERRORS:
            status, error, headers = _ERRORS[behaviour]
            return await _send(writer, status, {"type": "error", "error": error}, headers)
        if behaviour in _PARAMETERS and _PARAMETERS[behaviour][0] in body:
            name, message = _PARAMETERS[behaviour]
            error = {
                "type": "invalid_request_error",
                "code": "unsupported_parameter",
                "param": name,
                "message": message,
            }
            return await _send(writer, 400, {"error": error})
        if behaviour == "500-for-schema" and "json_schema" in json.dumps(body):
            return await _send(writer, 500, {"error": {"message": "grammar"}})
        if behaviour in _RAW:
            kind, raw = _RAW[behaviour]
            return await _send(writer, 200, raw, {"content-type": kind})
        if behaviour == "redirect":
            return await _send(writer, 307, {}, {"location": "http://127.0.0.1:9/elsewhere"})
        if behaviour == "huge":
            return await _send(writer, 200, b'{"x": "' + b"x" * 50_000_000 + b'"}')
        if behaviour == "compressed":
            return await _send(writer, 200, b"\x8b\x00\x80abc\x03", {"content-encoding": "br"})
        if behaviour == "502-html":
            return await _send(
                writer, 502, b"<html><body><h1>Bad Gateway</h1></body></html>", {"content-type": "text/html"}
            )
        if behaviour == "drop-before":
            return False
        if behaviour == "silence":
            await asyncio.sleep(600)  # longer than any deadline that is tested
            return False
        if behaviour in ("drip", "pings"):
            return await _never_ending(behaviour, writer)
        if behaviour == "drop-after" and not stream:
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n" + b'{"id": "x", '
            )
            await writer.drain()
            return False
        if behaviour == "echo-error":
            return await _send(writer, 400, {"error": {"message": "You sent " + " and ".join(echoed(self.heads[-1]))}})
        back = echoed(self.heads[-1]) if behaviour == "echo" else []
        if not stream:
            answer = whole(path, _ending(behaviour), self._text(behaviour, back))
            usage = usage_of(behaviour, path)
            answer |= ({} if ":" in path else {"model": f"m {back}"}) | ({} if usage is None else {"usage": usage})
            if behaviour in ("gzip", "cut-gzip"):
                packed = gzip.compress(json.dumps(answer).encode())
                cut = packed[: len(packed) // 2] if behaviour == "cut-gzip" else packed
                return await _send(writer, 200, cut, {"content-encoding": "gzip"})
            return await _send(writer, 200, answer, {"x-request-id": back[0], "request-id": back[0]} if back else None)
        return await self._streamed(behaviour, path, writer)

    def _text(self, behaviour: str, back: Sequence[str] = ()) -> str:
        if back:
            return json.dumps(json.loads(self.reply) | {"headline": f"You sent {' and '.join(back)}"})
        if ":" in behaviour or behaviour == "key-twice":
            return text_of(behaviour, self.reply)
        return {"empty": "", "refusal": REFUSAL, "cut-off": PARTIAL, "drop-after": PARTIAL, "early-end": PARTIAL}.get(
            behaviour, self.reply
        )

    async def _streamed(self, behaviour: str, path: str, writer: asyncio.StreamWriter) -> bool:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: "
            b"chunked\r\n\r\n"
        )
        back = echoed(self.heads[-1]) if behaviour == "echo" else []
        events = list(pieces(path, _ending(behaviour), self._text(behaviour, back), usage=usage_of(behaviour, path)))
        if behaviour == "error-event":
            said = {"code": "overloaded", "message": "Overloaded"}
            error = (
                said
                if path.endswith("/responses")
                else {"error": {"type": "overloaded_error", "message": "Overloaded"}}
            )
            events = [*events[:2], {"type": "error", **error}]
        if behaviour in ("early-end", "drop-after"):
            events = [event for event in events if not _marks_end(event)]
        for number, event in enumerate(events):
            await asyncio.sleep(self.pause)
            raw = (
                b'data: {"broken\n\n'
                if behaviour == "broken-event" and number == 1
                else b"data: " + json.dumps(event).encode() + b"\n\n"
            )
            writer.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
            await writer.drain()
        if behaviour != "drop-after":
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return False


def _ending(behaviour: str) -> str:
    return behaviour if behaviour in ("cut-off", "refusal", "content-filter") else "good"


async def _send(
    writer: asyncio.StreamWriter, status: int, body: Payload | bytes, headers: dict[str, str] | None = None
) -> bool:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"content-type": "application/json", "content-length": str(len(raw))} | (headers or {})
    writer.write(
        f"HTTP/1.1 {status} X\r\n".encode()
        + "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()
        + b"\r\n"
        + raw
    )
    await writer.drain()
    return True


async def _never_ending(behaviour: str, writer: asyncio.StreamWriter) -> bool:
    kind = "text/event-stream" if behaviour == "pings" else "application/json"
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n".encode())
    for _ in range(1200):  # a minute: longer than any deadline that is tested, and then it stops by itself
        writer.write(b": ping\n\n" if behaviour == "pings" else b" ")
        await writer.drain()
        await asyncio.sleep(0.05)
    return False


def whole(path: str, ending: str, text: str) -> Payload:
    """A whole answer in the words of the API at this path."""
    if path.endswith("/responses"):
        part = (
            {"type": "refusal", "refusal": text}
            if ending == "refusal"
            else {"type": "output_text", "text": text, "annotations": []}
        )
        message = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [part]}
        details = {"cut-off": {"reason": "max_output_tokens"}, "content-filter": {"reason": "content_filter"}}.get(
            ending
        )
        usage = {
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 10},
            "output_tokens": 50,
        }
        status = "incomplete" if details else "completed"
        return {
            "id": "r1",
            "object": "response",
            "status": status,
            "output": [message],
            "incomplete_details": details,
            "model": "m",
            "usage": usage,
        }
    if path.endswith("/messages"):
        stop = {"cut-off": "max_tokens", "refusal": "refusal", "content-filter": "refusal"}.get(ending, "end_turn")
        usage = {
            "input_tokens": 50,
            "cache_read_input_tokens": 40,
            "cache_creation_input_tokens": 10,
            "output_tokens": 50,
        }
        content = [{"type": "text", "text": text}]
        return {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": content,
            "stop_reason": stop,
            "usage": usage,
        }
    if path.endswith("enerateContent"):
        stop = {"cut-off": "MAX_TOKENS", "refusal": "SAFETY", "content-filter": "SAFETY"}.get(ending, "STOP")
        counts = {"promptTokenCount": 100, "candidatesTokenCount": 40, "thoughtsTokenCount": 10}
        candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": stop}
        return {"candidates": [candidate], "usageMetadata": counts | {"cachedContentTokenCount": 40}}
    stop = {"cut-off": "length", "content-filter": "content_filter"}.get(ending, "stop")
    spoken: Payload = {"content": None, "refusal": text} if ending == "refusal" else {"content": text}
    choice = {"index": 0, "message": {"role": "assistant", **spoken}, "finish_reason": stop}
    usage = {"prompt_tokens": 100, "completion_tokens": 50, "prompt_tokens_details": {"cached_tokens": 40}}
    return {"id": "c1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage}


def pieces(path: str, ending: str, text: str, *, usage: Payload | None = None) -> Iterator[Payload]:
    """The same answer as the events of a stream."""
    answer = whole(path, ending, text) | ({} if usage is None else {"usage": usage})
    parts = [text[start : start + 20] for start in range(0, len(text), 20)]
    if path.endswith("/responses"):
        kind = "refusal" if ending == "refusal" else "output_text"
        yield {"type": "response.created", "response": {**answer, "status": "in_progress", "output": []}}
        yield from ({"type": f"response.{kind}.delta", "delta": part} for part in parts)
        yield {"type": f"response.{answer['status']}", "response": answer}
    elif path.endswith("/messages"):
        usage = answer["usage"]
        yield {
            "type": "message_start",
            "message": {**answer, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}},
        }
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        yield {"type": "ping"}
        yield from (
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}} for part in parts
        )
        yield {
            "type": "message_delta",
            "delta": {"stop_reason": answer["stop_reason"]},
            "usage": {"output_tokens": usage.get("output_tokens")},
        }
        yield {"type": "message_stop"}
    elif path.endswith("enerateContent"):
        last = answer["candidates"][0]
        yield from ({"candidates": [{"content": {"parts": [{"text": part}]}}], "usageMetadata": {}} for part in parts)
        yield {**answer, "candidates": [{**last, "content": {"parts": []}}]}
    else:
        name = "refusal" if ending == "refusal" else "content"
        yield from ({"choices": [{"index": 0, "delta": {name: part}, "finish_reason": None}]} for part in parts)
        yield {"choices": [{"index": 0, "delta": {}, "finish_reason": answer["choices"][0]["finish_reason"]}]}
        yield {"choices": [], "usage": answer["usage"]}


def _marks_end(event: Payload) -> bool:
    choices = event.get("choices")
    if any("finishReason" in candidate for candidate in event.get("candidates", [])):
        return True
    ended = event.get("type") in ("response.completed", "response.incomplete", "message_delta", "message_stop")
    return ended or (isinstance(choices, list) and (not choices or choices[0]["finish_reason"] is not None))


@contextmanager
def serving(reply: str = REPLY) -> Iterator[tuple[Awkward, int]]:
    """The server and its port, in a thread of this process."""
    awkward, loop, ready, port = Awkward(reply), asyncio.new_event_loop(), threading.Event(), [0]

    async def begin() -> None:
        server = await asyncio.start_server(awkward.handle, "127.0.0.1", 0, limit=10_000_000)
        port[0] = server.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(600)
    try:
        yield awkward, port[0]
    finally:
        loop.call_soon_threadsafe(_stop, loop)
        thread.join(600)
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_soon(loop.stop)


async def main(port: int, reply: str) -> None:
    server = await asyncio.start_server(Awkward(reply).handle, "127.0.0.1", port, limit=10_000_000)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--reply", type=Path)
    given = parser.parse_args()
    asyncio.run(main(given.port, given.reply.read_text(encoding="utf-8") if given.reply else REPLY))
