"""A limit in money through real processes: many calls at once, repairs, calls of unknown outcome, two processes on one
day's budget.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from paid_server import PaidServer, sources_file

from ourtake.text.counts import count_of
from tests.cli.conftest import environment
from tests.conftest import Run, Start

EACH = 0.0171
"""USD that an answer of the server costs."""
MOST = 0.23
"""USD that a call may cost at the most, when nothing is known but its prompt and its cap."""


def batch(name: str, *flags: str) -> list[str]:
    return [
        "draft",
        "--batch",
        "sources.jsonl",
        "--model",
        "openai:paid",
        "--concurrency",
        "20",
        "-o",
        f"{name}.jsonl",
        *flags,
    ]


def cost(run: Run, desk: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(run("calls", "cost", "--by", "model", "--json", folder=desk).stdout)["total"]
    return found


def budget(desk: Path, line: str) -> None:
    (desk / "ourtake.toml").write_text((desk / "ourtake.toml").read_text() + f"\n[budget]\n{line}\n")


@pytest.mark.parametrize("limit", [0.25, 0.4, 0.6])
def test_twenty_at_once_with_repairs_stay_below_the_cap(run: Run, desk: Path, server: PaidServer, limit: float) -> None:
    sources_file(desk, 40)
    done = run(*batch("out", "--max-cost", str(limit)), folder=desk, env=environment(server))
    assert done.returncode == 4 and "Traceback" not in done.stderr, done.stderr
    assert server.dollars() <= limit and cost(run, desk)["cost_usd"] == pytest.approx(server.dollars())
    # The money goes as far as it can: no more is left than the most that one more call could have cost.
    assert server.dollars() > limit - MOST - EACH
    # It is said how far the drafts had come whose next call was refused.
    drafts = [json.loads(line) for line in (desk / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    stopped = [draft for draft in drafts if draft["status"] == "limit"]
    taken = sum(bool(draft["revisions"]) for draft in stopped)
    begun = sum(not draft["revisions"] and bool(draft["usage"]["calls"]) for draft in stopped)
    said = f"Of {count_of(len(stopped), 'draft')} that the limit stopped, "
    assert (said in done.stderr) == (taken + begun > 0)
    assert (f"{taken} ha" in done.stderr and "read it again or repair it was refused" in done.stderr) == (taken > 0)


def test_a_day_is_shared_by_two_processes_also_with_calls_of_unknown_outcome(
    run: Run, start: Start, desk: Path, server: PaidServer
) -> None:
    sources_file(desk, 40)
    killed = run(*batch("first"), folder=desk, env=environment(server) | {"OURTAKE_KILL_AT": "after-receiving:3"})
    assert killed.returncode < 0
    before = cost(run, desk)
    spent = before["known_usd"] + before["unknown_at_most_usd"]
    assert before["unknown_at_most_usd"] > 0
    limit = round(spent + 0.6, 2)
    budget(desk, f"usd_per_day = {limit}")
    both = [start(*batch(name, "--fresh"), folder=desk, env=environment(server)) for name in ("second", "third")]
    told = [process.communicate(timeout=600)[1] for process in both]
    assert [process.returncode for process in both] == [4, 4] and not any("Traceback" in errors for errors in told), (
        told
    )
    after = cost(run, desk)
    assert after["known_usd"] + after["unknown_at_most_usd"] <= limit + 1e-9
    assert after["known_usd"] > before["known_usd"] + 0.3 and server.dollars() <= limit
    for name in ("second", "third"):
        drafts = [json.loads(line) for line in (desk / f"{name}.jsonl").read_text().splitlines()]
        assert len(drafts) == 40 and {draft["status"] for draft in drafts} >= {"limit"}


def without_price(desk: Path) -> str:
    """Take the price out of the settings; what they were before."""
    settings = (desk / "ourtake.toml").read_text()
    (desk / "ourtake.toml").write_text(settings.replace('[prices."openai:paid"]', '[prices."openai:other"]'))
    return settings


def test_what_was_answered_before_there_was_a_price_counts_against_a_limit(
    run: Run, desk: Path, server: PaidServer
) -> None:
    sources_file(desk, 12)
    priced = without_price(desk)
    assert run(*batch("first"), folder=desk, env=environment(server)).returncode == 0
    assert cost(run, desk)["cost_usd"] is None
    (desk / "ourtake.toml").write_text(priced)
    budget(desk, f"usd_per_day = {server.dollars()}")
    billed = len(server.billed)
    done = run(*batch("second", "--fresh"), folder=desk, env=environment(server))
    assert done.returncode == 4 and f"{server.dollars():.6f}".rstrip("0") + " USD has been spent" in done.stderr, (
        done.stderr
    )
    assert len(server.billed) == billed and cost(run, desk)["cost_usd"] == pytest.approx(server.dollars())


def test_a_limit_is_not_kept_on_what_nobody_knows_the_cost_of(run: Run, desk: Path, server: PaidServer) -> None:
    sources_file(desk, 12)
    priced = without_price(desk)
    assert (
        run(*batch("first"), folder=desk, env=environment(server) | {"OURTAKE_KILL_AT": "after-receiving:3"}).returncode
        < 0
    )
    (desk / "ourtake.toml").write_text(priced)
    billed = len(server.billed)
    done = run(*batch("first", "--resume", "--retry-unknown", "--max-cost", "9"), folder=desk, env=environment(server))
    assert done.returncode == 4 and len(server.billed) == billed
    assert "The limit of 9.00 USD for a run can't be enforced" in done.stderr, done.stderr
    assert "earlier calls had no price" in done.stderr
    # Without the limit it goes on, and in a run of its own the limit is kept.
    assert run(*batch("first", "--resume", "--retry-unknown"), folder=desk, env=environment(server)).returncode in (
        0,
        1,
    )
    assert run(*batch("other", "--max-cost", "9", "--fresh"), folder=desk, env=environment(server)).returncode in (0, 1)


def test_a_draft_whose_only_call_has_an_unknown_outcome_did_not_cost_nothing(
    run: Run, desk: Path, server: PaidServer
) -> None:
    sources_file(desk, 1)
    assert (
        run(*batch("out"), folder=desk, env=environment(server) | {"OURTAKE_KILL_AT": "after-receiving:1"}).returncode
        < 0
    )
    assert run(*batch("out", "--resume"), folder=desk, env=environment(server)).returncode == 3
    (draft,) = (json.loads(line) for line in (desk / "out.jsonl").read_text().splitlines())
    assert (draft["status"], draft["cost_usd"], draft["usage"]["calls"]) == ("unknown", None, 0)
