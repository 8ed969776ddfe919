"""A server of embeddings on loopback for tests: OpenAI's wire format, vectors of hashed words. They know words, no
meaning, and are not a model's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = dict[str, Any]
"""What to answer instead: {"status", "body", "headers"} for an error, {"change": function} for a spoilt answer."""


def hashed(text: str, dimension: int) -> list[float]:
    """A vector with one number raised for each word of the text; a text without words gets the first."""
    vector = [0.0] * dimension
    for word in text.lower().split() or [""]:
        vector[int.from_bytes(hashlib.sha256(word.strip(".,:;!?").encode()).digest()[:4], "big") % dimension] += 1.0
    return vector


class HashedServer:
    """What the server does (`dimension`, `faults`, `lists`, `longest`; `same`: words that mean another) and what it was
    asked (`texts`, `keys`).
    """

    def __init__(self) -> None:
        self.dimension = 64
        self.lists = False
        self.longest: int | None = None
        self.faults: list[Fault | None] = []
        self.texts: list[list[str]] = []
        self.keys: list[str] = []
        self.salt = ""
        self.same: dict[str, str] = {}
        self.address = ""

    def answer(self, texts: list[str]) -> dict[str, Any]:
        """The whole answer for these texts."""
        data = []
        for index, text in enumerate(texts):
            for word, meant in self.same.items():
                text = text.lower().replace(word, meant)
            vector = hashed(self.salt + text.replace(" ", f" {self.salt}"), self.dimension)
            packed = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
            data.append({"object": "embedding", "index": index, "embedding": vector if self.lists else packed})
        return {
            "object": "list",
            "data": data,
            "model": "hashed",
            "usage": {"prompt_tokens": sum(map(len, texts)), "total_tokens": 0},
        }


@contextmanager
def hashed_server() -> Iterator[HashedServer]:
    """The server, running."""
    state = HashedServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.texts.append(asked["input"])
            state.keys.append(self.headers.get("authorization", ""))
            fault = state.faults.pop(0) if state.faults else None
            if state.longest is not None and max(map(len, asked["input"])) > state.longest:
                fault = {
                    "status": 400,
                    "body": {"error": {"message": f"This model's maximum context length is {state.longest} tokens."}},
                }
            answer: Any = state.answer(asked["input"])
            if fault and "change" in fault:
                fault["change"](answer)
            elif fault:
                answer = fault.get("body", {"error": {"message": "said no"}})
            self.reply((fault or {}).get("status", 200), answer, (fault or {}).get("headers", {}))

        def reply(self, status: int, answer: Any, headers: dict[str, str]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
