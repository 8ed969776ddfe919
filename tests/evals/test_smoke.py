"""The smoke suite from a checkout without keys: run, resume, report."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

from tests.conftest import Run
from tests.evals.conftest import SUITE


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
        assert len(list(csv.DictReader(file))) == 24
    suites = ElementTree.parse(smoke / "report.xml").getroot()
    assert [suite.get("tests") for suite in suites] == ["8", "8", "8"]


def test_a_run_that_lost_its_end_is_completed(smoke: Path, run: Run) -> None:
    whole = rows(smoke)
    path = smoke / "results.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:5]) + lines[5][:100])
    done = run("eval", "report", str(smoke), "--format", "table")
    assert "5 of 24 cells are there" in done.stderr and "not complete" in done.stdout
    done = run("eval", "run", SUITE, "-o", str(smoke), "--resume")
    assert done.returncode == 0 and "19 cells: 19 done" in done.stdout and "5 were done before" in done.stdout
    assert path.read_bytes().startswith(b"".join(lines[:5]))

    def key(row: dict[str, object]) -> object:
        return row["cell"], json.dumps(row["take"]), row["draft"]

    assert sorted(map(key, rows(smoke))) == sorted(map(key, whole))  # type: ignore[type-var]
