"""A batch through a server that refuses, drops and garbles by chance (llmock's chaos), benchmarks/faults.py in
short.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faulty_servers import Server

from ourtake.store import Store
from tests.conftest import Run
from tests.wire.test_llmock import SOURCE, answer, environment, good_take, serving

COUNT = 24
CHAOS = (
    "--chaos-ratelimit",
    "0.2",
    "--chaos-malformed",
    "0.1",
    "--chaos-disconnect",
    "0.1",
    "--chaos-latency",
    "20",
    "--journal-max",
    "0",
)
ROUNDS = 10


@pytest.mark.parametrize("model", ["openai:gpt-6.2-sol", "anthropic:claude-sonnet-5-5"])
def test_every_draft_ends_is_stored_once_and_no_answer_is_made_twice(run: Run, paper: Path, model: str) -> None:
    take = good_take(run, paper)
    story = json.loads(run("draft", SOURCE, "--json", folder=paper).stdout)["source"]
    rows = [
        {**story, "id": f"s{n}", "title": f"{story['title']} ({n})", "url": f"https://o.example/{n}"}
        for n in range(COUNT)
    ]
    (paper / "many.jsonl").write_text("\n".join(map(json.dumps, rows)))
    words = ("draft", "--batch", "many.jsonl", "--model", model, "--concurrency", "12", "-o", "out.jsonl")
    with serving(paper, [answer(take)], *CHAOS) as port:
        for number in range(ROUNDS):
            flags = ("--resume", "--retry-unknown") if number else ()
            done = run(*words, *flags, folder=paper, env=environment(paper, port))
            assert "Traceback" not in done.stderr and done.returncode in (0, 1, 3), done.stderr
            drafts = [json.loads(line) for line in (paper / "out.jsonl").read_text().splitlines()]
            assert sorted(draft["source"]["id"] for draft in drafts) == sorted(row["id"] for row in rows), (
                "each ends, once"
            )
            if done.returncode != 3:
                break
        counts = Server("llmock", port).counts()
    assert all(draft["revisions"] for draft in drafts), done.stderr
    assert counts.repeated == 0 and counts.kinds["good"] >= COUNT
    assert sum(counts.kinds.values()) > counts.kinds["good"], "the server did fail"
    with Store.open(f"sqlite:///{paper}/ourtake.db") as store:
        stored = [draft for draft in store.drafts(1000) if draft.run == drafts[0]["run"]]
        answered = store.calls(run_id=drafts[0]["run"], state="answered")
    assert sorted(draft.id for draft in stored) == sorted(draft["id"] for draft in drafts)
    assert len(answered) == counts.answered
