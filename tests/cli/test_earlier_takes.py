"""A take that repeats one in the store: through the command."""

import asyncio
import json
from pathlib import Path

import pytest

from ourtake.documents import Draft
from ourtake.store import Store
from tests.conftest import Run


@pytest.mark.parametrize("by", ["openai:gpt-6.2-sol", "baseline"])
def test_a_take_that_repeats_a_stored_one_is_told_which(run: Run, paper: Path, by: str) -> None:
    done = run("draft", "sources/01-data-centre-power.md", "--json", folder=paper)
    assert done.returncode == 0, done.stderr
    draft = json.loads(done.stdout)
    draft["id"] = "feed" + draft["id"][:8]
    for revision in draft["revisions"]:
        revision["by"] = by
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}") as store:
        asyncio.run(store.save_draft(Draft.model_validate(draft)))
    take = draft["revisions"][-1]["take"]
    source = {**draft["source"], "url": "https://other.example/story", "id": None}
    lines = [{"take": take, "source": source}, {"take": take, "source": draft["source"]}]
    (paper / "takes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = run("check", "--batch", "takes.jsonl", "--format", "json", "--select", "ORG002", folder=paper)
    other, same = (json.loads(line)["findings"] for line in done.stdout.splitlines())
    if by == "baseline":
        # What the built-in writer says about every story is nobody's earlier take.
        assert other == []
        return
    assert {item["field"] for item in other} == {"headline", "summary", "body"}
    assert {item["evidence"][0]["document"] for item in other} == {draft["id"]}
    assert same == []
