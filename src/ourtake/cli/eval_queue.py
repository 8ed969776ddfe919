"""`ourtake eval run --queue`: workers write the cells, each as a job. The command waits for them and writes their
results down like its own.

A worker does what the command does without the flag, with the suite at the same path and the same settings. What it
made is kept with the queue under the draft's id for whoever waits. After a kill, --resume queues the cells again whose
results were not written down; what was answered for them is in the ledger.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.context import settings
from ourtake.cli.drafting import HeldRun, Spending
from ourtake.cli.eval_setup import Setup, asked_of, pipelines_of, settings_of
from ourtake.cli.pipelines import Pipelines
from ourtake.cli.queueing import check_known
from ourtake.errors import InputError, JobFailed, ProviderError
from ourtake.jobs.job import LATER, NewJob

if TYPE_CHECKING:
    from ourtake.evals.results import Cell, CellResult
    from ourtake.evals.run import Reuse
    from ourtake.jobs.cluster import Cluster
    from ourtake.providers.ledger import Ledger

_NOT_MEASURED: Any = {
    **dict.fromkeys(("store", "watch", "publish", "review", "intake", "prices"), True),
    "budget": {"usd_per_draft", "usd_per_run", "usd_per_day"},
    "models": {"default", "deadline_seconds", "tries", "batch_poll_seconds", "limits", "servers"},
}
_IDLE = 3
"""Runs whose pipelines are kept while none of their cells is being written: the next one may be queued."""


def check_queue(setup: Setup) -> None:
    """Raise InputError where workers can't do the cells."""
    if setup.own_store:
        what = "Workers need a store on PostgreSQL, and this run would use its own."
        raise InputError(what, "Set --store postgresql://...; see docs/deploy.md.")
    check_known(setup.models.values())


def without_providers(run: HeldRun) -> Pipelines:
    """What a command needs that asks no model itself."""
    return Pipelines({}, lazy.ledger.Ledger(run.store, settings(), run_id=run.run_id, process_id=run.process_id))


def configured(setup: Setup) -> str:
    """A hash of the settings that a cell's take and its measures depend on, with prompts and house rules, but without
    money, servers, and what belongs to a machine.
    """
    given = settings_of(setup)
    theirs = given.model_dump(mode="json", exclude=_NOT_MEASURED)
    files = [*sorted((given.folder / "prompts").glob("*.jinja")), *map(given.folder.joinpath, given.style.files)]
    texts = [(file.name, file.read_text(encoding="utf-8") if file.is_file() else "") for file in files]
    return str(lazy.eval_suite.fingerprint(theirs, texts))


class QueuedCells:
    """The cells of a run as jobs."""

    def __init__(self, cluster: Cluster, setup: Setup, run: HeldRun, spending: Spending, stop: asyncio.Event) -> None:
        self._cluster, self._setup, self._stop = cluster, setup, stop
        self._shared = {
            "suite": str(setup.suite.file.resolve()),
            "models": setup.models,
            "repeats": setup.repeats,
            "asked": asked_of(setup),
            "configured": configured(setup),
            "run": run.run_id,
            "spending": spending._asdict(),
        }

    async def done(self, cell: Cell, *, draft_id: str) -> CellResult:
        """The result that a worker got for a cell. Raises CancelledError if the run is stopped (no worker begins the
        cell then), and ProviderError if the job failed.
        """
        place = {"case": cell.case.id, "model": cell.model, "prompt": cell.prompt, "repeat": cell.repeat}
        arguments = {**self._shared, "cell": place, "draft_id": draft_id}
        job = NewJob("cell", arguments, f"cell {draft_id}", LATER)
        (number,) = await self._cluster.submit([job])
        number = number if number is not None else await self._cluster.waiting(job)
        if number is None:
            return await self.done(cell, draft_id=draft_id)  # the one that waited was taken just now
        over = await self._until_over(number)
        result = await self._cluster.result(draft_id)
        if over != "done" or result is None:
            row = await self._cluster.job(number)
            what = f"The cell {cell.id} is {over}: {row.note if row and row.note else 'its job was not done'}"
            raise ProviderError(what, f"See `ourtake jobs list`, job {number}; continue with --resume.")
        found: CellResult = lazy.eval_results.CellResult.model_validate_json(result)
        return found

    async def _until_over(self, number: int) -> str:
        waiting = asyncio.ensure_future(self._cluster.finished(number, patient=True))
        stopped = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                await self._cluster.app.job_manager.cancel_job_by_id_async(number)
                raise asyncio.CancelledError
            row = waiting.result()
            return "gone" if row is None else row.state
        finally:
            waiting.cancel()
            stopped.cancel()


class _Evals(NamedTuple):
    """A run that a worker does cells of."""

    cells: dict[str, Cell]
    pipelines: Pipelines
    reuse: Reuse
    process: Any


class CellWork:
    """What one worker does of eval runs. Cells of one run share its pipelines. `ledgers`: those in use."""

    def __init__(self, run: HeldRun, spending: Spending, concurrency: int, ledgers: list[Ledger]) -> None:
        self._run, self._spending, self._concurrency = run, spending, concurrency
        self._ledgers = ledgers
        self._known: dict[tuple[str, ...], _Evals] = {}
        self._users: Counter[tuple[str, ...]] = Counter()
        self._building = asyncio.Lock()

    async def write(self, draft_id: str, cell: dict[str, Any], **shared: Any) -> CellResult:
        """Write and measure a cell. Raises JobFailed where this machine's suite or settings are others."""
        named = lazy.eval_results.cell_id(cell["case"], cell["model"], cell["prompt"], cell["repeat"])
        async with self._using(**shared) as evals:
            found = evals.cells[named]
            written: CellResult = await lazy.eval_run.run_cell(
                found,
                evals.pipelines.by_cell[found.model, found.prompt],
                process=evals.process,
                draft_id=draft_id,
                reuse=evals.reuse,
            )
        return written

    @asynccontextmanager
    async def _using(self, **shared: Any) -> AsyncIterator[_Evals]:
        key = tuple(f"{name} {value}" for name, value in sorted(shared.items()))
        async with self._building:
            if key not in self._known:
                # A large archive takes long to be read, and the worker must go on showing that it lives.
                self._known[key] = await asyncio.to_thread(self._evals, **shared)
                self._ledgers.append(self._known[key].pipelines.ledger)
            evals = self._known[key] = self._known.pop(key)  # the newest last
            self._users[key] += 1
        try:
            yield evals
        finally:
            self._users[key] -= 1
            idle = [one for one in self._known if not self._users[one]]
            for unused in idle[:-_IDLE]:
                pipelines = self._known.pop(unused).pipelines
                del self._users[unused]
                self._ledgers.remove(pipelines.ledger)
                await pipelines.close()

    def _evals(
        self,
        *,
        suite: str,
        models: dict[str, str],
        repeats: int,
        asked: str,
        configured: str,
        run: str,
        spending: dict[str, Any],
    ) -> _Evals:
        setup = _setup(Path(suite), models, repeats, asked, configured)
        held = HeldRun(self._run.store, run_id=run, process_id=self._run.process_id, new=False)
        pipelines = pipelines_of(
            held,
            setup,
            spending=Spending(**spending)._replace(worker=self._spending.worker),
            concurrency=self._concurrency,
            worker=None,
        )
        reuse = lazy.eval_run.Reuse()
        pipelines.ledger.on_reused = reuse
        cells = lazy.eval_run.matrix(
            setup.cases, models=tuple(setup.models), prompts=setup.prompts, repeats=setup.repeats
        )
        return _Evals({one.id: one for one in cells}, pipelines, reuse, setup.suite.process)

    async def close(self) -> None:
        """Close connections."""
        for evals in self._known.values():
            await evals.pipelines.close()


def _setup(file: Path, models: dict[str, str], repeats: int, asked: str, same: str) -> Setup:
    try:
        suite = lazy.eval_suite.read_suite(file)
        setup = Setup(suite, lazy.eval_suite.read_cases(suite), models, repeats, own_store=False)
    except InputError as error:
        raise JobFailed(f"A worker needs the suite at the same path: {error}") from error
    if asked_of(setup) != asked:
        raise JobFailed(f"The suite {file} of this worker's machine is not the one of the run, or has changed.")
    if configured(setup) != same:
        what = "The settings, prompts or house rules of this worker are not those of the run, or have changed."
        raise JobFailed(f"{what} Start the worker with the same ourtake.toml and the files beside it.")
    return setup
