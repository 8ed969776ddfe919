"""A disk that fills up at one certain write, after an answer was paid for: nothing paid is lost, and the person is told
where it is.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from paid_server import PaidServer

from tests.cli.conftest import BATCH, ONE, environment
from tests.conftest import Run

WRITES = {
    "answer": "UPDATE ON calls WHEN NEW.state = 'answered'",
    "run": "UPDATE ON runs WHEN NEW.state <> 'running'",
    "draft": "INSERT ON drafts",
}


def full_at(desk: Path, *writes: str) -> None:
    with sqlite3.connect(desk / "ourtake.db") as store:
        for name in writes:
            store.execute(
                f"CREATE TRIGGER full_{name} BEFORE {WRITES[name]} BEGIN SELECT RAISE(FAIL, 'database or disk is "
                f"full'); END"
            )


def freed(desk: Path) -> None:
    with sqlite3.connect(desk / "ourtake.db") as store:
        for name in WRITES:
            store.execute(f"DROP TRIGGER IF EXISTS full_{name}")


@pytest.mark.parametrize(
    "writes", [("answer",), ("answer", "run"), ("answer", "draft"), ("answer", "draft", "run")], ids="+".join
)
def test_a_paid_answer_is_printed_kept_and_named(
    run: Run, desk: Path, server: PaidServer, tmp_path: Path, writes: tuple[str, ...]
) -> None:
    full_at(desk, *writes)
    (tmp_path / "kept").mkdir()
    words, env = ("draft", ONE, "--model", "openai:paid"), environment(server) | {"TMPDIR": str(tmp_path / "kept")}
    done = run(*words, folder=desk, env=env)
    (file,) = (tmp_path / "kept").iterdir()
    assert done.returncode == 2 and "Our take" in done.stdout and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.count(f"calls recover {file}") == 1
    freed(desk)
    assert run("calls", "recover", str(file), folder=desk).returncode == 0
    again = run(*words, folder=desk, env=env)
    assert again.returncode == 0 and len(server.billed) == 1, again.stderr


def test_a_run_that_can_not_be_given_back_is_taken_over(run: Run, desk: Path, server: PaidServer) -> None:
    full_at(desk, "run")
    words = ("draft", ONE, "--model", "openai:paid", "--json")
    done = run(*words, folder=desk, env=environment(server))
    assert done.returncode == 0 and json.loads(done.stdout)["status"] == "ready" and "disk is full" in done.stderr
    freed(desk)
    assert run(*words, folder=desk, env=environment(server)).returncode == 0 and len(server.billed) == 1


def test_a_batch_whose_file_can_not_be_written_names_all_that_it_kept(
    run: Run, desk: Path, server: PaidServer, tmp_path: Path
) -> None:
    full_at(desk, "answer")
    (tmp_path / "kept").mkdir()
    done = run(*BATCH, "-o", "/dev/full", folder=desk, env=environment(server) | {"TMPDIR": str(tmp_path / "kept")})
    files = list((tmp_path / "kept").iterdir())
    assert done.returncode == 2 and "/dev/full can't be written: No space left on device." in done.stderr, done.stderr
    assert len(files) == len(server.billed) > 0 and all(
        done.stderr.count(f"calls recover {file}") == 1 for file in files
    ), done.stderr
