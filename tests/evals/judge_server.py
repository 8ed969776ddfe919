"""A server that judges by a policy: what a real judge might get wrong. Chat completions, on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.completions_server import CompletionsServer, completion

Policy = Callable[[str, str], str]
"""From the two texts to A, B or neither."""
_TAKES = re.compile(r"Take A:\n(===\w+===)\n(?P<a>.*?)\n\1\n\nTake B:\n\1\n(?P<b>.*?)\n\1\n", re.S)


@contextmanager
def judge_server(policy: Policy) -> Iterator[tuple[str, list[str]]]:
    """The address of the server, and the prompts that it was asked."""
    asked: list[str] = []

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        prompt = body["messages"][-1]["content"]
        asked.append(prompt)
        takes = _TAKES.search(prompt)
        assert takes is not None
        said = json.dumps({"reason": "a test's policy", "better": policy(takes["a"], takes["b"])})
        return completion("m", said, completion_tokens=20)

    server = CompletionsServer(answer)
    try:
        yield server.url, asked
    finally:
        server.close()
