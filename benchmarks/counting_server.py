"""A model provider on loopback that counts: what was asked, what was answered, and how much was under way at once.

One process and one thread, so that it adds little to what is measured. It answers OpenAI's Responses with one reply
after a fixed wait. A request whose client is gone is not under way any more, and was not answered.

    python benchmarks/counting_server.py --port 8901 --latency-ms 200 --reply FILE

GET /counts returns the counts, GET /reset sets them to zero.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

from slow_server import answer

MINUTE = 60.0


class Counts:
    """What the server has seen. `most_a_minute`: requests in the fullest 60 seconds."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.gone = self.under_way = self.peak = self.most_a_minute = 0
        self.first = self.last = 0.0
        self._recent: deque[float] = deque()

    def begun(self, hashed: str) -> None:
        """A request has come."""
        now = time.monotonic()
        self.first = self.first or now
        self.asked[hashed] += 1
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        self._recent.append(now)
        while self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        self.most_a_minute = max(self.most_a_minute, len(self._recent))

    def ended(self, hashed: str, *, answered: bool) -> None:
        """It was answered, or its client is gone."""
        self.under_way -= 1
        if answered:
            self.answered[hashed] += 1
            self.last = time.monotonic()
        else:
            self.gone += 1

    def told(self) -> dict[str, Any]:
        """What GET /counts answers."""
        return {
            "asked": self.asked.total(),
            "answered": self.answered.total(),
            "stories": len(self.answered),
            "answered_again": self.answered.total() - len(self.answered),
            "gone": self.gone,
            "peak": self.peak,
            "most_a_minute": self.most_a_minute,
            "seconds": self.last - self.first,
        }


class Provider:
    """Answers every request with one text, after `latency` seconds."""

    def __init__(self, text: str, latency: float) -> None:
        self.counts = Counts()
        self._body = json.dumps(answer("/responses", text)).encode()
        self._latency = latency

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while line := await reader.readline():
                method, path, _ = line.decode().split(" ", 2)
                length = 0
                while (header := await reader.readline()).strip():
                    name, _, value = header.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                given = await reader.readexactly(length)
                if method == "POST":
                    await self._answered(given, writer)
                else:
                    told = self.counts.told()
                    self.counts = Counts() if path == "/reset" else self.counts
                    self._send(writer, json.dumps(told).encode())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answered(self, given: bytes, writer: asyncio.StreamWriter) -> None:
        counts, hashed = self.counts, hashlib.sha256(given).hexdigest()
        counts.begun(hashed)
        end = time.monotonic() + self._latency
        # Looked at now and then, since only a closing transport says that the client is gone.
        while (left := end - time.monotonic()) > 0 and not writer.transport.is_closing():
            await asyncio.sleep(min(left, 0.1))
        if not writer.transport.is_closing():
            self._send(writer, self._body)
        counts.ended(hashed, answered=not writer.transport.is_closing())

    def _send(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=200)
    parser.add_argument("--reply", type=Path, required=True)
    given = parser.parse_args()
    provider = Provider(given.reply.read_text(encoding="utf-8"), given.latency_ms / 1000)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", given.port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
