"""docs/money.md: each command is run against the provider on loopback, and its output must be what the page shows,
figures and ids aside.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from paid_server import PaidServer

from tests.cli.conftest import environment
from tests.conftest import Run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "money.md"
KILLED = "--model openai:paid\nourtake: The outcome of call"
"""Where the page shows what an earlier kill left."""


def masked(text: str) -> list[str]:
    lines = re.sub(r"\b[0-9a-f]{12}\b", "ID", text).splitlines()
    return [re.sub(r"\s+", " ", re.sub(r"\d[\d.,:T-]*", "#", line)).strip() for line in lines if line.strip()]


def test_the_page_is_true(run: Run, desk: Path, server: PaidServer) -> None:
    steps = [
        step
        for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        for step in block.split("$ ")[1:]
    ]
    assert len(steps) >= 9
    for step in steps:
        command, _, shown = step.partition("\n")
        words = shlex.split(command)[1:]
        if KILLED in step:
            run(*words, folder=desk, env=environment(server) | {"OURTAKE_KILL_AT": "after-receiving"})
        done = run(*words, folder=desk, env=environment(server))
        told = masked(done.stdout + done.stderr)
        missing = [line for line in masked(shown) if line not in told]
        assert not missing, (command, missing, told)
