"""Two providers on loopback that fail as often as they are told, and what each of them counted: our own slow_server.py,
and `llmock` of the npm package @copilotkit/aimock, which knows nothing of us.

Of 100 requests 20 are answered 429, 10 are dropped (the connection is closed), 10 get a body that is no JSON. Ours says
no Retry-After; llmock says 1 second, and in its headers that no request and no token is left. llmock throws its dice
one after the other, malformed, then 429, then disconnect, so the later ones get a larger share of what is left.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from batch import free_port

LATENCY_MS = 200
HERE = Path(__file__).resolve().parent


class Counts(NamedTuple):
    """What a server saw: requests by kind, those answered well, and how many of these it had answered well before."""

    kinds: dict[str, int]
    answered: int
    repeated: int


class Server(NamedTuple):
    """A server that runs."""

    name: str
    port: int

    def environment(self) -> dict[str, str]:
        """What a client's environment must say."""
        base = f"http://127.0.0.1:{self.port}"
        return os.environ | {
            "OPENAI_BASE_URL": f"{base}/v1",
            "ANTHROPIC_BASE_URL": base,
            "OPENAI_API_KEY": "none",
            "ANTHROPIC_API_KEY": "none",
        }

    def counts(self) -> Counts:
        """Its account so far."""
        found = _fetched(self.port, "/calls" if self.name == "own" else "/__aimock/journal")
        if isinstance(found, dict):
            return Counts(found["kinds"], found["answered"], found["repeated"])
        asked = [entry for entry in found if entry["method"] == "POST" and not entry["path"].startswith("/__aimock")]
        good = Counter(
            json.dumps(entry["body"], sort_keys=True)
            for entry in asked
            if not _fault(entry) and entry["response"]["status"] == 200
        )
        return Counts(dict(Counter(map(_kind, asked))), good.total(), good.total() - len(good))


def _fault(entry: dict[str, Any]) -> str:
    return str(entry["response"].get("chaosAction", ""))


def _kind(entry: dict[str, Any]) -> str:
    names = {"": "good", "rateLimit": "429", "disconnect": "dropped", "drop": "500"}
    return names.get(_fault(entry), _fault(entry))


def llmock() -> str | None:
    """The program, where it is installed."""
    return os.environ.get("OURTAKE_LLMOCK") or shutil.which("llmock")


@contextmanager
def running(name: str, reply: Path, *, faults: int | None) -> Iterator[Server]:
    """The server "own" or "llmock", answering with the file's text after LATENCY_MS; `faults`: a seed (llmock takes
    none), or None for no fault.
    """
    port = free_port()
    words = _own(port, reply, faults) if name == "own" else _llmock(port, reply, faulty=faults is not None)
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Server(name, port)
    finally:
        process.terminate()
        process.wait()


def _own(port: int, reply: Path, faults: int | None) -> list[str]:
    flags = [] if faults is None else ["--faults", str(faults)]
    return [
        sys.executable,
        str(HERE / "slow_server.py"),
        "--port",
        str(port),
        "--latency-ms",
        str(LATENCY_MS),
        "--reply",
        str(reply),
        *flags,
    ]


def _llmock(port: int, reply: Path, *, faulty: bool) -> list[str]:
    fixtures = reply.with_name("fixtures.json")
    fixtures.write_text(json.dumps({"fixtures": [{"match": {}, "response": {"content": reply.read_text()}}]}))
    shares = {"malformed": 0.1, "ratelimit": 0.2 / 0.9, "disconnect": 0.1 / 0.7} if faulty else {}
    flags = [word for kind, share in shares.items() for word in (f"--chaos-{kind}", f"{share:.6f}")]
    given = [
        "--port",
        str(port),
        "--fixtures",
        str(fixtures),
        "--journal-max",
        "0",
        "--chaos-latency",
        str(LATENCY_MS),
        *flags,
    ]
    return [llmock() or "llmock", *given]


def _fetched(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return json.load(answer)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not start")
