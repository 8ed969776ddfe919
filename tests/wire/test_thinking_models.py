"""Thoughts in a reply's text through the real command: set aside where they ended, no answer where they did not, kept
raw in the ledger.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.providers.conformance import environment
from tests.wire.awkward_server import serving
from tests.wire.oddities import THOUGHTS, UNFINISHED
from tests.wire.test_llmock import SOURCE, good_take


def replies(paper: Path) -> list[str]:
    with sqlite3.connect(paper / "ourtake.db") as connection:
        return [
            row[0] for row in connection.execute("SELECT reply FROM calls WHERE provider <> 'baseline' ORDER BY id")
        ]


def test_ended_thoughts_are_set_aside_and_kept_in_the_ledger(run: Run, paper: Path) -> None:
    take = good_take(run, paper)
    with serving(json.dumps(take)) as (server, port):
        for name in THOUGHTS:
            done = run(
                "draft",
                SOURCE,
                "--model",
                f"openai:thoughts:{name}",
                "--json",
                "--stream",
                folder=paper,
                env=environment(port),
            )
            assert done.returncode == 0, (name, done.stderr)
            assert json.loads(done.stdout)["revisions"][0]["take"]["headline"] == take["headline"], name
            # A closing mark without an opening one: only when it comes is it known what stood before it.
            assert ("A draft" in done.stderr) <= (name == "no-opening") and take["headline"] in done.stderr, name
        assert sum(server.counts.values()) == len(THOUGHTS)
    assert all("think" in reply.lower() or "channel" in reply for reply in replies(paper))


@pytest.mark.parametrize("behaviour", [*(f"thoughts:{name}" for name in UNFINISHED), "key-twice"])
def test_what_is_not_an_answer_is_asked_for_once_more_and_kept(run: Run, paper: Path, behaviour: str) -> None:
    with serving(json.dumps(good_take(run, paper))) as (server, port):
        done = run("draft", SOURCE, "--model", f"openai:{behaviour}", "--stream", folder=paper, env=environment(port))
        assert server.counts[behaviour] == 2
        better = run("draft", SOURCE, "--model", f"openai:once-{behaviour}", folder=paper, env=environment(port))
    said = "gives 'headline' twice" if behaviour == "key-twice" else "ends within the model's thoughts"
    assert done.returncode == 3 and said in done.stderr and (behaviour == "key-twice" or "A draft" not in done.stderr)
    assert better.returncode == 0, better.stderr
    assert len({reply for reply in replies(paper)}) == 2 and all("headline" in reply for reply in replies(paper))
