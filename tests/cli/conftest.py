"""A desk with a priced model, and the provider on loopback that answers for it and keeps its own account
(benchmarks/paid_server.py).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paid_server import PaidServer, publication, sources_file

ONE = "sources/01-data-centre-power.md"
BATCH = ("draft", "--batch", "sources.jsonl", "--model", "openai:paid", "--concurrency", "5")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("money") / "paper"
    take = publication(folder)
    sources_file(folder, 12)
    return folder, take


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


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The example publication with a draft in its store, and the draft's id."""
    folder = tmp_path_factory.mktemp("paths") / "paper"
    for words, where in (
        (("init", str(folder)), None),
        (("archive", "add", "archive"), folder),
        (("draft", ONE, "--json"), folder),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ourtake", *words],
            cwd=where,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
    return folder, str(json.loads(done.stdout)["id"])


@pytest.fixture
def own(laid_out: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    return Path(shutil.copytree(laid_out[0], tmp_path / "paper")), laid_out[1]
