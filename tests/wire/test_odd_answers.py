"""What real servers do that is not quite what their APIs say: each kind through the real command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.providers.conformance import environment
from tests.wire.odd_answers import ODD, Server, odd_server
from tests.wire.test_failure_rows import add_server, calls
from tests.wire.test_llmock import SOURCE, good_take

SETTINGS = '\n[models]\neffort = "low"\n'


@pytest.fixture
def odd(run: Run, paper: Path) -> Iterator[tuple[Server, int]]:
    with odd_server(json.dumps(good_take(run, paper))) as (server, port):
        (paper / "ourtake.toml").write_text((paper / "ourtake.toml").read_text().replace("[models]\n", SETTINGS))
        assert 'effort = "low"' in (paper / "ourtake.toml").read_text()
        add_server(paper, "local", f"http://127.0.0.1:{port}/v1")
        yield server, port


def draft(run: Run, paper: Path, port: int, *words: str) -> Any:
    return run("draft", SOURCE, *words, folder=paper, env=environment(port))


@pytest.mark.parametrize("name", ODD)
def test_each_oddity_ends_as_it_should(run: Run, paper: Path, odd: tuple[Server, int], name: str) -> None:
    row = ODD[name]
    stream = ["--stream"] if row.stream else []
    done = draft(run, paper, odd[1], "--model", f"{row.provider}:{name}", *stream, "--json")
    assert done.returncode == row.code and row.said in done.stderr, done.stderr
    assert odd[0].counts[name] == row.requests
    if row.code == 0:
        found = json.loads(done.stdout)
        assert found["revisions"][0]["take"]["headline"] == json.loads(odd[0].take)["headline"]
        assert not any("billed twice" in note for note in found["notes"])


def test_what_is_refused_by_name_is_not_sent_again(run: Run, paper: Path, odd: tuple[Server, int]) -> None:
    for model in ("local:no-effort", "anthropic:no-output-config", "local:no-system"):
        assert draft(run, paper, odd[1], "--model", model).returncode == 0
    effort, first, second, third, system = [odd[0].bodies[number] for number in (1, 2, 3, 4, 6)]
    assert "reasoning_effort" not in effort and "response_format" in effort
    assert {"format", "effort"} == first["output_config"].keys() and second["output_config"].keys() == {"effort"}
    assert "output_config" not in third and "It has this schema" in third["messages"][0]["content"]
    assert [message["role"] for message in system["messages"]] == ["user"]
    assert odd[0].bodies[5]["messages"][0]["content"] in system["messages"][0]["content"]


@pytest.mark.parametrize("name", ["window-1", "window-2", "window-3"])
def test_the_room_that_is_left_is_asked_for(run: Run, paper: Path, odd: tuple[Server, int], name: str) -> None:
    assert draft(run, paper, odd[1], "--model", f"{ODD[name].provider}:{name}").returncode == 0
    assert [body["max_tokens"] for body in odd[0].bodies] == [6000, 3000]


def test_thoughts_without_an_answer_are_kept(run: Run, paper: Path, odd: tuple[Server, int]) -> None:
    draft(run, paper, odd[1], "--model", "local:only-reasoning")
    (call,) = calls(run, paper, "local")
    shown = run("calls", "show", str(call["id"]), "--json", folder=paper).stdout
    assert "First the mill, then the council." in shown


def test_a_rate_limit_with_status_200_costs_nothing(run: Run, paper: Path, odd: tuple[Server, int]) -> None:
    done = draft(run, paper, odd[1], "--model", "local:200-is-429-for-ever")
    assert done.returncode == 3
    assert [call["cost_usd"] for call in calls(run, paper, "local")] == [0, 0, 0, 0]


def test_a_cached_prompt_is_counted_in_deepseeks_words(run: Run, paper: Path, odd: tuple[Server, int]) -> None:
    draft(run, paper, odd[1], "--model", "local:cached")
    (call,) = calls(run, paper, "local")
    assert (call["input_tokens"], call["cached_tokens"]) == (100, 80)


@pytest.mark.parametrize("path", ["", "/", "/v1/chat/completions", "/v1/"])
def test_a_compatible_server_is_found_at_each_form_of_its_address(
    run: Run, paper: Path, odd: tuple[Server, int], path: str
) -> None:
    add_server(paper, "other", f"http://127.0.0.1:{odd[1]}{path}")
    done = draft(run, paper, odd[1], "--model", "other:fine")
    assert done.returncode == 0, done.stderr
    assert odd[0].paths[-1] == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("variable", "path", "model"),
    [
        ("OPENAI_BASE_URL", "", "openai:fine"),
        ("OPENAI_BASE_URL", "/v1/responses", "openai:fine"),
        ("ANTHROPIC_BASE_URL", "/v1", "anthropic:fine"),
        ("ANTHROPIC_BASE_URL", "/v1/messages/", "anthropic:fine"),
    ],
)
def test_a_provider_is_found_at_each_form_of_its_address(
    run: Run, paper: Path, odd: tuple[Server, int], variable: str, path: str, model: str
) -> None:
    env = environment(odd[1]) | {variable: f"http://127.0.0.1:{odd[1]}{path}"}
    done = run("draft", SOURCE, "--model", model, folder=paper, env=env)
    assert done.returncode == 0, done.stderr
    assert odd[0].paths[-1] == ("/v1/responses" if model.startswith("openai") else "/v1/messages")


@pytest.mark.parametrize("model", ["local:window-4", "openai:no-mark", "local:ended-window"])
def test_the_next_model_is_asked_in_order(run: Run, paper: Path, odd: tuple[Server, int], model: str) -> None:
    # "no-mark" is none of the server's oddities, and its whole streams are cut in the middle here.
    odd[0].cut.add("no-mark")
    done = draft(run, paper, odd[1], "--model", model, "--model", "anthropic:fine", "--stream", "--json")
    assert done.returncode == 0, done.stderr
    notes = " ".join(json.loads(done.stdout)["notes"])
    assert "anthropic:fine was asked" in notes and odd[0].counts["fine"] == 1
    assert odd[0].counts[model.partition(":")[2]] == 1
