"""Workers poll the feeds themselves: `ourtake worker --watch`."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

from tests.cli.test_worker import jobs, worker
from tests.conftest import Run, Start
from tests.postgres import Server
from tests.providers.conformance import environment
from tests.watch.conftest import Outlets, drafts, once, stories, story
from tests.wire.awkward_server import serving
from tests.wire.test_llmock import good_take


def test_two_workers_poll_a_feed_and_write_its_story_once(
    run: Run, start: Start, outlets: Outlets, postgres: Server
) -> None:
    paper, address = outlets.paper, postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    take = json.dumps(good_take(run, paper))
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    kept = outlets.kept.replace('default = "baseline"', 'default = "openai:good"')
    outlets.kept = kept
    outlets.settle()
    with serving(take) as (_, port):
        env = {"OURTAKE_STORE": address} | environment(port)
        with worker(start, paper, env, "--watch") as one, worker(start, paper, env, "--watch") as other:
            while one.poll() is None and other.poll() is None:
                found = {(row["task"], row["state"]) for row in jobs(run, paper, env)}
                if {("poll", "done"), ("story", "done")} <= found:
                    break
                time.sleep(0.5)
            for running in (one, other):
                running.send_signal(signal.SIGTERM)
                running.wait(600)
        rows = jobs(run, paper, env)
    polls = [row["note"] for row in rows if row["task"] == "poll" and row["state"] == "done"]
    assert polls and polls[0] == "1 feed polled, 1 new story, 1 of them chosen", rows
    assert [(row["state"], row["note"]) for row in rows if row["task"] == "story"] == [("done", "drafted")]
    (draft,) = drafts(run, paper, env)
    assert draft["watch"]["reason"] and [row["decision"] for row in stories(run, paper, env)] == ["drafted"]


def test_workers_hold_the_days_limits_of_watching(run: Run, outlets: Outlets, postgres: Server) -> None:
    """What may be spent on a day holds also where workers write, and the story waits for another day."""
    paper, address = outlets.paper, postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    outlets.kept += '\n[prices."openai:good"]\ninput = 1.0\noutput = 10.0\n'
    outlets.settle(usd_per_day=0.000001)
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        env = {"OURTAKE_STORE": address} | environment(port)
        (taken,) = once(run, paper, "--queue", "--model", "openai:good", env=env)["taken"]
        assert taken["decision"] == "queued"
        assert run("worker", "--drain", folder=paper, env=env).returncode == 0
        assert not awkward.counts
    (job,) = [row for row in jobs(run, paper, env) if row["task"] == "story"]
    assert job["state"] == "done" and job["note"].startswith("waiting: A limit"), job
    assert [row["decision"] for row in stories(run, paper, env)] == ["waiting"]


def test_a_workers_own_limit_holds_for_watched_stories(run: Run, outlets: Outlets, postgres: Server) -> None:
    """Where watching has no limit of a day, --max-cost is all that there is."""
    paper, address = outlets.paper, postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    outlets.kept += '\n[prices."openai:good"]\ninput = 1.0\noutput = 10.0\n'
    outlets.settle()
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        env = {"OURTAKE_STORE": address} | environment(port)
        (taken,) = once(run, paper, "--queue", "--model", "openai:good", env=env)["taken"]
        assert taken["decision"] == "queued"
        assert run("worker", "--drain", "--max-cost", "0.000001", folder=paper, env=env).returncode == 0
        assert not awkward.counts
        (row,) = stories(run, paper, env)
        assert row["decision"] == "waiting" and "for a worker could be exceeded" in row["reason"] and row["tries"] == 1


def test_a_story_whose_job_is_cancelled_is_passed_over(run: Run, outlets: Outlets, postgres: Server) -> None:
    paper, address = outlets.paper, postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    outlets.feed("/feed", story(outlets.site, "/news/label"))
    outlets.settle()
    with serving(json.dumps(good_take(run, paper))) as (_, port):
        env = {"OURTAKE_STORE": address} | environment(port)
        once(run, paper, "--queue", "--model", "openai:good", env=env)
        (job,) = [row for row in jobs(run, paper, env) if row["task"] == "story"]
        assert run("jobs", "cancel", str(job["id"]), folder=paper, env=env).returncode == 0
        (row,) = stories(run, paper, env)
        assert row["decision"] == "passed" and row["reason"].endswith("\nIts job was cancelled.")
        # Somebody may change their mind.
        assert run("jobs", "retry", str(job["id"]), folder=paper, env=env).returncode == 0
        assert run("worker", "--drain", folder=paper, env=env).returncode == 0
        assert [row["decision"] for row in stories(run, paper, env)] == ["drafted"]


def test_without_feeds_there_is_nothing_to_poll(run: Run, paper: Path, postgres: Server) -> None:
    done = run("worker", "--watch", "--drain", folder=paper, env={"OURTAKE_STORE": postgres.new_database()})
    assert done.returncode == 2 and "There is nothing to watch." in done.stderr
