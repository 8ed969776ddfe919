"""Cells in order, and what becomes of one: the same pipeline as drafting, then a line of results.jsonl."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from ourtake.documents import Draft, Report, Usage
from ourtake.evals.metrics import Measured, measured
from ourtake.evals.results import Cell, CellResult, FirstReport, Offered, as_stored
from ourtake.evals.suite import Case
from ourtake.store.calls import CallRecord
from ourtake.writing.pipeline import Pipeline, Wishes, write_draft


def matrix(cases: Sequence[Case], *, models: Sequence[str], prompts: Sequence[str], repeats: int) -> Iterator[Cell]:
    """Every cell. Models change fastest, so that several providers work at a time and a stopped run has whole pairs."""
    return (
        Cell(case, model, prompt, repeat)
        for repeat in range(1, repeats + 1)
        for case in cases
        for prompt in prompts
        for model in models
    )


class Reuse:
    """The answers of earlier runs that this one used, until their cells are written down."""

    def __init__(self) -> None:
        self._calls: dict[str, list[tuple[Usage, int | None, float]]] = {}

    def __call__(self, draft_id: str, call: CallRecord) -> None:
        """Note a call whose answer was used for a draft."""
        if call.end is not None:
            self._calls.setdefault(draft_id, []).append((call.end.usage, call.end.cost, call.end.seconds))

    def of(self, draft_id: str) -> list[tuple[Usage, int | None, float]]:
        """Usage, cost in millionths of a US dollar, and seconds of the calls for a draft, which are forgotten."""
        return self._calls.pop(draft_id, [])


async def run_cell(
    cell: Cell, pipeline: Pipeline, *, process: Literal["quick", "full"], draft_id: str, reuse: Reuse
) -> CellResult:
    """Write the take of a cell and measure it. Raises UnsavedError as write_draft does."""
    wishes = Wishes(process=process)
    draft = await write_draft(cell.case.source, pipeline, draft_id=draft_id, repetition=cell.repeat, wishes=wishes)
    seconds = pipeline.store.seconds_on(draft_id)
    result = result_of(cell, draft, seconds=seconds, reused=reuse.of(draft_id))
    if not result.done:
        return result
    seen = Measured(result, as_stored(cell.case), pipeline.settings)
    return result.model_copy(update={"metrics": measured(seen)})


def result_of(
    cell: Cell, draft: Draft, *, seconds: float, reused: Sequence[tuple[Usage, int | None, float]] = ()
) -> CellResult:
    """The result of a draft, without metrics. `reused`: answers that other drafts paid for."""
    standing, first = draft.standing(), draft.revisions[0] if draft.revisions else None
    usage, cost = draft.usage, draft.cost_usd
    for used, paid, took in reused:
        usage, seconds = usage.plus(used), seconds + took
        cost = None if cost is None or paid is None else cost + paid / 1_000_000
    return CellResult(
        cell=cell.id,
        case=cell.case.id,
        topic=cell.case.topic,
        model=cell.model,
        prompt=cell.prompt,
        repeat=cell.repeat,
        status=draft.status,
        draft=draft.id,
        error=draft.error,
        take=standing.take if standing else None,
        report=_short(standing.report) if standing else None,
        first=_first(first.report) if first else None,
        related=tuple(
            Offered(id=item.id, url=item.url, title=item.title, handle=item.handle) for item in draft.related
        ),
        revisions=len(draft.revisions),
        usage=usage,
        cost_usd=None if cost is None else round(cost, 6),
        seconds=round(seconds, 3),
        reused=bool(reused),
    )


def _first(report: Report) -> FirstReport:
    codes: Mapping[str, int] = Counter(item.code for item in report.findings)
    return FirstReport(
        verdict=report.verdict,
        counts=report.counts,
        codes=dict(codes),
        claim_counts=report.claim_counts,
        words=report.words,
    )


def _short(report: Report) -> Report:
    """The report without what a reader of many takes does not need: support by sentence."""
    return report.model_copy(update={"sentences": ()})
