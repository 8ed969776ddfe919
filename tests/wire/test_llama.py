"""A second real server: llama.cpp through llama-cpp-python's own server, with a model of random weights
(tiny_model.py).

It is an awkward one: it answers 500 to a schema, and takes JSON mode. Skipped where OURTAKE_LLAMA_PYTHON (a Python with
llama-cpp-python[server] and gguf) is not set, failed under OURTAKE_TEST_REQUIRE_ALL.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourtake.config import CompatibleServer, Models, Settings
from ourtake.documents import Draft
from ourtake.errors import PermanentError
from ourtake.providers.base import Reply
from ourtake.providers.compatible import Compatible
from ourtake.providers.registry import build_provider
from tests.conftest import Run
from tests.providers.conformance import request_for

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    python = os.environ.get("OURTAKE_LLAMA_PYTHON")
    if not python:
        if os.environ.get("OURTAKE_TEST_REQUIRE_ALL"):
            pytest.fail("no llama-cpp-python; set OURTAKE_LLAMA_PYTHON")
        pytest.skip("OURTAKE_LLAMA_PYTHON is not set")
    model = tmp_path_factory.mktemp("model") / "tiny.gguf"
    subprocess.run([python, str(HERE / "tiny_model.py"), str(model)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    words = [
        python,
        "-m",
        "llama_cpp.server",
        "--model",
        str(model),
        "--host",
        "127.0.0.1",
        "--port",
        str(free),
        "--n_ctx",
        "8192",
    ]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(6000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", free)) == 0:
                    break
            time.sleep(0.1)
        yield free
    finally:
        process.terminate()
        process.wait()


def asked(
    port: int, *, prompt: str = "Write one.", stream: bool = False, path: str = "/v1"
) -> tuple[Reply, str, Compatible]:
    server = CompatibleServer(base_url=f"http://127.0.0.1:{port}{path}")
    provider = build_provider("tiny:tiny", Settings(models=Models(servers={"tiny": server})))
    assert isinstance(provider, Compatible)
    heard: list[str] = []
    request = request_for("tiny").model_copy(update={"prompt": prompt, "max_output_tokens": 60})

    async def both() -> Reply:
        try:
            # The first answer to a schema is a 500, which the retry layer would count: here the second asking stands
            # for it.
            try:
                return await provider.reply(request, on_text=heard.append if stream else None)
            except Exception as error:
                if getattr(error, "status", None) != 500:
                    raise
                return await provider.reply(request, on_text=heard.append if stream else None)
        finally:
            await provider.close()

    return asyncio.run(both()), "".join(heard), provider


@pytest.mark.parametrize("stream", [False, True])
def test_it_answers_in_the_form_that_it_can(port: int, stream: bool) -> None:
    reply, heard, provider = asked(port, stream=stream)
    assert reply.status in ("complete", "cut-off") and reply.stop_reason in ("stop", "length")
    assert provider.learned.out == {"form 1"}
    if stream:
        assert heard == reply.text
    else:
        assert reply.usage.input_tokens > 0 and reply.usage.output_tokens > 0


def test_a_prompt_that_does_not_fit_is_said_so(port: int) -> None:
    with pytest.raises(PermanentError, match="is too long"):
        asked(port, prompt="word " * 4000)


def test_a_wrong_base_address_is_said_so(port: int) -> None:
    with pytest.raises(PermanentError, match="Check the base address"):
        asked(port, path="/elsewhere")


def test_what_a_random_model_says_is_no_take(port: int, run: Run, paper: Path) -> None:
    settings = (paper / "ourtake.toml").read_text()
    table = f'\n[models.tiny]\nbase_url = "http://127.0.0.1:{port}/v1"\n'
    (paper / "ourtake.toml").write_text(settings.replace("[models]", "[models]\nmax_output_tokens = 300") + table)
    done = run("draft", "sources/01-data-centre-power.md", "--model", "tiny:tiny", "--json", folder=paper)
    assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
    draft = Draft.model_validate_json(done.stdout)
    assert draft.revisions == () and draft.status in ("invalid", "cut-off", "empty", "failed")
    pinged = run("models", "--ping", folder=paper)
    assert pinged.returncode == 0 and "tiny.gguf" in pinged.stdout
