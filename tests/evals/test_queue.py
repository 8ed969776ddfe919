"""An eval run by workers: `ourtake eval run --queue`, killed and resumed, with the results of a local run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ourtake.cli.eval_queue import _setup, configured
from ourtake.cli.eval_setup import Setup, asked_of
from ourtake.errors import JobFailed
from ourtake.evals.suite import read_cases, read_suite
from tests.cli.test_worker import jobs
from tests.conftest import Run
from tests.evals.conftest import ROOT, SUITE
from tests.evals.test_smoke import rows
from tests.postgres import Server

CASES = 8
WORDS = ("eval", "run", SUITE, "-m", "baseline")


def measured(folder: Path) -> list[dict[str, Any]]:
    """The results, without what differs from run to run."""
    found: list[dict[str, Any]] = rows(folder)
    for row in found:
        row |= {"draft": "", "seconds": 0, "metrics": row["metrics"] | {"seconds": 0}}
    return sorted(found, key=lambda row: str(row["cell"]))


def test_workers_write_the_cells_of_a_run(run: Run, tmp_path: Path, postgres: Server) -> None:
    env = {"OURTAKE_STORE": postgres.new_database(), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert run("archive", "add", str(ROOT / "examples" / "archive"), env=env, folder=tmp_path).returncode == 0
    done = run(*WORDS, "-o", "local", env=env, folder=tmp_path)
    assert done.returncode == 0, done.stderr

    queueing = [sys.executable, "-m", "ourtake", *WORDS, "-o", "queued", "--queue"]
    killed = subprocess.Popen(queueing, cwd=tmp_path, env=os.environ | env)
    while len(jobs(run, tmp_path, env)) < 3 and killed.poll() is None:
        time.sleep(0.2)
    killed.kill()
    killed.wait()
    assert run("worker", "--drain", env=env, folder=tmp_path).returncode == 0
    assert {(row["task"], row["state"]) for row in jobs(run, tmp_path, env)} == {("cell", "done")}
    assert rows(tmp_path / "queued") == [] or len(rows(tmp_path / "queued")) < CASES

    resuming = subprocess.Popen([*queueing, "--resume"], cwd=tmp_path, env=os.environ | env)
    while resuming.poll() is None:
        assert run("worker", "--drain", env=env, folder=tmp_path).returncode == 0
        time.sleep(0.2)
    assert resuming.returncode == 0
    assert measured(tmp_path / "queued") == measured(tmp_path / "local")
    record = json.loads((tmp_path / "queued" / "run.json").read_text())
    assert record["state"] == "finished" and len(rows(tmp_path / "queued")) == CASES


def test_a_run_with_a_store_of_its_own_has_no_queue(run: Run, tmp_path: Path) -> None:
    done = run(*WORDS, "-o", "out", "--queue", folder=tmp_path)
    assert done.returncode == 2 and "Workers need a store on PostgreSQL" in done.stderr


def test_other_settings_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes a take or its measures counts, with prompts and house rules; money and places don't."""
    monkeypatch.chdir(tmp_path)
    toml, prompts = tmp_path / "ourtake.toml", tmp_path / "prompts"
    (tmp_path / "house.toml").write_text("")
    prompts.mkdir()
    first = '[style]\nfiles = ["house.toml"]\n'
    toml.write_text(first)
    suite = read_suite(Path(SUITE))
    setup = Setup(suite, read_cases(suite), {"baseline": "baseline"}, 1, own_store=False)
    asked = configured(setup)
    toml.write_text(first + "[budget]\nusd_per_run = 1\n[watch]\nstories_a_day = 9\n[models]\ntries = 2\n")
    assert _setup(Path(SUITE), setup.models, 1, asked_of(setup), asked).cases == setup.cases
    toml.write_text(first + '[checks]\nignore = ["LNK008"]\n')
    with pytest.raises(JobFailed, match="settings, prompts or house rules of this worker are not those of the run"):
        _setup(Path(SUITE), setup.models, 1, asked_of(setup), asked)
    toml.write_text(first)
    assert configured(setup) == asked
    (tmp_path / "house.toml").write_text('[[rules]]\nphrase = "going forward"\n')
    ruled = configured(setup)
    (prompts / "take.md.jinja").write_text("Write a take.")
    assert len({asked, ruled, configured(setup)}) == 3


def test_a_worker_with_another_suite_says_so(run: Run, tmp_path: Path, postgres: Server) -> None:
    env = {"OURTAKE_STORE": postgres.new_database(), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert run("archive", "add", str(ROOT / "examples" / "archive"), env=env, folder=tmp_path).returncode == 0
    source = {"title": "A mill closes", "outlet": "The Post", "url": "https://post.example/1", "blurb": "It closes."}
    (tmp_path / "cases.jsonl").write_text(json.dumps({"id": "mill", "topic": "work", "source": source}) + "\n")
    (tmp_path / "s.toml").write_text('name = "one"\ncases = "cases.jsonl"\nmodels = ["baseline"]\n')
    words = [sys.executable, "-m", "ourtake", "eval", "run", "s.toml", "-o", "out", "--queue"]
    running = subprocess.Popen(words, cwd=tmp_path, env=os.environ | env, stderr=subprocess.PIPE)
    while not jobs(run, tmp_path, env) and running.poll() is None:
        time.sleep(0.2)
    (tmp_path / "s.toml").write_text('name = "one"\ncases = "cases.jsonl"\nmodels = ["baseline"]\nprocess = "full"\n')
    assert run("worker", "--drain", env=env, folder=tmp_path).returncode == 0
    _, told = running.communicate(timeout=600)
    assert running.returncode == 3 and b"is not the one of the run, or has changed" in told, told
    (job,) = jobs(run, tmp_path, env)
    assert (job["task"], job["state"]) == ("cell", "failed")
