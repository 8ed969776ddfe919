"""The files that containers are made with: what they name is there, and their commands are ones that ourtake knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Run

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
