"""The smoke suite from a checkout without keys: run, resume, report."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from tests.conftest import Run
from tests.evals.conftest import ROOT, SUITE


def rows(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]


def test_every_cell_has_a_take_and_its_metrics(smoke: Path) -> None:
    found = rows(smoke)
    assert len({row["cell"] for row in found}) == len(found) == 24
    assert all(row["take"] and row["metrics"]["errors"] is not None for row in found)  # type: ignore[index]
    record = json.loads((smoke / "run.json").read_text())
    assert record["state"] == "finished" and record["labels"]["baseline"] and len(record["labels"]) == 3


def test_the_report_is_one_page_and_four_files(smoke: Path, run: Run) -> None:
    done = run("eval", "report", str(smoke))
    assert done.returncode == 0 and "hand-written replies, not a model" in done.stdout
    page = (smoke / "report.html").read_text()
    assert "http" not in page.replace("http-equiv", "") and "<svg" in page and page.count('class="case"') == 8
    summary = json.loads((smoke / "report.json").read_text())
    assert [entry["done"] for entry in summary["entries"]] == [8, 8, 8] and summary["complete"]
    with (smoke / "report.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 24 and {line["error"] for line in lines} == {line["edits"] for line in lines} == {""}
    suites = ElementTree.parse(smoke / "report.xml").getroot()
    assert [suite.get("tests") for suite in suites] == ["8", "8", "8"]


def test_what_passes_is_printed_with_what_nobody_checked(smoke: Path, run: Run) -> None:
    done = run("eval", "report", str(smoke))
    # On a narrow screen the columns come in blocks: the baseline is in the first.
    table = {line[:24].strip(): line for line in reversed(done.stdout.splitlines())}
    assert "100 %" in table["Passes without repair"] and "%" in table["Claims unchecked"]
    said = re.search(r"baseline: of (\d+) claims (\d+) verified.*?(\d+) not checked", done.stdout, re.DOTALL)
    assert said is not None, done.stdout
    claims, verified, unchecked = map(int, said.groups())
    # The built-in writer quotes: some of its claims are verified, and most of the others nobody checked.
    assert 0 < verified < unchecked < claims
    tests = ElementTree.parse(smoke / "report.xml").getroot().iter("testcase")
    assert all(" not checked" in (test.findtext("system-out") or "") for test in tests)
    page, markdown = (smoke / "report.html").read_text(), (smoke / "report.md").read_text()
    assert page.count(">no errors found<") == page.count("unchecked</small>") - page.count(">needs repair<") > 0
    assert "Claims unchecked" in markdown and f"{unchecked} not checked" in markdown
    shown = run("eval", "compare", str(smoke), str(smoke)).stdout
    assert shown.count("Passes without repair") == shown.count("Claims unchecked") == 3
    gate = run("eval", "gate", str(smoke), "--against", str(smoke)).stdout.splitlines()
    assert all(" not checked" in line for line in gate if "Passes without repair" in line)


def test_a_run_is_kept_without_its_evidence_and_compared_with(smoke: Path, run: Run, tmp_path: Path) -> None:
    done = run("eval", "keep", str(smoke), "kept")
    assert done.returncode == 0 and "24 cells of" in done.stdout
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["cases.jsonl", "results.jsonl", "run.json"]
    sizes = [(folder / "results.jsonl").stat().st_size for folder in (smoke, tmp_path / "kept")]
    assert sizes[1] < sizes[0] / 3 and str(tmp_path) not in (tmp_path / "kept" / "run.json").read_text()
    done = run("eval", "compare", "kept", str(smoke))
    assert done.returncode == 0 and done.stdout.count("No case changed.") == 3
    assert run("eval", "gate", str(smoke), "--against", "kept").returncode == 0
    worse = [json.loads(line) for line in (smoke / "results.jsonl").read_text().splitlines()]
    worse[0]["report"]["findings"] = [
        {"code": "LNK001", "rule": "r", "severity": "error", "message": "m", "field": "body", "start": 0, "end": 1,
         "text": "T", "evidence": [], "fix": None}
    ]  # fmt: skip
    (smoke / "results.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in worse))
    done = run("eval", "gate", str(smoke), "--against", "kept")
    assert done.returncode == 1 and "There is LNK001 in" in done.stdout
    assert run("eval", "keep", "kept", "kept").returncode == 2
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"meow")
    assert "photos is not the folder of an eval run" in run("eval", "keep", "kept", "photos").stderr


def test_the_kept_run_is_of_the_suite_as_it_is(smoke: Path) -> None:
    """The run in evals/kept/smoke; after a change of suite or cases it is kept again (docs/evals.md)."""
    record, kept = (
        json.loads((folder / "run.json").read_text()) for folder in (smoke, ROOT / "evals" / "kept" / "smoke")
    )
    assert {key: kept[key] for key in ("suite", "asked", "models", "cells")} == {
        key: record[key] for key in ("suite", "asked", "models", "cells")
    }


def test_a_run_of_which_all_cells_are_done_starts_no_checker(smoke: Path) -> None:
    program = (
        "import sys; from ourtake.jobs import worker_process; from ourtake.cli.main import main\n"
        "worker_process.WorkerProcess.__init__ = lambda *_, **__: sys.exit('a checker was started')\n"
        "main()"
    )
    command = [sys.executable, "-c", program, "eval", "run", SUITE, "-o", str(smoke)]
    done = subprocess.run([*command, "--resume"], cwd=smoke.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "0 cells: 0 done" in done.stdout and "24 were done before" in done.stdout
    done = subprocess.run(command, cwd=smoke.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "a checker was started" in done.stderr


def test_a_run_that_lost_its_end_is_completed(smoke: Path, run: Run) -> None:
    whole = rows(smoke)
    path = smoke / "results.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:5]) + lines[5][:100])
    done = run("eval", "report", str(smoke), "--format", "table")
    assert "the run is not complete: 5 of 24 cells are done" in done.stderr and "not complete" in done.stdout
    done = run("eval", "run", SUITE, "-o", str(smoke), "--resume")
    assert done.returncode == 0 and "19 cells: 19 done" in done.stdout and "5 were done before" in done.stdout
    assert path.read_bytes().startswith(b"".join(lines[:5]))

    def key(row: dict[str, object]) -> object:
        return row["cell"], json.dumps(row["take"]), row["draft"]

    assert sorted(map(key, rows(smoke))) == sorted(map(key, whole))  # type: ignore[type-var]
