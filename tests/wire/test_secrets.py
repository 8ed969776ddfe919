"""A secret that a server sends back, in any header, text or error and in any spelling, is neither stored nor
printed.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import Run
from tests.providers.conformance import environment
from tests.wire.awkward_server import serving
from tests.wire.batch_server import serving as serving_batches
from tests.wire.test_llmock import SOURCE, good_take
from tests.wire.test_provider_batch import laid_out, words

KEY = 'qz-4711/"Ab+cd=Ef-secret'
ORG, PROJECT, HEADER = "org-Kettle9931", "proj-Lantern5520", "desk-Umbrella7734"
PASSWORD = "harbour-Tin8842"


def spellings(secret: str) -> list[bytes]:
    coded = base64.b64encode(f"user:{secret}".encode()).decode().rstrip("=")
    half = len(secret) // 2
    found = [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], coded[8:-2]]
    found += [f"{secret[:half]}{mark}{secret[half:]}" for mark in ("\n", "\\n")]
    return [text.encode() for text in found]


def assert_nowhere(folder: Path, *printed: str, secrets: tuple[str, ...]) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "ourtake.toml"]
    assert any(path.name == "ourtake.db" for path in files)
    for secret in secrets:
        for form in spellings(secret):
            assert not [path for path in files if form in path.read_bytes()], form
            assert not [text for text in printed if form in text.encode()], form


def secret_environment(port: int) -> dict[str, str]:
    own = {
        "OPENAI_API_KEY": KEY,
        "ANTHROPIC_API_KEY": KEY,
        "LOCAL_KEY": KEY,
        "OPENAI_ORG_ID": ORG,
        "OPENAI_PROJECT_ID": PROJECT,
    }
    headers = {"OPENAI_CUSTOM_HEADERS": f"X-Desk: {HEADER}", "ANTHROPIC_CUSTOM_HEADERS": f"X-Desk: {HEADER}"}
    return environment(port) | own | headers


def with_server(paper: Path, port: int, *, userinfo: str = "") -> None:
    path = paper / "ourtake.toml"
    path.write_text(
        path.read_text()
        + f'\n[models.local]\nbase_url = "http://{userinfo}127.0.0.1:{port}/v1"\napi_key_env = "LOCAL_KEY"\n'
    )


@pytest.mark.parametrize("stream", [(), ("--stream",)], ids=["whole", "stream"])
@pytest.mark.parametrize("provider", ["openai", "anthropic", "local"])
def test_what_a_server_sends_back_is_neither_stored_nor_printed(
    run: Run, paper: Path, provider: str, stream: tuple[str, ...]
) -> None:
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        with_server(paper, port)
        env = secret_environment(port)
        printed = []
        for model in ("echo", "echo-error"):
            for more in ((), ("--debug",)):
                done = run(
                    *more,
                    "draft",
                    SOURCE,
                    "--model",
                    f"{provider}:{model}",
                    "--json",
                    "--fresh",
                    *stream,
                    folder=paper,
                    env=env,
                )
                printed += [done.stdout, done.stderr]
        number = "1"
        for command in (
            ("calls", "show", number),
            ("calls", "show", number, "--json"),
            ("calls", "list"),
            ("models", "--ping"),
        ):
            done = run(*command, folder=paper, env=env)
            assert done.returncode == 0, done.stderr
            printed += [done.stdout, done.stderr]
        assert any(KEY in head for head in server.heads)
    assert "[key]" in printed[-8] + "".join(printed)
    assert_nowhere(paper, *printed, secrets=(KEY, ORG, PROJECT, HEADER))


def test_openais_own_headers_go_to_openai_alone(run: Run, paper: Path) -> None:
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        with_server(paper, port)
        env = secret_environment(port) | {
            "OPENAI_CUSTOM_HEADERS": f"X-Desk: {HEADER}\nAuthorization: Bearer {HEADER}\nAccept: text/odd"
        }
        assert run("draft", SOURCE, "--model", "local:good", folder=paper, env=env).returncode == 0
        (head,) = server.heads
        assert f"Bearer {KEY}" in head and not any(secret in head for secret in (ORG, PROJECT, HEADER, "text/odd"))
        env = secret_environment(port)
        assert run("draft", SOURCE, "--model", "openai:good", folder=paper, env=env).returncode == 0
        assert all(secret in server.heads[-1] for secret in (KEY, ORG, PROJECT, HEADER))


def test_an_addresss_password_is_masked(run: Run, paper: Path) -> None:
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        with_server(paper, port, userinfo=f"desk:{PASSWORD}@")
        printed = []
        for model in ("echo", "echo-error"):
            done = run(
                "--debug",
                "draft",
                SOURCE,
                "--model",
                f"local:{model}",
                "--json",
                folder=paper,
                env=environment(port) | {"LOCAL_KEY": KEY},
            )
            printed += [done.stdout, done.stderr]
    assert_nowhere(paper, *printed, secrets=(PASSWORD, KEY))


@pytest.mark.parametrize("key", ["x", "none", "the"])
def test_a_short_key_is_a_placeholder_and_masks_nothing(run: Run, paper: Path, key: str) -> None:
    take = good_take(run, paper)
    with serving(json.dumps(take)) as (_, port):
        done = run(
            "draft",
            SOURCE,
            "--model",
            "openai:good",
            "--json",
            folder=paper,
            env=environment(port) | {"OPENAI_API_KEY": key},
        )
    assert json.loads(done.stdout)["revisions"][0]["take"]["headline"] == take["headline"]
    assert "[key]" not in done.stdout + done.stderr


def test_a_batchs_answers_and_errors_are_masked(run: Run, paper: Path) -> None:
    laid_out(paper)
    with serving_batches(json.dumps(good_take(run, paper) | {"headline": f"The key is {KEY}"})) as (server, port):
        server.secret = KEY
        done = run(*words("openai:gpt-6.2-sol"), folder=paper, env=secret_environment(port))
        listed = run("calls", "show", "2", "--json", folder=paper, env=secret_environment(port))
    assert done.returncode in (0, 1) and "The batch answered" in done.stderr, done.stderr
    assert_nowhere(paper, done.stdout, done.stderr, listed.stdout, secrets=(KEY,))
    assert "[key]" in listed.stdout + (paper / "out.jsonl").read_text()
