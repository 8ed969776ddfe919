"""Workers on a queue in PostgreSQL, through the real commands."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Command, Run, Start
from tests.postgres import Server
from tests.providers.conformance import environment
from tests.wire.awkward_server import Awkward, serving
from tests.wire.odd_answers import odd_server
from tests.wire.test_failure_rows import add_server
from tests.wire.test_llmock import SOURCE, good_take
from tests.wire.test_provider_batch import COUNT, laid_out


@pytest.fixture
def shared(run: Run, paper: Path, postgres: Server) -> dict[str, str]:
    """The environment in which the example publication is on PostgreSQL."""
    laid_out(paper)
    address = postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    return {"OURTAKE_STORE": address}


@contextmanager
def worker(start: Start, paper: Path, env: dict[str, str], *words: str) -> Iterator[Command]:
    running = start("worker", *words, folder=paper, env=env, stdout=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def jobs(run: Run, paper: Path, env: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("jobs", "list", "--json", folder=paper, env=env).stdout)
    return found


def queued(run: Run, paper: Path, env: dict[str, str], *words: str) -> list[dict[str, Any]]:
    done = run("draft", *words, "--model", "openai:good", "--queue", "--json", folder=paper, env=env)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def wait_for_call(awkward: Awkward, running: Command, count: int = 1) -> None:
    while sum(awkward.counts.values()) < count and running.poll() is None:
        time.sleep(0.01)


def test_a_worker_writes_what_is_queued(run: Run, paper: Path, shared: dict[str, str]) -> None:
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        env = shared | environment(port)
        rows = queued(run, paper, env, "--batch", "many.jsonl")
        assert len(rows) == COUNT and all(row["job"] for row in rows)
        again = queued(run, paper, env, "--batch", "many.jsonl")
        assert [row["job"] for row in again] == [None] * COUNT, "a story waits once"
        done = run("worker", "--drain", folder=paper, env=env)
        assert done.returncode == 0, done.stderr
        assert sum(awkward.counts.values()) >= COUNT
        assert {row["state"] for row in jobs(run, paper, env)} == {"done"}, done.stderr
        for row in rows:
            assert json.loads(run("drafts", "show", row["draft"], "--json", folder=paper, env=env).stdout)["revisions"]
        made = sum(awkward.counts.values())
        queued(run, paper, env, "--batch", "many.jsonl")
        assert run("worker", "--drain", folder=paper, env=env).returncode == 0
        assert sum(awkward.counts.values()) == made, "a draft that is written is not written again"


def test_what_a_killed_worker_had_taken_goes_to_another(
    run: Run, start: Start, paper: Path, shared: dict[str, str]
) -> None:
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        env = shared | environment(port)
        rows = queued(run, paper, env, "--batch", "many.jsonl")
        with worker(start, paper, env | {"OURTAKE_KILL_AT": "before-commit:2"}) as killed:
            assert killed.wait(600) == -signal.SIGKILL
        assert "running" in {row["state"] for row in jobs(run, paper, env)}
        with worker(start, paper, env, "--retry-unknown") as other:
            while other.poll() is None and {row["state"] for row in jobs(run, paper, env)} != {"done"}:
                time.sleep(0.5)
            other.send_signal(signal.SIGTERM)
            other.wait(600)
        assert {row["state"] for row in jobs(run, paper, env)} == {"done"}
        for row in rows:
            draft = json.loads(run("drafts", "show", row["draft"], "--json", folder=paper, env=env).stdout)
            assert draft["status"] in ("ready", "needs-work")
        calls = json.loads(run("calls", "list", "--json", folder=paper, env=env).stdout)
        answered = [call["request_hash"] for call in calls if call["provider"] == "openai" and not call["error"]]
        assert len(answered) == len(set(answered)), "no answered call is made again"


def test_a_termination_ends_a_worker_after_its_drafts(
    run: Run, start: Start, paper: Path, shared: dict[str, str]
) -> None:
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        env = shared | environment(port)
        queued(run, paper, env, "--batch", "many.jsonl")
        with worker(start, paper, env, "--concurrency", "1") as running:
            wait_for_call(awkward, running)
            running.send_signal(signal.SIGTERM)
            running.wait(600)
        assert "running" not in {row["state"] for row in jobs(run, paper, env)}


def test_jobs_are_cancelled_and_retried(run: Run, paper: Path, shared: dict[str, str]) -> None:
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        env = shared | environment(port)
        (row,) = queued(run, paper, env, SOURCE)
        number = str(row["job"])
        assert run("jobs", "retry", number, folder=paper, env=env).returncode == 2
        assert run("jobs", "cancel", number, folder=paper, env=env).returncode == 0
        assert run("worker", "--drain", folder=paper, env=env).returncode == 0
        assert [job["state"] for job in jobs(run, paper, env)] == ["cancelled"]
        assert run("jobs", "retry", number, folder=paper, env=env).returncode == 0
        assert run("worker", "--drain", folder=paper, env=env).returncode == 0
        assert [job["state"] for job in jobs(run, paper, env)] == ["cancelled", "done"]


def test_a_provider_that_fails_is_asked_again_later(run: Run, paper: Path, shared: dict[str, str]) -> None:
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        env = shared | environment(port)
        done = run("draft", SOURCE, "--model", "openai:bad-key", "--queue", folder=paper, env=env)
        assert done.returncode == 0
        assert run("worker", "--drain", folder=paper, env=env).returncode == 0
        (job,) = jobs(run, paper, env)
        assert job["attempts"] >= 1 and job["state"] in ("waiting", "failed")


def test_an_unknown_model_is_not_queued_and_the_key_is_the_workers_matter(
    run: Run, paper: Path, shared: dict[str, str]
) -> None:
    done = run("draft", SOURCE, "--model", "nobody:x", "--queue", folder=paper, env=shared)
    assert done.returncode == 2 and "nobody" in done.stderr and jobs(run, paper, shared) == []
    assert run("draft", SOURCE, "--model", "openai:good", "--queue", folder=paper, env=shared).returncode == 0
    drained = run("worker", "--drain", folder=paper, env=shared)
    assert "openai needs a key." in drained.stderr
    assert [job["state"] for job in jobs(run, paper, shared)] == ["waiting"]


def test_without_a_server_there_is_no_queue(run: Run, paper: Path) -> None:
    for words in (("worker", "--drain"), ("jobs", "list"), ("draft", SOURCE, "--queue")):
        done = run(*words, folder=paper)
        assert done.returncode == 2 and "Workers need a store on PostgreSQL." in done.stderr, done.stderr


def test_a_providers_limit_holds_for_all_workers_together(
    run: Run, start: Start, paper: Path, shared: dict[str, str]
) -> None:
    with odd_server(json.dumps(good_take(run, paper))) as (server, port):
        add_server(paper, "local", f"http://127.0.0.1:{port}/v1", "\n[models.limits.local]\nconcurrency = 3\n")
        server.delay = 0.4
        words = ("draft", "--batch", "many.jsonl", "--model", "local:fine", "--queue")
        assert run(*words, folder=paper, env=shared).returncode == 0
        with ExitStack() as stack:
            running = [stack.enter_context(worker(start, paper, shared, "--drain")) for _ in range(4)]
            assert [one.wait(600) for one in running] == [0] * 4
        assert {row["state"] for row in jobs(run, paper, shared)} == {"done"}
    assert sum(server.counts.values()) >= COUNT and 2 <= server.peak <= 3


def test_a_limit_holds_while_a_killed_workers_call_is_under_way(
    run: Run, start: Start, paper: Path, shared: dict[str, str], postgres: Server
) -> None:
    """The provider goes on with a call whose worker is gone; counted at the server."""
    with odd_server(json.dumps(good_take(run, paper))) as (server, port):
        add_server(paper, "local", f"http://127.0.0.1:{port}/v1", "\n[models.limits.local]\nconcurrency = 1\n")
        settings = paper / "ourtake.toml"
        settings.write_text(settings.read_text().replace("[models]\n", "[models]\ndeadline_seconds = 4\n", 1))
        server.delay = 3.0
        holders = "SELECT pid FROM turns JOIN processes ON processes.id = process_id WHERE under_way"
        with worker(start, paper, shared) as one, worker(start, paper, shared) as other:
            for running in (one, other):
                assert running.stderr is not None and "ready" in running.stderr.readline()
            words = ("draft", "--batch", "many.jsonl", "--quick", "--model", "local:fine", "--queue")
            assert run(*words, folder=paper, env=shared).returncode == 0
            while not server.counts and one.poll() is None:
                time.sleep(0.01)
            ((holder,),) = postgres.run(holders, shared["OURTAKE_STORE"].rpartition("/")[2])
            killed, left = (one, other) if holder == one.pid else (other, one)
            killed.kill()
            server.delay = 0.1
            while sum(server.counts.values()) < 2 and left.poll() is None:
                time.sleep(0.01)
        assert server.peak == 1
