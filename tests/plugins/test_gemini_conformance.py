"""The example provider against every behaviour that the built-in ones are held to."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from ourtake.documents import Usage
from ourtake.providers import registry
from tests.plugins.conftest import HERE
from tests.providers.conformance import BEHAVIOURS, Behaviour, run
from tests.wire.awkward_server import REPLY, Awkward, serving


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Awkward, int]]:
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def gemini(server: tuple[Awkward, int], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(HERE / "gemini"))
    row = importlib.import_module("ourtake_gemini").ROW
    monkeypatch.setitem(registry.ROWS, "gemini", row)
    monkeypatch.setenv("GEMINI_API_KEY", "AIza-test-0123456789abcdef")
    monkeypatch.setenv("GEMINI_BASE_URL", f"http://127.0.0.1:{server[1]}/v1beta")


@pytest.mark.parametrize(
    "behaviour",
    # Its API has no mark for a refusal in words, and "You exceeded your current quota" may mean this minute's.
    [row for row in BEHAVIOURS if row.name not in ("refusal", "quota")],
    ids=lambda behaviour: behaviour.words + " stream" * behaviour.stream,
)
def test_what_comes_of_a_servers_behaviour(behaviour: Behaviour, server: tuple[Awkward, int]) -> None:
    found = asyncio.run(asyncio.wait_for(run("gemini", behaviour, *server), 60))
    assert f"{found.kind}, {found.requests}" in {f"{behaviour.outcome}, {behaviour.requests}", *behaviour.also}, found
    assert "0123456789abcdef" not in found.said


@pytest.mark.parametrize("stream", [False, True])
def test_text_and_usage_of_a_good_reply(stream: bool, server: tuple[Awkward, int]) -> None:
    found = asyncio.run(run("gemini", Behaviour("good", "", "complete", 1, stream=stream), *server))
    assert found.text == REPLY and found.heard == (REPLY if stream else "")
    assert found.usage == Usage(input_tokens=100, output_tokens=50, cached_tokens=40, calls=1)
