"""What every test may use: the command as a process, and an example publication."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("draft", "x.md", folder=..., env={...}, stdin="...")`: the command line in a process of its own, without any
    key.
    """

    def command(
        *words: str, folder: Path | None = None, env: dict[str, str] | None = None, stdin: str | bytes = ""
    ) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("OURTAKE", "OPENAI", "ANTHROPIC"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "ourtake", *words],
            cwd=folder or tmp_path,
            env=kept | (env or {}),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    return command


@pytest.fixture
def paper(run: Run, tmp_path: Path) -> Path:
    """The example publication, laid out and imported."""
    folder = tmp_path / "paper"
    assert run("init", str(folder)).returncode == 0
    assert run("archive", "add", "archive", folder=folder).returncode == 0
    return folder
