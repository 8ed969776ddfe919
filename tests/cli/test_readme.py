"""The README's tour: each command is run, and its output must be what the page shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.conftest import Run

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_tour_is_true(run: Run, tmp_path: Path) -> None:
    block = re.search(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    steps = re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]
    assert len(steps) >= 4
    folder = tmp_path
    for step in steps:
        command, _, shown = step.partition("\n")
        words = shlex.split(command)
        if words[0] == "cd":
            folder = folder / words[1]
            continue
        done = run(*words[1:], folder=folder)
        for line in (line for line in shown.strip().splitlines() if line != "..."):
            assert line in (done.stdout + done.stderr).splitlines(), command
