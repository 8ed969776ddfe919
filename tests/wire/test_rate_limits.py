"""A 429 slows all workers of a run: the real command against a server that takes only a few requests at once."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ourtake.intake.files import read_source
from tests.conftest import Run
from tests.providers.conformance import environment
from tests.wire.awkward_server import whole
from tests.wire.test_llmock import SOURCE, good_take

AT_ONCE = 3
COUNT = 60
WORKERS = 20


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def narrow_server(reply: str, headers: dict[str, str]) -> Iterator[tuple[Counter[int], int]]:
    """Answers while AT_ONCE requests or fewer are under way, else refuses; how often it did which, by status, and its
    port.
    """
    counts: Counter[int] = Counter()
    lock, under_way = threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            with lock:
                under_way[0] += 1
                status = 200 if under_way[0] <= AT_ONCE else 429
                counts[status] += 1
            time.sleep(0.05)
            with lock:
                under_way[0] -= 1
            error = {"error": {"type": "rate_limit_error", "message": "slow down"}}
            body = json.dumps(whole(self.path, "good", reply) if status == 200 else error).encode()
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(body)),
                **(headers if status == 429 else {}),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Requests are counted."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield counts, int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("headers", [{}, {"retry-after": "1"}], ids=["without a word", "Retry-After"])
def test_a_run_narrows_to_what_the_server_takes(run: Run, paper: Path, headers: dict[str, str]) -> None:
    source = read_source(str(paper / SOURCE))
    rows = [
        source.model_copy(update={"id": f"s{n}", "title": f"{source.title} ({n})", "url": f"{source.url}?n={n}"})
        for n in range(COUNT)
    ]
    (paper / "many.jsonl").write_text("\n".join(row.model_dump_json() for row in rows))
    words = ("draft", "--batch", "many.jsonl", "--model", "openai:m", "--concurrency", str(WORKERS), "-o", "out.jsonl")
    with narrow_server(json.dumps(good_take(run, paper)), headers) as (counts, port):
        done = run(*words, folder=paper, env=environment(port))
    statuses = Counter(json.loads(line)["status"] for line in (paper / "out.jsonl").read_text().splitlines())
    # Where a refusal held back its own request alone, 154 were refused and 29 drafts failed.
    assert statuses["failed"] <= 6 and sum(statuses.values()) == COUNT, (statuses, done.stderr)
    assert counts[429] <= COUNT + WORKERS, counts
