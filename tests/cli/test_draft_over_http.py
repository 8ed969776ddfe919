"""The whole process against a server on loopback that gives the replies of a story by hand, in their order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.by_hand_server import SETTINGS
from tests.completions_server import CompletionsServer, completion
from tests.conftest import Run
from tests.writing.test_full_process import CHATBOT, STORIES, replies


class InOrder:
    """The server. `asked`: the system text and the prompt of each request."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self.asked: list[tuple[str, str]] = []
        self._answers = answers
        self._server = CompletionsServer(self._answer)
        self.url, self.close = self._server.url, self._server.close

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((body["messages"][0]["content"], body["messages"][-1]["content"]))
        return completion("writer", json.dumps(self._answers[len(self.asked) - 1]))


@pytest.fixture
def server(paper: Path) -> Iterator[InOrder]:
    parts = replies(CHATBOT)
    # The plan looks up what the archive does not have, and the writer forgets what a saving rests on.
    plan = parts["plan"] | {"look_up": ["pigeons on stilts"]}
    take = parts["take"] | {"body": parts["take"]["body"].replace(" {f9}", "", 1)}
    running = InOrder([plan, take, parts["reread"], parts["repair"], parts["again"]])
    path = paper / "ourtake.toml"
    lines = path.read_text(encoding="utf-8").replace('process = "quick"', 'process = "full"')
    lines = lines.replace('default = "baseline"', "").replace("[models]\n", "")
    path.write_text(lines + SETTINGS.format(url=running.url), encoding="utf-8")
    yield running
    running.close()


def test_a_draft_is_planned_once_and_has_the_handles_that_its_writer_forgot(
    run: Run, paper: Path, server: InOrder
) -> None:
    story = f"sources/{STORIES[CHATBOT]}.md"
    done = run("draft", story, "--stream", "--json", folder=paper)
    assert done.returncode == 0, done.stderr
    # A look-up that brings no new article is not followed by a second plan; each call is paid for, and there are five.
    steps = re.findall(r"^\[(\d\. [a-z ]+)", done.stderr, re.MULTILINE)
    assert [step[0] for step in steps] == ["1", "2", "3", "4", "5"] and len(server.asked) == 5
    calls = json.loads(run("calls", "list", "--json", folder=paper).stdout)
    assert sorted(call["task"] for call in calls) == ["plan", "repair", "reread", "reread", "take"]
    draft = json.loads(done.stdout)
    assert draft["usage"]["calls"] == 5 and draft["cost_usd"] > 0
    assert draft["notes"] == [
        "The plan looked up what the archive has nothing new about: \u201cpigeons on stilts\u201d."
    ]
    # Two articles have facts of the angle: more links are not asked for.
    asked = re.findall(r"Link (\d+)(?: to (\d+))?", server.asked[1][0])
    assert asked and {number for pair in asked for number in pair if number} == {"2"}
    for revision in draft["revisions"]:
        (given,) = (one for one in revision["handles"] if "by" in one and one["handles"] == ["f9"])
        words = revision["take"][given["field"]][given["start"] : given["end"]]
        assert given["by"] == "reader" and "68,000" in words
