"""The suite of known faults: its files agree with each other, and a run reports what was found by kind."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from ourtake.checks.registry import RULES
from ourtake.evals.suite import read_cases, read_suite
from ourtake.providers.replay import read_lines
from tests.conftest import Run
from tests.evals.conftest import ROOT

SUITE = ROOT / "evals" / "suites" / "checks.toml"


def test_every_case_has_a_reply_with_the_fault_and_rules_that_exist() -> None:
    cases = read_cases(read_suite(SUITE))
    replies = read_lines(ROOT / "evals" / "replies" / "checks.jsonl")
    assert {case.id for case in cases} == set(replies) and len(cases) > 600
    faulty = [case for case in cases if case.kind]
    assert len({case.kind for case in faulty}) >= 30
    for case in cases:
        assert case.expect is not None and bool(case.expect) == bool(case.kind)
        assert set(case.expect) <= set(RULES), case.id
        assert not case.kind or replies[case.id] != replies[case.topic]
    assert min(Counter(case.topic for case in cases).values()) >= 1


def test_a_run_says_how_many_of_each_kind_were_found(tmp_path: Path, run: Run) -> None:
    whole = [json.loads(line) for line in (ROOT / "evals" / "cases" / "checks.jsonl").read_text().splitlines()]
    clean = [row for row in whole if "kind" not in row][:2]
    kept = clean + [row for row in whole if row.get("like") in {one["id"] for one in clean}][:6]
    for row in clean:
        if "source_file" in row:
            row["source_file"] = str(ROOT / "evals" / "cases" / row["source_file"])
    (tmp_path / "few.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in kept))
    text = SUITE.read_text().replace("../cases/checks.jsonl", "few.jsonl")
    text = text.replace("../replies", str(ROOT / "evals" / "replies")).replace("../../examples", str(ROOT / "examples"))
    (tmp_path / "few.toml").write_text(text)
    assert run("eval", "run", "few.toml", "-o", "out").returncode == 0
    entry = json.loads(run("eval", "report", "out", "--json").stdout)["entries"][0]
    kinds = Counter(row["kind"] for row in kept if "kind" in row)
    assert {kind: found["n"] for kind, found in entry["faults_found"].items()} == dict(kinds)
    assert entry["metrics"]["faults.false_alarms"]["n"] == len(clean)
    shown = run("eval", "report", "out").stdout
    assert "Known faults of replay:" in shown and "other kinds: " in shown
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Known faults, by kind" in page and all(f">{kind}</th>" in page for kind in kinds)
