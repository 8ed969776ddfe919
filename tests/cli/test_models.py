"""`ourtake models`: what can be used, and whether it answers; never a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.conformance import environment
from tests.wire.awkward_server import serving

SETTINGS = """
[models]
default = ["openai:good", "anthropic:good", "local:good"]

[models.limits.openai]
requests_per_minute = 60

[models.local]
base_url = "http://127.0.0.1:{port}/v1"
context_tokens = 8192
output = "json"

[models.dead]
base_url = "http://127.0.0.1:9/v1"

[models.keyed]
base_url = "http://127.0.0.1:{port}/v1"
api_key_env = "KEYED_KEY"
"""
SECRET = "sk-secret-0123456789"


@pytest.fixture
def port() -> Iterator[int]:
    with serving() as (_, found):
        yield found


def rows(run: Run, folder: Path, port: int, *flags: str) -> dict[str, dict[str, Any]]:
    (folder / "ourtake.toml").write_text(SETTINGS.format(port=port))
    env = environment(port) | {"OPENAI_API_KEY": SECRET}
    done = run("models", "--json", *flags, folder=folder, env=env)
    assert done.returncode == 0 and SECRET not in done.stdout + done.stderr, done.stderr
    return {row["name"]: row for row in json.loads(done.stdout)}


def test_what_is_configured(run: Run, tmp_path: Path, port: int) -> None:
    found = rows(run, tmp_path, port)
    assert found["openai:good"]["limits"]["requests_per_minute"] == 60 and found["openai:good"]["default"]
    assert found["local:good"]["context_tokens"] == 8192 and found["local:good"]["structured_output"] == "json"
    assert (found["openai:good"]["key"], found["openai:good"]["key_present"]) == ("OPENAI_API_KEY", True)
    assert (found["keyed:MODEL"]["ready"], found["keyed:MODEL"]["state"]) == (False, "no key; set KEYED_KEY")
    assert found["baseline"]["ready"] and all(row["reachable"] is None for row in found.values())


def test_ping_tells_who_answers(run: Run, tmp_path: Path, port: int) -> None:
    found = rows(run, tmp_path, port, "--ping")
    assert found["openai:good"]["reachable"] and found["local:good"]["reachable"]
    assert found["anthropic:good"]["context_tokens"] == 200_000
    assert (
        found["dead:MODEL"]["reachable"] is False and "could not be reached at 127.0.0.1" in found["dead:MODEL"]["ping"]
    )
    assert found["keyed:MODEL"]["reachable"] is None


@pytest.mark.parametrize(
    ("model", "words"), [("bad-key", "refused the key"), ("unknown-model", "has no model unknown-model")]
)
def test_ping_says_what_is_wrong(run: Run, tmp_path: Path, port: int, model: str, words: str) -> None:
    (tmp_path / "ourtake.toml").write_text(f'[models]\ndefault = ["openai:{model}", "anthropic:{model}"]\n')
    done = run("models", "--ping", folder=tmp_path, env=environment(port))
    assert done.returncode == 0 and done.stdout.count(words) == 2 and "0123456789abcdef" not in done.stdout
