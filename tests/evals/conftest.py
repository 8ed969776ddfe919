"""The smoke suite, run once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command_server import CommandServer
from tests.conftest import command

ROOT = Path(__file__).resolve().parents[2]
SUITE = str(ROOT / "evals" / "suites" / "smoke.toml")


@pytest.fixture(scope="session")
def smoke_once(tmp_path_factory: pytest.TempPathFactory, commands: CommandServer) -> Path:
    folder = tmp_path_factory.mktemp("smoke")
    done = command(commands, "eval", "run", SUITE, "-o", "out", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture
def smoke(smoke_once: Path, tmp_path: Path) -> Path:
    """A finished run of the smoke suite, to be changed."""
    return Path(shutil.copytree(smoke_once, tmp_path / "out"))
