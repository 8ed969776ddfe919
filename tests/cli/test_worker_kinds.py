"""What else workers do, in which order, and how they stop, through the real commands."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

from tests.cli.test_worker import jobs, queued, shared, wait_for_call, worker
from tests.conftest import Run, Start
from tests.postgres import Server
from tests.providers.conformance import environment
from tests.wire.awkward_server import serving
from tests.wire.odd_answers import odd_server
from tests.wire.test_failure_rows import add_server
from tests.wire.test_llmock import SOURCE, good_take
from tests.wire.test_provider_batch import COUNT

__all__ = ["shared"]


def drained(run: Run, paper: Path, env: dict[str, str]) -> list[dict[str, Any]]:
    """The jobs, after a worker has done those that wait."""
    done = run("worker", "--drain", folder=paper, env=env)
    assert done.returncode == 0, done.stderr
    return jobs(run, paper, env)


def test_an_import_is_a_job(run: Run, paper: Path, shared: dict[str, str]) -> None:
    (paper / "more.jsonl").write_text(
        json.dumps(
            {"url": "https://lanternquarter.example/new", "title": "Zeppelin hangar reopens", "text": "Words. " * 40}
        )
        + "\n"
    )
    (paper / "gone.jsonl").write_text("{}\n")
    done = run("archive", "add", "more.jsonl", "gone.jsonl", "--queue", folder=paper, env=shared)
    (paper / "gone.jsonl").unlink()
    assert done.returncode == 0 and "2 queued" in done.stdout, done.stderr
    first, second = drained(run, paper, shared)
    assert (first["state"], first["note"]) == ("done", "1 added, 0 updated, 0 unchanged, 0 skipped")
    assert second["state"] in ("waiting", "failed") and "gone.jsonl" in second["note"]
    found = run("archive", "search", "zeppelin", "--json", folder=paper, env=shared)
    assert "Zeppelin hangar" in found.stdout


def test_a_look_behind_links_is_a_job(run: Run, paper: Path, shared: dict[str, str]) -> None:
    draft = json.loads(run("draft", SOURCE, "--json", folder=paper, env=shared).stdout)
    wrong = run("check", draft["id"], "--queue", folder=paper, env=shared)
    assert wrong.returncode == 2 and "Name draft ids, and add --online." in wrong.stderr
    assert run("check", draft["id"], "--online", "--queue", folder=paper, env=shared).returncode == 0
    (job,) = drained(run, paper, shared)
    assert job["state"] == "done" and "links" in job["note"] and not job["note"].startswith("0 ")


def test_a_single_draft_comes_before_a_batch(run: Run, paper: Path, shared: dict[str, str]) -> None:
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        env = shared | environment(port)
        queued(run, paper, env, "--batch", "many.jsonl")
        (single,) = queued(run, paper, env, SOURCE)
        told = run("worker", "--drain", "--concurrency", "1", folder=paper, env=env).stderr
    outcomes = [line for line in told.splitlines() if line.startswith("ourtake: draft ")]
    assert len(outcomes) == COUNT + 1 and single["draft"] in outcomes[0]


def test_a_limit_of_the_users_is_not_tried_again(run: Run, paper: Path, shared: dict[str, str]) -> None:
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        env = shared | environment(port)
        with (paper / "ourtake.toml").open("a") as file:
            file.write('\n[prices."openai:good"]\ninput = 1.0\noutput = 10.0\n\n[budget]\nusd_per_day = 0.000001\n')
        queued(run, paper, env, SOURCE)
        (job,) = drained(run, paper, env)
    assert job["state"] == "failed" and "The limit of" in job["note"] and not awkward.counts


def test_what_a_worker_can_not_finish_is_handed_back(
    run: Run, start: Start, paper: Path, shared: dict[str, str]
) -> None:
    with odd_server(json.dumps(good_take(run, paper))) as (server, port):
        add_server(paper, "local", f"http://127.0.0.1:{port}/v1")
        server.delay = 1.5
        words = ("draft", SOURCE, "--model", "local:fine", "--queue")
        assert run(*words, folder=paper, env=shared).returncode == 0
        with worker(start, paper, shared, "--grace", "0") as running:
            while not server.counts and running.poll() is None:
                time.sleep(0.01)
            running.send_signal(signal.SIGTERM)
            assert running.wait(600) == 0
        calls = json.loads(run("calls", "list", "--json", folder=paper, env=shared).stdout)
        assert {call["state"] for call in calls if call["provider"] == "local"} == {"answered"}, "it was waited for"
        (job,) = jobs(run, paper, shared)
        assert job["state"] in ("waiting", "done")
        (job,) = drained(run, paper, shared)
        assert job["state"] == "done"
    calls = json.loads(run("calls", "list", "--json", folder=paper, env=shared).stdout)
    hashes = [call["request_hash"] for call in calls if call["provider"] == "local"]
    assert len(hashes) == len(set(hashes)), "no answered call is made again"


def test_a_server_that_is_away_is_waited_for(
    run: Run, start: Start, paper: Path, shared: dict[str, str], postgres: Server
) -> None:
    with odd_server(json.dumps(good_take(run, paper))) as (server, port):
        add_server(paper, "local", f"http://127.0.0.1:{port}/v1")
        server.delay = 0.2
        words = ("draft", "--batch", "many.jsonl", "--quick", "--model", "local:fine", "--queue")
        assert run(*words, folder=paper, env=shared).returncode == 0
        with worker(start, paper, shared) as running:
            while sum(server.counts.values()) < 2 and running.poll() is None:
                time.sleep(0.01)
            postgres.stop()
            time.sleep(12)
            postgres.start()
            while running.poll() is None and {row["state"] for row in jobs(run, paper, shared)} - {"done", "failed"}:
                time.sleep(0.5)
            running.send_signal(signal.SIGTERM)
            _, told = running.communicate(timeout=600)
        rows = jobs(run, paper, shared)
        # A call that was under way when the server crashed may have been billed, and nobody was told to repeat it.
        lost = [row for row in rows if row["state"] == "failed"]
        assert len(rows) == COUNT and all("unknown" in row["note"] for row in lost) and len(lost) <= 2, rows
    assert running.returncode == 0, told
    assert "The store's server does not answer. This worker waits for it; nothing is lost." in told
    assert "Traceback" not in told, told


def test_a_job_that_ends_every_worker_is_given_up(
    run: Run, paper: Path, shared: dict[str, str], postgres: Server
) -> None:
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        env = shared | environment(port)
        queued(run, paper, env, SOURCE)
        database = shared["OURTAKE_STORE"].rpartition("/")[2]
        postgres.run(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = 10 WHERE task_name = 'draft'", database
        )
        (job,) = drained(run, paper, env)
    assert job["state"] == "failed" and "10 workers died while doing it" in job["note"] and not awkward.counts


def test_a_worker_is_found_in_the_list(run: Run, start: Start, paper: Path, shared: dict[str, str]) -> None:
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        env = shared | environment(port)
        queued(run, paper, env, SOURCE)
        assert "1 waiting; 0 workers." in run("jobs", "list", folder=paper, env=env).stderr
        with worker(start, paper, env) as running:
            wait_for_call(awkward, running)
            assert "1 worker." in run("jobs", "list", folder=paper, env=env).stderr
            running.send_signal(signal.SIGTERM)
            running.wait(600)
    wrong = run("jobs", "list", "--state", "odd", folder=paper, env=env)
    assert wrong.returncode == 2 and "There is no state odd." in wrong.stderr
