"""`ourtake eval run`: every case of a suite with every model; a line of results.jsonl for each cell as it is done."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.drafting import (
    HeldRun,
    Spending,
    checked_ceilings,
    heartbeat,
    holding_run,
    reporting_answers,
    say_notes,
    write_each,
)
from ourtake.cli.eval_judge import ask_all, check_judges
from ourtake.cli.eval_queue import QueuedCells, check_queue, without_providers
from ourtake.cli.eval_setup import (
    Setup,
    asked_of,
    fill_archive,
    new_record,
    pipelines_of,
    prompts_of,
    read_setup,
    settings_of,
    use_folder,
)
from ourtake.cli.options import DryRun, Fresh, Json, MaxCost, RetryUnknown
from ourtake.cli.pipelines import Pipelines, checker_process
from ourtake.cli.signals import Stopping
from ourtake.cli.terminal import emit, emit_json, progress_bar, say
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.evals.archive import CaseArchive
    from ourtake.evals.results import Cell, CellResult, RunFolder, RunRecord
    from ourtake.jobs.worker_process import WorkerProcess
    from ourtake.store import Store
    from ourtake.writing.checking import CheckInput
    from ourtake.writing.estimate import Estimate

_TELL_SECONDS = 60
_CHECKER = "ourtake.evals.check_worker:checks_at"
"""What the worker process of a run runs; named, not imported."""


class _Progress:
    """What has been done: outcomes, and US dollars as far as they are known."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.outcomes: Counter[str] = Counter()
        self.errors: dict[str, str] = {}
        self.cost, self.unknown, self.reused = 0.0, 0, 0

    def add(self, result: CellResult) -> None:
        self.outcomes["done" if result.done else result.status] += 1
        if not result.done:
            self.errors.setdefault(result.status, result.error or result.status)
        self.reused += result.reused
        if result.cost_usd is None:
            self.unknown += 1
        else:
            self.cost += result.cost_usd

    @property
    def failed(self) -> int:
        return sum(count for name, count in self.outcomes.items() if name != "done")

    def in_words(self) -> str:
        cost = f"{self.cost:.4f} USD" + (f" and {self.unknown} of unknown cost" if self.unknown else "")
        if self.reused:
            cost += f"; {count_of(self.reused, 'was', 'were')} answered from the ledger and not paid for again"
        return f"{self.outcomes['done']} done, {self.failed} failed, {cost}"


class _Terms(NamedTuple):
    resume: bool
    concurrency: int
    spending: Spending
    queue: bool = False


def run(
    suite: Path = typer.Argument(..., help="A suite, for example evals/suites/smoke.toml.", metavar="SUITE"),
    model: list[str] = typer.Option(
        None,
        "--model",
        "-m",
        help="provider:model, baseline, or replay:FOLDER. Repeat it for more models. Default: the suite's.",
    ),
    out: Path = typer.Option(None, "-o", "--out", help="The folder of the run.", metavar="DIR"),
    resume: bool = typer.Option(False, "--resume", help="Continue the run in DIR; finished cells are kept."),
    repeat: int = typer.Option(None, "--repeat", min=1, help="How often to write each case. Default: the suite's."),
    max_cost: MaxCost = None,
    concurrency: int = typer.Option(None, min=1, max=200, help="How many calls to make at the same time, per model."),
    fresh: Fresh = False,
    retry_unknown: RetryUnknown = False,
    queue: bool = typer.Option(
        False,
        "--queue",
        help="Have workers write the cells. Needs a store on PostgreSQL. Ctrl-C does not stop cells that have begun.",
    ),
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    r"""Write a suite's cases with every model, and measure the takes.

    DIR gets run.json and results.jsonl. Each cell adds a line to results.jsonl as soon as it is done. Calls are
    recorded in DIR/eval.db. The exit code is 3 if some cells failed, 4 if a limit was reached.

    \b
    Examples:
      ourtake eval run evals/suites/smoke.toml -o out
      ourtake eval run evals/suites/takes.toml -m openai:gpt-6.1-sol \
          -m anthropic:claude-sonnet-5-5 -o out
      ourtake eval run evals/suites/takes.toml -m openai:gpt-6.1-sol -o out \
          --resume --max-cost 5
    """
    setup = read_setup(suite, model or [], repeat, asks=not queue)
    limit = setup.suite.limits.max_cost_usd if max_cost is None else max_cost
    spending = Spending(max_cost=limit, fresh=fresh, retry_unknown=retry_unknown)
    checked_ceilings(tuple(setup.models.values()), settings(), spending)
    if dry_run:
        raise typer.Exit(_estimate(setup, out, spending, as_json=as_json))
    if out is None:
        raise InputError("An eval run needs -o DIR.", "Name the folder for its results.")
    check_judges(setup.suite.judges, tuple(setup.models))
    if queue:
        check_queue(setup)
    terms = _Terms(resume, concurrency or setup.suite.limits.concurrency, spending, queue)
    folder = lazy.eval_results.RunFolder(out)
    code = _run(setup, folder, terms, as_json=as_json)
    if setup.suite.judges and code == 0:
        code = ask_all(
            folder,
            setup.suite.judges,
            spending,
            most=None,
            twins=lazy.eval_judge.TWINS,
            concurrency=terms.concurrency,
            quiet=as_json,
        )
    raise typer.Exit(code)


def _run(setup: Setup, folder: RunFolder, terms: _Terms, *, as_json: bool) -> int:
    earlier = _earlier(setup, folder, terms)
    folder.path.mkdir(parents=True, exist_ok=True)
    use_folder(folder, setup)
    cells = {cell.id for cell in _cells(setup)} if earlier is not None else set()
    seen = folder.finished(cells) if earlier is not None else None
    # The folder may be moved; its own store has no other runs.
    name = f"eval {setup.suite.name}" if setup.own_store else f"eval {folder.path.absolute()}"
    with (
        _checking(needed=not terms.queue and (seen is None or len(seen.kept) < setup.cells)) as worker,
        open_store(create=True) as store,
        holding_run(store, name, resume=terms.resume) as run,
    ):
        if terms.queue:
            fill_archive(store, setup)
            pipelines = without_providers(run)
        else:
            pipelines = pipelines_of(run, setup, spending=terms.spending, concurrency=terms.concurrency, worker=worker)
        record = earlier or new_record(setup, run, folder, started=lazy.values.utc_now(), concurrency=terms.concurrency)
        record = record.model_copy(update={"state": "running"})
        folder.save(record)
        folder.save_cases(setup.cases)
        kept: set[str] = set()
        if seen is not None:
            kept = folder.keep_finished(cells, seen)
        elif folder.results.exists():
            folder.write("results.jsonl", "")
            for stale in ("judgements.jsonl", "picks.jsonl"):
                (folder.path / stale).unlink(missing_ok=True)
        begun = time.monotonic()
        with reporting_answers(pipelines.ledger):
            progress, code = lazy.asyncio.run(_work(setup, pipelines, folder, run=run, kept=kept, terms=terms))
        run.finished = not code and not progress.failed
        state = "stopped" if code else "finished"
        taken = (record.seconds or 0) + time.monotonic() - begun
        folder.save(
            record.model_copy(update={"state": state, "ended": lazy.values.utc_now(), "seconds": round(taken, 2)})
        )
        rescued = bool(pipelines.ledger.rescues)
    return _finish(progress, folder, kept=len(kept), code=code, rescued=rescued, as_json=as_json)


@contextmanager
def _checking(*, needed: bool) -> Iterator[WorkerProcess[CheckInput, str] | None]:
    """The process that checks takes; None where there are none to check."""
    if not needed:
        yield None
        return
    worker = checker_process(_CHECKER, ("eval_archive", "eval_run"))
    with closing(worker):
        yield worker


def _earlier(setup: Setup, folder: RunFolder, terms: _Terms) -> RunRecord | None:
    """The record of the run to be resumed. Raises InputError for a folder of something else, or of another run."""
    folder.check()
    if not folder.has_run():
        if terms.resume and folder.path.exists() and folder.results.exists():
            raise InputError(f"{folder.path} has results but no run.json.", "Name another folder.")
        return None
    found = folder.record()
    if found.suite.get("name") != setup.suite.name:
        what = f"{folder.path} has a run of the suite {found.suite.get('name')}."
        raise InputError(what, "Name another folder with -o.")
    if not terms.resume:
        return None
    for was, now, what in (
        (found.asked, asked_of(setup), "the cases or prompts have changed since it began"),
        (found.models, tuple(setup.models), f"it compares {', '.join(found.models)}"),
        (found.repeats, setup.repeats, f"it writes each case {count_of(found.repeats, 'time')}"),
    ):
        if was != now:
            raise InputError(f"The run in {folder.path} can't be resumed: {what}.", "Run it again without --resume.")
    return found


def _cells(setup: Setup) -> Iterator[Cell]:
    return lazy.eval_run.matrix(setup.cases, models=tuple(setup.models), prompts=setup.prompts, repeats=setup.repeats)


async def _work(
    setup: Setup, pipelines: Pipelines, folder: RunFolder, *, run: HeldRun, kept: set[str], terms: _Terms
) -> tuple[_Progress, int]:
    """What was done, and the exit code of the signal that stopped the run, or 0."""
    stopping = Stopping(pipelines.ledger.stopping)
    progress = _Progress(setup.cells - len(kept))
    left = (cell for cell in _cells(setup) if cell.id not in kept)
    try:
        with stopping.ending():
            async with heartbeat(run), _writer(setup, pipelines, run, terms) as write:
                # More cells in hand than calls under way: see providers/ledger.py.
                most = 3 * terms.concurrency
                done = lazy.local.run_many(left, write, concurrency=most, stop=pipelines.ledger.stopping)
                with folder.results.open("ab", buffering=0) as file, _showing(progress) as show:

                    def keep(result: CellResult) -> None:
                        progress.add(result)
                        show()
                        try:
                            lazy.eval_results.write_line(file, result)
                        except OSError as failure:
                            raise lazy.eval_results.cannot_write(folder.results, failure) from failure

                    await write_each(done, keep, pipelines.ledger.stopping)
    finally:
        await pipelines.close()
    return progress, stopping.code


@asynccontextmanager
async def _writer(
    setup: Setup, pipelines: Pipelines, run: HeldRun, terms: _Terms
) -> AsyncIterator[Callable[[Cell], Awaitable[CellResult]]]:
    """The function that has a cell written and measured, here or by a worker."""
    ledger = pipelines.ledger
    if terms.queue:
        async with lazy.cluster.opened(run.store.queue_address) as cluster:
            queued = QueuedCells(cluster, setup, run, terms.spending, ledger.stopping)
            yield lambda cell: queued.done(cell, draft_id=lazy.runs.draft_id(run.run_id, cell.id))
        return
    reuse = ledger.on_reused = lazy.eval_run.Reuse()

    async def here(cell: Cell) -> CellResult:
        try:
            found: CellResult = await lazy.eval_run.run_cell(
                cell,
                pipelines.by_cell[cell.model, cell.prompt],
                process=setup.suite.process,
                draft_id=lazy.runs.draft_id(run.run_id, cell.id),
                reuse=reuse,
            )
            return found
        except lazy.pipeline.UnsavedError as error:
            say_notes(error.draft.notes, ledger)
            raise

    yield here


@contextmanager
def _showing(progress: _Progress) -> Iterator[Callable[[], None]]:
    """Live progress: done, failed, cost and time left; where there is no terminal, a line a minute."""
    if not sys.stderr.isatty():
        begun = told = time.monotonic()

        def tell() -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= _TELL_SECONDS:
                told = now
                done = progress.outcomes.total()
                left = (now - begun) / done * (progress.total - done) / 60
                say(f"{progress.in_words()}, of {progress.total}; about {left:.0f} minutes left.")

        yield tell
        return
    with progress_bar() as bar:
        task = bar.add_task("Writing", total=progress.total)
        yield lambda: bar.update(task, advance=1, description=progress.in_words())


def _finish(progress: _Progress, folder: RunFolder, *, kept: int, code: int, rescued: bool, as_json: bool) -> int:
    for status, error in progress.errors.items():
        count = progress.outcomes[status]
        say(f"ourtake: {count_of(count, 'cell')} {status}: {error}")
    if as_json:
        outcomes = dict(progress.outcomes)
        cost = None if progress.unknown else round(progress.cost, 6)
        emit_json(
            {
                "cells": progress.total + kept,
                "before": kept,
                "outcomes": outcomes,
                "cost_usd": cost,
                "reused": progress.reused,
            }
        )
    else:
        emit(f"{count_of(progress.total, 'cell')}: {progress.in_words()}; {count_of(kept, 'was', 'were')} done before.")
        emit(f"Next: ourtake eval report {folder.path}")
    if code:
        return code
    if progress.failed:
        return 4 if set(progress.outcomes) <= {"done", "limit"} else 3
    return 2 if rescued else 0


def _estimate(setup: Setup, out: Path | None, spending: Spending, *, as_json: bool) -> int:
    """Print bounds for the calls and the cost of each model. Nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="ourtake-") as name:
        folder = lazy.eval_results.RunFolder(Path(name))
        if out is not None and (out / "eval.db").is_file():
            folder = lazy.eval_results.RunFolder(out)
            folder.check()
        use_folder(folder, setup)
        with open_store(create=True) as store:
            archive = fill_archive(store, setup)
            rows = list(_estimates(setup, store=store, archive=archive))
    if as_json:
        emit_json({"cells": setup.cells, "models": [row.model_dump(mode="json") for row in rows]})
        return 0
    emit(f"{count_of(setup.cells, 'cell')}: {count_of(len(setup.cases), 'case')}, "
        f"{count_of(len(setup.models), 'model')}, {count_of(len(setup.prompts), 'prompt')}, "
         f"{count_of(setup.repeats, 'repeat')}.")  # fmt: skip
    for row in rows:
        cost = "unknown: the model has no price"
        if row.cost_usd is not None:
            cost = f"{row.cost_usd[0]:,.4f} to {row.cost_usd[1]:,.4f} USD"
        known = f", {count_of(row.remembered, 'answer')} in the ledger" if row.remembered else ""
        emit(f"{row.model:<40} {row.calls[0]:,} to {count_of(row.calls[1], 'call')}, {cost}{known}")
    for ceiling in checked_ceilings(tuple(setup.models.values()), settings(), spending):
        emit(f"limit {lazy.pricing.in_words(ceiling.limit)} for a {lazy.budget.scope_in_words(ceiling)}")
    return 0


def _estimates(setup: Setup, *, store: Store, archive: CaseArchive) -> Iterator[Estimate]:
    """An estimate for each model with each version of the prompts."""
    sources = [case.source for case in setup.cases for _ in range(setup.repeats)]
    repetitions = [repeat for _ in setup.cases for repeat in range(1, setup.repeats + 1)]
    given = settings_of(setup)
    for version, own in prompts_of(setup).items():
        prompts = lazy.prompts.Prompts(own)
        for name, spec in setup.models.items():
            found: Estimate = lazy.estimate.estimate(
                sources,
                repetitions=repetitions,
                model=spec,
                store=store,
                archive=archive,
                prompts=prompts,
                settings=given,
            )
            yield found.model_copy(update={"model": name if len(setup.prompts) == 1 else f"{name} with {version}"})
