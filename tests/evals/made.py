"""Runs made up for tests: folders as `ourtake eval run` writes them, with chosen figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ourtake.documents import Finding, Report, Source, Take
from ourtake.evals.results import CellResult, FirstReport, RunFolder, RunRecord, StoredCase
from ourtake.evals.suite import Case

BODY = (
    "The council has 40 clerks, and Mara Quill runs the office.\n\nThe plan is to halve that. It will cost 12 jobs by "
    "March, says Tomas Ferrand.\n\nNobody asked the clerks. What would they have said about it, if asked?"
)


def case(number: int, topics: int) -> Case:
    source = Source(
        id=f"c{number}", title=f"Story {number}", outlet="Post", url=f"https://x.example/{number}", blurb="B."
    )
    return Case(id=f"c{number}", topic=f"t{number % topics}", source=source)


def result(case_of: Case, model: str, *, passes: float, codes: Iterable[str] = (), **more: object) -> CellResult:
    """A cell with a take that has these findings; errors where it does not pass."""
    findings = tuple(
        Finding(code=code, rule="r", severity="error", message="m", field="body", start=0, end=3, text="The")
        for code in codes
    )
    report = Report(verdict="fail" if findings else "pass", findings=findings, counts={"error": len(findings)})
    counted = {code: sum(one.code == code for one in findings) for code in codes}
    given = {
        "cell": f"{case_of.id} {model} default 1",
        "case": case_of.id,
        "topic": case_of.topic,
        "model": model,
        "prompt": "default",
        "repeat": 1,
        "status": "ready",
        "take": Take(headline=f"On story {case_of.id}", summary="We say so.", body=BODY, tags=("a",)),
        "report": report,
        "first": FirstReport(verdict=report.verdict, counts=report.counts, codes=counted),
        "revisions": 1,
        "cost_usd": 0.01,
        "metrics": {"passes_without_repair": passes, "errors": float(len(findings)), "warnings": 0.0, "cost": 0.01},
    }
    return CellResult.model_validate(given | more)


def run_folder(
    path: Path,
    rows: Iterable[CellResult],
    *,
    models: tuple[str, ...],
    cases: list[Case],
    suite: Mapping[str, object] | None = None,
    state: str = "finished",
) -> RunFolder:
    """A run's folder with these results."""
    path.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(path)
    whole = {"name": "made", "cases": ["c.jsonl"], **(suite or {})}
    cells = len(cases) * len(models)
    folder.save(
        RunRecord(
            suite=whole, suite_file=str(path / "suite.toml"), models=models, prompts=("default",), repeats=1,
            cases=len(cases), cells=cells, state=state,
        )
    )  # fmt: skip
    folder.save_cases(cases)
    folder.write("results.jsonl", "".join(f"{row.model_dump_json()}\n" for row in rows))
    return folder


def stored(cases: list[Case]) -> dict[str, StoredCase]:
    return {one.id: StoredCase(id=one.id, topic=one.topic, source=one.source) for one in cases}
