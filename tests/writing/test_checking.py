"""Takes checked in a worker process: the same report as in this one, the store's own error, and no draft lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ourtake.archive.lookup import Archive
from ourtake.checks.examples import RELATED, SOUND, SOURCE, build, with_first
from ourtake.cli.check_batch import usable_processors
from ourtake.config import Settings
from ourtake.documents import Article, Draft, Report
from ourtake.errors import StoreError
from ourtake.evals.archive import CaseArchive
from ourtake.jobs.worker_process import WorkerProcess
from ourtake.store import Store
from ourtake.writing.checking import CheckInput, LocalChecker, RemoteChecker, WorkerConfig
from tests.conftest import Run

TAKES = [build(SOUND).take, build(with_first("The letter was signed by Helena Marchetti for 40,000 regulators.")).take]
ARTICLES = [Article(id=item.id, url=item.url, title=item.title, text=item.text) for item in RELATED]


def in_both(
    folder: Path,
    *,
    lose: bool = False,
    of: type[Archive] = Archive,
    settings: Settings = Settings(),  # noqa: B008
) -> tuple[list[Report], list[Report], list[str]]:
    """The reports of some takes by a worker process, which may be lost after the first; by this process; and what was
    said. `of`: what kind of archive the takes are checked over.
    """
    package = "evals" if of is CaseArchive else "writing"
    said: list[str] = []
    with (
        Store.open(f"sqlite:///{folder}/s.db") as store,
        closing(WorkerProcess[CheckInput, str](f"ourtake.{package}.check_worker:checks_at")) as worker,
    ):
        store.save_articles(ARTICLES)
        archive = of(store, folder / "s.index")
        archive.refresh()
        worker.begin(WorkerConfig(f"sqlite:///{folder}/s.db", archive.folder, "", settings))
        here = LocalChecker(archive, settings)
        apart = RemoteChecker(worker, here, say=said.append)

        async def ask(checker: LocalChecker | RemoteChecker) -> list[Report]:
            found = []
            for take in TAKES:
                found.append(await checker.report(CheckInput(take, SOURCE, RELATED)))
                if lose and checker is apart:
                    worker._workers[0]._process.kill()
            return found

        return asyncio.run(ask(apart)), asyncio.run(ask(here)), said


@pytest.mark.parametrize("lose", [False, True])
def test_the_reports_are_the_same_wherever_they_are_made(tmp_path: Path, lose: bool) -> None:
    apart, here, said = in_both(tmp_path, lose=lose)
    assert apart == here
    assert apart[0].verdict == "pass" and {"FCT001", "FCT002"} <= {item.code for item in apart[1].findings}
    assert len(said) == lose and all("From now on this process checks the takes" in sentence for sentence in said)


@pytest.mark.parametrize(("of", "listed"), [(Archive, True), (CaseArchive, False)])
def test_claims_that_no_rule_decides_are_listed_for_a_desk_and_not_in_an_eval_run(
    tmp_path: Path, of: type[Archive], listed: bool
) -> None:
    settings = Settings.model_validate({"checks": {"drafting": ["SAF"]}})
    apart, here, _ = in_both(tmp_path, of=of, settings=settings)
    assert apart == here and [bool(report.claims) for report in here] == [listed, listed]


def test_a_store_that_is_gone_is_the_store_s_own_error(tmp_path: Path) -> None:
    with closing(WorkerProcess[CheckInput, str]("ourtake.writing.check_worker:checks_at")) as worker:
        worker.begin(WorkerConfig(f"sqlite:///{tmp_path}/none.db", tmp_path / "none.index", "", Settings()))
        with pytest.raises(StoreError, match="There is no store"):
            asyncio.run(worker.call(CheckInput(TAKES[0], SOURCE, RELATED)))


def batch_of(paper: Path, run: Run) -> list[dict[str, Any]]:
    """Three sources: the example's first, under three addresses."""
    draft = Draft.model_validate_json(run("draft", "sources/01-data-centre-power.md", "--json", folder=paper).stdout)
    rows = [
        draft.source.model_dump(mode="json") | {"id": f"s{n}", "url": f"{draft.source.url}?n={n}"} for n in range(3)
    ]
    (paper / "sources.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    # What the baseline wrote is no earlier take, unless it was published: this one is given to a model.
    with closing(sqlite3.connect(paper / "ourtake.db")) as store, store:
        store.execute("UPDATE revisions SET document = json_set(document, '$.by', 'openai:gpt-6.2-sol')")
    return rows


def test_a_batch_is_checked_by_all_rules_and_its_own_drafts_are_no_earlier_takes(run: Run, paper: Path) -> None:
    batch_of(paper, run)
    done = run("draft", "--batch", "sources.jsonl", "--concurrency", "1", "-o", "out.jsonl", folder=paper)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    drafts = [Draft.model_validate_json(line) for line in (paper / "out.jsonl").read_text().splitlines()]
    reports = [draft.revisions[-1].report for draft in drafts]
    assert all(report.sentences and report.verdict == "pass" for report in reports)
    # The one draft from before the batch has another address and the same words; those of the batch itself are not
    # compared with each other.
    named = [{item.evidence[0].document for item in report.findings if item.code == "ORG002"} for report in reports]
    assert named[0] and named == [named[0]] * 3 and not named[0] & {draft.id for draft in drafts}


def test_a_batch_whose_checking_process_is_killed_goes_on(run: Run, paper: Path) -> None:
    batch_of(paper, run)
    command = [
        sys.executable,
        "-m",
        "ourtake",
        "draft",
        "--batch",
        "sources.jsonl",
        "--concurrency",
        "1",
        "-o",
        "out.jsonl",
    ]
    batch = subprocess.Popen(command, cwd=paper, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    child = None
    while child is None and batch.poll() is None:
        listed = Path(f"/proc/{batch.pid}/task/{batch.pid}/children")
        if not listed.exists():
            pytest.skip("this system does not say which processes another one started")
        child = next(iter(listed.read_text().split()), None)
    assert child is not None, "a batch starts a process"
    os.kill(int(child), signal.SIGKILL)
    _, errors = batch.communicate(timeout=600)
    assert batch.returncode == 0, errors
    # A process that was asked for nothing yet is not missed, so no message is demanded here.
    assert errors.count("A worker process ended before its work was done") <= 1
    assert len((paper / "out.jsonl").read_text().splitlines()) == 3


KILLED = """
import sys
from ourtake.jobs.worker_process import _Worker
from ourtake.cli.main import main

ask, left = _Worker.exchange, [int(sys.argv.pop(1))]

def killed(self, message):
    if left[0]:
        left[0] -= 1
        self._process.kill()  # SIGKILL, as the kernel sends it when memory runs out
    return ask(self, message)

_Worker.exchange = killed
main()
"""
LOST = "ourtake: A worker process ended before its work was done (exit code -9)."
ONE_LOST = f"{LOST} This process checks its take; the others go on.\n"
ALL_LOST = f"{LOST} From now on this process checks the takes, which is slower.\n"


def killed_run(kills: int, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command whose processes are killed by a signal when they are asked, so many times."""
    command = [sys.executable, "-c", KILLED, str(kills), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kills", [1, 2])
def test_a_batch_says_that_a_checking_process_was_killed_and_checks_on(run: Run, paper: Path, kills: int) -> None:
    batch_of(paper, run)
    words = ["draft", "--batch", "sources.jsonl", "--concurrency", "1", "-o", "out.jsonl"]
    done = killed_run(kills, *words, folder=paper)
    processes = min(2, usable_processors())
    assert done.stderr == {(1, 2): ONE_LOST, (2, 2): ONE_LOST + ALL_LOST}.get((kills, processes), ALL_LOST)
    assert done.returncode == 0 and "3 drafts: 3 ready, 0 with open errors, 0 failed" in done.stdout
    lines = (paper / "out.jsonl").read_text().splitlines()
    drafts = [Draft.model_validate_json(line) for line in lines]
    assert len(drafts) == 3 and all(draft.revisions[-1].report.sentences for draft in drafts)


@pytest.mark.skipif(usable_processors() < 2, reason="with one processor, check --batch starts no other process")
def test_check_says_that_its_processes_were_killed_and_checks_on(tmp_path: Path, run: Run) -> None:
    row = {"take": TAKES[1].model_dump(mode="json"), "source": SOURCE.model_dump(mode="json")}
    (tmp_path / "takes.jsonl").write_text("".join(f"{json.dumps(row | {'id': str(n)})}\n" for n in range(100)))
    words = ["check", "--batch", "takes.jsonl", "--format", "json"]
    whole, done = run(*words, folder=tmp_path), killed_run(2, *words, folder=tmp_path)
    assert done.stderr == f"{LOST} Its takes are checked in the main process, which takes longer.\n"
    assert (done.returncode, done.stdout) == (1, whole.stdout) and len(done.stdout.splitlines()) == 100
