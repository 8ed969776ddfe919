"""A provider on loopback that keeps its own account: what it was asked, what it would bill, and, for kill tests, the
end of its client.

It answers OpenAI's Responses with takes for the sources of `sources_file`. By the number behind a source's outlet some
first replies are cut off, some are no take, some need a repair and some two, so that every path to a take is walked.
The client can be killed when a request has arrived and is not yet billed ("sent"), or billed and not yet answered
("billed").
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

SENT, RECEIVED = 1200, 900
"""Tokens of every answer."""
PRICES = {"input": 3.0, "output": 15.0}
"""USD per million tokens."""
OURTAKE = str(Path(sys.executable).parent / "ourtake")
FIRST = "sources/01-data-centre-power.md"


class Billed(NamedTuple):
    """A request as the server saw it: `key` as `key_of` makes it."""

    key: str
    moment: float


def key_of(text: str, cap: int) -> str:
    """A name for a request by its whole prompt and its output cap; the ledger has both, too."""
    return hashlib.sha256(f"{cap} {text}".encode()).hexdigest()


class Plan(NamedTuple):
    """Kill the client at the `number`-th request, when it is "sent" or "billed"."""

    place: str = ""
    number: int = 0


class PaidServer:
    """The server, its account, and the pid of the client that a plan may kill."""

    def __init__(self, take: dict[str, Any], *, latency: float = 0.1) -> None:
        self.billed: list[Billed] = []
        self.arrived = 0
        self.plan = Plan()
        self.client = 0
        self._take = take
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
                answer = json.dumps(outer.account(body)).encode()
                time.sleep(latency)
                try:
                    self.send_response(200)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    self.close_connection = True  # the client was killed

            def log_message(self, *_: object) -> None:
                """Requests are kept in the account."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                """A client that is killed breaks its connections."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def environment(self) -> dict[str, str]:
        """What a client's environment must say."""
        return os.environ | {"OPENAI_API_KEY": "a-key-for-tests", "OPENAI_BASE_URL": f"http://127.0.0.1:{self.port}/v1"}

    def account(self, body: dict[str, Any]) -> dict[str, Any]:
        """Bill a request, and the answer to it."""
        with self._lock:
            self.arrived += 1
            number = self.arrived
            if self.plan == ("sent", number):
                os.kill(self.client, signal.SIGKILL)
                return {}
            self.billed.append(
                Billed(
                    key_of(f"{body['instructions']}\n\n{body['input']}", body["max_output_tokens"]), time.monotonic()
                )
            )
            if self.plan == ("billed", number):
                os.kill(self.client, signal.SIGKILL)
        return self._answer(body)

    def dollars(self) -> float:
        """What the account comes to, in USD."""
        return len(self.billed) * (SENT * PRICES["input"] + RECEIVED * PRICES["output"]) / 1_000_000

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        prompt, repair = body["input"], body["text"]["format"]["name"] == "repair"
        found = re.search(r"edition (\d+)", prompt)
        number = int(found[1]) if found else 0
        take, text, whole = self._take, "", True
        parts = take["body"].split("\n\n")
        if repair:
            # One passage an answer: a take with two at fault needs two rounds.
            at = 0 if "(a77)" in prompt else 1
            text = json.dumps({"passages": [{"name": f"paragraph {at + 1}", "text": parts[at]}]})
        elif number % 4 == 1:
            faults = (" See [this](a77).", " And [that](a79)." if number % 8 == 5 else "")
            text = json.dumps(take | {"body": "\n\n".join([parts[0] + faults[0], parts[1] + faults[1], *parts[2:]])})
        elif number % 10 == 2 and body["max_output_tokens"] == 6000:
            text, whole = json.dumps(take)[:300], False
        elif number % 10 == 8 and "could not be read" not in prompt:
            text = "I am sorry, here is no JSON."
        else:
            text = json.dumps(take)
        return response(text, whole=whole)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def response(text: str, *, whole: bool = True) -> dict[str, Any]:
    """An answer of the Responses API."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    message = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": content}
    usage = {"input_tokens": SENT, "output_tokens": RECEIVED, "total_tokens": SENT + RECEIVED}
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    return {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "model": "paid",
        "status": "completed" if whole else "incomplete",
        "incomplete_details": None if whole else {"reason": "max_output_tokens"},
        "output": [message],
        "usage": usage | details,
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "error": None,
    }


def publication(folder: Path) -> dict[str, Any]:
    """The example publication in a folder, priced; a sound take in handles on its first source, as the baseline
    arranges it.
    """
    subprocess.run([OURTAKE, "init", str(folder)], check=True, capture_output=True)
    subprocess.run([OURTAKE, "archive", "add", "archive"], cwd=folder, check=True, capture_output=True)
    done = subprocess.run([OURTAKE, "draft", FIRST, "--json"], cwd=folder, check=True, capture_output=True, text=True)
    draft = json.loads(done.stdout)
    take: dict[str, Any] = draft["revisions"][draft["chosen"] - 1]["take"]
    for item in draft["related"]:
        take["body"] = take["body"].replace(item["url"], item["handle"])
    prices = f'\n[prices."openai:paid"]\ninput = {PRICES["input"]}\noutput = {PRICES["output"]}\n'
    # One take answers all stories here. Without this, a later batch would repeat an earlier one, and pay for a repair.
    alike = '\n[checks]\nignore = ["ORG002"]\n\n[repair]\nfor = "all"\n\n[take]\nprocess = "quick"\n'
    (folder / "ourtake.toml").write_text((folder / "ourtake.toml").read_text() + prices + alike)
    return take


def sources_file(folder: Path, count: int) -> Path:
    """A JSONL file of `count` sources that differ in their number."""
    from ourtake.intake.files import read_source

    found = read_source(str(folder / FIRST))
    changes = (
        {"id": f"s{n}", "outlet": f"{found.outlet}, edition {n}", "url": f"{found.url}?n={n}"} for n in range(count)
    )
    path = folder / "sources.jsonl"
    path.write_text("".join(found.model_copy(update=change).model_dump_json() + "\n" for change in changes))
    return path
