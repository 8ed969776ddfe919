"""The batch endpoints of OpenAI and Anthropic on loopback, in the words of the installed SDKs' own types
(openai.types.Batch, FileObject; anthropic.types.messages.MessageBatch and its results).

A batch is under way for the first `looks` looks at it. A request whose text holds EXPIRES or FAILS is answered so;
results come in reverse order. The ordinary endpoints answer, too, and are counted apart.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.wire.awkward_server import whole

Payload = dict[str, Any]


class Batches:
    """What the server was given and how often it was asked."""

    def __init__(self, reply: str, looks: int) -> None:
        self.reply = reply
        self.usage: Payload | None = None
        """The count of tokens of every answer, where it is not the usual one."""
        self.secret = ""
        """What is sent back of the request's headers, in the id of each answer and in the batch's errors."""
        self.looks = looks
        self.fault = ""
        """What is wrong with it: "no-id", "page" and "500" when a batch is submitted; "gone", "refused" and "down" when
        it is looked at.
        """
        self.counts: Counter[str] = Counter()
        self.files: dict[str, list[Payload]] = {}
        self.batches: dict[str, list[Payload]] = {}
        self.asked: Counter[str] = Counter()

    def post(self, path: str, raw: bytes) -> Payload:
        if path.endswith("/files"):
            name = f"file-{len(self.files) + 1}"
            text = re.search(rb"\r\n\r\n(\{.*\})\r?\n?", raw[raw.index(b"requests.jsonl") :], re.DOTALL)
            assert text is not None
            self.files[name] = [json.loads(line) for line in text[1].splitlines() if line.startswith(b"{")]
            return {
                "id": name,
                "object": "file",
                "bytes": len(raw),
                "created_at": 1,
                "filename": "requests.jsonl",
                "purpose": "batch",
                "status": "processed",
            }
        body = json.loads(raw)
        if path.endswith("/batches"):
            name = f"batch_{len(self.batches) + 1}"
            self.counts["batches"] += 1
            self.batches[name] = self.files[body["input_file_id"]] if "input_file_id" in body else body["requests"]
            return self.look(name)
        self.counts["ordinary"] += 1
        return whole(path, "good", self.reply)

    def look(self, name: str) -> Payload:
        self.asked[name] += 1
        done = self.asked[name] > self.looks
        moment = "2026-01-01T00:00:00Z"
        openai = {
            "object": "batch",
            "endpoint": "/v1/responses",
            "input_file_id": "f",
            "completion_window": "24h",
            "created_at": 1,
        }
        openai |= {
            "status": "completed" if done else "in_progress",
            "output_file_id": f"good-{name}",
            "error_file_id": f"bad-{name}",
        }
        anthropic = {
            "type": "message_batch",
            "processing_status": "ended" if done else "in_progress",
            "created_at": moment,
            "expires_at": moment,
        }
        return {"id": name, **openai, **anthropic, "results_url": "http://127.0.0.1:9/elsewhere"}

    def lines(self, path: str) -> list[Payload]:
        if path.endswith("/results"):
            return [self._result(row) for row in reversed(self.batches[path.split("/")[-2]])]
        kind, _, name = path.split("/")[-2].partition("-")
        rows = [(row, _ending(row)) for row in reversed(self.batches[name])]
        if kind == "good":
            body = whole("/responses", "good", self.reply) | ({} if self.usage is None else {"usage": self.usage})
            response = {"status_code": 200, "request_id": f"q{self.secret}", "body": body}
            return [{"id": "x", "custom_id": row["custom_id"], "response": response, "error": None}
                    for row, ending in rows if ending == "good"]  # fmt: skip
        error = {"expires": {"code": "batch_expired", "message": "This request expired."}}
        return [
            {"id": "x", "custom_id": row["custom_id"], "response": None if ending == "expires" else
             {"status_code": 400, "body": {"error": {"message": f"no {self.secret}"}}}, "error": error.get(ending)}
            for row, ending in rows if ending != "good"
        ]  # fmt: skip

    def _result(self, row: Payload) -> Payload:
        ending = _ending(row)
        if ending == "good":
            return {
                "custom_id": row["custom_id"],
                "result": {"type": "succeeded", "message": whole("/messages", "good", self.reply)},
            }
        if ending == "expires":
            return {"custom_id": row["custom_id"], "result": {"type": "expired"}}
        error = {"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}
        return {"custom_id": row["custom_id"], "result": {"type": "errored", "error": error}}


def _ending(row: Payload) -> str:
    text = json.dumps(row)
    return "expires" if "EXPIRES" in text else "fails" if "FAILS" in text else "good"


@contextmanager
def serving(reply: str, *, looks: int = 1) -> Iterator[tuple[Batches, int]]:
    """The server and its port, in a thread of this process."""
    batches = Batches(reply, looks)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if batches.fault in ("gone", "down"):
                self.answer(b'{"error": {"message": "no"}}', status=404 if batches.fault == "gone" else 503)
            elif batches.fault == "refused":
                self.answer(
                    b'{"id": "batch_1", "status": "failed", "errors": {"data": [{"message": "Too many lines"}]}}'
                )
            elif path.endswith(("/content", "/results")):
                self.answer("\n".join(map(json.dumps, batches.lines(path))).encode())
            else:
                self.answer(json.dumps(batches.look(path.split("/")[-1])).encode())

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = json.dumps(batches.post(self.path.split("?")[0], raw)).encode()
            wrong = {"no-id": (b"{}", 200), "page": (b"<html></html>", 200), "500": (b"no", 500)}
            self.answer(*wrong.get(batches.fault, (answer, 200)))

        def answer(self, body: bytes, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield batches, int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
