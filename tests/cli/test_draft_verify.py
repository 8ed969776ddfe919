"""`draft --quick --verify` on two dishonest takes of eight faults each: drafted, verified, repaired and verified again
against a server whose replies were written by hand to the real prompts (tests/by_hand_server.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.by_hand_server import ByHand
from tests.conftest import Run

TAKES = ("dishonest-press", "dishonest-battery")
OF_FACT = ("FCT", "QUO", "SUP", "LNK")
Serve = Callable[[str], ByHand]


@pytest.fixture
def serve(paper: Path) -> Iterator[Serve]:
    running: list[ByHand] = []

    def start(name: str) -> ByHand:
        running.append(ByHand(name))
        path = paper / "ourtake.toml"
        lines = path.read_text(encoding="utf-8").replace('default = "baseline"', "").replace("[models]\n", "")
        path.write_text(lines + running[-1].settings, encoding="utf-8")
        return running[-1]

    yield start
    for one in running:
        one.close()


def drafted(run: Run, paper: Path, server: ByHand, *more: str) -> dict[str, Any]:
    done = run("draft", f"sources/{server.story['source']}.md", "--json", *more, folder=paper)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def standing(revision: dict[str, Any], server: ByHand) -> list[str]:
    """The faults of the take that no error or warning overlaps."""
    body = revision["take"]["body"]
    left = []
    for fault in server.story["faults"]:
        start = body.find(fault["words"])
        hit = any(
            one["field"] == "body"
            and one["severity"] != "info"
            and one["code"][:3] in OF_FACT
            and one["start"] < start + len(fault["words"])
            and start < one["end"]
            for one in revision["report"]["findings"]
        )
        left += [fault["words"]] if start >= 0 and not hit else []
    return left


@pytest.mark.parametrize("name", TAKES)
def test_a_dishonest_take_is_verified_repaired_and_verified_again(
    run: Run, paper: Path, serve: Serve, name: str
) -> None:
    server = serve(name)
    draft = drafted(run, paper, server, "--quick", "--verify")
    first, last = draft["revisions"][0], draft["revisions"][-1]
    assert standing(first, server) == []
    assert first["report"]["verdict"] == "fail" and first["read_by"] == "hand:writer"
    assert draft["chosen"] == last["number"] > 1
    assert not any(fault["words"] in last["take"]["body"] for fault in server.story["faults"])
    # The second verification asks about what the repair changed, and about nothing else.
    tasks = server.tasks()
    calls = tasks.index("repair") - 1
    assert tasks[: calls + 3] == ["take", *["verify"] * calls, "repair", "verify"] and calls <= 2
    before = {sentence for call in server.sentences[:calls] for sentence in call}
    (again,) = server.sentences[calls:]
    assert again and before.isdisjoint(again)
    assert last["report"]["claim_counts"]["verified"] > last["report"]["claim_counts"]["not-checked"]
    line = " ".join(run("drafts", "show", draft["id"], folder=paper).stdout.split())
    assert last["report"]["verdict_line"] in line
