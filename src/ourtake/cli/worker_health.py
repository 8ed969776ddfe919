"""Two addresses at which a worker says whether it works, as the desk has them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.errors import InputError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

_SECONDS = 5.0


@asynccontextmanager
async def answering(host: str, port: int | None, *, is_away: Callable[[], bool]) -> AsyncIterator[None]:
    """Answer GET /health (the process lives) and /health/store (the store's server answers; else 503) meanwhile.

    Nothing if there is no port. Raises InputError for one that can't be listened on.
    """
    if port is None:
        yield
        return

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            async with lazy.asyncio.timeout(_SECONDS):
                first = await reader.readline()
                while (await reader.readline()).strip():
                    continue
            writer.write(_answer_to(first, is_away=is_away()))
            await writer.drain()
        except (TimeoutError, ValueError, ConnectionError):
            pass  # whoever asked has gone, or does not speak HTTP
        finally:
            writer.close()

    try:
        server = await lazy.asyncio.start_server(answer, host, port, limit=8192)
    except OSError as error:
        raise InputError(
            f"The worker can't listen on {host}:{port}: {error.strerror}.", "Choose another port."
        ) from error
    async with server:
        yield


def _answer_to(request: bytes, *, is_away: bool) -> bytes:
    path = (request + b" / ").split(b" ")[1]
    code, status = "404 Not Found", "There are /health and /health/store."
    if path == b"/health" or (path == b"/health/store" and not is_away):
        code, status = "200 OK", "ok"
    elif path == b"/health/store":
        code, status = "503 Service Unavailable", "the store does not answer"
    body = json.dumps({"status": status}).encode()
    head = (
        f"HTTP/1.1 {code}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
