"""A cell is written as its suite says, whatever the settings say; and what it asks is paid for once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from ourtake.documents import ReviewState
from ourtake.store import Store
from tests.conftest import Run
from tests.evals.test_wrong_uses import suite

TAKE = {"headline": "A headline", "summary": "Our take on it.", "body": "One.\n\nTwo.\n\nThree.", "tags": ["a"]}


def test_quick_is_one_call_and_picks_feed_the_report(tmp_path: Path, run: Run) -> None:
    path = suite(tmp_path)
    for name in ("good", "bad"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "one.json").write_text(json.dumps(TAKE | {"headline": f"A {name} headline"}))
    (tmp_path / "ourtake.toml").write_text('[take]\nprocess = "full"\n')
    path.write_text(path.read_text().replace('["baseline"]', '["replay:good", "replay:bad"]'))
    done = run("eval", "run", str(path), "-o", "out", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["outcomes"] == {"done": 2} and found["cost_usd"] == 0
    calls = json.loads(run("--store", "sqlite:///out/eval.db", "calls", "list", "--json").stdout)
    assert [call["task"] for call in calls if call["state"] == "answered"] == ["take", "take"]
    # A person picks, blind; the pick is asked once and rates the writers.
    done = run("eval", "pairs", "out", "--as", "Ann", stdin="x\n1\n")
    assert done.returncode == 0 and "1 pick by Ann is kept" in done.stdout and "type 1, 2, n, s or q" in done.stderr
    assert "good:" not in done.stdout and "replay" not in done.stdout
    assert "Ann has picked from every pair." in run("eval", "pairs", "out", "--as", "Ann").stdout
    pick = json.loads((tmp_path / "out" / "picks.jsonl").read_text())
    assert (
        pick["by"] == "Ann"
        and pick["choice"] == "left"
        and {pick["left"], pick["right"]}
        == {
            "replay:good",
            "replay:bad",
        }
    )
    run("eval", "report", "out")
    assert "1 blind pick by 1 person" in (tmp_path / "out" / "report.html").read_text()


def test_exports_hold_every_case_and_an_import_is_a_run(tmp_path: Path, run: Run) -> None:
    path = str(suite(tmp_path))
    done = run("eval", "export", path, "--to", "promptfoo", "-m", "openai:chat:x", "-o", "p.json")
    assert done.returncode == 0, done.stderr
    config = json.loads((tmp_path / "p.json").read_text())
    assert config["providers"] == ["openai:chat:x"] and "Something happened." in config["tests"][0]["vars"]["user"]
    assert run("eval", "export", path, "--to", "inspect", "-o", "t.py").returncode == 0
    compile((tmp_path / "t.py").read_text(), "t.py", "exec")
    done = run("eval", "export", path, "--to", "excel")
    assert done.returncode == 2 and "A suite can't be exported to excel." in done.stderr

    def answer(passed: bool, **more: object) -> dict[str, object]:
        given = {"provider": {"id": "openai:x"}, "vars": {"id": "one"}, "success": passed, "promptIdx": 0, "cost": 0}
        return {**given, "response": {"output": json.dumps(TAKE)}, "latencyMs": 900, **more}

    rows = [answer(True), answer(False), answer(False, response=None, error="timed out", cost=None)]
    (tmp_path / "r.json").write_text(json.dumps({"results": {"results": rows}}))
    done = run("eval", "import", "r.json", "-o", "theirs")
    assert done.returncode == 0, done.stderr
    entry = json.loads(run("eval", "report", "theirs", "--json").stdout)["entries"][0]
    assert entry["done"] == 2 and entry["without_take"] == {"failed": 1} and entry["writer"] == "run by promptfoo"
    assert entry["metrics"]["passes_without_repair"]["value"] == 0.5 and entry["cost_usd"] is None
    (tmp_path / "bad.json").write_text("[]")
    done = run("eval", "import", "bad.json", "-o", "more")
    assert done.returncode == 2 and "bad.json is not a result of promptfoo" in done.stderr


def test_cases_come_from_what_was_signed(tmp_path: Path, paper: Path, run: Run) -> None:
    done = run("eval", "cases", "from-reviews", "-o", "cases.jsonl", folder=paper)
    assert done.returncode == 2 and "No draft has been signed at the desk yet." in done.stderr


def test_a_signed_draft_becomes_a_case_that_runs(tmp_path: Path, paper: Path, run: Run) -> None:
    made = json.loads(run("draft", "sources/01-data-centre-power.md", "--json", folder=paper).stdout)
    with Store.open(f"sqlite:///{paper / 'ourtake.db'}", create=False) as store:
        draft = store.draft(made["id"])
        assert draft is not None
        signed = ReviewState(state="approved", by="Ann", since="2026-11-01T10:00:00+00:00")
        asyncio.run(store.save_draft(draft.model_copy(update={"review": signed})))
    done = run("eval", "cases", "from-reviews", "-o", "cases.jsonl", folder=paper)
    assert done.returncode == 0 and "1 case is written" in done.stdout, done.stderr
    (paper / "own.toml").write_text('name = "own"\ncases = "cases.jsonl"\nmodels = ["baseline"]\n')
    done = run("eval", "run", "own.toml", "-o", str(tmp_path / "out"), folder=paper)
    assert done.returncode == 0 and "1 done" in done.stdout, done.stderr
    row = json.loads((tmp_path / "out" / "results.jsonl").read_text())
    assert [item["id"] for item in row["related"]] == [item["id"] for item in made["related"]]
