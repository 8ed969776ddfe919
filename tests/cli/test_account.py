"""`calls cost` beside the server's own account where much goes wrong: billed and dropped, a first model that is down,
repairs, a verifier, a kill.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paid_server import PRICES, RECEIVED, SENT, PaidServer, sources_file

from tests.cli.conftest import environment
from tests.conftest import Run
from tests.providers.conformance import environment as awkward_environment
from tests.wire.awkward_server import Awkward, serving

COUNT = 12
EACH = (SENT * PRICES["input"] + RECEIVED * PRICES["output"]) / 1_000_000
PRICE = f"input = {PRICES['input']}\noutput = {PRICES['output']}\n"


class Unsteady(PaidServer):
    """Every seventh request is billed and then dropped; the model "down" drops all of its requests, unbilled."""

    def __init__(self, take: dict[str, Any]) -> None:
        super().__init__(take, latency=0.02)
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()

    def account(self, body: dict[str, Any]) -> dict[str, Any]:
        """See PaidServer. An exception here closes the connection without an answer."""
        name = body["model"]
        self.asked[name] += 1
        if name == "down":
            raise ConnectionError
        answer = super().account(body)
        if len(self.billed) % 7 == 0:
            raise ConnectionError
        self.answered[name] += 1
        return answer


@pytest.fixture
def unsteady(origin: tuple[Path, dict[str, Any]]) -> Iterator[Unsteady]:
    running = Unsteady(origin[1])
    yield running
    running.close()


def by_model(run: Run, desk: Path) -> dict[str, dict[str, Any]]:
    found = json.loads(run("calls", "cost", "--by", "model", "--json", folder=desk).stdout)
    return {row["name"]: row for row in [*found["rows"], found["total"]]}


def test_the_ledger_holds_every_request_that_the_server_saw_and_what_it_may_have_billed(
    run: Run, desk: Path, unsteady: Unsteady
) -> None:
    sources_file(desk, COUNT)
    settings = (
        (desk / "ourtake.toml")
        .read_text()
        .replace('ignore = ["ORG002"]', 'ignore = ["ORG002"]\nverifier = "openai:verifier"')
    )
    (desk / "ourtake.toml").write_text(
        settings + "".join(f'\n[prices."openai:{name}"]\n{PRICE}' for name in ("down", "verifier"))
    )
    words = [
        "draft",
        "--batch",
        "sources.jsonl",
        "--model",
        "openai:down",
        "--model",
        "openai:paid",
        "--verify",
        "--concurrency",
        "20",
        "-o",
        "out.jsonl",
    ]
    env = environment(unsteady)
    assert run(*words, folder=desk, env=env | {"OURTAKE_KILL_AT": "after-receiving:5"}).returncode < 0
    for _ in range(8):
        done = run(*words, "--resume", "--retry-unknown", folder=desk, env=env)
        assert "Traceback" not in done.stderr, done.stderr
        if done.returncode in (0, 1):
            break
    assert (desk / "out.jsonl").read_text().count("\n") == COUNT
    rows = by_model(run, desk)
    for name in ("down", "paid", "verifier"):
        row, asked, answered = rows[f"openai:{name}"], unsteady.asked[name], unsteady.answered[name]
        # What a kill left under way before it was sent stands as failed, and cost nothing.
        assert row["answered"] + row["unknown"] >= asked and row["under_way"] == 0, (name, row, asked)
        assert row["answered"] <= answered and row["known_usd"] == pytest.approx(row["answered"] * EACH), (
            name,
            row,
            answered,
        )
    total = rows["total"]
    assert total["known_usd"] <= unsteady.dollars() <= total["known_usd"] + total["unknown_at_most_usd"]
    # All that it billed and that brought no answer is listed as unknown.
    assert (
        len(unsteady.billed) - total["answered"] <= total["unknown"]
        and rows["openai:verifier"]["answered"] >= 1  # equal claims are asked once
    )


def test_a_stream_that_ends_before_its_count_of_tokens_is_not_free(
    run: Run, desk: Path, awkward: tuple[Awkward, int]
) -> None:
    (desk / "ourtake.toml").write_text((desk / "ourtake.toml").read_text() + f'\n[prices."openai:early-end"]\n{PRICE}')
    words = ("draft", "sources/01-data-centre-power.md", "--model", "openai:early-end", "--stream")
    done = run(*words, folder=desk, env=awkward_environment(awkward[1]))
    assert (
        done.returncode == 3 and "was cut off before its end" in done.stderr and "Its cost is not known." in done.stderr
    )
    row = by_model(run, desk)["openai:early-end"]
    assert (row["answered"], row["uncounted"], row["cost_usd"]) == (2, 2, None) and row["unknown_at_most_usd"] > 0.1
    table = run("calls", "cost", "--by", "model", folder=desk).stdout
    assert (
        f"0.00 USD + at most {row['unknown_at_most_usd']:.6f}".rstrip("0") in table and "without a price" not in table
    )
    # Under a limit it counts at the most that it may have cost.
    limited = run(*words, "--fresh", "--max-cost", "0.15", folder=desk, env=awkward_environment(awkward[1]))
    assert limited.returncode == 4 and awkward[0].counts["early-end"] == 3, limited.stderr


@pytest.fixture
def awkward() -> Iterator[tuple[Awkward, int]]:
    with serving() as found:
        yield found
