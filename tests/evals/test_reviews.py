"""What editors did at the desk with the takes of a run: edits as a metric, cases, and what judges are tried on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ourtake.config import Settings
from ourtake.documents import Take
from ourtake.review.edits import EditedTake
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk
from ourtake.store import Store
from tests.conftest import Run
from tests.evals.judge_server import judge_server
from tests.evals.test_judges import configured
from tests.evals.test_wrong_uses import suite
from tests.review.conftest import decide_all

ANN = "Ann Reed"
WORDS = {"good": "warm", "bad": "cold"}  # a sentence that names its writer is not shown to a judge
REPLY = {"headline": "A headline", "summary": "Our take on it.", "body": "One.\n\nTwo.\n\nThree.", "tags": ["a"]}


def reviewed_run(tmp_path: Path, run: Run) -> dict[str, str]:
    """A run of two writers, both of whose takes Ann signs, one of them after a change. Returns model -> draft."""
    path = suite(tmp_path)
    for name, word in WORDS.items():
        (tmp_path / name).mkdir()
        reply = REPLY | {"summary": f"Our {word} take on it, in eight words here."}
        (tmp_path / name / "one.json").write_text(json.dumps(reply))
    path.write_text(path.read_text().replace('["baseline"]', '["replay:good", "replay:bad"]'))
    done = run("eval", "run", str(path), "-o", "out")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    drafts = {row["model"]: row["draft"] for row in rows}
    with Store.open(f"sqlite:///{tmp_path / 'out' / 'eval.db'}", create=False) as store:
        desk = Desk(store, rechecker(Settings(), None))
        session = desk.open(drafts["replay:bad"])
        session.edit("summary", 0, "Our better take on it, in eight words here.", base=1, by=ANN)
        for draft in drafts.values():
            decide_all(desk.open(draft), by=ANN)
            desk.open(draft).approve(by=ANN)
    return drafts


def test_edits_are_a_metric_of_what_was_signed(tmp_path: Path, run: Run) -> None:
    drafts = reviewed_run(tmp_path, run)
    entries = {one["model"]: one for one in json.loads(run("eval", "report", "out", "--json").stdout)["entries"]}
    assert entries["replay:good"]["metrics"]["edits"]["value"] == 0
    # One word of fifteen was replaced: headline 2, summary 9, body 3, one tag.
    assert entries["replay:bad"]["metrics"]["edits"]["value"] == pytest.approx(1 / 15, abs=1e-6)
    kept = [json.loads(line) for line in (tmp_path / "out" / "edits.jsonl").read_text().splitlines()]
    assert {one["draft"] for one in kept} == set(drafts.values()) and {one["by"] for one in kept} == {ANN}
    assert "Edits needed" in run("eval", "report", "out", "--format", "table").stdout
    # The folder is all that a report needs, also without the store.
    (tmp_path / "out" / "eval.db").rename(tmp_path / "elsewhere.db")
    again = json.loads(run("eval", "report", "out", "--json").stdout)["entries"]
    assert {one["model"]: one["metrics"]["edits"]["value"] for one in again}["replay:good"] == 0


def test_a_take_that_nobody_signed_is_not_measured(smoke: Path, run: Run) -> None:
    entry = json.loads(run("eval", "report", str(smoke), "--json").stdout)["entries"][0]
    assert entry["metrics"]["edits"] is None and not (smoke / "edits.jsonl").exists()


def test_the_share_counts_words_put_in_taken_out_and_replaced() -> None:
    def share(before: str, after: str) -> float:
        takes = [Take(headline="H", summary="S", body=text) for text in (before, after)]
        return EditedTake(takes[0], takes[1], "m").share

    assert share("one two three four", "one two three four") == 0
    assert share("one two three four", "one 2 three") == pytest.approx(2 / 6)
    assert share("one two", "one two three four five six") == pytest.approx(4 / 8)
    assert share("a [link](https://x.example/1)", "a [link](https://x.example/2)") == 0


def test_edits_and_picks_become_cases_on_which_judges_are_tried(tmp_path: Path, run: Run) -> None:
    reviewed_run(tmp_path, run)
    store = ("--store", "sqlite:///out/eval.db")
    done = run(*store, "eval", "cases", "from-reviews", "-o", "cases2.jsonl")
    assert done.returncode == 0 and "1 case is written to cases2.jsonl" in done.stdout, done.stderr
    assert "from-picks" in run("eval", "cases", "--help").stdout
    nobody = run("eval", "cases", "from-picks", "out", "-o", "p.jsonl")
    assert nobody.returncode == 2 and "Nobody has picked a take in out yet." in nobody.stderr
    assert run("eval", "pairs", "out", "--as", ANN, stdin="1\n").returncode == 0
    pick = json.loads((tmp_path / "out" / "picks.jsonl").read_text())
    done = run("eval", "cases", "from-picks", "out", "-o", "p.jsonl")
    assert done.returncode == 0 and "with 1 pair in which editors prefer one" in done.stdout, done.stderr
    case = json.loads((tmp_path / "p.jsonl").read_text())
    known = case["preferences"][0]
    assert known["by"] == ANN and WORDS[pick["left"].removeprefix("replay:")] in known["better"]["summary"]
    # A suite over that case: its judge is asked about the pair in both orders, and the report says how it did.
    text = (tmp_path / "suite.toml").read_text().replace("cases.jsonl", "p.jsonl")
    (tmp_path / "picked.toml").write_text(text.replace('name = "mine"', 'name = "picked"'))
    assert run("eval", "run", "picked.toml", "-o", "picked").returncode == 0
    better = known["better"]["summary"]
    with judge_server(lambda a, b: "A" if better in a else "B") as (address, asked):
        done = run("--config", configured(tmp_path, address), "eval", "judge", "picked", "--judge", "local:judge")
    # The pair of the run is the same pair: what was asked of it is not asked again.
    assert done.returncode == 0 and "4 answered" in done.stdout and len(asked) == 2, done.stderr
    assert run("eval", "report", "picked").returncode == 0
    page = (tmp_path / "picked" / "report.html").read_text()
    assert "It preferred 1 of 1 takes that editors signed or picked" in page


def test_what_an_editor_changed_comes_with_its_case(tmp_path: Path, run: Run) -> None:
    drafts = reviewed_run(tmp_path, run)
    with Store.open(f"sqlite:///{tmp_path / 'out' / 'eval.db'}", create=False) as store:
        store.desk.remove(drafts["replay:good"])
    done = run("--store", "sqlite:///out/eval.db", "eval", "cases", "from-reviews", "-o", "c.jsonl")
    assert "with 1 pair in which editors prefer one" in done.stdout, done.stderr
    known = json.loads((tmp_path / "c.jsonl").read_text())["preferences"][0]
    assert (known["why"], known["by"]) == ("edited", ANN)
    assert "better take" in known["better"]["summary"] and "cold take" in known["worse"]["summary"]
