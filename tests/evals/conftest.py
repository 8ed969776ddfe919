"""The smoke suite, run once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command_server import CommandServer
from tests.conftest import command, made_for_all

ROOT = Path(__file__).resolve().parents[2]
SUITE = str(ROOT / "evals" / "suites" / "smoke.toml")


@pytest.fixture(scope="session")
def smoke_once(tmp_path_factory: pytest.TempPathFactory, commands: CommandServer) -> Path:
    def make(folder: Path) -> None:
        done = command(commands, "eval", "run", SUITE, "-o", "out", folder=folder)
        assert done.returncode == 0, done.stderr

    return made_for_all(tmp_path_factory, "smoke", make) / "out"


@pytest.fixture
def smoke(smoke_once: Path, tmp_path: Path) -> Path:
    """A finished run of the smoke suite, to be changed."""
    return Path(shutil.copytree(smoke_once, tmp_path / "out"))


@pytest.fixture(scope="session")
def two_once(tmp_path_factory: pytest.TempPathFactory, commands: CommandServer) -> Path:
    replies = f"replay:{ROOT / 'evals' / 'replies' / 'smoke'}"
    words = ("eval", "run", SUITE, "-m", "baseline", "-m", replies, "-o", "out")

    def make(folder: Path) -> None:
        done = command(commands, *words, folder=folder)
        assert done.returncode == 0, done.stderr

    return made_for_all(tmp_path_factory, "two", make) / "out"


@pytest.fixture
def two(two_once: Path, tmp_path: Path) -> Path:
    """A finished run of two writers, to be changed."""
    return Path(shutil.copytree(two_once, tmp_path / "two"))
