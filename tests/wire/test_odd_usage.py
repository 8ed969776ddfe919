"""No count of tokens that a provider sends can lower a sum or lose an answer: what can't be true counts as what was set
aside.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ourtake.config import CompatibleServer, Models, Price, Settings
from ourtake.providers.base import Reply
from ourtake.providers.http import decoded
from ourtake.providers.pricing import cost_of, tariff_of
from ourtake.providers.registry import build_provider
from ourtake.providers.usage import MOST
from tests.conftest import Run
from tests.providers.conformance import environment, request_for
from tests.wire.awkward_server import Awkward, serving
from tests.wire.batch_server import serving as serving_batches
from tests.wire.oddities import USAGES
from tests.wire.test_llmock import SOURCE, good_take
from tests.wire.test_provider_batch import COUNT, laid_out, words

PRICE = "input = 3\noutput = 15\n"
SUM = "SELECT sum(cost), sum(coalesce(cost, reserved)), count(*) FROM calls WHERE provider <> 'baseline'"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Awkward, int]]:
    with serving() as found:
        yield found


async def asked(spec: str, port: int, *, stream: bool) -> tuple[Reply, int | None]:
    servers = {"local": CompatibleServer(base_url=f"http://127.0.0.1:{port}/v1")}
    settings = Settings(models=Models(servers=servers), prices={spec: Price(input=3, output=15)})
    provider = build_provider(spec, settings)
    try:
        reply = await provider.reply(request_for(provider.model), on_text=(lambda _: None) if stream else None)
    finally:
        await provider.close()
    return reply, cost_of(reply.usage, tariff_of(provider.name, provider.model, settings), free=False)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", USAGES)
@pytest.mark.parametrize("provider", ["openai", "anthropic", "local"])
def test_an_impossible_count_has_no_cost_and_its_answer_is_there(
    provider: str, name: str, stream: bool, server: tuple[Awkward, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment(server[1]).items():
        monkeypatch.setenv(variable, value)
    reply, cost = asyncio.run(asked(f"{provider}:usage:{name}", server[1], stream=stream))
    assert reply.status == "complete" and reply.text == server[0].reply
    assert cost is None and reply.doubt and reply.usage.input_tokens == reply.usage.output_tokens == 0
    good, cost = asyncio.run(asked(f"{provider}:good", server[1], stream=stream))
    assert cost and not good.doubt


def test_deepseeks_names_are_understood(server: tuple[Awkward, int], monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[tuple[dict[str, Any], tuple[int, int] | None]] = [
        ({"prompt_tokens": 100, "prompt_cache_hit_tokens": 40, "prompt_cache_miss_tokens": 60}, (100, 40)),
        ({"prompt_cache_hit_tokens": 40, "prompt_cache_miss_tokens": 60}, (100, 40)),
        ({"prompt_tokens": 100.0, "prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": 100}, (100, 0)),
        ({"prompt_tokens": 100, "prompt_cache_hit_tokens": 101}, None),
        ({"prompt_tokens": 100, "prompt_cache_hit_tokens": 100, "prompt_cache_miss_tokens": 60}, None),
        (
            {"prompt_tokens": 100, "prompt_cache_hit_tokens": 40, "prompt_tokens_details": {"cached_tokens": 30}},
            (100, 30),
        ),
    ]
    for given, wanted in rows:
        monkeypatch.setattr(
            "tests.wire.awkward_server.usage_of", lambda *_, given=given: {**given, "completion_tokens": 50}
        )
        reply, cost = asyncio.run(asked("local:good", server[1], stream=False))
        assert (reply.usage.input_tokens, reply.usage.cached_tokens) == (wanted or (0, 0)), given
        assert (cost is None) == (wanted is None) == bool(reply.doubt), given


def test_a_number_of_thousands_of_digits_is_read() -> None:
    found = decoded('{"prompt_tokens": ' + "9" * 5000 + ', "n": -12}')
    assert found["prompt_tokens"] > MOST and found["n"] == -12


def priced(paper: Path, *models: str) -> None:
    path = paper / "ourtake.toml"
    path.write_text(path.read_text() + "".join(f'\n[prices."{model}"]\n{PRICE}' for model in models))


def money(paper: Path) -> tuple[int | None, int, int]:
    with sqlite3.connect(paper / "ourtake.db") as connection:
        found: tuple[int | None, int, int] = connection.execute(SUM).fetchone()
    return found


@pytest.mark.parametrize("name", ["cached-above-sent", "negative-output"])
def test_a_limit_holds_whatever_the_usage_says(run: Run, paper: Path, name: str) -> None:
    model = f"openai:usage:{name}"
    priced(paper, model)
    laid_out(paper)
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        command = ("draft", "--batch", "many.jsonl", "--model", model, "--max-cost", "0.5", "-o", "out.jsonl")
        done = run(*command, folder=paper, env=environment(port))
        made = sum(server.counts.values())
    known, at_most, rows = money(paper)
    assert done.returncode == 4 and "0.50 USD" in done.stderr, done.stderr
    assert known is None and 0 < at_most <= 500_000 and rows == made < COUNT
    shown = run("calls", "list", folder=paper).stdout
    assert shown.count("The provider's count of tokens was not used: ") == made and "unknown, at most" in shown
    cost = json.loads(run("calls", "cost", "--json", folder=paper).stdout)["total"]
    assert (
        cost["uncounted"] == made
        and cost["unknown_at_most_usd"] == pytest.approx(at_most / 1e6)
        and cost["known_usd"] == 0
    )


@pytest.mark.parametrize("stream", [(), ("--stream",)], ids=["whole", "stream"])
def test_a_count_above_what_the_store_holds_loses_no_answer(run: Run, paper: Path, stream: tuple[str, ...]) -> None:
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        env = environment(port)
        done = run("draft", SOURCE, "--model", "openai:usage:above-the-store", *stream, folder=paper, env=env)
        again = run("draft", SOURCE, "--model", "openai:usage:above-the-store", folder=paper, env=env)
        assert sum(server.counts.values()) == 1
    assert done.returncode in (0, 1) and again.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr


def test_a_negative_cost_of_an_earlier_version_lowers_nothing(run: Run, paper: Path) -> None:
    priced(paper, "openai:good")
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        assert run("draft", SOURCE, "--model", "openai:good", folder=paper, env=environment(port)).returncode in (0, 1)
        with sqlite3.connect(paper / "ourtake.db") as connection:
            connection.execute("UPDATE calls SET cost = -9000000, cached_tokens = 5000000 WHERE provider = 'openai'")
        done = run(
            "draft", SOURCE, "--model", "openai:good", "--fresh", "--max-cost", "0", folder=paper, env=environment(port)
        )
        assert done.returncode == 4
    total = json.loads(run("calls", "cost", "--json", folder=paper).stdout)["total"]
    assert total["known_usd"] == 0 and total["uncounted"] == 1 and total["unknown_at_most_usd"] > 0
    assert "-9" not in run("calls", "list", folder=paper).stdout


def test_a_batchs_impossible_counts_are_counted_at_the_most(run: Run, paper: Path) -> None:
    laid_out(paper)
    model = "openai:gpt-6.2-sol"
    priced(paper, model)
    usage = {"input_tokens": 100, "output_tokens": 50, "input_tokens_details": {"cached_tokens": 10**6}}
    with serving_batches(json.dumps(good_take(run, paper))) as (server, port):
        server.usage = usage
        done = run(*words(model), folder=paper, env=environment(port))
    assert done.returncode in (0, 1), done.stderr
    with sqlite3.connect(paper / "ourtake.db") as connection:
        found = connection.execute("SELECT cost, reserved, error FROM calls WHERE batch").fetchall()
    assert len(found) == COUNT - 2
    assert all(
        cost is None and reserved > 0 and "cached_tokens is 1000000 of 100 sent" in error
        for cost, reserved, error in found
    )
