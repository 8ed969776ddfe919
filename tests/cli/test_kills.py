"""kill -9 in the paid window of a batch, benchmarks/kills.py in short: nothing lost, nothing answered paid twice, every
unknown listed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = Path(__file__).parents[2] / "benchmarks" / "kills.py"
POINTS = 9


@pytest.mark.parametrize(("more", "moments", "drafts"), [((), 6, 24), (("--postgres",), 0, 18)])
def test_a_killed_batch_goes_on_without_loss_and_without_paying_twice(
    more: tuple[str, ...], moments: int, drafts: int
) -> None:
    sizes = ("--kills", str(moments), "--drafts", str(drafts), "--concurrency", "6", "--latency-ms", "100")
    words = [sys.executable, str(KILLS), *sizes, *more]
    done = subprocess.run(words, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["trials"] == moments + POINTS == found["outputs_equal"]
    assert found["killed"] >= POINTS, "each deterministic point ends the process"
    # A point right behind a commit may find no other call under way.
    assert found["kills_between_start_and_commit"] >= POINTS - 2
    assert (found["drafts_lost"], found["answered_calls_made_again"], found["seen_by_the_server_and_not_listed"]) == (
        0,
        0,
        0,
    )
    assert found["unknown_calls_listed"] == found["calls_under_way"] > 0
    assert found["rows_written_ahead_and_not_sent"] > 0, "and they are not among the unknown ones"
