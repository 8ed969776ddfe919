"""The commands on a store of PostgreSQL, and `ourtake store`."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Run
from tests.postgres import Server
from tests.providers.conformance import environment
from tests.wire.awkward_server import serving
from tests.wire.test_llmock import SOURCE, good_take
from tests.wire.test_provider_batch import laid_out


def test_the_whole_way_on_a_server(run: Run, paper: Path, postgres: Server, tmp_path: Path) -> None:
    address = postgres.new_database()
    env = {"OURTAKE_STORE": address, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    added = run("archive", "add", "archive", folder=paper, env=env)
    assert added.returncode == 0 and "added" in added.stdout, added.stderr
    draft = run("draft", SOURCE, "--json", folder=paper, env=env)
    assert draft.returncode in (0, 1), draft.stderr
    id_ = json.loads(draft.stdout)["id"]
    for words in (
        ("drafts", "list"),
        ("drafts", "show", id_),
        ("related", SOURCE),
        ("archive", "stats"),
        ("calls", "cost"),
        ("doctor",),
        ("export", id_, "--to", "markdown"),
        ("check", id_),
    ):
        done = run(*words, folder=paper, env=env)
        assert done.returncode in (0, 1) and "Traceback" not in done.stderr, (words, done.stderr)
    here = json.loads(run("related", SOURCE, "--json", folder=paper).stdout)
    there = json.loads(run("related", SOURCE, "--json", folder=paper, env=env).stdout)
    assert [row["url"] for row in here["related"]] == [row["url"] for row in there["related"]] != []
    assert len(list((tmp_path / "cache" / "ourtake").glob("*.index"))) == 1
    assert not (paper / "postgresql:").exists()


def test_a_store_is_copied_and_backed_up(run: Run, paper: Path, postgres: Server) -> None:
    address = postgres.new_database()
    done = run("store", "copy", "sqlite:///ourtake.db", address, "--json", folder=paper)
    assert done.returncode == 0, done.stderr
    rows = {row["table"]: row["rows"] for row in json.loads(done.stdout)}
    with sqlite3.connect(paper / "ourtake.db") as connection:
        assert rows["articles"] == connection.execute("SELECT count(*) FROM articles").fetchone()[0] > 0
    again = run("store", "copy", "sqlite:///ourtake.db", address, folder=paper)
    assert again.returncode == 2 and "The target is not empty" in again.stderr
    assert run("store", "backup", "spare.db", folder=paper).returncode == 0
    stats = [
        run("--store", store, "archive", "stats", "--json", folder=paper).stdout
        for store in ("sqlite:///ourtake.db", "sqlite:///spare.db", address)
    ]
    assert stats[0] == stats[1] == stats[2] != ""
    twice = run("store", "backup", "spare.db", folder=paper)
    assert twice.returncode == 2 and "spare.db already exists" in twice.stderr
    server = run("--store", address, "store", "backup", "other.db", folder=paper)
    assert server.returncode == 2 and "pg_dump" in server.stderr and not (paper / "other.db").exists()


def test_a_store_that_cant_be_reached_is_one_sentence_without_its_password(run: Run, paper: Path) -> None:
    done = run("--store", "postgresql://paper:hidden-word@127.0.0.1:1/paper", "store", "migrate", folder=paper)
    assert done.returncode == 2 and "can't be reached" in done.stderr and "hidden-word" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_batch_waits_while_the_server_is_away(run: Run, paper: Path, postgres: Server) -> None:
    laid_out(paper)
    address = postgres.new_database()
    assert run("store", "copy", "sqlite:///ourtake.db", address, folder=paper).returncode == 0
    with serving(json.dumps(good_take(run, paper))) as (awkward, port):
        words = ["draft", "--batch", "many.jsonl", "--model", "openai:good", "--concurrency", "2", "-o", "out.jsonl"]
        running = subprocess.Popen(
            [sys.executable, "-m", "ourtake", *words],
            cwd=paper,
            env=os.environ | environment(port) | {"OURTAKE_STORE": address},
            stderr=subprocess.PIPE,
        )
        # Seven calls of two drafts: one of them has been checked, so every process has opened the store.
        while sum(awkward.counts.values()) < 7 and running.poll() is None:
            time.sleep(0.01)
        postgres.stop()
        time.sleep(3)
        postgres.start()
        _, error = running.communicate()
    assert running.returncode in (0, 1), error
    assert len((paper / "out.jsonl").read_text().splitlines()) == len((paper / "many.jsonl").read_text().splitlines())
