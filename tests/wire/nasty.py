"""A server on loopback that answers as no model does: the first part of the path says how. It counts the requests of
each kind.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

TAKE = {"headline": "A headline", "summary": "A summary.", "body": "A body.", "tags": ["tag"]}


class Asked(NamedTuple):
    """What a request wants: whose form, and whether as a stream."""

    form: str
    stream: bool


def frame(status: int, body: bytes | str, kind: str = "application/json", **headers: str) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = {"content-type": kind, "content-length": str(len(data)), "connection": "close"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    return (
        f"HTTP/1.1 {status} X\r\n".encode()
        + "".join(f"{k}: {v}\r\n" for k, v in lines.items()).encode()
        + b"\r\n"
        + data
    )


def fault(status: int, kind: str, message: str, **headers: str) -> bytes:
    return frame(
        status, json.dumps({"type": "error", "error": {"type": kind, "code": kind, "message": message}}), **headers
    )


def event(payload: object) -> str:
    return f"data: {json.dumps(payload)}\n\n"


def started(asked: Asked) -> str:
    """The first events of a stream that says "half"."""
    if asked.form == "openai":
        return event({"type": "response.output_text.delta", "delta": "half"})
    if asked.form == "anthropic":
        return event({"type": "message_start", "message": {"usage": None}}) + event(
            {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "half"}}
        )
    return event({"choices": [{"delta": {"content": "half"}, "finish_reason": None}]})


def whole(asked: Asked, usage: object = None) -> str:
    """A complete answer that holds TAKE."""
    text = json.dumps(TAKE)
    if asked.form == "openai":
        done: dict[str, Any] = {
            "status": "completed",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": text}]}],
        }
        return (
            event({"type": "response.completed", "response": done | {"usage": usage}})
            if asked.stream
            else json.dumps(done | {"usage": usage})
        )
    if asked.form == "anthropic":
        if asked.stream:
            delta = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}}
            return event(delta) + event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage})
        return json.dumps({"content": [{"type": "text", "text": text}], "stop_reason": "end_turn", "usage": usage})
    if asked.stream:
        return event({"choices": [{"delta": {"content": text}, "finish_reason": "stop"}], "usage": usage})
    return json.dumps({"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": usage})


def broken_off(asked: Asked, kind: str, message: str) -> bytes:
    """An error inside a stream that had begun; without a stream the same as a status."""
    if not asked.stream:
        return fault(529 if kind == "overloaded_error" else 429, kind, message)
    body: dict[str, Any] = {"error": {"type": kind, "message": message}}
    if asked.form == "openai":
        body = {
            "type": "response.failed",
            "response": {"status": "failed", "error": {"code": kind, "message": message}},
        }
    return frame(
        200,
        started(asked) + event({"type": "error"} | body if asked.form == "anthropic" else body),
        "text/event-stream",
    )


def stream_or_json(asked: Asked, stream: str, plain: str) -> bytes:
    return frame(200, stream, "text/event-stream") if asked.stream else frame(200, plain)


ANSWERS: dict[str, Callable[[Asked], bytes]] = {
    "redirect": lambda _: frame(307, "", location="/stolen/v1/responses"),
    "html": lambda _: frame(200, "<html><body>Sign in</body></html>", "text/html"),
    "null": lambda asked: stream_or_json(asked, "data: null\n\n", "null"),
    "nothing": lambda asked: stream_or_json(asked, "", ""),
    "not-utf-8": lambda _: frame(200, b'data: {"a": "\xff"}\n\n', "text/event-stream"),
    "broken-json": lambda asked: stream_or_json(asked, "data: {half\n\n" + whole(asked), '{"half'),
    "too-large": lambda _: frame(200, b'{"a": "' + b"x" * 2_000_000 + b'"}'),
    "packed": lambda _: frame(200, gzip.compress(b'{"a": "' + b"x" * 9_000_000 + b'"}'), content_encoding="gzip"),
    "strange-usage": lambda asked: stream_or_json(asked, whole(asked, usage=["many"]), whole(asked, usage=["many"])),
    "strange-counts": lambda asked: stream_or_json(
        asked, *[whole(asked, usage={"input_tokens": "7", "output_tokens": -1, "prompt_tokens": None})] * 2
    ),
    "ends-early": lambda asked: frame(200, started(asked), "text/event-stream"),
    "cut-connection": lambda asked: frame(200, started(asked), "text/event-stream").replace(
        b"content-length: ", b"content-length: 9"
    ),
    "overloaded": lambda asked: broken_off(asked, "overloaded_error", "Overloaded"),
    "rate": lambda asked: broken_off(asked, "rate_limit_error", "Slow down"),
    "no-credit-inside": lambda asked: broken_off(asked, "insufficient_quota", "You exceeded your current quota"),
    "wait-below-zero": lambda _: fault(429, "rate_limit_error", "Slow down", retry_after="-5"),
    "wait-is-nonsense": lambda _: fault(429, "rate_limit_error", "Slow down", retry_after="nan"),
    "wait-an-hour": lambda _: fault(429, "rate_limit_error", "Slow down", retry_after="3600"),
    "pay": lambda _: fault(402, "payment_required", "Pay first"),
    "no-credit": lambda _: fault(400, "invalid_request_error", "Your credit balance is too low"),
    "bad-key": lambda _: fault(401, "invalid_api_key", "Incorrect key: a-very-secret-key"),
    "echoes-the-key": lambda _: fault(400, "invalid_request_error", "You sent a-very-secret-key and <b>x</b>"),
    "too-long": lambda _: fault(400, "invalid_request_error", "This prompt is too long"),
    "down": lambda _: fault(500, "server_error", "Down"),
    "surrogate": lambda asked: frame(
        200,
        {"openai": '{"status": "\\ud800", "output": []}'}.get(asked.form, '{"content": [], "stop_reason": "\\ud800"}'),
    ),
}
FOR_EVER = {"drips": b": ping\n\n", "pings": b'event: ping\ndata: {"type": "ping"}\n\n'}


@asynccontextmanager
async def nasty() -> AsyncIterator[tuple[int, Counter[str]]]:
    """The server's port, and how many requests each first part of a path had."""
    hits: Counter[str] = Counter()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split()[1]
            length = next(
                int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length")
            )
            given = json.loads(await reader.readexactly(length))
            kind = path.split("/")[1]
            hits[kind] += 1
            form = "openai" if path.endswith("/responses") else "anthropic" if path.endswith("/messages") else "local"
            if kind in FOR_EVER:
                writer.write(b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
                while True:
                    writer.write(FOR_EVER[kind])
                    await writer.drain()
                    await asyncio.sleep(0.05)
            writer.write(ANSWERS[kind](Asked(form, bool(given.get("stream")))))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=2**22)
    try:
        yield server.sockets[0].getsockname()[1], hits
    finally:
        server.close()
