"""A desk with a priced model, and the provider on loopback that answers for it and keeps its own account
(benchmarks/paid_server.py).
"""

from __future__ import annotations

import json
import shutil
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
