"""The files that containers are made with: what they name is there, and their commands are ones that ourtake knows."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run
from tests.postgres import Server

ROOT = Path(__file__).resolve().parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service["command"] for name, service in COMPOSE["services"].items() if "build" in service}


@pytest.mark.parametrize("name", OURS)
def test_a_services_command_is_one_of_ourtake(run: Run, name: str) -> None:
    command, *words = OURS[name]
    told = run(command, "--help").stdout
    assert told and all(word in told for word in words if word.startswith("--")), told


def test_every_service_stands_on_a_database_that_is_ready() -> None:
    assert {"desk", "worker"} <= OURS.keys()
    for name in OURS:
        service = COMPOSE["services"][name]
        assert service["depends_on"] == {"database": {"condition": "service_healthy"}}
        assert service["environment"]["OURTAKE_STORE"].endswith("@database/ourtake")
    assert "healthcheck" in COMPOSE["services"]["database"]


def test_what_the_image_is_made_of_is_there() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert copied and all((ROOT / word).exists() for word in copied)
    extras = re.findall(r'"\.\[(\w+)\]"', "\n".join(lines))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert extras == ["postgres"] and f"\n{extras[0]} = [" in project
    assert 'ENTRYPOINT ["ourtake"]' in lines and any(line.startswith("USER ") and "root" not in line for line in lines)


def filled_in(words: list[str], **given: str) -> list[str]:
    """Words of compose.yaml with their variables, as compose fills them in."""
    return [
        re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: given.get(found[1], found[2]), word) for word in words
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def service(name: str, folder: Path, env: dict[str, str], ports: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A service as a plain process, its ports replaced by free ones."""
    words = [ports.get(word, word) for word in filled_in(OURS[name])]
    running = subprocess.Popen([sys.executable, "-m", "ourtake", *words], cwd=folder, env=os.environ | env)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.kill()
        running.wait()


def is_healthy(name: str, ports: dict[str, str]) -> bool:
    """What the container's own check says."""
    _, program, *words = COMPOSE["services"][name]["healthcheck"]["test"]
    assert program == "python"
    for ours, free in ports.items():
        words = [word.replace(f":{ours}/", f":{free}/") for word in words]
    return subprocess.run([sys.executable, *words], capture_output=True, check=False).returncode == 0


def test_the_services_run_and_end_as_containers_would(run: Run, paper: Path, postgres: Server) -> None:
    env = {"OURTAKE_STORE": postgres.new_database()}
    for words, given in (
        (("store", "migrate"), ""),
        (("users", "add", "Ines", "--password-stdin"), "a long password\n"),
    ):
        assert run(*words, folder=paper, env=env, stdin=given).returncode == 0
    ports = {"8000": str(free_port()), "8001": str(free_port())}
    with service("desk", paper, env, ports) as desk, service("worker", paper, env, ports) as worker:
        for name, running in (("desk", desk), ("worker", worker)):
            while running.poll() is None and not is_healthy(name, ports):
                time.sleep(0.2)
            assert running.poll() is None
        postgres.stop()
        try:
            # A heartbeat fails within seconds; then whoever watches the worker is told.
            while worker.poll() is None and is_healthy("worker", ports):
                time.sleep(0.2)
            assert worker.poll() is None and not is_healthy("desk", ports)
        finally:
            postgres.start()
        for name, running in (("desk", desk), ("worker", worker)):
            while running.poll() is None and not is_healthy(name, ports):
                time.sleep(0.2)
            running.send_signal(signal.SIGTERM)
            assert running.wait(600) in (0, 143, -signal.SIGTERM), name
