"""A desk with a priced model, and the provider on loopback that answers for it and keeps its own account
(benchmarks/paid_server.py).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paid_server import PaidServer, publication, sources_file

from tests.command_server import CommandServer
from tests.conftest import command, made_for_all

ONE = "sources/01-data-centre-power.md"
BATCH = ("draft", "--batch", "sources.jsonl", "--model", "openai:paid", "--concurrency", "5")


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    def make(folder: Path) -> None:
        take = publication(folder / "paper")
        sources_file(folder / "paper", 12)
        (folder / "take.json").write_text(json.dumps(take))

    folder = made_for_all(tmp_path_factory, "money", make)
    return folder / "paper", json.loads((folder / "take.json").read_text())


@pytest.fixture
def desk(origin: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(origin[0], tmp_path / "paper"))


@pytest.fixture
def server(origin: tuple[Path, dict[str, Any]]) -> Iterator[PaidServer]:
    running = PaidServer(origin[1], latency=0.02)
    yield running
    running.close()


def environment(server: PaidServer) -> dict[str, str]:
    return {name: value for name, value in server.environment().items() if name.startswith("OPENAI")}


def lines(desk: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (desk / "out.jsonl").read_text().splitlines()]


def held(folder: Path, *names: str) -> dict[str, bytes]:
    """All files under the folder with what they hold; with `names`, of those alone."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if not names or path.relative_to(folder).parts[0] in names
    }


def is_refused(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether the command ended with one plain sentence, what to do, and exit code 2."""
    return done.returncode == 2 and done.stderr.startswith("ourtake: ") and len(done.stderr.strip().splitlines()) == 1


@pytest.fixture(scope="session")
def example_draft(example: Path, commands: CommandServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The example publication with a draft in its store, and the draft's id."""

    def make(folder: Path) -> None:
        paper = Path(shutil.copytree(example, folder / "paper"))
        done = command(commands, "draft", ONE, "--json", folder=paper)
        assert done.returncode in (0, 1), done.stderr
        (folder / "draft").write_text(json.loads(done.stdout)["id"])

    folder = made_for_all(tmp_path_factory, "draft", make)
    return folder / "paper", (folder / "draft").read_text()


@pytest.fixture
def own(example_draft: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy of the example publication with a draft, and the draft's id."""
    return Path(shutil.copytree(example_draft[0], tmp_path / "paper")), example_draft[1]
