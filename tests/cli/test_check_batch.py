"""`ourtake check --batch` over several processes: the same reports in the same order as from one, the same errors, and
a lost process's work done.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ourtake.checks.examples import PARAGRAPHS, RELATED, SOUND, SOURCE, build
from ourtake.cli.check_batch import FEWEST, processes_for
from tests.conftest import Run

TAKES = 2 * FEWEST + 5
ONE = """
import os, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.execv(sys.executable, [sys.executable, "-m", "ourtake", *sys.argv[1:]])
"""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="several processors are needed, and the right to choose one",
)


def batch_in(folder: Path, *, bad: int | None = None) -> None:
    """Takes that differ, a third with an error; line `bad`, from 1, is none."""
    take = build(SOUND).take
    rows = []
    for number in range(1, TAKES + 1):
        body = "\n\n".join(
            [
                *(part.strip() for part in PARAGRAPHS[:-1]),
                f"See [a piece {number}] of it. {PARAGRAPHS[-1]}" if number % 3 else PARAGRAPHS[-1],
            ]
        )
        given = take.model_copy(update={"body": body, "headline": f"{take.headline} ({number})"}).model_dump(
            mode="json"
        )
        rows.append(
            {
                "id": f"t{number}",
                "take": given,
                "source": SOURCE.model_dump(mode="json"),
                "related": [item.model_dump() for item in RELATED],
            }
        )
    lines = [json.dumps(row) for row in rows]
    if bad is not None:
        lines[bad - 1] = '{"take": 1}'
    (folder / "takes.jsonl").write_text("\n".join(lines) + "\n")


def alone(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command with one processor to itself, on which it starts no other process."""
    return subprocess.run([sys.executable, "-c", ONE, *words], cwd=folder, capture_output=True, text=True, timeout=600)


WORDS = ("check", "--batch", "takes.jsonl", "--format", "json")


@pytest.mark.parametrize(
    ("bad", "more"),
    [(None, ()), (TAKES - 30, ()), (None, ("--select", "NOPE")), (None, ("--select", "LNK", "--ignore", "LNK001"))],
)
def test_several_processes_print_what_one_does(run: Run, paper: Path, bad: int | None, more: tuple[str, ...]) -> None:
    assert processes_for(TAKES) > 1
    batch_in(paper, bad=bad)
    many, one = run(*WORDS, *more, folder=paper), alone(paper, *WORDS, *more)
    assert (many.returncode, many.stdout, many.stderr) == (one.returncode, one.stdout, one.stderr)
    if "NOPE" in more:
        assert many.returncode == 2 and "No rule has the code or name NOPE" in many.stderr
        return
    reports = [json.loads(line) for line in many.stdout.splitlines()]
    assert len(reports) == (TAKES if bad is None else bad - 1)
    assert many.returncode == (0 if more else 1 if bad is None else 2)
    lost = [{item["text"] for item in report["findings"] if item["code"] == "LNK001"} for report in reports]
    assert lost == [
        set() if more or number % 3 == 0 else {f"[a piece {number}]"} for number in range(1, len(reports) + 1)
    ]


def test_takes_of_a_process_that_was_killed_are_checked_all_the_same(run: Run, paper: Path) -> None:
    batch_in(paper)
    whole = run(*WORDS, folder=paper)
    batch = subprocess.Popen(
        [sys.executable, "-m", "ourtake", *WORDS], cwd=paper, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    listed = Path(f"/proc/{batch.pid}/task/{batch.pid}/children")
    children: list[str] = []
    while not children and batch.poll() is None:
        if not listed.exists():
            pytest.skip("this system does not say which processes another one started")
        children = listed.read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    reports, errors = batch.communicate(timeout=600)
    assert (batch.returncode, reports) == (whole.returncode, whole.stdout)
    assert errors.count("are checked in the main process") == 1
