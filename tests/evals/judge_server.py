"""A server that judges by a policy: what a real judge might get wrong. Chat completions, on loopback."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Policy = Callable[[str, str], str]
"""From the two texts to A, B or neither."""
_TAKES = re.compile(r"Take A:\n(===\w+===)\n(?P<a>.*?)\n\1\n\nTake B:\n\1\n(?P<b>.*?)\n\1\n", re.S)


@contextmanager
def judge_server(policy: Policy) -> Iterator[tuple[str, list[str]]]:
    """The address of the server, and the prompts that it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            prompt = body["messages"][-1]["content"]
            asked.append(prompt)
            takes = _TAKES.search(prompt)
            assert takes is not None
            answer = json.dumps({"reason": "a test's policy", "better": policy(takes["a"], takes["b"])})
            choice = {"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}
            usage = {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020}
            reply = {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "choices": [choice],
                "usage": usage,
            }
            content = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Requests are kept, not printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
