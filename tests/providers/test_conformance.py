"""The one suite that every provider has to pass: see conformance.py. A new provider adds its name there and nothing
here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from ourtake.documents import Usage
from tests.providers.conformance import BEHAVIOURS, WIRED, Behaviour, environment, run
from tests.wire.awkward_server import PARTIAL, REFUSAL, REPLY, Awkward, serving

GUARD = 60
"""Seconds after which a call that no deadline ends would fail the suite; how soon it ends is measured in
benchmarks/faults.py.
"""
KEY = "sk-test-0123456789abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Awkward, int]]:
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def keys(server: tuple[Awkward, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(server[1]).items():
        monkeypatch.setenv(name, KEY if name.endswith("KEY") else value)


@pytest.mark.parametrize("provider", WIRED)
@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.words)
def test_what_comes_of_a_servers_behaviour(provider: str, behaviour: Behaviour, server: tuple[Awkward, int]) -> None:
    found = asyncio.run(asyncio.wait_for(run(provider, behaviour, *server), GUARD))
    expected = {
        f"{behaviour.outcome}, {behaviour.requests}",
        *(f"{also}, {behaviour.requests}" for also in behaviour.also),
        *behaviour.also,
    }
    assert f"{found.kind}, {found.requests}" in expected, found
    shown = found.said + "".join(found.notes)
    assert KEY not in shown and "0123456789abcdef" not in shown and "<" not in shown
    if found.said:
        assert found.said.endswith(".") and found.said.count("Traceback") == 0


@pytest.mark.parametrize("provider", WIRED)
@pytest.mark.parametrize("stream", [False, True])
def test_text_and_usage_of_a_good_reply(provider: str, stream: bool, server: tuple[Awkward, int]) -> None:
    found = asyncio.run(run(provider, Behaviour("good", "", "complete", 1, stream=stream), *server))
    assert found.text == REPLY and found.heard == (REPLY if stream else "")
    written = 0 if provider == "compatible" else 10
    # 100 tokens were sent, of which 40 came from the cache: every provider is brought to this one way of counting.
    assert found.usage == Usage(
        input_tokens=100, output_tokens=50, cached_tokens=40, cache_write_tokens=written, calls=1
    )


@pytest.mark.parametrize("provider", WIRED)
def test_the_schema_and_the_stable_part_are_sent(provider: str, server: tuple[Awkward, int]) -> None:
    asyncio.run(run(provider, Behaviour("good", "", "complete", 1), *server))
    sent = json.dumps(server[0].requests[-1])
    assert '"json_schema"' in sent and '"headline"' in sent
    cached = {
        "openai": '"prompt_cache_key": "ourtake-',
        "anthropic": '"cache_control": {"type": "ephemeral"}',
        "compatible": '"role": "system"',
    }
    assert cached[provider] in sent


@pytest.mark.parametrize("provider", WIRED)
def test_a_refusal_keeps_its_words_and_a_broken_stream_what_arrived(provider: str, server: tuple[Awkward, int]) -> None:
    assert asyncio.run(run(provider, Behaviour("refusal", "", "", 1), *server)).text == REFUSAL
    early = asyncio.run(run(provider, Behaviour("early-end", "", "", 1, stream=True), *server))
    assert early.text == PARTIAL == early.heard
    assert asyncio.run(run(provider, Behaviour("drop-after", "", "", 2, stream=True), *server)).heard == 2 * PARTIAL


LEARNED = [
    ("openai", "no-cache"),
    ("openai", "no-temperature"),
    ("compatible", "no-max-tokens"),
    ("compatible", "no-stream-options"),
]


@pytest.mark.parametrize(("provider", "name"), LEARNED)
def test_a_parameter_that_is_refused_by_name_is_left_out_and_stays_out(
    provider: str, name: str, server: tuple[Awkward, int]
) -> None:
    found = asyncio.run(run(provider, Behaviour(name, "", "complete", 2, stream=name == "no-stream-options"), *server))
    assert (found.kind, found.requests, found.usage.calls) == ("complete", 2, 2)


def test_a_server_that_fails_on_a_schema_is_asked_in_another_form(server: tuple[Awkward, int]) -> None:
    found = asyncio.run(run("compatible", Behaviour("500-for-schema", "", "complete", 2), *server))
    assert (found.kind, found.requests) == ("complete", 2)
    assert server[0].requests[-1]["response_format"] == {"type": "json_object"}
    assert '"headline"' in server[0].requests[-1]["messages"][1]["content"]


SENTENCES = {
    "bad-key": "refused the key",
    "unknown-model": "has no model unknown-model",
    "quota": "no credit left",
    "credit": "no credit left",
    "context-overflow": "is too long",
    "filter-error": "content filter",
    "redirect": "redirect",
    "429-too-long": "3,600 seconds, until 20",
    "huge": "too large",
    "drop-before": "may have been billed",
}


@pytest.mark.parametrize("provider", WIRED)
@pytest.mark.parametrize("name", SENTENCES)
def test_each_fault_has_a_sentence_of_its_own(provider: str, name: str, server: tuple[Awkward, int]) -> None:
    assert SENTENCES[name] in asyncio.run(run(provider, Behaviour(name, "", "", 1), *server)).said


@pytest.mark.parametrize("stream", [False, True])
def test_the_baseline_needs_no_server(stream: bool, server: tuple[Awkward, int]) -> None:
    found = asyncio.run(run("baseline", Behaviour("good", "", "complete", 0, stream=stream), *server))
    assert (found.kind, found.requests, found.usage) == ("complete", 0, Usage(calls=1))
    assert set(json.loads(found.text)) == {"headline", "summary", "body", "tags"} and found.heard == (
        found.text if stream else ""
    )
