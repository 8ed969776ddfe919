"""The ledger through the real command: what is remembered, what it costs, where a limit stops it. See conftest.py for
the provider.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from paid_server import RECEIVED, SENT, PaidServer, sources_file

from ourtake.providers.ledger import REMEMBERED
from tests.cli.conftest import BATCH, ONE, environment, lines
from tests.conftest import Run


def total(run: Run, desk: Path) -> dict[str, Any]:
    rows = json.loads(run("calls", "cost", "--by", "model", "--json", folder=desk).stdout)["rows"]
    found: dict[str, Any] = next(row for row in rows if row["name"] == "openai:paid")
    return found


def test_the_ledger_agrees_with_the_servers_account(run: Run, desk: Path, server: PaidServer) -> None:
    done = run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    assert done.returncode in (0, 1), done.stderr
    row = total(run, desk)
    assert (row["calls"], row["answered"], row["cost_usd"]) == (
        len(server.billed),
        len(server.billed),
        pytest.approx(server.dollars()),
    )
    assert (row["input_tokens"], row["output_tokens"]) == (SENT * len(server.billed), RECEIVED * len(server.billed))
    table = run("calls", "cost", "--by", "model", folder=desk).stdout.splitlines()
    (shown,) = (line.split() for line in table if line.startswith("openai:paid"))
    assert shown[1:3] == [str(len(server.billed))] * 2 and shown[-2] == f"{server.dollars():.6f}".rstrip("0")
    drafts = lines(desk)
    assert sum(draft["usage"]["calls"] for draft in drafts) == len(server.billed) > len(drafts) == 12
    assert sum(draft["cost_usd"] for draft in drafts) == pytest.approx(server.dollars())
    by_draft = json.loads(run("calls", "cost", "--by", "draft", "--json", folder=desk).stdout)["rows"]
    assert {draft["id"]: draft["cost_usd"] for draft in drafts}.items() <= {
        line["name"]: line["cost_usd"] for line in by_draft
    }.items()


def test_the_same_batch_again_is_not_paid_for_again(run: Run, desk: Path, server: PaidServer) -> None:
    run(*BATCH, "-o", "first.jsonl", folder=desk, env=environment(server))
    before = len(server.billed)
    done = run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    assert len(server.billed) == before and REMEMBERED in done.stderr
    assert all(
        draft["cost_usd"] == 0 and draft["usage"]["calls"] == 0 and draft["notes"] == [REMEMBERED]
        for draft in lines(desk)
    )


def test_twice_by_hand_is_paid_once_and_says_so(run: Run, desk: Path, server: PaidServer) -> None:
    words, env = ("draft", ONE, "--model", "openai:paid", "--json"), environment(server)
    first, second = (json.loads(run(*words, folder=desk, env=env).stdout) for _ in range(2))
    assert len(server.billed) == 1 and first["id"] != second["id"]
    assert first["revisions"][0]["take"] == second["revisions"][0]["take"] and second["notes"] == [REMEMBERED]
    third = json.loads(run(*words, "--fresh", folder=desk, env=env).stdout)
    assert len(server.billed) == 2 and third["notes"] == []


def test_a_limit_stops_a_batch_which_goes_on_with_more(run: Run, desk: Path, server: PaidServer) -> None:
    done = run(
        *BATCH, "--concurrency", "20", "--max-cost", "0.2", "-o", "out.jsonl", folder=desk, env=environment(server)
    )
    assert done.returncode == 4 and "0.20 USD" in done.stderr and server.dollars() <= 0.2
    drafts = lines(desk)
    assert len(drafts) == 12
    stopped = [draft["status"] for draft in drafts].count("limit")
    # One line says which limit it was, one how far the drafts had come that it stopped.
    assert stopped > 1 and f"Of {stopped} drafts that the limit stopped" in done.stderr.splitlines()[1]
    assert len(done.stderr.splitlines()) == 2
    again = run(*BATCH, "--max-cost", "9", "--resume", "-o", "out.jsonl", folder=desk, env=environment(server))
    assert again.returncode in (0, 1), again.stderr
    after = lines(desk)
    assert sorted(draft["source"]["id"] for draft in after) == sorted(f"s{n}" for n in range(12))
    assert {draft["id"] for draft in after} == {draft["id"] for draft in drafts}
    assert len(server.billed) == total(run, desk)["calls"] == sum(draft["usage"]["calls"] for draft in after)


LIMITS = {
    "a draft": ("[budget]\nusd_per_draft = 0.01\n", (), 4, "0.01 USD for a draft"),
    "a day": ("[budget]\nusd_per_day = 0.02\n", (), 4, "0.02 USD for a day"),
    "the flag before the file": ("[budget]\nusd_per_run = 9\n", ("--max-cost", "0.03"), 4, "0.03 USD for a run"),
    "no price": ("[budget]\nusd_per_day = 5\n", ("--model", "openai:other"), 2, '[prices."openai:other"]'),
    "an unknown key": ('[prices."openai:x"]\ninptu = 3\n', (), 2, "did you mean input"),
    "less than nothing": ("[budget]\nusd_per_day = -1\n", (), 2, "usd_per_day"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_refuses_before_anything_is_paid(run: Run, desk: Path, server: PaidServer, name: str) -> None:
    settings, flags, code, said = LIMITS[name]
    (desk / "ourtake.toml").write_text((desk / "ourtake.toml").read_text() + settings)
    words = ("draft", ONE, *(flags if "--model" in flags else ("--model", "openai:paid", *flags)))
    done = run(*words, folder=desk, env=environment(server))
    assert done.returncode == code and said in done.stderr and server.arrived == 0, done.stderr


def test_the_baseline_is_free_under_any_limit(run: Run, desk: Path) -> None:
    done = run("draft", ONE, "--max-cost", "0", "--json", folder=desk)
    assert done.returncode == 0 and json.loads(done.stdout)["cost_usd"] == 0


def test_a_dry_run_makes_no_call_and_holds(run: Run, desk: Path, server: PaidServer) -> None:
    words = (*BATCH, "--dry-run", "--json")
    before = json.loads(run(*words, folder=desk, env={}).stdout)
    assert server.arrived == 0 and (before["drafts"], before["remembered"], before["calls"][0]) == (12, 0, 12)
    run(*BATCH, "-o", "out.jsonl", folder=desk, env=environment(server))
    low, high = before["cost_usd"]
    assert low <= server.dollars() <= high and len(server.billed) <= before["calls"][1]
    after = json.loads(run(*words, folder=desk, env={}).stdout)
    assert (after["remembered"], after["calls"][0]) == (12, 0)
    priceless = run("draft", ONE, "--model", "openai:other", "--dry-run", folder=desk)
    assert priceless.returncode == 0 and "unknown" in priceless.stdout


class Echo(BaseHTTPRequestHandler):
    """Answers with everything that it was sent."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        given = f"{self.headers['authorization']} {self.headers['host']} {self.path}"
        body = json.dumps({"error": {"message": f"bad request with {given}"}}).encode()
        self.send_response(400)
        self.send_header("content-length", str(len(body)))
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def test_a_dry_run_names_the_verifier_that_comes_on_top_and_a_batchs_price(run: Run, desk: Path) -> None:
    settings = (desk / "ourtake.toml").read_text()
    (desk / "ourtake.toml").write_text(
        settings.replace('ignore = ["ORG002"]', 'ignore = ["ORG002"]\nverifier = "anthropic:claude-haiku-5-5"')
    )
    words = ("draft", "--batch", "sources.jsonl", "--model", "openai:paid", "--dry-run")
    told = run(*words, folder=desk).stdout
    assert (
        told.startswith("12 drafts with openai:paid.\n") and "anthropic:claude-haiku-5-5 is asked in addition" in told
    )
    alone, batch = (
        json.loads(run(*words, "--json", *more, folder=desk).stdout)["cost_usd"] for more in ((), ("--provider-batch",))
    )
    assert batch[0] == pytest.approx(alone[0] / 2, abs=1e-6) and batch[1] == alone[1]
    one = run("draft", ONE, "--model", "openai:paid", "--dry-run", folder=desk).stdout
    assert one.startswith("1 draft with openai:paid.\n")


@pytest.fixture
def echo() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()


KEY = "vault-7f3a9e-not-like-a-key"
BASIC = base64.b64encode(f"desk:{KEY}".encode()).decode()


@pytest.mark.parametrize("place", ["environment", "base_url", "OPENAI_BASE_URL"])
def test_a_key_that_the_server_sends_back_stays_out_of_everything(run: Run, desk: Path, echo: int, place: str) -> None:
    address = f"http://127.0.0.1:{echo}/v1"
    with_key = address.replace("//", f"//desk:{KEY}@")
    env = {
        "OPENAI_API_KEY": KEY if place == "environment" else "none-at-all",
        "OPENAI_BASE_URL": with_key if place == "OPENAI_BASE_URL" else address,
    }
    model = "mine:x" if place == "base_url" else "openai:paid"
    settings = (desk / "ourtake.toml").read_text()
    if place == "base_url":
        (desk / "ourtake.toml").write_text(settings + f'\n[models.mine]\nbase_url = "{with_key}"\n')
    sources_file(desk, 2)
    commands = [
        ("draft", ONE, "--model", model, "--json"),
        ("draft", "--batch", "sources.jsonl", "--model", model, "-o", "out.jsonl"),
        ("models", "--ping"),
        ("calls", "list"),
        ("calls", "show", "2"),
        ("drafts", "list"),
        ("doctor",),
    ]
    if place != "base_url":
        commands.append(
            ("draft", "--batch", "sources.jsonl", "--model", model, "-o", "batch.jsonl", "--provider-batch")
        )
    told = [run(*command, folder=desk, env=env) for command in commands]
    assert told[0].returncode == 3 and "[key]" in told[0].stdout + told[0].stderr
    for done in told:
        assert not any(secret in done.stdout + done.stderr for secret in (KEY, BASIC)), done.args
    (desk / "ourtake.toml").write_text(settings)
    written = b"".join(path.read_bytes() for path in desk.rglob("*") if path.is_file())
    assert KEY.encode() not in written and BASIC.encode() not in written


def test_a_reply_that_is_no_take_is_asked_for_again_with_fresh_only(run: Run, desk: Path) -> None:
    junk = PaidServer({"body": "no\n\ntake"})
    words, env = (*BATCH, "-o", "out.jsonl", "--resume"), environment(junk)
    assert run(*words, folder=desk, env=env).returncode == 3
    before, first = len(junk.billed), lines(desk)
    assert run(*words, folder=desk, env=env).returncode == 3
    assert len(junk.billed) == before and [draft["id"] for draft in first] == sorted_as(first, lines(desk))
    assert run(*words, "--fresh", folder=desk, env=env).returncode == 3
    again = len(junk.billed)
    assert again == 2 * before and len(lines(desk)) == 12
    one = ("draft", ONE, "--model", "openai:paid")
    assert run(*one, folder=desk, env=env).returncode == 3
    told = run(*one, folder=desk, env=env)
    assert REMEMBERED in told.stderr and len(junk.billed) == again + 2
    run(*one, "--fresh", folder=desk, env=env)
    assert len(junk.billed) == again + 4
    junk.close()


def sorted_as(first: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[str]:
    """The ids of the second, by source in the order of the first."""
    ids = {draft["source"]["id"]: draft["id"] for draft in other}
    return [ids[draft["source"]["id"]] for draft in first]
