"""`draft --batch --provider-batch` through the real command against both batch endpoints (batch_server.py)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ourtake.documents import Draft
from ourtake.intake.files import read_source
from ourtake.store import Store
from tests.conftest import Run, Start
from tests.providers.conformance import environment
from tests.wire.batch_server import Batches, serving
from tests.wire.test_llmock import SOURCE, good_take

MODELS = ("openai:gpt-6.2-sol", "anthropic:claude-sonnet-5-5")
COUNT = 6


def laid_out(paper: Path, *, seconds: float = 0.05) -> None:
    path = paper / "ourtake.toml"
    path.write_text(path.read_text().replace("[models]", f"[models]\nbatch_poll_seconds = {seconds}"))
    source = read_source(str(paper / SOURCE))
    marks = {1: " EXPIRES", 2: " FAILS"}
    rows = [
        source.model_copy(update={"id": f"s{n}", "title": f"{source.title} ({n}){marks.get(n, '')}"})
        for n in range(COUNT)
    ]
    rows = [row.model_copy(update={"url": f"{row.url}?n={row.id}"}) for row in rows]
    (paper / "many.jsonl").write_text("\n".join(row.model_dump_json() for row in rows))


def words(model: str, *more: str) -> tuple[str, ...]:
    return ("draft", "--batch", "many.jsonl", "--model", model, "--provider-batch", "-o", "out.jsonl", *more)


def drafts(paper: Path) -> list[Draft]:
    return [Draft.model_validate_json(line) for line in (paper / "out.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("model", MODELS)
def test_first_takes_come_from_the_batch_and_the_rest_in_the_ordinary_way(run: Run, paper: Path, model: str) -> None:
    laid_out(paper)
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        done = run(*words(model), folder=paper, env=environment(port))
    assert done.returncode in (0, 1) and "Traceback" not in done.stderr, done.stderr
    assert f"The batch answered {COUNT - 2} requests; 2 are sent one by one" in done.stderr
    assert {draft.source.id for draft in drafts(paper)} == {f"s{n}" for n in range(COUNT)}
    assert all(draft.standing() is not None for draft in drafts(paper))
    assert server.counts["batches"] == 1
    with Store.open(f"sqlite:///{paper}/ourtake.db") as store:
        calls = [call for call in store.calls() if call.start.provider != "baseline" and call.start.task == "take"]
    assert sorted(call.end.usage.batch for call in calls if call.end) == [False] * 2 + [True] * (COUNT - 2)
    by = {draft.id: draft.source.id for draft in drafts(paper)}
    assert {by[call.start.draft_id] for call in calls if call.end and not call.end.usage.batch} == {"s1", "s2"}


def stopped_while_waiting(start: Start, paper: Path, server: Batches, port: int, model: str = MODELS[0]) -> None:
    """A run that was killed while its batch was under way."""
    process = start(*words(model), folder=paper, env=environment(port))
    until(lambda: server.asked["batch_1"] > 3)
    process.kill()
    process.wait()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.mark.parametrize("model", MODELS)
def test_a_killed_wait_goes_on_and_submits_nothing_twice(run: Run, start: Start, paper: Path, model: str) -> None:
    laid_out(paper)
    with serving(json.dumps(good_take(run, paper)), looks=1_000_000) as (server, port):
        stopped_while_waiting(start, paper, server, port, model)
        server.looks = 0
        done = run(*words(model, "--resume"), folder=paper, env=environment(port))
    assert done.returncode in (0, 1), done.stderr
    assert server.counts["batches"] == 1 and f"The batch answered {COUNT - 2} requests" in done.stderr
    assert len(drafts(paper)) == COUNT


PRICE = '\n[prices."openai:gpt-6.2-sol"]\ninput = 5\noutput = 20\n'
LIMITS = {
    "a run": ("", ("--max-cost", "0.01"), "The limit of 0.01 USD for a run"),
    "a day": ("[budget]\nusd_per_day = 0.4\n", (), "The limit of 0.40 USD for a day (UTC)"),
    "a draft": ("[budget]\nusd_per_draft = 0.02\n", (), "The limit of 0.02 USD for a draft"),
}
"""A request of these may cost some 0.1 USD at half the price, six of them 0.6."""


@pytest.mark.parametrize("name", LIMITS)
def test_a_batch_that_may_pass_a_limit_is_not_submitted(run: Run, paper: Path, name: str) -> None:
    settings, flags, said = LIMITS[name]
    laid_out(paper)
    (paper / "ourtake.toml").write_text((paper / "ourtake.toml").read_text() + PRICE + settings)
    with serving("{}") as (server, port):
        done = run(*words(MODELS[0], *flags), folder=paper, env=environment(port))
    assert done.returncode == 4 and said in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert server.counts.total() == 0


def rows(run: Run, paper: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("calls", "list", "--json", "-n", "1000", folder=paper).stdout)
    return [row for row in found if row["provider"] == "openai"]


def test_what_a_batch_under_way_may_cost_is_set_aside_for_all(run: Run, start: Start, paper: Path) -> None:
    laid_out(paper)
    (paper / "ourtake.toml").write_text((paper / "ourtake.toml").read_text() + PRICE + "[budget]\nusd_per_day = 0.75\n")
    with serving(json.dumps(good_take(run, paper)), looks=1_000_000) as (server, port):
        process = start(*words(MODELS[0]), folder=paper, env=environment(port))
        until(lambda: server.asked["batch_1"] > 1)
        other = run("draft", SOURCE, "--model", MODELS[0], folder=paper, env=environment(port))
        process.kill()
        process.wait()
        (waiting,) = rows(run, paper)
        assert other.returncode == 4 and "0.75 USD for a day" in other.stderr and server.counts["ordinary"] == 0, (
            other.stderr
        )
        assert (waiting["task"], waiting["state"]) == ("batch", "unknown") and 0.5 < waiting["at_most_usd"] < 0.75
        server.looks = 0
        done = run(*words(MODELS[0], "--resume"), folder=paper, env=environment(port))
    assert done.returncode in (0, 1, 4), done.stderr
    after = rows(run, paper)
    assert (after[0]["task"], after[0]["state"], after[0]["cost_usd"]) == ("batch", "answered", 0)
    assert (
        sum(row["cost_usd"] for row in after) <= 0.75
        and sum(row["state"] == "answered" for row in after[1:]) >= COUNT - 2
    )


ORDINARY = ("draft", "--batch", "many.jsonl", "--model", MODELS[0], "--concurrency", "1", "-o", "out.jsonl")


def killed(run: Run, paper: Path, port: int) -> None:
    """An ordinary batch that died under its first answer, whose outcome nobody knows."""
    done = run(*ORDINARY, folder=paper, env=environment(port) | {"OURTAKE_KILL_AT": "after-receiving:1"})
    assert done.returncode < 0
    assert [row["state"] for row in rows(run, paper)].count("unknown") == 1


def test_a_call_of_unknown_outcome_goes_into_no_batch_without_a_word(run: Run, paper: Path) -> None:
    laid_out(paper)
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        killed(run, paper, port)
        done = run(*words(MODELS[0], "--resume"), folder=paper, env=environment(port))
        assert (
            done.returncode == 3 and "is unknown" in done.stderr and [*map(len, server.batches.values())] == [COUNT - 1]
        ), done.stderr
        assert sorted(draft.status == "unknown" for draft in drafts(paper)) == [False] * (COUNT - 1) + [True]
        again = run(*words(MODELS[0], "--resume", "--retry-unknown"), folder=paper, env=environment(port))
    assert again.returncode in (0, 1) and [*map(len, server.batches.values())] == [COUNT - 1, 1], again.stderr


def test_what_a_call_of_unknown_outcome_may_have_cost_counts_against_its_drafts_limit(run: Run, paper: Path) -> None:
    laid_out(paper)
    # A call may cost some 0.21 USD, in a batch half of that; one draft has an unknown call already.
    (paper / "ourtake.toml").write_text(
        (paper / "ourtake.toml").read_text() + PRICE + "[budget]\nusd_per_draft = 0.25\n"
    )
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        killed(run, paper, port)
        done = run(*words(MODELS[0], "--resume", "--retry-unknown"), folder=paper, env=environment(port))
    assert "Traceback" not in done.stderr
    assert [*map(len, server.batches.values())] == [COUNT - 1], done.stderr
    (refused,) = (draft for draft in drafts(paper) if draft.status == "limit")
    assert "The limit of 0.25 USD for a draft could be exceeded" in (refused.error or "") and refused.cost_usd is None


def test_answers_to_words_that_have_changed_are_in_the_ledger_and_said(run: Run, start: Start, paper: Path) -> None:
    laid_out(paper)
    (paper / "ourtake.toml").write_text((paper / "ourtake.toml").read_text() + PRICE)
    with serving(json.dumps(good_take(run, paper)), looks=1_000_000) as (server, port):
        stopped_while_waiting(start, paper, server, port)
        for prompt in (paper / "prompts").glob("*take*"):
            prompt.write_text(prompt.read_text() + "\nWrite plainly.\n")
        server.looks = 0
        done = run(*words(MODELS[0], "--resume"), folder=paper, env=environment(port))
    assert f"{COUNT - 2} answers of the batch were paid for but can't be used" in done.stderr, done.stderr
    answered = [row for row in rows(run, paper) if row["state"] == "answered" and row["task"] == "take"]
    # The server answered so many in the batch, and all of the drafts in the ordinary way.
    assert sorted(row["batch"] for row in answered) == [False] * COUNT + [True] * (COUNT - 2)
    assert all(row["cost_usd"] for row in answered)


def test_fresh_asks_a_batch_for_what_another_run_was_answered(run: Run, paper: Path) -> None:
    laid_out(paper)
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        for out in ("one.jsonl", "two.jsonl"):
            given = ("draft", "--batch", "many.jsonl", "--model", MODELS[0], "--provider-batch", "--fresh", "-o", out)
            done = run(*given, folder=paper, env=environment(port))
            assert done.returncode in (0, 1), done.stderr
    assert [*map(len, server.batches.values())] == [COUNT, COUNT]


BROKEN = {
    "no-id": ("not a model's answer", "unknown"),
    "page": ("not a model's answer", "unknown"),
    "500": ("failed with status 500", "failed"),
    "gone": ("does not know the batch batch_1 at this address or with this key.", "unknown"),
    "down": ("Batch batch_1 continues at the provider; wait for it with --resume.", "unknown"),
    "refused": ("openai refused the batch: Too many lines. Continue with --resume", "failed"),
}
"""What is wrong with the endpoint, what is said, and how the batch then stands in the ledger."""


@pytest.mark.parametrize("model", MODELS)
def test_a_batch_endpoint_that_fails_is_one_sentence_and_the_run_goes_on(run: Run, paper: Path, model: str) -> None:
    laid_out(paper)
    reply = json.dumps(good_take(run, paper))
    for fault, (said, state) in BROKEN.items():
        if fault == "refused" and not model.startswith("openai"):
            continue  # Anthropic has no such end
        with serving(reply) as (server, port):
            server.fault = fault
            given = ("draft", "--batch", "many.jsonl", "--model", model, "--fresh", "-o", f"{fault}.jsonl")
            done = run(*given, "--provider-batch", folder=paper, env=environment(port))
            assert done.returncode == 3 and said in done.stderr and "Traceback" not in done.stderr, (fault, done.stderr)
            listed = json.loads(run("calls", "list", "--json", "-n", "1", folder=paper).stdout)
            assert (listed[0]["task"], listed[0]["state"]) == ("batch", state), fault
            server.fault = ""
            rest = run(*given, "--resume", folder=paper, env=environment(port))
        assert rest.returncode in (0, 1) and (paper / f"{fault}.jsonl").read_text().count("\n") == COUNT, (
            fault,
            rest.stderr,
        )


def test_a_provider_without_a_batch_endpoint_says_so(run: Run, paper: Path) -> None:
    laid_out(paper)
    done = run(*words("baseline"), folder=paper)
    assert done.returncode == 2 and "baseline has no batch endpoint" in done.stderr
