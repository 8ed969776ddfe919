"""A model provider on loopback for benchmarks: answers Responses, chat completions and Messages with one reply after a
fixed wait.

    python benchmarks/slow_server.py --port 8901 --latency-ms 200 --reply FILE        GET /calls tells how many it answered

With --faults SEED it answers 20 of 100 requests with 429, drops 10 and breaks the JSON of 10, after the same wait;
/calls then tells of each kind, and how many requests were answered well more than once. One thread a connection; the
waits overlap, so the server adds next to nothing to what is measured.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

USAGE = (1200, 900)
FAULTS = {"good": 60, "429": 20, "dropped": 10, "malformed": 10}
"""Of 100 requests."""


def answer(path: str, text: str) -> dict[str, Any]:
    """The reply in the format of the endpoint that was asked."""
    sent, received = USAGE
    if path.endswith("/responses"):
        content = [{"type": "output_text", "text": text, "annotations": []}]
        message = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": content}
        usage = {"input_tokens": sent, "output_tokens": received, "total_tokens": sent + received}
        usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}  # type: ignore[dict-item]
        extra = {
            "tools": [],
            "tool_choice": "auto",
            "parallel_tool_calls": False,
            "error": None,
            "incomplete_details": None,
        }
        return {
            "id": "r1",
            "object": "response",
            "created_at": 1,
            "model": "slow",
            "status": "completed",
            "output": [message],
            "usage": usage,
        } | extra
    if path.endswith("/messages"):
        usage = {"input_tokens": sent, "output_tokens": received}
        content = [{"type": "text", "text": text}]
        return {
            "id": "m1",
            "type": "message",
            "role": "assistant",
            "model": "slow",
            "content": content,
            "stop_reason": "end_turn",
            "usage": usage,
        }
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "slow", "choices": [choice], "usage": usage}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--latency-ms", type=float, default=200)
    parser.add_argument("--reply", type=Path, required=True)
    parser.add_argument("--faults", type=int, help="a seed; without it every request is answered well")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    text, kinds, answered, lock = (
        given.reply.read_text(encoding="utf-8"),
        Counter[str](),
        Counter[str](),
        threading.Lock(),
    )
    chance = random.Random(given.faults)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            repeated = sum(count - 1 for count in answered.values())
            self.send(
                {"calls": sum(kinds.values()), "answered": sum(answered.values()), "repeated": repeated, "kinds": kinds}
            )

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers.get("content-length", 0)))
            with lock:
                kind = "good" if given.faults is None else chance.choices(list(FAULTS), list(FAULTS.values()))[0]
                kinds[kind] += 1
                if kind == "good":
                    answered[hashlib.sha256(asked).hexdigest()] += 1
            time.sleep(given.latency_ms / 1000)
            if kind == "429":
                self.send({"error": {"type": "rate_limit_error", "message": "slow down"}}, status=429)
            elif kind == "dropped":
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self.send(answer(self.path.split("?")[0], text), cut=kind == "malformed")

        def send(self, value: dict[str, Any], *, status: int = 200, cut: bool = False) -> None:
            body = json.dumps(value).encode()
            body = body[: len(body) // 2] if cut else body
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Requests are counted, not printed."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    Server(("127.0.0.1", given.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
